"""All that a person sees: commands, reports, screens, and their texts in English and Simplified Chinese."""

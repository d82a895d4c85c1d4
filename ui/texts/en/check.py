"""What the checker of plans finds, by code; the messages stand with their codes in ``migration.check``."""

from migration.check.tables.messages import MESSAGES

TEXTS = MESSAGES

"""Runs: a frozen runbook carried out durably. ``ports`` is what executors implement; the rest is the run itself."""

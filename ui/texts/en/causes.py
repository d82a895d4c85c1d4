"""What keeps items out of a plan, by code; the texts stand with their codes in ``migration.tables.causes``."""

from migration.tables.causes import CAUSES

TEXTS = CAUSES

"""What lacks an IPv6 counterpart, by code; the texts stand with their codes in ``network.parity.tables.rules``."""

from network.parity.tables.rules import MESSAGES

TEXTS = MESSAGES

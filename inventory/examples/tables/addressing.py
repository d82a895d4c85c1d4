"""The address plan of made estates: one allocation a province from 3fff::/20, which is for documentation (RFC 9637)."""

NIBBLES = "RIPE NCC guidance (4-bit boundaries, blocks by purpose); lengths: assumption"
ALLOCATED = "虚构：取自文档专用地址段 3fff::/20（RFC 9637）"

BLOCK_LENGTH = 32
ALLOCATION_LENGTH = 28

BLOCKS: tuple[dict[str, object], ...] = (
    {"purpose": "infrastructure", "block": 0, "length": 64, "source": "RFC 4291"},
    {"purpose": "link", "block": 1, "length": 127, "slot_length": 64, "source": "RFC 6164; a /64 each is kept"},
    {"purpose": "loopback", "block": 2, "length": 128, "slot_length": 64, "source": NIBBLES},
    {"purpose": "interconnection", "block": 3, "length": 64, "source": "RFC 4291"},
    {"purpose": "pool", "block": 4, "length": 56, "source": "assumption"},
)
FIRST_FOR_USERS = 8
"""Number of the first block for users; the VPNs of a province have one each from here on."""

LEVELS: tuple[dict[str, object], ...] = (
    {
        "level": "province", "length": 32, "own_length": 40, "department_length": 52, "site_length": 56, "reserve": 0.125,
        "source": "DB32/T 4617.4-2023 (secondary source: a province keeps 1/8 for lower levels); lengths: assumption",
    },
    {
        "level": "city", "length": 40, "own_length": 48, "department_length": 56, "site_length": 60, "reserve": 0.25,
        "source": NIBBLES,
    },
    {
        "level": "county", "length": 48, "own_length": 52, "department_length": 60, "reserve": 0.25,
        "source": "DB32/T 4617.4-2023 (secondary source: a county has at least one /48); reserve: assumption",
    },
    {
        "level": "township", "length": 56, "by": "order", "department_length": 60, "reserve": 0.25, "source": NIBBLES,
    },
)  # fmt: skip

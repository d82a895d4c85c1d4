"""What made clouds offer. Names are usual ones; nothing is of a real operator's catalogue."""

SOURCE = "assumption"

IMAGES = (("openeuler-22.03-x86", "x86"), ("kylin-v10-arm", "domestic"))
"""Image, architecture of the pool."""

FLAVORS = (
    (2, 4),
    (2, 8),
    (4, 8),
    (4, 16),
    (8, 16),
    (8, 32),
    (16, 32),
    (16, 64),
    (32, 64),
    (32, 128),
    (64, 256),
    (128, 512),
)
"""vCPU, GiB of memory."""

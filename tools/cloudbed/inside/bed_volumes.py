"""Volumes that are rows: states, sizes, attachments, no data. Loaded by cinder, with Debian's Python."""

from __future__ import annotations

from typing import Any

from cinder.volume import driver

__all__ = ["RowsOnlyDriver"]

GIBIBYTES = 100_000
"""What the store says it has."""


class RowsOnlyDriver(driver.VolumeDriver):  # type: ignore[misc]  # the base is published without types
    """A store that agrees to everything and keeps nothing."""

    VERSION = "1"
    CI_WIKI_NAME = "none"

    def do_setup(self, context: Any) -> None:
        """Nothing to prepare."""

    def check_for_setup_error(self) -> None:
        """Nothing can be wrong."""

    def get_volume_stats(self, refresh: bool = False) -> dict[str, Any]:  # noqa: ARG002  # cinder's signature
        """One pool, large enough."""
        pool = {
            "pool_name": "rows",
            "total_capacity_gb": GIBIBYTES,
            "free_capacity_gb": GIBIBYTES,
            "provisioned_capacity_gb": 0,
            "allocated_capacity_gb": 0,
            "reserved_percentage": 0,
            "thin_provisioning_support": True,
            "max_over_subscription_ratio": "20.0",
            "multiattach": True,
            "QoS_support": False,
        }
        self._stats = {
            "volume_backend_name": "rows",
            "vendor_name": "qianyun",
            "driver_version": self.VERSION,
            "storage_protocol": "rows",
            "multiattach": True,
            "pools": [pool],
        }
        return self._stats

    def initialize_connection(self, volume: Any, connector: Any) -> dict[str, Any]:  # noqa: ARG002
        """What nova's fake hypervisor is told; it does not look."""
        return {"driver_volume_type": "fake", "data": {"volume_id": volume.id, "access_mode": "rw"}}

    def clone_image(self, *_: Any) -> tuple[dict[str, Any], bool]:
        """Volumes to boot from, without moving bytes."""
        return {}, True


def _nothing(_driver: RowsOnlyDriver, *_: Any, **__: Any) -> None:
    """What a store would do here."""


for _name in (
    "create_volume",
    "delete_volume",
    "extend_volume",
    "create_snapshot",
    "delete_snapshot",
    "create_volume_from_snapshot",
    "create_cloned_volume",
    "copy_image_to_volume",
    "copy_volume_to_image",
    "ensure_export",
    "create_export",
    "remove_export",
    "terminate_connection",
):
    setattr(RowsOnlyDriver, _name, _nothing)

"""ML2 mechanism without agents: every port of a host is bound at once. Loaded by neutron, with Debian's Python."""

from __future__ import annotations

from typing import Any

from neutron_lib import constants
from neutron_lib.api.definitions import portbindings
from neutron_lib.plugins.ml2 import api

__all__ = ["BedMechanismDriver"]


class BedMechanismDriver(api.MechanismDriver):  # type: ignore[misc]  # the base is published without types
    """Binds ports to their first segment and says that they are active."""

    resource_provider_uuid5_namespace = None

    def initialize(self) -> None:
        """Nothing to prepare."""

    @property
    def connectivity(self) -> str:
        """What neutron tells of the mechanism."""
        return str(portbindings.CONNECTIVITY_L2)

    def bind_port(self, context: Any) -> None:
        """Binds, as an agent on the host would have let neutron do."""
        for segment in context.segments_to_bind[:1]:
            context.set_binding(
                segment[api.ID],
                portbindings.VIF_TYPE_OTHER,
                {portbindings.CAP_PORT_FILTER: True},
                status=constants.PORT_STATUS_ACTIVE,
            )

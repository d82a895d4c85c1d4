"""Cloud stacks: the places that systems need on the clouds, made by Pulumi or asked for by form.

design: what is wanted, from inventory and plan. policy: what must hold before it is made. components and ways: how it
is made. engine: the Pulumi engine. provider: our provider for clouds of the OpenStack family. requests: forms and
deliveries of clouds without an interface.
"""

from __future__ import annotations

__all__: list[str] = []

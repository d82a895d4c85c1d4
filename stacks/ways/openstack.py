"""Clouds of the OpenStack family, by our own provider ``qianyun``: tokens ``qianyun:openstack:KIND``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pulumi

from stacks.design.model import Place
from stacks.provider import PACKAGE, VERSION
from stacks.ways import FIELDS, Kind, Made, Making, Way
from stacks.ways.asked import given

__all__ = ["OpenStackWay"]


class _Login(pulumi.ProviderResource):
    """One instance of the provider: a login, scoped to a project where one is named."""

    def __init__(self, name: str, properties: Mapping[str, Any], options: pulumi.ResourceOptions) -> None:
        super().__init__(PACKAGE, name, dict(properties), options)


class _Object(pulumi.CustomResource):
    """One object of the cloud."""

    def __init__(self, token: str, name: str, properties: dict[str, Any], options: pulumi.ResourceOptions) -> None:
        super().__init__(token, name, properties, options)


class OpenStackWay:
    """A ``Way`` by our own provider. ``login`` is the entry of clouds.yaml, which only the provider reads."""

    def __init__(self, place: Place, project: pulumi.Output[str] | str = "", making: Making | None = None) -> None:
        self._place = place
        making = making or Making()
        # The version is that of the plug-in for which kinds and properties are written: the engine names an older one.
        scope = pulumi.ResourceOptions(parent=making.parent, depends_on=list(making.depends_on), version=VERSION)
        named = {"cloud": place.login, "region": place.region, "project_id": project}
        self._login = _Login("login" if isinstance(project, str) and not project else "login-project", named, scope)

    @property
    def kinds(self) -> Collection[Kind]:
        """All of them."""
        return FIELDS.keys()

    def make(self, kind: Kind, name: str, properties: Mapping[str, Any], making: Making) -> Made:
        """See ``Way.make``."""
        fields = FIELDS[kind]
        options = pulumi.ResourceOptions(
            parent=making.parent,
            depends_on=list(making.depends_on),
            protect=making.protect,
            provider=self._login,
        )
        asked = dict.fromkeys(fields.outputs) | given(kind, properties)
        made = _Object(f"{PACKAGE}:openstack:{kind.value}", name, asked, options)
        return Made(kind, made, made.id, {output: getattr(made, output) for output in fields.outputs})

    def within(self, project: pulumi.Output[str] | str, making: Making) -> Way:
        """See ``Way.within``."""
        return OpenStackWay(self._place, project, making)

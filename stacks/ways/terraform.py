"""Clouds by their vendors' Terraform providers, over Pulumi's dynamic bridge.

The bridge (``pulumi-resource-terraform-provider``) starts the provider's program, which is found without a network in
FOLDER/HOST/NAMESPACE/NAME/VERSION/OS_ARCH/terraform-provider-NAME_vVERSION, FOLDER the value of PLUGINS.
"""

from __future__ import annotations

import asyncio
import base64
import os
import platform
from collections.abc import Awaitable, Collection, Mapping
from pathlib import Path
from typing import Any

import orjson
import pulumi
from pulumi.runtime.settings import register_package

from stacks.design.model import Place
from stacks.ways import Kind, Made, Making, Way
from stacks.ways.asked import given
from stacks.ways.errors import VendorError
from stacks.ways.kinds import FIELDS
from stacks.ways.vendors import TerraformLogin, VendorProperty, VendorTable, read_login

__all__ = ["BRIDGE", "BRIDGE_VERSION", "PLUGINS", "TerraformWay", "program_file", "terraform_way"]

BRIDGE, BRIDGE_VERSION = "terraform-provider", "1.1.3"
PLUGINS = "PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR"
"""Variable of the bridge: the folder in which providers lie."""
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


class _Provider(pulumi.ProviderResource):
    """One instance of the vendor's provider. The bridge tells of a change of ``version`` that is none."""

    def __init__(
        self,
        package: str,
        name: str,
        properties: Mapping[str, Any],
        options: pulumi.ResourceOptions,
        ref: Awaitable[str],
    ) -> None:
        super().__init__(package, name, dict(properties), options, package_ref=ref)


class _Object(pulumi.CustomResource):
    """One resource of the vendor's provider."""

    def __init__(
        self, token: str, name: str, properties: Mapping[str, Any], options: pulumi.ResourceOptions, ref: Awaitable[str]
    ) -> None:
        super().__init__(token, name, dict(properties), options, package_ref=ref)


def terraform_way(place: Place) -> TerraformWay:
    """The way to a place whose ``login`` is an entry of the file that ``vendors.FILE`` names.

    Raises:
        VendorError: ``vendor-no-program`` where the provider's program is not there; those of ``read_login``.
    """
    login, table = read_login(place.login)
    _find_program(login)
    return TerraformWay(login, table, asyncio.ensure_future(_register(login)))


class TerraformWay:
    """A ``Way`` by a vendor's Terraform provider, which the bridge knows as ``package``."""

    def __init__(
        self,
        login: TerraformLogin,
        table: VendorTable,
        package: Awaitable[str],
        project: pulumi.Output[str] | str = "",
        making: Making | None = None,
    ) -> None:
        self._login, self._table, self._package = login, table, package
        making = making or Making()
        options = pulumi.ResourceOptions(
            parent=making.parent,
            depends_on=list(making.depends_on),
            version=login.version,
            ignore_changes=["version"],
        )
        everywhere = isinstance(project, str) and not project
        scope = {} if everywhere else {table.project: project}
        name = "cloud" if everywhere else "project"
        self._provider = _Provider(login.name, name, {**login.configuration, **scope}, options, package)

    @property
    def kinds(self) -> Collection[Kind]:
        """Those that its table has a resource for."""
        return self._table.resources.keys()

    def make(self, kind: Kind, name: str, properties: Mapping[str, Any], making: Making) -> Made:
        """See ``Way.make``."""
        resource = self._table.resources.get(kind)
        if resource is None:
            raise VendorError("vendor-kind", provider=self._login.provider, kind=kind)
        asked: dict[str, Any] = {}
        for ours, value in given(kind, properties).items():
            if ours not in resource.inputs:
                raise VendorError("vendor-property", provider=self._login.provider, kind=kind, name=ours)
            theirs = resource.inputs[ours]
            if theirs is not None:
                asked[_name(theirs)] = _renamed(value, theirs)
        outputs = {_name(theirs): None for theirs in resource.outputs.values()}
        options = pulumi.ResourceOptions(
            parent=making.parent,
            depends_on=list(making.depends_on),
            protect=making.protect,
            provider=self._provider,
            version=self._login.version,
            # As Terraform does it: two objects with one address or one name are more than clouds allow.
            delete_before_replace=True,
        )
        made = _Object(_token(resource.type), name, outputs | asked, options, self._package)
        return Made(kind, made, made.id, _outputs(self._table, kind, made))

    def within(self, project: pulumi.Output[str] | str, making: Making) -> Way:
        """See ``Way.within``. A provider that knows no projects works in the one of its credentials."""
        if not self._table.project:
            return self
        return TerraformWay(self._login, self._table, self._package, project, making)


async def _register(login: TerraformLogin) -> str:
    where = orjson.dumps({"remote": {"url": login.provider, "version": login.version}})
    return await register_package(
        BRIDGE, BRIDGE_VERSION, "", login.name, login.version, base64.b64encode(where).decode()
    )


def program_file(login: TerraformLogin) -> Path:
    """Where the bridge looks for a provider's program, below the folder of PLUGINS."""
    system = f"{platform.system().lower()}_{ARCHITECTURES.get(platform.machine(), platform.machine())}"
    return Path(login.provider, login.version, system, f"terraform-provider-{login.name}_v{login.version}")


def _find_program(login: TerraformLogin) -> None:
    folder, file = os.environ.get(PLUGINS, ""), program_file(login)
    if not folder or not os.access(Path(folder) / file, os.X_OK):
        raise VendorError(
            "vendor-no-program", provider=login.provider, variable=PLUGINS, folder=folder or "-", file=file
        )


def _token(type: str) -> str:
    """``qytest:index/dnsZone:DnsZone`` of ``qytest_dns_zone``."""
    package, _, rest = type.partition("_")
    first, *others = rest.split("_")
    name = first + "".join(part.capitalize() for part in others)
    return f"{package}:index/{name}:{name[:1].upper()}{name[1:]}"


def _name(theirs: str | VendorProperty) -> str:
    return theirs if isinstance(theirs, str) else theirs.name


def _renamed(value: Any, theirs: str | VendorProperty, *, back: bool = False) -> Any:
    """A list of structs with the fields' other names; all else, and what is unknown, as it is."""
    if isinstance(theirs, str) or not isinstance(value, list):
        return value
    names = {their: our for our, their in theirs.items.items()} if back else theirs.items
    return [{names[field]: inner for field, inner in item.items() if field in names} for item in value]


def _outputs(table: VendorTable, kind: Kind, made: _Object) -> dict[str, pulumi.Output[Any]]:
    theirs = table.resources[kind].outputs
    return {
        ours: _output(made, theirs[ours]) if ours in theirs else pulumi.Output.from_input("")
        for ours in FIELDS[kind].outputs
    }


def _output(made: _Object, theirs: str | VendorProperty) -> pulumi.Output[Any]:
    output: pulumi.Output[Any] = getattr(made, _name(theirs))
    return output.apply(lambda value: _renamed(value, theirs, back=True))

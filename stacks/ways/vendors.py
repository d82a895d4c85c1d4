"""What is known of a vendor's Terraform provider: which of its resources is which of our kinds, and what its properties
are called. Read from YAML, so that a provider can be added without a change of the program::

    resources:
      Network: {type: vendor_vpc_network, inputs: {name: name, description: null}}
      Port:
        type: vendor_port
        inputs: {name: name, fixed_ips: {name: fixedIps, items: {subnet_id: subnetId, ip_address: ipAddress}}}
    project: projectId

``type`` is the resource's name in Terraform; properties are called as the bridge calls them (``pulumi package
get-schema`` lists them). null: the provider has no such property, and what is asked for is left out.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ValidationError

from inventory.base import Struct, Text, Words, field
from inventory.files import reason_of
from inventory.inventory import nearest_names
from stacks.ways.errors import VendorError
from stacks.ways.kinds import FIELDS, Kind

__all__ = ["FILE", "TerraformLogin", "VendorProperty", "VendorResource", "VendorTable", "read_login", "read_table"]

FILE = "QIANYUN_TERRAFORM_FILE"
"""Variable that names the file with the logins of Terraform providers."""


class VendorProperty(Struct):
    """A list of structs: what the list and the fields of each are called."""

    name: Words = field("Property")
    items: dict[str, Words] = field("Our field -> its field", {})


class VendorResource(Struct):
    """One resource of a vendor's provider."""

    type: Words = field("Name in Terraform", example="vendor_vpc_network")
    inputs: dict[str, str | VendorProperty | None] = field("Our input -> its property; null: it has none")
    outputs: dict[str, str | VendorProperty] = field("Our output -> its property; what is missing stays empty", {})


class VendorTable(Struct):
    """A vendor's provider."""

    resources: dict[Kind, VendorResource] = field("Its resource for each kind; components do without the others")
    project: Text = field("Property of the provider that names the project to work in; empty: it has none", "")


class TerraformLogin(Struct):
    """How a provider is configured for one cloud. Credentials come from the provider's own variables, never from here:
    what stands here is kept in the state."""

    provider: Words = field("HOST/NAMESPACE/NAME", example="registry.example.cn/vendor/cloud")
    version: Words = field("Version of the provider", example="1.60.0")
    table: Words = field("File with its table, relative to this file", example="vendor.yaml")
    configuration: dict[str, str | int | bool] = field("Properties of the provider; no credential", {})

    @property
    def name(self) -> str:
        """Name of the provider, which its resources and tokens begin with."""
        return self.provider.rpartition("/")[2]


class _File(Struct):
    clouds: dict[str, TerraformLogin] = field("Logins by name", {})


Read = TypeVar("Read", bound=Struct)


def read_login(name: str, environment: Mapping[str, str] = os.environ) -> tuple[TerraformLogin, VendorTable]:
    """A login, by the name that a place has for it, and the table of its provider.

    Raises:
        VendorError: ``vendor-no-file``, ``vendor-file``, ``vendor-login``, and those of ``read_table``.
    """
    named = environment.get(FILE, "")
    if not named:
        raise VendorError("vendor-no-file", variable=FILE)
    path = Path(named)
    known = _read(path, _File).clouds
    if name not in known:
        raise VendorError("vendor-login", path=path, login=name, nearest=nearest_names(name, known) or "-")
    return known[name], read_table(path.parent / known[name].table)


def read_table(path: Path) -> VendorTable:
    """The table of a provider.

    Raises:
        VendorError: ``vendor-file``: it cannot be read, names what our kinds do not have, or lacks what they need.
    """
    table = _read(path, VendorTable)
    for kind, resource in table.resources.items():
        fields = FIELDS[kind]
        unknown = [*(resource.inputs.keys() - set(fields.inputs)), *(resource.outputs.keys() - set(fields.outputs))]
        missing = set(fields.required) - resource.inputs.keys()
        if unknown or missing:
            what = f"{kind}: " + ", ".join(sorted([*unknown, *missing]))
            raise VendorError("vendor-file", path=path, reason=what)
    return table


def _read(path: Path, model: type[Read]) -> Read:
    try:
        return model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise VendorError("vendor-file", path=path, reason=reason_of(error)) from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise VendorError("vendor-file", path=path, reason=type(error).__name__) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise VendorError("vendor-file", path=path, reason=f"{place}: {first['msg']}") from error

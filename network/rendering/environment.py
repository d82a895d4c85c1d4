"""The Jinja environment of the templates."""

from __future__ import annotations

import functools
from ipaddress import IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network, ip_address
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError

from network.errors import RenderingError
from network.platforms import Platform

__all__ = ["FOLDER", "fill"]

FOLDER = Path(__file__).parent / "templates"


def wildcard(network: IPv4Network) -> str:
    """Address and wildcard mask: 10.0.0.0/24 -> 10.0.0.0 0.0.0.255."""
    return f"{network.network_address} {network.hostmask}"


def masked(value: IPv4Interface | IPv4Network) -> str:
    """Address and mask: 10.0.0.1/24 -> 10.0.0.1 255.255.255.0."""
    address = value.ip if isinstance(value, IPv4Interface) else value.network_address
    return f"{address} {value.netmask}"


def spaced(value: IPv6Interface | IPv6Network) -> str:
    """Address and length apart, as makers print prefixes: 2001:db8::/32 -> 2001:db8:: 32."""
    return str(value).replace("/", " ")


def is_ipv6(value: object) -> bool:
    """Whether an address is IPv6."""
    return isinstance(ip_address(str(value)), IPv6Address)


@functools.cache
def _environment() -> Environment:
    # Configurations are no HTML: nothing is escaped.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters.update(wildcard=wildcard, masked=masked, spaced=spaced)
    environment.tests["ipv6"] = is_ipv6
    return environment


@functools.cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


def fill(platform: Platform, name: str, values: dict[str, Any]) -> str:
    """The text of a platform's template; RenderingError with the line where the template is wrong."""
    path = f"{platform.templates}/{name}.j2"
    try:
        return _template(path).render(values)
    except TemplateError as error:
        line = error.lineno if isinstance(error, TemplateSyntaxError) else 0
        raise RenderingError(
            "render-template", platform=platform.id, template=path, line=line, reason=str(error)
        ) from error

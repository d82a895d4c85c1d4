"""Errors of the network's side.

QianyunError, InputError, UnknownObjectError, VersionError (inventory.errors)
├── LabError            a laboratory cannot be built or used as asked (exit 2)
├── LabFailedError      a part of a laboratory did not come up, or a command in it failed (exit 1)
├── LabVersionError     a laboratory that another version of this program has built (exit 5)
├── UnknownLabError     a laboratory, or a host of one, that does not exist (exit 2)
├── UnknownPlatformError  a device's operating system that this program does not know (exit 2)
├── IntentError         what a device shall be configured with cannot be told from the inventory (exit 2)
├── RenderingError      a stage cannot be rendered for a platform (exit 2)
├── CollectionError     a backup folder, or a file of it, cannot be used (exit 2)
└── ConfigError         a text that is no configuration of its platform, with the line (exit 2)
"""

from __future__ import annotations

from typing import ClassVar

from inventory.errors import InputError, QianyunError, UnknownObjectError, VersionError

__all__ = [
    "ConfigError",
    "CollectionError",
    "IntentError",
    "LabError",
    "LabFailedError",
    "LabVersionError",
    "RenderingError",
    "UnknownLabError",
    "UnknownPlatformError",
]


class LabError(InputError):
    """A laboratory cannot be built or used as asked."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "lab-needs-root": (
            "laboratories need root on Linux",
            "run the command as root (sudo), on a Linux machine or in a virtual machine",
        ),
        "lab-needs-kernel": (
            "this kernel or container does not allow: {missing}",
            "laboratories use namespaces, overlayfs, veth and bridge; a container needs --privileged",
        ),
        "lab-needs-programs": ("missing programs: {programs}", "on Debian: apt-get install {packages}"),
        "lab-name": (
            "'{name}' is no name for a laboratory",
            "use 1 to 32 small letters, digits and '-', a letter or digit first",
        ),
        "lab-exists": ("laboratory '{name}' is already there", "choose another --name, or: qianyun lab down {name}"),
        "lab-busy": ("laboratory '{name}' is just being built or taken down", "wait until that has ended"),
        "lab-no-hosts": (
            "{estate} has no components with addresses to build hosts from",
            "give components endpoints and target_endpoints with addresses",
        ),
        "lab-only": ("'{only}' selects no host", "nearest: {nearest}"),
        "lab-address-twice": (
            "address {address} stands in {first} and in {second}",
            "a laboratory is one routed network: build these parts in two laboratories with --only",
        ),
        "lab-no-address": (
            "{host} has no address of its own: {address} moves there with the service",
            "give its target_endpoints the address of the machine as well",
        ),
        "lab-gateway": ("network {network} has no address left for its router", "check the length of the prefix"),
    }


class LabFailedError(QianyunError):
    """A part of a laboratory did not come up, or a command in it failed."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "lab-failed": ("{host}: {command} failed: {reason}", "the laboratory was taken down again"),
        "lab-command": ("{host}: {command} ended with {status}: {reason}", ""),
        "lab-timeout": ("{host}: {command} took longer than {seconds} s", ""),
        "lab-stuck": ("laboratory '{name}': {count} process(es) do not end", "look at them with: ps -o pid,stat,wchan"),
    }


class LabVersionError(VersionError):
    """A laboratory that another version of this program has built."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "lab-format": (
            "laboratory '{name}' was built by another version of this program",
            "take it down and build it again: qianyun lab down {name}",
        ),
    }


class UnknownLabError(UnknownObjectError):
    """A laboratory, or a host of one, that does not exist."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "lab-unknown": ("no laboratory '{name}' on this machine", "there are: {known}"),
        "lab-host-unknown": ("laboratory '{name}' has no host '{host}'", "nearest: {nearest}"),
    }


class UnknownPlatformError(UnknownObjectError):
    """A device's operating system that this program does not know."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "unknown-platform": ("unknown platform '{platform}'", "nearest: {nearest}; list: qianyun net platforms"),
        "device-platform": (
            "device {device}: unknown platform '{platform}'",
            "nearest: {nearest}; list: qianyun net platforms",
        ),
    }


class IntentError(InputError):
    """What a device shall be configured with cannot be told from the inventory."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "intent-router-id": (
            "device {device} has no IPv4 loopback, so its protocols have no router id",
            "give the device an IPv4 address in 'loopbacks'",
        ),
        "intent-area": (
            "settings.routing: '{area}' is no OSPF area",
            "write a number or a dotted quad such as 0.0.0.1",
        ),
    }


class RenderingError(InputError):
    """A stage cannot be rendered for a platform."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "render-template": ("{platform}: template {template} is wrong at line {line}: {reason}", ""),
    }


class CollectionError(InputError):
    """A backup folder, or a file of it, cannot be used."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "collection-encoding": (
            "{device}: its configuration is not {encoding} text (byte {position})",
            "set 'encoding' of the device to gb18030 or utf-8",
        ),
        "collection-missing": ("no configuration of {device} in {path}", "collect it: qianyun net backup"),
        "collection-parse": ("{device}: the answer to '{command}' cannot be read: {reason}", ""),
    }


class ConfigError(InputError):
    """A text that is no configuration of its platform; ``line`` is 1-based."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "config-indent": (
            "line {line}: the indentation of '{text}' belongs to no view",
            "read the configuration from the device again, whole and without changing its spaces",
        ),
        "config-foreign": (
            "line {line}: '{text}' is no part of a configuration",
            "read the configuration with paging switched off",
        ),
        "config-unended": ("line {line}: the text that begins with '{text}' does not end", "read it again, whole"),
    }

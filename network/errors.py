"""Errors of laboratories.

QianyunError, InputError, UnknownObjectError, VersionError (inventory.errors)
├── LabError            a laboratory cannot be built or used as asked (exit 2)
├── LabFailedError      a part of a laboratory did not come up, or a command in it failed (exit 1)
├── LabVersionError     a laboratory that another version of this program has built (exit 5)
└── UnknownLabError     a laboratory, or a host of one, that does not exist (exit 2)
"""

from __future__ import annotations

from typing import ClassVar

from inventory.errors import InputError, QianyunError, UnknownObjectError, VersionError

__all__ = ["LabError", "LabFailedError", "LabVersionError", "UnknownLabError"]


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

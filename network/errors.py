"""Errors of the network's side.

QianyunError, InputError, UnknownObjectError, VersionError (inventory.errors)
├── LabError            a laboratory cannot be built or used as asked (exit 2)
├── LabFailedError      a part of a laboratory did not come up, or a command in it failed (exit 1)
├── LabVersionError     a laboratory that another version of this program has built (exit 5)
├── UnknownLabError     a laboratory, or a host of one, that does not exist (exit 2)
├── AddressingError     an address plan cannot be made, written or imported as asked (exit 2)
├── UnknownPlatformError  a device's operating system that this program does not know (exit 2)
├── RenderingError      a stage cannot be rendered for a platform (exit 2)
├── CollectionError     a backup folder, or a file of it, cannot be used (exit 2)
├── TransportError      a device that cannot be spoken to (exit 4)
├── RefusedError        a device that refuses a command (exit 1)
├── PushError           a push that failed, was undone, or would not be safe (exit 1)
├── PushRefusedError    a push that this program does not even begin (exit 1)
├── PushVersionError    a device or a preview that is no longer what was agreed to (exit 5)
└── ConfigError         a text that is no configuration of its platform, with the line (exit 2)
"""

from __future__ import annotations

from typing import ClassVar

from inventory.errors import InputError, QianyunError, UnknownObjectError, UnreachableError, VersionError

__all__ = [
    "AddressingError",
    "CollectionError",
    "ConfigError",
    "LabError",
    "LabFailedError",
    "LabVersionError",
    "PushError",
    "PushRefusedError",
    "PushVersionError",
    "RefusedError",
    "RenderingError",
    "TransportError",
    "UnknownLabError",
    "UnknownPlatformError",
]


class AddressingError(InputError):
    """An address plan cannot be made, written or imported as asked."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "addressing-settings": (
            "{path}: settings.addressing has {count} error(s), the first at {first}",
            "run: qianyun inventory check {path}",
        ),
        "addressing-absent": (
            "{path} has no settings.addressing, so nothing can be planned",
            "add allocations, blocks and levels: docs/ipv6.md shows an example",
        ),
        "addressing-columns": (
            "{path} has other columns than planned prefixes have",
            "give it these, in this order, or another name: {columns}",
        ),
        "addressing-workbook": (
            "{path} declares {count} device(s) that get addresses; workbooks are not edited",
            "keep devices in a CSV or YAML file of the estate",
        ),
        "addressing-findings": (
            "the plan has {count} error(s); nothing was written",
            "run: qianyun ipv6 check {path}",
        ),
        "addressing-import": (
            "{path}: {count} row(s) cannot be imported; nothing was written",
            "correct the lines listed above",
        ),
        "addressing-netbox": ("{url} does not take the plan: {reason}", "check the address, the token and its rights"),
    }


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
        "lab-no-management": (
            "router {device} has no IPv4 management address to log in at",
            "give the device a management_address",
        ),
        "lab-interface-name": (
            "{device}: '{interface}' is no name for an interface of FRR on Linux",
            "use at most 15 letters, digits, '.', '_', ':' and '-', and neither lo nor mgmt0",
        ),
        "lab-vpn-name": (
            "VPN {vpn}: '{name}' is no name for an instance of FRR on Linux",
            "use at most 35 letters, digits, '.', '_' and '-'",
        ),
        "lab-gateway": ("network {network} has no address left for its router", "check the length of the prefix"),
    }


class LabFailedError(QianyunError):
    """A part of a laboratory did not come up, or a command in it failed."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "lab-failed": ("{host}: {command} failed: {reason}", "the laboratory was taken down again"),
        "lab-command": ("{host}: {command} ended with {status}: {reason}", ""),
        "lab-not-converged": (
            "{host} finds no way to {missing}",
            "the laboratory was taken down again; look at the links and the routing settings of the estate",
        ),
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


class RenderingError(InputError):
    """A stage cannot be rendered for a platform."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "render-template": ("{platform}: template {template} is wrong at line {line}: {reason}", ""),
        "render-narrow-metrics": (
            "{device}: IS-IS process {process} has narrow metrics, which IPv6 topologies cannot use",
            "change it to wide metrics in a window of its own first: that touches IPv4",
        ),
        "render-router-id": (
            "{device}: OSPF process {process} has no router id to take over",
            "give the device an IPv4 address in 'loopbacks'",
        ),
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


class TransportError(UnreachableError):
    """A device that cannot be spoken to, or no longer."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "transport-unreachable": ("{device} does not answer at {address}: {reason}", "look at the way to it"),
        "transport-host-key": (
            "{device}: the machine at {address} has another host key than the inventory says",
            "find out why before anything else; a new key is compared on the console",
        ),
        "transport-login-refused": ("{device} refuses the login of {user}: {reason}", "look at key and account"),
        "transport-privilege": ("{device}: {user} may not do this: {reason}", "give the account the rights"),
        "transport-timed-out": ("{device} did not answer within {seconds} s: {doing}", ""),
        "transport-dropped": ("{device} has ended the session: {doing}", ""),
        "transport-encoding": (
            "{device} writes text that is not {encoding}: {doing}",
            "give the device record its encoding, gb18030 or utf-8",
        ),
    }


class RefusedError(QianyunError):
    """A device that refuses a command."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "command-refused": ("{device} refuses '{command}': {answer}", ""),
    }


class PushError(QianyunError):
    """A push that failed or was undone; what the device has now stands in the push's result."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "push-not-armed": (
            "{device}: the guard could not be armed: {reason}",
            "nothing was sent; look at the account's rights and at other changes on the device",
        ),
        "push-guard-busy": (
            "{device}: another guard is armed there: {reason}",
            "wait until it has fired or was confirmed",
        ),
        "push-line-refused": ("{device}: line {number} '{line}' was refused: {answer}", "correct it and preview again"),
        "push-differs": (
            "{device}: the configuration read back is not the intended one: {difference}",
            "the change was not confirmed",
        ),
        "push-no-new-login": (
            "{device}: no new login after the change: {reason}",
            "the change was not confirmed: the guard brings the former configuration back",
        ),
        "push-worse": ("{device}: {count} thing(s) are worse than before: {first}", "the change was not confirmed"),
        "push-no-parity": (
            "{device}: {count} thing(s) of IPv4 have no IPv6 counterpart, the first in line {first}",
            "look at all: qianyun ipv6 lint",
        ),
        "operation-unknown": ("step {step}: there is no operation '{operation}' for devices", "nearest: {nearest}"),
        "push-not-confirmed": ("{device}: the change could not be confirmed: {reason}", "look at the device"),
        "push-not-saved": (
            "{device}: the change is confirmed but not saved: {reason}",
            "save it, or it is gone after a restart: qianyun net push repeats it",
        ),
        "push-lost": ("{device}: {reason}", "its guard brings the former configuration back"),
        "push-alarm": (
            "{device} has neither the former nor the intended configuration: {difference}",
            "look at the device; what it had is kept in {kept}",
        ),
        "push-alarmed": (
            "{device}: push {push} has ended in an alarm that nobody has acknowledged: {difference}",
            "look at the device, then: qianyun net recover ESTATE --acknowledge {device} --reason '...'",
        ),
        "push-no-alarm": ("{device}: the journal has no alarm that is open", "name another journal with --journal"),
        "push-canceled": ("{device}: broken off", "its guard brings the former configuration back"),
        "push-not-begun": ("{device}: not begun, because the push was broken off", ""),
        "push-budget": ("{device}: not begun, because {failed} device(s) failed", "look at these first"),
        "push-busy": ("{device}: another process is pushing to it", "wait until it has ended"),
        "push-unfinished": (
            "{device}: push {push} was left in the middle",
            "qianyun net recover waits for its guard and compares",
        ),
        "push-not-kept": ("{device}: what push {push} kept cannot be read: {reason}", ""),
        "push-no-facts": (
            "the runbook says nothing of device {device}, or nothing that can be used",
            "make the runbook again: qianyun runbook make",
        ),
        "push-nothing-to-undo": ("{device}: the journal has no push that holds", "name another journal with --journal"),
        "push-changed-since": (
            "{device} was changed after push {push}: putting back would undo that as well",
            "undo the later change first, or take the lines away by hand",
        ),
    }


class PushRefusedError(QianyunError):
    """A push that this program does not even begin."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "push-no-guard": (
            "{device}: nothing is pushed to {platform}: no way is verified by which it goes back by itself",
            "take the lines of 'qianyun net preview' in by hand, in a window, with a person on site",
        ),
        "push-not-undone": (
            "{device}: its guard would not take back: {commands}",
            "give such commands by hand, in a window",
        ),
        "push-disruptive": (
            "{device}: these would interrupt forwarding or this session: {commands}",
            "give such commands by hand, in a window",
        ),
        "push-not-neutral": (
            "{device}: IPv4 would not stay untouched: {first} ({count} line(s))",
            "a retrofit adds IPv6 only; look at: qianyun net preview",
        ),
        "push-may-reset-bgp": (
            "{device}: IPv6 is activated on BGP sessions that carry IPv4, which most systems then open anew: {peers}",
            "push it in a window, with graceful restart, and with --may-reset-bgp",
        ),
        "push-no-address": ("{device} has no management address", "give the device record a management_address"),
        "push-no-host-key": (
            "{device} has no host key: it could be any machine",
            "give the device record its host_key, or the settings known_hosts, after comparing it on the console",
        ),
        "push-credential": ("{device}: credential '{credential}' cannot be used: {reason}", "{known}"),
    }


class PushVersionError(VersionError):
    """A device or a preview that is no longer what was agreed to."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "push-device-changed": (
            "{device} was changed since the preview: {difference}",
            "nothing was sent; preview again",
        ),
        "push-preview-changed": (
            "the changes are no longer those that were agreed to: {given} is now {found}",
            "look at them again: qianyun net preview",
        ),
    }

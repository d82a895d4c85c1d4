"""The laboratory's name server: BIND with zones for the inventory's names, changed by TSIG-signed updates."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Iterable, Mapping

from network.lab.layer import Entry, file

__all__ = ["KEY_FILE", "KEY_NAME", "SERVICE", "key_text", "server_files", "zones_of"]

KEY_NAME = "qianyun-lab"
KEY_FILE = "/etc/qianyun/tsig.key"
"""The TSIG key on the dns and ops hosts, as nsupdate -k reads it."""
SERVICE = ("named", "-u", "bind", "-n", "1", "-c", "/etc/bind/named.conf")
_TTL = 1
_HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})*")


def key_text() -> str:
    """A new TSIG key (HMAC-SHA256), in the syntax of BIND and nsupdate."""
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    return f'key "{KEY_NAME}" {{\n    algorithm hmac-sha256;\n    secret "{secret}";\n}};\n'


def zones_of(names: Iterable[str]) -> tuple[str, ...]:
    """The zones that names stand in: the domain of each, without those inside another one; sorted."""
    domains = {name.partition(".")[2] or name for name in names}
    return tuple(sorted(name for name in domains if not any(name.endswith(f".{other}") for other in domains)))


def server_files(records: Mapping[str, Iterable[str]], key: str) -> dict[str, Entry]:
    """Files of the name server. ``records``: DNS name -> its addresses; what is no host name is left out."""
    usable = {name: addresses for name, addresses in records.items() if _HOST_NAME.fullmatch(name)}
    zones = zones_of(usable)
    found = {
        "/etc/bind/named.conf": file(_configuration(zones)),
        KEY_FILE: file(key, 0o640, group="bind"),
    }
    for zone in zones:
        inside = {name: tuple(usable[name]) for name in usable if name == zone or name.endswith(f".{zone}")}
        found[f"/var/lib/bind/{zone}.zone"] = file(_zone(inside), user="bind", group="bind")
    return found


def _configuration(zones: Iterable[str]) -> str:
    lines = [
        f'include "{KEY_FILE}";',
        "options {",
        '    directory "/var/cache/bind";',
        '    pid-file "/run/named/named.pid";',
        "    listen-on { any; };",
        "    listen-on-v6 { any; };",
        "    recursion no;",
        "    dnssec-validation no;",
        "    notify no;",
        "};",
        "controls {};",
    ]
    for zone in zones:
        update = f'allow-update {{ key "{KEY_NAME}"; }}; allow-transfer {{ key "{KEY_NAME}"; }};'
        lines.append(f'zone "{zone}" {{ type primary; file "/var/lib/bind/{zone}.zone"; {update} }};')
    return "\n".join(lines) + "\n"


def _zone(records: Mapping[str, Iterable[str]]) -> str:
    # Names that do not exist are remembered as briefly as those that do.
    lines = [f"$TTL {_TTL}", f"@ SOA dns.qianyun.test. root.qianyun.test. 1 3600 600 86400 {_TTL}"]
    lines.append("@ NS dns.qianyun.test.")
    for name, addresses in records.items():
        lines += [f"{name}. {'AAAA' if ':' in address else 'A'} {address}" for address in addresses]
    return "\n".join(lines) + "\n"

"""Writes the configuration of a bed: templates filled with its folder, ports and passwords."""

from __future__ import annotations

import json
from pathlib import Path
from string import Template

from tools.cloudbed.layout import Layout

__all__ = ["CLOUD", "GUEST", "write"]

CLOUD = "bed"
"""The administrator's entry in clouds.yaml."""

GUEST = "guest"
"""The entry of a user who may do nothing but use the project of the same name."""

TEMPLATES = Path(__file__).with_name("templates")


def write(layout: Layout, ports: dict[str, int]) -> None:
    """All files of etc/, and clouds.yaml, for these ports; with them a bed can be unpacked anywhere."""
    secrets = layout.secrets()
    values = {
        **{f"{name}_port": str(port) for name, port in ports.items()},
        **{f"{name}_password": secret for name, secret in secrets.items()},
        "rndc_secret": secrets["rndc"],
        "root": str(layout.root),
        "identity_url": identity(ports),
        "database_url": f"mysql+pymysql://bed:{secrets['database']}@127.0.0.1:{ports['database']}",
    }
    values["login"] = _fill("login.conf", values)
    common = _fill("common.conf", values)
    for path in sorted(TEMPLATES.iterdir()):
        if path.name in {"common.conf", "login.conf", "entry_points.txt"}:
            continue
        text = _fill(path.name, values)
        daemon = path.suffix == ".conf" and path.name not in {"keystone.conf", "named.conf", "rabbitmq.conf"}
        _put(layout.etc / path.name, common + text if daemon else text)
    plugins = layout.etc / "python" / "qianyun_bed-1.dist-info"
    plugins.mkdir(parents=True, exist_ok=True)
    _put(plugins / "METADATA", "Metadata-Version: 2.1\nName: qianyun-bed\nVersion: 1\n")
    _put(plugins / "entry_points.txt", _fill("entry_points.txt", values))
    for name in ("nova", "neutron", "cinder", "designate", "fernet", "credential"):
        (layout.root / "lib" / name).mkdir(mode=0o700, exist_ok=True)
    _put(layout.clouds, json.dumps({"clouds": clouds(ports, secrets)}, indent=1) + "\n")


def identity(ports: dict[str, int]) -> str:
    """Where one logs in."""
    return f"http://127.0.0.1:{ports['identity']}/v3"


def clouds(ports: dict[str, int], secrets: dict[str, str]) -> dict[str, dict[str, object]]:
    """The entries of clouds.yaml."""
    return {
        cloud: {
            "region_name": "RegionOne",
            "identity_api_version": "3",
            "auth": {
                "auth_url": identity(ports),
                "username": user,
                "password": secrets[user],
                "project_name": user,
                "user_domain_name": "Default",
                "project_domain_name": "Default",
            },
        }
        for cloud, user in ((CLOUD, "admin"), (GUEST, "guest"))
    }


def _fill(name: str, values: dict[str, str]) -> str:
    return Template((TEMPLATES / name).read_text(encoding="utf-8")).substitute(values)


def _put(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")

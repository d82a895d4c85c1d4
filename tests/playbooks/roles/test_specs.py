"""What holds for all roles, without a host: their entries, what they take, and the scripts that they run."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import playbooks

ROLES = Path(playbooks.__file__).parent / "roles"
NAMES = sorted(path.parent.parent.name for path in ROLES.glob("*/meta/argument_specs.yml"))
KINDS = "postgresql_logical|postgresql|mariadb|files|service|address|dns|host|clock"
ENTRIES = ("main", "probe", "verify", "rollback")
SCRIPTS = ROLES / "host_scripts" / "files"
VERB = re.compile(r"host_scripts_verbs: .*|'host_scripts_verbs': .*")


@cache
def options(role: str) -> dict[str, Any]:
    specs = yaml.safe_load((ROLES / role / "meta" / "argument_specs.yml").read_text())["argument_specs"]
    assert set(specs) == set(ENTRIES)
    for entry in ENTRIES:
        assert specs[entry]["options"] == specs["main"]["options"]
        assert specs[entry]["short_description"]
    found: dict[str, Any] = specs["main"]["options"]
    return found


@pytest.mark.parametrize("role", NAMES)
def test_entries(role: str) -> None:
    for entry in ENTRIES:
        assert (ROLES / role / "tasks" / f"{entry}.yml").is_file()


@pytest.mark.parametrize("role", NAMES)
def test_defaults_are_what_the_specification_says(role: str) -> None:
    path = ROLES / role / "defaults" / "main.yml"
    defaults = (yaml.safe_load(path.read_text()) or {}) if path.exists() else {}
    own = {name: spec for name, spec in options(role).items() if name.startswith(role)}
    assert defaults == {name: spec["default"] for name, spec in own.items() if "default" in spec}
    assert all(spec.get("required") or "default" in spec for spec in own.values())


def test_all_roles_mean_the_same_by_components_addresses_and_records() -> None:
    for name in ("components", "addresses", "records"):
        meanings = [options(role)[name]["options"] for role in NAMES if name in options(role)]
        assert meanings
        assert all(meaning == meanings[0] for meaning in meanings)


def test_verbs_exist() -> None:
    """A verb that no kind knows would do nothing, and nobody would notice."""
    text = "".join(path.read_text() for path in SCRIPTS.glob("*.sh"))
    known = set(re.findall(rf"^(?:{KINDS})_([a-z_]+)\(\)", text, re.MULTILINE))
    used: set[str] = set()
    for path in [*ROLES.glob("*/tasks/*.yml"), *ROLES.glob("*/vars/*.yml")]:
        for line in VERB.findall(path.read_text()):
            lists = re.findall(r"\[([a-z_', ]+)\]", line)
            used |= {verb.strip(" '") for names in lists for verb in names.split(",")} - {
                "system_cutover_from",
                "system_cutover_to",
            }
    assert {"copy", "close", "promote", "follow", "finish", "clear"} <= used
    assert used <= known


def test_no_two_scripts_have_a_function_of_one_name() -> None:
    texts = [path.read_text() for path in SCRIPTS.glob("*.sh")]
    found = [name for text in texts for name in re.findall(r"^([a-z_]+)\(\)", text, re.MULTILINE)]
    assert len(found) == len(set(found))


@pytest.mark.component("shellcheck")
def test_scripts_are_clean(tmp_path: Path) -> None:
    """One script is made of all files, so they are looked at together."""
    script = tmp_path / "all.sh"
    names = ["base.sh", *sorted(path.name for path in SCRIPTS.glob("*.sh") if path.name != "base.sh")]
    script.write_text("".join((SCRIPTS / name).read_text() for name in names))
    done = subprocess.run(["shellcheck", "--shell=bash", str(script)], capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 0

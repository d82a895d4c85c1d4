"""``qianyun lab``: up, down, list, show, exec."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.errors import InputError
from ui.commanding import Common, Group, argument, command, common, option
from ui.opening import open_estate
from ui.output import Report, emit, progress, say, table
from ui.texts import text

if TYPE_CHECKING:
    from network.lab import Lab, LabHost

__all__ = ["group"]

group = Group("lab")
_FILES = ("ssh_config", "known_hosts", "id_ed25519", "worker.yaml", "tsig.key", "hosts.json")


@contextmanager
def _building() -> Iterator[Report]:
    with progress(text("lab.building")) as report:
        yield lambda stage, done, total: report(text(f"lab.stage.{stage}"), done, total)


@command(
    group,
    "up",
    example="qianyun lab up examples/lab\nqianyun lab up examples/lab --only 140100-mzj-0001 --name trial",
)
@argument("estate", type=Path)
@option("--only", multiple=True, metavar="HOSTS", key="lab.option.only")
@option("--name", metavar="LAB", key="lab.option.name")
@common()
def up(common: Common, estate: Path, only: tuple[str, ...], name: str | None) -> None:
    """Build the machines of an estate's systems."""
    from network.lab import build

    inventory = open_estate(estate, common).inventory
    with _building() as report:
        lab = build(inventory, name=name or _name_of(estate), only=only, progress=report)
    if common.json:
        emit(_answer(lab))
        return
    _show_hosts(lab)
    say("lab.up", name=lab.name, count=len(lab.hosts))
    say("lab.how-ssh", config=lab.ssh_config, host=next(reversed(lab.hosts)))
    say("lab.how-worker", config=lab.folder / "worker.yaml")
    say("lab.how-down", name=lab.name)


def _name_of(estate: Path) -> str:
    """A laboratory's name from its estate's folder: ``examples/lab`` -> ``lab``."""
    return re.sub(r"[^a-z0-9]+", "-", estate.resolve().name.lower()).strip("-")[:32].strip("-") or "lab"


@command(group, "down", example="qianyun lab down lab\nqianyun lab down --all")
@argument("name", required=False, metavar="[LAB]")
@option("--all", "everything", is_flag=True, key="lab.option.all")
@common(estate=False)
def down(common: Common, name: str | None, everything: bool) -> None:
    """Take laboratories down."""
    from network.lab import Lab, remove

    if everything == (name is not None):
        raise InputError("bad-argument", argument="LAB", reason=text("lab.one-or-all"))
    _need_root()
    gone = Lab.names() if everything else (name or "",)
    for one in gone:
        remove(one)
        if not common.json:
            say("lab.down", name=one)
    if common.json:
        emit({"down": list(gone)})


@command(group, "list", example="qianyun lab list")
@common(estate=False)
def list_labs(common: Common) -> None:
    """Which laboratories stand on this machine."""
    from network.lab import Lab, records

    _need_root()
    Lab.names()  # takes down what dead processes have left behind
    found = records()
    if common.json:
        rows = [{"name": r.name, "estate": r.estate, "ready": r.ready, "hosts": len(r.hosts)} for r in found]
        emit({"labs": rows})
    elif not found:
        say("lab.none")
    else:
        states = {True: text("lab.state.ready"), False: text("lab.state.building")}
        columns = [text(f"lab.column.{column}") for column in ("lab", "state", "hosts", "estate")]
        table(columns, [(r.name, states[r.ready], len(r.hosts), r.estate) for r in found], right=(2,))


@command(group, "show", example="qianyun lab show lab")
@argument("name", metavar="LAB")
@common(estate=False)
def show(common: Common, name: str) -> None:
    """The hosts of a laboratory and the files that lead into it."""
    lab = _open(name)
    if common.json:
        emit(_answer(lab))
        return
    _show_hosts(lab)
    table([text("lab.column.file"), ""], [(file, lab.folder / file) for file in _FILES])


@command(
    group,
    "exec",
    example="qianyun lab exec lab client -- dig +short yuyue.mzj.ty.sx.cegn\n"
    "qianyun lab exec lab ops --machine-files -- qianyun worker --store build/lab --config worker.yaml",
)
@argument("name", metavar="LAB")
@argument("host", metavar="HOST")
@option("--machine-files", is_flag=True, key="lab.option.machine-files")
@argument("words", nargs=-1, required=True, metavar="-- COMMAND...")
@common(estate=False)
@click.pass_context
def execute(
    context: click.Context, common: Common, *, name: str, host: str, machine_files: bool, words: tuple[str, ...]
) -> None:
    """Run a command in a host; its exit code is ours."""
    lab = _open(name)
    if common.json:
        done = lab.run(host, words, check=False, machine_files=machine_files)
        emit({"host": host, "status": done.returncode, "stdout": done.stdout, "stderr": done.stderr})
        context.exit(done.returncode)
    argv = lab.command(host, words, machine_files=machine_files)
    sys.stdout.flush()
    os.execvpe(argv[0], argv, lab.environment(_terminal(), machine_files=machine_files))  # noqa: S606


def _terminal() -> dict[str, str]:
    """What an interactive program wants to know of the terminal it stands in."""
    return {name: os.environ[name] for name in ("TERM",) if name in os.environ}


def _need_root() -> None:
    from network.lab import check_root

    check_root()


def _open(name: str) -> Lab:
    from network.lab import Lab

    _need_root()
    return Lab.open(name)


def _answer(lab: Lab) -> dict[str, Any]:
    return {
        "name": lab.name,
        "folder": str(lab.folder),
        "files": {file: str(lab.folder / file) for file in _FILES},
        "hosts": [_host(host) for host in lab.hosts.values()],
    }


def _host(host: LabHost) -> dict[str, Any]:
    return {
        "name": host.name,
        "names": list(host.names),
        "kind": host.kind,
        "place": host.place,
        "addresses": list(host.addresses),
        "pid": host.pid,
    }


def _show_hosts(lab: Lab) -> None:
    columns = [text(f"lab.column.{column}") for column in ("host", "kind", "place", "addresses")]
    rows = [
        ("\n".join((host.name, *host.names)), text(f"lab.kind.{host.kind}"), host.place, " ".join(host.addresses))
        for host in lab.hosts.values()
    ]
    table(columns, rows)

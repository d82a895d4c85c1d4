"""Stacks on a real OpenStack control plane: a landing zone, a hundred resources, many unchanged stacks; beside
openstacksdk by hand and the ``openstack`` command.

The control plane is that of the tests (docs/cloudbed.md), on the same machine, so it shares the cores. A hundred
resources are networks, each with a subnet of both families, a security group and a rule. The peers make the same
objects one after the other, with no record of them, no preview and no way back. The ``openstack`` command is a process
for each object: it makes fewer, and ``seconds`` is what it would take for all.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benchmarks._measure import Usage, measure, task
from benchmarks._report import Required, note, parser, publish, row

if TYPE_CHECKING:
    from stacks.engine import Engine
    from tools.cloudbed import Bed

RESOURCES, MANY, MORE, BY_COMMAND = 100, 50, 200, 10
PLUGIN = "pulumi-resource-qianyun"
LOGIN, COMMAND = "bed", "openstack"
EACH = 5
"""Resources that one network comes with."""
REQUIRED: Required = {
    ("provider: start to its first answer", None): {"seconds": 0.5},
    ("landing zone: up", None): {"seconds": 10.0},
    ("landing zone: unchanged preview", None): {"seconds": 1.5},
    ("unchanged stacks previewed", MANY): {"seconds": 45.0},
}


def started() -> dict[str, Any]:
    """The plug-in, from its start to its answer to the engine's first question."""
    import grpc
    from google.protobuf import empty_pb2
    from pulumi.runtime.proto import provider_pb2_grpc

    program = Path(sys.executable).with_name(PLUGIN)
    began = perf_counter()
    with subprocess.Popen([program], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                provider_pb2_grpc.ResourceProviderStub(channel).GetPluginInfo(empty_pb2.Empty())
            took = perf_counter() - began
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        finally:
            process.terminate()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return {"seconds": round(took, 3), "plugin_mb": round(peak * 1024 / 1e6, 1)}


# ---- on the control plane ----


def zone(bed: str) -> dict[str, Any]:
    """The landing zone of examples/clouds: previewed, made, previewed again, compared with the cloud, deleted."""
    from inventory.load import load_estate
    from stacks.components import program_of
    from stacks.design.addresses import assign_addresses
    from stacks.design.designs import designs_of
    from tests.stacks.design.made import EXAMPLE, plan_of_example

    inventory = load_estate(EXAMPLE, cache=False).inventory
    plan = plan_of_example(inventory)
    designs = designs_of(assign_addresses(inventory, plan).into(inventory), plan)
    design = designs.zone(designs.names[0].removeprefix("zone."))
    with _engine(_bed(bed)) as engine:
        return _life(engine, design.stack, program_of(design))


def hundred(bed: str, resources: int) -> dict[str, Any]:
    """A stack of so many resources, through the same stages."""
    with _engine(_bed(bed)) as engine:
        return _life(engine, "hundred", _networks(resources))


def many(bed: str, stacks: int) -> dict[str, Any]:
    """So many small stacks made once, and all previewed without a change, two at a time."""
    from stacks.engine import each

    names = [f"small-{number}" for number in range(stacks)]
    with _engine(_bed(bed)) as engine:
        programs = {name: _networks(EACH, name) for name in names}
        began = perf_counter()
        _all(each(names, lambda name: engine.up(name, programs[name]), limit=2))
        made = perf_counter()
        found = _all(each(names, lambda name: engine.preview(name, programs[name]), limit=2))
        ended = perf_counter()
        assert not any(preview.changes for preview in found)
    return {"seconds": round(ended - made, 3), "up_seconds": round(made - began, 3)}


def by_sdk(bed: str, resources: int) -> dict[str, Any]:
    """The same objects by openstacksdk, one after the other."""
    network = _bed(bed).connection().network
    began = perf_counter()
    for number in range(resources // EACH):
        made = network.create_network(name=f"sdk-{number}")
        network.create_subnet(network_id=made.id, name=f"sdk-{number}-4", ip_version=4, cidr=_v4(number))
        network.create_subnet(network_id=made.id, name=f"sdk-{number}-6", ip_version=6, cidr=_v6(number))
        group = network.create_security_group(name=f"sdk-{number}")
        network.create_security_group_rule(
            security_group_id=group.id, direction="ingress", ether_type="IPv4", protocol="tcp", port_range_min=443,
            port_range_max=443, remote_ip_prefix="10.0.0.0/8",
        )  # fmt: skip
    return {"seconds": round(perf_counter() - began, 3)}


def by_command(bed: str, resources: int, made: int) -> dict[str, Any]:
    """``made`` of the same objects by the ``openstack`` command; the time for all."""
    variables = {**os.environ, **_bed(bed).variables(), "OS_CLOUD": LOGIN}

    def run(*words: str) -> None:
        subprocess.run([COMMAND, *words], env=variables, stdout=subprocess.DEVNULL, check=True)

    began = perf_counter()
    for number in range(made // EACH):
        name = f"cli-{number}"
        run("network", "create", name)
        run("subnet", "create", "--network", name, "--subnet-range", _v4(number), f"{name}-4")
        run("subnet", "create", "--network", name, "--ip-version", "6", "--subnet-range", _v6(number), f"{name}-6")
        run("security", "group", "create", name)
        run(
            "security",
            "group",
            "rule",
            "create",
            "--protocol",
            "tcp",
            "--dst-port",
            "443",
            "--remote-ip",
            "10.0.0.0/8",
            name,
        )
    return {"seconds": round((perf_counter() - began) * resources / made, 3), "made": made}


TASKS = {
    "started": started, "zone": zone, "hundred": hundred, "many": many, "by_sdk": by_sdk, "by_command": by_command,
}  # fmt: skip


def _bed(folder: str) -> Bed:
    from tools.cloudbed import Bed

    return Bed(Path(folder))


@contextlib.contextmanager
def _engine(bed: Bed) -> Iterator[Engine]:
    from stacks.engine import Engine, find_engine

    with tempfile.TemporaryDirectory(prefix="qianyun-stacks-") as made:
        folder = Path(made)
        passphrase = folder / "passphrase"
        passphrase.write_text("benchmark\n", encoding="utf-8")
        (folder / "state").mkdir()
        yield Engine(
            find_engine(), backend=f"file://{folder}/state", passphrase_file=passphrase, home=folder / "home",
            variables=bed.variables(),
        )  # fmt: skip


def _life(engine: Engine, stack: str, program: Callable[[], None]) -> dict[str, Any]:
    """Seconds of each stage of a stack's life."""
    times: dict[str, float] = {}

    def timed(stage: str, work: Callable[[], Any]) -> Any:
        began = perf_counter()
        found = work()
        times[stage] = round(perf_counter() - began, 3)
        return found

    timed("preview", lambda: engine.preview(stack, program))
    timed("up", lambda: engine.up(stack, program))
    assert not timed("unchanged", lambda: engine.preview(stack, program)).changes
    timed("drift", lambda: engine.drift(stack))
    state = engine.state(stack)
    timed("destroy", lambda: engine.destroy(stack, remove=True))
    assert state is not None
    return {"resources": len(state.made), "times": times}


def _networks(resources: int, prefix: str = "net") -> Callable[[], None]:
    """A program that makes so many resources: networks, subnets, groups and rules."""
    from stacks.design.model import Place, Way
    from stacks.ways import Kind, Making, way_of

    def program() -> None:
        way, free = way_of(Place(cloud="bed", pool="bed", way=Way.OPENSTACK, login=LOGIN)), Making()
        for number in range(resources // EACH):
            name = f"{prefix}-{number}"
            network = way.make(Kind.NETWORK, name, {"name": name}, free)
            for version, cidr in ((4, _v4(number)), (6, _v6(number))):
                wanted = {"name": f"{name}-{version}", "network_id": network.id, "ip_version": version, "cidr": cidr}
                way.make(Kind.SUBNET, f"{name}-{version}", wanted, free)
            group = way.make(Kind.SECURITY_GROUP, f"{name}-group", {"name": name}, free)
            rule = {"security_group_id": group.id, "direction": "ingress", "ether_type": "IPv4", "protocol": "tcp"}
            ports = {"port_range_min": 443, "port_range_max": 443, "remote_ip_prefix": "10.0.0.0/8"}
            way.make(Kind.SECURITY_GROUP_RULE, f"{name}-rule", {**rule, **ports}, free)

    return program


def _v4(number: int) -> str:
    return f"10.{number // 256}.{number % 256}.0/24"


def _v6(number: int) -> str:
    return f"fd00:0:0:{number:x}::/64"


def _all(outcomes: Any) -> list[Any]:
    """Results of all stacks. The first error is raised."""
    found = list(outcomes)
    for one in found:
        if one.error is not None:
            raise one.error
    return [one.result for one in found]


# ---- the rows ----


@contextlib.contextmanager
def _running() -> Iterator[tuple[Bed, str]]:
    """A bed with room for all that is made in it."""
    from tools.cloudbed import Bed
    from tools.cloudbed.smoke import smoke

    folder = Path(tempfile.mkdtemp(prefix="qianyun-cloudbed-"))
    bed = Bed(folder)
    command = [sys.executable, "-m", "tools.cloudbed", "start", str(folder), "--owner", str(os.getpid())]
    try:
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=True)
        # Clouds are not used for the first time: each service has answered once.
        with contextlib.redirect_stdout(sys.stderr):
            smoke(bed)
        _make_room(bed)
        yield bed, str(folder)
    finally:
        bed.discard()
        shutil.rmtree(folder, ignore_errors=True)


def _make_room(bed: Bed) -> None:
    """Nothing but the bed's own, and no limits."""
    bed.reset()
    connection = bed.connection()
    names = ("network", "subnet", "security_group", "security_group_rule", "port")
    connection.network.update_quota(str(connection.current_project_id), **dict.fromkeys(names, -1))


def rows(resources: int, stacks: list[int], by: int, runs: int) -> Iterator[dict[str, Any]]:
    note("provider")
    used = measure(task("stacks", "started"), runs=runs)
    yield row("provider: start to its first answer", used, **used.answer)
    if not resources and not stacks:
        return
    with _running() as (bed, folder):
        note("landing zone")
        yield from _stages("landing zone", measure(task("stacks", "zone", bed=folder)))
        if resources:
            note(f"{resources} resources")
            used = measure(task("stacks", "hundred", bed=folder, resources=resources))
            yield from _stages(f"{resources} resources", used)
            note("peers")
            _make_room(bed)
            used = measure(task("stacks", "by_sdk", bed=folder, resources=resources))
            yield row("peer: openstacksdk", used, against=f"{resources} resources: up", **used.answer)
            _make_room(bed)
            used = (
                measure(task("stacks", "by_command", bed=folder, resources=resources, made=by))
                if shutil.which(COMMAND)
                else Usage("skipped", None, None, None, note=f"{COMMAND} is not installed")
            )
            yield row("peer: openstack command", used, against=f"{resources} resources: up", **used.answer)
        for count in stacks:
            note(f"{count} stacks")
            _make_room(bed)
            used = measure(task("stacks", "many", bed=folder, stacks=count))
            yield row("unchanged stacks previewed", used, size=count, **used.answer)


def _stages(name: str, used: Usage) -> Iterator[dict[str, Any]]:
    """A row for each stage that one process has gone through; the process's own account stands in each."""
    answer = used.answer
    if not answer:
        yield row(f"{name}: up", used)
    for stage, seconds in answer.get("times", {}).items():
        case = f"{name}: {'unchanged preview' if stage == 'unchanged' else stage}"
        yield row(case, used, resources=answer["resources"], seconds=seconds)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--resources", type=int, default=RESOURCES, metavar="N", help="of the larger stack; 0: none")
    options.add_argument("--stacks", type=int, nargs="*", default=[MANY, MORE], metavar="N", help="numbers of stacks")
    options.add_argument("--by-command", type=int, default=BY_COMMAND, metavar="N", help="objects by the command")
    options.add_argument("--runs", type=int, default=5, metavar="N", help="times that the plug-in is started")
    chosen = options.parse_args()
    publish("stacks", rows(chosen.resources, chosen.stacks, chosen.by_command, chosen.runs), chosen, REQUIRED)


if __name__ == "__main__":
    main()

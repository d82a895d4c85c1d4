"""The plug-in process over the real wire, with a made-up back end behind it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from stacks.provider import VERSION
from stacks.provider.tables.kinds import KINDS
from stacks.provider.values import UNKNOWN, properties, struct
from tests.stacks.provider.wire_client import CODE, ROOT, FailedError, Plugin, ended, plugin

MADE_UP = "from tests.stacks.provider.made_up import main; main()"
NETWORK = {"name": "n", "mtu": 1450}
SERVER = {"name": "s", "image": "i", "flavor": "f", "port_ids": ["p"], "user_data": "#cloud-config hunter2"}


@pytest.fixture(scope="module")
def made_up() -> Iterator[Plugin]:
    with plugin(MADE_UP) as found:
        yield found


def test_the_plugin_tells_its_version_and_schema(made_up: Plugin) -> None:
    assert made_up.version() == VERSION
    schema = json.loads(made_up.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)
    assert set(schema["resources"]) == {kind.token for kind in KINDS}
    server = schema["resources"]["qianyun:openstack:Server"]
    assert server["requiredInputs"] == ["name", "image", "flavor", "port_ids"]
    assert server["inputProperties"]["user_data"]["secret"] is True
    assert server["properties"]["ready"] == {"type": "boolean"}


def test_it_takes_secrets_and_previews(made_up: Plugin) -> None:
    answer = made_up.configure(cloud="yun")
    assert (answer.acceptSecrets, answer.supportsPreview) == (True, True)


def test_secret_inputs_stay_secret_though_the_program_forgot(made_up: Plugin) -> None:
    checked = made_up.check("Server", SERVER)
    assert properties(checked.inputs).secrets == {"user_data"}
    assert properties(checked.inputs).values == SERVER
    named = made_up.check("Server", SERVER, secret=("key_name", "name"))
    assert properties(named.inputs).secrets == {"user_data", "name"}


def test_failures_name_their_property(made_up: Plugin) -> None:
    assert made_up.failures("Network", {"name": "bad"}) == {"name": "is bad"}


def test_differences_tell_their_kind(made_up: Plugin) -> None:
    subnet = {"name": "s", "network_id": "n", "ip_version": 4, "cidr": "10.0.0.0/24"}
    assert made_up.diff("Subnet", subnet, subnet) == ({}, False)
    changed = {**subnet, "name": "t", "cidr": "10.0.1.0/24", "description": "d"}
    kinds = {"name": "UPDATE", "cidr": "UPDATE_REPLACE", "description": "ADD"}
    assert made_up.diff("Subnet", subnet, changed) == (kinds, True)
    assert made_up.diff("Subnet", changed, subnet)[0]["description"] == "DELETE"
    assert made_up.diff("Server", {"key_name": "k"}, {}) == ({"key_name": "DELETE_REPLACE"}, True)
    assert made_up.diff("Server", SERVER, SERVER, {"ready": False}) == ({"ready": "UPDATE_REPLACE"}, True)


def test_changes_that_a_program_ignores_are_none(made_up: Plugin) -> None:
    assert made_up.diff("Network", NETWORK, {**NETWORK, "mtu": 9000}, ignore=("mtu",)) == ({}, False)
    assert made_up.diff("Network", {"name": "n"}, {"name": "n", "description": "d"}, ignore=("description",))[0] == {}


def test_an_old_engine_sends_inputs_among_outputs(made_up: Plugin) -> None:
    request = provider_pb2.DiffRequest(
        id="i",
        urn="urn:pulumi:s::p::a$qianyun:openstack:Network::x",
        olds=struct({**NETWORK, "status": "UP"}),
        news=struct({**NETWORK, "name": "m"}),
    )
    assert list(made_up.stub.Diff(request).diffs) == ["name"]


def test_numbers_arrive_whole_and_outputs_join_inputs(made_up: Plugin) -> None:
    id, outputs = made_up.create("Network", NETWORK, "net", timeout=12.0)
    assert id == "id-urn:pulumi:test::qianyun::qianyun:openstack:Network::net"
    assert outputs == {**NETWORK, "status": "ACTIVE", "seconds": 12, "seen": "1450"}


def test_previews_make_nothing(made_up: Plugin) -> None:
    assert made_up.create("Network", {"name": UNKNOWN}, preview=True) == ("", {"name": UNKNOWN})
    old = {"name": "n", "status": "ACTIVE"}
    assert made_up.update("Network", "i", old, {"name": "m"}, preview=True) == {"name": "m", "status": "ACTIVE"}


def test_what_is_half_made_keeps_its_id(made_up: Plugin) -> None:
    with pytest.raises(FailedError) as caught:
        made_up.create("Server", {**SERVER, "name": "half"})
    found = caught.value.init
    assert found is not None
    assert found.id == "id-half"
    assert found.reasons == ("No valid host was found [cloud-failed]",)
    assert (found.outputs["status"], found.outputs["ready"], found.outputs["name"]) == ("ERROR", False, "half")
    assert found.inputs == {**SERVER, "name": "half"}


def test_other_errors_are_explained_without_secrets(made_up: Plugin) -> None:
    with pytest.raises(FailedError) as caught:
        made_up.create("Network", {"name": "none"})
    assert (caught.value.text, caught.value.init) == ("password is ***", None)


def test_read_and_delete(made_up: Plugin) -> None:
    assert made_up.read("Network", "gone") is None
    assert made_up.read("Network", "i", NETWORK) == ({"name": "seen", "mtu": 1450}, {"name": "seen", "mtu": 1450})
    made_up.delete("Network", "i", NETWORK)
    with pytest.raises(FailedError, match="held"):
        made_up.delete("Network", "i", {"name": "held"})


def test_another_login_is_an_update_and_another_place_a_replacement(made_up: Plugin) -> None:
    def differ(**new: str) -> tuple[list[str], list[str]]:
        old = {"cloud": "a", "region": "r", "project_id": "p"}
        request = provider_pb2.DiffRequest(id="i", urn="u", olds=struct(old), news=struct({**old, **new}))
        answer = made_up.stub.DiffConfig(request)
        return list(answer.diffs), list(answer.replaces)

    assert differ() == ([], [])
    assert differ(cloud="b") == (["cloud"], [])
    assert differ(region="q", project_id="o") == (["project_id", "region"], ["project_id", "region"])


def test_cancel_ends_what_is_under_way() -> None:
    with plugin(MADE_UP) as found:
        texts: list[str] = []

        def create() -> None:
            try:
                found.create("Network", {"name": "slow"})
            except FailedError as error:
                texts.append(error.text)

        thread = threading.Thread(target=create)
        thread.start()
        time.sleep(0.3)
        found.cancel()
        thread.join(20)
        assert texts == ["canceled"]


PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {code!r}], stdout=subprocess.PIPE, text=True)
child.stdout.readline()
print(child.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("code", [CODE, MADE_UP], ids=["real", "made-up"])
def test_the_plugin_ends_with_a_killed_engine(code: str) -> None:
    engine = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(code=code)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert engine.stdout is not None
    child = int(engine.stdout.readline())
    assert not ended(child, 0.1)
    engine.send_signal(signal.SIGKILL)
    engine.communicate()
    assert ended(child, 9)


def test_the_plugin_does_not_start_for_an_engine_that_is_gone() -> None:
    code = f"import sys; sys.argv.append('127.0.0.1:9'); {CODE}"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (found.returncode, found.stdout) == (3, "")


def test_an_unchanged_preview_loads_no_library_of_clouds() -> None:
    """Told by the modules of a process that does what such a preview asks for."""
    code = """
import sys
from stacks.provider.protocol import stand_in
stand_in()
from stacks.provider.backend import OpenStackBackend
from stacks.provider.wire import Servicer
backend = OpenStackBackend()
backend.configure({"cloud": "nowhere"})
server = {"name": "s", "image": "i", "flavor": "f", "port_ids": ["p"]}
token = "qianyun:openstack:Server"
assert backend.check(token, server, server) == []
assert backend.diff(token, server, {"ready": True}, server).changes == {}
print([name for name in ("openstack", "keystoneauth1", "requests", "pulumi.automation") if name in sys.modules])
"""
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, env=os.environ
    )
    assert found.stdout.strip() == "[]", found.stderr


def test_the_wire_answers_unknown_methods_in_the_protocols_way(made_up: Plugin) -> None:
    import grpc

    with pytest.raises(grpc.RpcError) as caught:
        made_up.stub.Parameterize(provider_pb2.ParameterizeRequest())
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED
    assert made_up.stub.GetPluginInfo(empty_pb2.Empty()).version == VERSION

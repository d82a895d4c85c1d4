"""Servers and volumes against a real OpenStack: the whole life of an object, drift and failures.

The plug-in process is spoken to over the wire, as the engine does; the cloud is looked at with a login of its own.
"""

from __future__ import annotations

import base64

import pytest

from tests.stacks.provider.contract import STACK, Life, Place, live
from tests.stacks.provider.wire_client import FailedError, token_of, urn_of
from tools.cloudbed.content import HUGE_FLAVOR, IMAGE

BLOB = b"\0\0\0\x0bssh-ed25519\0\0\0 " + bytes(range(32))
KEY = f"ssh-ed25519 {base64.b64encode(BLOB).decode()} ops"


def test_keypair(place: Place) -> None:
    live(place, Life("Keypair", {"name": "ops", "public_key": KEY}))


def test_server(place: Place, port: str) -> None:
    inputs = {
        "name": "s",
        "image": IMAGE,
        "flavor": "bed.small",
        "port_ids": [port],
        "metadata": {"system": "a", "role": "web"},
        "user_data": "#cloud-config\npassword: hunter2-secret",
    }
    changes = {"name": "t", "metadata": {"system": "b"}}
    compute = place.cloud.compute
    live(
        place,
        Life("Server", inputs, changes, ("name", "metadata")),
        lambda id: (compute.update_server(id, name="u"), compute.set_server_metadata(id, system="spoiled")),
    )


def test_servers_are_replaced_by_image_and_flavor_whatever_their_spelling(place: Place, server: str) -> None:
    inputs = {"name": "vm", "image": IMAGE, "flavor": "bed.small", "port_ids": ["p"]}
    image, flavor = (
        place.cloud.image.find_image(IMAGE).id,
        place.cloud.compute.find_flavor("bed.small").id,
    )
    seen = place.plugin.read("Server", server, inputs, {"image_id": image, "flavor_id": flavor, "ready": True})
    assert seen is not None
    outputs = seen[1]
    assert (outputs["image_id"], outputs["flavor_id"], outputs["ready"]) == (image, flavor, True)
    by_id = {**inputs, "image": image, "flavor": flavor}
    assert place.plugin.diff("Server", inputs, by_id, outputs)[0] == {}
    assert place.plugin.diff("Server", by_id, inputs, outputs)[0] == {}
    kinds, first = place.plugin.diff("Server", inputs, {**inputs, "flavor": "bed.medium"}, outputs)
    assert (kinds, first) == ({"flavor": "UPDATE_REPLACE"}, True)


def test_unknown_images_and_flavors_are_named_with_the_nearest(place: Place) -> None:
    inputs = {"name": "s", "image": "bed-imgae", "flavor": "bed.smal", "port_ids": ["p"]}
    failures = place.plugin.failures("Server", inputs)
    assert set(failures) == {"image", "flavor"}
    assert "nearest: bed-image" in failures["image"]
    assert "bed.small" in failures["flavor"]
    # What was there before is not asked for again: an unchanged preview asks nothing.
    assert place.plugin.failures("Server", inputs, inputs) == {}


def test_no_valid_host_is_half_made_and_then_replaced(place: Place, port: str) -> None:
    inputs = {"name": "huge", "image": IMAGE, "flavor": HUGE_FLAVOR, "port_ids": [port]}
    own = place.cloud.session.get_project_id()
    place.cloud.compute.update_quota_set(own, cores=0)
    try:
        with pytest.raises(FailedError, match=r"Server huge: the quota is used up: .*cores.*\[cloud-quota\]"):
            place.make("Server", "huge", **inputs)
    finally:
        place.cloud.compute.revert_quota_set(own)
    with pytest.raises(FailedError, match=r"Server huge is ERROR: .*[Nn]o valid host.*\[cloud-failed\]") as caught:
        place.make("Server", "huge", **inputs)
    init = caught.value.init
    assert init is not None
    place.made.append(("Server", init.id, inputs))
    assert (init.outputs["status"], init.outputs["ready"]) == ("ERROR", False)
    assert init.inputs == inputs
    # The engine asks for an update of what was half made: a machine in ERROR is never called good.
    with pytest.raises(FailedError, match="cloud-failed") as again:
        place.plugin.update("Server", init.id, inputs, inputs, init.outputs, "huge", stack=STACK)
    assert again.value.init is not None
    assert again.value.init.outputs["ready"] is False
    seen = place.plugin.read("Server", init.id, inputs, init.outputs)
    assert seen is not None
    assert seen[1]["ready"] is False
    fixed = {**inputs, "flavor": "bed.tiny"}
    kinds, first = place.plugin.diff("Server", inputs, fixed, seen[1])
    assert (kinds, first) == ({"ready": "UPDATE_REPLACE", "flavor": "UPDATE_REPLACE"}, True)
    place.remove(init.id)
    id, outputs = place.make("Server", "huge", **fixed)
    assert (outputs["status"], outputs["ready"]) == ("ACTIVE", True)
    assert place.finder.find(token_of("Server"), urn_of("Server", "huge", STACK), fixed) == id


def test_a_server_that_broke_later_is_not_replaced(place: Place, server: str) -> None:
    inputs = {"name": "vm", "image": IMAGE, "flavor": "bed.small", "port_ids": ["p"]}
    place.cloud.compute.reset_server_state(server, "error")
    seen = place.plugin.read("Server", server, inputs, {**inputs, "status": "ACTIVE", "ready": True})
    assert seen is not None
    assert (seen[1]["status"], seen[1]["ready"]) == ("ERROR", True)
    assert place.plugin.diff("Server", inputs, inputs, seen[1])[0] == {}
    with pytest.raises(FailedError) as caught:
        place.plugin.update("Server", server, inputs, {**inputs, "name": "new"}, seen[1], "server", stack=STACK)
    assert caught.value.init is not None
    assert caught.value.init.outputs["ready"] is True


def test_volume(place: Place) -> None:
    inputs = {"name": "v", "size_gib": 2, "metadata": {"a": "b"}, "description": "data"}
    changes = {"size_gib": 3, "metadata": {"c": "d"}, "name": "w"}
    change = place.cloud.block_storage.update_volume
    life = Life("Volume", inputs, changes, ("name", "description"))
    live(place, life, lambda id: change(id, name="spoiled", description="spoiled"))


def test_volume_attachment(place: Place, server: str) -> None:
    volume, _ = place.make("Volume", name="v", size_gib=1)
    live(place, Life("VolumeAttachment", {"server_id": server, "volume_id": volume}))
    assert place.cloud.block_storage.get_volume(volume).status == "available"


def test_a_volume_in_use_grows(place: Place, server: str) -> None:
    inputs = {"name": "v", "size_gib": 1}
    volume, outputs = place.make("Volume", **inputs)
    place.make("VolumeAttachment", server_id=server, volume_id=volume)
    try:
        place.plugin.update("Volume", volume, inputs, {"name": "v", "size_gib": 2}, outputs)
    except FailedError as error:
        pytest.fail(error.text)
    assert place.cloud.block_storage.get_volume(volume).size == 2


def test_quota_that_is_used_up_is_named(place: Place) -> None:
    project = place.cloud.session.get_project_id()
    used = len(list(place.cloud.network.networks(project_id=project)))
    place.cloud.network.update_quota(project, networks=used)
    cores = place.cloud.compute.get_quota_set(project).cores
    place.cloud.block_storage.update_quota_set(project, gigabytes=1)
    try:
        with pytest.raises(FailedError, match=r"Network over: the quota is used up: .*\[cloud-quota\]"):
            place.make("Network", name="over")
        with pytest.raises(FailedError, match=r"Volume over: the quota is used up: .*\[cloud-quota\]"):
            place.make("Volume", name="over", size_gib=50)
    finally:
        place.cloud.network.delete_quota(project)
        place.cloud.block_storage.revert_quota_set(project)
    assert cores
    place.make("Network", name="over")

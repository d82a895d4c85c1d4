"""Stacks in a bucket, on a server that speaks S3."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from stacks.engine import Engine
from stacks.errors import BackendError, EngineError, StackBoundError
from tests.stacks.engine.conftest import World, things

pytestmark = pytest.mark.component("pulumi")

STACK = "system.a"
LOGIN = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty bucket of a server of its own."""
    for name, value in LOGIN.items():
        monkeypatch.setenv(name, value)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    s3 = boto3.resource("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1")
    yield s3.create_bucket(Bucket="stacks")
    server.stop()


def engine_on(world: World, bucket: Any, **other: Any) -> Engine:
    endpoint = bucket.meta.client.meta.endpoint_url.removeprefix("http://")
    address = f"s3://{bucket.name}?endpoint={endpoint}&disableSSL=true&s3ForcePathStyle=true&region=us-east-1"
    return world.another(**{"backend": address, **other})


def test_a_stack_in_a_bucket(world: World, bucket: Any) -> None:
    engine = engine_on(world, bucket)
    assert engine.stacks() == ()
    assert engine.state(STACK) is None
    assert engine.up(STACK, things("a", "b")).counts == {"create": 2}
    assert any(row.key.endswith(f"stacks/qianyun/{STACK}.json") for row in bucket.objects.all())
    colleague = engine_on(world, bucket, home=world.folder / "colleague")
    assert [(info.name, info.resources > 0) for info in colleague.stacks()] == [(STACK, True)]
    assert colleague.preview(STACK, things("a", "b")).empty
    assert colleague.lock(STACK) is None

    key = f".pulumi/locks/organization/qianyun/{STACK}/1.json"
    row = {"pid": 4711, "username": "li", "hostname": "other", "timestamp": "2026-11-22T10:00:00+08:00"}
    bucket.put_object(Key=key, Body=json.dumps(row).encode())
    with pytest.raises(StackBoundError) as locked:
        engine.up(STACK, things("a"))
    assert locked.value.data["who"] == "li@other"
    held = engine.lock(STACK)
    assert held is not None
    assert (held.who, held.pid) == ("li@other", 4711)
    assert engine.unlock(STACK) == held
    assert engine.recover(STACK, world.cloud.find).adopted == ()
    assert engine.destroy(STACK, remove=True).counts == {"delete": 2}
    assert engine.stacks() == ()


def test_a_state_in_a_bucket_cut_off(world: World, bucket: Any) -> None:
    engine = engine_on(world, bucket)
    engine.up(STACK, things("a"))
    engine.up(STACK, things("a", "b"))
    (row,) = [row for row in bucket.objects.all() if row.key.endswith(f"stacks/qianyun/{STACK}.json")]
    whole = row.get()["Body"].read()
    row.put(Body=whole[: len(whole) // 2])
    with pytest.raises(EngineError) as damaged:
        engine.state(STACK)
    assert damaged.value.code == "state-lost"
    assert f"{STACK}.json.bak" in damaged.value.hint


def test_nobody_answers(world: World, bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    engine = world.another(
        backend=f"s3://{bucket.name}?endpoint=127.0.0.1:9&disableSSL=true&s3ForcePathStyle=true&region=us-east-1"
    )
    with pytest.raises(BackendError) as silent:
        engine.stacks()
    assert silent.value.exit_code == 4

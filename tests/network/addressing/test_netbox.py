"""The plan against a small NetBox of our own: what is sent, and that sending it again changes nothing."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from network.addressing import plan_addresses
from network.addressing.netbox import (
    NetboxChanges,
    address_payloads,
    apply_changes,
    compare,
    connect,
    prefix_payloads,
)
from network.errors import AddressingError
from tests.network.addressing.estates import estate
from tests.network.addressing.test_plan import pair_of_routers

TOKEN = "0123456789abcdef0123456789abcdef01234567"


class Box(ThreadingHTTPServer):
    """Objects by endpoint, and the requests that changed something."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, list[dict[str, Any]]] = {
            name: [] for name in ("prefixes", "ip-addresses", "roles", "vrfs")
        }
        self.writes: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Box

    def log_message(self, format: str, *args: Any) -> None:  # noqa: ARG002 - the library's signature
        return

    def _answer(self, status: int, body: Any) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("API-Version", "4.2")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _objects(self) -> list[dict[str, Any]] | None:
        if self.headers.get("Authorization") not in (f"Token {TOKEN}", f"Bearer {TOKEN}"):
            self._answer(403, {"detail": "Invalid token"})
            return None
        found = re.fullmatch(r"/api/ipam/([a-z-]+)/", self.path.partition("?")[0])
        if found is None:
            self._answer(404, {"detail": "Not found."})
            return None
        return self.server.objects[found[1]]

    def do_GET(self) -> None:
        objects = self._objects()
        if objects is not None:
            self._answer(200, {"count": len(objects), "next": None, "previous": None, "results": objects})

    def _body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def _nested(self, given: dict[str, Any]) -> dict[str, Any]:
        """As NetBox answers: choices and references as objects."""
        found = dict(given)
        if "status" in found:
            found["status"] = {"value": found["status"], "label": found["status"].title()}
        if isinstance(found.get("role"), int):
            found["role"] = next(
                {"id": each["id"], "slug": each["slug"]}
                for each in self.server.objects["roles"]
                if each["id"] == found["role"]
            )
        elif found.get("role") and "address" in found:
            found["role"] = {"value": found["role"], "label": found["role"]}
        if found.get("vrf"):
            found["vrf"] = next(
                {"id": each["id"], "name": each["name"]}
                for each in self.server.objects["vrfs"]
                if each["id"] == found["vrf"]
            )
        return found

    def do_POST(self) -> None:
        objects = self._objects()
        if objects is None:
            return
        body = self._body()
        listed = body if isinstance(body, list) else [body]
        made = [{"id": len(objects) + number + 1, **self._nested(each)} for number, each in enumerate(listed)]
        objects.extend(made)
        self.server.writes.append(("POST", self.path))
        self._answer(201, made if isinstance(body, list) else made[0])

    def do_PATCH(self) -> None:
        objects = self._objects()
        if objects is None:
            return
        changed = []
        for each in self._body():
            known = next(item for item in objects if item["id"] == each["id"])
            known |= self._nested({**{k: v for k, v in known.items() if k == "address"}, **each})
            changed.append(known)
        self.server.writes.append(("PATCH", self.path))
        self._answer(200, changed)


@pytest.fixture
def box() -> Iterator[Box]:
    server = Box()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def records() -> dict[str, Any]:
    found: dict[str, Any] = pair_of_routers()
    found["prefix"] = [{"id": "u", "prefix": "10.14.3.0/24", "purpose": "users", "division": "140105", "vpn": "v"}]
    return found


def changes(box: Box, token: str = TOKEN) -> tuple[Any, NetboxChanges]:
    inventory = estate(records())
    addresses = plan_addresses(inventory)
    session = connect(box.url, token)
    return session, compare(session, prefix_payloads(inventory, addresses), address_payloads(addresses), box.url)


def test_looking_writes_nothing(box: Box) -> None:
    _, found = changes(box)
    assert box.writes == []
    assert found.missing == {"roles": ("infrastructure", "link", "loopback", "users"), "vrfs": ("v",)}
    segment = next(each for each in found.create["prefixes"] if each["vrf"] == "v")
    assert segment == {
        "prefix": "3fff:148:105::/64", "status": "active", "role": "users", "vrf": "v",
        "description": "v6.users.v.segment.10.14.3.0_24; IPv4 10.14.3.0/24",
        "comments": "10.14.3.0/24",
    }  # fmt: skip
    loopback = next(each for each in found.create["ip_addresses"] if each["role"] == "loopback")
    assert loopback["address"] == "3fff:142:100:0:10:252:0:1/128"
    assert {each["status"] for each in found.create["prefixes"] if each["prefix"].endswith("/32")} == {"container"}


def test_what_was_written_is_right_and_a_change_there_is_corrected(box: Box) -> None:
    session, found = changes(box)
    done = apply_changes(session, found, box.url)
    assert done == sum(map(len, found.create.values())) + 5
    assert len(box.objects["prefixes"]) == len(found.create["prefixes"])
    session, again = changes(box)
    assert (sum(map(len, again.create.values())), sum(map(len, again.update.values()))) == (0, 0)
    assert again.unchanged == sum(map(len, found.create.values()))

    box.objects["prefixes"][0]["status"] = {"value": "reserved"}
    box.objects["prefixes"][0]["comments"] = "theirs"
    session, corrected = changes(box)
    assert corrected.update["prefixes"] == ({"id": 1, "status": "container"},)
    apply_changes(session, corrected, box.url)
    assert box.objects["prefixes"][0]["status"]["value"] == "container"
    assert box.objects["prefixes"][0]["comments"] == "theirs"


def test_a_wrong_token_and_a_netbox_that_is_not_there_are_clear_errors(box: Box) -> None:
    with pytest.raises(AddressingError, match="403"):
        changes(box, "wrong")
    with pytest.raises(AddressingError, match="does not take the plan"):
        compare(connect("http://127.0.0.1:1", TOKEN), [], [], "http://127.0.0.1:1")

"""A cloud that is busy, slow, cut off, or does not know us: over the wire, against a small OpenStack that can fail."""

from __future__ import annotations

import datetime as dt
import email.utils
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inventory.errors import QianyunError
from stacks.errors import CloudUnreachableError
from stacks.provider.backend import OpenStackBackend
from stacks.provider.cloud import Cloud
from stacks.provider.model import Found, PartialError
from stacks.provider.retries import Patience
from tests.stacks.provider.fake_openstack import PASSWORD, FakeOpenStack, Fault, fake_openstack, write_clouds
from tests.stacks.provider.wire_client import FailedError, plugin, token_of, urn_of

NETWORKS = "/network/v2.0/networks"
QUICK = Patience(tries=4, first=0.02, longest=0.05, timeout=1.0)
NETWORK = {"name": "n", "description": "d"}
URN = urn_of("Network", "network")


@pytest.fixture
def fake() -> Iterator[FakeOpenStack]:
    with fake_openstack() as found:
        yield found


@pytest.fixture
def backend(fake: FakeOpenStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenStackBackend:
    """The back end of the plug-in with little patience, logged in to the fake."""
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(write_clouds(tmp_path, fake.url)))
    return OpenStackBackend(Cloud("yun", patience=QUICK))


def create(backend: OpenStackBackend) -> str:
    return backend.create(token_of("Network"), URN, NETWORK, 0).id


def test_a_network_is_made_and_marked_with_few_requests(fake: FakeOpenStack, backend: OpenStackBackend) -> None:
    id = create(backend)
    assert fake.networks[id]["tags"][0] == "qianyun-stack=test"
    assert (fake.count("POST", NETWORKS), fake.count("PUT", f"{NETWORKS}/{id}/tags")) == (1, 1)
    assert fake.count("POST", "/v3/auth/tokens") == 1


def test_outputs_of_a_change_do_not_repeat_what_was_before(fake: FakeOpenStack, backend: OpenStackBackend) -> None:
    """The engine sends old inputs among old outputs."""
    id = create(backend)
    new = {**NETWORK, "description": "other"}
    outputs = backend.update(token_of("Network"), URN, Found(id, NETWORK, {**NETWORK, "status": "ACTIVE"}), new, 0)
    assert fake.networks[id]["description"].startswith("other")
    assert {**new, **outputs}["description"] == "other"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_busy_cloud_is_asked_again(fake: FakeOpenStack, backend: OpenStackBackend, status: int) -> None:
    id = create(backend)
    fake.faults = [Fault("GET", f"{NETWORKS}/{id}", times=3, status=status)]
    found = backend.read(token_of("Network"), id, NETWORK, {})
    assert found is not None
    assert found.inputs == NETWORK


@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST", NETWORKS, status=503, carried_out=True),
        Fault("POST", NETWORKS, status=504, carried_out=True, times=2),
        Fault("POST", NETWORKS, cut=True, carried_out=True),
        Fault("POST", NETWORKS, delay=1.5, carried_out=True),
        Fault("POST", NETWORKS, status=503),
        Fault("POST", NETWORKS, cut=True, times=2),
        Fault("POST", NETWORKS, status=429, times=2),
    ],
    ids=["503-done", "504-done", "cut-done", "slow-done", "503", "cut", "429"],
)
def test_nothing_is_made_twice(fake: FakeOpenStack, backend: OpenStackBackend, fault: Fault) -> None:
    fake.faults = [Fault(**vars(fault))]
    id = create(backend)
    assert set(fake.networks) == {id}
    assert len(fake.networks[id]["tags"]) == 2


def test_a_tag_that_could_not_be_written_leaves_a_half_made_object(
    fake: FakeOpenStack, backend: OpenStackBackend
) -> None:
    original = fake.answer

    def answer(method: str, path: str, query: dict[str, str], body: Any, token: str) -> tuple[int, Any]:
        if path.endswith("/tags"):
            return 500, {"error": {"message": "no"}}
        return original(method, path, query, body, token)

    fake.answer = answer  # type: ignore[method-assign]  # a fault that follows the id
    with pytest.raises(PartialError, match=r"Network n was made, but not finished: .*\[cloud-unfinished\]") as caught:
        create(backend)
    assert set(fake.networks) == {caught.value.id}
    fake.answer = original  # type: ignore[method-assign]
    from stacks.provider.model import Found

    backend.update(token_of("Network"), URN, Found(caught.value.id, NETWORK, {}), NETWORK, 0)
    assert len(fake.networks[caught.value.id]["tags"]) == 2


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_cloud_that_asks_for_a_pause_gets_it(fake: FakeOpenStack, backend: OpenStackBackend, form: str) -> None:
    id = create(backend)
    later = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=2)
    asked = "1" if form == "seconds" else email.utils.format_datetime(later, usegmt=True)
    fake.faults = [Fault("DELETE", f"{NETWORKS}/{id}", status=429, headers={"Retry-After": asked})]
    begun = time.monotonic()
    from stacks.provider.model import Found

    backend.delete(token_of("Network"), Found(id, NETWORK, {}), 0)
    assert time.monotonic() - begun >= 0.9
    assert fake.networks == {}


def test_pauses_grow_and_end() -> None:
    patience = Patience(first=1.0, longest=8.0, obeyed=10.0)
    for attempt, most in enumerate((1, 2, 4, 8, 8, 8), 1):
        assert most / 2 <= patience.pause(attempt) <= most
    assert 3 <= patience.pause(1, "3") <= 3.1
    assert patience.pause(1, "1000") <= 10.1
    assert 0.5 <= patience.pause(1, "no date") <= 1


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault("GET", NETWORKS + "/x", times=99, status=503), "cloud-busy"),
        (Fault("GET", NETWORKS + "/x", times=99, cut=True), "cloud-unreachable"),
        (Fault("GET", NETWORKS + "/x", times=99, delay=1.2), "cloud-slow"),
        (Fault("GET", NETWORKS + "/x", status=403), "cloud-forbidden"),
        (Fault("POST", "/v3/auth/tokens", times=99, status=503), "cloud-busy"),
    ],
    ids=["busy", "cut", "slow", "forbidden", "login"],
)
def test_patience_ends_with_a_name(backend: OpenStackBackend, fake: FakeOpenStack, fault: Fault, code: str) -> None:
    fake.faults = [Fault(**vars(fault))]
    with pytest.raises(QianyunError) as caught:
        backend.read(token_of("Network"), "x", NETWORK, {})
    assert caught.value.code == code
    assert len([row for row in fake.asked if row == (fault.method, fault.path)]) <= QUICK.tries


def test_an_expired_token_is_renewed(fake: FakeOpenStack, backend: OpenStackBackend) -> None:
    id = create(backend)
    fake.tokens.clear()
    assert backend.read(token_of("Network"), id, NETWORK, {}) is not None
    assert fake.count("POST", "/v3/auth/tokens") == 2


def test_many_threads_share_one_login(fake: FakeOpenStack, backend: OpenStackBackend) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(12) as pool:
        made = list(
            pool.map(lambda number: backend.create(token_of("Network"), f"{URN}{number}", NETWORK, 0).id, range(24))
        )
    assert set(fake.networks) == set(made)
    assert fake.count("POST", "/v3/auth/tokens") == 1


def test_a_cancel_ends_waiting(fake: FakeOpenStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(write_clouds(tmp_path, fake.url)))
    backend = OpenStackBackend(Cloud("yun", patience=Patience(tries=50, first=30, longest=30)))
    fake.faults = [Fault("GET", NETWORKS + "/x", times=99)]
    timer = threading.Timer(1.0, backend.cancel)
    timer.start()
    with pytest.raises(QianyunError) as caught:
        backend.read(token_of("Network"), "x", NETWORK, {})
    timer.join()
    assert caught.value.code == "cloud-canceled"


# ---- logins, over the wire


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate of 127.0.0.1 with its key."""
    from ipaddress import IPv4Address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "fake")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    text = serialization.Encoding.PEM
    private = key.private_bytes(text, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + made.public_bytes(text))
    return path


def message(clouds: Path, cloud: str = "yun", **environment: str) -> str:
    """What the plug-in says of a login when the first network is to be made."""
    variables = {"OS_CLIENT_CONFIG_FILE": str(clouds), "OS_CLOUD": "", **environment}
    with plugin(environment=variables) as found:
        found.configure(cloud=cloud)
        with pytest.raises(FailedError) as caught:
            found.create("Network", NETWORK)
    assert caught.value.init is None
    assert PASSWORD not in caught.value.text
    return caught.value.text


def test_an_authority_that_nobody_named_is_not_trusted(certificate: Path, tmp_path: Path) -> None:
    with fake_openstack(certificate) as fake:
        text = message(write_clouds(tmp_path, fake.url))
        assert "certificate is not trusted" in text
        assert "_ssl.c" not in text
        assert text.endswith("[cloud-certificate]")
        trusted = write_clouds(tmp_path, fake.url, cacert=str(certificate))
        with plugin(environment={"OS_CLIENT_CONFIG_FILE": str(trusted)}) as found:
            found.configure(cloud="yun")
            assert found.create("Network", NETWORK)[0] in fake.networks


def test_an_unknown_entry_is_named_with_the_nearest(fake: FakeOpenStack, tmp_path: Path) -> None:
    text = message(write_clouds(tmp_path, fake.url), "yunn")
    assert "cloud yunn: no login" in text
    assert "entries: yun" in text


def test_no_login_at_all_is_named(tmp_path: Path) -> None:
    text = message(tmp_path / "none.yaml", "")
    assert text.endswith("[cloud-login-missing]")
    assert "entries: - [" in message(tmp_path / "none.yaml", "yun")


def test_a_refused_login_is_named_without_its_secret(fake: FakeOpenStack, tmp_path: Path) -> None:
    text = message(write_clouds(tmp_path, fake.url, "wrong-secret-word"))
    assert text.endswith("[cloud-login-refused]")
    assert "wrong-secret-word" not in text  # though the cloud repeats it
    assert "***" in text


def test_a_login_by_a_token_that_is_over_is_refused(fake: FakeOpenStack, tmp_path: Path) -> None:
    """keystone says 404 of a token that it does not know any more."""
    fake.faults = [Fault("POST", "/v3/auth/tokens", times=9, status=404)]
    assert message(write_clouds(tmp_path, fake.url)).endswith("[cloud-login-refused]")


def test_a_cloud_that_is_not_there_is_named(
    fake: FakeOpenStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del fake
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(write_clouds(tmp_path, "http://127.0.0.1:9")))
    with pytest.raises(CloudUnreachableError) as caught:
        create(OpenStackBackend(Cloud("yun", patience=QUICK)))
    assert caught.value.code == "cloud-unreachable"
    assert "127.0.0.1:9" in caught.value.message

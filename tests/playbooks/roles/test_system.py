"""A system of files and a service with an address and a name: checks, copy, cutover, way back, end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.playbooks.roles.machines import (
    ADDRESSES,
    DNS,
    HOSTS,
    NAME,
    RECORDS,
    SERVICE_ADDRESS,
    SOURCE,
    SOURCE_ADDRESS,
    TARGET,
    TARGET_ADDRESS,
    WEB,
    WEB_SOURCE,
    WEB_TARGET,
    Machines,
    files,
    service,
)

pytestmark = [pytest.mark.slow, *(pytest.mark.component(name) for name in ("namespaces", "rsync", "bind", "ansible"))]
FILES = [files(exclude=["*.tmp"])]
SYSTEM = [*FILES, service()]
PARTS: dict[str, Any] = {"components": SYSTEM, "addresses": ADDRESSES, "records": RECORDS}
MAKE_FILES = """
mkdir -p /srv/files/sub
for n in $(seq 50); do echo "file $n" > "/srv/files/sub/with blank $n"; done
echo never > /srv/files/x.tmp
ln -s sub /srv/files/link
"""


@pytest.fixture(scope="module", autouse=True)
def installed(machines: Machines) -> None:
    machines.run(SOURCE, MAKE_FILES)
    for host in (WEB_SOURCE, WEB_TARGET):
        machines.run(host, WEB)
    machines.run(WEB_SOURCE, f"/opt/web start; ip address add {SERVICE_ADDRESS}/32 dev eth0")


def answers(machines: Machines) -> str:
    return machines.run(DNS, f"dig +noall +answer @198.18.0.53 {NAME} | awk '{{print $2, $5}}'")


def listing(machines: Machines, host: str) -> str:
    return machines.run(
        host, "cd /srv/files; find . ! -name '*.tmp' -type f -exec sha256sum {} + | sort; readlink link"
    )


def test_precheck(machines: Machines) -> None:
    (good,) = machines.play("host_precheck", "main", components=SYSTEM, hosts=HOSTS)
    assert good.evidence["hosts"]["files"]["source"]["free_percent"] > 0
    wanted: dict[str, Any] = {
        "host_precheck_programs": ["no-such-program"],
        "host_precheck_connections": [{"host": WEB_TARGET, "address": SOURCE_ADDRESS, "port": 4444}],
        "host_precheck_clock_seconds": -1,
    }
    (bad,) = machines.play("host_precheck", "main", components=SYSTEM, hosts=HOSTS, fails=True, **wanted)
    for text in ("no-such-program is missing", f"no connection to {SOURCE_ADDRESS} port 4444", "the clock differs"):
        assert text in bad.failed[0]


def test_time_to_live(machines: Machines) -> None:
    before = answers(machines)
    probe, act, after, again, verify = machines.play(
        "dns_record",
        "probe",
        "main",
        "probe",
        "main",
        "verify",
        records=RECORDS,
        dns_record_point_to="source",
        hosts=[DNS],
    )
    assert probe.done is False
    assert act.changed
    assert after.done is True
    assert not again.changed
    assert verify.evidence["records"][NAME]["source"]["ttl"] == 30
    assert before != answers(machines) == f"30 {SOURCE_ADDRESS}"


def test_address(machines: Machines) -> None:
    probe, act, after, again, _, back, undone, again_back = machines.play(
        "service_address", "probe", "main", "probe", "main", "verify", "rollback", "probe", "rollback",
        addresses=ADDRESSES, hosts=[WEB_SOURCE, WEB_TARGET],
    )  # fmt: skip
    assert (probe.done, after.done, undone.done) == (False, True, False)
    assert act.changed
    assert back.changed
    assert not again.changed
    assert not again_back.changed


def test_copy_and_backup(machines: Machines) -> None:
    (preview,) = machines.play("files_replica", "main", components=FILES, check=True)
    assert preview.changed
    assert machines.run(TARGET, "ls /srv/files", check=False) == ""
    probe, act, after, again, _ = machines.play(
        "files_replica", "probe", "main", "probe", "main", "verify", components=FILES
    )
    assert (probe.done, after.done) == (False, True)
    assert act.changed
    assert not again.changed
    assert listing(machines, SOURCE) == listing(machines, TARGET)
    assert machines.run(TARGET, "ls /srv/files") == "link\nsub"
    probe, _, after, again, verify, _, undone, _ = machines.play(
        "backup", "probe", "main", "probe", "main", "verify", "rollback", "probe", "rollback",
        components=FILES, backup_name="before", hosts=[SOURCE],
    )  # fmt: skip
    assert (probe.done, after.done, undone.done) == (False, True, False)
    assert not again.changed
    assert set(verify.evidence["backup"]) == {"/var/backups/qianyun/before/files/files.tar.gz"}


def test_cutover_and_back(machines: Machines) -> None:
    machines.run(SOURCE, "echo late > /srv/files/late; rm '/srv/files/sub/with blank 7'")
    probe, _, after, again, _ = machines.play(
        "system_cutover", "probe", "main", "probe", "main", "verify", hosts=HOSTS, **PARTS
    )
    assert (probe.done, after.done) == (False, True)
    assert not again.changed
    assert answers(machines) == f"30 {TARGET_ADDRESS}"
    assert listing(machines, SOURCE) == listing(machines, TARGET)
    assert SERVICE_ADDRESS in machines.run(WEB_TARGET, "ip -br address show eth0")
    assert machines.run(WEB_SOURCE, "ss -Hltn 'sport = :8080'") == ""
    machines.run(TARGET, "echo new > /srv/files/new; rm /srv/files/late")
    _, undone, again = machines.play("system_cutover", "rollback", "probe", "rollback", hosts=HOSTS, **PARTS)
    assert undone.done is False
    assert not again.changed
    assert answers(machines) == f"30 {SOURCE_ADDRESS}"
    assert listing(machines, SOURCE) == listing(machines, TARGET)
    assert machines.run(SOURCE, "cat /srv/files/new; ls /srv/files/late || true") == "new"


def test_end(machines: Machines) -> None:
    (refused,) = machines.play("decommission", "main", components=SYSTEM, hosts=HOSTS, fails=True)
    assert "in use at the source" in refused.failed[0]
    machines.play("system_cutover", "main", hosts=HOSTS, **PARTS)
    (same,) = machines.play("system_verify", "main", components=SYSTEM, hosts=HOSTS)
    assert same.evidence["files"] == {"files": 50}
    probe, _, after, again, _ = machines.play(
        "decommission", "probe", "main", "probe", "main", "verify",
        components=SYSTEM, decommission_delete_data=True, hosts=HOSTS,
    )  # fmt: skip
    assert (probe.done, after.done) == (False, True)
    assert not again.changed
    assert machines.run(SOURCE, "ls -A /srv/files; cat /root/.ssh/authorized_keys | grep -c qianyun || true") == "0"
    assert machines.run(TARGET, "ls /srv/files | wc -l") != "0"


def test_switch_off(machines: Machines) -> None:
    web = [service(source=service()["target"], target=None)]
    web[0].pop("target")
    probe, _, after, again, _, _, undone = machines.play(
        "switch_off",
        "probe",
        "main",
        "probe",
        "main",
        "verify",
        "rollback",
        "probe",
        components=web,
        hosts=[WEB_TARGET],
    )
    assert (probe.done, after.done, undone.done) == (False, True, False)
    assert not again.changed


def test_host_basics(machines: Machines) -> None:
    make = "openssl req -x509 -newkey ed25519 -nodes -subj /CN=Test -days 30 -keyout /dev/null 2>/dev/null"
    wanted: dict[str, Any] = {
        "host_basics_time_servers": ["198.18.0.10"],
        "host_basics_time_file": "/etc/time.conf",
        "host_basics_time_restart": ["sh", "-c", "echo restarted >> /var/tmp/time"],
        "host_basics_certificates": [{"name": "qianyun-test", "pem": machines.run(TARGET, make)}],
        "host_basics_clock_seconds": 15,
    }
    probe, _, after, again, verify, _, undone = machines.play(
        "host_basics", "probe", "main", "probe", "main", "verify", "rollback", "probe", hosts=[TARGET], **wanted
    )
    assert (probe.done, after.done, undone.done) == (False, True, False)
    assert not again.changed
    assert abs(verify.evidence["clock_ahead"][TARGET]) < 15
    assert machines.run(TARGET, "wc -l < /var/tmp/time") == "2"

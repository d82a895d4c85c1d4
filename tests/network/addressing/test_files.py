"""Plans in files: written into an estate, reverse zones, import of what exists."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
from ipaddress import IPv6Network
from pathlib import Path

import pytest

from inventory.errors import InputError
from inventory.load import load_estate
from inventory.problems import Severity
from network.addressing import plan_addresses
from network.addressing.check import check_plan
from network.addressing.reading import IMPORTED, read_addresses
from network.addressing.reverse import reverse_zones, zone_name
from network.addressing.write import COLUMNS, FILE, changes_of, write_changes
from network.errors import AddressingError
from tests.borders.tree import ROOT

SMALL = """\
# 保留的注释
devices:
# 核心
- {id: core, division: '140000', level: province, role: core, loopbacks: [10.252.0.1],
   interfaces: [{name: ge0, addresses: [10.14.0.1/24]}]}
- {id: other, division: '140000', level: province, role: core}  # 不变
divisions:
- {id: '140000', code: '140000', level: province}
"""
SETTINGS = """\
name: 小
as_of: '2021-01-01'
settings:
  addressing:
    source: assumption
    block_length: 32
    allocations: [{prefix: '3fff:140::/28', division: '140000', source: assumption}]
    blocks:
    - {purpose: loopback, block: 2, length: 128, slot_length: 64, source: assumption}
    - {purpose: users, block: 8, length: 64, source: assumption}
    levels:
    - {level: province, length: 32, own_length: 40, department_length: 52, reserve: 0.1, source: assumption}
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "estate.yaml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "network.yaml").write_text(SMALL, encoding="utf-8")
    return tmp_path


def write(path: Path) -> tuple[str, ...]:
    inventory = load_estate(path, cache=False).inventory
    return write_changes(inventory, changes_of(inventory, plan_addresses(inventory)))


@pytest.mark.parametrize("name", ["kaifeng", "shanxi"])
def test_an_example_is_written_once_and_is_then_what_the_plan_says(tmp_path: Path, name: str) -> None:
    estate = tmp_path / name
    shutil.copytree(ROOT / "examples" / name, estate)
    planned = plan_addresses(load_estate(estate, cache=False).inventory)
    lines = (estate / "devices.csv").read_text(encoding="utf-8").splitlines()
    assert write(estate) == ("devices.csv", FILE)
    loaded = load_estate(estate, cache=False)
    assert [found for found in loaded.problems if found.severity is not Severity.NOTE] == []
    again = plan_addresses(loaded.inventory)
    assert [each.prefix for each in again.prefixes] == [each.prefix for each in planned.prefixes]
    assert (again.pairs, again.interfaces, again.loopbacks) == (planned.pairs, planned.interfaces, planned.loopbacks)
    assert [found for found in check_plan(loaded.inventory, again) if found.severity is Severity.ERROR] == []
    assert write(estate) == ()
    after = (estate / "devices.csv").read_text(encoding="utf-8").splitlines()
    assert sum(before != line for before, line in zip(lines, after, strict=True)) == len(planned.loopbacks)


MANY = {
    "core.yaml": "devices: [{id: core, division: '140000', level: province, role: core, loopbacks: [10.252.0.1],"
    " interfaces: [{name: ge0, addresses: [10.14.0.1/24]}, {name: ge1, addresses: [10.241.0.1/30]}]}]\n",
    "edge.yaml": "devices: [{id: edge, division: '140000', level: province, role: core, loopbacks: [10.252.0.2],"
    " interfaces: [{name: ge0, addresses: [10.14.1.1/24]}, {name: ge1, addresses: [10.241.0.2/30]}]}]\n",
    "far.yaml": "devices: [{id: far, division: '140000', level: province, role: core, loopbacks: [10.252.0.3]}]\n",
    "links.yaml": "links:\n- {id: l1, a_device: core, a_interface: ge1, b_device: edge, b_interface: ge1,"
    " bandwidth_mbps: 1000}\n",
    "divisions.yaml": "divisions: [{id: '140000', code: '140000', level: province}]\n",
    "prefixes.yaml": "prefixes:\n- {id: own, prefix: '3fff:148::/40', purpose: users, division: '140000'}\n"
    "- {id: v4, prefix: 10.14.0.0/16, purpose: users, division: '140000'}\n",
}


def many(folder: Path) -> Path:
    """An estate whose plan is written into several files."""
    folder.mkdir()
    row = "    - {purpose: link, block: 1, length: 127, slot_length: 64, source: assumption}\n"
    before = "    - {purpose: loopback"
    (folder / "estate.yaml").write_text(SETTINGS.replace(before, row + before), encoding="utf-8")
    for name, text in MANY.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def killed(estate: Path, number: int) -> bool:
    """Write the plan in a process that dies before this file takes its place; whether it did not come to it."""
    child = os.fork()
    if child == 0:
        left, real = iter(range(number)), Path.replace

        def replace(path: Path, target: Path) -> Path:
            if next(left, None) is None:
                os._exit(9)
            return real(path, target)

        with contextlib.suppress(BaseException):
            Path.replace = replace  # type: ignore[assignment,method-assign]
            write(estate)
            os._exit(0)
        os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, 9)
    return code == 0


def contents(estate: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in estate.iterdir() if path.name[0] != "."}


def test_a_writer_that_is_killed_between_the_files_is_completed_by_the_next(tmp_path: Path) -> None:
    whole = many(tmp_path / "whole")
    written = write(whole)
    assert len(written) >= 4
    for number in range(len(written)):
        estate = many(tmp_path / f"killed-{number}")
        assert not killed(estate, number)
        first = contents(estate)
        assert sum(first.get(name) == text for name, text in contents(whole).items() if name in written) == number
        assert [found for found in load_estate(estate, cache=False).problems if found.severity is Severity.ERROR] == []
        write(estate)
        assert contents(estate) == contents(whole)
        assert write(estate) == ()


def test_a_full_disk_leaves_all_files_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    estate = many(tmp_path / "estate")
    before = contents(estate)
    real, calls = os.fsync, iter(range(2))

    def fsync(file: int) -> None:
        if next(calls, None) is None:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(file)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(InputError, match="No space left"):
        write(estate)
    assert contents(estate) == before
    assert not [path for path in estate.iterdir() if path.name.endswith(".tmp")]


def test_comments_stay_where_addresses_are_added(small: Path) -> None:
    assert write(small) == ("network.yaml", FILE)
    text = (small / "network.yaml").read_text(encoding="utf-8")
    assert "# 保留的注释" in text
    assert "# 核心" in text
    assert text.splitlines()[-3:] == SMALL.splitlines()[-3:]
    core = load_estate(small, cache=False).inventory.devices["core"]
    assert core.loopbacks == ("10.252.0.1", "3fff:142::10:252:0:1")
    assert core.interfaces[0].addresses == ("10.14.0.1/24", "3fff:148::10:14:0:1/64")


def test_gb18030_tables_stay_gb18030(small: Path) -> None:
    (small / "network.yaml").unlink()
    (small / "divisions.yaml").write_text("divisions: [{id: '140000', code: '140000', level: province}]\n")
    head = "id;name;division;level;role;loopbacks\r\n"
    (small / "devices.csv").write_bytes(f"{head}core;核心;140000;province;core;10.252.0.1\r\n".encode("gb18030"))
    write(small)
    text = (small / "devices.csv").read_bytes().decode("gb18030")
    assert text == f'{head}core;核心;140000;province;core;"10.252.0.1;3fff:142::10:252:0:1"\r\n'


def test_a_file_with_other_columns_is_refused_and_nothing_is_written(small: Path) -> None:
    (small / FILE).write_text("id,prefix,purpose\nx,10.0.0.0/8,infrastructure\n")
    with pytest.raises(AddressingError, match="columns"):
        write(small)
    assert (small / "network.yaml").read_text(encoding="utf-8") == SMALL


def test_rows_by_hand_in_the_file_stay(small: Path) -> None:
    row = "by-hand,3fff:14f::/48,users,140000,,hall,,,,true,试点"
    (small / FILE).write_text(",".join(COLUMNS) + "\n" + row, encoding="utf-8")
    write(small)
    lines = (small / FILE).read_text(encoding="utf-8").splitlines()
    assert lines[1] == row
    assert len(lines) == 2 + len(plan_addresses(load_estate(small, cache=False).inventory).prefixes) - 1


# ---- reverse zones --------------------------------------------------------------------------------------------------


def zones(path: Path) -> dict[str, str]:
    inventory = load_estate(path, cache=False).inventory
    found = reverse_zones(
        inventory, plan_addresses(inventory), domain="net.sx.cegn", servers=["ns1.sx.cegn"], contact="noc.sx.cegn",
        serial=2021010101,
    )  # fmt: skip
    return dict(found)


def test_zones_name_every_address_once(small: Path) -> None:
    found = zones(small)
    assert list(found) == ["2.4.1.0.f.f.f.3.ip6.arpa", "0.0.0.0.0.0.0.0.8.4.1.0.f.f.f.3.ip6.arpa"]
    loopbacks, users = found.values()
    owner = ".".join("1000000025200100" + "00000000")
    assert loopbacks.splitlines()[-1] == f"{owner} IN PTR core.net.sx.cegn."
    assert users.splitlines()[-1].endswith(" IN PTR ge0.core.net.sx.cegn.")
    assert "SOA ns1.sx.cegn. noc.sx.cegn. ( 2021010101 " in users


def test_names_of_zones() -> None:
    assert zone_name(IPv6Network("2001:db8::/32")) == "8.b.d.0.1.0.0.2.ip6.arpa"
    assert zone_name(IPv6Network("2001:db8::/35")) == "8.b.d.0.1.0.0.2.ip6.arpa"


@pytest.mark.component("bind")
@pytest.mark.parametrize("name", ["kaifeng", "shanxi"])
def test_bind_accepts_the_zones(tmp_path: Path, name: str) -> None:
    found = zones(ROOT / "examples" / name)
    assert len(found) == 2
    checker = shutil.which("named-checkzone", path="/usr/bin:/usr/sbin") or "named-checkzone"
    for zone, content in found.items():
        file = tmp_path / zone
        file.write_text(content, encoding="utf-8")
        ran = subprocess.run([checker, zone, file], capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout
        assert "OK" in ran.stdout
        assert content.count(" IN PTR ") > 100


# ---- import ---------------------------------------------------------------------------------------------------------


def imported(path: Path, text: str, *, encoding: str = "utf-8") -> tuple[Path, list[tuple[str, int | None, str]]]:
    file = path / "have.csv"
    file.write_text(text, encoding=encoding)
    found = read_addresses(file, load_estate(path, cache=False).inventory)
    file.unlink()
    return file, [(each.code, each.origin.line, each.nearest) for each in found.problems]


def test_a_netbox_export_is_read(small: Path) -> None:
    file = small.parent / "netbox.csv"
    file.write_text(
        "Prefix,Status,VRF,Role,Description\n3fff:148:80::/52,Active,Global,users,试点\n", encoding="gb18030"
    )
    inventory = load_estate(small, cache=False).inventory
    found = read_addresses(file, inventory)
    file.unlink()
    assert (found.errors, found.known, len(found.changes.prefixes)) == (0, 0, 1)
    assert write_changes(inventory, found.changes, file=IMPORTED) == (IMPORTED,)
    (record,) = load_estate(small, cache=False).inventory.prefixes.values()
    assert (record.prefix, record.pinned, record.note, record.vpn) == ("3fff:148:80::/52", True, "试点", None)


def test_addresses_are_put_on_the_interfaces_of_devices(small: Path) -> None:
    file = small / "addresses.txt"
    file.write_text("address,device,interface\n3fff:148:0:7::1/64,core,ge0\n10.14.0.1/24,core,ge0\n")
    inventory = load_estate(small, cache=False).inventory
    found = read_addresses(file, inventory)
    assert (found.errors, found.known) == (0, 1)
    write_changes(inventory, found.changes)
    core = load_estate(small, cache=False).inventory.devices["core"]
    assert core.interfaces[0].addresses == ("10.14.0.1/24", "3fff:148:0:7::1/64")


def test_each_wrong_row_is_named_with_its_line(small: Path) -> None:
    _, found = imported(
        small,
        "prefix,purpose,division,colour\n"
        "3fff:148::1/52,users,140000,\n"
        "3fff:149::/52,user,140000,\n"
        "3fff:14a::/52,users,140001,\n"
        "3fff:14b::/52,users,140000,\n"
        "3fff:14b::/56,users,140000,\n",
    )
    assert found == [
        ("unknown-field", 1, ""),
        ("bad-prefix", 2, "3fff:148::/52"),
        ("bad-choice", 3, "users"),
        ("dangling-reference", 4, "140000"),
        ("overlapping-prefixes", 6, ""),
    ]
    _, found = imported(small, "address,device,interface\n::1/64,cor,ge0\n::1/64,core,ge1\n::1,core,ge0\n")
    assert found == [("dangling-reference", 2, "core"), ("unknown-interface", 3, "ge0"), ("bad-value", 4, "")]

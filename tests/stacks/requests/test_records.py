"""Deliveries in an estate: kept, repeatable, known to the next request, and state of the components."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from inventory.hashes import declared_hash
from inventory.inventory import Inventory
from inventory.load import load_estate
from migration.plan import Plan
from stacks.design.model import RuleDesign, StackDesign, SystemDesign, SystemOutputs
from stacks.requests.checking import check_form
from stacks.requests.errors import RequestError
from stacks.requests.filled import read_form
from stacks.requests.making import requests_of
from stacks.requests.model import Delivery, Request
from stacks.requests.records import (
    Taking,
    addresses_of_others,
    read_deliveries,
    read_delivery,
    take_over,
    taking_of,
)
from stacks.requests.workbook import FIRST_ROW
from tests.stacks.requests.made import DAY, RECORDS, fill, form_of, plan_of, request_of, save, zone_of

AT = dt.datetime(2021, 4, 12, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    folder = tmp_path / "estate"
    folder.mkdir()
    (folder / "estate.yaml").write_text("name: x\nas_of: '2021-03-01'\n", encoding="utf-8")
    (folder / "records.yaml").write_text(RECORDS, encoding="utf-8")
    return folder


def read(estate: Path) -> Inventory:
    loaded = load_estate(estate, cache=False)
    assert loaded.errors == 0, loaded.problems
    return loaded.inventory


def filled(estate: Path, request: Request) -> tuple[Delivery, ...]:
    book = form_of(request)
    fill(book)
    form = read_form(save(book, estate.parent / "form.xlsx"), 64)
    others = addresses_of_others(read(estate), request, read_deliveries(estate))
    checked = check_form(request, form, others, DAY)
    assert checked.flaws == ()
    return checked.deliveries


def taking(estate: Path, request: Request) -> Taking:
    return taking_of(read(estate), read_deliveries(estate), filled(estate, request), AT)


def test_addresses_become_state_and_ids_are_kept(estate: Path) -> None:
    before = declared_hash(estate)
    found = taking(estate, request_of())
    assert [delivery.stack for delivery in found.new] == ["zone.yun-a.mzt", "system.hydj", "system.tysf"]
    files = take_over(estate, found)
    assert {path.relative_to(estate).as_posix() for path in files} == {
        "deliveries/zone.yun-a.mzt.yaml", "deliveries/system.hydj.yaml", "deliveries/system.tysf.yaml",
        "state/stack-system.hydj.yaml", "state/stack-system.tysf.yaml",
    }  # fmt: skip
    assert declared_hash(estate) == before
    web, db = read(estate).systems["hydj"].components
    assert [(end.address, end.address_v6, end.name, end.port) for end in web.target_endpoints] == [
        ("10.128.3.20", "2001:db8:77::1", "hydj.sx.cegn", 443),
        ("10.128.3.20", "2001:db8:77::1", "", 80),
    ]
    assert [(end.address, end.name, end.port) for end in db.target_endpoints] == [("10.128.3.30", "db.mzt.yun", 1521)]
    assert read_delivery(estate, "system.hydj") == found.new[1]
    assert read_delivery(estate, "zone.yun-a.mzt") == found.new[0]
    assert read_delivery(estate, "system.x") is None


def test_taking_a_form_over_again_changes_nothing(estate: Path) -> None:
    take_over(estate, taking(estate, request_of()))
    again = taking(estate, request_of())
    assert (again.new, again.changed, dict(again.entries)) == ((), (), {})
    assert [delivery.stack for delivery in again.same] == ["zone.yun-a.mzt", "system.hydj", "system.tysf"]
    assert not again.changes


def test_what_was_interrupted_is_ended_by_taking_it_over_again(estate: Path) -> None:
    take_over(estate, taking(estate, request_of()))
    shutil.rmtree(estate / "state")
    (estate / "deliveries" / "system.tysf.yaml").unlink()
    rest = taking(estate, request_of())
    assert [delivery.stack for delivery in rest.new] == ["system.tysf"]
    assert set(rest.entries) == {"system.hydj", "system.tysf"}
    take_over(estate, rest)
    assert not taking(estate, request_of()).changes


def test_a_corrected_delivery_takes_the_place_of_the_first(estate: Path) -> None:
    take_over(estate, taking(estate, request_of()))
    old = read_deliveries(estate)["system.tysf"]
    moved = old.machines["app"].model_copy(update={"addresses": ("10.128.3.33",)})
    other = old.model_copy(update={"system": SystemOutputs(machines={"app": moved})})
    found = taking_of(read(estate), read_deliveries(estate), [other], AT + dt.timedelta(hours=1))
    assert [delivery.stack for delivery in found.changed] == ["system.tysf"]
    take_over(estate, found)
    assert read(estate).systems["tysf"].components[0].target_endpoints[0].address == "10.128.3.33"


def test_addresses_that_others_have(estate: Path) -> None:
    others = addresses_of_others(read(estate), request_of(), {})
    assert others == {"10.128.3.44": "else/app"}
    take_over(estate, taking(estate, request_of()))
    only_tysf = request_of(systems=request_of().systems[1:])
    found = addresses_of_others(read(estate), only_tysf, read_deliveries(estate))
    assert found["10.128.3.20"] == "hydj/web"
    assert "tysf/app" not in found.values()


def test_a_spoilt_record_is_named(estate: Path) -> None:
    (estate / "deliveries").mkdir()
    for content in ("stack: [", "stack: system.x\n", "\x00"):
        (estate / "deliveries" / "system.x.yaml").write_text(content, encoding="utf-8")
        with pytest.raises(RequestError) as error:
            read_delivery(estate, "system.x")
        assert error.value.code == "delivery-record"


# Which forms


FIRST, SECOND = ("2021-W14/yun", dt.date(2021, 4, 9)), ("2021-W16/yun", dt.date(2021, 4, 23))


def requests(estate: Path, *designs: StackDesign, plan: Plan | None = None) -> tuple[Request, ...]:
    made = plan or plan_of(hydj=SECOND, tysf=FIRST)
    return requests_of(read(estate), made, designs, lambda _: zone_of(), read_deliveries(estate))


def test_one_form_for_each_wave_the_zone_with_the_first(estate: Path) -> None:
    hydj, tysf = request_of().systems
    first, second = requests(estate, zone_of(), hydj, tysf)
    assert (first.id, first.wave, first.asked_zones) == ("yun.mzt.2021-W14", "2021-W14/yun", ("yun-a.mzt",))
    assert (second.id, second.asked_zones, second.systems) == ("yun.mzt.2021-W16", (), (hydj,))
    assert second.zones == (zone_of(),)
    assert (first.needed_by, first.lead_days, first.hand_in) == (dt.date(2021, 3, 31), 20, dt.date(2021, 3, 11))
    assert (first.department_name, first.operator) == ("民政厅", "某公司")


def test_a_zone_comes_with_its_systems_or_alone(estate: Path) -> None:
    hydj, tysf = request_of().systems
    (alone,) = requests(estate, zone_of())
    assert (alone.id, alone.systems, alone.asked_zones) == ("yun.mzt", (), ("yun-a.mzt",))
    (one,) = requests(estate, tysf)
    assert one.asked_zones == ("yun-a.mzt",)
    (together,) = requests(estate, hydj, tysf, plan=plan_of(hydj=FIRST, tysf=FIRST))
    assert [system.id for system in together.systems] == ["hydj", "tysf"]


def test_clouds_with_an_interface_are_asked_for_nothing(estate: Path) -> None:
    tysf = request_of().systems[1]
    place = tysf.place.model_copy(update={"way": "openstack"})
    assert requests(estate, SystemDesign.model_validate(tysf.model_dump() | {"place": place})) == ()


def test_what_was_delivered_is_not_asked_for_again(estate: Path) -> None:
    hydj, tysf = request_of().systems
    (first, _) = requests(estate, hydj, tysf)
    take_over(estate, taking(estate, first))
    (second,) = requests(estate, hydj, tysf)
    assert (second.id, second.asked_zones) == ("yun.mzt.2021-W16", ())
    delivered = read(estate).systems["tysf"].components[0].target_endpoints[0]
    wished = tysf.machines[0].model_copy(update={"addresses": (delivered.address, delivered.address_v6)})
    assert (
        requests(estate, tysf.model_copy(update={"machines": (wished,)})) == ()
    )  # what came is what is wished for now


def test_what_is_new_in_a_delivered_stack_is_asked_for_with_the_rest_filled_in(estate: Path) -> None:
    tysf = request_of().systems[1]
    (first,) = requests(estate, tysf)
    take_over(estate, taking(estate, first))
    group = tysf.groups[0]
    rule = RuleDesign(id="in-22", version=4, protocol="tcp", ports=(22, 22), remote_prefix="10.14.9.0/24")
    more = tysf.model_copy(update={"groups": (group.model_copy(update={"rules": (*group.rules, rule)}),)})
    (again,) = requests(estate, more)
    assert again.asked_zones == ()
    book = form_of(again)
    empty = [
        (str(row[0].value), str(sheet.cell(1, cell.column or 0).value))
        for sheet in book.worksheets[1:]
        for row in sheet.iter_rows(min_row=FIRST_ROW)
        for cell in row[1:]
        if not cell.protection.locked and cell.value is None
    ]
    assert empty == [("system.tysf/rule-tysf-app-in-22", "done")]
    delivered = filled(estate, again)
    assert delivered[0].system == read_deliveries(estate)["system.tysf"].system

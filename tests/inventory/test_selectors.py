"""Selectors: what they select, what they refuse, and that they mean what a plain loop means."""

from __future__ import annotations

import datetime as dt
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import SelectorError
from inventory.estate import Estate
from inventory.inventory import Inventory
from inventory.kinds import KINDS
from inventory.kinds.clouds import Cloud, CloudTier, Pool
from inventory.kinds.lines import Line, PrivateNetwork
from inventory.kinds.network import Device, DeviceRole, Link
from inventory.kinds.people import Team
from inventory.kinds.policy import Risk
from inventory.kinds.rooms import Asset, Room
from inventory.kinds.systems import Component, Dependency, Endpoint, ExternalObject, System, SystemKind
from inventory.kinds.territory import Department, Division, Level
from inventory.selectors import count, find, parse_selector


def _by_id(*records: Any) -> dict[str, Any]:
    return {record.id: record for record in records}


def _system(id: str, department: str, **fields: Any) -> System:
    return System.model_validate({"id": id, "department": department, **fields})


INVENTORY = Inventory(
    estate=Estate(name="x", as_of=dt.date(2021, 3, 1)),
    divisions=_by_id(
        Division(id="140000", code="140000", name="山西省", level=Level.PROVINCE),
        Division(id="140100", code="140100", name="太原市", level=Level.CITY),
        Division(id="140105", code="140105", name="小店区", level=Level.COUNTY),
        Division(id="zone", name="综改区", level=Level.COUNTY, parent="140100", functional_zone=True),
    ),
    departments=_by_id(
        Department(id="p-civil", name="省民政厅", division="140000", sector="civil_affairs"),
        Department(id="c-bank", name="市金融办", division="140100", sector="finance"),
        Department(id="z-office", name="管委会", division="zone", politics_and_law=True),
    ),
    systems=_by_id(
        _system(
            "marriage",
            "p-civil",
            name="婚姻登记 管理系统",
            grade=3,
            kind="business",
            last_used="2021-02-15",
            needs_ipv6={"by": "2021-12-31"},
            runs_in="room:r-1",
            components=[
                {"id": "db", "technology": "Oracle-11g", "storage_gib": 2000, "assets": ["a-1"]},
                {"id": "web", "technology": "tomcat", "endpoints": [{"address": "10.1.2.3", "port": 443}]},
            ],
        ),
        _system("post", "c-bank", name="邮件", grade=2, kind="mail", needs_ipv6="no", runs_in="cloud:yun-ty"),
        _system("zone-oa", "z-office", name="OA", kind="office_automation", registered=True),
        _system("p-civil-0001", "p-civil", classified=True, count=2),
    ),
    external_objects=_by_id(ExternalObject(id="nation", owner="国家级平台")),
    dependencies=_by_id(
        Dependency.model_validate({"id": "d-1", "from": "marriage/web", "to": "post"}),
        Dependency.model_validate({"id": "d-2", "from": "post", "to": "external_object:nation", "port": 443}),
    ),
    clouds=_by_id(Cloud(id="yun-ty", name="太原市政务云", tier=CloudTier.CITY, division="140100")),
    pools=_by_id(Pool(id="yun-ty-a", cloud="yun-ty", zone="a")),
    rooms=_by_id(Room(id="r-1", name="民政厅机房", division="140000", department="p-civil")),
    assets=_by_id(Asset(id="a-1", room="r-1")),
    devices=_by_id(
        Device(id="core", division="140000", level=Level.PROVINCE, role=DeviceRole.CORE),
        Device(id="edge", division="140105", level=Level.CITY, role=DeviceRole.ACCESS),
    ),
    links=_by_id(Link(id="l-1", a_device="core", b_device="edge", bandwidth_mbps=1000)),
    lines=_by_id(Line(id="line-1", department="c-bank", a="room:r-1", b="external:总部", systems=("post",))),
    private_networks=_by_id(PrivateNetwork(id="net", department="p-civil", levels=(Level.PROVINCE, Level.CITY))),
    teams=_by_id(Team.model_validate({"id": "t", "skills": {"system": 10, "database": 0.5}})),
    risks=_by_id(Risk(id="risk", object="system:post")),
)


def _ids(text: str) -> list[str]:
    return [record.id for _, record in find(INVENTORY, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # kinds
        ("kind:cloud", ["yun-ty"]),
        ("kind:cloud,pool", ["yun-ty", "yun-ty-a"]),
        ("kind:room,asset -kind:asset", ["r-1"]),
        ("system.kind:mail", ["post"]),
        ("kind:system system.kind:mail,office_automation", ["post", "zone-oa"]),
        ("kind:system -system.kind:mail", ["marriage", "zone-oa", "p-civil-0001"]),
        # text, wildcards, quotation marks, case
        ("kind:system id:marriage,post", ["marriage", "post"]),
        ("kind:system name:*系统", ["marriage"]),
        ('kind:system name:"婚姻登记 管理系统"', ["marriage"]),
        ('kind:system name:"*系统"', []),
        ("kind:system name:?A", ["zone-oa"]),
        ("kind:system name:oa", ["zone-oa"]),
        ("kind:system name=oa", []),
        ("kind:system name=OA", ["zone-oa"]),
        ("kind:system name!=OA", ["marriage", "post", "p-civil-0001"]),
        ("kind:system name:*", ["marriage", "post", "zone-oa"]),
        ("kind:system -name:*", ["p-civil-0001"]),
        # words
        ("kind:system 邮", ["post"]),
        ("kind:system MARR", ["marriage"]),
        ('kind:system "登记 管理"', ["marriage"]),
        ("kind:system -邮,OA", ["marriage", "p-civil-0001"]),
        ("kind:dependency d-", ["d-1", "d-2"]),
        # numbers, dates, yes and no; what is absent never matches
        ("kind:system grade>=3", ["marriage"]),
        ("kind:system grade<3", ["post"]),
        ("kind:system grade:2,3", ["marriage", "post"]),
        ("kind:system -grade>=3", ["post", "zone-oa", "p-civil-0001"]),
        ("kind:system -grade:*", ["zone-oa", "p-civil-0001"]),
        ("kind:system last_used>2021-02-14", ["marriage"]),
        ("kind:system last_used<=2021-02-14", []),
        ("kind:system last_used:2021-02*", ["marriage"]),
        ("kind:system last_used:2021-02-15", ["marriage"]),
        ("kind:system registered:true", ["zone-oa"]),
        ("kind:system registered:no", []),
        ("kind:system classified:yes", ["p-civil-0001"]),
        ("kind:link bandwidth_mbps:1000", ["l-1"]),
        # a field that is a word or a structure
        ("kind:system needs_ipv6:no", ["post"]),
        ("kind:system needs_ipv6.by<2022-01-01", ["marriage"]),
        # nested values: any of them
        ("kind:system components.technology:oracle*", ["marriage"]),
        ("kind:system components.storage_gib>1000 components.technology:tomcat", ["marriage"]),
        ("kind:system components.endpoints.address:10.1.*", ["marriage"]),
        ("kind:team skills:database", ["t"]),
        ("kind:team skills.system>=10", ["t"]),
        ("kind:team skills.network>=0", []),
        # references
        ("kind:system department.sector:finance", ["post"]),
        ("kind:system department.division.name:太原*", ["post"]),
        ("kind:system department.politics_and_law:true", ["zone-oa"]),
        ("kind:system components.assets.room.name:民政厅*", ["marriage"]),
        ("kind:system runs_in:room:r-1", ["marriage"]),
        ("kind:system runs_in:r-1", ["marriage"]),
        ("kind:system runs_in:cloud:*", ["post"]),
        ("kind:system runs_in.tier:city", ["post"]),
        ("kind:line a.department:p-civil systems.grade:2", ["line-1"]),
        ("kind:risk object.grade:2", ["risk"]),
        ("kind:dependency from:marriage", ["d-1"]),
        ("kind:dependency client.grade>=3", ["d-1"]),
        ("kind:dependency to.owner:国家*", ["d-2"]),
        ("kind:dependency to:external_object:nation", ["d-2"]),
        # derived
        ("kind:system division:1401*", ["post"]),
        ("kind:system within:140100", ["post", "zone-oa"]),
        ("kind:system within:140000 -within:140100", ["marriage", "p-civil-0001"]),
        ("kind:system level:county", ["zone-oa"]),
        ("kind:system division.functional_zone:true", ["zone-oa"]),
        ("kind:pool division:140100", ["yun-ty-a"]),
        ("kind:asset division:140000", ["a-1"]),
        ("kind:link division:140105", ["l-1"]),
        ("kind:link within:140100", ["l-1"]),
        ("kind:device level:city", ["edge"]),
        ("kind:device division.level:county", ["edge"]),
        ("kind:private_network level:city", ["net"]),
        ("kind:private_network division.level:province", ["net"]),
        ("kind:dependency division:140000", ["d-1"]),
        ("kind:risk division:140100", ["risk"]),
        ("kind:division within:140100", ["140100", "140105", "zone"]),
        ("kind:department department.sector:finance", ["c-bank"]),
        # a field that only some kinds have
        ("tier:city", ["yun-ty"]),
        ("grade:2", ["post"]),
        ("kind:cloud,pool zone:a", ["yun-ty-a"]),
        ("kind:cloud,pool -zone:a", ["yun-ty"]),
        # two kinds know the field, with different values
        ("role:access", ["edge"]),
    ],
)
def test_selects(text: str, expected: list[str]) -> None:
    assert _ids(text) == expected
    assert count(INVENTORY, text) == len(expected)


@pytest.mark.parametrize("text", ["", "   "])
def test_empty_selects_everything(text: str) -> None:
    assert count(INVENTORY, text) == sum(INVENTORY.counts.values())


@pytest.mark.parametrize(
    ("text", "code", "data"),
    [
        ('name:"a', "selector-syntax", {"rest": 'name:"a'}),
        ("kind:system id:", "selector-syntax", {"rest": "id:"}),
        ("a,,b", "selector-syntax", {"rest": "a,,b"}),
        ("a -", "selector-syntax", {"rest": "-"}),
        ('name:"a"b', "selector-syntax", {"rest": 'name:"a"b'}),
        ("kind>system", "selector-syntax", {"rest": "kind>system"}),
        ("kind:sytem", "selector-kind", {"named": "sytem", "nearest": "system"}),
        ("kind:system kind:mail", "selector-kind", {"named": "mail"}),
        ("kind:system -kind:system", "selector-place", {"kinds": "-"}),
        ("kind:system grad>=3", "selector-field", {"owner": "system", "field": "grad", "nearest": "grade"}),
        ("grad>=3", "selector-field", {"owner": "record", "nearest": "grade"}),
        ("kind:system department.divsion:1", "selector-field", {"owner": "department", "nearest": "division"}),
        ("kind:system components.tecnology:x", "selector-field", {"owner": "Component", "nearest": "technology"}),
        ("kind:system name.x:y", "selector-field", {"field": "x"}),
        ("kind:vpn division:140000", "selector-field", {"owner": "vpn", "field": "division"}),
        ("kind:team skills.cooking>1", "selector-field", {"field": "cooking"}),
        ("kind:system components:db", "selector-parts", {"field": "components"}),
        ("kind:system name>=3", "selector-operator", {"operator": ">=", "field": "name"}),
        ("kind:system grade>=2,3", "selector-operator", {"operator": ">=", "field": "grade"}),
        ("kind:system registered>true", "selector-operator", {"operator": ">", "field": "registered"}),
        ("kind:system grade:high", "selector-value", {"field": "grade", "value": "high"}),
        ("kind:system last_used>=yesterday", "selector-value", {"expected": "2021-06-30"}),
        ("kind:window start>noon", "selector-value", {"expected": "22:00"}),
        ("kind:system registered:maybe", "selector-value", {"expected": "true, false"}),
        ("kind:system criticality:hihg", "selector-value", {"expected": "low, medium, high, critical"}),
    ],
)
def test_refuses(text: str, code: str, data: dict[str, str]) -> None:
    with pytest.raises(SelectorError) as caught:
        parse_selector(text)
    assert caught.value.code == code
    assert {name: caught.value.data[name] for name in data} == data
    assert text in caught.value.message
    assert caught.value.hint


def test_place_limits_the_kinds() -> None:
    selector = parse_selector("grade>=3")
    selector.validate(["system"])
    with pytest.raises(SelectorError) as caught:
        selector.validate(["room"])
    assert caught.value.code == "selector-field"
    with pytest.raises(SelectorError) as caught:
        parse_selector("kind:room").validate(["system"])
    assert (caught.value.code, caught.value.data["kinds"]) == ("selector-place", "system")


def test_without_a_kind_it_holds_for_what_the_context_asks() -> None:
    selector = parse_selector("division:140100")
    assert set(selector.kinds) == set(KINDS)
    assert list(selector.select(INVENTORY, "system")) == ["post"]
    assert list(selector.select(INVENTORY, "cloud")) == ["yun-ty"]
    assert not selector.matches(INVENTORY, "system", INVENTORY.systems["marriage"])
    pinned = parse_selector("kind:cloud division:140100")
    assert pinned.kinds == ("cloud",)
    assert list(pinned.select(INVENTORY, "system")) == []
    assert not pinned.matches(INVENTORY, "system", INVENTORY.systems["post"])


def test_missing_references_match_nothing() -> None:
    lost = INVENTORY.replace(departments={})
    assert find(lost, "kind:system department.sector:finance") == []
    assert find(lost, "kind:system division:140100") == []
    assert count(lost, "kind:system -division:140100") == len(INVENTORY.systems)


def test_is_read_once_and_pickles() -> None:
    selector = parse_selector("kind:system grade>=3")
    assert parse_selector("kind:system grade>=3") is selector
    assert selector.matches(INVENTORY, "system", INVENTORY.systems["marriage"])
    assert pickle.loads(pickle.dumps(selector)) == selector


def _complaint(text: str) -> str:
    try:
        parse_selector(text)
    except SelectorError as error:
        return error.code if error.message else "nothing said"
    return ""


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_every_kind_can_be_named(kind: str) -> None:
    for name, info in KINDS[kind].model_fields.items():
        owner = f"{kind}." if name == "kind" else ""
        for written in {name, info.alias or name}:
            assert _complaint(f"kind:{kind} {owner}{written}:*") in ("", "selector-parts"), (kind, written)


systems = st.lists(
    st.builds(
        System,
        id=st.sampled_from("abcdefgh"),
        department=st.sampled_from(["p-civil", "c-bank", "gone"]),
        name=st.sampled_from(["", "x", "Xy"]),
        grade=st.sampled_from([None, 1, 2, 3]),
        kind=st.sampled_from(SystemKind),
        components=st.lists(
            st.builds(
                Component,
                id=st.just("c"),
                technology=st.sampled_from(["", "oracle", "dm8"]),
                endpoints=st.lists(st.builds(Endpoint, port=st.sampled_from([None, 80, 443])), max_size=2).map(tuple),
            ),
            max_size=2,
        ).map(tuple),
    ),
    max_size=6,
    unique_by=lambda system: system.id,
)

terms: dict[str, Any] = {
    "grade>=2": lambda system: system.grade is not None and system.grade >= 2,
    "grade<3": lambda system: system.grade is not None and system.grade < 3,
    "name:x*": lambda system: system.name.lower().startswith("x"),
    "system.kind:mail,portal": lambda system: system.kind in ("mail", "portal"),
    "department.sector:finance": lambda system: system.department == "c-bank",
    "components.technology:oracle": lambda system: any(part.technology == "oracle" for part in system.components),
    "components.endpoints.port:443": lambda system: any(
        endpoint.port == 443 for part in system.components for endpoint in part.endpoints
    ),
    "a": lambda system: system.id == "a",
}


@given(systems, st.lists(st.tuples(st.sampled_from(sorted(terms)), st.booleans()), max_size=4))
def test_terms_are_joined_by_and_and_negated_one_by_one(found: list[System], chosen: list[tuple[str, bool]]) -> None:
    inventory = INVENTORY.replace(systems={system.id: system for system in found})
    text = " ".join(("-" if negated else "") + term for term, negated in chosen)
    expected = [system.id for system in found if all(terms[term](system) != negated for term, negated in chosen)]
    assert list(parse_selector(text).select(inventory, "system")) == expected


@given(st.text(alphabet='ab:=<>!,-*?." \t\n甲:', max_size=20))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    code = _complaint(text)
    assert not code or code in SelectorError.templates
    if not code:
        assert len(find(INVENTORY, text)) <= sum(INVENTORY.counts.values())
        assert parse_selector(text).text == text


@given(st.text(alphabet=st.characters(exclude_characters='"', codec="utf-8"), min_size=1, max_size=12))
def test_quoted_text_is_taken_as_it_is(name: str) -> None:
    system = System.model_construct(**{**INVENTORY.systems["post"].__dict__, "name": name})
    assert parse_selector(f'name="{name}"').matches(INVENTORY, "system", system)

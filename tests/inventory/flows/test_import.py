"""Proposals, fresh evidence, decisions that stay."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.flows import aggregate as aggregate_module
from inventory.flows.aggregate import Aggregate
from inventory.flows.decide import confirm, reject
from inventory.flows.errors import FlowError
from inventory.flows.kept import FILE
from inventory.flows.places import Places
from inventory.flows.records import Connection, address_of
from inventory.kinds.systems import DependencyOrder, DependencySource, Strength
from inventory.load import load_estate
from tests.inventory.flows.support import DATA, bring_in, bring_lines, dependency, load, new_estate

INVENTORY = load_estate(DATA / "estate", cache=False).inventory
CALL = "mzt-1/web>gat-1/api:call:8080"
QUEUE = "mzt-1/web>gat-1/mq:call:5672"
LINE = "10.1.0.1,10.1.1.1,8080,1000,2020-06-01,2020-06-10"


def test_a_proposal_is_soft_unordered_and_observed(tmp_path: Path) -> None:
    estate = new_estate(tmp_path)
    bring_lines(estate, "10.1.0.1,10.1.1.1,8080,108000000,2020-06-01,2020-06-10")
    found = dependency(estate, CALL)
    assert (found.strength.value, found.order.value, found.reaches_by.value) == ("soft", "none", "unknown")
    assert (found.source.value, found.kind.value, found.rejected) == ("observed", "call", False)
    assert (found.bytes_seen, found.first_seen, found.last_seen) == (
        108000000,
        dt.date(2020, 6, 1),
        dt.date(2020, 6, 10),
    )
    assert found.traffic_mbps == 0.001  # 108 MB in ten days
    assert load(estate).origin("dependency", CALL).file == FILE


def test_importing_again_changes_nothing(tmp_path: Path) -> None:
    estate = new_estate(tmp_path)
    bring_in(estate, DATA / "chinese.csv")
    before = (estate / FILE).read_bytes()
    report = bring_in(estate, DATA / "chinese.csv")
    assert (estate / FILE).read_bytes() == before
    assert (report.merged.proposed, report.written) == ((), "")
    assert len(report.merged.refreshed) == 5


def test_a_dry_run_writes_nothing_and_says_the_same(tmp_path: Path) -> None:
    estate = new_estate(tmp_path)
    dry = bring_in(estate, DATA / "chinese.csv", dry_run=True)
    assert not (estate / FILE).exists()
    wet = bring_in(estate, DATA / "chinese.csv")
    assert dry.merged == wet.merged
    assert (dry.written, wet.written) == ("", FILE)


def test_what_is_declared_is_not_proposed_again(tmp_path: Path) -> None:
    estate = new_estate(tmp_path)
    report = bring_lines(estate, "10.1.0.1,10.1.2.1,443,70,2020-06-01,2020-06-02", LINE)
    assert [item.record.id for item in report.merged.proposed] == [CALL]
    seen = report.merged.declared["mzt-1>gat-2:authentication:443"]
    assert (seen.bytes, seen.last) == (70, dt.date(2020, 6, 2))
    assert len(load(estate).dependencies) == 2


def test_another_port_of_a_declared_pair_is_new(tmp_path: Path) -> None:
    report = bring_lines(new_estate(tmp_path), "10.1.0.1,10.1.2.1,22,70,,")
    assert [item.use.port for item in report.merged.proposed] == [22]


def test_evidence_grows_in_days_and_takes_the_newest_bytes(tmp_path: Path) -> None:
    estate = new_estate(tmp_path)
    bring_lines(estate, LINE)
    bring_lines(estate, "10.1.0.1,10.1.1.1,8080,7000,2020-06-05,2020-07-01")
    newer = dependency(estate, CALL)
    assert (newer.bytes_seen, newer.first_seen, newer.last_seen) == (7000, dt.date(2020, 6, 1), dt.date(2020, 7, 1))
    bring_lines(estate, "10.1.0.1,10.1.1.1,8080,1,2020-05-01,2020-05-02")
    older = dependency(estate, CALL)
    assert (older.bytes_seen, older.first_seen, older.last_seen) == (7000, dt.date(2020, 5, 1), dt.date(2020, 7, 1))


def test_a_confirmation_stays_and_its_evidence_is_refreshed(tmp_path: Path) -> None:
    estate = new_estate(tmp_path)
    bring_lines(estate, LINE)
    confirm(load(estate), CALL, strength=Strength.HARD, order=DependencyOrder.PROVIDER_FIRST)
    report = bring_lines(estate, "10.1.0.1,10.1.1.1,8080,5,2020-06-11,2020-06-12")
    found = dependency(estate, CALL)
    assert (found.source, found.strength, found.order) == (
        DependencySource.CONFIRMED, Strength.HARD, DependencyOrder.PROVIDER_FIRST,
    )  # fmt: skip
    assert (found.bytes_seen, found.last_seen) == (5, dt.date(2020, 6, 12))
    assert report.merged.refreshed == (CALL,)


def test_a_rejection_stays(tmp_path: Path) -> None:
    estate = new_estate(tmp_path)
    bring_lines(estate, LINE)
    reject(load(estate), CALL)
    report = bring_lines(estate, LINE)
    assert dependency(estate, CALL).rejected
    assert (report.merged.proposed, report.merged.rejected) == ((), (CALL,))
    confirm(load(estate), CALL)
    assert not dependency(estate, CALL).rejected


def test_decisions_by_selector_take_open_proposals_only(tmp_path: Path) -> None:
    estate = new_estate(tmp_path)
    bring_in(estate, DATA / "chinese.csv")
    reject(load(estate), QUEUE)
    found = confirm(load(estate), "client:mzt-1*", strength=Strength.HARD)
    assert [record.id for record in found] == [CALL]
    assert dependency(estate, QUEUE).rejected
    assert dependency(estate, "gat-1>old-1/app:call:80").source is DependencySource.OBSERVED


def test_wrong_decisions_are_said_so(tmp_path: Path) -> None:
    estate = new_estate(tmp_path)
    with pytest.raises(FlowError) as none:
        confirm(load(estate), CALL)
    assert none.value.code == "flows-none-observed"
    bring_lines(estate, LINE)
    before = (estate / FILE).read_bytes()
    with pytest.raises(FlowError) as unknown:
        reject(load(estate), CALL.replace("8080", "8081"))
    assert (unknown.value.code, unknown.value.data["nearest"]) == ("flows-unknown-id", CALL)
    with pytest.raises(FlowError) as nothing:
        confirm(load(estate), "port=9")
    assert nothing.value.code == "flows-nothing-selected"
    assert (estate / FILE).read_bytes() == before


def test_a_proposal_that_somebody_declares_is_left_out(tmp_path: Path) -> None:
    estate = new_estate(tmp_path)
    bring_lines(estate, LINE)
    (estate / "more.yaml").write_text("dependencies:\n- {from: mzt-1, to: gat-1, kind: data_feed}\n", encoding="utf-8")
    report = bring_lines(estate, LINE)
    assert report.merged.superseded == (CALL,)
    assert CALL not in load(estate).dependencies


def test_records_that_cannot_be_used_at_the_moment_are_kept(tmp_path: Path) -> None:
    estate = new_estate(tmp_path)
    bring_lines(estate, "10.1.2.1,10.1.1.1,8080,5,,")
    gone = (estate / FILE).read_text("utf-8").replace("gat-2/idp", "nobody/idp")
    (estate / FILE).write_text(gone, encoding="utf-8")
    file = tmp_path / "more.csv"
    file.write_text(f"source,target,port,bytes,first,last\n{LINE}\n", encoding="utf-8")
    from inventory.flows.load import import_flows

    import_flows(load_estate(estate, cache=False).inventory, file)
    text = (estate / FILE).read_text("utf-8")
    assert "nobody/idp" in text
    assert "mzt-1/web" in text


def test_a_damaged_file_of_proposals_is_named_with_its_line(tmp_path: Path) -> None:
    estate = new_estate(tmp_path)
    bring_lines(estate, LINE)
    path = estate / FILE
    path.write_text(path.read_text("utf-8").replace("observed", "guessed"), encoding="utf-8")
    with pytest.raises(FlowError) as error:
        confirm(load_estate(estate, cache=False).inventory, CALL)
    assert (error.value.code, error.value.data["line"]) == ("flows-file-invalid", 2)


def test_addresses_have_one_form() -> None:
    assert address_of("2001:DB8:0:0::1") == "2001:db8::1"
    assert address_of("[::ffff:10.1.1.1]") == "10.1.1.1"
    assert address_of("fe80::1%eth0") == "fe80::1"


ADDRESSES = ["10.1.0.1", "10.1.0.2", "10.1.1.1", "10.1.2.1", "10.1.9.9", "198.51.100.7", "10.2.7.1", "2001:db8:2::1"]
CONNECTIONS = st.builds(
    Connection,
    st.sampled_from(ADDRESSES), st.sampled_from(ADDRESSES), st.sampled_from([443, 8080, 5672, 80, 40000, None]),
    st.sampled_from([None, 443, 8080, 50000]), st.sampled_from(["tcp", "udp", ""]), st.sampled_from([None, 1, 10]),
    st.sampled_from([None, dt.date(2020, 6, 1)]), st.sampled_from([None, dt.date(2020, 6, 5), dt.date(2020, 6, 9)]),
    st.booleans(), st.sampled_from(["", "10.1.1.1"]), st.sampled_from([None, 8080]),
)  # fmt: skip


@given(st.lists(CONNECTIONS, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter_and_none_is_lost(found: list[Connection], random: Random) -> None:
    places = Places(INVENTORY)

    def added_up(lines: list[Connection]) -> Aggregate:
        aggregate = Aggregate(places)
        for line in lines:
            aggregate.add(line)
        return aggregate

    shuffled = list(found)
    random.shuffle(shuffled)
    one, other = added_up(found), added_up(shuffled)
    for name in ("uses", "unknown", "ambiguous", "ignored", "total", "lines"):
        assert getattr(one, name) == getattr(other, name)
    assert list(one.uses) == list(other.uses)
    taken = sum(seen.lines for seen in one.uses.values()) + one.ignored.total() + one.ambiguous.total()
    unknown = one.lines - taken
    assert unknown <= sum(entry.lines for entry in one.unknown.values()) <= 2 * unknown


def test_unknown_addresses_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aggregate_module, "UNKNOWN_LIMIT", 10)
    aggregate = Aggregate(Places(INVENTORY))
    for number in range(250):
        aggregate.add(Connection(f"10.77.0.{number + 1}", "10.1.1.1", 8080, bytes=number))
    assert len(aggregate.unknown) <= 20
    assert aggregate.pruned + len(aggregate.unknown) == 250
    assert aggregate.heaviest(1)[0][0] == "10.77.0.250"

"""What may be added, and what may not be touched."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network.config import ConfigLine, ConfigTree, merge, parse
from network.diff import neutral, patch, refused
from network.diff.neutral import is_ipv6
from network.platforms import platform_of
from tests.network.configs import MAIN, pair

CASES = {name: pair(name, 5, interfaces=6, peers=4, rules=5) for name in MAIN}
VRP = platform_of("huawei_vrp8")
QUICK = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def walk(tree: ConfigTree) -> list[tuple[str, ...]]:
    """Every line with the heads of its views."""
    found: list[tuple[str, ...]] = []

    def below(path: tuple[str, ...], lines: tuple[ConfigLine, ...]) -> None:
        for line in lines:
            found.append((*path, line.text))
            below((*path, line.text), line.children)

    below((), tree.lines)
    return found


def changed(tree: ConfigTree, path: tuple[str, ...], new: str | None) -> ConfigTree:
    """The tree with one line removed, or with another text."""

    def below(lines: tuple[ConfigLine, ...], rest: tuple[str, ...]) -> tuple[ConfigLine, ...]:
        out = []
        for line in lines:
            if line.text != rest[0]:
                out.append(line)
            elif len(rest) > 1:
                out.append(ConfigLine(line.text, below(line.children, rest[1:]), line.number))
            elif new is not None:
                out.append(ConfigLine(new, line.children, line.number))
        return tuple(out)

    return ConfigTree(below(tree.lines, path))


def volatile(path: tuple[str, ...]) -> bool:
    return path[0].startswith(("version 7.", "frr version"))


@QUICK
@given(st.sampled_from(MAIN), st.data())
def test_a_part_of_the_retrofit_is_never_refused(name: str, data: st.DataObject) -> None:
    """Any views of the fragment, with any of their lines, in any order."""
    case, platform = CASES[name], platform_of(name)
    views = data.draw(st.lists(st.sampled_from(case.fragment.lines), unique=True, max_size=8))
    part = ConfigTree(
        tuple(
            ConfigLine(view.text, tuple(data.draw(st.lists(st.sampled_from(view.children), unique=True))))
            if view.children
            else view
            for view in views
        )
    )
    after = merge(case.running, part)
    assert neutral(platform, case.running, after) == ()
    assert refused(platform, patch(platform, case.running, after)) == ()


@QUICK
@given(st.sampled_from(MAIN), st.data())
def test_any_change_of_an_ipv4_line_is_refused(name: str, data: st.DataObject) -> None:
    """Removed or changed, alone or among the lines of the whole retrofit."""
    case, platform = CASES[name], platform_of(name)
    lines = [path for path in walk(case.running) if not volatile(path)]
    path = data.draw(st.sampled_from(lines))
    new = data.draw(st.sampled_from([None, f"{path[-1]} 9", f"x{path[-1]}"]))
    after = changed(data.draw(st.sampled_from([case.running, case.intended])), path, new)
    found = neutral(platform, case.running, after)
    assert "ipv4-removed" in {violation.code for violation in found}
    assert all(violation.number > 0 for violation in found if violation.code == "ipv4-removed")


@pytest.mark.parametrize(
    ("addition", "code", "line"),
    [
        (
            ("interface G1\n ip address 10.9.0.1 255.255.255.0 sub\n"),
            "ipv4-added",
            "interface G1 / ip address 10.9.0.1 255.255.255.0 sub",
        ),
        ("interface G1\n shutdown\n", "ipv4-added", "interface G1 / shutdown"),
        ("interface G1\n mtu 1400\n", "ipv4-added", "interface G1 / mtu 1400"),
        (
            ("interface LoopBack9\n ip address 10.9.0.1 32\n"),
            "ipv4-added",
            "interface LoopBack9 / ip address 10.9.0.1 32",
        ),
        ("route-policy OUT deny node 5\n", "ipv4-added", "route-policy OUT deny node 5"),
        ("bgp 1\n peer 10.0.0.9 as-number 1\n", "ipv4-added", "bgp 1 / peer 10.0.0.9 as-number 1"),
        (
            ("bgp 1\n ipv4-family unicast\n  import-route direct\n"),
            "ipv4-added",
            "bgp 1 / ipv4-family unicast / import-route direct",
        ),
        ("bgp 1\n peer CORE bfd enable\n", "ipv4-added", "bgp 1 / peer CORE bfd enable"),
        ("ip route-static 10.0.0.0 8 NULL0\n", "ipv4-added", "ip route-static 10.0.0.0 8 NULL0"),
        ("isis 1\n cost-style wide\n", "ipv4-added", "isis 1 / cost-style wide"),
        (
            "interface G1\n ip binding vpn-instance GOV\n",
            "ipv4-lost",
            "interface G1 / ip address 10.0.0.1 255.255.255.0",
        ),
    ],
)
def test_what_ipv4_would_notice(addition: str, code: str, line: str) -> None:
    running = parse(
        VRP,
        "interface G1\n ip address 10.0.0.1 255.255.255.0\nbgp 1\n group CORE internal\n ipv4-family unicast\n"
        "  undo synchronization\nisis 1\n network-entity 49.0001.0000.0000.0001.00\nroute-policy OUT permit node 10\n",
    )
    found = neutral(VRP, running, merge(running, parse(VRP, addition)))
    assert (code, line) in {(violation.code, violation.line) for violation in found}


@pytest.mark.parametrize(
    "addition",
    [
        "interface G1\n ipv6 enable\n ipv6 address 2001:db8::1/64\n ospfv3 1 area 0.0.0.0\n isis ipv6 enable 1\n",
        "interface LoopBack9\n description IPv6 only\n ipv6 enable\n ipv6 address 2001:db8::9/128\n",
        (
            "bgp 1\n group CORE6 internal\n peer CORE6 as-number 1\n"
            " peer 2001:db8::2 as-number 1\n peer 2001:db8::2 group CORE6\n"
            " ipv6-family unicast\n  import-route direct\n"
        ),
        "bgp 1\n ipv4-family unicast\n  undo peer 2001:db8::2 enable\n",
        "bgp 1\n ipv6-family vpnv6\n  peer 10.0.0.2 enable\n",
        "route-policy IN6 permit node 10\n if-match ipv6 address prefix-list P6\n apply cost 5\n",
        "ip vpn-instance GOV\n ipv6-family\n  route-distinguisher 1:1\n",
        "isis 1\n ipv6 enable topology ipv6\n",
        "acl ipv6 number 3001\n rule 5 permit tcp source 2001:db8::/32 destination-port eq 22\n",
        "dhcp enable\n",
    ],
)
def test_what_ipv4_does_not_notice(addition: str) -> None:
    running = parse(VRP, "interface G1\n ip address 10.0.0.1 255.255.255.0\nbgp 1\n ipv4-family unicast\nisis 1\n")
    assert neutral(VRP, running, merge(running, parse(VRP, addition))) == ()


def test_words_of_people_are_no_keywords() -> None:
    assert not is_ipv6("description ipv6 uplink 2001:db8::1")
    assert not is_ipv6("peer CORE description ospfv3")
    assert is_ipv6("acl ipv6 name X")
    assert not is_ipv6("vpn-target 65000:1 export-extcommunity")


def test_commands_that_a_guard_does_not_undo() -> None:
    comware = platform_of("h3c_comware7")
    made = patch(comware, ConfigTree(), parse(comware, "irf mac-address persistent timer\nsysname A\n"))
    assert refused(comware, made) == ("irf mac-address persistent timer",)


def test_short_undo_takes_nothing_that_stays() -> None:
    before = parse(VRP, "dns server ipv6 2001:db8::1\ninterface G1\n ospfv3 cost 5\n ospfv3 cost 6 instance 1\n")
    after = parse(VRP, "interface G1\n ospfv3 cost 6 instance 1\n")
    assert "undo ospfv3 cost 5" in patch(VRP, before, after).commands

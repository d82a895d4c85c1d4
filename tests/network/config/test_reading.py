"""Reading and printing configurations."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network.config import ConfigLine, ConfigTree, merge, normalised, parse, to_text
from network.errors import ConfigError
from network.platforms import platform_of, platforms
from tests.network.configs import MAIN, pair

VRP, COMWARE, FRR, IOS = (platform_of(name) for name in ("huawei_vrp8", "h3c_comware7", "frr", "cisco_ios"))


def leaf(text: str) -> ConfigLine:
    return ConfigLine(text)


def test_sections_of_vrp() -> None:
    text = (
        "!Software Version V8\n#\nsysname A\n#\nbgp 65000\n router-id 1.1.1.1\n #\n"
        " ipv6-family unicast\n  peer 2001:db8::1 enable\n#\nreturn\n"
    )
    tree = parse(VRP, text)
    family = ConfigLine("ipv6-family unicast", (leaf("peer 2001:db8::1 enable"),))
    assert tree == ConfigTree((leaf("sysname A"), ConfigLine("bgp 65000", (leaf("router-id 1.1.1.1"), family))))
    assert [tree.lines[0].number, tree.lines[1].number, tree.lines[1].children[1].number] == [3, 5, 8]


def test_comware_indents_single_lines_of_the_top() -> None:
    text = (
        "#\n version 7.1.070, Release 6555P01\n#\n sysname H3C\n#\n"
        " irf mac-address persistent timer\n irf auto-update enable\n#\nvlan 1\n#\n"
        "interface Vlan-interface1\n ip address 10.0.0.1 24\n#\n"
        " ip route-static 0.0.0.0 0 10.0.0.9\n#\nreturn\n"
    )
    tree = parse(COMWARE, text)
    assert [line.text for line in tree.lines] == [
        "version 7.1.070, Release 6555P01",
        "sysname H3C",
        "irf mac-address persistent timer",
        "irf auto-update enable",
        "vlan 1",
        "interface Vlan-interface1",
        "ip route-static 0.0.0.0 0 10.0.0.9",
    ]
    assert tree.lines[5].children == (leaf("ip address 10.0.0.1 24"),)
    assert to_text(COMWARE, tree).count("\n sysname H3C\n") == 1


def test_frr_leaves_views_with_words() -> None:
    text = (
        "Building configuration...\n\nCurrent configuration:\n!\nrouter bgp 65000\n"
        " neighbor 10.0.0.2 remote-as 65000\n !\n address-family ipv4 unicast\n"
        "  network 10.0.0.0/24\n exit-address-family\nexit\n!\nend\n"
    )
    tree = parse(FRR, text)
    assert [line.text for line in tree.lines] == ["router bgp 65000"]
    assert [line.text for line in tree.lines[0].children] == [
        "neighbor 10.0.0.2 remote-as 65000",
        "address-family ipv4 unicast",
    ]
    assert to_text(FRR, tree) == (
        "!\nrouter bgp 65000\n neighbor 10.0.0.2 remote-as 65000\n !\n"
        " address-family ipv4 unicast\n  network 10.0.0.0/24\n exit-address-family\n"
        "exit\n!\nend\n"
    )


def test_texts_over_several_lines_are_one_line() -> None:
    banner = 'header login information "\nOnly for staff\n  of the bureau"'
    tree = parse(VRP, f"#\n{banner}\n#\nsysname A\n#\nreturn\n")
    assert [line.text for line in tree.lines] == [banner, "sysname A"]
    assert parse(VRP, to_text(VRP, tree)) == tree
    key = "rsa peer-public-key K\n public-key-code begin\n 3047\n   0240\n public-key-code end\n peer-public-key end\n"
    assert [line.text for line in parse(VRP, key).lines[0].children] == [
        "public-key-code begin\n 3047\n   0240\n public-key-code end",
        "peer-public-key end",
    ]
    assert parse(IOS, "banner motd ^C\nhello\n^C\nhostname A\n").lines[1].text == "hostname A"
    with pytest.raises(ConfigError) as caught:
        parse(VRP, 'sysname A\nheader login information "\nno end\n')
    assert (caught.value.code, caught.value.data["line"]) == ("config-unended", 2)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("#\ninterface LoopBack0\n  ip address 10.0.0.1 32\n description x\n", "config-indent", 4),
        ("#\n   sysname A\n", "config-indent", 2),
        ("#\nsysname A\n  ---- More ----\x1b[16D\n", "config-foreign", 3),
        ("sysname \x00A\n", "config-foreign", 1),
    ],
)
def test_what_is_no_configuration(text: str, code: str, line: int) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(VRP, text)
    assert (caught.value.code, caught.value.data["line"]) == (code, line)


def test_a_view_that_is_printed_twice_is_one() -> None:
    zte = parse(
        platform_of("zte_zxros"),
        "!<if>\ninterface gei-0/1\n  ip address 10.0.0.1 255.255.255.0\n$\n!<ospf>\ninterface gei-0/1\n  mtu 1500\n$\n",
    )
    assert [line.text for line in zte.lines] == ["interface gei-0/1"]
    assert [line.text for line in zte.lines[0].children] == ["ip address 10.0.0.1 255.255.255.0", "mtu 1500"]


@pytest.mark.parametrize("name", MAIN)
def test_printing_and_reading(name: str) -> None:
    for seed in range(3):
        case = pair(name, seed)
        platform = platform_of(name)
        assert parse(platform, to_text(platform, case.intended)) == case.intended


WORDS = st.sampled_from(
    ["ip address 10.0.0.1 24", "description x y", "ipv6 enable", "peer 2001:db8::1 enable", "mtu 1500", "no shutdown"]
)
LEAVES = st.lists(WORDS, unique=True, max_size=4).map(lambda texts: tuple(leaf(text) for text in texts))
HEADS = st.sampled_from(["interface A", "interface B", "bgp 1", "acl 3000"])
VIEWS = st.dictionaries(HEADS, LEAVES, max_size=4).map(lambda views: tuple(ConfigLine(*view) for view in views.items()))
TREES = st.builds(lambda lines, views: ConfigTree((*lines, *views)), LEAVES, VIEWS)


@settings(deadline=None)
@given(TREES, TREES, st.sampled_from(sorted(platforms())))
def test_joining(base: ConfigTree, addition: ConfigTree, name: str) -> None:
    platform = platform_of(name)
    joined = merge(base, addition)
    assert merge(joined, addition) == joined
    assert merge(base, base) == base
    assert parse(platform, to_text(platform, joined)) == joined
    assert normalised(platform, normalised(platform, joined)) == normalised(platform, joined)
    for line in addition.lines:
        found = next(other for other in joined.lines if other.text == line.text)
        assert set(line.children) <= set(found.children)


def test_joining_knows_addresses_and_denials() -> None:
    base = parse(VRP, "interface A\n ipv6 address 2001:DB8:1:0::2/64\n ipv6 nd ra halt\n")
    joined = merge(base, parse(VRP, "interface A\n ipv6 address 2001:db8:1::2/64\n undo ipv6 nd ra halt\n"))
    assert joined.lines[0].children == (leaf("ipv6 address 2001:DB8:1:0::2/64"), leaf("undo ipv6 nd ra halt"))


def test_what_does_not_count() -> None:
    one = parse(
        COMWARE,
        (
            "#\n version 7.1.070, Release 6555P01\n#\nospfv3 1\n area 0\n#\ninterface A\n"
            " ipv6 address 2001:DB8::1/64\n mtu 1500\n"
        ),
    )
    other = parse(
        COMWARE,
        (
            "#\n version 7.1.070, Release 6616\n#\ninterface A\n mtu 1500\n"
            " ipv6 address 2001:db8:0::1 64\n#\nospfv3 1\n area 0.0.0.0\n"
        ),
    )
    assert normalised(COMWARE, one) == normalised(COMWARE, other)
    assert normalised(COMWARE, one) != normalised(COMWARE, parse(COMWARE, "interface A\n mtu 1400\n"))
    lists = [
        parse(IOS, f"ipv6 access-list A\n {first}\n {second}\n")
        for first, second in (("permit tcp any any", "deny ipv6 any any"), ("deny ipv6 any any", "permit tcp any any"))
    ]
    assert normalised(IOS, lists[0]) != normalised(IOS, lists[1])


def test_a_description_keeps_its_words() -> None:
    assert (
        parse(VRP, "interface A\n description peer 2001:DB8::1\n").lines[0].children[0].text
        == "description peer 2001:DB8::1"
    )
    assert (
        normalised(VRP, parse(VRP, "interface A\n description 2001:DB8::1\n"))
        .lines[0]
        .children[0]
        .text.endswith("2001:DB8::1")
    )


def test_the_address_before_a_description_counts() -> None:
    text = "bgp 1\n peer 2001:DB8:0::1 description To 2001:DB8:0::1\n"
    assert (
        normalised(VRP, parse(VRP, text)).lines[0].children[0].text == "peer 2001:db8::1 description To 2001:DB8:0::1"
    )

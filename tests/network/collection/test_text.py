"""Encodings to the byte, secrets out, nothing that changes by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.collection import decode, encode, mask_secrets, masked, stable_text
from network.errors import CollectionError
from network.platforms import platform_of

CHINESE = "#\nsysname 核心SW1\n#\ninterface GE0/0/1\n description 至县政务中心（一期）𠮷\n#\n"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_come_back_to_the_byte(encoding: str) -> None:
    content = CHINESE.encode(encoding)
    assert decode(content, encoding) == CHINESE
    assert encode(decode(content, encoding), encoding) == content


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["gb18030", "utf-8"]))
def test_any_text_goes_round(text: str, encoding: str) -> None:
    assert decode(encode(text, encoding), encoding) == text


@given(st.binary(max_size=64), st.sampled_from(["gb18030", "utf-8"]))
def test_any_bytes_go_round_or_are_refused(content: bytes, encoding: str) -> None:
    try:
        text = decode(content, encoding)
    except CollectionError:
        return
    assert encode(text, encoding) == content


def test_the_wrong_encoding_is_refused_with_its_place() -> None:
    with pytest.raises(CollectionError) as caught:
        decode(CHINESE.encode("gb18030"), "utf-8", device="sw1")
    assert caught.value.data == {"device": "sw1", "encoding": "utf-8", "position": 10}


def test_a_text_cut_in_a_character_is_refused() -> None:
    with pytest.raises(CollectionError):
        decode("核".encode("gb18030")[:1], "gb18030")


@pytest.mark.parametrize(
    ("platform", "line", "kept"),
    [
        ("huawei_vrp8", " password irreversible-cipher $1d$abc$def$", " password irreversible-cipher ******"),
        ("huawei_vrp8", " local-user a password cipher $1c$xy$", " local-user a password cipher ******"),
        ("huawei_vrp8", "snmp-agent community read cipher %^%#a%^%#", "snmp-agent community read cipher ******"),
        ("huawei_vrp8", " peer 10.0.0.9 password cipher %^%#k%^%#", " peer 10.0.0.9 password cipher ******"),
        ("huawei_vrp8", " radius-server shared-key-cipher %^%#k%^%#", " radius-server shared-key-cipher ******"),
        (
            "huawei_vrp8",
            "snmp-agent usm-user v3 u authentication-mode sha cipher %^%#a%^%# privacy-mode aes256 cipher %^%#b%^%#",
            "snmp-agent usm-user v3 u authentication-mode sha cipher ****** privacy-mode aes256 cipher ******",
        ),
        ("h3c_comware7", " password hash $h$6$abc==", " password hash ******"),
        ("h3c_comware7", " snmp-agent community read public", " snmp-agent community read ******"),
        ("h3c_comware7", " key authentication cipher $c$3$abc", " key authentication cipher ******"),
        ("frr", " neighbor 10.0.0.9 password secret", " neighbor 10.0.0.9 password ******"),
        ("frr", " ip ospf message-digest-key 1 md5 secret", " ip ospf message-digest-key 1 md5 ******"),
        ("frr", "password 8 abc", "password 8 ******"),
        ("cisco_ios", "enable secret 5 $1$abc", "enable secret 5 ******"),
        ("cisco_ios", "snmp-server community public RO", "snmp-server community ****** RO"),
    ],
)  # fmt: skip
def test_secrets(platform: str, line: str, kept: str) -> None:
    assert mask_secrets(platform_of(platform), line) == kept
    assert masked(kept)


@pytest.mark.parametrize(
    ("platform", "line"),
    [
        ("huawei_vrp8", " description a simple cipher office"),
        ("huawei_vrp8", " ip address 10.0.0.1 255.255.255.0"),
        ("huawei_vrp8", "ssh server cipher aes256_ctr aes128_ctr"),
        ("h3c_comware7", " description to password office"),
        ("frr", " neighbor 10.0.0.9 remote-as 65000"),
    ],
)
def test_what_is_no_secret_stays(platform: str, line: str) -> None:
    assert mask_secrets(platform_of(platform), line) == line


@pytest.mark.parametrize(
    ("platform", "first", "second"),
    [
        (
            "huawei_vrp8",
            "!Last configuration was updated at 2024-01-01 10:00:00\n#\nsysname a\n#\nreturn",
            "!Last configuration was updated at 2024-02-02 11:11:11\r\n#\r\nsysname a \r\n#\r\nreturn\r\n",
        ),
        ("frr", "Building configuration...\n\nCurrent configuration:\n!\nhostname a\nend\n", "!\nhostname a\nend"),
    ],
)  # fmt: skip
def test_two_readings_of_one_state_are_one_text(platform: str, first: str, second: str) -> None:
    row = platform_of(platform)
    assert stable_text(row, first) == stable_text(row, second)
    assert stable_text(row, stable_text(row, first)) == stable_text(row, first)


def test_a_change_is_seen() -> None:
    row = platform_of("frr")
    assert stable_text(row, "hostname a\n") != stable_text(row, "hostname b\n")

"""Property values between the engine's messages and Python."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st

from stacks.provider.values import UNKNOWN, has_unknown, properties, struct

SIGNATURE = "4dabf18193072939515e22adb298388d"
NAMES = st.text("abcdefgh_", min_size=1, max_size=6).filter(lambda name: not name.startswith("__"))
SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: not number.is_integer()),
    st.text(max_size=8),
    st.just(UNKNOWN),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)


@given(st.dictionaries(NAMES, VALUES, max_size=5), st.sets(NAMES, max_size=3))
def test_what_is_written_is_read(values: dict[str, Any], hidden: set[str]) -> None:
    found = properties(struct(values, hidden))
    assert found.values == values
    assert found.secrets == hidden & set(values)


def message(value: Any) -> Struct:
    made = Struct()
    made.update({"it": value})
    return made


def test_numbers_of_the_engine_become_whole_again() -> None:
    found = properties(message(1450.0)).values["it"]
    assert (found, type(found)) == (1450, int)
    assert properties(message(0.5)).values["it"] == 0.5


@pytest.mark.parametrize(
    ("value", "plain", "secret"),
    [
        ({SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": "x"}, "x", True),
        ([{SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": "x"}], ["x"], True),
        ({SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": 3.0, "secret": True}, 3, True),
        ({SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": 3.0}, 3, False),
        ({SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4"}, UNKNOWN, False),
        ({SIGNATURE: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "u", "id": "i"}, "i", False),
        ({SIGNATURE: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "u", "id": ""}, UNKNOWN, False),
        ("3eeb2bf0-c639-47a8-9e75-3b44932eb421", UNKNOWN, False),
    ],
)
def test_marked_values(value: Any, plain: Any, secret: bool) -> None:
    found = properties(message(value))
    assert found.values == {"it": plain}
    assert found.secrets == ({"it"} if secret else set())


def test_null_is_absent_and_the_engines_own_names_are_left_out() -> None:
    made = message(None)
    made.update({"__defaults": ["a"]})
    assert properties(made).values == {}
    assert not struct({"it": None}).fields


def test_unknown_is_found_inside() -> None:
    assert has_unknown({"a": [1, {"b": UNKNOWN}]})
    assert not has_unknown({"a": [1, {"b": "x"}]})

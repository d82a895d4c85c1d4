"""What objects in a cloud carry of their stack and URN."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from stacks.provider.marks import Mark, short_stack

URN = "urn:pulumi:zone.yun-ty-a.140000-mzt::qianyun::qianyun:openstack:Network::network"


def test_a_mark_is_made_of_stack_and_urn() -> None:
    mark = Mark.of(URN)
    digest = sha256(URN.encode()).hexdigest()[:32]
    assert mark.tags == ["qianyun-stack=zone.yun-ty-a.140000-mzt", f"qianyun-urn={digest}"]
    assert mark.metadata == {"qianyun.stack": "zone.yun-ty-a.140000-mzt", "qianyun.urn": digest}
    assert mark.described("") == f"qianyun zone.yun-ty-a.140000-mzt {digest}"


@given(st.text(max_size=40).map(str.strip))
def test_a_description_gives_back_text_and_mark(text: str) -> None:
    mark = Mark.of(URN)
    assert Mark.undescribed(mark.described(text)) == (text, mark)


@given(st.text(max_size=60))
def test_other_descriptions_are_left_alone(text: str) -> None:
    assert Mark.undescribed(text) == (text, None)


def test_half_a_mark_is_none() -> None:
    mark = Mark.of(URN)
    assert Mark.carried(tags=mark.tags) == mark
    assert Mark.carried(tags=mark.tags[:1]) is None
    assert Mark.carried(metadata={"qianyun.urn": mark.hash}) is None
    assert Mark.undescribed(f"text qianyun stack {mark.hash}")[1] is None


@given(st.text("abcdefghij0123456789.-", min_size=1, max_size=120))
def test_tags_fit_into_old_clouds(stack: str) -> None:
    assert all(len(tag) <= 60 for tag in Mark.of(f"urn:pulumi:{stack}::p::t::n").tags)


def test_long_stacks_stay_apart() -> None:
    first, second = "zone." + "a" * 60 + "1", "zone." + "a" * 60 + "2"
    assert short_stack(first) != short_stack(second)
    assert short_stack("zone.a.b") == "zone.a.b"

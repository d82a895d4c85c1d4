"""What our plug-in tells the engine of an error, read back by the command."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter

import pytest

from inventory.errors import QianyunError
from stacks.errors import (
    CloudError,
    CloudUnreachableError,
    EngineError,
    ResourceUnreachableError,
    cause_of,
    said_in_one_line,
)
from ui.commands.stack.showing import error_words
from ui.texts import set_language


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """In English, before and after."""
    set_language("en")
    yield
    set_language("en")


CODES = [(kind, code) for kind in (CloudError, CloudUnreachableError) for code in kind.templates]


def filled(kind: type[QianyunError], code: str) -> QianyunError:
    """With words of several kinds at every place."""
    places = [name for part in kind.templates[code] for _, name, _, _ in Formatter().parse(part) if name]
    words = ("Server web", "https://cloud:9696/v2.0 (a; b)", "1'2\n3", "资源", "6")
    return kind(code, **{name: words[number % len(words)] for number, name in enumerate(dict.fromkeys(places))})


@pytest.mark.parametrize(("kind", "code"), CODES)
def test_what_was_said_is_read_back(kind: type[QianyunError], code: str) -> None:
    error = filled(kind, code)
    said = said_in_one_line(error).removesuffix(f" [{code}]")
    found = cause_of(code, said)
    assert (type(found), found and found.code, found and found.data) == (kind, code, error.data)


def test_words_of_others_are_left_as_they_are() -> None:
    assert cause_of("cloud-quota", "no room") is None
    assert cause_of("", "no room") is None


def test_failed_resources_are_explained_in_both_languages() -> None:
    cause = said_in_one_line(CloudError("cloud-quota", what="Server web", reason="cores")).removesuffix(
        " [cloud-quota]"
    )
    rows = [{"urn": "u", "name": "server-web", "message": cause, "code": "cloud-quota"}]
    error = EngineError("resource-failed", stack="system.a", name="server-web", reason=cause, failures=rows)
    message, hint = error_words(error)
    assert message == "system.a: server-web: Server web: the quota is used up: cores"
    assert hint.startswith("raise the quota of the landing zone")
    assert hint.endswith("run the same command again")
    set_language("zh")
    message, hint = error_words(error)
    assert message == "system.a：server-web：Server web：配额已用完：cores"
    assert hint.startswith("提高落地区的配额")
    assert "the" not in message + hint


def test_an_unreached_cloud_has_its_own_exit_code() -> None:
    rows = [{"urn": "u", "name": "network", "message": "gone", "code": ""}]
    error = ResourceUnreachableError("resource-unreached", stack="s", name="network", reason="x", failures=rows)
    assert error.exit_code == 4
    assert error_words(error)[0] == "s: network: gone"

"""The files and the environment that Ansible gets."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from migration.run.settings import WorkerSettings
from migration.runbook.model import Host
from playbooks.errors import PlaybookError
from playbooks.workspace import Workspace, environment, group_names, inventory_of, opened, play_of, write_private


class Reader(yaml.CSafeLoader):
    """Reads the tags of Ansible as plain text."""


for tag in ("!unsafe", "!vault"):
    Reader.add_constructor(tag, lambda _, node: node.value)

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def written(plain: Any, folder: Path) -> str:
    path = folder / "file.yaml"
    path.unlink(missing_ok=True)
    write_private(path, plain)
    assert path.stat().st_mode & 0o777 == 0o600
    return path.read_text()


@given(PLAIN)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, plain: Any) -> None:
    text = written(plain, tmp_path_factory.getbasetemp())
    assert yaml.load(text, Reader) == plain


def test_text_is_never_a_template(tmp_path: Path) -> None:
    text = written({"a": "{{ lookup('pipe', 'id') }}", "b": "{% if x %}", "c": "plain"}, tmp_path)
    assert "a: !unsafe" in text
    assert "b: !unsafe" in text
    assert "c: plain" in text


def test_encrypted_text_stays_encrypted(tmp_path: Path) -> None:
    text = written({"a": "$ANSIBLE_VAULT;1.1;AES256\n3132\n"}, tmp_path)
    assert "a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3132\n" in text


def test_days_are_text(tmp_path: Path) -> None:
    assert yaml.safe_load(written({"day": dt.date(2021, 4, 9)}, tmp_path)) == {"day": "2021-04-09"}


def test_hosts_and_groups() -> None:
    one = Host(name="s.db.source", address="10.1.0.1", port=2222, groups=("source", "a-b"), variables={"x": 1})
    two = Host(name="s.db.target", groups=("target", "a.b"))
    found = inventory_of({"s.db.source": one, "s.db.target": two})["all"]
    assert found["hosts"] == {
        "s.db.source": {"ansible_host": "10.1.0.1", "ansible_port": 2222, "x": 1},
        "s.db.target": {"ansible_host": "s.db.target", "ansible_port": 22},
    }
    assert found["children"]["source"] == {"hosts": {"s.db.source": {}}}
    # Two groups whose names Ansible would write alike stay two.
    assert sorted(len(group["hosts"]) for group in found["children"].values()) == [1, 1, 1, 1]


@given(st.sets(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)))
def test_group_names_are_valid_and_unique(ids: set[str]) -> None:
    names = group_names(sorted(ids))
    assert set(names) == ids
    assert len(set(names.values())) == len(ids)
    assert all(name.isidentifier() and name.isascii() for name in names.values())


def test_the_play_imports_the_entry() -> None:
    (play,) = play_of("note", "probe", {"path": "/x"})
    (task,) = play["tasks"]
    assert task["ansible.builtin.import_role"] == {"name": "note", "tasks_from": "probe"}
    assert task["vars"] == {"path": "/x"}
    assert (play["gather_facts"], play["any_errors_fatal"]) == (False, True)


def test_a_workspace_is_private_and_goes(tmp_path: Path) -> None:
    def fail() -> None:
        with opened(tmp_path) as space:
            assert space.folder.stat().st_mode & 0o777 == 0o700
            assert space.control.stat().st_mode & 0o777 == 0o700
            (space.folder / "tmp" / "secret").write_text("x")
            kept.append(space)
            raise KeyboardInterrupt

    kept: list[Workspace] = []
    with pytest.raises(KeyboardInterrupt):
        fail()
    assert not kept[0].folder.exists()
    assert not kept[0].control.exists()
    assert list(tmp_path.iterdir()) == []


def test_long_paths_get_a_short_folder_for_sockets(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    with opened(deep) as space:
        assert len(str(space.control)) <= 60
        assert space.control.stat().st_mode & 0o777 == 0o700
    assert not space.control.exists()


def test_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "x")
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/agent")
    key = tmp_path / "a key"
    key.write_text("x")
    settings = WorkerSettings(ssh_user="mover", private_key=str(key), known_hosts=str(key), ssh_config=str(key))
    known = environment(Workspace(tmp_path, tmp_path), settings, tmp_path / "roles")
    assert set(known) & set(os.environ) <= {"PATH", "HOME", "LANG", "LC_ALL", "SSH_AUTH_SOCK", "PYTHONPATH"}
    assert (known["ANSIBLE_REMOTE_USER"], known["ANSIBLE_PRIVATE_KEY_FILE"]) == ("mover", str(key))
    assert known["ANSIBLE_HOST_KEY_CHECKING"] == "True"
    assert f"-F '{key}'" in known["ANSIBLE_SSH_COMMON_ARGS"]
    assert "GlobalKnownHostsFile=none" in known["ANSIBLE_SSH_COMMON_ARGS"]
    monkeypatch.delenv("SSH_AUTH_SOCK")
    assert "SSH_AUTH_SOCK" not in environment(Workspace(tmp_path, tmp_path), WorkerSettings(), tmp_path)


def test_missing_files_of_the_settings(tmp_path: Path) -> None:
    for setting in ("ssh_config", "known_hosts", "private_key", "vault_password_file"):
        settings = WorkerSettings().model_copy(update={setting: str(tmp_path / "no")})
        with pytest.raises(PlaybookError) as error:
            environment(Workspace(tmp_path, tmp_path), settings, tmp_path)
        assert (error.value.code, error.value.data["setting"]) == ("worker-file", setting)

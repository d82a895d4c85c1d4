"""What a host gets of files: own ones, masks over the machine's, accounts, zones."""

from __future__ import annotations

import io
import tarfile

from network.lab.layer import accounts, file, folder, masks, pack
from network.lab.names import server_files, zones_of

OPAQUE = {"SCHILY.xattr.trusted.overlay.opaque": "y"}


def members(archive: bytes) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        return {f"/{found.name}": found for found in opened.getmembers()}


def test_a_folder_hides_and_those_above_do_not() -> None:
    found = members(pack({"/etc/ssh": folder(0o700), "/etc/ssh/key": file("k", 0o600)}, {}))
    assert found["/etc/ssh"].pax_headers == OPAQUE
    assert found["/etc"].isdir()
    assert found["/etc"].pax_headers == {}
    assert (found["/etc/ssh/key"].mode, found["/etc/ssh/key"].size) == (0o600, 1)


def test_what_belongs_to_nobody_here_is_left_out() -> None:
    entries = {"/a": file("", user="no-such-user"), "/b": file("", user="new", group="new"), "/c": file("")}
    found = members(pack(entries, {"new": 4999}))
    assert set(found) == {"/b", "/c"}
    assert (found["/b"].uid, found["/b"].gid) == (4999, 4999)


def test_data_and_secrets_of_the_machine_are_hidden() -> None:
    hidden = masks()
    assert {"/root", "/home", "/tmp", "/run", "/var/tmp", "/etc/ssh", "/var/log"} <= set(hidden)
    assert all(entry.content is None for entry in hidden.values())
    assert not {"/usr", "/etc", "/var", "/bin", "/lib", "/proc"} & set(hidden)
    assert "/root" not in masks(homes=False)
    assert "/run" in masks(homes=False)


def test_accounts_have_no_passwords() -> None:
    found = accounts("operator", 4999)
    shadow = (found["/etc/shadow"].content or b"").decode()
    assert {line.split(":")[1] for line in shadow.splitlines()} == {"*"}
    passwd = (found["/etc/passwd"].content or b"").decode().splitlines()
    assert passwd.count("operator:x:4999:4999::/home/operator:/bin/bash") == 1
    assert len({line.split(":")[0] for line in passwd}) == len(passwd)


def test_zones() -> None:
    assert zones_of(["a.x.cn", "b.x.cn", "c.d.y.cn"]) == ("d.y.cn", "x.cn")
    assert zones_of(["a.x.cn", "b.c.x.cn"]) == ("x.cn",)
    assert zones_of(["alone"]) == ("alone",)


def test_zone_files_hold_the_names_that_are_names() -> None:
    found = server_files({"a.x.cn": ["10.0.0.1", "2001:db8::1"], 'b.x.cn"; };': ["10.0.0.2"], "民政.cn": []}, "key")
    zone = (found["/var/lib/bind/x.cn.zone"].content or b"").decode()
    assert "a.x.cn. A 10.0.0.1\na.x.cn. AAAA 2001:db8::1\n" in zone
    assert len([path for path in found if path.endswith(".zone")]) == 1
    assert "10.0.0.2" not in zone

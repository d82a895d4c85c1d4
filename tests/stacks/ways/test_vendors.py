"""Tables and logins of vendors' providers: read, and refused with the place that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from stacks.design.model import Place, Way
from stacks.ways.errors import VendorError
from stacks.ways.kinds import FIELDS, Kind
from stacks.ways.terraform import PLUGINS, program_file, terraform_way
from stacks.ways.vendors import FILE, TerraformLogin, read_login, read_table
from tests.stacks.ways.vendor_cloud import SOURCE, TABLE, VERSION

LOGIN = {"provider": SOURCE, "version": VERSION, "table": str(TABLE)}


def write(path: Path, content: object) -> Path:
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def test_the_table_of_the_tests_has_what_components_ask_for() -> None:
    table = read_table(TABLE)
    assert set(table.resources) == set(FIELDS) - {Kind.KEYPAIR}
    assert table.project == "project"


@pytest.mark.parametrize(
    ("resources", "words"),
    [
        ({"Network": {"type": "x_net", "inputs": {"label": "name"}}}, "Network: label, name"),
        ({"Network": {"type": "x_net", "inputs": {"name": "name"}, "outputs": {"mac": "m"}}}, "Network: mac"),
        ({"Subnet": {"type": "x_sub", "inputs": {"name": "name"}}}, "Subnet: cidr, ip_version, network_id"),
        ({"Cable": {"type": "x_cable", "inputs": {}}}, "resources.Cable"),
        ({"Network": {"inputs": {"name": "name"}}}, "resources.Network.type"),
    ],
)
def test_a_table_that_does_not_fit(tmp_path: Path, resources: object, words: str) -> None:
    with pytest.raises(VendorError) as error:
        read_table(write(tmp_path / "t.yaml", {"resources": resources}))
    assert error.value.code == "vendor-file"
    assert words in str(error.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("resources: [", encoding="utf-8")
    for name in ("missing.yaml", "broken.yaml"):
        with pytest.raises(VendorError) as error:
            read_table(tmp_path / name)
        assert error.value.code == "vendor-file"


def test_logins(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_bytes(TABLE.read_bytes())
    file = write(tmp_path / "terraform.yaml", {"clouds": {"yun-b": LOGIN, "yun-c": LOGIN | {"table": "own.yaml"}}})
    for name in ("yun-b", "yun-c"):
        login, table = read_login(name, {FILE: str(file)})
        assert (login.name, table) == ("qytest", read_table(TABLE))
    with pytest.raises(VendorError) as unknown:
        read_login("yun-cc", {FILE: str(file)})
    assert (unknown.value.code, unknown.value.data["nearest"]) == ("vendor-login", "yun-c")
    with pytest.raises(VendorError) as unsaid:
        read_login("yun-b", {})
    assert unsaid.value.code == "vendor-no-file"


def test_a_provider_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FILE, str(write(tmp_path / "terraform.yaml", {"clouds": {"vendor": LOGIN}})))
    monkeypatch.setenv(PLUGINS, str(tmp_path))
    with pytest.raises(VendorError) as error:
        terraform_way(Place(cloud="yun", pool="yun-a", way=Way.TERRAFORM, login="vendor"))
    assert error.value.code == "vendor-no-program"
    file = program_file(TerraformLogin.model_validate(LOGIN))
    assert error.value.data["file"] == file
    assert file.parts[:4] == ("qianyun.example", "test", "qytest", "1.0.0")

"""A cloud behind the small Terraform provider of tools/bridge: a folder with an object a file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stacks.engine.finding import cached_programs
from stacks.ways.terraform import PLUGINS, program_file
from stacks.ways.vendors import FILE, TerraformLogin

__all__ = ["PROGRAM", "SOURCE", "TABLE", "VERSION", "VendorCloud"]

SOURCE, VERSION = "qianyun.example/test/qytest", "1.0.0"
TABLE = Path(__file__).parent.parent / "data" / "qytest.yaml"
PROGRAM = "terraform-provider-qytest"


class VendorCloud:
    """The objects, and the variables by which they are reached."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.objects = folder / "objects"
        self.objects.mkdir(parents=True)
        login = TerraformLogin(
            provider=SOURCE, version=VERSION, table=str(TABLE), configuration={"folder": str(self.objects)}
        )
        program = folder / "plugins" / program_file(login)
        program.parent.mkdir(parents=True)
        program.symlink_to(shutil.which(PROGRAM) or cached_programs() / PROGRAM)
        self.file = folder / "terraform.yaml"
        self.file.write_text(json.dumps({"clouds": {"vendor": login.model_dump(mode="json")}}), encoding="utf-8")

    @property
    def variables(self) -> Mapping[str, str]:
        """For this process, from which engine and bridge have them."""
        return {FILE: str(self.file), PLUGINS: str(self.folder / "plugins")}

    def all(self, kind: str) -> dict[str, dict[str, Any]]:
        """Objects of a kind by id."""
        found = self.objects.glob(f"{kind}-*.json")
        return {path.stem.removeprefix(f"{kind}-"): json.loads(path.read_text(encoding="utf-8")) for path in found}

    def change(self, kind: str, id: str, **values: Any) -> None:
        """As somebody does at the cloud's own console."""
        path = self.objects / f"{kind}-{id}.json"
        path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | values), encoding="utf-8")

    def refuse(self, kind: str, words: str) -> None:
        """Let creations of a kind fail with these words."""
        (self.objects / "refuse").write_text(f"{kind} {words}", encoding="utf-8")

    @property
    def count(self) -> int:
        """All objects."""
        return len(list(self.objects.glob("*.json")))

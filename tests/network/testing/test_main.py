"""Serving a folder of configurations to people."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

from network.platforms import platform_of
from network.testing.__main__ import main
from network.transport import Login, ParamikoTransport, Target
from tests.borders.tree import ROOT

VRP = "sysname 核心\n#\ninterface LoopBack0\n description 政务\n#\nreturn\n"
COMWARE = "#\n version 7.1.070, Release 6555P01\n#\ninterface LoopBack0\n description 政务中心\n#\nreturn\n"


def test_a_folder_is_served(tmp_path: Path) -> None:
    (tmp_path / "a.cfg").write_text(VRP, encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(COMWARE.encode("gb18030"))
    (tmp_path / "notes.md").write_text("none", encoding="utf-8")
    command = [sys.executable, "-m", "network.testing", str(tmp_path), "--password", "Try-It-1"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(6)]
            heads = [re.fullmatch(r"(\S+)\t(\S+)\tssh -p (\d+) netops@127\.0\.0\.1\n", line) for line in lines[0:4:2]]
            keys = [line.strip().removeprefix("host_key: ") for line in lines[1:4:2]]
            found = [(head[1], head[2], int(head[3])) for head in heads if head is not None]
            assert [one[:2] for one in found] == [("核心", "huawei_vrp8"), ("b", "h3c_comware7")]
            assert "Try-It-1" in lines[4]
            for (name, platform, port), key, encoding in zip(found, keys, ("utf-8", "gb18030"), strict=True):
                target = Target(name, platform_of(platform), "127.0.0.1", port, key, "netops", encoding)
                with ParamikoTransport().open(target, Login(password="Try-It-1")) as session:
                    assert " description 政务" in session.running()
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0


def test_nothing_to_serve(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 2
    assert main([str(tmp_path / "absent")]) == 2

"""A small estate with rooms: one closes, one takes equipment in; a zombie, a mail system."""

from __future__ import annotations

from pathlib import Path

__all__ = ["write_rooms"]

ESTATE = "name: 机房\nas_of: 2021-01-04\ngrid: {start: 2021-01-04, count: 60}\n"
RECORDS = """\
divisions: [{id: "140100", name: 某市, level: city, code: "140100"}]
departments:
  - {id: gaj, name: 市公安局, division: "140100", politics_and_law: true}
  - {id: dsjj, name: 市大数据局, division: "140100"}
rooms:
  - {id: gaj-1, name: 公安局机房, department: gaj, division: "140100", racks: 1, rack_units: 42,
     fee_yuan_per_year: 36500, lease_end: 2021-01-01}
  - {id: hub, name: 大数据局机房, department: dsjj, division: "140100", kind: colocation, intention: keep,
     racks: 2, rack_units: 84, power_kw: 10, cooling_kw: 12}
assets:
  - {id: zc-1, room: gaj-1, rack: A01, position: 1, height_units: 2, serial_number: SN001, power_w: 500}
  - {id: zc-2, room: gaj-1, rack: A01, position: 5, height_units: 4, serial_number: SN002, power_w: 800}
systems:
  - id: old
    name: 老系统
    department: gaj
    registered: true
    last_used: 2019-05-06
    runs_in: room:gaj-1
    usage: {log_ins_90d: 0, source: 登录日志}
  - {id: mail, name: 邮件, department: gaj, kind: mail, components: [{id: db, data_gib: 40}]}
"""


def write_rooms(folder: Path) -> Path:
    """The estate in a folder that is made."""
    folder.mkdir()
    (folder / "estate.yaml").write_text(ESTATE, encoding="utf-8")
    (folder / "records.yaml").write_text(RECORDS, encoding="utf-8")
    return folder

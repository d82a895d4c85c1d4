"""An estate whose cloud is asked by form, its plan, and a form that is filled in."""

from __future__ import annotations

import io
from pathlib import Path

from openpyxl import load_workbook

from migration.plan_file import write_plan
from stacks.requests.records import write_request
from tests.stacks.requests.made import RECORDS, fill, form_of, plan_of, request_of, save
from tests.stacks.requests.test_records import FIRST, SECOND

__all__ = ["fill_file", "write_form_estate", "write_request_and_form"]

SETTINGS = """\
name: x
as_of: '2021-03-01'
settings:
  stacks:
    clouds:
    - cloud: yun
      dns_zone: yun.cegn.
      dns_mail: hostmaster@yun.cegn
      images: [{image: kylin, source: catalogue}]
      flavors: [{name: c2, vcpu: 2, memory_gib: 4, source: catalogue}]
      source: operator
"""
PREFIXES = """\
prefixes:
- {id: z4, prefix: 10.128.3.0/26, purpose: pool, site: yun-a, department: mzt}
- {id: z6, prefix: 2001:db8:77::/64, purpose: pool, site: yun-a, department: mzt}
"""


def write_form_estate(folder: Path) -> tuple[Path, Path]:
    """(estate, plan): two systems in two waves, on a cloud that is asked by form."""
    estate = folder / "formed"
    estate.mkdir()
    (estate / "estate.yaml").write_text(SETTINGS, encoding="utf-8")
    (estate / "records.yaml").write_text(RECORDS + PREFIXES, encoding="utf-8")
    write_plan(folder / "formed.plan.json", plan_of(hydj=SECOND, tysf=FIRST))
    return estate, folder / "formed.plan.json"


def fill_file(path: Path) -> None:
    """As an operator does it."""
    book = load_workbook(io.BytesIO(path.read_bytes()))
    fill(book)
    save(book, path)


def write_request_and_form(estate: Path, path: Path) -> None:
    """A request that an estate has written, and its form, filled in."""
    write_request(estate, request_of())
    book = form_of(request_of())
    fill(book)
    save(book, path)

"""Nothing that a stranger sent acts in what the office makes of it: copies for correction, and the tracker's links."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from tests.acceptance.test_hostile import zwgk
from tests.examples import LONG
from tests.hostile.cases import CASES, made
from tests.hostile.make import SOURCES
from tests.hostile.reports import filled, issued
from tests.workbooks.correction.walker import active
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.workflow.workers.readers import SECONDS, MarkupJob, ReaderPool

pytestmark = pytest.mark.slow


def test_no_hostile_file_is_sent_back_with_what_acts(tmp_path: Path):
    """Each is marked up, whatever became of it at intake; what cannot be gets the sheet of opinions alone.

    Every second one, unless ``ZWGK_LONG=1``, and those that are looked at below.
    """
    assert SOURCES  # they register the cases
    report = filled(issued(tmp_path))
    looked_at = ("formula_dde.xlsx", "external_dde_link.xlsx", "laughs_sheet.xlsx")
    every = [name for name in CASES if name.endswith((".xlsx", ".xlsm"))]
    names = sorted({*every[:: 1 if LONG else 2], *looked_at})
    found = [problem("date_form", CellRef("a.xlsx", "信息明细", "F4"), heading="发布日期", value="3月")]
    jobs = [MarkupJob(name, made(CASES[name], report), found, "甲", "乙") for name in names]
    with ReaderPool(2, SECONDS) as workers:
        copies = dict(zip(names, workers.marked_up(jobs), strict=True))
    assert {name: active(copy) for name, copy in copies.items() if copy and active(copy)} == {}
    assert copies["formula_dde.xlsx"] is not None
    assert copies["external_dde_link.xlsx"] is not None
    assert copies["laughs_sheet.xlsx"] is None


SENT = [
    "通知.hta", "通知.lnk", "通知.exe", "通知.js", "通知.url", "通知.scr", "通知.xlsm", "通知.html", "通知.iqy",
    "目录.xlsx", "附件.pdf", "附件.docx", "表.csv", "通知\u202excod.xlsx", "=1+1.xlsx",
]  # fmt: skip


def links(data: bytes) -> set[str]:
    """Where a workbook leads to."""
    found = set()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in (each for each in archive.namelist() if each.endswith(".rels")):
            for each in ElementTree.fromstring(archive.read(name)):
                if each.attrib.get("TargetMode") == "External":
                    found.add(unquote(each.attrib["Target"]))
    return found


def test_the_tracker_links_to_tables_and_documents_alone_and_an_export_to_nothing(tmp_path: Path):
    """Not to the addresses either that units type: these are text."""
    desk = issued(tmp_path)
    packed = tmp_path / "报送.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("回复.xlsx", filled(desk).bytes())
        for name in SENT:
            archive.writestr(name, f"{name} 的内容")
    taken = zwgk("receive", packed, "--received-at", "2026-11-20", "--json", "-w", desk.root)
    assert len(json.loads(taken.stdout)) == len(SENT) + 2
    done = zwgk("consolidate", "--as-of", "2026-12-03", "--json", "-w", desk.root)
    assert done.returncode in (0, 1), done.stderr
    folder = "收件箱/报送.zip_解压"
    kept = ("回复.xlsx", "目录.xlsx", "附件.pdf", "附件.docx", "表.csv", "通知xcod.xlsx", "=1+1.xlsx")
    assert links((desk.root / "总台账.xlsx").read_bytes()) == {f"{folder}/{name}" for name in kept}
    exported = zwgk("export", "2026-11", "--to", tmp_path / "数据.xlsx", "-w", desk.root)
    assert exported.returncode == 0, exported.stderr
    assert links((tmp_path / "数据.xlsx").read_bytes()) == set()

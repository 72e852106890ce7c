"""Our workbooks and their parts by their sums: the same on every system.

``python -m tests.windows.workbooks FILE`` writes them down on this system, for the other one to compare.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
from functools import cache
from pathlib import Path

import pytest

from tests.tools import ROOT
from tests.workbooks.fault_table.samples import table
from tests.workbooks.report_sample import content
from tests.workbooks.tracker_sample import added_to, assessed, covered, realistic
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.fault_table.fault_workbook import fault_workbook
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage
from zwgk_excel.workbooks.report.report_workbook import report_workbook
from zwgk_excel.workbooks.tables.new_sheet import add_table_sheet
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.sheets import page
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook

PLACE = ROOT / "build/windows"
ELSEWHERE = PLACE / "workbooks.json"
"""As the system that has wine has them."""
WHOLE = ""
"""In the place of the name of a part: the whole file."""


def workbooks() -> dict[str, dict[str, str]]:
    """The sums of a report workbook, a 整改链接表, a tracker with rows on all of its sheets, a long one and one with a
    sheet of the office's, part by part."""
    tracker = tracker_workbook(_view())
    return {
        "report": sums(report_workbook(content())),
        "fault table": sums(fault_workbook(table())),
        "tracker": sums(tracker),
        "long tracker": sums(_long_tracker()),
        "refreshed tracker": sums(_refreshed(tracker)),
    }


@cache
def _view() -> TrackerView:
    return covered(assessed(realistic(count=3)), units=2)


def _refreshed(tracker: bytes) -> bytes:
    """The tracker after the office has put a sheet of its own into it, here one of another workbook of ours."""
    package = OoxmlPackage(tracker)
    add_table_sheet(package, layout("roster")["units"])
    return tracker_workbook(_view(), added_to(package.write()))


def _long_tracker() -> bytes:
    """One whose tables are written by way of the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "LONG_ROWS", 3)
        return tracker_workbook(_view())


def sums(data: bytes) -> dict[str, str]:
    """Those of the parts of a workbook, and of the whole."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        parts = {name: hashlib.sha256(book.read(name)).hexdigest() for name in book.namelist()}
    return {WHOLE: hashlib.sha256(data).hexdigest(), **parts}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(workbooks()), encoding="utf-8")

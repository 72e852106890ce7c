"""What the parts of our workbooks hold: the same on every system, whatever their zip files say of it.

``python -m tests.windows.parts FILE`` writes it down on this system, for the other one to compare.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

from tests.tools import ROOT
from tests.workbooks.report_sample import content
from tests.workbooks.tracker_sample import realistic
from zwgk_excel.workbooks.report.report_workbook import report_workbook
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook

ELSEWHERE = ROOT / "build/windows/parts.json"
"""As the system that has wine has it."""


def parts() -> dict[str, dict[str, str]]:
    """Of a report workbook and a tracker the names and sums of the parts, in their order."""
    return {"report": _sums(report_workbook(content())), "tracker": _sums(tracker_workbook(realistic()))}


def _sums(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return {name: hashlib.sha256(book.read(name)).hexdigest() for name in book.namelist()}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(parts()), encoding="utf-8")

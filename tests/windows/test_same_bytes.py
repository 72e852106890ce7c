"""A workbook made on Windows is the one that is made elsewhere, byte by byte."""

from __future__ import annotations

import json

import pytest

from tests.tools import on_windows
from tests.windows.workbooks import ELSEWHERE, WHOLE, workbooks

pytestmark = [on_windows, pytest.mark.skipif(not ELSEWHERE.is_file(), reason="nothing to compare: make test-windows")]


def test_each_workbook_has_the_same_bytes():
    made, elsewhere = workbooks(), json.loads(ELSEWHERE.read_text(encoding="utf-8"))
    for name, parts in made.items():
        assert list(parts) == list(elsewhere[name]), name
        assert parts == elsewhere[name], name  # names the part that differs, where one does
        assert parts[WHOLE] == elsewhere[name][WHOLE], name

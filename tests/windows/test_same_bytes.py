"""A workbook made on Windows is the one that is made elsewhere, part by part."""

from __future__ import annotations

import json

import pytest

from tests.tools import on_windows
from tests.windows.parts import ELSEWHERE, parts

pytestmark = [on_windows, pytest.mark.skipif(not ELSEWHERE.is_file(), reason="nothing to compare: make test-windows")]


def test_each_part_has_the_same_bytes_in_the_same_order():
    made, elsewhere = parts(), json.loads(ELSEWHERE.read_text(encoding="utf-8"))
    assert {name: list(each) for name, each in made.items()} == {name: list(each) for name, each in elsewhere.items()}
    assert made == elsewhere

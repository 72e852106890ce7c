"""A returned workbook, and the same marked up."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workbooks.correction.marked import PROBLEMS
from tests.workbooks.report_sample import content, item
from zwgk_excel.workbooks.correction.mark_up import correction_copy
from zwgk_excel.workbooks.report.fill_in import fill
from zwgk_excel.workbooks.report.report_workbook import report_workbook


@pytest.fixture(scope="session")
def returned() -> bytes:
    items: list[Any] = [item(), item(published_on="3月", url="=1+1"), item(title=None), item(second_review="李四")]
    return fill(report_workbook(content()), answers={("D01", "2026-11"): {"status": "本期无更新"}}, items=items)


@pytest.fixture(scope="session")
def marked(returned: bytes) -> bytes:
    return correction_copy(returned, PROBLEMS, title="市政府办2026年11月信息报送表", author="大冶市公开办")

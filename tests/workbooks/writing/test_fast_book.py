"""The workbook that skips xlsxwriter's search of formulas comes out as if it had searched them."""

import io
import re
import zipfile
from datetime import datetime
from unittest.mock import patch

import pytest
from xlsxwriter.worksheet import Worksheet

from tests.workbooks.report_sample import content
from tests.workbooks.tracker_sample import realistic
from zwgk_excel.workbooks.report.report_workbook import report_workbook
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook
from zwgk_excel.workbooks.writing.fast_book import StreamingWorkbook


class Plain(Worksheet):  # type: ignore[misc]  # xlsxwriter has no types
    """xlsxwriter's own sheet, but that an empty text is a result."""

    def _xml_formula_element(self, formula, result, attributes=()):
        typed = [("t", "str")] if result == "" else []
        super()._xml_formula_element(formula, result, [*attributes, *typed])

    def repeat_formula(self, first, last, column, formula, look):
        for row in range(first, last + 1):
            self.write_formula(row, column, formula, look, "")


def without_spans(data: bytes) -> dict[str, bytes]:
    """Name of a part → its bytes, without the columns that xlsxwriter says of each row, and need not."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: re.sub(rb' spans="[0-9:]+"', b"", archive.read(name)) for name in archive.namelist()}


def test_report_is_what_xlsxwriter_writes():
    with patch.object(StreamingWorkbook, "worksheet_class", Plain):
        plain = report_workbook(content())
    assert without_spans(report_workbook(content())) == without_spans(plain)


def test_tracker_is_what_xlsxwriter_writes():
    with patch.object(StreamingWorkbook, "worksheet_class", Plain):
        plain = tracker_workbook(realistic())
    assert tracker_workbook(realistic()) == plain


def test_what_the_system_says_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError), StreamingWorkbook(str(tmp_path / "没有" / "表.xlsx")) as made:
        made.add_worksheet()


def test_array_formulas_keep_their_braces():
    def book(kind):
        stream = io.BytesIO()
        with StreamingWorkbook(stream, {"in_memory": True}) as made:
            made.worksheet_class = kind
            made.set_properties({"created": datetime(2026, 11, 1)})  # else the second in which it is made
            made.add_worksheet().write_array_formula("A1:A2", "{=SUM(B1:B2*2)}")
        return stream.getvalue()

    assert book(StreamingWorkbook.worksheet_class) == book(Plain)


@pytest.mark.parametrize("options", [{"in_memory": True}, {}], ids=["in memory", "by files"])
def test_the_file_says_nothing_of_the_system_that_wrote_it(options: dict[str, bool]):
    stream = io.BytesIO()
    with StreamingWorkbook(stream, options) as made:
        made.add_worksheet().write(0, 0, "一\n二")
    with zipfile.ZipFile(stream) as archive:
        assert {(part.create_system, part.external_attr) for part in archive.infolist()} == {(0, 0o600 << 16)}
        assert not any(b"\r" in archive.read(part) for part in archive.infolist())
        assert archive.testzip() is None

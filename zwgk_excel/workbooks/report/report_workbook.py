"""The report workbook (信息报送表): one unit, one cycle, one .xlsx without macros."""

from __future__ import annotations

from io import BytesIO

from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.report.content import ReportContent, fingerprint, format_cycle, report_name, tasks_of
from zwgk_excel.workbooks.report.cover import define_names, write_cover
from zwgk_excel.workbooks.report.example import write_example
from zwgk_excel.workbooks.report.first_state import first_state
from zwgk_excel.workbooks.report.items import asked_of, define_print_area, write_items
from zwgk_excel.workbooks.report.lists import write_identity, write_lists
from zwgk_excel.workbooks.report.locked_book import ProtectedWorkbook
from zwgk_excel.workbooks.report.tasks import write_tasks
from zwgk_excel.workbooks.writing.formats import Formats, new_book

__all__ = ["ReportContent", "fingerprint", "report_name", "report_workbook"]


def report_workbook(content: ReportContent) -> bytes:
    """The workbook as bytes; equal bytes for equal content."""
    stream, tasks, sheets = BytesIO(), tasks_of(content.listed), layout("report").sheets
    title = f"{content.unit}{format_cycle(content.cycle)}政务公开信息报送表"
    book = new_book(stream, title=title, author=content.office, created=content.issued_on, kind=ProtectedWorkbook)
    formats = Formats(book)
    names = (sheets[key].name for key in ("cover", "tasks", "items", "example"))
    cover, task_page, item_page, example = map(book.add_worksheet, names)
    state = first_state(content, tasks)
    lists = write_lists(book, formats, tasks, state, content.cycle, content.publish_within)
    write_identity(book, formats, content)
    write_tasks(task_page, formats, content, tasks, lists, state)
    write_items(item_page, formats, content, lists, state)
    write_example(example, formats, content, asked_of(content))
    define_names(book, write_cover(cover, formats, content, tasks, state))
    define_print_area(book)
    book.close()
    return stream.getvalue()

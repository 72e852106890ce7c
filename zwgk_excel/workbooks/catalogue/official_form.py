"""Writes a catalogue in the form in which counties publish theirs: a sheet for each domain, two rows of headings."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from zwgk_excel.domain.catalogue.updates import OFFICIAL
from zwgk_excel.domain.text import fold
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.catalogue.headings import entries_sheet, parts_of
from zwgk_excel.workbooks.catalogue.official_tables import domain_in
from zwgk_excel.workbooks.ooxml.edit_fingerprint import with_edit_fingerprint
from zwgk_excel.workbooks.writing import paper
from zwgk_excel.workbooks.writing.formats import BOOK_OPTIONS, Formats, row_height
from zwgk_excel.workbooks.writing.style import cell_text

TICK = "√"
_BORN = datetime(2000, 1, 1)
"""A creation time that does not change, so that equal catalogues are equal files."""
_TITLE, _HEADS, _FIRST = 0, 1, 3
_NAMED = 3
"""Columns that stay in sight, and are printed again on the next page across."""
_NAME = 31
"""Characters of a sheet's name."""
_UNFIT = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_PART_WIDTH = 7.0
_NUMERALS = "零一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class ExtraColumn:
    """A column behind those of the form, such as what was published."""

    heading: str
    width: float
    texts: Mapping[str, str]
    """Id of an entry → text."""


@dataclass(frozen=True, slots=True)
class _FormColumn:
    group: str
    """The heading of the first row."""
    sub: str
    """That of the second; empty where the first one goes down to it."""
    width: float
    key: str
    part: str = ""


def official_form(rows: Sequence[Mapping[str, str]], extra: Sequence[ExtraColumn] = ()) -> bytes:
    """The workbook of some entries, each column key → text with their ``id``; equal bytes for equal content.

    Read again by :func:`zwgk_excel.workbooks.catalogue.official_tables.read_published`, it gives the same entries.
    """
    # Slow to load, and most commands only read.
    from zwgk_excel.workbooks.writing.fast_book import StreamingWorkbook

    stream = io.BytesIO()
    domains = dict.fromkeys(row["domain"] for row in rows)
    with StreamingWorkbook(stream, dict(BOOK_OPTIONS)) as book:
        book.set_properties({"title": entries_sheet().title, "created": _BORN})
        formats = Formats(book)
        names: set[str] = set()
        for number, domain in enumerate(domains, 1):
            page = book.add_worksheet(_sheet_name(domain, number, names))
            _write_domain(page, formats, domain, number, [row for row in rows if row["domain"] == domain], extra)
    return with_edit_fingerprint(stream.getvalue())


def _sheet_name(domain: str, number: int, taken: set[str]) -> str:
    name = " ".join(domain.translate(_UNFIT).split())[: _NAME - 5] or f"{number}"
    if name.casefold() in taken or name.casefold() == "history":
        name = f"{name} {number}"
    taken.add(name.casefold())
    return name


def _write_domain(
    page: Any,
    formats: Formats,
    domain: str,
    number: int,
    rows: Sequence[Mapping[str, str]],
    extra: Sequence[ExtraColumn],
) -> None:
    title = f"（{_numeral(number)}）{domain}领域{entries_sheet().title}" if domain else entries_sheet().title
    columns = list(_columns(rows, titled=domain_in(title) == domain))
    widths = [column.width for column in columns] + [each.width for each in extra]
    page.merge_range(_TITLE, 0, _TITLE, len(widths) - 1, cell_text(title), formats.title)
    _write_headings(page, formats, columns, extra)
    forms = [formats.named("cell", align="center") if each.part or not each.key else formats.cell for each in columns]
    forms += [formats.cell] * len(extra)
    for place, row in enumerate(rows):
        texts = [f"{place + 1}" if not each.key else _text(row, each) for each in columns]
        texts += [each.texts.get(row["id"], "") for each in extra]
        for column, (text, form) in enumerate(zip(texts, forms, strict=True)):
            page.write_string(_FIRST + place, column, cell_text(text), form)
        page.set_row(_FIRST + place, row_height(list(zip(texts, widths, strict=True)), least=30))
    _merge_primary(page, formats, columns, rows)
    for column, width in enumerate(widths):
        page.set_column(column, column, width)
    page.freeze_panes(_FIRST, _NAMED)
    paper.set_page(page, f"&L{domain.replace('&', '&&')}&R第 &P 页，共 &N 页")
    paper.fit_to_paper(page, widths, _NAMED)
    page.repeat_rows(_HEADS, _FIRST - 1)


def _write_headings(
    page: Any, formats: Formats, columns: Sequence[_FormColumn], extra: Sequence[ExtraColumn]
) -> None:
    place = 0
    for group, found in groupby(columns, key=lambda each: each.group):
        of_group = list(found)
        last = place + len(of_group) - 1
        if not of_group[0].sub:
            _write_heading(page, formats, (place, last), group)
        else:
            if last > place:
                page.merge_range(_HEADS, place, _HEADS, last, group, formats.head)
            else:
                page.write_string(_HEADS, place, group, formats.head)
            for number, each in enumerate(of_group, place):
                page.write_string(_HEADS + 1, number, cell_text(each.sub), formats.head)
        place = last + 1
    for number, added in enumerate(extra, place):
        _write_heading(page, formats, (number, number), added.heading)


def _write_heading(page: Any, formats: Formats, columns: tuple[int, int], text: str) -> None:
    page.merge_range(_HEADS, columns[0], _HEADS + 1, columns[1], text, formats.head)


def _merge_primary(
    page: Any, formats: Formats, columns: Sequence[_FormColumn], rows: Sequence[Mapping[str, str]]
) -> None:
    """Join the cells of neighbouring entries with the same 一级事项, as published tables have them."""
    column = next(number for number, each in enumerate(columns) if each.key == "primary")
    place = _FIRST
    for text, found in groupby(row["primary"] for row in rows):
        count = len(list(found))
        if text and count > 1:
            page.merge_range(place, column, place + count - 1, column, cell_text(text), formats.named("cell"))
        place += count


def _columns(rows: Sequence[Mapping[str, str]], *, titled: bool) -> Iterator[_FormColumn]:
    form = layout("catalogue").settings["form"]
    yield _FormColumn(form["number"], "", 5.0, "")
    for column in (entries_sheet()[key] for key in OFFICIAL):
        if column.key == "domain":
            if not titled:
                yield _FormColumn(column.heading, "", column.width, column.key)
        elif column.key in {"primary", "secondary"}:
            yield _FormColumn(form["item"], column.heading, column.width, column.key)
        elif parts := layout("catalogue").settings["parts"].get(column.key):
            used = dict.fromkeys(part for row in rows for part, _ in _parts(column.key, row[column.key]))
            shown = [each for each in parts if each in used or each in form["always"][column.key]]
            for part in (*shown, *(each for each in used if each not in parts)):
                yield _FormColumn(column.heading, part, _PART_WIDTH, column.key, part)
        else:
            yield _FormColumn(column.heading, "", column.width, column.key)


def _parts(key: str, text: str) -> Iterator[tuple[str, str]]:
    """(Part, what is written there) of a text such as ``全社会、特定群体：在校学生``."""
    for each in filter(None, text.split("、")):
        part, _, which = each.partition("：")
        yield parts_of(key).get(fold(part), part), which or TICK


def _text(row: Mapping[str, str], column: _FormColumn) -> str:
    if not column.part:
        return row[column.key]
    return next((written for part, written in _parts(column.key, row[column.key]) if part == column.part), "")


def _numeral(number: int) -> str:
    """A number from 1 to 99 as Chinese headings count."""
    tens, ones = divmod(number, 10)
    if number > 99:
        return str(number)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_NUMERALS[tens]}十") + (_NUMERALS[ones] if ones else "")


def rows_of(entries: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Entries with an empty text for every column that they lack."""
    return [{key: each.get(key, "") for key in ("id", *OFFICIAL)} for each in entries]

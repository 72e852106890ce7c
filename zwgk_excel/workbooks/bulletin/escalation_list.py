"""The list of units that have reached an escalation level, on A4; the rectification ledger on a second sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from zwgk_excel.domain.escalation import EscalationCandidate, Rectification
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.scoring import Assessment, format_points
from zwgk_excel.layout.columns import Column, ColumnKind, SheetLayout, layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.ooxml.edit_fingerprint import with_edit_fingerprint
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import Formats, new_book, row_height
from zwgk_excel.workbooks.writing.paper import set_page

_TITLE, _MADE, _HEAD = 0, 1, 2
_FIRST = 3
_Row = Mapping[str, object]
_MOST_FACTS = 10
"""Facts written out for a unit: more would be higher than a row can be."""


@dataclass(frozen=True, slots=True)
class EscalationContent:
    """The input of the list."""

    office: str
    cycle: Month
    as_of: date
    due: tuple[EscalationCandidate, ...]
    basis: Mapping[str, str]
    """Code of an escalation rule → its text."""
    rectifications: tuple[Rectification, ...]
    assessment: Assessment
    confirmed: bool


def escalation_workbook(content: EscalationContent) -> bytes:
    """The workbook as bytes; equal contents give equal bytes."""
    book_layout = layout("escalation")
    texts: Mapping[str, str] = book_layout.settings["texts"]
    cycle = content.cycle
    heading = texts["heading"].format(month=f"{cycle.year} 年 {cycle.month} 月")
    stream = BytesIO()
    with new_book(stream, title=heading, author=content.office, created=content.as_of) as book:
        due, ledger = book_layout["due"], book_layout["rectifications"]
        page = _Page(book, due, content, texts, heading)
        last = page.write(_due_rows(content), empty=texts["nobody"])
        if not content.confirmed:
            last = page.line(last, texts["sample"], height=22)
        page.line(last + 1, texts["signature"], height=28)
        page.finish(repeat=_HEAD)
        if content.rectifications:
            page = _Page(book, ledger, content, texts, ledger.title)
            page.write(_rectification_rows(content), empty="")
            page.finish(repeat=_HEAD)
    return with_edit_fingerprint(stream.getvalue())


def rectification_state(each: Rectification, as_of: date) -> str:
    """The state of a rectification: a code of ``lists.toml`` [mending]."""
    if each.withdrawn:
        return "withdrawn"
    return "closed" if each.closed_on else "overdue" if each.is_overdue(as_of) else "open"


def _due_rows(content: EscalationContent) -> Iterable[_Row]:
    """One row per unit; the findings of several rules are joined."""
    for number, unit in enumerate(dict.fromkeys(each.unit for each in content.due), 1):
        mine = [each for each in content.due if each.unit == unit]
        score = content.assessment.score(unit)
        yield {
            "number": number,
            "unit": unit,
            "kind": word("unit_kind", score.kind) if score else "",
            "step": word("step", mine[0].step),
            "basis": "\n".join(content.basis[each.rule] for each in mine),
            "evidence": _numbered(dict.fromkeys(text for each in mine for text in each.evidence)),
            "score": format_points(score.points) if score and score.is_ranked else "",
            "opinion": "",
        }


def _rectification_rows(content: EscalationContent) -> Iterable[_Row]:
    for each in content.rectifications:
        yield {
            "number": each.number,
            "unit": each.unit,
            "cycle": str(each.cycle),
            "step": word("step", each.step),
            "raised_on": each.raised_on,
            "mend_by": each.mend_by,
            "evidence": _numbered([text for text in (each.reason, *each.evidence) if text]),
            "measures": each.measures,
            "state": word("mending", rectification_state(each, content.as_of)),
            "closed_on": each.closed_on,
        }


def _numbered(texts: Iterable[str]) -> str:
    """The texts as a numbered list; of many only the first, with their total number."""
    found = list(texts)
    if len(found) <= 1:
        return "".join(found)
    lines = [f"{n}. {text}" for n, text in enumerate(found[:_MOST_FACTS], 1)]
    return "\n".join(lines + [f"……共 {len(found)} 项"] * (len(found) > _MOST_FACTS))


class _Page:
    """Writes one sheet."""

    def __init__(
        self, book: Any, sheet: SheetLayout, content: EscalationContent, texts: Mapping[str, str], heading: str
    ) -> None:
        self.formats = Formats(book)
        self.page = book.add_worksheet(sheet.name)
        self.sheet = sheet
        self.columns: Sequence[Column] = sheet.columns
        self.office = content.office
        self.footer = texts["footer"]
        self._row(_TITLE, heading, 36, self.formats.named("title", align="center"))
        made = texts["made"].format(office=content.office, as_of=content.as_of)
        self._row(_MADE, made, 20, self.formats.named("hint", align="right", text_wrap=False))
        for position, column in enumerate(self.columns):
            self.page.set_column(position, position, column.width)
            self.page.write_string(_HEAD, position, column.heading, self.formats.head)
        self.page.set_row(_HEAD, 28)

    def write(self, rows: Iterable[_Row], *, empty: str) -> int:
        """Write the rows, or the sentence ``empty`` for none; returns the first row below."""
        number = _FIRST
        for number, row in enumerate(rows, _FIRST + 1):
            texts = [(style.cell_text(str(row[column.key] or "")), column.width) for column in self.columns]
            self.page.set_row(number - 1, row_height(texts, least=30))
            for position, column in enumerate(self.columns):
                self._cell(number - 1, position, column, row[column.key])
        return number if number > _FIRST else self.line(_FIRST, empty, height=30)

    def line(self, row: int, text: str, *, height: float) -> int:
        """Write a line across all columns; returns the row below."""
        self._row(row, text, height, self.formats.named("plain"))
        return row + 1

    def finish(self, *, repeat: int) -> None:
        """Set the page to A4 landscape, its heading repeated on every printed page."""
        self.page.freeze_panes(_FIRST, 2)
        set_page(self.page, self.footer.format(office=self.office.replace("&", "&&")))
        self.page.repeat_rows(repeat)
        self.page.center_horizontally()

    def _row(self, row: int, text: str, height: float, cell_format: Any) -> None:
        self.page.set_row(row, height)
        self.page.merge_range(row, 0, row, len(self.columns) - 1, "", cell_format)
        self.page.write_string(row, 0, style.cell_text(text), cell_format)

    def _cell(self, row: int, position: int, column: Column, value: object) -> None:
        if isinstance(value, date):
            self.page.write_datetime(row, position, value, self.formats.date)
        elif isinstance(value, int):
            self.page.write_number(row, position, value, self.formats.integer)
        else:
            paragraph = column.kind is ColumnKind.PARAGRAPH
            # Text, whatever it begins with; the office's opinion is for a pen.
            self.page.write_string(row, position, style.cell_text(str(value or "")), self._format(paragraph))

    def _format(self, paragraph: bool) -> Any:
        return self.formats.named("cell", align="left") if paragraph else self.formats.named("text", align="center")

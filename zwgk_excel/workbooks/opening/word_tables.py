"""Tables of Word documents (.docx), with the paragraphs between them; the document is checked before it is parsed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.workbooks.opening.file_kinds import FileKind
from zwgk_excel.workbooks.opening.guard import check_prolog, check_size, package_kind, wrong_kind
from zwgk_excel.workbooks.opening.rejected import RejectedFileError, unreadable
from zwgk_excel.workbooks.opening.sheet_survey import Cell
from zwgk_excel.workbooks.opening.zip_parts import directory, inflate, normalised_path

_CELLS, _COLUMNS, _TABLES = 200_000, 64, 500
"""Limits of a document: a county's catalogue of all domains has some 20,000 cells in 30 tables."""
_TEXT = 32_767
"""Characters of a cell that are read: those that a cell in Excel has room for."""


@dataclass(frozen=True, slots=True)
class WordTable:
    """One table; its cells are counted as those of a sheet are."""

    above: tuple[str, ...]
    """The paragraphs since the table before."""
    rows: list[list[str]]
    """Texts; those of merged cells stand in the first of them."""
    merged: tuple[tuple[Cell, Cell], ...]


def word_tables(data: bytes, name: str) -> list[WordTable]:
    """The tables of a .docx from its bytes, those within cells left out; ``name`` is for messages.

    Raises RejectedFileError: file_too_large, file_kind, file_unreadable, file_unsafe, sheet_too_large.
    """
    check_size(data, name)
    members = directory(data, name)
    kind = package_kind(data, members, name)
    if kind is not FileKind.DOCX:
        raise wrong_kind(kind, name)
    for member in members:
        path = normalised_path(member.filename)
        if path.endswith((".xml", ".rels")):
            content = inflate(data, member, name)
            check_prolog(path, content, name)
            if content.count(b"<w:tc>") + content.count(b"<w:tc ") > _CELLS or content.count(b"<w:tbl>") > _TABLES:
                values = {"rows": content.count(b"<w:tr"), "columns": _COLUMNS}
                values |= {"limit_rows": _CELLS // _COLUMNS, "limit_columns": _COLUMNS}
                raise RejectedFileError(problem("sheet_too_large", CellRef(name), obligation="", **values))
    return list(_tables(data, name))


def _tables(data: bytes, name: str) -> Iterator[WordTable]:
    # Slow to load, and seldom needed.
    from docx import Document
    from docx.table import Table

    try:
        content = list(Document(io.BytesIO(data)).iter_inner_content())
        above: list[str] = []
        for each in content:
            if isinstance(each, Table):
                yield _table(each, tuple(above))
                above = []
            elif each.text.strip():
                above.append(each.text[:_TEXT])
    except (KeyError, ValueError, AttributeError, TypeError, RecursionError, SyntaxError, LookupError) as error:
        # What python-docx and lxml raise for a document that violates the standard.
        raise unreadable(name, "内容损坏") from error


def _table(table: Any, above: tuple[str, ...]) -> WordTable:
    rows: list[list[str]] = []
    merged: dict[Cell, Cell] = {}
    open_: dict[int, Cell] = {}
    for number, row in enumerate(table._tbl.tr_lst):
        texts: list[str] = [""] * min(row.grid_before, _COLUMNS)
        for cell in row.tc_lst:
            place, width = len(texts), min(cell.grid_span, _COLUMNS - len(texts))
            if width < 1:
                break
            goes_on = cell.vMerge == "continue"
            first = open_.get(place) if goes_on else None
            start = first or (number, place)
            texts += ["" if first else _text(cell), *[""] * (width - 1)]
            if cell.vMerge is None:
                open_.pop(place, None)
            else:
                open_[place] = start
            if first or width > 1:
                merged[start] = (number, place + width - 1)
        rows.append(texts)
    longest = max(map(len, rows), default=0)
    return WordTable(above, [row + [""] * (longest - len(row)) for row in rows], tuple(merged.items()))


def _text(cell: Any) -> str:
    from docx.text.paragraph import Paragraph

    return "\n".join(Paragraph(each, None).text for each in cell.p_lst)[:_TEXT]  # type: ignore[arg-type]

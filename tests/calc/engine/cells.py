"""Values and formulas of a block, in and out, as Excel would take and give them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.calc.engine.errors import CalcError
from tests.calc.engine.values import COM_ERRORS, ERRORS, as_typed, serial, to_calc, to_excel

if TYPE_CHECKING:
    from tests.calc.engine.range import Range

_DATE, _TEXT, _LOGICAL = 2, 256, 1024  # com.sun.star.util.NumberFormat
_FORMULAS, _ERRORS, _NOTES = 16, 4, 8
_Place = tuple[int, int]
_DAY, _MOMENT, _TRUTH = "yyyy/m/d", "yyyy/m/d h:mm", "BOOLEAN"


def read_values(block: Range) -> tuple[tuple[Any, ...], ...]:
    """Rows of text, floats, booleans, datetimes, None, and COM's numbers for errors."""
    data = [list(row) for row in block.uno.getDataArray()]
    if any(type(value) is float for row in data for value in row):
        _dates_and_truths(block, data)
    if any(value is None for row in data for value in row):
        _errors(block, data)
    return tuple(tuple(None if value == "" else value for value in row) for row in data)


def _dates_and_truths(block: Range, data: list[list[Any]]) -> None:
    """LibreOffice delivers both as numbers; the cell's format says what they are."""
    epoch = block.book.epoch
    for kind, area in _formats(block, _DATE | _LOGICAL):
        for row in range(area[0], area[2] + 1):
            for column in range(area[1], area[3] + 1):
                value = data[row][column]
                if type(value) is float:
                    moment = epoch + dt.timedelta(seconds=round(value * 86400, 3))
                    data[row][column] = bool(value) if kind & _LOGICAL else moment


def _errors(block: Range, data: list[list[Any]]) -> None:
    for top, left, bottom, right in _areas(block, block.uno.queryFormulaCells(_ERRORS)):
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                number = block.uno.getCellByPosition(column, row).getError()
                data[row][column] = COM_ERRORS[ERRORS.get(number, "#VALUE!")]


def _areas(block: Range, found: Any) -> Iterator[tuple[int, int, int, int]]:
    """Top, left, bottom and right of UNO ranges, from 0 inside the block."""
    top, left = block.row - 1, block.column - 1
    for area in found.getRangeAddresses():
        yield area.StartRow - top, area.StartColumn - left, area.EndRow - top, area.EndColumn - left


def _formats(block: Range, bits: int) -> Iterator[tuple[int, tuple[int, int, int, int]]]:
    """The areas whose number format is of one of the types in ``bits``."""
    groups = block.uno.getUniqueCellFormatRanges()
    for number in range(groups.Count):
        group = groups.getByIndex(number)
        kind = block.book.format_of(group.NumberFormat)[0]
        if kind & bits:
            for area in _areas(block, group):
                yield kind, area


def read_formulas(block: Range) -> tuple[tuple[str, ...], ...]:
    """Formulas in Excel's notation, constants as they would be typed."""
    return tuple(
        tuple(to_excel(text) if text.startswith("=") else text.removeprefix("'") for text in row)
        for row in block.uno.getFormulaArray()
    )


def write(block: Range, data: Sequence[Sequence[Any]]) -> None:
    """Write rows of values; text and ``=`` strings become what Excel makes of them.

    Raises :class:`CalcError` where the sheet is protected.
    """
    target = block.part(0, 0, len(data), len(data[0]))
    target.refuse_protected()
    as_text = _text_cells(target, data)
    plain: list[tuple[Any, ...]] = []
    formulas: dict[tuple[int, int], str] = {}
    marks: dict[tuple[int, int], str] = {}
    for number, row in enumerate(data):
        plain.append(tuple(_plain(v, (number, c), as_text, formulas, marks, target) for c, v in enumerate(row)))
    with _locked(target), _notes_kept(target):
        _set_data(target, plain)
        for top, column, texts in _runs(formulas):
            run = target.part(top, column, len(texts), 1)
            run.uno.setFormulaArray(tuple((to_calc(text),) for text in texts))
        _give_formats(target, marks)


def _plain(value: Any, place: _Place, as_text: set[_Place], formulas: Any, marks: Any, at: Range) -> Any:
    """One value as LibreOffice takes it; formulas and formats to give are noted by place."""
    if isinstance(value, str) and value:
        if value.startswith("'"):
            return value[1:]
        if place in as_text:
            return value
        if value.startswith("=") and len(value) > 1:
            formulas[place] = value
            return ""
        value = as_typed(value)
    if isinstance(value, bool):
        marks[place] = _TRUTH
        return float(value)
    if isinstance(value, dt.datetime):
        marks[place] = _DAY if value.time() == dt.time(0) else _MOMENT
        return serial(value, at.book.epoch)
    return "" if value is None else float(value) if isinstance(value, int) else value


def _text_cells(block: Range, data: Sequence[Sequence[Any]]) -> set[tuple[int, int]]:
    """The places whose format is Excel's text format."""
    if not any(isinstance(value, str) and value for row in data for value in row):
        return set()
    found: set[_Place] = set()
    for _, (top, left, bottom, right) in _formats(block, _TEXT):
        found.update((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
    return found


def _set_data(block: Range, data: list[tuple[Any, ...]]) -> None:
    from com.sun.star.uno import RuntimeException

    try:
        block.uno.setDataArray(tuple(data))
    except RuntimeException as error:
        raise CalcError(f"cannot write {block.sheet.name}!{block.address}: {error.Message}") from None


def _runs(found: dict[tuple[int, int], Any]) -> Iterator[tuple[int, int, list[Any]]]:
    """Places that stand below each other, as first row, column and what they hold."""
    run: tuple[int, int, list[Any]] | None = None
    for row, column in sorted(found, key=lambda place: (place[1], place[0])):
        if run and column == run[1] and row == run[0] + len(run[2]):
            run[2].append(found[row, column])
            continue
        if run:
            yield run
        run = row, column, [found[row, column]]
    if run:
        yield run


def _give_formats(block: Range, marks: dict[tuple[int, int], str]) -> None:
    """Excel gives a date (or TRUE) its format where the cell is still General."""
    if not marks:
        return
    areas = list(_general_areas(block))
    general = {p: c for p, c in marks.items() if any(t <= p[0] <= b and x <= p[1] <= y for t, x, b, y in areas)}
    for code in set(general.values()):
        for top, column, run in _runs({place: each for place, each in general.items() if each == code}):
            block.part(top, column, len(run), 1).uno.NumberFormat = block.book.format_key(code)


def _general_areas(block: Range) -> Iterator[tuple[int, int, int, int]]:
    groups = block.uno.getUniqueCellFormatRanges()
    for number in range(groups.Count):
        group = groups.getByIndex(number)
        if block.book.format_of(group.NumberFormat)[1].lower() == "general":
            yield from _areas(block, group)


@contextmanager
def _locked(block: Range) -> Iterator[None]:
    block.book.doc.addActionLock()
    try:
        yield
    finally:
        block.book.doc.removeActionLock()


@contextmanager
def _notes_kept(block: Range) -> Iterator[None]:
    """setDataArray deletes the comments of its cells; Excel keeps them."""
    notes = []
    for top, left, bottom, right in _areas(block, block.uno.queryContentCells(_NOTES)):
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                cell = block.uno.getCellByPosition(column, row)
                notes.append((cell.CellAddress, cell.Annotation.String))
    yield
    for address, text in notes:
        block.sheet.uno.Annotations.insertNew(address, text)

"""Writes the results of our own formulas anew in a marked copy, so that a program that computes nothing shows what is
in it.

A return keeps the results of the program that saved it last, and not every program computes. The results are those of
:mod:`zwgk_excel.workbooks.report.self_check`; where a sheet is not as we laid it out, a formula has none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree

from zwgk_excel.domain.companions import Companion
from zwgk_excel.layout.columns import SheetLayout, common_columns, layout
from zwgk_excel.workbooks.contract import defined_names
from zwgk_excel.workbooks.contract.excel_value import ERROR, ExcelValue
from zwgk_excel.workbooks.contract.identity_sheet import FIRST_ROW, HEADER_ROW
from zwgk_excel.workbooks.correction.own_formulas import shape
from zwgk_excel.workbooks.excel import cell_at, column_letters, day_of
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, main, parse, sheets_of
from zwgk_excel.workbooks.report import formulas
from zwgk_excel.workbooks.report.cover import format_days_left
from zwgk_excel.workbooks.report.lists import BACKLOG_EXPECTED
from zwgk_excel.workbooks.report.self_check import (
    SLOW_AT_FIRST,
    TaskFlags,
    count_ahead,
    count_unlisted,
    item_check,
    overall_check,
    tally,
    task_check,
)
from zwgk_excel.workbooks.writing.style import BAD, cell_text

_ANY = "$A$1"
_MOST_ENTRIES = 5_000
"""Choices of a task that are read, whatever a returned workbook says of their number."""
_DUE = re.compile(r"DATE\((\d{4}),(\d{1,2}),(\d{1,2})\)")
_SAID = re.compile(r"(\d{1,2})月(\d{1,2})日")
_CELL, _FORMULA, _VALUE = main("c"), main("f"), main("v")
_Row = dict[str, object]


def renew_own_values(package: OoxmlPackage, roots: Mapping[str, Any]) -> None:
    """Give every formula in the worksheets ``roots`` (part → root element) of a workbook its result, or none.

    All formulas in them must be ours, as in an :func:`zwgk_excel.workbooks.correction.inert_copy.inert_copy`.
    """
    strings = package.find("sharedStrings")
    shared = [_text(each) for each in parse(package.parts[strings])] if strings else []
    named = {sheet.name: _Sheet(roots[sheet.part], shared) for sheet in sheets_of(package) if sheet.part in roots}
    report = layout("report")
    cover, tasks, items, lists = (named.get(report[key].name) for key in ("cover", "tasks", "items", "lists"))
    if cover and tasks and items and lists and tasks.is_as(report["tasks"]) and items.is_as(report["items"]):
        _Book(cover, tasks, items, lists, _common_values(package, cover)).renew()
    for sheet in named.values():
        sheet.empty_the_rest()


def _common_values(package: OoxmlPackage, cover: _Sheet) -> dict[str, object]:
    """Column key → what is filled once on the cover, in the cell to which the name leads that the formulas use."""
    names = parse(package.parts[package.workbook_name]).iter(main("definedName"))
    places = {each.get("name"): (each.text or "").rpartition("!")[2].replace("$", "") for each in names}
    keys = (column.key for column in common_columns())
    return {key: cover.value(places.get(defined_names.common(key), "")) for key in keys}


class _Sheet:
    """A worksheet's cells as values, and the formulas that still have an old result."""

    def __init__(self, root: Any, shared: Sequence[str]) -> None:
        self._shared = shared
        self._cells = {cell.get("r", ""): cell for cell in root.iter(_CELL)}
        found = ((where, cell.find(_FORMULA)) for where, cell in self._cells.items())
        self.formulas = {where: (each.text or "").removeprefix("=") for where, each in found if each is not None}

    def value(self, where: str) -> object:
        """The value of a cell: None, a text, a number, a boolean, or ERROR, which a value that is none of them is too.

        A result that was never computed is empty: some programs leave the element out, others its text.
        """
        cell = self._cells.get(where)
        if cell is None:
            return None
        kind, text = cell.get("t", "n"), cell.findtext(_VALUE)
        if kind == "inlineStr":
            return _text(cell)
        if not text:
            return None
        match kind:
            case "s":
                return self._shared[int(text)]
            case "b":
                return text == "1"
            case "e":
                return ERROR
            case "n":
                return _number(text)
        return text

    def rows(self, sheet: SheetLayout) -> dict[int, _Row]:
        """Row number → the values of its input cells by column key, of the rows with any, in their order."""
        keys = {column_letters(place): column.key for place, column in enumerate(sheet) if column.input}
        found: dict[int, _Row] = defaultdict(dict)
        for where in self._cells:
            letters = where.rstrip("0123456789")
            row = int(where[len(letters) :] or 0)
            if letters in keys and row >= FIRST_ROW and (value := self.value(where)) is not None:
                found[row][keys[letters]] = value
        return dict(sorted(found.items()))

    def is_as(self, sheet: SheetLayout) -> bool:
        """Whether every column has its heading where we write it."""
        for place, column in enumerate(sheet):
            found = sheet.find(str(self.value(f"{column_letters(place)}{HEADER_ROW}") or ""))
            if found is None or found.key != column.key:
                return False
        return True

    def set(self, where: str, value: str | int) -> None:
        """Write the result of a formula, unless it is there already, as in thousands of rows with nothing in them."""
        text, kind = cell_text(str(value)), "str" if isinstance(value, str) else None
        cell = self._cells[where]
        if cell.get("t") == kind and [each.text or "" for each in cell.iterchildren(_VALUE)] == [text]:
            self.formulas.pop(where, None)
            return
        self._emptied(where)
        if kind:
            cell.set("t", kind)
        etree.SubElement(cell, _VALUE).text = text

    def _emptied(self, where: str) -> Any:
        cell = self._cells[where]
        self.formulas.pop(where, None)
        for each in cell.findall(_VALUE):
            cell.remove(each)
        cell.attrib.pop("t", None)
        return cell

    def empty_the_rest(self) -> None:
        """Remove the results of the formulas that got none."""
        for where in list(self.formulas):
            self._emptied(where)


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return ERROR


def _text(node: Any) -> str:
    """The text of a shared or an inline string, without the readings of its characters."""
    texts = (each for each in node.iter(main("t")) if each.getparent().tag != main("rPh"))
    return "".join(each.text or "" for each in texts)


@dataclass(frozen=True, slots=True)
class _Book:
    """The sheets of a returned report workbook."""

    cover: _Sheet
    tasks: _Sheet
    items: _Sheet
    lists: _Sheet
    common: Mapping[str, object]

    def renew(self) -> None:
        """Compute the sheets in the order in which they need each other."""
        flags = self._flags()
        known = {label: each for label, each in flags.values() if label}
        typed = self.items.rows(layout("report")["items"])
        checks = self._renew_items(typed, known)
        counted = [checks.get(row, "") for row in typed]
        rows = list(typed.values())
        counts = {row: tally(label, rows, counted, each) for row, (label, each) in flags.items()}
        for where, row, kind in self._in_lists(self.lists, (_bad, _useful)):
            if row in counts:
                self.lists.set(where, (counts[row].bad, counts[row].useful)[kind])
        answers = self.tasks.rows(layout("report")["tasks"])
        for where, row, kind in self._in_lists(self.tasks, (_total, _task_check)):
            if row in counts:
                check = task_check(answers.get(cell_at(where)[0] + 1, {}), flags[row][1], counts[row])
                self.tasks.set(where, (counts[row].total, check)[kind])
        self._renew_cover(typed, checks, self._issued(len(flags)))

    def _places(self) -> dict[str, str]:
        """Key → letters of the columns of 字典."""
        return {str(self.lists.value(f"{letters}1")): letters for letters in map(column_letters, range(64))}

    def _slow_after(self) -> int:
        """The calendar days beyond which an item surely came too late; an older workbook has no number of its own."""
        letters = self._places().get("slow_after", "")
        return int(ExcelValue(self.lists.value(f"{letters}2")).number) or SLOW_AT_FIRST

    def _latest(self) -> dict[str, int]:
        """The last days that days without a year may mean, by column key; an older workbook has none."""
        keys = {defined_names.latest(column.key): column.key for column in layout("report")["items"].inputs}
        places = {keys[key]: letters for key, letters in self._places().items() if key in keys}
        return {key: int(ExcelValue(self.lists.value(f"{letters}2")).number) for key, letters in places.items()}

    def _issued(self, tasks: int) -> set[str]:
        """The 编号 of so many tasks that were issued."""
        letters = self._places().get("issued_id", "")
        return {ExcelValue(self.lists.value(f"{letters}{row}")).text for row in range(2, tasks + 2)}

    def _flags(self) -> dict[int, tuple[str, TaskFlags]]:
        """Row of 字典 → a task's label and what its check needs to know."""
        places = self._places()
        found: dict[int, tuple[str, TaskFlags]] = {}
        row = 2
        while isinstance(label := self.lists.value(f"{places.get('label', 'A')}{row}"), str):
            cells = {key: ExcelValue(self.lists.value(f"{letters}{row}")) for key, letters in places.items()}
            on = {key for key, value in cells.items() if value.number}
            first = day_of(cells["published_from"].number) if "published_from" in on else None
            companions = tuple(each for each in Companion if each in on)
            unfit = tuple(filter(None, cells["unfit"].text.split("、"))) if "unfit" in cells else ()
            named = (cells[key].text if key in cells else "" for key in ("words", "id", "tight"))
            words, id_, tight = ("" if each == formulas.NO_NAME else each for each in named)
            known = companions, first, "nil" in on, (words, id_, tight), unfit
            asked = cells["expected"].number if "expected" in cells else 0
            backlog = asked == BACKLOG_EXPECTED
            entries = self._entries(places, cells)
            found[row] = label, TaskFlags(bool(asked) and not backlog, "policy" in on, *known, backlog, entries)
            row += 1
        return found

    def _entries(self, places: Mapping[str, str], cells: Mapping[str, ExcelValue]) -> tuple[str, ...]:
        """What the items of a task may choose of the catalogue; nothing in a workbook of before there was one."""
        if not {"entries", "entry_first", "entry_count"} <= places.keys():
            return ()
        first, count = (int(cells[key].number) for key in ("entry_first", "entry_count"))
        rows = range(2 + max(first, 0), 2 + max(first, 0) + min(count, _MOST_ENTRIES))
        return tuple(ExcelValue(self.lists.value(f"{places['entries']}{row}")).text for row in rows)

    def _renew_items(self, typed: Mapping[int, _Row], known: Mapping[str, TaskFlags]) -> dict[int, str]:
        """Row number → 自查, of all rows that have one."""
        found: dict[int, str] = {}
        before = _Before()
        letter = formulas.letter(layout("report")["items"], "check")
        own = shape(defined_names.ITEM_CHECK)
        slow, latest = self._slow_after(), self._latest()
        for row, values in typed.items():
            where = f"{letter}{row}"
            if where in self.items.formulas:
                found[row] = item_check(values, known, before.like(values), self.common, slow, latest)
            else:
                found[row] = ExcelValue(self.items.value(where)).text
            before.add(values)
        for where, text in list(self.items.formulas.items()):
            place = cell_at(where)
            if where.startswith(letter) and (not text or shape(text) == own):
                self.items.set(where, found.get(place[0] + 1, ""))
        return found

    def _in_lists(
        self, sheet: _Sheet, makers: Sequence[Callable[[str], str]]
    ) -> Iterator[tuple[str, int, int]]:
        """The formulas of these kinds on a sheet: cell, the one row of 字典 that they are about, number of the kind."""
        name = layout("report")["lists"].name
        kinds = {shape(make(f"{formulas.quoted(name)}!{_ANY}")): number for number, make in enumerate(makers)}
        about = re.compile(rf"{re.escape(name)}'?!\$?[A-Z]{{1,3}}\$?(\d+)")
        for where, text in list(sheet.formulas.items()):
            rows = set(about.findall(text))
            if (kind := kinds.get(shape(text))) is not None and len(rows) == 1:
                yield where, int(rows.pop()), kind

    def _renew_cover(self, typed: Mapping[int, _Row], items: Mapping[int, str], issued: set[str]) -> None:
        report = layout("report")
        letter, id_, status = (formulas.letter(report["tasks"], key) for key in ("check", "id", "status"))
        last = max((cell_at(where)[0] + 1 for where in self.tasks._cells if where), default=0)
        tasks = [ExcelValue(self.tasks.value(f"{letter}{row}")).text for row in range(FIRST_ROW, last + 1)]
        numbers = range(FIRST_ROW, last + 1)
        rows = ((self.tasks.value(f"{id_}{row}"), self.tasks.value(f"{status}{row}")) for row in numbers)
        ahead, unlisted = self._ahead(typed, items), count_unlisted(rows, issued)
        checks = {"tasks": (tasks, unlisted), "items": (list(items.values()), ahead)}
        counts = {shape(formulas.open_formula(report[key], 1)): texts for key, texts in checks.items()}
        overall = shape(formulas.overall_formula(_ANY, _ANY))
        for where, text in list(self.cover.formulas.items()):
            if shape(text) in counts:
                texts, more = counts[shape(text)]
                self.cover.set(where, sum(each.startswith(BAD) for each in texts) + more)
            elif shape(text) == overall:
                self.cover.set(where, overall_check([*tasks, *items.values()], ahead, unlisted))
            elif _computed_on(text, self.cover.value(where)):
                self.cover.formulas.pop(where)

    def _ahead(self, typed: Mapping[int, _Row], items: Mapping[int, str]) -> int:
        """The number of items of days to come, on the day for which the cover says how many days are left."""
        said = (_computed_on(text, self.cover.value(where)) for where, text in self.cover.formulas.items())
        today = next(filter(None, said), None)
        checks = (items.get(row, "") for row in typed)
        return count_ahead(typed.values(), checks, today, self._latest()) if today else 0


class _Before:
    """The rows above one, found by what makes two items the same."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, object], list[_Row]] = defaultdict(list)

    def add(self, values: _Row) -> None:
        """Remember a row."""
        for key in self._keys(values):
            self._rows[key].append(values)

    def like(self, values: _Row) -> list[_Row]:
        """The rows so far with the same link or the same title."""
        return [row for key in self._keys(values) for row in self._rows.get(key, ())]

    @staticmethod
    def _keys(values: _Row) -> list[tuple[str, object]]:
        keys = ("url", "title")
        return [(key, ExcelValue(values[key]).text.casefold()) for key in keys if values.get(key) not in (None, ERROR)]


def _task_check(cell: str) -> str:
    flags = dict.fromkeys(("expected", "nil", "policy", "backlog"), f"{cell}=1")
    return formulas.task_check_formula(1, flags | dict.fromkeys(("bad", "useful", "unfit"), cell))


def _total(cell: str) -> str:
    return formulas.total_formula([cell] * len(defined_names.TASK_NAMES))


def _bad(cell: str) -> str:
    return formulas.bad_formula([cell] * len(defined_names.TASK_NAMES))


def _useful(cell: str) -> str:
    return formulas.useful_formula([cell] * len(defined_names.TASK_NAMES), f"{cell}:{cell.partition('!')[2]}")


def _computed_on(formula: str, shown: object) -> date | None:
    """The day that a text says, where it is what the cover's formula of days left gave on it."""
    due, said = _DUE.search(formula), _SAID.search(str(shown))
    if not due or not said:
        return None
    year, month, day = map(int, due.groups())
    for around in (year - 1, year, year + 1):
        try:
            today = date(around, int(said[1]), int(said[2]))
            if shown == format_days_left(date(year, month, day), today):
                return today
        except ValueError:
            return None
    return None

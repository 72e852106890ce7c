"""Reads the entries of published tables; what is not understood is told with its cell, and nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from zwgk_excel.domain.catalogue.updates import OFFICIAL
from zwgk_excel.domain.lint.tables import TableRow
from zwgk_excel.domain.problems import CellRef, Problem, merge_equal, problem
from zwgk_excel.domain.text import clean, fold
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.catalogue.headings import Headings, Slot, entries_sheet, headings_at
from zwgk_excel.workbooks.catalogue.sources import SourceGrid, source_grids
from zwgk_excel.workbooks.excel import address

MOST_ENTRIES = 5_000
"""Entries of one import: the 26 domains together have some 2,000."""
_LONGEST = 4_000
"""Characters of a cell that are taken."""
_DOMAIN = re.compile(r"(?:^|[）)、.．：:\s])([^（()）、.．：:\s]{2,30}?)领域")
_NAMED_SHEET = re.compile(r"[\u4e00-\u9fff]{2,}")
_NO_DOMAIN = re.compile(r"目录|表|附件")
_TICKED, _UNTICKED = "■☑√✔✓█●▇", "□☐○▢"
_BOX = re.compile(f"([{_TICKED}{_UNTICKED}])")
_LIST = re.compile(r"[、,，;；\n]")
_NAMED_CHANNEL = re.compile(r"[A-Za-z\u4e00-\u9fff]")
_LETTERED = re.compile(r"[A-Za-z]\S*[\u4e00-\u9fff]")
_UNSEEN = re.compile(r"[?？\ufffd]")
"""What a conversion leaves of a sign that it does not know."""
_DROPPED = re.compile(r"[\s:：]+")
ON, OFF = "■", "□"


@dataclass(slots=True)
class PublishedTables:
    """What published tables say."""

    rows: list[TableRow] = field(default_factory=list)
    """Column key of the catalogue → text, for the official columns."""
    problems: list[Problem] = field(default_factory=list)
    tables: int = 0

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains, in the order of the tables."""
        return tuple(dict.fromkeys(row["domain"] for row in self.rows))


def read_published(data: bytes, name: str, *, domain: str = "") -> PublishedTables:
    """The entries of a file from its bytes; ``name`` is for messages, ``domain`` that of tables which name none.

    Raises RejectedFileError for what cannot be opened.
    """
    grids, faults = source_grids(data, name)
    found = PublishedTables(problems=list(faults))
    for grid in grids:
        _Reader(grid, found, domain).read()
    if not found.tables:
        found.problems.append(problem("catalogue_no_table", CellRef(name)))
    found.problems = merge_equal(found.problems)
    return found


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(layout("catalogue").settings[key])


@cache
def _box_before_channel() -> re.Pattern[str]:
    names = "|".join(map(re.escape, layout("catalogue").settings["channels"]))
    return re.compile(rf"口(?={names})")


class _Reader:
    """Reads one grid."""

    def __init__(self, grid: SourceGrid, found: PublishedTables, domain: str) -> None:
        self._grid, self._found, self._fallback = grid, found, domain
        self._domain = next(filter(None, map(domain_in, reversed(grid.above))), "")
        self._above: dict[str, str] = {}
        """Column key → text of the entry before, for 同上."""

    def read(self) -> None:
        headings: Headings | None = None
        row, rows = 0, len(self._grid.rows)
        while row < rows:
            if found := headings_at(self._grid, row):
                headings = found
                self._begin(headings)
                row = headings.last + 1
                continue
            if any(self._grid.rows[row]):
                self._row(row, headings)
            row += 1

    def _tell(self, code: str, row: int, column: int, **values: object) -> None:
        self._found.problems.append(problem(code, self._grid.place(row, column), obligation="", **values))

    def _begin(self, headings: Headings) -> None:
        self._found.tables += 1
        self._above = {}
        for slot in headings.slots:
            if not slot.key and not slot.is_number:
                self._tell("catalogue_column_unknown", headings.last, slot.column, heading=clean(slot.heading))
            if slot.own_part:
                self._tell("catalogue_part_own", headings.last, slot.column, value=slot.part, heading=slot.heading)
        for key in OFFICIAL:
            if len(plain := [slot for slot in headings.of(key) if not slot.part]) > 1:
                heading = entries_sheet().heading(key)
                self._tell("catalogue_heading_repeated", headings.last, plain[1].column, heading=heading)

    def _row(self, row: int, headings: Headings | None) -> None:
        texts = [text for column, text in enumerate(self._grid.rows[row]) if text and self._grid.owns(row, column)]
        if not texts:  # all of it is merged with the row above
            return
        if headings is None or len(set(texts)) == 1:
            self._aside(row, texts, told=headings is not None)
        elif not all(text.isdecimal() for text in texts):  # a row that numbers the columns
            self._entry(row, headings)

    def _aside(self, row: int, texts: Sequence[str], *, told: bool) -> None:
        """A title between the tables names a domain; what else stands there is only told."""
        if domain := next(filter(None, map(domain_in, texts)), ""):
            self._domain = domain
        elif told:
            column = next(n for n, text in enumerate(self._grid.rows[row]) if text)
            self._tell("catalogue_row_aside", row, column, value=_short(texts[0]))

    def _entry(self, row: int, headings: Headings) -> None:
        if len(self._found.rows) >= MOST_ENTRIES:
            if not any(each.code == "catalogue_too_long" for each in self._found.problems[-1:]):
                self._tell("catalogue_too_long", row, 0, limit=MOST_ENTRIES)
            return
        cells: dict[str, str] = {}
        places: dict[str, str] = {}
        for key in OFFICIAL:
            slots = headings.of(key)
            if not slots:
                cells[key] = self._implied(row, key)
                continue
            places[key] = address(row, slots[0].column)
            cells[key] = self._cell(row, key, slots)
        if not cells["primary"] and not cells["secondary"] and not cells["content"]:
            column = next(n for n, text in enumerate(self._grid.rows[row]) if text)
            self._tell("catalogue_row_aside", row, column, value=_short(self._grid.text(row, column)))
            return
        self._above = dict(cells)
        self._found.rows.append(TableRow(self._grid.place(row, 0), cells, places))

    def _implied(self, row: int, key: str) -> str:
        """The domain of the title, else of the sheet's name, else the one asked for."""
        if key != "domain":
            return ""
        sheet = self._grid.sheet
        named = sheet if _NAMED_SHEET.fullmatch(sheet) and not _NO_DOMAIN.search(sheet) else ""
        found = self._domain or domain_in(sheet) or named or self._fallback
        if not found:
            self._tell("catalogue_domain_missing", row, 0)
        return found

    def _cell(self, row: int, key: str, slots: Sequence[Slot]) -> str:
        plain = [slot for slot in slots if not slot.part]
        if plain:
            text = self._plain(row, plain[0].column, key)
            return self._channels(row, plain[0].column, text) if key == "channels" else text
        order = list(layout("catalogue").settings["parts"][key])
        places = {word: place for place, word in enumerate(order)}
        ticked = [(places.get(slot.part, len(order)), each) for slot in slots if (each := self._ticked(row, slot))]
        return "、".join(each for _, each in sorted(ticked, key=lambda pair: pair[0]))

    def _text(self, row: int, column: int, heading: str) -> str:
        fault = self._grid.faults.get((row, column))
        if fault is not None:
            code = "cell_error" if fault else "cell_formula"
            self._tell(code, row, column, heading=heading, **({"value": fault} if fault else {}))
            return ""
        text = self._grid.text(row, column)
        if len(text) > _LONGEST:
            self._tell("catalogue_text_long", row, column, heading=heading, length=len(text), limit=_LONGEST)
        return text[:_LONGEST]

    def _plain(self, row: int, column: int, key: str) -> str:
        heading = entries_sheet().heading(key)
        text = self._text(row, column, heading)
        if fold(text) in map(fold, _words("ditto")):
            return self._same(row, column, key, text)
        if not text and key in {"primary", "domain"} and self._above.get(key):
            self._tell("catalogue_blank_filled", row, column, heading=heading, value=_short(self._above[key]))
            return self._above[key]
        return text

    def _same(self, row: int, column: int, key: str, text: str) -> str:
        if not self._above.get(key):
            self._tell("catalogue_ditto_alone", row, column, heading=entries_sheet().heading(key), value=text)
        return self._above.get(key, "")

    def _ticked(self, row: int, slot: Slot) -> str:
        """The part where it is ticked; with what somebody wrote there, which says of 特定群体 which ones."""
        text = self._text(row, slot.column, slot.heading)
        if text in _words("ditto"):
            before = self._above.get(slot.key, "").split("、")
            return next((each for each in before if each.partition("：")[0] == slot.part), "")
        if text in _words("ticked"):
            return slot.part
        if text in _words("unticked"):
            return ""
        if slot.key == "audience" and len(text) > 1:
            return f"{slot.part}：{_LIST.sub('，', text)}"
        self._tell("catalogue_tick_unknown", row, slot.column, heading=slot.part, value=_short(text))
        return ""

    def _channels(self, row: int, column: int, text: str) -> str:
        """``■政府网站 □政府公报`` from any list of the kind; as it is where it cannot be told what is ticked."""
        if not text:
            return ""
        boxed = _box_before_channel().sub(OFF, text)
        if boxed != text:
            self._tell("catalogue_box_typed", row, column, value=_short(text))
        parts = _BOX.split(boxed)
        if len(parts) == 1:
            pairs = [(ON, each) for part in _LIST.split(boxed) if (each := clean(part))]
        else:
            signed = zip(parts[1::2], parts[2::2], strict=True)
            named = ((ON if sign in _TICKED else OFF, clean(name).strip("、,，;；")) for sign, name in signed)
            pairs = [(sign, name) for sign, name in named if name]
        lost = _DROPPED.sub("", parts[0]) if len(parts) > 1 else ""
        if lost or not pairs or any(_is_odd(name, boxed=len(parts) > 1) for _, name in pairs):
            self._tell("catalogue_channels_unknown", row, column, value=_short(lost or text))
            return text
        return " ".join(f"{sign}{name}" for sign, name in pairs)


def _is_odd(name: str, *, boxed: bool) -> bool:
    """Whether a channel's name is none: a sign alone (?, —), a yes or no, or one whose box was lost in a conversion.

    Without boxes a letter in front is that of a font of signs; ■LED显示屏 begins with its own.
    """
    if fold(name) in map(fold, _words("ticked") | _words("unticked")) or not _NAMED_CHANNEL.search(name):
        return True
    return bool(_UNSEEN.search(name) or (not boxed and _LETTERED.match(name)))


def domain_in(text: str) -> str:
    """The domain that a title names: 义务教育 in （二）义务教育领域基层政务公开标准目录; empty for none."""
    found = _DOMAIN.search(clean(text)) if len(text) <= 120 else None
    return found[1] if found else ""


def _short(text: str) -> str:
    return clean(text)[:40] + ("…" if len(clean(text)) > 40 else "")


def repeated(rows: Sequence[TableRow]) -> Iterator[Problem]:
    """Entries that occur twice: the second of two is told, and left out by :func:`distinct`."""
    seen: dict[tuple[str, ...], TableRow] = {}
    for row in rows:
        first = seen.setdefault(_identity(row), row)
        if first is not row:
            name = row["secondary"] or row["primary"]
            yield problem("catalogue_entry_repeated", row.place, value=_short(name), first=first.place)


def distinct(rows: Sequence[TableRow]) -> list[TableRow]:
    """The rows without repetitions."""
    return list({_identity(row): row for row in reversed(rows)}.values())[::-1]


def _identity(row: TableRow) -> tuple[str, ...]:
    return tuple(fold(row[key]) for key in ("domain", "primary", "secondary", "content"))

"""The live formulas of the tracker: timeliness and counts as worksheet formulas.

Their equivalents in Python are :mod:`zwgk_excel.domain.tracking` and :mod:`zwgk_excel.workbooks.tracker.rows.figures`;
tests compare them in LibreOffice. Only A1 references, defined names and functions of Excel 2010 are used, on which
Excel, WPS and LibreOffice agree. A cell formula refers to its own row, so that the office may sort the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from zwgk_excel.domain.counts import Counts
from zwgk_excel.domain.tracking import Outcome, Timeliness
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.tracker.rows.figures import DUE, MATRIX_TIMELINESS, ON_TIME_RATE, REPLY_RATE, TIMELINESSES

STATE = ("timeliness", "days_late", "days_left")
"""The live columns of the tracking sheet."""
COUNTED = (
    "cycle",
    "unit",
    "duty",
    "column",
    "reference",
    "due",
    "final",
    "received_at",
    "outcome",
    "timeliness",
    "items",
    "problems",
)
"""The columns of the tracking sheet that have a name of their own, for counting and looking up."""
SCORED = ("cycle", "kind", "unit", "score", "rank", "rule", "points", "lead")
"""The columns of the score sheet that have one."""
MENDED = ("cycle", "unit", "step", "state", "raised_on", "mend_by", "closed_on")
"""The columns of the rectification ledger that have one."""

MATRIX_NAMES = {"unit": "mx_unit", "kind": "mx_kind", "urgency": "mx_urgency"}
"""Columns of the matrix and their defined names."""

TALLIES = (
    "row",
    "pack_1",
    "pack_2",
    "pack_3",
    "pack_4",
    "group",
    "text",
    "kind",
    "total_1",
    "total_2",
    "total_3",
    "total_4",
    "line",
)
"""The blocks of the tallies that have a name: of each row of the tracking sheet the number of its unit and month, and
its packed counts; that number of each unit and month, and its text in the matrix; the kind of each unit, and its packed
counts; those of each month, of all, and of each column on 总览."""
PACKS: tuple[tuple[str, ...], ...] = (
    (Timeliness.ON_TIME, Timeliness.GRACE, Timeliness.LATE),
    (Timeliness.IN_GRACE, Timeliness.OVERDUE, Timeliness.DUE_SOON),
    (Timeliness.NOT_DUE, Outcome.WAIVED, Timeliness.ON_DEMAND),
    (Outcome.NIL, Outcome.RETURNED),
)
"""What is counted for the matrix and by kind, up to three counts in a number: their sums take one SUMIF together."""
PLACE = 100_000
"""What the next count in a packed number weighs: more than the rows of a unit. Three take the 15 digits of a number."""
GROUP = 1_000_000
"""What the place of a unit weighs in the number of a unit and a month, before ``202611``."""

_DONE = "AND(N({received_at})>0,INT(N({received_at}))<=INT({today}))"
_DUE = "MAX(N({due}),INT(N({extended_to})))"
_FINAL = "MAX(N({final}),INT(N({extended_to})))"
_TEMPLATES = {
    "timeliness": (
        f'=IF(AND(TRIM({{waived}})={{yes}},NOT(AND({_DONE},OR(N({{due}})=0,INT(N({{received_at}}))<={_DUE})))),"",'
        "IF(OR(N({due})=0,N({final})=0),{on_demand},"
        f"IF({_DONE},IF(INT({{received_at}})<={_DUE},{{on_time}},IF(INT({{received_at}})<={_FINAL},{{grace}},{{late}})),"
        f"IF(INT({{today}})>{_FINAL},{{overdue}},IF(INT({{today}})>{_DUE},{{in_grace}},"
        f"IF({_DUE}-INT({{today}})<={{soon}},{{due_soon}},{{not_due}}))))))"
    ),
    "days_late": (
        f"=IF({{timeliness}}={{late}},INT({{received_at}})-{_FINAL},"
        f"IF({{timeliness}}={{overdue}},INT({{today}})-{_FINAL},0))"
    ),
    "days_left": (
        f"=IF(OR({{timeliness}}={{not_due}},{{timeliness}}={{due_soon}}),{_DUE}-INT({{today}}),"
        f'IF({{timeliness}}={{in_grace}},{_FINAL}-INT({{today}}),""))'
    ),
}
"""After :func:`zwgk_excel.domain.tracking.timeliness`: an extension moves due and final to the later of both; what
arrived after the day asked about does not count yet; a waived obligation on which nothing came by its due date has no
timeliness."""


def name_of(key: str) -> str:
    """The defined name of ``as_of``, ``due_soon`` or ``current``."""
    names: Mapping[str, str] = layout("tracker").settings["names"]
    return names[key]


def column_name(key: str) -> str:
    """The defined name of a counted column of the tracking sheet."""
    return f"tk_{key}"


def score_name(key: str) -> str:
    """The defined name of a column of the score sheet."""
    return f"sc_{key}"


def tally_name(key: str) -> str:
    """The defined name of a block of the tallies."""
    return f"ct_{key}"


def rectification_name(key: str) -> str:
    """The defined name of a column of the rectification ledger."""
    return f"rc_{key}"


def update_name(key: str) -> str:
    """The defined name of a column of 栏目更新."""
    return f"cu_{key}"


def quoted(text: str) -> str:
    """A text as a formula writes it."""
    return '"' + text.replace('"', '""') + '"'


def state_formula(key: str, cells: Mapping[str, str]) -> str:
    """The formula of a column of STATE in one row; ``cells`` maps column keys to that row's cells (``due``: ``G5``)."""
    spoken = {each.value: quoted(word("timeliness", each)) for each in Timeliness}
    fixed = {"yes": quoted(word("yes_no", "yes")), "today": name_of("as_of"), "soon": name_of("due_soon")}
    # The word "due_soon" is a status here; the column "due" and the others come from the cells.
    return _TEMPLATES[key].format_map({**cells, **spoken, **fixed})


class Counted(Protocol):
    """The rows that a figure counts."""

    def number(self, key: str) -> str:
        """The expression for the number of them that a key of :data:`COUNTS` means, without the leading ``=``."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows that a figure counts: pairs of a COUNTIFS."""

    pairs: tuple[str, ...] = ()

    def count(self, *pairs: str) -> str:
        """The expression for the number of rows in scope that meet further pairs, without the leading ``=``."""
        return f"COUNTIFS({','.join((*self.pairs, *pairs))})"

    def number(self, key: str) -> str:
        """The expression for the number of rows that a key of :data:`COUNTS` means."""
        if key == DUE:
            return self.count(_DATED)
        if key == Outcome.NIL:
            return self.count(_ended(Outcome.NIL), _DATED, _ARRIVED.format(today=name_of("as_of")), _NOT_WAIVED)
        if key == Outcome.RETURNED:
            return self.count(_ended(Outcome.RETURNED), _DATED, _NOT_WAIVED)
        return self.count(_timed(Timeliness(key)))


    def packed_formula(self, pack: int) -> str:
        """The formula of the packed counts of the rows, with no pair or one, from their own."""
        packs = tally_name(f"pack_{pack + 1}")
        return f"=SUMIF({','.join((*self.pairs, packs))})" if self.pairs else f"=SUM({packs})"


@dataclass(frozen=True, slots=True)
class LineScope:
    """The rows of a line of 总览: its packed counts among the tallies, at a place from 1."""

    rows: Scope
    place: int

    def number(self, key: str) -> str:
        """The expression for the number of rows that a key of :data:`COUNTS` means."""
        if key == DUE:
            # No state in it: what is typed moves no due date, so this is not counted anew.
            return self.rows.number(key)
        return unpacked([f"INDEX({tally_name('line')},{self.place},{n})" for n in range(1, len(PACKS) + 1)])[key]


@dataclass(frozen=True, slots=True)
class KindScope:
    """The rows of the units of one kind: the sums of the counts of these."""

    kind: str
    """A quoted text."""

    def number(self, key: str) -> str:
        """The expression for the number of rows that a key of :data:`COUNTS` means."""
        counts = unpacked([tally_name(f"total_{number}") for number in range(1, len(PACKS) + 1)])
        counts[DUE] = "(" + "+".join(counts[each] for each in (*TIMELINESSES, Outcome.WAIVED)) + ")"
        return f"SUMPRODUCT(({tally_name('kind')}={self.kind})*{counts[key]})"


@dataclass(frozen=True, slots=True)
class UnitScope:
    """The rows of the unit in a cell: its counts among the tallies. A text criterion of COUNTIFS takes far longer."""

    cell: str

    def number(self, key: str) -> str:
        """The expression for the number of rows that a key of :data:`COUNTS` means."""
        place = unit_place(self.cell)
        counts = unpacked([f"INDEX({tally_name(f'total_{n}')},{place})" for n in range(1, len(PACKS) + 1)])
        if key == DUE:
            # No state in it: what is typed moves no due date, so this is not counted anew.
            return Scope((unit_pair(self.cell),)).number(key)
        return counts[key]


@dataclass(frozen=True, slots=True)
class UnitMonthScope:
    """The rows of the unit and of the month in two cells: the sums of their packed counts, found by one number."""

    unit: str
    cycle: str

    def number(self, key: str) -> str:
        """The expression for the number of rows that a key of :data:`COUNTS` means."""
        if key == DUE:
            return Scope((unit_pair(self.unit), f"{column_name('cycle')},{self.cycle}")).number(key)
        wanted = group_formula(unit_place(self.unit), self.cycle)[1:]
        sums = [f"SUMIF({tally_name('row')},{wanted},{tally_name(f'pack_{n}')})" for n in range(1, len(PACKS) + 1)]
        return unpacked(sums)[key]


COUNTS = (DUE, Outcome.NIL, Outcome.RETURNED, *TIMELINESSES)
"""The figures that count rows; the others are computed from them."""


def within(key: str, criterion: str) -> Scope:
    """The scope of rows whose counted column equals a cell or a quoted text."""
    return Scope((f"{column_name(key)},{criterion}",))


def unit_pair(cell: str) -> str:
    """The pair of a COUNTIFS or SUMIFS for the rows of the unit in a cell."""
    return f"{column_name('unit')},{literal_criterion(cell)}"


def literal_criterion(cell: str) -> str:
    """The expression for a cell's text as a criterion, in which ``*``, ``?`` and ``~`` mean themselves."""
    for sign in "~*?":
        cell = f'SUBSTITUTE({cell},"{sign}","~{sign}")'
    return cell


def unit_place(cell: str) -> str:
    """The expression for the place of the unit in a cell among those of the matrix, from 1; 0 for none.

    Compared by ``=``, in which no sign means anything and no text is a number: MATCH is not alike in all programs.
    """
    units = MATRIX_NAMES["unit"]
    return f"SUMPRODUCT(({units}={cell})*(ROW({units})-ROW(INDEX({units},1))+1))"


_DATED = f'{column_name("due")},">0"'
_NOT_WAIVED = f'{column_name("timeliness")},"?*"'
"""Any text: rows waived since have an empty timeliness."""
_ARRIVED = f'{column_name("received_at")},"<"&INT({{today}})+1'


def _timed(each: Timeliness) -> str:
    return f"{column_name('timeliness')},{quoted(word('timeliness', each))}"


def _ended(each: Outcome) -> str:
    return f"{column_name('outcome')},{quoted(word('outcome', each))}"


def figure_formula(key: str, scope: Counted, cells: Mapping[str, str]) -> str:
    """The formula of a figure; ``cells`` maps the keys of FIGURES to cells of the same row.

    Outcomes always add up to the total: waived rows have no timeliness, missing is computed as the rest.
    """
    c = dict(cells)
    if key in COUNTS:
        return "=" + scope.number(key)
    every = ",".join(c[each] for each in TIMELINESSES)
    owed = f"({c[DUE]}-{c[Outcome.WAIVED]})"
    due = f"({c[DUE]}-{c[Outcome.WAIVED]}-{c[Timeliness.NOT_DUE]}-{c[Timeliness.DUE_SOON]})"
    answered = f"({c[Outcome.REPORTED]}+{c[Outcome.NIL]})"
    derived: dict[str, str] = {
        Outcome.WAIVED: f"={c[DUE]}-SUM({every})",
        Outcome.REPORTED: f"=SUM({c[Timeliness.ON_TIME]},{c[Timeliness.GRACE]},{c[Timeliness.LATE]})-{c[Outcome.NIL]}",
        Outcome.MISSING: f"={owed}-{answered}-{c[Outcome.RETURNED]}",
        REPLY_RATE: f'=IF({owed}=0,"",{answered}/{owed})',
        ON_TIME_RATE: f'=IF({due}=0,"",{c[Timeliness.ON_TIME]}/{due})',
    }
    return derived[key]


def group_formula(place: str, cycle: str) -> str:
    """The number of a unit and month, from the cells of the unit's place and of the month."""
    return f'={place}*{GROUP}+IFERROR(VALUE(SUBSTITUTE({cycle},"-","")),0)'


def pack_formula(pack: int, cells: Mapping[str, str]) -> str:
    """The packed number of one row; ``cells`` are its cells by column key of the tracking sheet."""
    today, dated = name_of("as_of"), f"N({cells['due']})>0"
    outcome = cells["outcome"]
    arrived = f"N({cells['received_at']})>0,N({cells['received_at']})<INT({today})+1"
    owed = f'{dated},{cells["timeliness"]}<>""'
    conditions: dict[str, str] = {
        each: f"{cells['timeliness']}={quoted(word('timeliness', each))}" for each in Timeliness
    }
    conditions |= {
        Timeliness.ON_DEMAND: f"AND({conditions[Timeliness.ON_DEMAND]},{arrived})",
        Outcome.WAIVED: f'AND({dated},{cells["timeliness"]}="")',
        Outcome.NIL: f"AND({outcome}={quoted(word('outcome', Outcome.NIL))},{arrived},{owed})",
        Outcome.RETURNED: f"AND({outcome}={quoted(word('outcome', Outcome.RETURNED))},{owed})",
    }
    found = "0"
    for number, key in reversed(list(enumerate(PACKS[pack]))):
        found = f"IF({conditions[key]},{PLACE**number},{found})"
    return f"=IFERROR({found},0)"


def packed(counts: Counts) -> list[int]:
    """The packed numbers of the counts of rows."""
    return [sum(counts[key] * PLACE**number for number, key in enumerate(keys)) for keys in PACKS]


def unpacked(packs: Sequence[str]) -> dict[str, str]:
    """Key → the expression for its count, from expressions for packed sums in the order of :data:`PACKS`."""
    found: dict[str, str] = {}
    for pack, keys in zip(packs, PACKS, strict=False):
        for number, key in enumerate(keys):
            shifted = f"INT({pack}/{PLACE**number})" if number else pack
            found[key] = shifted if number == 2 else f"MOD({shifted},{PLACE})"
    return found


def group_text_formula(packs: Sequence[str]) -> str:
    """The text of a unit and a month as the matrix shows it, from the cells of packed sums."""
    marks: Mapping[str, str] = layout("tracker").settings["matrix"]
    counts = unpacked(packs)
    done = "+".join(counts[each] for each in (Timeliness.ON_TIME, Timeliness.GRACE, Timeliness.LATE))
    still = (Timeliness.IN_GRACE, Timeliness.OVERDUE, Timeliness.DUE_SOON, Timeliness.NOT_DUE)
    owed = "+".join([done, *(counts[each] for each in still)])
    waived = f'IF({counts[Outcome.WAIVED]}>0,{quoted(marks["waived"])},"")'
    parts = [f'IF({owed}>0,({done})&"/"&({owed}),{waived})']
    shown: tuple[str, ...] = (*MATRIX_TIMELINESS, Timeliness.ON_DEMAND)
    for key in shown:
        parts.append(f'IF({counts[key]}>0,{quoted(" " + marks[key])}&{counts[key]},"")')
    return f"=TRIM({'&'.join(parts)})"


_OWN_PLACE = f"(ROW()-ROW(INDEX({MATRIX_NAMES['unit']},1))+1)"
"""The place of the unit of a row of the matrix."""


def matrix_formula(cycle: str) -> str:
    """The formula of one cell of the matrix: its text among the tallies; ``cycle`` is the cell of its month."""
    group = group_formula(_OWN_PLACE, cycle)[1:]
    return f'=IFERROR(INDEX({tally_name("text")},MATCH({group},{tally_name("group")},0)),"")'


def _totals() -> dict[str, str]:
    return unpacked([f"INDEX({tally_name(f'total_{number}')},{_OWN_PLACE})" for number in range(1, len(PACKS) + 1)])


def total_formula(key: str) -> str:
    """The formula of a unit's total in the matrix: a timeliness or the on-time rate."""
    counts = _totals()
    if key in counts:
        return f"={counts[key]}"
    due = "+".join(counts[each] for each in _JUDGED)
    return f'=IF({due}=0,"",{counts[_JUDGED[0]]}/({due}))'


def urgency_formula() -> str:
    """The formula of a unit's reminder priority minus a fraction by its row; 0 for none.

    The priority is that of :func:`zwgk_excel.workbooks.tracker.rows.figures.reminder_priority`; the fraction makes the
    values of any two units differ.
    """
    counts = _totals()
    weights = ((Timeliness.OVERDUE, 1_000_000), (Timeliness.IN_GRACE, 1_000), (Timeliness.DUE_SOON, 1))
    total = "+".join(f"{counts[each]}*{weight}" for each, weight in weights)
    return f"=IF({total}=0,0,{total}-ROW()/100000)"


_JUDGED = (Timeliness.ON_TIME, Timeliness.GRACE, Timeliness.LATE, Timeliness.IN_GRACE, Timeliness.OVERDUE)


def current_cycle_formula(months: str) -> str:
    """The month the office works on: the last of ``months`` (ascending texts like ``2026-11``) up to the tracker's day.

    In the first days of a month nothing has been issued for it yet, and the figures of the month before are wanted. The
    text is built without a format code, because those depend on the language.
    """
    day = name_of("as_of")
    return f'=IFERROR(LOOKUP(YEAR({day})&"-"&RIGHT("0"&MONTH({day}),2),{months}),INDEX({months},1))'


def ranked_unit(rank: int) -> str:
    """The formula of the unit with reminder rank ``rank``, from 1; empty where there are fewer."""
    order, units = MATRIX_NAMES["urgency"], MATRIX_NAMES["unit"]
    largest = f"LARGE({order},{rank})"
    return f'=IF(COUNT({order})<{rank},"",IF({largest}<=0,"",INDEX({units},MATCH({largest},{order},0))))'

"""The live formulas of the tracker: timeliness and counts as worksheet formulas.

Their equivalents in Python are :mod:`zwgk_excel.domain.tracking` and :mod:`zwgk_excel.workbooks.tracker.rows.figures`;
tests compare them in LibreOffice. Only A1 references, defined names and functions of Excel 2010 are used, on which
Excel, WPS and LibreOffice agree. A cell formula refers to its own row, so that the office may sort the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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


def rectification_name(key: str) -> str:
    """The defined name of a column of the rectification ledger."""
    return f"rc_{key}"


def quoted(text: str) -> str:
    """A text as a formula writes it."""
    return '"' + text.replace('"', '""') + '"'


def state_formula(key: str, cells: Mapping[str, str]) -> str:
    """The formula of a column of STATE in one row; ``cells`` maps column keys to that row's cells (``due``: ``G5``)."""
    spoken = {each.value: quoted(word("timeliness", each)) for each in Timeliness}
    fixed = {"yes": quoted(word("yes_no", "yes")), "today": name_of("as_of"), "soon": name_of("due_soon")}
    # The word "due_soon" is a status here; the column "due" and the others come from the cells.
    return _TEMPLATES[key].format_map({**cells, **spoken, **fixed})


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows that a figure counts: pairs of a COUNTIFS, and the units of one kind where ``kind`` names a cell."""

    pairs: tuple[str, ...] = ()
    kind: str = ""

    def count(self, *pairs: str) -> str:
        """The expression for the number of rows in scope that meet further pairs, without the leading ``=``."""
        if not self.kind:
            return f"COUNTIFS({','.join((*self.pairs, *pairs))})"
        units = f"{column_name('unit')},{MATRIX_NAMES['unit']}"
        return f"SUMPRODUCT(({MATRIX_NAMES['kind']}={self.kind})*COUNTIFS({','.join((units, *self.pairs, *pairs))}))"


def within(key: str, criterion: str) -> Scope:
    """The scope of rows whose counted column equals a cell or a quoted text."""
    return Scope((f"{column_name(key)},{criterion}",))


_DATED = f'{column_name("due")},">0"'
_NOT_WAIVED = f'{column_name("timeliness")},"?*"'
"""Any text: rows waived since have an empty timeliness."""
_ARRIVED = f'{column_name("received_at")},"<"&INT({{today}})+1'


def _timed(each: Timeliness) -> str:
    return f"{column_name('timeliness')},{quoted(word('timeliness', each))}"


def _ended(each: Outcome) -> str:
    return f"{column_name('outcome')},{quoted(word('outcome', each))}"


def figure_formula(key: str, scope: Scope, cells: Mapping[str, str]) -> str:
    """The formula of a figure; ``cells`` maps the keys of FIGURES to cells of the same row.

    Outcomes always add up to the total: waived rows have no timeliness, missing is computed as the rest.
    """
    c = dict(cells)
    if key == DUE:
        return "=" + scope.count(_DATED)
    if key in set(TIMELINESSES):
        return "=" + scope.count(_timed(Timeliness(key)))
    if key == Outcome.NIL:
        return "=" + scope.count(_ended(Outcome.NIL), _DATED, _ARRIVED.format(today=name_of("as_of")), _NOT_WAIVED)
    if key == Outcome.RETURNED:
        return "=" + scope.count(_ended(Outcome.RETURNED), _DATED, _NOT_WAIVED)
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


def matrix_formula(unit: str, cycle: str) -> str:
    """The formula of one cell of the matrix; ``unit`` and ``cycle`` are the cells that hold them."""
    marks: Mapping[str, str] = layout("tracker").settings["matrix"]
    scope = Scope((f"{column_name('unit')},{unit}", f"{column_name('cycle')},{cycle}"))
    owed = scope.count(_DATED, _NOT_WAIVED)
    done = "+".join(scope.count(_timed(each)) for each in (Timeliness.ON_TIME, Timeliness.GRACE, Timeliness.LATE))
    parts = [f'IF({owed}>0,{done}&"/"&{owed},IF({scope.count(_DATED)}>0,{quoted(marks["waived"])},""))']
    for each in MATRIX_TIMELINESS:
        count = scope.count(_timed(each))
        parts.append(f'IF({count}>0,{quoted(" " + marks[each])}&{count},"")')
    arrived = scope.count(_timed(Timeliness.ON_DEMAND), _ARRIVED.format(today=name_of("as_of")))
    parts.append(f'IF({arrived}>0,{quoted(" " + marks["on_demand"])}&{arrived},"")')
    return f"=TRIM({'&'.join(parts)})"


def total_formula(key: str, unit: str) -> str:
    """The formula of a unit's total in the matrix: a timeliness or the on-time rate; ``unit`` is its cell."""
    scope = within("unit", unit)
    if key in set(TIMELINESSES):
        return "=" + scope.count(_timed(Timeliness(key)))
    counts = [scope.count(_timed(each)) for each in _JUDGED]
    due = "+".join(counts)
    return f'=IF({due}=0,"",{counts[0]}/({due}))'


def urgency_formula(unit: str) -> str:
    """The formula of a unit's reminder priority minus a fraction by its row; 0 for none.

    The priority is that of :func:`zwgk_excel.workbooks.tracker.rows.figures.reminder_priority`; the fraction makes the
    values of any two units differ.
    """
    scope = within("unit", unit)
    weights = ((Timeliness.OVERDUE, 1_000_000), (Timeliness.IN_GRACE, 1_000), (Timeliness.DUE_SOON, 1))
    total = "+".join(f"{scope.count(_timed(each))}*{weight}" for each, weight in weights)
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
    return f'=IF(ROWS({order})<{rank},"",IF({largest}<=0,"",INDEX({units},MATCH({largest},{order},0))))'

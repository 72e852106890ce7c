"""Random typing into the tracker and random commands: the last act by time is in force, and nothing typed is lost."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.workflow.desk import CYCLE, Desk, new_desk
from zwgk_excel.domain.decisions import NO_DECISIONS, DecisionKind, decided
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.opening.open_book import Grid
from zwgk_excel.workbooks.tracker.previous.office_input import LEDGER_REVISION_KEY, office_of
from zwgk_excel.workbooks.tracker.rows.row_values import RowValues, tracking_rows
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workflow.consolidation.consolidating import prepare
from zwgk_excel.workflow.decisions.extend_and_waive import extend, waive
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.issuing.generation import generate

pytestmark = pytest.mark.slow

TRACKER = layout("tracker")
UNITS = {"D02/市财政局/2026-11": ("市财政局", "D02"), "D01/市政府办/2026-11": ("市政府办", "D01")}
MEANT: Mapping[str, Mapping[Any, str | None]] = {
    "extended_to": {
        None: "", "12月8日": "2026-12-08", "12.20": "2026-12-20", date(2026, 12, 31): "2026-12-31",
        "下周": None, date(2028, 1, 1): None, "11月20日": None,
    },
    "waived": {None: "", "是": "yes", "同意": "yes", "否": "", "再议": None},
    "opinion": {None: "", "甲": "甲", "乙“12月”": "乙“12月”"},
}
"""Column → what may be typed → the value of the decision; None for what cannot be taken."""

_keys = st.sampled_from(sorted(UNITS))
TYPINGS = st.sampled_from([(column, typed) for column, known in MEANT.items() for typed in known])
COMMANDS = st.sampled_from([("extended_to", "2026-12-10"), ("extended_to", ""), ("waived", "yes"), ("waived", "")])
ACTS = st.one_of(
    st.tuples(st.just("type"), _keys, TYPINGS),
    st.tuples(st.just("type"), _keys, TYPINGS),
    st.tuples(st.just("command"), _keys, COMMANDS),
    st.just(("consolidate", "", ("", ""))),
)


@dataclass
class Sheet:
    """The tracker without its file: rows by key, as they were written and as they are."""

    rows: list[RowValues] = field(default_factory=list)
    revision: int = 0
    saved: datetime | None = None

    @property
    def sheet_names(self) -> list[str]:
        return [TRACKER["tracking"].name, TRACKER["identity"].name]

    def grid(self, sheet: str) -> Grid | None:
        if sheet == TRACKER["identity"].name:
            return Grid(sheet, [[LEDGER_REVISION_KEY, str(self.revision)]])
        columns = TRACKER["tracking"]
        cells: list[list[Any]] = [[row[column.key] or None for column in columns] for row in self.rows]
        return Grid(sheet, [[column.heading for column in columns], *cells]) if sheet in self.sheet_names else None

    def row(self, key: str) -> RowValues:
        return next(row for row in self.rows if f"{row['duty']}/{row['unit']}/{row['reference']}" == key)


@dataclass
class Office:
    """A desk, its tracker, and what should be in force."""

    desk: Desk
    sheet: Sheet = field(default_factory=Sheet)
    shown: dict[tuple[str, str], Any] = field(default_factory=dict)
    typed: dict[tuple[str, str], Any] = field(default_factory=dict)
    acts: dict[tuple[str, str], list[tuple[datetime, str]]] = field(default_factory=dict)
    refused: set[tuple[str, str]] = field(default_factory=set)

    def type(self, key: str, column: str, typed: Any) -> None:
        self.sheet.row(key)[column] = self.typed[key, column] = typed
        self.sheet.saved = self.desk.now

    def command(self, key: str, kind: str, value: str) -> None:
        unit, duty = UNITS[key]
        with self.desk.open() as office, suppress(UserError):
            before = len(office.ledger.decisions())
            if kind == "waived":
                waive(office, CYCLE, [unit], [duty], cancel=not value, who="科长", reason="")
            else:
                until = date.fromisoformat(value) if value else None
                extend(office, CYCLE, [unit], [duty], until, who="科长", reason="")
            if len(office.ledger.decisions()) > before:  # what is so already is no act
                self.act(key, kind, self.desk.now, value)

    def act(self, key: str, kind: str, at: datetime, value: str) -> None:
        self.acts.setdefault((key, kind), []).append((at, value))

    def consolidate(self) -> None:
        """Take the sheet in as the button does, model what should come of it, and compare."""
        for (key, column), typed in self.typed.items():
            value = MEANT[column][typed]
            emptied = typed is None and (key, column) in self.refused
            if typed == self.shown[key, column] or emptied or value is None:
                continue
            if value != _value(self.shown[key, column]):
                self.act(key, column, self.sheet.saved or self.desk.now, value)
        with self.desk.open() as office:
            typed_in, today = office_of(self.sheet, "总台账.xlsx"), self.desk.now.date()
            view = prepare(office, typed_in, as_of=today, who="科员", saved=self.sheet.saved).view
            recorded = {(each.obligation, str(each.kind), each.value) for each in office.ledger.decisions()}
            in_force = office.active_decisions()
        self.show(view)
        for key in UNITS:
            expected = NO_DECISIONS
            for column in MEANT:
                acts = self.acts.get((key, column))
                expected = decided(expected, DecisionKind(column), max(acts)[1]) if acts else expected
            assert in_force.get(key, NO_DECISIONS) == expected
        for (key, column), typed in self.typed.items():
            value = MEANT[column][typed]
            if typed is not None and value is None:
                assert self.sheet.row(key)[column] == typed
            elif value:
                assert (key, column, value) in recorded
        self.typed.clear()

    def show(self, view: TrackerView) -> None:
        self.sheet = Sheet(list(tracking_rows(view)), view.revision)
        self.shown = {(key, column): self.sheet.row(key)[column] or None for key in UNITS for column in MEANT}
        self.refused = {(each.obligation, each.column) for each in view.refused if each.typed is not None}


def _value(shown: Any) -> str | None:
    """The value of the decision that a cell shows."""
    if isinstance(shown, date):
        return shown.isoformat()
    return {None: "", "是": "yes"}.get(shown, shown)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = new_desk(tmp_path_factory.mktemp("acts"))
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    return desk


@settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(ACTS, min_size=2, max_size=12))
def test_the_last_act_by_time_is_in_force_and_nothing_typed_is_lost(
    prepared: Desk, tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, str, tuple[str, Any]]]
):
    folder: Path = tmp_path_factory.mktemp("example") / "工作区"
    office = Office(Desk(shutil.copytree(prepared.root, folder), datetime(2026, 12, 3, 9)))
    office.consolidate()
    for what, key, (column, value) in [*acts, ("consolidate", "", ("", ""))] * 2:
        office.desk.now += timedelta(minutes=7)
        if what == "type":
            office.type(key, column, value)
        elif what == "command":
            office.command(key, column, value)
        else:
            office.consolidate()

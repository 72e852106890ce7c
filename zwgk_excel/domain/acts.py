"""Acts (办理): what people decided, one numbered list; each act can be undone by another.

Nothing is taken out of the list. Whether an act is in force follows from the list itself: it is, unless an act that is
in force undoes it. What is so then follows from the acts in force alone: of several about the same the last one counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zwgk_excel.domain.decisions import ACCEPTED, DecisionKind
from zwgk_excel.domain.periods import Month


class ActKind(StrEnum):
    """What was done."""

    ISSUE = "issue"
    AMEND = "amend"
    """更正下发."""
    CANCEL_ISSUE = "cancel_issue"
    RECEIVE = "receive"
    """Registered by hand."""
    ASSIGN = "assign"
    SET_ASIDE = "set_aside"
    RECEIPT_TIME = "receipt_time"
    """The time of a receipt corrected."""
    WITHDRAW_RECEIPT = "withdraw_receipt"
    ACCEPT_TAKE_BACK = "accept_take_back"
    """What a later return of the unit no longer has is no longer reported."""
    KEEP_REPORT = "keep_report"
    """It is reported all the same."""
    MERGE = "merge"
    CANCEL_MERGE = "cancel_merge"
    EXTEND = "extend"
    CANCEL_EXTENSION = "cancel_extension"
    WAIVE = "waive"
    CANCEL_WAIVER = "cancel_waiver"
    OPINION = "opinion"
    CANCEL_OPINION = "cancel_opinion"
    RECTIFY = "rectify"
    MEND = "mend"
    """Measures of a unit noted on a rectification."""
    CLOSE_RECTIFICATION = "close_rectification"
    WITHDRAW_RECTIFICATION = "withdraw_rectification"
    RAISE_FAULTS = "raise_faults"
    """A unit asked to put faults on the website right (整改链接表)."""
    ACCEPT_EXPLANATION = "accept_explanation"
    REFUSE_EXPLANATION = "refuse_explanation"
    CLOSE = "close"
    REOPEN = "reopen"
    """The undoing of a closing, by the month."""
    RENAME_UNIT = "rename_unit"
    MERGE_UNITS = "merge_units"
    """Into another: nothing to do with MERGE, of returns."""
    END_UNIT = "end_unit"
    REASSIGN = "reassign"
    """A duty given to other owners."""
    ADD_TASK = "add_task"
    """A one-off task (临时任务)."""
    CANCEL_TASK = "cancel_task"
    ADJUST = "adjust"
    """Points given or taken after an objection (申诉复核)."""
    CHANGE_RULES = "change_rules"
    """Scoring, ladder, deadlines or calendar were found to differ from the last run."""
    IGNORE = "ignore"
    """Something that waits in the in-tray is not asked about any more, unless its facts change."""
    IMPORT_PUBLISHED = "import_published"
    """An export of the website's back office (网站清单) taken in."""
    IMPORT_CATALOGUE = "import_catalogue"
    """Published tables taken into the office's catalogue (标准目录)."""
    UNDO = "undo"


class ActSource(StrEnum):
    """Where an act was done."""

    COMMAND = "command"
    TRACKER = "tracker"
    RIBBON = "ribbon"
    API = "api"
    SCHEDULED = "scheduled"


@dataclass(frozen=True, slots=True)
class Change:
    """What an act did to one subject; empty texts for nothing.

    The subject is an obligation's key, a file, a unit whose returns are merged, the number of a rectification or of
    a fault on the website, a month, a cell of a table (``roster/市教育局/valid_to``), the key of what waits in the
    in-tray or the files of an import, by the kind of the act.
    """

    subject: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a person did."""

    kind: ActKind
    at: datetime
    who: str
    """Empty where nobody was named."""
    reason: str = ""
    source: ActSource = ActSource.COMMAND
    cycle: Month | None = None
    """The month that it was about; None where it named none."""
    units: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    undoes: int = 0
    """The number of the act that it undoes."""
    number: int = 0
    """1 for the first of a ledger, never used twice; 0 before it is recorded."""
    undone_by: int = 0
    """The number of the act in force that undoes it."""


DECIDED: Mapping[ActKind, DecisionKind] = {
    ActKind.EXTEND: DecisionKind.EXTENSION,
    ActKind.CANCEL_EXTENSION: DecisionKind.EXTENSION,
    ActKind.WAIVE: DecisionKind.WAIVER,
    ActKind.CANCEL_WAIVER: DecisionKind.WAIVER,
    ActKind.OPINION: DecisionKind.OPINION,
    ActKind.CANCEL_OPINION: DecisionKind.OPINION,
    ActKind.ACCEPT_TAKE_BACK: DecisionKind.TAKE_BACK,
    ActKind.KEEP_REPORT: DecisionKind.TAKE_BACK,
}
"""The acts that decide about obligations → what they decide."""


UNDOINGS = frozenset({ActKind.REOPEN, ActKind.UNDO})
"""The acts that undo another."""
OF_FILES = frozenset(
    {ActKind.RECEIVE, ActKind.ASSIGN, ActKind.SET_ASIDE, ActKind.RECEIPT_TIME, ActKind.WITHDRAW_RECEIPT}
)
"""The acts about received files."""
OF_MERGING = frozenset({ActKind.MERGE, ActKind.CANCEL_MERGE})
"""The acts about several returns of a unit."""
OF_RECTIFICATIONS = frozenset(
    {ActKind.RECTIFY, ActKind.MEND, ActKind.CLOSE_RECTIFICATION, ActKind.WITHDRAW_RECTIFICATION}
)
"""The acts about a rectification."""
OF_FAULTS = frozenset({ActKind.RAISE_FAULTS, ActKind.ACCEPT_EXPLANATION, ActKind.REFUSE_EXPLANATION})
"""The acts about faults on the website."""
OF_TASKS = frozenset({ActKind.ADD_TASK, ActKind.CANCEL_TASK})
"""The acts about one-off tasks."""
OF_TABLES = OF_TASKS | {ActKind.RENAME_UNIT, ActKind.MERGE_UNITS, ActKind.END_UNIT, ActKind.REASSIGN}
"""The acts that edit the duty table, its one-off tasks or the roster; their month is the first one that the edit is
about."""


def kind_of_decision(kind: DecisionKind, value: str) -> ActKind:
    """The act that takes a decision or, with an empty value, cancels it."""
    if kind is DecisionKind.TAKE_BACK:
        return ActKind.ACCEPT_TAKE_BACK if value.startswith(ACCEPTED) else ActKind.KEEP_REPORT
    taken, cancelled = (act for act, decided in DECIDED.items() if decided is kind)
    return taken if value else cancelled


def undone(links: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Act → the act in force that undoes it; ``links`` are (number, number that it undoes or 0)."""
    found: dict[int, int] = {}
    for number, undoes in sorted(links, reverse=True):
        # Who undoes an act comes after it: whether this one is undone is known by now.
        if undoes and number not in found:
            found.setdefault(undoes, number)
    return found


def root_of(act: Act, acts: Mapping[int, Act]) -> Act:
    """The act that an undoing is about in the end; any other act is its own."""
    while act.undoes:
        act = acts[act.undoes]
    return act

"""The in-tray (待处理): what waits for the office, and what may be chosen about each; pure functions.

A row of the tray is a question to the office. What is chosen there is the same act as by command, with the same checks;
here are only those that follow from the row itself: what can be chosen about it, and what has to be said with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from zwgk_excel.domain.escalation import EscalationLevel
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.text import clean, one_line

_LONGEST = 600
"""Characters of what is told of a row; a cell that holds more is read by nobody."""
_MARK = 16
"""Characters of a fingerprint."""


class WaitingKind(StrEnum):
    """Why something waits, the most urgent first: what keeps a month from being closed, then what follows from it."""

    SENDER = "sender"
    """A file in quarantine because of who sent it."""
    FILE = "file"
    """Any other file in quarantine."""
    TAKE_BACK = "take_back"
    """A return that has nothing any more of what was reported before."""
    EXPLANATION = "explanation"
    """What a unit says of a fault on the website that cannot be seen there."""
    DECISION = "decision"
    """What was typed in 跟踪台账 and could not be taken."""
    RETURN = "return"
    """The returns of a month with errors that their units have not been sent back."""
    DIFFERENCE = "difference"
    """A month for which the tables of today would ask something else than was issued."""
    MAIL = "mail"
    """A mail without a file, of somebody who wants something, or one of ours that came back."""
    CLOSING = "closing"
    """A month that can be closed."""
    ESCALATION = "escalation"
    """A unit that has reached a level of the ladder."""
    CALENDAR = "calendar"
    """A year whose working days are only computed."""


class TrayChoice(StrEnum):
    """What can be chosen about a row (处理)."""

    ASSIGN = "assign"
    FORCE_ASSIGN = "force_assign"
    """Against the signature of another unit or month."""
    SET_ASIDE = "set_aside"
    TAKE_BACK = "take_back"
    KEEP = "keep"
    MERGE = "merge"
    WITHDRAW = "withdraw"
    ACCEPT = "accept"
    REFUSE = "refuse"
    """The explanation of a fault on the website."""
    DISCARD = "discard"
    """Let the cell show again what is in force."""
    SEND_BACK = "send_back"
    REOPEN = "reopen"
    AMEND = "amend"
    REMAKE = "remake"
    """Make the workbooks of an amendment that was broken off."""
    CLOSE = "close"
    RECTIFY = "rectify"
    READ = "read"
    IGNORE = "ignore"


UNIT, MONTH, DAY, REASON = "unit", "month", "day", "reason"
"""Keys of the columns in which the office says something with its choice."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a choice needs to be told, by the keys of the columns."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()


def _needs(*required: str, optional: Collection[str] = ()) -> Needs:
    return Needs(frozenset(required), frozenset(optional))


NEEDS: Mapping[TrayChoice, Needs] = {
    TrayChoice.ASSIGN: _needs(UNIT, MONTH, optional=[REASON]),
    TrayChoice.FORCE_ASSIGN: _needs(UNIT, MONTH, REASON),
    TrayChoice.SET_ASIDE: _needs(optional=[REASON, UNIT, MONTH]),  # the proposal may still stand there
    TrayChoice.TAKE_BACK: _needs(REASON),
    TrayChoice.KEEP: _needs(REASON),
    TrayChoice.MERGE: _needs(optional=[REASON]),
    TrayChoice.WITHDRAW: _needs(REASON),
    TrayChoice.ACCEPT: _needs(REASON),
    TrayChoice.REFUSE: _needs(REASON),
    TrayChoice.DISCARD: _needs(optional=[REASON]),
    TrayChoice.SEND_BACK: _needs(optional=[REASON]),
    TrayChoice.REOPEN: _needs(REASON),
    TrayChoice.AMEND: _needs(REASON),
    TrayChoice.REMAKE: _needs(optional=[REASON]),
    TrayChoice.CLOSE: _needs(optional=[DAY]),
    TrayChoice.RECTIFY: _needs(optional=[DAY, REASON]),
    TrayChoice.READ: _needs(optional=[REASON]),
    TrayChoice.IGNORE: _needs(REASON),
}
"""The same as the commands ask for. 办理日期 is the day of the figures (结账), or the day by which to mend (立项)."""
CHOICES: Mapping[WaitingKind, tuple[TrayChoice, ...]] = {
    WaitingKind.SENDER: (TrayChoice.ASSIGN, TrayChoice.FORCE_ASSIGN, TrayChoice.SET_ASIDE),
    WaitingKind.FILE: (TrayChoice.ASSIGN, TrayChoice.FORCE_ASSIGN, TrayChoice.SET_ASIDE),
    WaitingKind.TAKE_BACK: (TrayChoice.TAKE_BACK, TrayChoice.KEEP, TrayChoice.MERGE, TrayChoice.WITHDRAW),
    WaitingKind.EXPLANATION: (TrayChoice.ACCEPT, TrayChoice.REFUSE),
    WaitingKind.DECISION: (TrayChoice.DISCARD,),
    WaitingKind.RETURN: (TrayChoice.SEND_BACK, TrayChoice.IGNORE),
    WaitingKind.DIFFERENCE: (TrayChoice.AMEND, TrayChoice.IGNORE),
    WaitingKind.MAIL: (TrayChoice.READ,),
    WaitingKind.CLOSING: (TrayChoice.CLOSE, TrayChoice.IGNORE),
    WaitingKind.ESCALATION: (TrayChoice.RECTIFY, TrayChoice.IGNORE),
    WaitingKind.CALENDAR: (TrayChoice.IGNORE,),
}
"""What can usually be chosen about each kind; :attr:`Waiting.choices` is what can be about a row.

Ignored is only what may be left for good: a file that waits keeps its month from being closed, so it is given to a unit
or set aside.
"""
SEEN_FIRST = frozenset({WaitingKind.RETURN, WaitingKind.DIFFERENCE, WaitingKind.CLOSING, WaitingKind.ESCALATION})
"""The kinds whose facts grow while they wait: chosen is what the office has seen, not what came to it since."""


FALSE_TABLE_CODES = frozenset({"fault_table_forged", "fault_table_unasked"})
"""Codes of the problems of a 整改链接表 that is none of ours, or not in force."""
NOT_ASSIGNABLE = frozenset(
    {
        "file_unreadable",
        "file_too_large",
        "file_kind",
        "file_protected",
        "file_pictured",
        "file_convertible",
        "file_shortcut",
        "file_unsafe",
        "file_encrypted",
        "mail_encrypted",
        "mail_without_report",
        "archive_without_report",
        "archive_encrypted",
        "archive_no_tool",
        "archive_volume",
        "archive_unsafe",
        "rows_too_many",
        "sheet_too_large",
        "not_a_report",
        *FALSE_TABLE_CODES,
    }
)
"""Codes of the problems of a file in which there is no report to be read: no unit can be given it."""


def is_assignable(problems: Iterable[Problem]) -> bool:
    """Whether a unit can be given a file with these problems; where not, it can only be set aside."""
    return not any(each.code in NOT_ASSIGNABLE for each in problems)


def is_false_table(problems: Iterable[Problem]) -> bool:
    """Whether a file with these problems would be a 整改链接表, and is none that is in force."""
    return any(each.code in FALSE_TABLE_CODES for each in problems)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for the office: one row of the in-tray."""

    kind: WaitingKind
    subject: str
    """What it is about: with the kind it tells the row apart from all others, for as long as it waits."""
    told: str
    """What is the matter, in Chinese."""
    advice: str
    """What is proposed, in Chinese."""
    since: date | None = None
    unit: str = ""
    """Its unit, or the one proposed for a file."""
    month: Month | None = None
    """Its month, or the one proposed for a file."""
    choices: tuple[TrayChoice, ...] = ()
    facts: tuple[str, ...] = ()
    """What it rests on: where it is ignored, it comes back when these are others."""
    number: int = 0
    """Of the receipt, where it is about one."""
    step: EscalationLevel | None = None
    obligation: str = ""
    """Of what was typed: the key of its row, and"""
    column: str = ""
    """the key of its column."""
    seen: tuple[str, ...] = ()
    """What is unusual about a month that can be closed, as it is told."""
    parts: tuple[Waiting, ...] = ()
    """What a row puts together, each of a unit of its own: a choice settles them all, or the named unit's alone."""
    file: str = ""
    """Where its link leads to: a file relative to the workspace, and"""
    sheet: str = ""
    """the sheet in it."""

    def __post_init__(self) -> None:
        # It is read back from a cell: whatever a stranger put into it must read the same there.
        object.__setattr__(self, "subject", clean(one_line(self.subject)))
        object.__setattr__(self, "told", _shortened(self.told))
        if not self.choices:
            object.__setattr__(self, "choices", CHOICES[self.kind])

    @property
    def key(self) -> str:
        """Kind and subject, by which it is known: ``file/收件 12``."""
        return f"{self.kind}/{self.subject}"

    @property
    def fingerprint(self) -> str:
        """A mark of its facts."""
        return hashlib.sha256("\n".join(self.facts).encode()).hexdigest()[:_MARK]

    def of_unit(self, unit: str) -> tuple[Waiting, ...]:
        """What is to be settled: what the row puts together, of a unit alone where one is given; else itself."""
        return tuple(each for each in self.parts if unit in {"", each.unit}) if self.parts else (self,)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def in_tray_order(waiting: Iterable[Waiting], ignored: Mapping[str, str]) -> tuple[Waiting, ...]:
    """What waits, the most urgent first; of a kind what has waited longest. Each key once.

    ``ignored`` are the keys that the office chose to ignore, with the fingerprints of then: what rests on other facts
    by now waits again.
    """
    kinds = list(WaitingKind)
    found: dict[str, Waiting] = {}
    for each in waiting:
        if ignored.get(each.key) != each.fingerprint:
            found.setdefault(each.key, each)
    return tuple(
        sorted(found.values(), key=lambda each: (kinds.index(each.kind), each.since or date.max, each.month is None))
    )


@dataclass(frozen=True, slots=True)
class TrayAnswer:
    """What the office says about a row, understood."""

    choice: TrayChoice
    unit: str = ""
    month: Month | None = None
    day: date | None = None
    reason: str = ""

    @property
    def said(self) -> frozenset[str]:
        """The keys of the columns in which something stands."""
        given = {UNIT: self.unit, MONTH: self.month, DAY: self.day, REASON: self.reason}
        return frozenset(key for key, value in given.items() if value)


class TrayFaultKind(StrEnum):
    """Why a choice cannot be carried out as it stands."""

    FOREIGN = "foreign"
    """It is one of another kind of row."""
    MISSING = "missing"
    NEEDLESS = "needless"
    """Something is said that the choice would not heed."""
    OTHER = "other"
    """The row is about another unit or month."""


@dataclass(frozen=True, slots=True)
class TrayFault:
    """One thing that is wrong with what was said about a row."""

    column: str
    """Key of the column it is wrong in."""
    kind: TrayFaultKind


def faults(waiting: Waiting, answer: TrayAnswer) -> Iterator[TrayFault]:
    """What is wrong with a choice before anything is done: it is none for this row, or needs other words.

    Whatever the acts themselves refuse (a unit that owes nothing, a day to come) they refuse as the commands do.
    """
    if answer.choice not in waiting.choices:
        yield TrayFault("choice", TrayFaultKind.FOREIGN)
        return
    needs = NEEDS[answer.choice]
    for column in (UNIT, MONTH, DAY, REASON):
        if column in needs.required - answer.said:
            yield TrayFault(column, TrayFaultKind.MISSING)
    own = {UNIT: waiting.unit, MONTH: waiting.month}
    given = {UNIT: answer.unit, MONTH: answer.month}
    for column in (UNIT, MONTH, DAY):
        if column not in answer.said - needs.required - needs.optional:
            continue
        if column == UNIT and waiting.parts:
            continue
        if column == DAY:
            yield TrayFault(column, TrayFaultKind.NEEDLESS)
        elif given[column] != own[column]:
            yield TrayFault(column, TrayFaultKind.OTHER if own[column] else TrayFaultKind.NEEDLESS)


@dataclass(frozen=True, slots=True)
class TrayDeed:
    """A choice that was carried out."""

    waiting: Waiting
    answer: TrayAnswer
    told: str
    """What was done, a Chinese sentence without its full stop."""

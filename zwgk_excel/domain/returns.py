"""The content of a returned workbook: answers, items and the return that holds them; and receipts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import TypeAlias

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import Problem

NO_TIME = datetime(1, 1, 1)
"""What stands for a time that nobody knows, where times are put in order."""
CellValue: TypeAlias = str | int | date
"""What a filled cell says: text (of a choice its code), a whole number, or a day."""
EMPTY = frozenset({"", None})
"""What an empty cell says, of text and of the rest; a zero is not empty."""


class AnswerStatus(StrEnum):
    """报送状态 as the unit chose it."""

    REPORTED = "reported"
    NIL = "nil"
    PENDING = "pending"


REPORTED_OR_NIL = frozenset({AnswerStatus.REPORTED, AnswerStatus.NIL})
"""Answers that declare an obligation done."""


class ItemType(StrEnum):
    """The types of items that rules refer to; the dropdown (lists.toml) may have more."""

    NORMATIVE = "normative"
    POLICY = "policy"
    READING = "reading"
    DRAFT = "draft"
    NEWS = "news"
    OTHER = "other"


class Verdict(StrEnum):
    """The verdict on a received file (收件结论)."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_PROBLEMS = "accepted_with_problems"
    RETURNED = "returned"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    WITHDRAWN = "withdrawn"
    """Of a return that the office took out: it counts for nothing."""


SET_ASIDE_CODE = "file_set_aside"
"""The code of the note that a file in quarantine was set aside."""
BESIDE_CODE = "file_beside_report"
"""The code of the note that a file was packed with a report, and is none: nobody need set it aside."""
_OF_FAULT_TABLES = "fault_"
"""How the codes of what is told of a 整改链接表 begin."""


@dataclass(frozen=True, slots=True)
class TaskAnswer:
    """One row of 任务清单 as returned: what the unit chose and wrote for an obligation."""

    obligation: str
    """Key of the obligation; empty until :func:`zwgk_excel.domain.validation.validate` tied the row to one."""
    task: tuple[str, str] = ("", "")
    """编号 and 所属期 as the row has them."""
    status: AnswerStatus | None = None
    statement: str = ""
    remark: str = ""
    row: int = 0
    """Row number in the sheet, 1 for the first."""
    column: str = ""
    """栏目 in the row: identifies the task where 编号 or 所属期 was changed."""
    sheet: str = ""
    """The sheet of the row, where that is a copy and not the file's first 任务清单."""
    more: Mapping[str, CellValue] = field(default_factory=dict, hash=False)
    """Column key → value, of the filled cells in columns other than :data:`ANSWER_COLUMNS`."""

    @property
    def is_empty(self) -> bool:
        """Whether the unit filled in no cell of the row."""
        return self.status is None and not self.statement and not self.remark and not self.more


ANSWER_COLUMNS = frozenset({"status", "statement", "remark"})
"""Keys of the columns of 任务清单 that are fields of an answer."""


@dataclass(frozen=True, slots=True)
class Item:
    """One published piece of information (信息条目): a row of 信息明细.

    A cell that could not be parsed is empty here; its text is named in a problem of the return.
    """

    obligation: str = ""
    """Key of the obligation; empty until :func:`zwgk_excel.domain.validation.validate` tied the row to one, and when
    its task is none of them."""
    task: str = ""
    """The task as typed."""
    title: str = ""
    type: str = ""
    """Code of ``lists.toml`` [item_type]."""
    doc_no: str = ""
    formed_on: date | None = None
    published_on: date | None = None
    url: str = ""
    section: str = ""
    officer: str = ""
    phone: str = ""
    first_review: str = ""
    second_review: str = ""
    final_review: str = ""
    draft_note: str = ""
    reading: str = ""
    remark: str = ""
    row: int = 0
    """Row number in the sheet, 1 for the first."""
    unread: frozenset[str] = frozenset()
    """Keys of the columns whose cell held something that could not be understood; a problem names each."""
    valid: bool = True
    """Whether its row has no error: only valid items satisfy an obligation."""
    sheet: str = ""
    """The sheet of the row, where that is a copy and not the file's first 信息明细."""
    more: Mapping[str, CellValue] = field(default_factory=dict, hash=False)
    """Column key → value, of the filled cells in columns other than :data:`ITEM_COLUMNS`."""
    common: frozenset[str] = field(default=frozenset(), compare=False)
    """Keys of the columns that its row left blank, and whose cell on the cover counts for it; as read, not recorded."""

    @property
    def identity(self) -> tuple[str, str]:
        """(Obligation, link or else title): equal for the same item in a later return."""
        return self.obligation, self.url.casefold() or self.title

    def value(self, key: str) -> CellValue | None:
        """The value of a column of 信息明细 by its key, a field or in ``more``; ``""`` or None for an empty cell."""
        found: CellValue | None = getattr(self, key) if key in ITEM_COLUMNS else self.more.get(key)
        return found

    def tied_to(self, obligation: str) -> Item:
        """The item with an obligation's key."""
        # Every item of every return: dataclasses.replace takes four times as long.
        return Item(obligation, *_but_obligation(self))


ITEM_COLUMNS = frozenset(each.name for each in fields(Item)) - {
    "obligation",
    "row",
    "unread",
    "valid",
    "sheet",
    "more",
    "common",
}
"""Keys of the columns of 信息明细 that are fields of an item: every workbook has had them from the first."""
_but_obligation = attrgetter(*(each.name for each in fields(Item)[1:]))


@dataclass(frozen=True, slots=True)
class ContentCounts:
    """Counts of a content for one obligation; addable."""

    items: int = 0
    valid: int = 0
    """Items without an error against them."""
    types: frozenset[str] = frozenset()
    """The types of the valid items: what a policy column is satisfied by."""
    answers: int = 0
    """Answers with anything in them."""
    nil: int = 0
    """Answers 本期无, with a statement."""
    claims: int = 0
    """Answers 已报送 or 本期无."""
    distinct: int = 0
    """Valid items, each :attr:`Item.identity` once: the number that people see. Of several contents with the same item
    the sum is too high: :func:`zwgk_excel.domain.tracking.items_of_several`."""

    def __add__(self, other: ContentCounts) -> ContentCounts:
        return ContentCounts(
            self.items + other.items,
            self.valid + other.valid,
            self.types | other.types,
            self.answers + other.answers,
            self.nil + other.nil,
            self.claims + other.claims,
            self.distinct + other.distinct,
        )


@dataclass(frozen=True, slots=True)
class Return:
    """The content of a returned report workbook (报送件)."""

    unit: str
    """Empty while unknown."""
    cycle: Month | None
    """None while unknown."""
    answers: tuple[TaskAnswer, ...] = ()
    items: tuple[Item, ...] = ()
    problems: tuple[Problem, ...] = ()
    common: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Column key → value, of the filled cells of the cover that count for every row that leaves them blank. The items
    have these values too."""

    @property
    def is_empty(self) -> bool:
        """Whether it has no item and no answer with a filled cell."""
        return not self.items and all(answer.is_empty for answer in self.answers)

    @property
    def tallies(self) -> dict[str, ContentCounts]:
        """Obligation key → counts of its rows; rows without an obligation under ``""``."""
        rows: dict[str, tuple[list[Item], list[TaskAnswer]]] = defaultdict(lambda: ([], []))
        for item in self.items:
            rows[item.obligation][0].append(item)
        for answer in self.answers:
            rows[answer.obligation][1].append(answer)
        return {key: _tally(items, answers) for key, (items, answers) in rows.items()}

    def tally(self, key: str) -> ContentCounts:
        """The counts for one obligation."""
        return _tally(
            [item for item in self.items if item.obligation == key],
            [answer for answer in self.answers if answer.obligation == key],
        )


def _tally(items: Sequence[Item], answers: Sequence[TaskAnswer]) -> ContentCounts:
    valid = [item for item in items if item.valid]
    return ContentCounts(
        len(items),
        len(valid),
        frozenset(item.type for item in valid),
        sum(not answer.is_empty for answer in answers),
        sum(answer.status is AnswerStatus.NIL and bool(answer.statement) for answer in answers),
        sum(answer.status in REPORTED_OR_NIL for answer in answers),
        len({item.identity for item in valid}),
    )


class FaultAnswerStatus(StrEnum):
    """整改情况 of a fault on the website, as the unit chose it."""

    MENDED = "mended"
    IMPOSSIBLE = "impossible"
    """It cannot be put right; the explanation says why."""
    DISPUTED = "disputed"
    """There is no such fault; the explanation says why."""


@dataclass(frozen=True, slots=True)
class FaultAnswer:
    """One row of a returned 整改链接表: what the unit says of a fault on the website."""

    number: int
    """整改号 of the fault."""
    status: FaultAnswerStatus
    url: str = ""
    """Where it can be seen now; empty for where it was."""
    explanation: str = ""
    row: int = 0
    """Row number in the sheet, 1 for the first."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The record of a received file (收件)."""

    file: str
    """Path relative to the workspace, with ``/``."""
    sha256: str
    received_at: datetime
    """Local time in China, without a zone."""
    verdict: Verdict
    estimated: bool = False
    """Whether the time is the file's own, because a person said so or none other was known."""
    unit: str = ""
    cycle: Month | None = None
    items: int = 0
    problems: tuple[Problem, ...] = ()
    content: Return | None = field(default=None, repr=False)
    """The parsed return; None for duplicates, for unreadable files, and for receipts without content."""
    condensed: Mapping[str, ContentCounts] | None = field(default=None, repr=False)
    """In place of the content: its tallies. Thousands of receipts are kept in mind by these."""
    file_time: datetime | None = None
    """When the file was last written, as its sender says; None for what came by mail. It decides only which of two
    files received at the same moment is the newer one."""
    number: int = field(default=0, compare=False)
    """What a person calls it by (收件号), given by the ledger; 0 until it is recorded."""
    fault_answers: tuple[FaultAnswer, ...] = field(default=(), repr=False)
    """Of a 整改链接表, which has no content: what the unit says of each fault."""

    @property
    def is_set_aside(self) -> bool:
        """Whether a file in quarantine needs no attention: somebody found that it is no return, or it came with one."""
        told = {each.code for each in self.problems}
        return self.verdict is Verdict.QUARANTINED and not told.isdisjoint({SET_ASIDE_CODE, BESIDE_CODE})

    @property
    def is_fault_table(self) -> bool:
        """Whether it is a 整改链接表 of ours, however little of it is filled."""
        told = any(each.code.startswith(_OF_FAULT_TABLES) for each in self.problems)
        unread = self.verdict is Verdict.RETURNED and not self.was_read  # a report that is returned was read
        return self.verdict is not Verdict.QUARANTINED and (bool(self.fault_answers) or told or unread)

    @property
    def is_faulty_table(self) -> bool:
        """Whether it is a 整改链接表 of which something was not taken."""
        wrong = any(each.is_error or (each.counts and each.code.startswith(_OF_FAULT_TABLES)) for each in self.problems)
        return self.is_fault_table and self.verdict is not Verdict.WITHDRAWN and wrong

    @property
    def was_read(self) -> bool:
        """Whether the file has a content, in this value or in the ledger."""
        return self.content is not None or self.condensed is not None

    @property
    def tallies(self) -> Mapping[str, ContentCounts]:
        """Obligation key → counts of its content; empty where nothing was read."""
        if self.content is not None:
            return self.content.tallies
        return self.condensed or {}

    def without_content(self) -> Receipt:
        """The receipt without its content, with the counts of it."""
        return replace(self, content=None, condensed=self.content.tallies) if self.content is not None else self

    @property
    def order(self) -> tuple[datetime, datetime, str, str]:
        """Sort key: receipt time, the file's own, sha256, file name; independent of how files are listed."""
        return self.received_at, self.file_time or NO_TIME, self.sha256, self.file

    @property
    def name(self) -> str:
        """The file's path below 收件箱, as messages use it."""
        return self.file.partition("/")[2] or self.file

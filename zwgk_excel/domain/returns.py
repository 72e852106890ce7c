"""What a unit sent back: answers, items, and the return that holds them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import Problem


class AnswerStatus(StrEnum):
    """报送状态, as the unit chose it."""

    REPORTED = "reported"
    NIL = "nil"
    PENDING = "pending"


class ItemType(StrEnum):
    """The types of items that rules speak of; the dropdown (lists.toml) may have more."""

    NORMATIVE = "normative"
    NEWS = "news"


class Verdict(StrEnum):
    """What became of a file that arrived (收件结论)."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_PROBLEMS = "accepted_with_problems"
    RETURNED = "returned"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Answer:
    """One row of 任务清单 as it came back: what the unit chose and wrote for an obligation."""

    obligation: str
    """Key of the obligation; empty until :func:`review` tied the row to one."""
    task: tuple[str, str] = ("", "")
    """编号 and 所属期 as the row has them."""
    status: AnswerStatus | None = None
    statement: str = ""
    remark: str = ""
    row: int = 0
    """Row number in the sheet, 1 for the first."""
    column: str = ""
    """栏目 as the row has it: what tells the task where 编号 or 所属期 was changed."""
    sheet: str = ""
    """The sheet it stands in, where that is not the file's first 任务清单 but a copy."""

    @property
    def is_empty(self) -> bool:
        """Whether the unit left the row untouched."""
        return self.status is None and not self.statement and not self.remark


@dataclass(frozen=True, slots=True)
class Item:
    """One published piece of information (信息条目): a row of 信息明细.

    A cell that could not be understood is empty here, and named with its text in a problem of the return.
    """

    obligation: str = ""
    """Key of the obligation; empty until :func:`review` tied the row to one, and when its task is none of them."""
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
    """Whether no error stands against it: only valid items satisfy an obligation."""
    sheet: str = ""
    """The sheet it stands in, where that is not the file's first 信息明细 but a copy."""

    @property
    def identity(self) -> tuple[str, str]:
        """What makes it the same item in a later return: its obligation, and its link or else its title."""
        return self.obligation, self.url.casefold() or self.title

    def tied_to(self, obligation: str) -> Item:
        """The same item with the key of its obligation."""
        # Every item of every return: dataclasses.replace takes four times as long.
        return Item(obligation, *_but_obligation(self))


_but_obligation = attrgetter(*(each.name for each in fields(Item)[1:]))


@dataclass(frozen=True, slots=True)
class Return:
    """A report workbook that came back, read (报送件)."""

    unit: str
    """Empty while nobody knows."""
    cycle: Month | None
    """None while nobody knows."""
    answers: tuple[Answer, ...] = ()
    items: tuple[Item, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it holds no item and no answer with anything in it."""
        return not self.items and all(answer.is_empty for answer in self.answers)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The record that a file arrived (收件)."""

    file: str
    """Path relative to the workspace, with ``/``."""
    sha256: str
    received_at: datetime
    """Local time in China, without a zone."""
    verdict: Verdict
    estimated: bool = False
    """The time is the file's own, because nobody told a better one."""
    unit: str = ""
    cycle: Month | None = None
    items: int = 0
    problems: tuple[Problem, ...] = ()
    content: Return | None = field(default=None, repr=False)
    """What was read; None for duplicates and for what could not be read."""

    @property
    def order(self) -> tuple[datetime, str, str]:
        """Receipts are ordered by time, then by content, then by file name, so that ties do not depend on luck."""
        return self.received_at, self.sha256, self.file

    @property
    def name(self) -> str:
        """The file's name inside 收件箱, as messages use it: what lies in a folder there keeps the folder's name."""
        return self.file.partition("/")[2] or self.file

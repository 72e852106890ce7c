"""The HMAC signature of a report workbook's identity, so that a workbook cannot be passed off as another unit's.

The signature covers whose workbook it is and what it asks. A person may still change what it asks, or put the hidden
sheet into another workbook; :func:`compare_tasks` tells that.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date

from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.text import fold

TASKS_SIGNED = 2
"""The first schema whose signature covers the tasks."""
_ID = re.compile(r"[A-Za-z]\d+")


@dataclass(frozen=True, slots=True)
class AskedTask:
    """A task as a workbook asks it: the texts of one row of 任务清单."""

    id: str
    """编号."""
    reference: str
    """所属期."""
    due: str
    """报送时限: a day, or words."""

    @property
    def name(self) -> str:
        """The task for messages: ``D02 2026-11``."""
        return f"{self.id} {self.reference}".strip()

    @property
    def row(self) -> tuple[str, str]:
        """What tells it from others, for comparison."""
        return fold(self.id), fold(self.reference)


def sign_identity(
    key: bytes,
    schema: int,
    unit: str,
    cycle: Month,
    issued_on: date,
    added: str = "",
    tasks: Sequence[AskedTask] = (),
) -> str:
    """HMAC-SHA256 over the workbook's identity, as 64 hexadecimal digits.

    ``added`` names the columns that the workbook has beyond those of the first version. ``tasks`` are covered from
    schema :data:`TASKS_SIGNED` on.
    """
    parts = ("zwgk", str(schema), unit, str(cycle), issued_on.isoformat())
    if schema < TASKS_SIGNED:
        message = "\n".join((*parts, added) if added else parts)
    else:
        message = json.dumps([*parts, added, *map(astuple, tasks)], ensure_ascii=False)
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()


def is_valid_signature(
    claimed: str,
    key: bytes,
    schema: int,
    unit: str,
    cycle: Month,
    issued_on: date,
    added: str = "",
    tasks: Sequence[AskedTask] = (),
) -> bool:
    """Whether a claimed signature is the right one (compared in constant time)."""
    right = sign_identity(key, schema, unit, cycle, issued_on, added, tasks)
    return hmac.compare_digest(claimed.strip().encode(), right.encode())


@dataclass(frozen=True, slots=True)
class TaskListChange:
    """How the rows of 任务清单 differ from the tasks that the workbook asked."""

    kept: int = 0
    """Rows of tasks that were asked."""
    foreign: tuple[AskedTask, ...] = ()
    """Rows that name another task, well-formed: typed by accident such rows are rare."""
    removed: tuple[AskedTask, ...] = ()
    """Tasks without a row."""
    redated: tuple[tuple[AskedTask, AskedTask], ...] = ()
    """(As asked, as the row has it) where 报送时限 was changed."""

    @property
    def is_another_list(self) -> bool:
        """Whether it is the list of another workbook rather than this one with changes: half of it was not asked."""
        return bool(self.foreign) and len(self.foreign) >= self.kept


def compare_tasks(asked: Sequence[AskedTask], found: Sequence[AskedTask]) -> TaskListChange:
    """The difference of the rows ``found`` from the tasks ``asked``; a file without any row has none.

    Rows that name no task, their 编号 or 所属期 having been changed, count as rows of tasks that are missing, each as
    that of a task with what it still has.
    """
    if not found:
        return TaskListChange()
    wanted, rows = {each.row: each for each in asked}, {each.row: each for each in found}
    kept = [rows[key] for key in wanted if key in rows]
    others = [each for key, each in rows.items() if key not in wanted]
    foreign = [each for each in others if _names_a_task(each)]
    unclear = [each for each in found if each.row not in wanted and not _names_a_task(each)]
    missing = _without_rows([each for key, each in wanted.items() if key not in rows], unclear)
    redated = [(wanted[each.row], each) for each in kept if each.due and fold(each.due) != fold(wanted[each.row].due)]
    return TaskListChange(len(kept), tuple(foreign), tuple(missing), tuple(redated))


def _without_rows(missing: Sequence[AskedTask], unclear: Sequence[AskedTask]) -> list[AskedTask]:
    """The ``missing`` tasks that none of the ``unclear`` rows stands for: those with the same 编号 or 所属期 first."""
    left = list(missing)
    for row in unclear:
        alike = [each for each in left if row.row[0] == each.row[0] or row.row[1] == each.row[1]]
        for each in [*alike, *left][:1]:
            left.remove(each)
    return left


def _names_a_task(row: AskedTask) -> bool:
    try:
        Period.parse(row.reference.partition(" ")[0])
    except ValueError:
        return False
    return _ID.fullmatch(fold(row.id)) is not None


@dataclass(frozen=True, slots=True)
class AskedFault:
    """A fault as a 整改链接表 asks about it: the texts of one row."""

    number: str
    """整改号."""
    url: str
    found: str


@dataclass(frozen=True, slots=True)
class FaultTableIdentity:
    """Whose 整改链接表 it is, and what it asks."""

    schema: int
    unit: str
    cycle: Month
    issued_on: date
    table: int
    """The number of the act that asked."""
    faults: tuple[AskedFault, ...]


def sign_fault_table(key: bytes, identity: FaultTableIdentity) -> str:
    """HMAC-SHA256 over a 整改链接表's identity, as 64 hexadecimal digits; never that of a report workbook."""
    parts = ["zwgk faults", identity.schema, identity.unit, str(identity.cycle), identity.issued_on.isoformat()]
    message = json.dumps([*parts, identity.table, *map(astuple, identity.faults)], ensure_ascii=False)
    return hmac.new(key, message.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def is_valid_fault_table(claimed: str, key: bytes, identity: FaultTableIdentity) -> bool:
    """Whether a claimed signature is the right one (compared in constant time)."""
    return hmac.compare_digest(claimed.strip().encode(), sign_fault_table(key, identity).encode())

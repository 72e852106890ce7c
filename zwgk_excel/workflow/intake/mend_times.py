"""改正时限 of faulty returns, and how it is told: in their mark-ups, and in the mails that are about them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

from zwgk_excel.domain.duties import UnitKind
from zwgk_excel.domain.mend_time import MendTime, TaskToMend, mend_time
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.domain.scoring import format_points
from zwgk_excel.domain.workdays import PROVISIONAL
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.report.cover import day_words
from zwgk_excel.workflow.office.context import Office


class MendTimes:
    """Until when returns have to be corrected, by what an office has decided so far; looked up once for many."""

    def __init__(self, office: Office) -> None:
        self._obligations = {each.key: each for each in office.obligations()}
        self._own: dict[tuple[str, Month], list[Obligation]] = {}
        for each in self._obligations.values():
            self._own.setdefault((each.unit, each.cycle), []).append(each)
        self._decided = office.active_decisions()
        self._rules_of = cache(office.rules_of)
        self._kinds: dict[str, UnitKind] = {each.name: each.kind for each in office.units()}

    def of(self, receipt: Receipt, others: Iterable[Receipt]) -> MendTime:
        """The time for a return; of ``others`` those of its unit and cycle count."""
        place = receipt.unit, receipt.cycle
        history = [each for each in others if (each.unit, each.cycle) == place]
        own = self._own.get((receipt.unit, receipt.cycle), []) if receipt.cycle else []
        kind = self._kinds.get(receipt.unit)
        return mend_time(receipt, history, self._obligations, own, self._decided, self._rules_of, kind)


def until_words(time: MendTime) -> str:
    """The last day as words, with what it leaves open; empty where no task has one."""
    if time.until is None:
        return ""
    texts = layout("markup").settings["deadline"]
    later = texts["later"] if len({each.until for each in time.dated}) > 1 else ""
    return f"{day_until(min(time.dated, key=_last_day))}{later}"


def day_until(task: TaskToMend) -> str:
    """The last day of one task; empty for one without."""
    if task.until is None:
        return ""
    return f"{day_words(task.until)}{PROVISIONAL if task.provisional else ''}"


def cost_words(time: MendTime, *, passed: bool = False) -> str:
    """What comes of a correction in time, and what it costs after, as a sentence; empty without a last day.

    Where the last day has ``passed``, only what it costs.
    """
    if not time.dated:
        return ""
    texts = layout("markup").settings["deadline"]
    found = {each.points for each in time.dated if each.points}
    points = " 至 ".join(format_points(each) for each in sorted({min(found), max(found)})) if found else ""
    sample = "" if all(each.confirmed for each in time.dated) else texts["sample"]
    after = texts["costs"].format(points=points, sample=sample) if points else texts["open"]
    in_time = "" if passed or not all(each.in_time for each in time.dated) else texts["in_time"]
    return f"{in_time}{after}"


def mend_notes(office: Office, time: MendTime) -> tuple[str, ...]:
    """The lines of a mark-up about the last day and whom to ask, as many as there is something to say."""
    texts = layout("markup").settings["deadline"]
    contact = office.workspace.settings.office.contact_words
    until = texts["until"].format(until=until_words(time), cost=cost_words(time)) if time.until else ""
    asked = texts["contact"].format(contact=contact) if contact else ""
    return tuple(filter(None, (until, asked)))


def _last_day(task: TaskToMend) -> date:
    return task.until or date.max

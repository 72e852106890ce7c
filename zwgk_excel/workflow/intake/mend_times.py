"""改正时限 of faulty returns, and how it is told: in their mark-ups, and in the mails that are about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
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

_DUTIES_NAMED = 6


class MendTimes:
    """Until when returns have to be corrected, by what an office has decided so far; looked up once for many."""

    def __init__(self, office: Office) -> None:
        self._obligations = {each.key: each for each in office.obligations()}
        self._own: dict[tuple[str, Month], list[Obligation]] = {}
        for each in self._obligations.values():
            self._own.setdefault((each.unit, each.cycle), []).append(each)
        self._decided = office.active_decisions()
        self._today = office.now().date()
        self._rules_of = cache(office.rules_of)
        self._kinds: dict[str, UnitKind] = {each.name: each.kind for each in office.units()}

    def of(self, receipt: Receipt, others: Iterable[Receipt]) -> MendTime:
        """The time for a return; of ``others`` those of its unit and cycle count."""
        place = receipt.unit, receipt.cycle
        history = [each for each in others if (each.unit, each.cycle) == place]
        own = self._own.get((receipt.unit, receipt.cycle), []) if receipt.cycle else []
        kind = self._kinds.get(receipt.unit)
        return mend_time(receipt, history, self._obligations, own, self._decided, self._rules_of, kind, self._today)


def until_words(time: MendTime) -> str:
    """The last days that are not over in words; where all are over, those, and that they are; empty for none."""
    over = layout("markup").settings["deadline"]["over"] if time.is_over else ""
    return f"{_days(time.still_open or time.over)}{over}"


def until_short(time: MendTime) -> str:
    """The same in a narrow column: the next of them, or the latest where all are over; 无 for none."""
    over = layout("markup").settings["deadline"]["over"] if time.is_over else ""
    return f"{time.until or '无'}{over}"


def mend_values(time: MendTime) -> dict[str, str]:
    """What mails say of the last days: ``until`` and ``passed`` with what each costs, empty where there is none."""
    apart = bool(time.still_open and time.over)
    return {
        "until": _days(time.still_open, named=apart),
        "cost": cost_words(time),
        "passed": _days(time.over, named=apart),
        "passed_cost": _costs(time.over),
    }


def day_until(task: TaskToMend, as_of: date) -> str:
    """The last day of one task, and whether it is over; empty for one without."""
    if task.until is None:
        return ""
    over = layout("markup").settings["deadline"]["over"] if task.until < as_of else ""
    return f"{day_words(task.until)}{PROVISIONAL if task.provisional else ''}{over}"


def cost_words(time: MendTime) -> str:
    """What comes of a correction in time, and what it costs after, as a sentence; empty without a last day.

    Where all last days are over, only what it costs.
    """
    return f"{_in_time(time.still_open)}{_costs(time.still_open)}" if time.still_open else _costs(time.over)


def mend_notes(office: Office, time: MendTime, received_on: date) -> tuple[str, ...]:
    """The lines of a mark-up about the last day and whom to ask, as many as there is something to say.

    Over is what was over on the day on which the return came: a mark-up is the same on every day.
    """
    texts = layout("markup").settings["deadline"]
    contact = office.workspace.settings.office.contact_words
    told = mend_values(replace(time, as_of=received_on))
    until = texts["until"].format_map(told) if told["until"] else ""
    passed = texts["passed"].format_map(told) if told["passed"] else ""
    asked = texts["contact"].format(contact=contact) if contact else ""
    return tuple(filter(None, (until, passed, asked)))


def _days(tasks: Sequence[TaskToMend], *, named: bool = False) -> str:
    """The last days of tasks, the first one first: where they differ, or where ``named``, each with its tasks."""
    days: dict[date, list[TaskToMend]] = {}
    for each in sorted(tasks, key=_last_day):
        days.setdefault(_last_day(each), []).append(each)
    shown = [(_duties(mine), day_until(mine[0], date.min)) for mine in days.values()]
    return shown[0][1] if len(shown) == 1 and not named else "，".join(f"{duties} 为 {day}" for duties, day in shown)


def _duties(tasks: Sequence[TaskToMend]) -> str:
    named = list(dict.fromkeys(each.obligation.duty.id for each in tasks))
    return "、".join(named[:_DUTIES_NAMED]) + (f" 等 {len(tasks)} 项" if len(named) > _DUTIES_NAMED else "")


def _in_time(tasks: Sequence[TaskToMend]) -> str:
    """What comes of a correction in time, where that is the same for all of them or can be said of all."""
    if not all(each.in_time for each in tasks):
        return ""
    late = {each.late for each in tasks}
    key = "in_time" if late == {False} else "late" if late == {True} else "mixed"
    return str(layout("markup").settings["deadline"][key])


def _costs(tasks: Sequence[TaskToMend]) -> str:
    """What they cost after their last days; empty for none."""
    if not tasks:
        return ""
    texts = layout("markup").settings["deadline"]
    found = {each.points for each in tasks if each.points}
    points = " 至 ".join(format_points(each) for each in sorted({min(found), max(found)})) if found else ""
    sample = "" if all(each.confirmed for each in tasks) else texts["sample"]
    return str(texts["costs"].format(points=points, sample=sample) if points else texts["open"])


def _last_day(task: TaskToMend) -> date:
    return task.until or date.max

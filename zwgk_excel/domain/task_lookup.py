"""Which obligation a task named in a return means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from zwgk_excel.domain.obligations import ReportTask
from zwgk_excel.domain.periods import Period
from zwgk_excel.domain.returns import TaskAnswer
from zwgk_excel.domain.text import clean, fold

_ID = re.compile(r"\s*([A-Za-z]\s*\d+)")
_REFERENCE = re.compile(r"[（(]\s*(\d{4}(?:-\d{1,2}|Q[1-4])?[^（）()]*?)\s*[）)]\s*$")
WELL_FORMED_ID = re.compile(r"[A-Z]\d+")


class TaskLookup:
    """The obligations that one unit may answer in a cycle, found by typed text."""

    def __init__(
        self, listed: Sequence[ReportTask], others: Sequence[ReportTask] = (), revoked: Sequence[ReportTask] = ()
    ) -> None:
        """``listed`` are the tasks of the cycle's workbook; ``others`` are accepted as well.

        ``revoked`` were asked of the unit before a month was amended or cancelled: what is said of them is kept, and
        nothing is wrong with it.
        """
        self.listed, self.others, self.revoked = listed, others, revoked
        every = (*listed, *others, *revoked)
        self.by_key = {each.obligation.key: each for each in every}
        self._labels = {fold(each.label): each.obligation.key for each in reversed(every)}
        self._references: dict[tuple[str, str], str] = {}
        self._plain: dict[str, str] = {}
        for each in every:
            duty = each.obligation.duty.id
            self._references.setdefault((duty, fold(each.reference)), each.obligation.key)
            if fold(each.label) == fold(f"{duty} {each.obligation.duty.column}"):
                self._plain.setdefault(duty, each.obligation.key)
        # Without the name of the unit that was taken over it is the unit's own task, else that one's.
        for each in every:
            self._references.setdefault((each.obligation.duty.id, fold(each.obligation.reference)), each.obligation.key)
        taken_over = (each for each in listed if each.obligation.unit != each.unit and not each.backlog)
        for each in sorted(taken_over, key=lambda each: each.obligation.period, reverse=True):
            if not each.obligation.subject:
                self._plain.setdefault(each.obligation.duty.id, each.obligation.key)

    def of_label(self, text: str) -> str:
        """The obligation key of a task text: the label, else the id with its reference; empty for none."""
        text = clean(text)
        if key := self._labels.get(fold(text)):
            return key
        if not (found := _ID.match(text)):
            return ""
        duty = fold(found[1]).upper()
        reference = _REFERENCE.search(text)
        return self.of_row(duty, reference[1]) if reference else self._plain.get(duty, "")

    def of_row(self, duty: str, reference: str) -> str:
        """The obligation key of a 任务清单 row, by 编号 and 所属期; empty for none."""
        duty = fold(duty).upper()
        if not reference:
            return self._plain.get(duty, "")
        return self._references.get((duty, fold(reference)), "")

    def of_changed_row(self, answer: TaskAnswer, free: Iterable[str]) -> str:
        """The key among ``free`` that a row with a changed 编号 or 所属期 means by its 栏目; empty if ambiguous.

        A row with a well-formed period means that period, so nothing is guessed.
        """
        duty, reference = answer.task
        wanted = fold(answer.column)
        named = [each for key in free if fold((each := self.by_key[key]).obligation.duty.column) == wanted]
        if not (answer.column and named) or (_is_period(reference) and WELL_FORMED_ID.fullmatch(fold(duty).upper())):
            return ""
        by_id = [each for each in named if each.obligation.duty.id == fold(duty).upper()] or named
        by_period = [each for each in by_id if fold(each.reference) == fold(reference)] or by_id
        found = [each for each in by_period if each in self.listed] or by_period
        return found[0].obligation.key if len(found) == 1 else ""


def _is_period(text: str) -> bool:
    try:
        Period.parse(text)
    except ValueError:
        return False
    return True

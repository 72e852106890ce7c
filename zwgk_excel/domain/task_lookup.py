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
_NUMBERED = re.compile(r"\s*(\d{1,3})\s*[-.、．:：]?\s*(\D.*)")
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
        """The obligation key of a task text; empty for none.

        That is the label, else the id with its reference, else the words alone where only one task has them
        (``政府采购``, ``2 政府采购``).
        """
        text = clean(text)
        if key := self._labels.get(fold(text)):
            return key
        reference = _REFERENCE.search(text)
        if not (found := _ID.match(text)):
            return self._of_words(text[: reference.start()] if reference else text, reference[1] if reference else "")
        duty = fold(found[1]).upper()
        return self.of_row(duty, reference[1]) if reference else self._plain.get(duty, "")

    def label_of(self, key: str) -> str:
        """The label of a task by its obligation's key."""
        return self.by_key[key].label

    def _of_words(self, words: str, reference: str) -> str:
        """The key of the task whose 栏目 these are, without or after a number; of several the one with that number."""
        found = _NUMBERED.fullmatch(words)
        number, column = (found[1], found[2]) if found else ("", words)
        duties = {
            each.obligation.duty.id
            for each in self.by_key.values()
            if fold(each.obligation.duty.column) == fold(column)
        }
        if len(duties) > 1 and number:
            duties = {each for each in duties if each[1:].lstrip("0") == number.lstrip("0")}
        return self.of_row(duties.pop(), reference) if len(duties) == 1 else ""

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

"""Faults on the website (网站问题) that a unit is asked to put right, and what came of each (网站整改).

A fault is told to its unit in a 整改链接表, which it fills and sends back. What counts in the end is what the website
shows: a link that shows what was reported is mended, whoever says what. The steps against a unit (督促) with their own
整改 are :mod:`zwgk_excel.domain.escalation`.

The loop is that of county offices (固镇 2023: a list of problems to each unit, its 整改链接表 back by a date, then a
recheck, which scores).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby

from zwgk_excel.domain.link_checks import LinkCheck, LinkVerdict, ReportedLink, Visit, judge
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import FaultAnswer, FaultAnswerStatus, Item
from zwgk_excel.domain.score_rules import ScoreRule, Scoring
from zwgk_excel.domain.scoring import ScoreLine
from zwgk_excel.domain.workdays import Workdays


class FaultKind(StrEnum):
    """What is wrong on the website (网站问题)."""

    LINK = "link"
    """A link does not show what was reported, or by the page's day it was published late."""
    COLUMN = "column"
    """A column was not updated for too long."""


@dataclass(frozen=True, slots=True)
class SiteFault:
    """One fault on the website, as it is told to the unit."""

    kind: FaultKind
    unit: str
    obligation: str
    """Key of the obligation that it belongs to."""
    task: str
    """The task or column in words: ``D02 政府采购``."""
    title: str
    """Of the item; empty where it is about no item."""
    url: str
    """Where; empty for nowhere."""
    found: str
    """What is wrong, in Chinese."""
    expected: str
    """What should be there, in Chinese."""
    formed_on: date | None = None
    published_on: date | None = None
    """Of the item as reported; of a column the day of its last item."""

    @property
    def duty(self) -> str:
        """The id of the duty that it belongs to."""
        return self.obligation.partition("/")[0]

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes it the same fault when it is found again: of a column no month, for it is stale until updated."""
        of_item = self.url.casefold() or f"{self.obligation} {self.title}"
        return str(self.kind), self.unit, self.duty if self.kind is FaultKind.COLUMN else of_item

    @property
    def item(self) -> Item:
        """The item that a page is to show."""
        return Item(
            self.obligation,
            self.task,
            self.title,
            formed_on=self.formed_on,
            published_on=self.published_on,
            url=self.url,
        )


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What a unit said of a fault, and when it came."""

    answer: FaultAnswer
    at: datetime
    file: str
    """As :attr:`zwgk_excel.domain.returns.Receipt.file`."""
    known_at: datetime
    """When it was taken in: the office may give a file an earlier time than that."""


@dataclass(frozen=True, slots=True)
class ExplanationWord:
    """The office's word on a unit's explanation."""

    accepted: bool
    at: datetime
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class FaultCase:
    """A fault that a unit was asked to put right, with all that was said of it."""

    number: int
    """整改号, 1 for the first of a ledger."""
    cycle: Month
    """The month in whose items it was found."""
    fault: SiteFault
    raised_at: datetime
    mend_by: date
    table: int
    """The number of the act that asked: the number of its 整改链接表."""
    answers: tuple[GivenAnswer, ...] = ()
    """Oldest first."""
    words: tuple[ExplanationWord, ...] = ()
    """Those in force, oldest first."""
    withdrawn: bool = False
    """Whether the asking was undone."""

    @property
    def answer(self) -> GivenAnswer | None:
        """The newest answer; where the office accepted one, that: what is taken in afterwards changes nothing."""
        word = self.words[-1] if self.words else None
        accepted = [each for each in self.answers if not (word and word.accepted) or each.known_at <= word.at]
        return accepted[-1] if accepted else None

    @property
    def word(self) -> ExplanationWord | None:
        """The office's word on what the unit says last; None where it gave none, or did not know that then."""
        word = self.words[-1] if self.words else None
        said = self._said
        stands = word is not None and (word.accepted or not said or said[-1][0].known_at <= word.at)
        return word if stands else None

    @property
    def _said(self) -> list[list[GivenAnswer]]:
        """The answers, those together that say the same once more."""
        return [list(same) for _, same in groupby(self.answers, lambda each: replace(each.answer, row=0))]

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where it was to be seen, and where the unit said that it is; empty for no address."""
        given = (each.answer.url for each in self.answers)
        return tuple(dict.fromkeys(filter(None, (self.fault.url, *given))))

    @property
    def link(self) -> ReportedLink:
        """What a visit is to show: the item at the address that the unit gave last."""
        item = self.fault.item
        given = self.answer.answer.url if self.answer else ""
        return ReportedLink(
            self.fault.unit, self.answer.file if self.answer else "", replace(item, url=given or item.url)
        )

    @property
    def since(self) -> datetime:
        """A visit after this says whether it was put right: when the unit first said what it says last."""
        return max(self.raised_at, self._said[-1][0].at) if self._said else self.raised_at

    @property
    def stages(self) -> tuple[FaultCase, ...]:
        """The case before its unit said anything, and after each time that it said something else; oldest first."""
        known = range(len(self._said) + 1)
        return tuple(replace(self, answers=tuple(each for same in self._said[:n] for each in same)) for n in known)


class FaultOutcome(StrEnum):
    """What came of a fault so far (整改结果), in the order in which the office looks at them."""

    EXPLAINED = "explained"
    """Explained, or not to be seen for certain: the office's word is wanted."""
    OVERDUE = "overdue"
    """No answer by its day."""
    UNMENDED = "unmended"
    """Visited again and still wrong, or the explanation was not accepted."""
    ANSWERED = "answered"
    """Said to be mended, and not visited since."""
    ASKED = "asked"
    MENDED = "mended"
    ACCEPTED = "accepted"
    """The office accepted the explanation."""
    WITHDRAWN = "withdrawn"


OPEN_FAULTS = frozenset(
    {FaultOutcome.ASKED, FaultOutcome.ANSWERED, FaultOutcome.EXPLAINED, FaultOutcome.UNMENDED, FaultOutcome.OVERDUE}
)
"""What is not settled."""
OWED_BY_UNIT = frozenset({FaultOutcome.ASKED, FaultOutcome.UNMENDED, FaultOutcome.OVERDUE})
"""What waits for the unit."""


@dataclass(frozen=True, slots=True)
class FaultState:
    """A fault as of a day."""

    case: FaultCase
    outcome: FaultOutcome
    check: LinkCheck | None = None
    """Of the newest visit that can say whether it was put right; None for none yet."""
    mended_on: date | None = None
    """The day on which the unit said so, of what it truthfully said; else the day of the visit that shows it. Of a
    column that records show to be updated the day of publication."""

    @property
    def is_open(self) -> bool:
        """Whether it is not settled."""
        return self.outcome in OPEN_FAULTS

    @property
    def is_refused(self) -> bool:
        """Whether the office did not accept what the unit says last."""
        return self.outcome is FaultOutcome.UNMENDED and self.case.word is not None

    def is_late(self, as_of: date) -> bool:
        """Whether it was not put right by its day: what is waiting for the office or a visit is not the unit's."""
        by = self.case.mend_by
        if self.outcome is FaultOutcome.MENDED:
            return self.mended_on is not None and self.mended_on > by
        return self.outcome in OWED_BY_UNIT and as_of > by


def state_of(
    case: FaultCase,
    visits: Sequence[Visit],
    reported: Sequence[Item],
    workdays: Workdays,
    publish_within: int,
    as_of: date,
    *,
    may_visit: bool = True,
) -> FaultState:
    """What came of a fault by a day; ``visits`` are all those to its addresses, oldest first.

    What was once seen to be right is settled, whatever the unit says afterwards: a page that is gone again later is
    another fault.

    ``reported`` are the items that the unit reports for those addresses now, of a column those of its duty: who
    corrected a wrong title in its report, or reports something newer than the column's last item, has put right what
    was wrong. ``publish_within`` is in working days (条例第二十六条). Without ``may_visit`` its address is one that no
    visit leads to: then the office has to look.
    """
    if case.withdrawn:
        return FaultState(case, FaultOutcome.WITHDRAWN)
    word = case.word
    if word and word.accepted:
        return FaultState(case, FaultOutcome.ACCEPTED)
    if case.fault.kind is FaultKind.COLUMN and (updated_on := _updated_on(case.fault, reported, as_of)):
        return FaultState(case, FaultOutcome.MENDED, mended_on=updated_on)
    check = None
    stages = case.stages
    for stage, later in zip(stages, [*stages[1:], None], strict=True):
        mine = [each for each in visits if each.at > stage.since and (later is None or each.at <= later.since)]
        check = _rechecked(stage, mine, reported, workdays, publish_within)
        if check and check.verdict is LinkVerdict.FINE and check.visit:
            return FaultState(case, FaultOutcome.MENDED, check, _mended_on(stage, check.visit))
    return FaultState(case, _open_outcome(case, word, check, as_of, may_visit=may_visit), check)


def _mended_on(case: FaultCase, visit: Visit) -> date:
    """The day on which the unit first said so, of what it truthfully said; else that of the visit that shows it."""
    said = case.answer
    truthful = said is not None and said.answer.status is FaultAnswerStatus.MENDED
    return case.since.date() if truthful else visit.at.date()


def _open_outcome(
    case: FaultCase, word: ExplanationWord | None, check: LinkCheck | None, as_of: date, *, may_visit: bool
) -> FaultOutcome:
    if word is not None:
        return FaultOutcome.UNMENDED
    if case.answer is None:
        return FaultOutcome.OVERDUE if as_of > case.mend_by else FaultOutcome.ASKED
    if case.answer.answer.status is not FaultAnswerStatus.MENDED:
        return FaultOutcome.EXPLAINED
    if not case.link.item.url:
        return FaultOutcome.EXPLAINED  # nothing to visit
    if check is None:
        return FaultOutcome.ANSWERED if may_visit else FaultOutcome.EXPLAINED
    return FaultOutcome.EXPLAINED if check.verdict is LinkVerdict.UNCERTAIN else FaultOutcome.UNMENDED


def _rechecked(
    case: FaultCase, visits: Iterable[Visit], reported: Iterable[Item], workdays: Workdays, publish_within: int
) -> LinkCheck | None:
    """The first sound verdict of some visits to the address that the unit gave last, else the last one; None for
    none."""
    link = case.link
    items = [*(each for each in reported if each.url == link.item.url), link.item]
    checks: list[LinkCheck] = []
    for visit in (each for each in visits if each.url == link.item.url):
        if case.fault.kind is FaultKind.COLUMN:
            checks.append(_updated(case, link, visit))
            continue
        mine = [judge(ReportedLink(link.unit, link.file, each), visit, workdays, publish_within) for each in items]
        checks.append(next((each for each in mine if each.verdict is LinkVerdict.FINE), mine[-1]))
    sound = (each for each in checks if each.verdict is LinkVerdict.FINE)
    return next(sound, checks[-1] if checks else None)


def _updated_on(fault: SiteFault, reported: Iterable[Item], as_of: date) -> date | None:
    """The day of the first item that is newer than the column's last one was when it was told; None for none."""
    days = (each.published_on for each in reported if each.published_on and each.published_on <= as_of)
    return min((day for day in days if fault.published_on is None or day > fault.published_on), default=None)


def _updated(case: FaultCase, link: ReportedLink, visit: Visit) -> LinkCheck:
    """Whether a page shows that a column was updated: it was published after the column's last item."""
    read = judge(link, visit, Workdays(), 0)
    if read.verdict is not LinkVerdict.TITLE_DIFFERS:  # no page was read: what was found says enough
        return read
    last, shown = case.fault.published_on, visit.published_on
    if shown is None:
        return LinkCheck(link, visit, LinkVerdict.UNCERTAIN)
    is_newer = last is None or shown > last
    return LinkCheck(link, visit, LinkVerdict.FINE if is_newer else LinkVerdict.DATE_DIFFERS)


def new_faults(
    found: Iterable[SiteFault], states: Iterable[FaultState], owner: Callable[[str], str] = str
) -> tuple[SiteFault, ...]:
    """The faults that no unit is asked about yet, and about which nothing was accepted; each once.

    What was put right at another address is not asked about again, though the one reported stays as it is. A column is,
    once something was published after what it was told for and that, too, is too old. ``owner`` maps an earlier unit's
    name to the present unit, which answers for what the earlier one was told.
    """
    told: dict[tuple[str, str, str], list[FaultState]] = defaultdict(list)
    for state in states:
        told[_identity(state.case.fault, owner)].append(state)
    fresh: dict[tuple[str, str, str], SiteFault] = {}
    for each in found:
        identity = _identity(each, owner)
        if not any(_covers(state, each) for state in told.get(identity, ())):
            fresh.setdefault(identity, each)
    return tuple(fresh.values())


def _identity(fault: SiteFault, owner: Callable[[str], str]) -> tuple[str, str, str]:
    return replace(fault, unit=owner(fault.unit)).identity


def _covers(state: FaultState, fault: SiteFault) -> bool:
    """Whether a fault that is found needs no asking because of one with its identity that was told before."""
    if state.is_open or state.outcome is FaultOutcome.WITHDRAWN:
        return state.is_open
    if fault.kind is FaultKind.COLUMN:
        return state.case.fault.published_on == fault.published_on
    shown = state.check.link.item.url if state.check else ""
    return state.outcome is FaultOutcome.ACCEPTED or shown != state.case.fault.url


def fault_lines(
    states: Iterable[FaultState], month: Month, rules: Scoring, as_of: date, owner: Callable[[str], str] = str
) -> dict[str, tuple[ScoreLine, ...]]:
    """Unit → its lines for faults that it did not put right by their day, in the month of that day.

    Points are those of [scoring.site_fault], before weights and limits; with 0 the faults are only listed. ``owner``
    maps an earlier unit's name to that of the month.
    """
    points = rules.point_rules[ScoreRule.SITE_FAULT].points
    found: dict[str, list[ScoreLine]] = {}
    for each in sorted(states, key=lambda state: state.case.number):
        case = each.case
        if Month.of(case.mend_by) != month or not each.is_late(as_of):
            continue
        done = f"{each.mended_on} 才整改" if each.mended_on else "未整改"
        about = case.fault.title or case.fault.task
        reason = f"网站整改第 {case.number} 条“{about}”：应于 {case.mend_by} 前整改，{done}"
        line = ScoreLine(ScoreRule.SITE_FAULT, -points, case.fault.obligation, reason, on=case.mend_by)
        found.setdefault(owner(case.fault.unit), []).append(line)
    return {unit: tuple(lines) for unit, lines in found.items()}

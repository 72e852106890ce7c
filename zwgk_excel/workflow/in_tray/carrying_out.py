"""The choices typed in the in-tray carried out as acts, by the use cases of the commands.

Each choice stands for itself: what one refuses keeps none of the others from being done. An act that was done is not
done again, because what it was about waits no longer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

from zwgk_excel.domain.acts import ActSource
from zwgk_excel.domain.in_tray import (
    DAY,
    MONTH,
    REASON,
    SEEN_FIRST,
    UNIT,
    TrayAnswer,
    TrayChoice,
    TrayDeed,
    TrayFault,
    TrayFaultKind,
    Waiting,
    faults,
)
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import Problem, problem
from zwgk_excel.domain.text import clean, clean_paragraph
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.in_excel import in_excel
from zwgk_excel.layout.words import verdict_word, word
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.tracker.rows.tray_rows import tray_name
from zwgk_excel.workbooks.tracker.rows.view import TrayEntry, TrayRow, TypedValue
from zwgk_excel.workbooks.writing.style import cell_text
from zwgk_excel.workflow.acts import reopen
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.decisions import accept_take_back, assign, keep_report, merge, set_aside, withdraw
from zwgk_excel.workflow.decisions.overrides import files_of
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.escalation import open_due_rectifications
from zwgk_excel.workflow.in_tray.returns import named_units, send_back_all
from zwgk_excel.workflow.issuing import (
    NothingToAmendError,
    amend,
    behind_amendment,
    differing_months,
    generate,
    later_listings,
)
from zwgk_excel.workflow.office.context import Office, find_unit
from zwgk_excel.workflow.office.passwords import office_passwords
from zwgk_excel.workflow.site_faults import judge_explanation
from zwgk_excel.workflow.users import NOBODY
from zwgk_excel.workflow.workers.readers import ReaderPool

_LAST_DAY = date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class TrayOutcome:
    """What came of what was typed in the in-tray."""

    done: tuple[TrayDeed, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Why the others were not carried out, at their cells."""
    results: Mapping[str, str] = field(default_factory=dict)
    """Key of a row → the same for the row."""
    discarded: frozenset[tuple[str, str]] = frozenset()
    """Cells of the tracking sheet that are to show what is in force: (obligation, key of the column)."""
    repeated: frozenset[str] = frozenset()
    """Keys of rows that stood there twice with different words."""

    @property
    def failed(self) -> bool:
        """Whether something was chosen that could not be carried out."""
        return bool(self.results)


NO_OUTCOME = TrayOutcome()
"""Nothing was chosen."""


def carry_out(
    office: Office,
    waiting: Sequence[Waiting],
    entries: Sequence[TrayEntry],
    who: str,
    readers: ReaderPool | None = None,
) -> TrayOutcome:
    """Carry out what was chosen about what waits, in the order in which it waits; the caller holds the run lock.

    What was chosen about something that waits no longer is told and left. A row that stands there twice with different
    words is carried out by neither. ``readers`` read the files that are assigned.
    """
    if not entries:
        return NO_OUTCOME
    rows: dict[str, TrayEntry] = {}
    differing: dict[str, TrayEntry] = {}
    problems: list[Problem] = []
    by_key = {each.key: each for each in waiting}
    for entry in entries:
        if entry.key not in by_key:
            problems += _gone(entry)
        elif rows.setdefault(entry.key, entry).typed != entry.typed:
            differing[entry.key] = entry
    run = _Run(office, who, readers)
    with _as_in_tracker(office), run:
        for each in waiting:
            mine, other = rows.get(each.key), differing.get(each.key)
            if mine is not None and any("choice" in row.typed for row in (mine, other) if row):
                run.take(each, mine, other)
    found = (*problems, *run.problems)
    return TrayOutcome(tuple(run.done), found, run.results, frozenset(run.discarded), frozenset(differing))


def tray_rows_of(
    waiting: Sequence[Waiting], entries: Sequence[TrayEntry], outcome: TrayOutcome
) -> tuple[TrayRow, ...]:
    """What waits, as it is shown: with what the office typed there and was not carried out, and why.

    What still waits after something was done about it, or waits again, is a question of its own. Of what stood there
    twice one row is left, to be chosen about anew.
    """
    settled = {each.waiting.key for each in outcome.done}
    typed: dict[str, Mapping[str, TypedValue]] = {}
    for each in entries:
        said = each.typed.items()
        again = each.key in outcome.repeated
        kept = {key: value for key, value in said if not (again and key == "choice")}
        typed.setdefault(each.key, {} if each.key in settled else kept)
    return tuple(TrayRow(each, typed.get(each.key, {}), outcome.results.get(each.key, "")) for each in waiting)


@contextmanager
def _as_in_tracker(office: Office) -> Iterator[None]:
    """Let acts be recorded as done in the tracker, whoever reads it."""
    before = office.ledger.source
    office.ledger.source = ActSource.TRACKER
    try:
        yield
    finally:
        office.ledger.source = before


def _gone(entry: TrayEntry) -> Iterator[Problem]:
    """What was chosen or written about something that waits no longer; a proposal that nobody touched is nothing."""
    said = [as_text(entry.typed[key]) for key in ("choice", DAY, REASON) if key in entry.typed]
    if said:
        place = next(iter(entry.places.values()))
        told = problem("tray_row_gone", place, sheet=layout("tracker")["acts"].name, typed=" ".join(map(clean, said)))
        yield _named(entry.shown or place.cell, told)


def _named(what: str, found: Problem) -> Problem:
    """The problem for people elsewhere than at its row: what it is about comes first."""
    return replace(found, found=f"{what}：{found.found}")


class _Run:
    """The choices of one tracker."""

    def __init__(self, office: Office, who: str, readers: ReaderPool | None) -> None:
        self._office, self._who, self._given = office, who, readers
        self._opened = ExitStack()
        self.done: list[TrayDeed] = []
        self.problems: list[Problem] = []
        self.results: dict[str, str] = {}
        self.discarded: set[tuple[str, str]] = set()
        self._left: list[str] = []
        """What of the choice being carried out could not be done."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._opened.close()

    def _readers(self) -> ReaderPool:
        """Those that were given, or one pool for all the files of this tracker."""
        if self._given is None:
            self._given = self._opened.enter_context(ReaderPool(passwords=office_passwords()))
        return self._given

    def take(self, waiting: Waiting, entry: TrayEntry, other: TrayEntry | None) -> None:
        """Carry out the choice of one row, or say why not."""
        if other is not None:
            return self._refuse(waiting, [problem("tray_row_repeated", other.places["choice"])])
        if unread := list(_unread(waiting, entry)):
            return self._refuse(waiting, unread)
        answer = _understood(entry)
        if wrong := [_told(each, waiting, answer, entry) for each in faults(waiting, answer)]:
            return self._refuse(waiting, wrong)
        chosen = word("tray_choice", answer.choice)
        if waiting.kind in SEEN_FIRST and entry.told != _as_shown(waiting.told):
            return self._refuse(waiting, [problem("tray_facts_changed", entry.places["choice"], value=chosen)])
        row = _Chosen(waiting, answer, entry)
        self._left = []
        try:
            self._did(row, self._act(waiting, answer))
        except UserError as refused:
            self._left = [str(refused)]
        if self._left:
            self._not_done(row, "；".join(self._left))
        return None

    def _did(self, row: _Chosen, told: str) -> None:
        chosen = word("tray_choice", row.answer.choice)
        self.done.append(TrayDeed(row.waiting, row.answer, f"{tray_name(row.waiting)}：{chosen}{told}"))

    def _not_done(self, row: _Chosen, why: str) -> None:
        chosen = word("tray_choice", row.answer.choice)
        place = row.entry.places["choice"]
        self._refuse(row.waiting, [problem("tray_not_done", place, value=chosen, reason=why.rstrip("。"))])

    def _refuse(self, waiting: Waiting, wrong: Sequence[Problem]) -> None:
        self.problems += (_named(tray_name(waiting), each) for each in wrong)
        self.results[waiting.key] = in_excel("；".join(f"{each.cause}，{each.action}" for each in wrong))

    def _act(self, waiting: Waiting, answer: TrayAnswer) -> str:
        """Do what was chosen; what more is to be told of it, beginning with a comma. Raises UserError."""
        if self._who == NOBODY:
            raise UserError("没有写明由谁办理；请在 zwgk.toml 的 [office] 下写 person = \"姓名\"")
        return _ACTS[answer.choice](self, waiting, answer)

    # --- files and returns ---------------------------------------------------------------------

    def assign(self, waiting: Waiting, answer: TrayAnswer) -> str:
        """认定: the file is the return of a unit for a month."""
        assert answer.month is not None
        files = files_of(self._office, [waiting.number])
        force = answer.choice is TrayChoice.FORCE_ASSIGN
        taken = assign(
            self._office,
            files,
            answer.unit,
            answer.month,
            who=self._who,
            reason=answer.reason,
            force=force,
            readers=self._readers(),
        )
        verdict = "、".join(dict.fromkeys(verdict_word(each) for each in taken))
        return f"为 {find_unit(self._office, answer.unit)} {answer.month}，{verdict}"

    def set_aside(self, waiting: Waiting, answer: TrayAnswer) -> str:
        """作废: the file is no return."""
        files = files_of(self._office, [waiting.number])
        set_aside(self._office, files, who=self._who, reason=answer.reason, readers=self._readers())
        return "，不再提示"

    def take_back(self, waiting: Waiting, answer: TrayAnswer) -> str:
        """同意撤回: what the return no longer has is not reported any more."""
        accept_take_back(self._office, waiting.number, who=self._who, reason=answer.reason)
        return ""

    def keep(self, waiting: Waiting, answer: TrayAnswer) -> str:
        """仍算已报: it is reported all the same."""
        keep_report(self._office, waiting.number, who=self._who, reason=answer.reason)
        return ""

    def merge(self, waiting: Waiting, answer: TrayAnswer) -> str:
        """合并: all returns of the unit count together."""
        if waiting.month is None:
            raise UserError("这份收件没有月份，不能合并")
        both = merge(
            self._office, waiting.month, waiting.unit, cancel=False, who=self._who, reason=answer.reason
        )
        return f" {waiting.unit} {waiting.month} 的 {len(both)} 份"

    def withdraw(self, waiting: Waiting, answer: TrayAnswer) -> str:
        """撤回收件: the return counts for nothing."""
        withdraw(self._office, waiting.number, who=self._who, reason=answer.reason)
        return "，以前一份为准"

    def judge(self, waiting: Waiting, answer: TrayAnswer) -> str:
        """认可说明, 不认可: the office's word on what a unit says of a fault on the website."""
        accepted = answer.choice is TrayChoice.ACCEPT
        judge_explanation(self._office, waiting.number, accepted=accepted, who=self._who, reason=answer.reason)
        return "" if accepted else "，仍须整改"

    def send_back(self, waiting: Waiting, answer: TrayAnswer) -> str:
        """退回: the units of a month are mailed their marked-up copies, over one connection.

        Where no server is set the mails become ``.eml`` files in 发件箱, and that is told.
        """
        office, month = self._office, waiting.month
        assert month is not None
        units = [each.unit for each in self._settled(waiting, answer)]
        told, self._left = send_back_all(office, month, units)
        if not told:
            raise UserError("；".join(self._left))
        return told

    # --- what was typed, months, units ---------------------------------------------------------

    def discard(self, waiting: Waiting, answer: TrayAnswer) -> str:
        """清除所填: the cell shows what is in force."""
        self.discarded.add((waiting.obligation, waiting.column))
        return ""

    def reopen(self, waiting: Waiting, answer: TrayAnswer) -> str:
        """撤销结账: the month can be changed again."""
        assert waiting.month is not None
        reopen(self._office, waiting.month, who=self._who, reason=answer.reason)
        return f" {waiting.month}"

    def amend(self, waiting: Waiting, answer: TrayAnswer) -> str:
        """更正下发: the month is issued anew by the tables of today, with the workbooks that this changes."""
        office, month, today = self._office, waiting.month, self._today
        assert month is not None
        before = later_listings(office, month, today)
        try:
            changes = amend(office, month, on=today, who=self._who, reason=answer.reason)
        except NothingToAmendError:
            return self.remake(waiting, answer)
        later = differing_months(before, later_listings(office, month, today))
        owing = {each.unit for each in office.listing(month, today)}
        units = list(dict.fromkeys(each.unit for each in changes))
        told = self._made_after_act(month, [each for each in units if each in owing])
        gone = [each for each in units if each not in owing]
        left = f"；{'、'.join(gone)}本月已无任务，请勿再发出原来的报送表" if gone else ""
        more = f"；{'、'.join(map(str, later))} 的报送表也列有改动的任务，请重做" if later else ""
        return f"，改动 {len(changes)} 项{told}{left}{more}"

    def remake(self, waiting: Waiting, answer: TrayAnswer) -> str:
        """重做报送表: those of an amendment that was broken off before they were made."""
        assert waiting.month is not None
        return self._made(waiting.month, behind_amendment(self._office, waiting.month, self._today))

    def _made_after_act(self, month: Month, units: Sequence[str]) -> str:
        """What was made anew, or what is left: the act stands, so a refusal here does not mean that it was not done."""
        try:
            return self._made(month, units)
        except UserError as refused:
            why = in_excel(str(refused).rstrip("。"))
            return f"；报送表还没有重做：{why}；再按“生成报送表”"

    def _made(self, month: Month, units: Sequence[str]) -> str:
        if not units:
            return ""
        generate(self._office, month, units=units, as_of=self._today, who=self._who)
        return f"，重做了 {'、'.join(units)}的报送表，请发更正"

    def close(self, waiting: Waiting, answer: TrayAnswer) -> str:
        """结账: the figures of the month are settled."""
        assert waiting.month is not None
        as_of = answer.day or self._today
        plan = close(self._office, waiting.month, as_of=as_of, who=self._who, seen=waiting.seen)
        left = f"，{len(plan.unripe)} 项没有到期，留待以后的月份" if plan.unripe else ""
        return f"，按 {plan.as_of} 的数字{left}"

    def rectify(self, waiting: Waiting, answer: TrayAnswer) -> str:
        """立项: a rectification is raised for the unit."""
        assert waiting.month is not None
        today = self._today
        if answer.day is not None and answer.day < today:
            raise UserError(f"所填的期限 {answer.day} 早于今天 {today}")
        (raised,) = open_due_rectifications(
            self._office,
            waiting.month,
            [waiting.unit],
            waiting.step,
            mend_by=answer.day,
            as_of=today,
            who=self._who,
            reason=answer.reason,
        )
        return f"，第 {raised.number} 号" + (f"，{answer.day} 前整改" if answer.day else "")

    def ignore(self, waiting: Waiting, answer: TrayAnswer) -> str:
        """忽略, 已阅: it is not asked about any more, unless its facts change."""
        settled = self._settled(waiting, answer)
        self._office.ledger.ignore(
            {each.key: each.fingerprint for each in settled},
            cycle=waiting.month,
            units=dict.fromkeys(each.unit for each in settled if each.unit),
            who=self._who,
            reason=answer.reason or word("tray_choice", answer.choice),
        )
        return f" {named_units([each.unit for each in settled])}" if waiting.parts else ""

    def _settled(self, waiting: Waiting, answer: TrayAnswer) -> tuple[Waiting, ...]:
        """What of a row the choice is about. Raises UserError where it holds nothing of the named unit."""
        unit = find_unit(self._office, answer.unit) if answer.unit and waiting.parts else ""
        if found := waiting.of_unit(unit):
            return found
        raise UserError(f"这一行里没有“{unit}”的报送件；只办一个单位的填单位，全部办的不填")

    @property
    def _today(self) -> date:
        return self._office.now().date()


_ACTS: Mapping[TrayChoice, Callable[[_Run, Waiting, TrayAnswer], str]] = {
    TrayChoice.ASSIGN: _Run.assign,
    TrayChoice.FORCE_ASSIGN: _Run.assign,
    TrayChoice.SET_ASIDE: _Run.set_aside,
    TrayChoice.TAKE_BACK: _Run.take_back,
    TrayChoice.KEEP: _Run.keep,
    TrayChoice.MERGE: _Run.merge,
    TrayChoice.WITHDRAW: _Run.withdraw,
    TrayChoice.ACCEPT: _Run.judge,
    TrayChoice.REFUSE: _Run.judge,
    TrayChoice.DISCARD: _Run.discard,
    TrayChoice.SEND_BACK: _Run.send_back,
    TrayChoice.REOPEN: _Run.reopen,
    TrayChoice.AMEND: _Run.amend,
    TrayChoice.REMAKE: _Run.remake,
    TrayChoice.CLOSE: _Run.close,
    TrayChoice.RECTIFY: _Run.rectify,
    TrayChoice.READ: _Run.ignore,
    TrayChoice.IGNORE: _Run.ignore,
}


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A row with the choice that is to be carried out about it."""

    waiting: Waiting
    answer: TrayAnswer
    entry: TrayEntry


def _as_shown(told: str) -> str:
    """What is told of a row as it is read back from its cell."""
    return clean_paragraph(cell_text(told))


def _understood(entry: TrayEntry) -> TrayAnswer:
    values = entry.values
    reason = clean_paragraph(values[REASON]).replace("\n", " ")
    return TrayAnswer(TrayChoice(values["choice"]), values[UNIT], values[MONTH], values[DAY], reason)


def _unread(waiting: Waiting, entry: TrayEntry) -> Iterator[Problem]:
    """The cells of a row that say nothing that can be understood."""
    sheet = layout("tracker")["in_tray"]
    far = isinstance(entry.values[DAY], date) and entry.values[DAY] > _LAST_DAY
    for column in (each for each in sheet if each.office):
        if column.key not in entry.unread and not (column.key == DAY and far):
            continue
        shown = clean(as_text(entry.typed[column.key]))
        if column.key == "choice":
            yield problem("tray_choice_foreign", entry.places["choice"], value=shown, choices=_choices(waiting))
        else:
            wanted = {MONTH: "月份，如 2026-11", DAY: "带年份的日期，如 2026-12-10"}.get(column.key, column.heading)
            values = {"heading": column.heading, "typed": shown, "expected_value": wanted}
            yield problem("tray_cell_form", entry.places[column.key], **values)


def _choices(waiting: Waiting) -> str:
    return "、".join(word("tray_choice", each) for each in waiting.choices)


def _told(fault: TrayFault, waiting: Waiting, answer: TrayAnswer, entry: TrayEntry) -> Problem:
    """What is wrong with a choice, at its cell."""
    sheet = layout("tracker")["in_tray"]
    place = entry.places.get(fault.column) or entry.places["choice"]
    named = {"value": word("tray_choice", answer.choice), "heading": sheet.heading(fault.column)}
    typed = clean(as_text(entry.typed.get(fault.column)))
    match fault.kind:
        case TrayFaultKind.FOREIGN:
            return problem("tray_choice_foreign", place, choices=_choices(waiting), **named)
        case TrayFaultKind.MISSING:
            return problem("tray_cell_missing", place, **named)
        case TrayFaultKind.NEEDLESS:
            return problem("tray_cell_needless", place, typed=typed, **named)
        case TrayFaultKind.OTHER:
            own = waiting.unit if fault.column == UNIT else str(waiting.month)
            return problem("tray_cell_other", place, typed=typed, own=own, **named)

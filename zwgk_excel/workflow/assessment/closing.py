"""``zwgk close`` (结账): stores the figures and scores of the ripe tasks of a month, which do not change afterwards."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, zip_longest

from zwgk_excel.domain.closing import Ripeness, UnripeTask, may_answer, month_that_counts, settled_later
from zwgk_excel.domain.counts import MonthCounts
from zwgk_excel.domain.in_tray import is_assignable, is_false_table
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.scoring import Assessment, signed_points
from zwgk_excel.domain.tracking import SATISFIED, TrackerRow
from zwgk_excel.ledger import CycleRecord
from zwgk_excel.ledger.snapshots import to_payload
from zwgk_excel.workflow.assessment.assessing import closings
from zwgk_excel.workflow.assessment.counted_once import miscounted_corrections, scored_elsewhere
from zwgk_excel.workflow.assessment.stored_scores import to_payloads
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.waiting import in_quarantine, not_registered
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.rules import rules_to_keep
from zwgk_excel.workflow.tracking.statuses import Statuses, closed_months, of_cycle, office_statuses

_Assessed = Callable[[Month], tuple[Assessment, Ripeness]]
_LISTED = 10
"""So many files are named."""


class FilesWaitingError(UserError):
    """Files wait in 收件箱 or in quarantine, any of which may be what the closing would count as missing."""

    def __init__(
        self,
        cycle: Month,
        unregistered: Sequence[str],
        quarantined: Mapping[int, str],
        assignable: Collection[int],
        false_tables: Collection[int] = (),
    ) -> None:
        """``quarantined`` are receipt numbers with their files, ``assignable`` those that a unit can be given.

        ``false_tables`` are those of a 整改链接表 that is none of ours, or not in force.
        """
        self.unregistered, self.quarantined = tuple(unregistered), dict(quarantined)
        parts = []
        if unregistered:
            parts.append(
                f"收件箱中还没有登记的 {len(unregistered)} 份：{_named(unregistered)}。请先运行 zwgk consolidate"
            )
        if quarantined:
            parts.append(
                f"待核实的 {len(quarantined)} 份：{_named(quarantined.values(), quarantined)}。请逐份按收件号处理，"
                + _to_do(quarantined, assignable, false_tables)
            )
        super().__init__(f"{cycle} 不能结账：还有文件没有处理，其中可能有按时报送的。" + "；".join(parts) + "。")


@dataclass(frozen=True, slots=True)
class Closing:
    """A closing, before it is done or as it was done."""

    cycle: Month
    as_of: date
    rows: tuple[TrackerRow, ...]
    """What it settles: the ripe tasks of the month, and those left to it by earlier closings."""
    unripe: tuple[UnripeTask, ...]
    """What it leaves to a later month."""
    elsewhere: tuple[TrackerRow, ...]
    """Tasks of the month that a later closing has settled, since an earlier closing of the month had left them."""
    counts: MonthCounts
    """The numbers of the month on that day as every view has them, what is left included."""
    counted_in: Month
    """The later month that counts the unripe ones, as things stand."""
    assessment: Assessment
    unusual: tuple[str, ...]
    """Chinese sentences on what should be looked at a second time; empty for an ordinary closing."""


def plan_closing(office: Office, cycle: Month, *, as_of: date) -> Closing:
    """What closing ``cycle`` with the figures of a day would settle; nothing is changed.

    Raises UserError when it was never issued, is closed already, its month is not over on that day, or the day is yet
    to come, and where a later closing has scored a correction of it that does not fit; FilesWaitingError while files
    wait that may answer its tasks.
    """
    record = _check(office, cycle, as_of)
    found = office_statuses(office, as_of)
    _require_nothing_waits(office, cycle, as_of, _own_rows(found, cycle))
    plan = _planned(office, record, found, closings(office, found))
    _require_counted_once(office, plan.assessment)
    return plan


def ready_to_close(office: Office, months: Iterable[Month], found: Statuses) -> Iterator[Closing]:
    """What closing issued months that are over and open would settle by the statuses of a day that are known.

    Not those of which a task is not ripe, or a file in quarantine may answer one; 收件箱 is not looked into.
    """
    assessed = closings(office, found)
    return filter(None, (_ready(office, month, found, assessed) for month in months))


def _ready(office: Office, cycle: Month, found: Statuses, assessed: _Assessed) -> Closing | None:
    tasks = [row.status.obligation for row in _own_rows(found, cycle)]
    if any(may_answer(each.cycle, tasks) for each in in_quarantine(office, found.as_of)):
        return None
    (record,) = (each for each in office.ledger.cycles() if each.cycle == cycle)
    plan = _planned(office, record, found, assessed)
    return None if plan.unripe else plan


def _own_rows(found: Statuses, cycle: Month) -> list[TrackerRow]:
    return [row for row in found.rows if row.month == cycle and not row.closed]


def _planned(office: Office, record: CycleRecord, found: Statuses, assessed: _Assessed) -> Closing:
    cycle, mine = record.cycle, _own_rows(found, record.cycle)
    assessment, split = assessed(cycle)
    settled = {status.obligation.key for status in split.ripe}
    rows = tuple(row for row in mine if row.status.obligation.key in settled)
    elsewhere, counted_in = settled_later(found.rows, cycle), _counted_in(office, cycle)
    unusual = (
        *_unusual(office, record, found, mine, split.unripe),
        *_deferred(office, cycle, assessment, counted_in),
    )
    counts = of_cycle(office, found, cycle).counts
    return Closing(cycle, found.as_of, rows, split.unripe, elsewhere, counts, counted_in, assessment, unusual)


def close(office: Office, cycle: Month, *, as_of: date, who: str, seen: Sequence[str] | None = None) -> Closing:
    """Close ``cycle`` with the statuses and scores that its ripe tasks have on a day; returns what was done.

    ``seen`` are the sentences on what is unusual that the person agreed to, None for one who need not be asked. Raises
    UserError, and closes nothing, as :func:`plan_closing` does, and where there is more to be seen by now.
    """
    with office.ledger.exclusive():
        plan = plan_closing(office, cycle, as_of=as_of)
        if seen is not None and set(plan.unusual) - set(seen):
            raise UserError(f"这期间情况有变，{cycle} 没有结账；请重新运行 zwgk close {cycle} 查看。")
        snapshot = {row.status.obligation.key: to_payload(row.status) for row in plan.rows}
        settings = office.workspace.settings
        kept = rules_to_keep(settings, office.workdays)
        common, scores = to_payloads(plan.assessment, settings.scoring, kept)
        left = [*(each.status for each in plan.unripe), *(row.status for row in plan.elsewhere)]
        common["unripe"] = [to_payload(status) for status in left]
        office.ledger.close_cycle(cycle, as_of, who, office.now(), snapshot, (common, scores))
    return plan


def _deferred(office: Office, cycle: Month, assessment: Assessment, counted_in: Month) -> Iterator[str]:
    """Which units get no score in the month because all their tasks are left, and what becomes of adjustments then."""
    units = [each.unit for each in assessment.deferred]
    if units:
        named = "、".join(units[:_LISTED]) + ("等" if len(units) > _LISTED else "")
        yield (
            f"{cycle} 暂不评定的 {len(units)} 个单位（没有得分、名次；应报任务都没有到期，"
            f"留待 {counted_in} 评定）：{named}。"
        )
    for each in office.ledger.adjustments():
        if each.cycle == cycle and each.unit in units:
            yield (
                f"“{each.unit}”{cycle} 的复核调整（第 {each.act} 号办理，{signed_points(each.points)} 分）"
                f"本月没有得分可以调整，结账后不计入；仍应调整的，请改在 {counted_in} 调整。"
            )


def _check(office: Office, cycle: Month, as_of: date) -> CycleRecord:
    record = next((each for each in office.ledger.cycles() if each.cycle == cycle), None)
    if record is None or record.issued_on is None:
        raise UserError(f"{cycle} 还没有生成报送表，不能结账。")
    if record.closed_at is not None:
        by = f" 由{record.closed_by}" if record.closed_by else " "
        raise UserError(
            f"{cycle} 已于 {record.closed_at:%Y-%m-%d}{by}结账，不能重复结账；"
            f"要重新结账的，先用 zwgk reopen {cycle} --reason 理由 撤销结账。"
        )
    if as_of < cycle.last:
        raise UserError(f"{cycle} 尚未结束（最后一天 {cycle.last}），现在不能结账。")
    office.refuse_ahead(as_of, "结账")
    return record


def _require_nothing_waits(office: Office, cycle: Month, as_of: date, rows: Iterable[TrackerRow]) -> None:
    arrivals, unread = not_registered(office)
    inbox = office.workspace.inbox
    unregistered = [each.path.relative_to(inbox).as_posix() for each in arrivals] + [each.place.file for each in unread]
    tasks = [row.status.obligation for row in rows]
    waiting = [each for each in in_quarantine(office, as_of) if may_answer(each.cycle, tasks)]
    quarantined = {each.number: each.name for each in waiting}
    assignable = [each.number for each in waiting if is_assignable(each.problems)]
    if unregistered or quarantined:
        false_tables = [each.number for each in waiting if is_false_table(each.problems)]
        raise FilesWaitingError(cycle, unregistered, quarantined, assignable, false_tables)


def _require_counted_once(office: Office, planned: Assessment) -> None:
    cycle = planned.period.first
    if later := sorted(later for month, later in miscounted_corrections(office, planned) if month == cycle):
        raise UserError(f"{cycle} 不能结账：{'；'.join(scored_elsewhere(cycle, later[0]))}。")


def _named(files: Collection[str], numbers: Iterable[int] = ()) -> str:
    """The first of some files, with their receipt numbers where they have such."""
    more = f" 等 {len(files)} 份" if len(files) > _LISTED else ""
    named = (f"{f'{number} 号' if number else ''}“{each}”" for each, number in zip_longest(files, numbers))
    return "、".join(islice(named, _LISTED)) + more


def _to_do(quarantined: Collection[int], assignable: Collection[int], false_tables: Collection[int]) -> str:
    """What can be done about files in quarantine; one that holds no report can only be set aside."""
    number = min(assignable or quarantined)
    aside = f"作废（zwgk receive --receipt {number} --set-aside）"
    unread = [each for each in quarantined if each not in assignable and each not in false_tables]
    told = []
    if assignable:
        told.append(f"是报送件的认定单位（zwgk receive --receipt {number} --assign 单位 --cycle 月份），不是的{aside}")
        if unread:
            told.append(f"读不出报送表的（{_numbers(unread)}）只能作废")
    elif unread:
        told.append(f"读不出报送表的，请{aside}；是报送件的，请该单位用下发的信息报送表重新报送")
    if false_tables:
        only = "只能作废" if told else f"请{aside}"
        told.append(f"不能用的整改链接表（{_numbers(false_tables)}）{only}，请该单位用最近发给它的表填报")
    return "；".join(told)


def _numbers(receipts: Collection[int]) -> str:
    more = f" 等 {len(receipts)} 份" if len(receipts) > _LISTED else ""
    return "、".join(f"{each} 号" for each in islice(receipts, _LISTED)) + more


def _counted_in(office: Office, cycle: Month) -> Month:
    """The month that would count what closing ``cycle`` leaves."""
    return month_that_counts(cycle, office.issued(), closed_months(office) | {cycle})


def _unusual(
    office: Office, record: CycleRecord, found: Statuses, rows: Sequence[TrackerRow], unripe: Sequence[UnripeTask]
) -> Iterator[str]:
    cycle = record.cycle
    earlier = [each for each in office.ledger.cycles() if each.cycle < cycle and each.issued_on and not each.closed_at]
    if earlier:
        yield f"更早的 {'、'.join(str(each.cycle) for each in earlier)} 还没有结账；一般按月份先后结账。"
    if not any(each.was_read and each.cycle == cycle for each in found.receipts):
        answered = sum(row.status.obligation.mandatory and row.status.outcome in SATISFIED for row in rows)
        left = {each.status.obligation.key for each in unripe}
        missing = sum(row.status.is_open and row.status.obligation.key not in left for row in rows)
        if not answered:
            yield f"{cycle} 没有收到任何单位的报送件，应报的任务都将按未报计。"
        elif missing:
            other = f"{answered} 项任务已在其他月份的报送件中报送，其余 {missing} 项将按未报计"
            yield f"{cycle} 没有收到任何单位的报送件；{other}。"
    if unripe:
        last = max(each.until for each in unripe)
        yield (
            f"有 {len(unripe)} 项任务还没有到期（最晚到 {last}），这次不结，留待到期后的月份计入；"
            f"等到 {last} 之后再结账，就都在本月计入。"
        )
    if office.workdays.provisional(cycle.first, found.as_of):
        yield f"{cycle.year} 年的放假安排没有公布或没有录入，按工作日算的期限只是推算。"

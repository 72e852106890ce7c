"""A tracker's view over the shipped duty table: all units, several months, all kinds of returns, always the same."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from tests.domain.make import track
from tests.domain.scores import yardstick
from zwgk_excel.domain.acts import Act, ActKind, Change
from zwgk_excel.domain.assess_month import assess
from zwgk_excel.domain.catalogue.coverage import EntryCoverage
from zwgk_excel.domain.catalogue.entries import CatalogueEntry
from zwgk_excel.domain.column_updates import column_updates
from zwgk_excel.domain.correspondence import LetterKind, LetterState, OutgoingMessage
from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.duties import Cadence, Duty, Roster, Unit, UnitKind
from zwgk_excel.domain.escalation import EscalationCandidate, EscalationLevel, Rectification
from zwgk_excel.domain.link_checks import LinkCheck, ReportedLink, Visit, VisitFinding, judge
from zwgk_excel.domain.obligations import Obligation, plan
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import (
    AnswerStatus,
    FaultAnswer,
    FaultAnswerStatus,
    Item,
    Receipt,
    Return,
    TaskAnswer,
    Verdict,
)
from zwgk_excel.domain.scoring import Correction
from zwgk_excel.domain.scoring_cases import scoring_evidence
from zwgk_excel.domain.site_faults import (
    FaultCase,
    FaultKind,
    FaultOutcome,
    FaultState,
    GivenAnswer,
    SiteFault,
)
from zwgk_excel.domain.tracking import TrackerRow
from zwgk_excel.domain.workdays import Workdays
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.policy import shipped_policy
from zwgk_excel.layout.resources import read_toml
from zwgk_excel.workbooks.tracker.previous.office_input import OfficeInput
from zwgk_excel.workbooks.tracker.previous.previous_tracker import PreviousTracker
from zwgk_excel.workbooks.tracker.previous.user_additions import UserAdditions
from zwgk_excel.workbooks.tracker.rows.row_values import sheet_order
from zwgk_excel.workbooks.tracker.rows.view import TrackerView

CORRECTION = Correction(
    Month(2026, 6), "市教育局", Decimal(95), Decimal(97), "2026-06 市教育局：结账得分 95，现应为 97。"
)
OFFICE = "大冶市人民政府办公室政务公开股"
_OWN = frozenset(Duty.__dataclass_fields__)


def typed_into(data: bytes) -> OfficeInput:
    """What the office typed into a tracker's own columns."""
    return PreviousTracker(data, layout("tracker").file_name).typed


def added_to(data: bytes) -> UserAdditions:
    """What the office added to a tracker."""
    return PreviousTracker(data, layout("tracker").file_name).added


def item_count(contents: Iterable[Receipt]) -> int:
    """How many items some receipts hold."""
    return sum(len(each.content.items) for each in contents if each.content)


@cache
def duties() -> tuple[Duty, ...]:
    """The shipped duties."""
    return tuple(_duty(raw) for raw in read_toml("duties.toml")["duties"])


def _duty(raw: dict[str, Any]) -> Duty:
    own = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items() if key in _OWN}
    column = raw.get("column") or raw["column_text"]
    return Duty(**{**own, "column": column, "cadence": Cadence(raw["cadence"])})


@cache
def roster() -> Roster:
    """The shipped units."""
    raw = read_toml("units.toml")
    units = tuple(Unit(each["name"], UnitKind(each["kind"])) for each in raw["units"])
    groups = {phrase: UnitKind(kind) for phrase, kind in raw["kind_groups"].items()}
    return Roster(units, groups)


def obligations(cycles: Iterable[Month]) -> tuple[Obligation, ...]:
    """What is owed over some cycles, each once."""
    found = (each for cycle in cycles for each in plan(duties(), roster(), shipped_policy(), Workdays(), cycle))
    return tuple({each.key: each for each in found}.values())


def months(first: Month, count: int) -> list[Month]:
    """``count`` months from ``first`` on."""
    return [first + number for number in range(count)]


@cache
def realistic(as_of: date = date(2026, 11, 26), count: int = 5, items: int = 2) -> TrackerView:
    """``count`` months up to that of ``as_of``; the oldest closed; about ``items`` items for an answered obligation."""
    cycles = months(Month.of(as_of) - (count - 1), count)
    owed = [each for each in obligations(cycles) if each.cycle in cycles]
    receipts = tuple(sorted(_receipts(owed, as_of, items), key=lambda each: each.order))
    standings = _standings(owed)
    found = track(owed, receipts, standings, as_of=as_of, due_soon_days=5)
    rows = tuple(TrackerRow(each, closed=each.obligation.cycle == cycles[0]) for each in found.statuses)
    corrected = replace(rows[3], correction="结账后于 2026-08-03 补报 1 条")
    rows = (*rows[:3], corrected, *rows[4:])
    problems = tuple(p for receipt in receipts for p in receipt.problems)
    letters = _letters(Month.of(as_of))
    contents = tuple(sorted(found.contents, key=sheet_order))
    given = (rows, roster().units, contents, problems, receipts, letters)
    acts = _acts(Month.of(as_of))
    checks = {Month.of(as_of) - 1: _link_checks(contents, Month.of(as_of) - 1)}
    more: dict[str, Any] = {"acts": acts, "link_checks": checks, "site_faults": _site_faults(checks)}
    return TrackerView(OFFICE, as_of, True, 5, *given, item_count=item_count(contents), **more, revision=7)


DOMAINS = (
    *("义务教育", "就业", "养老服务", "财政预决算", "安全生产", "税收管理", "公共法律服务", "生态环境", "户籍管理"),
    *("国有土地上房屋征收", "重大建设项目", "公共资源交易", "统计", "救灾", "食品药品监管", "城市综合执法"),
    *("农村危房改造", "保障性住房", "涉农补贴", "公共文化服务", "卫生健康", "扶贫", "社会救助"),
    *("社会保险", "市政服务", "新闻出版版权"),
)
"""公开领域 of the national catalogues, twenty-six."""


def covered(view: TrackerView, domains: Sequence[str] = DOMAINS, units: int = 40, each: int = 5) -> TrackerView:
    """The view with ``each`` entries in every domain for so many ``units``, in all states by turns."""
    states = [(0, 0, False), (2, 0, True), (3, 1, False), (1, 0, False), (1, 0, False)]
    found = []
    for place, unit in enumerate(view.units[:units]):
        for number, domain in enumerate(domains):
            for turn in range(each):
                items, late, missed = states[(place * number + turn * (place % 3)) % len(states)]
                id_ = f"M{number * each + turn + 1:03}"
                entry = CatalogueEntry(id_, domain, f"事项{turn}", "", ("D24",), (unit.name,))
                last = view.as_of if items else None
                found.append(
                    EntryCoverage(
                        unit.name, entry, Month.of(view.as_of), items, late, last, {}, is_missed=missed, limit=None
                    )
                )
    return replace(view, coverage=tuple(found))


def _site_faults(checks: Mapping[Month, Sequence[LinkCheck]]) -> tuple[FaultState, ...]:
    """The faulty links as units were asked about them: one of each outcome, as far as they go."""
    faulty = [(month, each) for month, found in checks.items() for each in found if each.is_faulty]
    states = []
    for number, ((month, each), outcome) in enumerate(zip(faulty, FaultOutcome, strict=False), 1):
        item = each.link.item
        shown = each.visit.titles[0] if each.visit and each.visit.titles else ""
        about = item.obligation, item.task, item.title, item.url, f"网页上是“{shown}”", "链接打得开"
        answer = FaultAnswer(number, FaultAnswerStatus.DISPUTED, "", "=1+1", 4)
        at = datetime(2026, 11, 27, 9)
        said = GivenAnswer(answer, at, "收件箱/整改.xlsx", at)
        fault = SiteFault(FaultKind.LINK, each.link.unit, *about, item.formed_on, item.published_on)
        at, mend_by = datetime(2026, 11, 26, 9), date(2026, 12, 3)
        answers = (said,) if outcome is FaultOutcome.EXPLAINED else ()
        states.append(FaultState(FaultCase(number, month, fault, at, mend_by, 9, answers), outcome))
    return tuple(states)


def _link_checks(contents: Sequence[Receipt], cycle: Month) -> tuple[LinkCheck, ...]:
    """The items of a month as their links were visited: the first ones with each kind of finding, one not visited."""
    mine = [each for each in contents if each.cycle == cycle]
    items = ((each, item) for each in mine if each.content for item in each.content.items if item.valid)
    links = [ReportedLink(each.unit, each.name, item) for each, item in items][:24]
    found: list[LinkCheck] = []
    for number, link in enumerate(links):
        item = link.item
        title, day = item.title, item.published_on
        finding = VisitFinding.READ
        if number == 1:
            title = "=HYPERLINK(\"http://evil.test\",\"关于召开会议的通知\")"
        elif number == 2 and item.formed_on:
            day = item.formed_on + timedelta(days=60)
        elif number in {3, 4, 5}:
            finding = (VisitFinding.NOT_FOUND, VisitFinding.TIMEOUT, VisitFinding.SCRIPT_ONLY)[number - 3]
        titles = (title,) if finding is VisitFinding.READ else ()
        visit = Visit(item.url, datetime(2026, 11, 25, 10, number), finding, 200, item.url, titles, day)
        found.append(judge(link, visit if number != 6 else None, Workdays(), 20))
    return tuple(found)


def _acts(cycle: Month) -> tuple[Act, ...]:
    unit, at = "市财政局", datetime(cycle.year, cycle.month, 20, 9)
    key = f"D02/{unit}/{cycle}"
    kinds = (ActKind.EXTEND, ActKind.WAIVE, ActKind.OPINION)
    values = (str(cycle.last), "yes", "请核实")
    taken = [
        Act(kind, at, "王芳", "会议决定", cycle=cycle, units=(unit,), changes=(Change(key, "", value),), number=number)
        for number, (kind, value) in enumerate(zip(kinds, values, strict=True), 1)
    ]
    back = (Change(key, "yes", ""),)
    undoing = Act(ActKind.UNDO, at, "李强", "办错了", cycle=cycle, units=(unit,), changes=back, undoes=2, number=4)
    return (taken[0], replace(taken[1], undone_by=4), taken[2], undoing)


def _letters(cycle: Month) -> tuple[OutgoingMessage, ...]:
    sent, refused = LetterState.SENT, LetterState.REFUSED
    given = [
        *(("issue", "", unit.name, 2, sent, "") for unit in roster().units[:12]),
        ("reminder", "urge", "市教育局", 24, sent, ""),
        ("reminder", "supervise", "市财政局", 25, refused, "550 没有这个用户"),
    ]
    return tuple(
        OutgoingMessage(
            f"{kind}/{cycle}/{unit}/{number}",
            LetterKind(kind),
            unit,
            cycle,
            (f"unit{number}@example.gov.cn",),
            (),
            f"{cycle} 政务公开信息报送表",
            f"<{number}@example.gov.cn>",
            state,
            datetime(cycle.year, cycle.month, day, 9, number),
            level,
            detail,
        )
        for number, (kind, level, unit, day, state, detail) in enumerate(given, 1)
    )


def assessed(view: TrackerView) -> TrackerView:
    """The view with scores by the shipped rules, its oldest month closed, and with steps of the ladder."""
    cycles = sorted({row.status.obligation.cycle for row in view.rows})
    by = yardstick(view.as_of)
    by_cycle = {cycle: [r.status for r in view.rows if r.status.obligation.cycle == cycle] for cycle in cycles}
    rest_on = scoring_evidence(view.receipts, view.contents, by.publish_within)
    found = [assess(cycle, statuses, rest_on, view.units, by) for cycle, statuses in by_cycle.items()]
    told = replace(found[0], closed=True, corrections=(CORRECTION,))
    worst = [score.unit for score in sorted(found[-2].ranked, key=lambda score: score.points)][:3]
    dues = tuple(
        EscalationCandidate(unit, cycles[-2], step, "late", (f"{cycles[-2]} 迟报 2 项", f"{cycles[-3]} 未报 1 项"))
        for unit, step in zip(worst, EscalationLevel, strict=False)
    )
    raised = tuple(
        Rectification(
            each.unit, each.cycle, each.step, date(2026, 11, 4), date(2026, 11, day), measures, closed,
            number=number, evidence=each.evidence,
        )
        for number, each, day, measures, closed in zip(
            (1, 2), dues, (15, 30), ("2026-11-10 已补报，专人负责", ""), (date(2026, 11, 12), None), strict=False
        )
    )
    dues = dues[2:]
    view = replace(view, assessments=(told, *found[1:]), scoring=by.rules, dues=dues, rectifications=raised)
    owed = [row.status.obligation for row in view.rows]
    items = [item for each in view.contents if each.content for item in each.content.items if item.valid]
    policy = shipped_policy().column_updates
    return replace(view, updates=column_updates(owed, items, policy, lambda unit: unit, cycles))


def _standings(owed: Sequence[Obligation]) -> dict[str, ActiveDecisions]:
    dated = [each for each in owed if each.due]
    return {
        dated[8].key: ActiveDecisions(waived=True, opinion="机构改革，本月免报"),
        dated[-4].key: ActiveDecisions(extended_to=date(2026, 12, 4), opinion="同意延期至 12 月 4 日"),
        dated[-9].key: ActiveDecisions(opinion="已电话催报，答应周五前补"),
    }


def _receipts(owed: Sequence[Obligation], as_of: date, items: int) -> Iterator[Receipt]:
    luck = random.Random(2026)
    groups: dict[tuple[str, Month], list[Obligation]] = {}
    for each in owed:
        groups.setdefault((each.unit, each.cycle), []).append(each)
    for (unit, cycle), group in groups.items():
        day = cycle.first + timedelta(days=luck.choice((17, 20, 22, 23, 24, 24, 26, 28, 33)))
        at = datetime.combine(day, time(luck.randrange(8, 20), luck.randrange(60)))
        if at.date() <= as_of and luck.random() > 0.12:
            yield _receipt(unit, cycle, group, at, luck, items)


def _receipt(
    unit: str, cycle: Month, group: Sequence[Obligation], at: datetime, luck: random.Random, count: int
) -> Receipt:
    name = f"{unit}_{cycle}_信息报送表.xlsx"
    answers, items = [], []
    for each in group:
        fate = luck.choices(("reported", "nil", "bad", "none"), (60, 15, 6, 19))[0]
        if fate == "nil":
            answers.append(TaskAnswer(each.key, status=AnswerStatus.NIL, statement="经核实，本期无应公开信息"))
        elif fate in {"reported", "bad"}:
            answers.append(TaskAnswer(each.key, status=AnswerStatus.REPORTED))
            items += [_item(each, number, fate == "reported") for number in range(luck.randrange(1, 2 * count))]
    items = [replace(each, row=4 + number) for number, each in enumerate(items)]
    problems = tuple(_problem(name, each) for each in items if not each.valid)
    verdict = Verdict.ACCEPTED_WITH_PROBLEMS if problems else Verdict.ACCEPTED
    content = Return(unit, cycle, tuple(answers), tuple(items), problems)
    sha = f"{luck.getrandbits(256):064x}"
    file = f"收件箱/{name}"
    return Receipt(file, sha, at, verdict, luck.random() < 0.2, unit, cycle, len(items), problems, content)


def _problem(name: str, item: Item) -> Problem:
    place = CellRef(name, "信息明细", f"F{item.row}")
    return problem("date_form", place, obligation=item.obligation, heading="发布日期", value="3月")


def _item(owed: Obligation, number: int, valid: bool) -> Item:
    title = f"{owed.unit}关于{owed.duty.column}的公开信息（第{number + 1}条）"
    day = owed.period.last.day(12)
    return Item(
        obligation=owed.key,
        task=f"{owed.duty.id} {owed.duty.column}",
        title=title,
        type="policy",
        doc_no=f"冶政发〔{day.year}〕{number + 1}号",
        formed_on=day,
        published_on=day + timedelta(days=3) if valid else None,
        url=f"https://www.example.gov.cn/{owed.duty.id}/{owed.reference}/{number}.html",
        section="办公室",
        officer="张三",
        phone="0714-8760001",
        first_review="李四",
        second_review="王五",
        final_review="赵六",
        valid=valid,
    )

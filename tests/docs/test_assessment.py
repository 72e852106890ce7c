"""docs/assessment.md: its worked example, read from its tables, is what the program computes."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path

from tests.domain.make import duty, item, obligation, receipt, roster, track, unit
from tests.domain.scores import FINANCE, yardstick
from tests.domain.test_fair_periods import closed_one_by_one, faulty
from zwgk_excel.domain.aggregate_periods import aggregate
from zwgk_excel.domain.assess_month import assess
from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.duties import Cadence, UnitKind
from zwgk_excel.domain.escalation import escalation_candidates
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import AnswerStatus, Item, Receipt, Return, TaskAnswer, Verdict
from zwgk_excel.domain.score_rules import WITHOUT_TABLE, ScoreRule
from zwgk_excel.domain.scoring import Assessment, format_points
from zwgk_excel.domain.scoring_cases import ScoringContext, mend_until, scoring_evidence
from zwgk_excel.layout.escalation import escalation_policy_with
from zwgk_excel.layout.scoring import merged_scoring_table, scoring_from
from zwgk_excel.layout.words import code_of, word
from zwgk_excel.workflow.office.settings import CalendarSettings, load_workdays

PAGE = Path(__file__).parents[2] / "docs/assessment.md"
TASKS = {"甲局": ("D02", "D04"), "乙局": ("D02",), "丙镇": ("D02", "D24"), "丁镇": ("D24",)}
UNITS = [unit(name, UnitKind.TOWNSHIP if name.endswith("镇") else UnitKind.DEPARTMENT) for name in TASKS]
DUTIES = {
    "D02": duty("D02", "政府采购"),
    "D04": duty("D04", "稳岗就业", policy=True),
    "D24": duty("D24", "基层信息公开", Cadence.ON_DEMAND),
}
MONTHS = [Month(2026, number) for number in range(1, 13)]
RULES = scoring_from(merged_scoring_table({}))


def table(*headings: str) -> list[dict[str, str]]:
    """The rows of the page's table whose first headings are these."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else [] for line in lines]
    start = next(n for n, row in enumerate(rows) if row[: len(headings)] == list(headings))
    end = next((n for n in range(start, len(rows)) if not rows[n]), len(rows))
    return [dict(zip(rows[start], row, strict=True)) for row in rows[start + 2 : end]]


def number(text: str) -> Decimal:
    return Decimal(text.replace("−", "-"))


def owed(name: str, id_: str, month: Month) -> Obligation:
    dates = {"due": None, "final": None} if id_ == "D24" else {}
    return obligation(DUTIES[id_], name, month, **dates)


def dates_in(text: str) -> list[date]:
    return [date.fromisoformat(each) for each in re.findall(r"\d{4}-\d\d-\d\d", text)]


def items_of(task: Obligation, said: str) -> list[Item]:
    """So many items as a situation says, of the type and with the dates it names."""
    count = re.match(r"(\d+) 条信息", said)
    formed, published = dates_in(said) if "形成" in said else (None, None)
    kind = "news" if "新闻动态" in said else "notice"
    return [
        item(
            task.key,
            url=f"http://a.cn/{task.key}/{n}",
            type=kind,
            valid="有误" not in said,
            formed_on=formed,
            published_on=published,
        )
        for n in range(int(count[1]) if count else 0)
    ]


def problems_of(task: Obligation, said: str) -> list[Problem]:
    if found := re.search(r"缺解读材料 (\d+) 处", said):
        place = CellRef("表.xlsx", "信息明细", f"O4:O{3 + int(found[1])}")
        return [problem("item_reading_missing", place, obligation=task.key, heading="解读材料", said="")]
    if "新闻动态" in said:
        place = CellRef("表.xlsx", "任务清单", "H4")
        return [problem("news_for_policy", place, obligation=task.key, value="D04", fit="规范性文件", unfit="新闻动态")]
    return []


def receipts_of(name: str, month: Month, told: list[dict[str, str]]) -> list[Receipt]:
    """A return for each day of a unit's month on which something came; each holds what came before as well."""
    days: dict[date, list[tuple[Obligation, str]]] = defaultdict(list)
    named = {row["任务"] for row in told}
    for id_ in TASKS[name]:
        if id_ not in named:
            days[month.day(20)].append((owed(name, id_, month), "1 条信息"))
    for row in told:
        if row["收到"]:
            days[date.fromisoformat(row["收到"])].append((owed(name, row["任务"], month), row["情形"]))
    found, items, answers, problems = [], [], [], []
    for day in sorted(days):
        for task, said in days[day]:
            items += items_of(task, said)
            problems += problems_of(task, said)
            answers += [TaskAnswer(task.key, status=AnswerStatus.REPORTED)] if "退回" in said else []
        file = f"收件箱/{name}_{day}.xlsx"
        content = Return(name, month, tuple(answers), tuple(items))
        came = Receipt(file, file, datetime.combine(day, time(9)), Verdict.ACCEPTED, unit=name, cycle=month)
        found.append(replace(came, items=len(items), problems=tuple(problems), content=content))
    return found


@cache
def year() -> tuple[Assessment, ...]:
    """The twelve months, each assessed on the 15th of the next."""
    told = table("月份", "单位", "任务", "收到")
    return tuple(assessed(month, [row for row in told if row["月份"] == str(month)]) for month in MONTHS)


def assessed(month: Month, told: list[dict[str, str]]) -> Assessment:
    tasks = [owed(name, id_, month) for name, ids in TASKS.items() for id_ in ids]
    standings = {}
    for row in told:
        key = owed(row["单位"], row["任务"], month).key
        until = dates_in(row["情形"])[0] if "延期" in row["情形"] else None
        standings[key] = ActiveDecisions(extended_to=until, waived="免报" in row["情形"])
    receipts = [r for name in TASKS for r in receipts_of(name, month, [row for row in told if row["单位"] == name])]
    by = ScoringContext(RULES, load_workdays(CalendarSettings()), 20, (month + 1).day(15))
    found = track(
        tasks,
        receipts,
        standings,
        as_of=by.as_of,
        due_soon_days=5,
        mend_by=lambda task, day: mend_until(task.final, day, RULES, by.workdays),
    )
    return assess(month, found.statuses, scoring_evidence(receipts, found.contents, by.publish_within), UNITS, by)


def test_every_deduction_by_hand_is_the_programs_and_there_is_no_other():
    computed: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for month in year():
        for score in month.scores:
            for line in score.lines:
                computed[str(month.period), score.unit, word("rule", line.rule)] += line.points
    by_hand = {(row["月份"], row["单位"], row["规则"]): number(row["分值"]) for row in table("月份", "单位", "规则")}
    assert computed == by_hand


def test_months_quarters_year_and_ranks():
    quarters = [Period.parse(f"2026Q{n}") for n in range(1, 5)]
    periods = [*quarters, Period.year(2026)]
    pooled = [
        aggregate(period, [m for m in year() if period.first <= m.period.first <= period.last], UNITS, RULES,
             as_of=date(2027, 1, 15), successor=lambda name: roster(*UNITS).successor(name, MONTHS[-1]))
        for period in periods
    ]  # fmt: skip
    for row in table("单位", "1月"):
        scores = [each.score(row["单位"]) for each in (*year(), *pooled)]
        told = [format_points(score.points) if score.is_ranked else "—" for score in scores if score]
        assert told == list(row.values())[1:-1]
        assert scores[-1] is not None
        assert str(scores[-1].rank or "—") == row["名次"]


def test_what_was_still_to_be_mended_at_the_closing_counts_for_its_own_month():
    tasks = [obligation(DUTIES["D02"], cycle=month) for month in MONTHS[10:]]
    days = [date(2026, 11, 2), date(2026, 12, 2), date(2027, 1, 8), date(2027, 4, 30)]
    later = receipt(date(2026, 12, 20), items=[item(tasks[1].key)], cycle=MONTHS[11])
    for row in table("结账", "单位"):
        sent = [faulty(tasks[0], date(2026, 11, 27)), later] if row["单位"] == "戊局" else [later]
        _, *months, after = closed_one_by_one(sent, days, {"formal": {"codes": []}}, tasks)
        rules, units = yardstick().rules, [FINANCE]
        quarter = aggregate(Period.parse("2026Q4"), months, units, rules, as_of=days[-1], later=[after])
        told = [each.scores[0] for each in (*months, quarter)]
        shown = [format_points(score.points) if score.is_ranked else "—" for score in told]
        assert shown == [row["11月"], row["12月"], row["四季度"]]


def test_who_is_due():
    computed = [
        (str(month), each.unit, word("step", each.step))
        for month in MONTHS
        for each in escalation_candidates(month, year(), escalation_policy_with({}))
    ]
    assert computed == [(row["月份"], row["单位"], row["措施"]) for row in table("月份", "单位", "措施")]


def test_the_rules_are_those_that_are_shipped():
    rows = {code_of("rule", row["规则"]): row for row in table("规则", "什么情况")}
    assert set(rows) == set(ScoreRule) - WITHOUT_TABLE
    for rule, point_rule in RULES.point_rules.items():
        row = rows[rule]
        points = [band.points for band in RULES.late] if rule is ScoreRule.LATE else [point_rule.points]
        assert [abs(number(each)) for each in row["分值"].split("、")] == points, row
        assert number(row["每月上限"]) == point_rule.cap, row

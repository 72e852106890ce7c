"""Whatever a county reports and its office decides: every view that counts has the same numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.make import duty, item, nil, obligation, receipt, track, unit
from tests.domain.scores import yardstick
from tests.examples import examples
from tests.workbooks.tracker_sample import item_count
from zwgk_excel import frames
from zwgk_excel.domain.counts import Counts, MonthCounts, count, count_month, is_backlog
from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.duties import Cadence, UnitKind
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.returns import AnswerStatus, Receipt, TaskAnswer
from zwgk_excel.domain.score_rules import ScoreRule
from zwgk_excel.domain.scoring_cases import CASE_RULES, scoring_cases, scoring_evidence
from zwgk_excel.domain.tracking import Outcome, Timeliness, TrackerRow, TrackingResult
from zwgk_excel.workbooks.bulletin.content import Bulletin, tags_of
from zwgk_excel.workbooks.rollup.rollup_workbook import _summary_rows
from zwgk_excel.workbooks.tracker.rows.figures import FIGURES, RATES, figure_heading, figures, matrix
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workflow.analysis.frames import table_frame
from zwgk_excel.workflow.analysis.rows import obligation_row

MONTHS = (Month(2026, 10), Month(2026, 11), Month(2026, 12))
UNITS = (unit("市财政局"), unit("市人社局"), unit("金湖街道", UnitKind.TOWNSHIP))
PURCHASES, JOBS = duty("D02", "政府采购"), duty("D04", "稳岗就业", policy=True)
BUDGET, LOCAL, ADVISED = (
    duty("D19", "预决算", Cadence.YEARLY),
    duty("D24", "基层", Cadence.ON_DEMAND),
    duty("D30", "建议"),
)
PLACES = [(each.name, month) for each in UNITS for month in MONTHS]


def county() -> tuple[Obligation, ...]:
    """Monthly tasks, a yearly one that is listed for two months before its own, one on demand, one advised."""
    found = []
    for name, month in PLACES:
        found += [obligation(each, name, month) for each in (PURCHASES, JOBS)]
        found.append(obligation(LOCAL, name, month, due=None, final=None))
        found.append(obligation(ADVISED, name, month, due=None, final=None, mandatory=False))
    yearly = Period.year(2026)
    found += [
        Obligation(BUDGET, each.name, yearly, date(2026, 10, 1), date(2026, 12, 25), date(2026, 12, 31))
        for each in UNITS
    ]
    return tuple(found)


COUNTY = county()
DAYS = st.integers(0, 110).map(lambda days: date(2026, 10, 1) + timedelta(days=days))


@st.composite
def returns(draw: st.DrawFn) -> list[Receipt]:
    """Returns of any unit for any month, which may report anything of the unit, the same items over again, too."""
    found = []
    for number in range(draw(st.integers(0, 6))):
        name, month = draw(st.sampled_from(PLACES))
        keys = st.sampled_from([each.key for each in COUNTY if each.unit == name])
        items = st.builds(
            item,
            keys,
            url=st.sampled_from(["http://a.cn/1", "http://a.cn/2"]),
            type=st.sampled_from(["notice", "news"]),
            valid=st.booleans(),
        )
        claims = st.builds(lambda key: TaskAnswer(key, status=AnswerStatus.REPORTED), keys)
        moment = datetime.combine(draw(DAYS), datetime.min.time())
        given_ = {"items": draw(st.lists(items, max_size=4)), "answers": draw(st.lists(st.builds(nil, keys) | claims))}
        arrived = receipt(moment, unit_=name, cycle=month, **given_)
        found.append(replace(arrived, sha256=f"{number}", file=f"收件箱/{number}.xlsx"))
    return found


DECISIONS = st.dictionaries(
    st.sampled_from([each.key for each in COUNTY]),
    st.builds(ActiveDecisions, extended_to=st.none() | DAYS, waived=st.booleans()),
    max_size=8,
)


def everything(receipts: list[Receipt], decisions: Mapping[str, ActiveDecisions], day: date) -> TrackingResult:
    return track(COUNTY, receipts, decisions, as_of=day, due_soon_days=5)


def view_of(found: TrackingResult, day: date) -> TrackerView:
    rows = tuple(map(TrackerRow, found.statuses))
    return TrackerView("办公室", day, False, 5, rows, UNITS, (), (), (), item_count=item_count(found.contents))


def same(counts: Counts, shown: Mapping[str, object]) -> bool:
    """Whether figures by their keys are these counts."""
    rates = {"reply_rate": counts.reply_rate, "on_time_rate": counts.on_time_rate}
    return all(shown[key] == (rates[key] if key in RATES else counts[key]) for key in FIGURES)


@settings(max_examples=examples(60), deadline=None)
@given(returns(), DECISIONS, DAYS)
def test_every_view_of_a_month_has_its_numbers(receipts, decisions, day):
    found = everything(receipts, decisions, day)
    view = view_of(found, day)
    summary = {row["cycle"]: row for row in _summary_rows("县", view.rows)}
    owed = table_frame("obligations", map(obligation_row, view.rows))
    for month in MONTHS:
        own = count_month(found.statuses, month).own
        mine = tuple(row for row in view.rows if row.status.obligation.cycle == month)
        assert same(own, figures(mine))
        assert same(own, summary[str(month)])
        tags = tags_of(Bulletin(Period.month(month), False, replace(view, rows=mine), mine, ()))
        assert [tags[figure_heading(key)] for key in FIGURES if key not in RATES] == [
            own[key] for key in FIGURES if key not in RATES
        ]
        assert (tags["迟报逾期数"], tags["实时更新数"]) == (own.behind, own.on_demand)
        overdue = frames.overdue_counts(owed)[str(month)]["total"]
        assert (0 if pd.isna(overdue) else overdue) == own.overdue
        cells = [str(row[str(month)]).partition(" ")[0] for row in matrix(view)]
        told = [cell.split("/") for cell in cells if "/" in cell]
        assert [sum(int(cell[side]) for cell in told) for side in (0, 1)] == [own.answered, own.owed]


@settings(max_examples=examples(60), deadline=None)
@given(returns(), DECISIONS, DAYS)
def test_scores_rest_on_the_same_numbers(receipts, decisions, day):
    found = everything(receipts, decisions, day)
    arrived = [each for each in receipts if each.received_at.date() <= day]
    cases = scoring_cases(found.statuses, scoring_evidence(arrived, found.contents, 20))
    by = yardstick(day)
    for month in MONTHS:
        mine = [case for case in cases if case.status.obligation.cycle == month]
        counts = count_month(found.statuses, month).own
        # What is returned is counted as such, and costs what it would without its faults, or what silence does.
        judged = [case for case in mine if case.status.outcome is not Outcome.RETURNED]
        lines = Counter(line.rule for case in judged for rule in CASE_RULES for line in rule(case, by))
        assert (lines[ScoreRule.LATE], lines[ScoreRule.GRACE]) == (counts.late, counts.grace)
        missing = [s for s in found.statuses if s.obligation.cycle == month and s.outcome is Outcome.MISSING]
        assert lines[ScoreRule.MISSING] == sum(s.timeliness is Timeliness.OVERDUE for s in missing)
        assert [case.items for case in mine] == [case.status.items for case in mine]


@settings(max_examples=examples(60), deadline=None)
@given(returns(), DECISIONS, DAYS)
def test_each_task_counts_once_in_one_month(receipts, decisions, day):
    statuses = everything(receipts, decisions, day).statuses
    whole, months = count(statuses), [count_month(statuses, month) for month in MONTHS]
    for code in Counts.__slots__:
        assert whole[code] == sum(each.own[code] for each in months)
    for each in [whole, *(part for month in months for part in (month.own, month.backlog, month.early))]:
        assert each.due == each.reported + each.nil + each.returned + each.missing + each.waived
        timed = (each[t] for t in Timeliness if t is not Timeliness.ON_DEMAND)
        assert each.owed == sum(timed)
    for month, counts in zip(MONTHS, months, strict=True):
        assert counts.backlog.due == sum(is_backlog(each, month) for each in statuses)
        assert counts.backlog.waived == 0


def test_a_month_says_apart_what_its_workbooks_list_besides():
    statuses = everything(
        [receipt(date(2026, 11, 3), items=[item("D02/市财政局/2026-10")])], {}, date(2026, 12, 3)
    ).statuses
    november = count_month(statuses, MONTHS[1])
    assert (november.own.due, november.backlog.due, november.early.due) == (6, 6, 3)
    assert (november.backlog.reported, november.backlog.open, november.own.open) == (1, 5, 6)
    december = count_month(statuses, MONTHS[2])
    assert (december.own.due, december.backlog.due, december.early) == (9, 11, Counts())
    assert count_month([], MONTHS[0]) == MonthCounts(Counts(), Counts(), Counts())


def test_an_item_in_two_workbooks_is_one():
    key = "D02/市财政局/2026-10"
    first = receipt(date(2026, 10, 20), items=[item(key)], cycle=MONTHS[0])
    again = receipt(date(2026, 11, 20), items=[item(key), item(key, url="http://a.cn/2")], cycle=MONTHS[1])
    statuses = everything([first, again], {}, date(2026, 12, 3)).statuses
    assert {each.items for each in statuses if each.obligation.key == key} == {2}


def test_what_was_waived_is_never_late():
    key = "D02/市财政局/2026-10"
    for day, expected in ((20, (Outcome.REPORTED, Timeliness.ON_TIME)), (28, (Outcome.WAIVED, None))):
        came = receipt(date(2026, 10, day), items=[item(key)], cycle=MONTHS[0])
        found = everything([came], {key: ActiveDecisions(waived=True)}, date(2026, 12, 3))
        status = next(each for each in found.statuses if each.obligation.key == key)
        assert (status.outcome, status.timeliness, status.days_late, status.items) == (*expected, 0, 1)
        rows = (TrackerRow(status),)
        tags = tags_of(
            Bulletin(Period.month(MONTHS[0]), False, replace(view_of(found, date(2026, 12, 3)), rows=rows), rows, ())
        )
        assert (tags["迟报逾期"], tags["免报"]) == ([], int(day == 28))


def test_months_and_units_are_a_small_county():
    assert len(COUNTY) == len(list(product(UNITS, MONTHS))) * 4 + len(UNITS)

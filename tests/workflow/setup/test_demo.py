"""The demonstration month: each rule is seen in it once, and its workspace is trusted."""

from __future__ import annotations

import re
from datetime import datetime, time
from pathlib import Path

import pytest
from openpyxl import load_workbook

import zwgk_excel
from zwgk_excel.domain.catalogue.coverage import CoverageState
from zwgk_excel.domain.column_updates import UpdateState
from zwgk_excel.domain.link_checks import LinkVerdict
from zwgk_excel.domain.periods import Period
from zwgk_excel.domain.problem_catalogue import CATALOGUE
from zwgk_excel.domain.reconciliation import Agreement
from zwgk_excel.domain.score_rules import WITHOUT_TABLE, ScoreRule
from zwgk_excel.domain.tracking import Outcome, Timeliness
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.assessment.assessing import assess
from zwgk_excel.workflow.catalogue import office_coverage
from zwgk_excel.workflow.office.context import open_office
from zwgk_excel.workflow.office.trust import is_trusted
from zwgk_excel.workflow.published import reconciliation
from zwgk_excel.workflow.setup.demo import DEMO_AS_OF, DemoResult, run_demo
from zwgk_excel.workflow.setup.demo_returns import BELATED, CYCLE, FIRST, NEVER
from zwgk_excel.workflow.tracking import office_column_updates, office_statuses
from zwgk_excel.workflow.verification import plan_verification

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> DemoResult:
    return run_demo(tmp_path_factory.mktemp("demo") / "演示")


def test_its_workspace_is_trusted(demo: DemoResult):
    assert is_trusted(demo.root)


SOURCES = (
    *("domain/validation.py", "domain/answers.py", "domain/consultations.py", "domain/tracking.py"),
    *("domain/nil_reports.py", "domain/taken_back.py", "workbooks/reading/cell_reader.py"),
)
"""Where the rules of docs/items.md stand, which look at what a unit typed."""
NOT_SHOWN = {
    "month_form": "no column of a report has months",
    "nil_too_early": "no workbook of a month to come is sent out in it",
}


def rule_codes() -> set[str]:
    """The codes of all problems that the rules know."""
    texts = (Path(zwgk_excel.__file__).parent.joinpath(each).read_text(encoding="utf-8") for each in SOURCES)
    return {code for text in texts for code in re.findall(r'"(\w+)"', text)} & set(CATALOGUE)


def test_each_rule_is_seen_in_it(demo: DemoResult):
    told = {each.code for each in demo.status.problems} | {
        each.code for receipt in demo.status.receipts for each in receipt.problems
    }
    assert rule_codes() - told == set(NOT_SHOWN)
    assert told >= {"sign_off", "file_unreadable", "file_duplicate", "not_a_report"}


def test_each_rule_of_the_points_is_seen_in_it(demo: DemoResult):
    with open_office(demo.root, now=lambda: datetime.combine(DEMO_AS_OF, time(9))) as office:
        scores = assess(office, Period.month(CYCLE), DEMO_AS_OF).scores
    assert {line.rule for score in scores for line in score.lines} == set(ScoreRule) - WITHOUT_TABLE
    assert any(not score.is_ranked for score in scores)


def test_one_duty_has_a_deadline_of_its_own(demo: DemoResult):
    due = {row.status.obligation.key: row.status.obligation.due for row in demo.status.rows}
    assert due["D08/市民政局/2026-11"] == CYCLE.day(20)
    assert due["D09/市民政局/2026-11"] == CYCLE.day(25)


def test_every_outcome_and_the_one_off_task_are_in_it(demo: DemoResult):
    statuses = [row.status for row in demo.status.rows if row.status.obligation.dated]
    assert {each.outcome for each in statuses} == set(Outcome)
    assert {each.timeliness for each in statuses} >= {Timeliness.ON_TIME, Timeliness.GRACE, Timeliness.LATE}
    once = [each for each in statuses if "重大项目开工情况" in each.obligation.duty.column + str(each.obligation)]
    assert {each.obligation.unit for each in once} == {"市住建局", "市交通局"}


def test_one_column_has_an_officer_of_its_own(demo: DemoResult):
    with open_office(demo.root, now=lambda: datetime.combine(DEMO_AS_OF, time(9))) as office:
        (found,) = office.roster.officers_of("市司法局", {"D26"}, CYCLE)
    assert "报送员戊" in str(found.officers)


def test_what_was_left_open_in_the_closed_month_is_asked_for_again(demo: DemoResult):
    backlog = {row.status.obligation.unit: row for row in demo.status.rows if row.status.obligation.cycle == FIRST}
    assert set(backlog) == {BELATED, NEVER[0]}
    assert all(row.closed and row.status.outcome is Outcome.MISSING for row in backlog.values())
    assert "结账后为已报" in backlog[BELATED].correction


def test_the_website_s_list_agrees_and_differs_in_every_way(demo: DemoResult):
    with open_office(demo.root, now=lambda: datetime.combine(DEMO_AS_OF, time(9))) as office:
        assert {each.agreement for each in reconciliation(office, CYCLE)} == set(Agreement)


def test_the_catalogue_is_in_it(demo: DemoResult):
    with open_office(demo.root, now=lambda: datetime.combine(DEMO_AS_OF, time(9))) as office:
        found = office_coverage(office, office_statuses(office, DEMO_AS_OF))
        tracker = office.workspace.tracker
    assert {each.state for each in found} >= {CoverageState.NEVER, CoverageState.COVERED}
    page = load_workbook(tracker)[layout("tracker")["coverage_matrix"].name]
    shown = [row[-1] for row in page.iter_rows(min_row=4, values_only=True)]
    assert len(shown) == len({each.unit for each in found})
    assert all(re.match(r"\d+/\d+ ", str(text)) for text in shown)


def test_every_verdict_on_a_link_and_every_state_of_a_column_are_in_it(demo: DemoResult):
    with open_office(demo.root, now=lambda: datetime.combine(DEMO_AS_OF, time(9))) as office:
        checks = plan_verification(office, CYCLE).checks
        updates = office_column_updates(office, office_statuses(office, DEMO_AS_OF))
    assert {each.verdict for each in checks} == set(LinkVerdict)
    assert any(each.late_by for each in checks), "a page that proves late publishing"
    assert {each.state(DEMO_AS_OF) for each in updates} == set(UpdateState)

"""The demonstration month: each rule is seen in it once, and its workspace is trusted."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from zwgk_excel.domain.tracking import Outcome, Timeliness
from zwgk_excel.workflow.office.context import open_office
from zwgk_excel.workflow.office.trust import is_trusted
from zwgk_excel.workflow.setup.demo import CYCLE, DEMO_AS_OF, DemoResult, run_demo

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> DemoResult:
    return run_demo(tmp_path_factory.mktemp("demo") / "演示")


def test_its_workspace_is_trusted(demo: DemoResult):
    assert is_trusted(demo.root)


@pytest.mark.parametrize(
    "code",
    [
        *("nil_refused", "item_reported_before", "feedback_missing", "news_for_policy", "item_field_missing"),
        *("item_reviewer_repeated", "item_published_before", "item_reading_missing", "item_consultation_missing"),
        *("sign_off", "normalised", "file_unreadable", "file_duplicate", "not_a_report"),
    ],
)
def test_each_of_these_is_found_in_it(demo: DemoResult, code: str):
    told = {each.code for each in demo.status.problems} | {
        each.code for receipt in demo.status.receipts for each in receipt.problems
    }
    assert code in told


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

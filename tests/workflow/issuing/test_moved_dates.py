"""Dates that ``shift`` moves into the next month: the task stays on record, and is scored, in its own."""

from __future__ import annotations

from datetime import date, datetime

from tests.workflow.desk import DUTIES
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.scoring import Assessment
from zwgk_excel.ledger.snapshots import from_payload, to_payload
from zwgk_excel.workflow.assessment.assessing import assess
from zwgk_excel.workflow.issuing import generate, issue_differences
from zwgk_excel.workflow.tracking.statuses import cycle_status

JANUARY, FEBRUARY = Month(2027, 1), Month(2027, 2)
KEY = "D41/市人社局/2026"


def test_the_annual_report_due_on_a_sunday_is_januarys(desk):
    """31 January 2027 is a Sunday; the report is moved to the 1st of February, which is not February's business."""
    (desk.root / "zwgk.toml").write_text('shift = "next_workday"\n', encoding="utf-8")
    desk.set_duties([*DUTIES, {"id": "D41", "column": "年度报告", "owners": "市人社局", "cadence": "年度报告"}])
    months = JANUARY, FEBRUARY
    for month in months:
        desk.now = datetime(2027, month.month, 4, 9)
        with desk.open() as office:
            generate(office, month, as_of=desk.now.date())
    with desk.open() as office:  # read back from the ledger
        (report,) = (o for o in office.obligations() if o.key == KEY)
        assert (report.due, report.cycle) == (date(2027, 2, 1), JANUARY)
        assert issue_differences(office, JANUARY) == issue_differences(office, FEBRUARY) == ()
        rows = {row.status.obligation.key: row.status for row in cycle_status(office, JANUARY, date(2027, 2, 20)).rows}
        assert from_payload(to_payload(rows[KEY])).obligation.cycle == JANUARY
        january, february = (_scored(assess(office, Period.month(month), date(2027, 3, 1))) for month in months)
    assert (KEY in january, KEY in february) == (True, False)


def _scored(found: Assessment) -> set[str]:
    return {line.obligation for score in found.scores for line in score.lines}

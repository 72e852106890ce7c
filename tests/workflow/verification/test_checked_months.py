"""What the visits say of the links that count stands in the tracker, with the title that a stranger's page has."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.workflow.desk import CYCLE, Desk, copied_desk, issue, item
from zwgk_excel.domain.link_checks import LinkVerdict, Visit, VisitFinding
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.consolidation import consolidate
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.tracking.statuses import office_statuses
from zwgk_excel.workflow.verification.checked_months import checked_months

CAME, SEEN = datetime(2026, 11, 20, 9), datetime(2026, 11, 21, 9)
HOSTILE = "=cmd|'/c calc'!A1"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A unit reported three items."""
    made = issue(copied_desk(tmp_path))
    made.now = CAME
    reply = made.reply("市财政局", "a.xlsx", items=[item("D02 政府采购", number) for number in (1, 2, 3)])
    with made.open() as office:
        receive(office, [reply])
    return made


def visit(desk: Desk, number: int, finding: VisitFinding, title: str = "", day: date | None = None) -> None:
    seen = Visit(f"http://a.cn/D02/{number}", SEEN, finding, 200, titles=(title,) if title else (), published_on=day)
    with desk.open() as office:
        office.ledger.add_visits([seen])


def verdicts(desk: Desk, day: date) -> list[LinkVerdict | None]:
    with desk.open() as office:
        found = checked_months(office, office_statuses(office, day))
    return [each.verdict for each in found.get(CYCLE, ())]


def test_a_month_is_listed_once_one_of_its_links_was_visited_and_by_what_was_known_on_a_day(desk):
    assert verdicts(desk, SEEN.date()) == []
    visit(desk, 1, VisitFinding.NOT_FOUND)
    assert verdicts(desk, SEEN.date()) == [LinkVerdict.GONE, None, None]
    assert verdicts(desk, CAME.date()) == []


def test_the_tracker_lists_them_and_no_title_acts(desk):
    visit(desk, 1, VisitFinding.READ, HOSTILE)
    visit(desk, 2, VisitFinding.READ, "信息2", date(2026, 12, 23))
    desk.now = datetime(2026, 11, 22, 9)
    with desk.open() as office:
        consolidate(office, as_of=None, who="测试员")
        data = office.workspace.tracker.read_bytes()
    sheet = layout("tracker")["link_checks"]
    keys = [column.key for column in sheet]
    page = load_workbook(io.BytesIO(data))[sheet.name]
    rows = [dict(zip(keys, line, strict=True)) for line in page.iter_rows(min_row=4, max_col=len(keys))]
    shown = [(row["verdict"].value, row["title"].value, row["shown_title"].value) for row in rows]
    assert shown == [("标题不符", "信息1", HOSTILE), ("日期不符", "信息2", "信息2"), ("没有核验", "信息3", None)]
    assert rows[0]["shown_title"].data_type == "s"
    assert rows[1]["late_by"].value > 20
    assert rows[1]["shown_on"].value == datetime(2026, 12, 23)

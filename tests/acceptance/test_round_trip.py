"""For every unit of a real cycle: what goes out, is filled and comes back, comes back exactly."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from tests.examples import LONG
from zwgk_excel.domain.obligations import ReportTask
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import code_of, word
from zwgk_excel.workbooks.report.fill_in import fill
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.office.context import open_office
from zwgk_excel.workflow.setup.workspace_setup import init_workspace
from zwgk_excel.workflow.tracking.statuses import cycle_status

pytestmark = pytest.mark.slow

CYCLE = Month(2026, 11)
RECEIVED = datetime(2026, 11, 24, 9)
TYPES = ("normative", "policy", "reading", "notice", "data")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """A workspace on the real tables with the workbooks of November."""
    root = tmp_path_factory.mktemp("round-trip") / "工作区"
    init_workspace(root)
    with open_office(root, now=lambda: datetime(2026, 11, 2, 9)) as office:
        generate(office, CYCLE, as_of=date(2026, 11, 2))
        listed = office.listing(CYCLE, date(2026, 11, 2))
    return root, listed


def typed_answers(tasks: list[ReportTask]) -> dict:
    """Every input of every task: reported and nil in turn."""
    answers = {}
    for number, task in enumerate(tasks):
        values = {"status": word("answer", "reported"), "remark": f"备注{number}"}
        if number % 3 == 2:
            statement = f"经核实，本期无更新（{number}）。"
            values = {"status": word("answer", "nil"), "statement": statement, "remark": "=1+1"}
        answers[task.obligation.duty.id, task.obligation.reference] = values
    return answers


def typed_items(unit: str, tasks: list[ReportTask]) -> Iterator[dict]:
    """Two items with every input filled, for each task that is reported."""
    for number, task in enumerate(tasks):
        for copy in range(0 if number % 3 == 2 else 2):
            yield {
                "task": task.label,
                "entry": None,  # there is no catalogue
                "title": f"{unit}关于{task.obligation.duty.column}的公告（{number}-{copy}）",
                "type": word("item_type", TYPES[number % len(TYPES)]),
                "doc_no": f"00{number}号",
                "formed_on": date(2026, 11, 2 + copy),
                "published_on": date(2026, 11, 5 + copy),
                "url": f"https://www.example.gov.cn/{number}/{copy}.html?a=1&b=<2>",
                "section": "办公室",
                "officer": "报送员",
                "phone": "00714-0000000",
                "first_review": "初审员",
                "second_review": "复审员",
                "final_review": "终审员",
                "draft_note": "起草说明.docx",
                "reading": "http://www.example.gov.cn/jd/1.html",
                "decision_note": "草案说明.docx",
                "opinions_until": date(2026, 11, 30),
                "channels": "网站、信函",
                "opinions": 3,
                "adoption": "采纳 2 条；1 条与上位法不符，不予采纳。",
                "remark": "+86 @ -1",
            }


def returned(receipt) -> tuple[dict, list[dict]]:
    """A receipt's content in the form it was typed in."""
    answers = {
        answer.task: {
            key: value
            for key, value in (
                ("status", word("answer", answer.status or "")),
                ("statement", answer.statement),
                ("remark", answer.remark),
            )
            if value
        }
        for answer in receipt.content.answers
    }
    keys = [column.key for column in layout("report")["items"].inputs]
    items = [{key: item.value(key) for key in keys} for item in receipt.content.items]
    return answers, [{**item, "type": word("item_type", item["type"])} for item in items]


@pytest.mark.parametrize("program", ["as generated", "saved by LibreOffice"])
def test_every_unit(workspace, tmp_path, request, program):
    """LibreOffice saves those of every third unit, unless ``ZWGK_LONG=1``: it takes seconds for each."""
    root, listed = workspace
    units = list(dict.fromkeys(each.unit for each in listed))
    assert len(units) == 38
    office_application = request.getfixturevalue("office") if "LibreOffice" in program else None
    if office_application and not LONG:
        units = units[::3]
    with open_office(root, now=lambda: datetime(2026, 12, 1, 9)) as office:
        for unit in units:
            tasks = [each for each in listed if each.unit == unit]
            answers, items = typed_answers(tasks), list(typed_items(unit, tasks))
            sent = root / "发件箱" / "2026-11" / f"{unit}_2026-11_信息报送表.xlsx"
            path = tmp_path / f"{unit}.xlsx"
            path.write_bytes(fill(sent.read_bytes(), answers=answers, items=items))
            if office_application:
                with office_application.open(path) as document:
                    document.recalculate()
                    path = document.save_as(tmp_path / f"{unit} 另存.xlsx")
            (receipt,) = office.ledger.with_content(receive(office, [path], received_at=RECEIVED))
            assert receipt.problems == (), unit
            assert receipt.verdict is Verdict.ACCEPTED
            assert returned(receipt) == (answers, items)
        status = cycle_status(office, CYCLE, date(2026, 12, 1))
    found = [row.status for row in status.rows if row.status.obligation.unit in units]
    assert {(each.outcome, each.timeliness) for each in found if each.obligation.due} <= {
        ("reported", "on_time"),
        ("nil", "on_time"),
    }
    assert all(code_of("outcome", word("outcome", each.outcome)) for each in found)

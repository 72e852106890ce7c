"""调查征集 from the duty table to the office's list: a consultation, its feedback, and who is told that it is late."""

from __future__ import annotations

import email
import email.policy
import shutil
from datetime import date, datetime

import pytest

from tests.workflow.desk import CYCLE, DUTIES, Desk, item, new_desk
from tests.workflow.mail_setup import MAILS, address_book, set_server
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.workbooks.report.fill_in import InputValue
from zwgk_excel.workflow.assessment.assessing import assess
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.decisions.extend_and_waive import waive
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod
from zwgk_excel.workflow.mailing.reminding import planned_reminders, remind
from zwgk_excel.workflow.mailing.sending import send
from zwgk_excel.workflow.tracking import cycle_status

UNIT, NEXT = "市财政局", CYCLE + 1
CONSULTING = {"id": "D42", "column": "民意征集", "owners": UNIT, "category": "调查征集", "cadence": "每月"}
ENDED = date(2026, 11, 10)
DUE = date(2026, 12, 8)
"""20 working days later."""
CALL = item(
    "D42 民意征集",
    title="关于《城市犬只管理办法（征求意见稿）》公开征求意见的公告",
    type="征求意见稿",
    opinions_until=ENDED,
    channels="网站、信函",
)


@pytest.fixture(scope="module")
def called(tmp_path_factory) -> Desk:
    """A unit has reported a consultation that ended on 10 November; December is issued."""
    desk = new_desk(tmp_path_factory.mktemp("feedback"))
    desk.set_duties([*DUTIES, CONSULTING])
    address_book(desk, MAILS)
    set_server(desk, None)
    with desk.open() as office:
        generate(office, CYCLE, units=[UNIT], as_of=desk.now.date())
    report(desk, CYCLE, datetime(2026, 11, 20, 9), CALL)
    desk.now = datetime(2026, 12, 1, 9)
    with desk.open() as office:
        generate(office, NEXT, units=[UNIT, "市人社局"], as_of=desk.now.date())
    return desk


@pytest.fixture
def desk(called, tmp_path) -> Desk:
    return Desk(shutil.copytree(called.root, tmp_path / "工作区"), called.now)


def report(desk: Desk, cycle: Month, at: datetime, *items) -> None:
    path = desk.reply(UNIT, f"{cycle}.xlsx", items=items, cycle=cycle)
    with desk.on(at) as office:
        receive(office, [path], received_at=at)


def result(**values: InputValue) -> dict[str, InputValue]:
    """The feedback as an item."""
    days: dict[str, InputValue] = {"formed_on": date(2026, 12, 3), "published_on": date(2026, 12, 4)}
    told: dict[str, InputValue] = {"type": "征集反馈", "opinions": 3, "adoption": "采纳 1 条", **days}
    return {**item("D42 民意征集", 2, title="《城市犬只管理办法》意见征集结果反馈"), **told, **values}


def problems(desk: Desk, on: date, cycle: Month = CYCLE) -> list[tuple[str, str]]:
    with desk.open() as office:
        found = cycle_status(office, cycle, on).problems
    return [(each.code, each.place.file) for each in found if each.code.startswith("feedback")]


def test_missing_feedback_is_told_from_the_day_after_its_term(desk: Desk) -> None:
    assert problems(desk, DUE) == []
    assert problems(desk, date(2026, 12, 9)) == [("feedback_missing", f"{CYCLE}.xlsx")]


def test_feedback_in_a_later_month_settles_it(desk: Desk) -> None:
    report(desk, NEXT, datetime(2026, 12, 20, 9), result())
    assert problems(desk, date(2026, 12, 31)) == []


def test_the_term_is_policy_and_a_closed_month_keeps_its_own(desk: Desk) -> None:
    settings = desk.root / "zwgk.toml"
    plain = settings.read_text(encoding="utf-8")
    settings.write_text(f"feedback_within_workdays = 40\n{plain}", encoding="utf-8")
    assert problems(desk, date(2026, 12, 31)) == []
    settings.write_text(plain, encoding="utf-8")
    desk.now = datetime(2026, 12, 8, 9)
    with desk.open() as office:
        close(office, CYCLE, as_of=DUE, who="王主任")
    settings.write_text(f"feedback_within_workdays = 40\n{plain}", encoding="utf-8")
    assert problems(desk, date(2026, 12, 31)) == [("feedback_missing", f"{CYCLE}.xlsx")]


def test_the_next_workbooks_mail_says_until_when(desk: Desk) -> None:
    with desk.open() as office:
        send(office, NEXT, DeliveryMethod.FILES, units=[UNIT, "市人社局"])
    bodies = {}
    for path in (desk.root / "发件箱" / str(NEXT)).glob("*.eml"):
        body = email.message_from_bytes(path.read_bytes(), policy=email.policy.default).get_body(("plain",))
        assert body is not None
        bodies[path.name.partition("_")[0]] = body.get_content()
    assert "（2026-11-10 结束征集，请于 2026-12-08 前反馈）" in bodies[UNIT]
    assert "征集" not in bodies["市人社局"]


def test_late_feedback_is_asked_for_also_of_a_unit_that_owes_nothing_else(desk: Desk) -> None:
    def owing(day: date) -> list[tuple[str, int, int]]:
        with desk.open() as office:
            found = [each.reminder for each in planned_reminders(office, day) if each.unit == UNIT]
        return [(str(each.level), len(each.late), len(each.feedback)) for each in found]

    with desk.open() as office:
        for cycle in (CYCLE, NEXT):
            waive(office, cycle, UNIT, (), cancel=False, who="王敏", reason="机构改革")
    assert owing(DUE) == []
    assert owing(date(2026, 12, 9)) == [("urge", 0, 1)]
    assert owing(date(2027, 12, 31)) == [("urge", 0, 1)]
    assert owing(date(2028, 1, 1)) == [], "like a task it is not asked for for ever"
    desk.now = datetime(2026, 12, 9, 9)
    with desk.open() as office:
        remind(office, DeliveryMethod.FILES, units=[UNIT])
    (path,) = (desk.root / "发件箱").rglob(f"{UNIT}_催报_*.eml")
    body = email.message_from_bytes(path.read_bytes(), policy=email.policy.default).get_body(("plain",))
    assert body is not None
    assert "下列征集活动已过反馈期限，截至2026年12月9日（星期三）尚未反馈结果" in body.get_content()
    assert "（2026-11-10 结束征集，应于 2026-12-08 前反馈）" in body.get_content()
    assert "项政务公开信息" not in body.get_content()
    assert "本期无更新" not in body.get_content(), "no answer to a consultation that was held"
    assert "报送时限" not in email.message_from_bytes(path.read_bytes(), policy=email.policy.default)["Subject"]
    report(desk, NEXT, datetime(2026, 12, 9, 10), result())
    assert owing(date(2026, 12, 10)) == []


def test_late_feedback_is_a_late_item_of_the_month_in_which_it_was_due(desk: Desk) -> None:
    report(desk, NEXT, datetime(2026, 12, 20, 9), result(published_on=date(2026, 12, 15)))
    desk.now = datetime(2027, 1, 4, 9)
    assert problems(desk, date(2026, 12, 31)) == [("feedback_late", f"{CYCLE}.xlsx")]
    with desk.open() as office:
        scores = {month: assess(office, Period.month(month), date(2027, 1, 4)).scores for month in (CYCLE, NEXT)}
    lines = {
        month: [(line.obligation, line.on) for each in found for line in each.lines if line.rule == "late_item"]
        for month, found in scores.items()
    }
    assert lines == {CYCLE: [], NEXT: [(f"D42/{UNIT}/{CYCLE}", DUE)]}, "on the account of the task that reported it"

"""What a month was closed with stays, whatever the website shows afterwards; the ladder counts what was not mended."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.workflow.desk import CYCLE, Desk, copied_desk, issue, item
from tests.workflow.fault_tables import answered
from tests.workflow.mail_setup import MAILS, address_book, set_server
from zwgk_excel.domain.link_checks import Visit, VisitFinding
from zwgk_excel.domain.periods import Period
from zwgk_excel.domain.scoring import Score
from zwgk_excel.workflow.assessment import assess, close
from zwgk_excel.workflow.escalation import escalate
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing import generate
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod
from zwgk_excel.workflow.site_faults import ask, judge_explanation

UNIT, DECEMBER = "市财政局", CYCLE + 1
LADDER = '[[ladder.rules]]\ncode = "site"\nstep = "supervise"\ncounts = ["missing", "site_fault"]\n'


@pytest.fixture
def desk(tmp_path) -> Desk:
    """A unit was asked to put a link right by 8 December and did nothing; December is over."""
    made = issue(copied_desk(tmp_path))
    address_book(made, MAILS)
    set_server(made, None)
    settings = made.root / "zwgk.toml"
    text = "[scoring.site_fault]\npoints = 2\ncap = 5\n"
    settings.write_text(f"{settings.read_text('utf-8')}\n{text}{LADDER}", "utf-8")
    reply = made.reply(UNIT, "a.xlsx", items=[item("D02 政府采购")])
    with made.on(datetime(2026, 11, 20, 9)) as office:
        receive(office, [reply], received_at=datetime(2026, 11, 20, 9))
        office.ledger.add_visits([Visit("http://a.cn/D02/1", datetime(2026, 11, 30, 9), VisitFinding.NOT_FOUND, 404)])
    made.now = datetime(2026, 12, 1, 9)
    with made.open() as office:
        ask(office, CYCLE, DeliveryMethod.FILES, who="王芳")
        generate(office, DECEMBER, as_of=made.now.date())
    made.now = datetime(2027, 1, 5, 9)
    return made


def score(desk: Desk) -> tuple[Score, tuple[str, ...]]:
    with desk.open() as office:
        found = assess(office, Period.month(DECEMBER), office.now().date())
    (mine,) = [each for each in found.scores if each.unit == UNIT]
    return mine, tuple(each.text for each in found.corrections)


def explained(desk: Desk) -> None:
    """The unit says at last why nothing can be done."""
    table = desk.root / "发件箱" / str(CYCLE) / f"{UNIT}_{CYCLE}_整改链接表.xlsx"
    path = desk.root.parent / "整改.xlsx"
    path.write_bytes(answered(table.read_bytes(), {1: {"status": "impossible", "explanation": "上级网站已撤下。"}}))
    with desk.open() as office:
        receive(office, [path])


def test_a_closed_month_keeps_what_it_cost(desk):
    with desk.open() as office:
        close(office, DECEMBER, as_of=date(2027, 1, 5), who="王芳")
    before, _ = score(desk)
    held = [(line.points, line.held, line.month) for line in before.lines if line.rule == "site_fault"]
    assert held == [(Decimal(0), Decimal(-2), CYCLE)], "who sent nothing in November loses nothing in December"
    desk.now = datetime(2027, 1, 8, 9)
    explained(desk)
    with desk.open() as office:
        judge_explanation(office, 1, accepted=True, who="王芳", reason="其实无误")
        generate(office, DECEMBER + 1, as_of=desk.now.date())
        january = assess(office, Period.month(DECEMBER + 1), desk.now.date())
    assert score(desk)[0] == before
    assert [each for each in january.corrections if each.unit == UNIT] == []


def test_the_ladder_counts_it_and_no_more_once_it_is_accepted(desk):
    def due() -> list[str]:
        with desk.open() as office:
            found = escalate(office, DECEMBER, office.now().date()).due
        return [each.unit for each in found if any("网站整改" in fact for fact in each.evidence)]

    assert due() == [UNIT]
    explained(desk)
    with desk.open() as office:
        judge_explanation(office, 1, accepted=True, who="王芳", reason="其实无误")
    assert due() == []

"""What units are told of 对账: in reminders, and, where the office says so, as faults that cost points."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.workflow.desk import CYCLE, Desk, issue, item, new_desk, nil
from tests.workflow.mail_setup import MAILS, address_book, set_server
from tests.workflow.published.exports import csv_export, row
from zwgk_excel.domain.periods import Period
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.domain.score_rules import ScoreRule
from zwgk_excel.workflow.assessment import assess
from zwgk_excel.workflow.intake import receive
from zwgk_excel.workflow.issuing import generate
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod
from zwgk_excel.workflow.mailing.reminding import remind
from zwgk_excel.workflow.mailing.returning import planned_returns
from zwgk_excel.workflow.mailing.sending import send
from zwgk_excel.workflow.published import import_published, plan_import

FINANCE = "市财政局"
COSTS = (
    "[severities]",
    'site_items_unreported = "warning"',
    "[scoring.formal]",
    'codes = ["site_items_unreported"]',
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """November went out on the 2nd; the list has three items of 市财政局."""
    made = issue(new_desk(tmp_path))
    with made.on(datetime(2026, 11, 20, 9)) as office:
        planned = plan_import(office, [csv_export(tmp_path / "清单.csv", [row(1), row(2), row(3)])])
        import_published(office, planned, who="王芳")
    return made


def reported(desk: Desk):
    """市财政局 reports one of them, and answers its other task."""
    title, day, link, _, _ = row(1)
    typed = item("D02 政府采购", title=title, published_on=day, url=link)
    reply = desk.reply(FINANCE, "回.xlsx", answers={("D04", "2026-11"): nil()}, items=[typed])
    with desk.on(datetime(2026, 11, 21, 9)) as office:
        taken = receive(office, [reply])
        scores = {each.unit: each for each in assess(office, Period.month(CYCLE), office.now().date()).scores}
        costs = [each for each in scores[FINANCE].lines if each.rule is ScoreRule.FORMAL]
        return taken, costs, planned_returns(office, CYCLE, warnings=True)


def test_reminders_name_what_is_on_the_site_and_was_not_reported(desk: Desk) -> None:
    address_book(desk, MAILS)
    set_server(desk, None)
    with desk.on(datetime(2026, 11, 26, 9)) as office:
        remind(office, DeliveryMethod.FILES)
    texts = {path.name: _text(path) for path in sorted((desk.root / "发件箱" / "催报_2026-11-26").glob("*.eml"))}
    told = [text for name, text in texts.items() if name.startswith(FINANCE)]
    assert len(told) == 1
    assert "网站上已经发布、还没有报送的有 3 条" in told[0]
    assert "“政府采购公告第1号”（2026-11-10）、" in told[0]
    assert not any("网站上已经发布" in text for name, text in texts.items() if not name.startswith(FINANCE))


def test_the_mail_with_a_prefilled_workbook_says_so(tmp_path: Path) -> None:
    desk = Desk(new_desk(tmp_path).root, datetime(2026, 11, 20, 9))
    address_book(desk, MAILS)
    set_server(desk, None)
    with desk.open() as office:
        import_published(office, plan_import(office, [csv_export(tmp_path / "清单.csv", [row(1), row(2)])]), who="")
        generate(office, CYCLE, as_of=office.now().date())
        send(office, CYCLE, DeliveryMethod.FILES)
    texts = {path.name: _text(path) for path in (desk.root / "发件箱" / "2026-11").glob("*.eml")}
    told = [name for name, text in texts.items() if "已按网站清单填好 2 条" in text]
    assert len(texts) == 4
    assert [name.startswith(FINANCE) for name in told] == [True]


def test_by_default_it_is_no_fault_and_costs_nothing(desk: Desk) -> None:
    taken, costs, returns = reported(desk)
    assert (taken[0].verdict, taken.markups, costs, returns) == (Verdict.ACCEPTED, {}, [], ())


def test_where_the_office_says_so_it_is_marked_sent_back_and_costs_points(desk: Desk) -> None:
    (desk.root / "zwgk.toml").write_text("\n".join(COSTS), "utf-8")
    taken, costs, returns = reported(desk)
    assert taken[0].verdict is Verdict.ACCEPTED  # what was stored is what the file was found to be
    assert list(taken.markups) == [taken[0].file]
    assert [each.obligation for each in costs] == ["D02/市财政局/2026-11"]
    assert [each.unit for each in returns] == [FINANCE]


def _text(path: Path) -> str:
    import email
    import email.policy

    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    return body.get_content()

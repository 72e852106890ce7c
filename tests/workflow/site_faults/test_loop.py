"""The whole loop: faults seen on a website, mailed as a 整改链接表, filled, returned, visited again and scored.

Each step dies once on its way and is done again: nothing is asked, mailed or counted twice.
"""

from __future__ import annotations

import shutil
from datetime import date, datetime
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import docx
import pytest
from openpyxl import load_workbook

from tests.web.site import article, running
from tests.workflow.desk import CYCLE, Desk, issue, item, new_desk, nil
from tests.workflow.fault_tables import answered, rows_of
from tests.workflow.mail_setup import MAILS, address_book
from zwgk_excel.domain.acts import ActKind
from zwgk_excel.domain.correspondence import LetterKind, LetterState
from zwgk_excel.domain.periods import Period
from zwgk_excel.domain.returns import FaultAnswerStatus, Verdict
from zwgk_excel.domain.site_faults import FaultOutcome
from zwgk_excel.layout.columns import layout
from zwgk_excel.web import addresses
from zwgk_excel.workflow.assessment import assess
from zwgk_excel.workflow.bulletins import publish
from zwgk_excel.workflow.consolidation import consolidate
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing import generate
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod
from zwgk_excel.workflow.site_faults import ask, judge_explanation, planned_askings
from zwgk_excel.workflow.tracking.site_faults import fault_states
from zwgk_excel.workflow.tracking.statuses import office_statuses
from zwgk_excel.workflow.verification import plan_verification, verify

SHEET = layout("tracker")["site_faults"]
KEYS = [column.key for column in SHEET]
SEEN, ASKED, CAME, AGAIN = (datetime(2026, 12, day, 9) for day in (1, 2, 4, 7))
MEND_BY = date(2026, 12, 9)
"""Five working days after it was asked."""
KINDS = (("meta", 11), ("dead", 12), ("date", 13), ("title", 14), ("soft", 15))


@pytest.fixture(scope="module")
def site(authority):
    with running(authority) as made:
        yield made


@pytest.fixture(scope="module")
def reported(tmp_path_factory, site) -> Path:
    """A workspace whose unit reported five pages of the site, of which four are not as they should be."""
    desk = issue(new_desk(tmp_path_factory.mktemp("reported")))
    items = [item("D02 政府采购", number, url=site.url(kind, number)) for kind, number in KINDS]
    for each, (_, number) in zip(items, KINDS, strict=True):
        each |= {"title": f"采购公告第{number}批", "published_on": date(2026, 11, 3)}
    reply = desk.reply("市财政局", "a.xlsx", items=items, answers={("D04", str(CYCLE)): nil()})
    with desk.on(datetime(2026, 11, 20, 9)) as office:
        receive(office, [reply], received_at=datetime(2026, 11, 20, 9))
    return desk.root


@pytest.fixture
def desk(reported, tmp_path, site, monkeypatch, smtp_server) -> Desk:
    """A copy of it with a mail server, where every name is this machine."""
    monkeypatch.setattr(addresses, "addresses_of", lambda host, port: ["127.0.0.1"])
    made = Desk(Path(shutil.copytree(reported, tmp_path / "工作区")), SEEN)
    address_book(made, MAILS)
    hosts = ", ".join(f'"{each}"' for each in site.hosts)
    (made.root / "zwgk.toml").write_text(
        f'[verify]\nhosts = [{hosts}]\nnetworks = ["127.0.0.0/8"]\nper_minute = 0\n'
        f'[office]\nmailbox = "zwgk@example.gov.cn"\n'
        f'[mail]\nper_minute = 0\n[mail.smtp]\nhost = "localhost"\nport = {smtp_server.port}\nsecurity = "none"\n'
        "[scoring.site_fault]\npoints = 2\ncap = 5\n",
        "utf-8",
    )
    handler = f"{site.__module__}._Handler"
    day = date(2026, 11, 3)
    monkeypatch.setattr(
        f"{handler}._meta", lambda this, number: this._send(article(f"采购公告第{number}批", day)), raising=True
    )
    monkeypatch.setattr(
        f"{handler}._title", lambda this, number: this._send(article("<b>=1+1</b>别的事", day)), raising=True
    )
    monkeypatch.setattr(
        f"{handler}._date",
        lambda this, number: this._send(article(f"采购公告第{number}批", date(2026, 12, 23))),
        raising=True,
    )
    return made


def outcomes(desk: Desk) -> dict[int, FaultOutcome]:
    with desk.open() as office:
        today = office.now().date()
        states = fault_states(office, today, office_statuses(office, today).contents)
    return {each.case.number: each.outcome for each in states}


def visited(desk: Desk) -> None:
    with desk.open() as office:
        verify(office, plan_verification(office, CYCLE))


def asked(desk: Desk):
    with desk.open() as office:
        return ask(office, CYCLE, DeliveryMethod.SMTP, who="王芳")


def table_in(mail) -> bytes:
    message = message_from_bytes(mail.content, policy=default)
    (attached,) = message.iter_attachments()
    data = attached.get_payload(decode=True)
    assert isinstance(data, bytes)
    return data


def test_from_a_dead_link_to_the_score(desk, site, smtp_server, tmp_path, monkeypatch):
    visited(desk)
    desk.now = ASKED

    # The run dies when everything is on record and nothing is mailed: the next one mails what is on record.
    with monkeypatch.context() as patch:
        patch.setattr("zwgk_excel.workflow.site_faults.asking.deliver_all", _die)
        with pytest.raises(KeyboardInterrupt):
            asked(desk)
    assert outcomes(desk) == dict.fromkeys((1, 2, 3, 4), FaultOutcome.ASKED)
    done = asked(desk)
    assert [each.action for each in done.askings] == ["send"]
    assert done.raised == ()
    assert [each.action for each in asked(desk).askings] == ["sent"]
    with desk.open() as office:
        assert [each.kind for each in office.ledger.acts()].count(ActKind.RAISE_FAULTS) == 1
        (letter,) = [each for each in office.ledger.letters() if each.kind is LetterKind.FAULTS]
        assert letter.state is LetterState.SENT
    (mail,) = smtp_server.mails
    html = message_from_bytes(mail.content, policy=default).get_body(("html",))
    assert html is not None
    assert "&lt;b&gt;=1+1" in html.get_content()
    assert "<b>=1+1" not in html.get_content()
    table = table_in(mail)
    rows = rows_of(table)
    numbers = {row["title"]: number for number, row in rows.items()}
    gone, late, other, soft = (numbers[f"采购公告第{number}批"] for number in (12, 13, 14, 15))
    assert "=1+1" in rows[other]["found"]
    assert "超期" in rows[late]["found"]

    # The unit says that two are mended, one of them truly; explains one; and forgets one.
    answers = {
        gone: {"status": "mended", "new_url": site.url("meta", 12)},
        soft: {"status": "mended"},
        late: {"status": "disputed", "explanation": "网站改版时统一改了日期。"},
    }
    path = tmp_path / "整改.xlsx"
    path.write_bytes(answered(table, answers))
    desk.now = CAME
    with monkeypatch.context() as patch:
        patch.setattr("zwgk_excel.ledger.receipts._insert_children", _die)
        with desk.open() as office, pytest.raises(KeyboardInterrupt):
            receive(office, [path])
    assert FaultOutcome.ANSWERED not in outcomes(desk).values()
    with desk.open() as office:
        consolidate(office, as_of=None, who="王芳")
        (receipt,) = [each for each in office.ledger.receipts() if each.fault_answers]
    assert (receipt.unit, receipt.cycle, receipt.verdict) == ("市财政局", CYCLE, Verdict.ACCEPTED)
    assert {each.status for each in receipt.fault_answers} == {FaultAnswerStatus.MENDED, FaultAnswerStatus.DISPUTED}
    waiting = {gone: FaultOutcome.ANSWERED, soft: FaultOutcome.ANSWERED}
    assert outcomes(desk) == {**waiting, late: FaultOutcome.EXPLAINED, other: FaultOutcome.ASKED}

    # Visited again though that was lately done; killed in between, it goes on with what is left.
    desk.now = AGAIN
    with desk.open() as office:
        plan = plan_verification(office, CYCLE)
        assert set(plan.due) == {site.url("meta", 12), site.url("soft", 15)}
        with pytest.raises(KeyboardInterrupt):
            verify(office, plan, progress=_die)
    visited(desk)
    seen = {gone: FaultOutcome.MENDED, soft: FaultOutcome.UNMENDED, late: FaultOutcome.EXPLAINED}
    assert outcomes(desk) == {**seen, other: FaultOutcome.ASKED}
    with desk.open() as office:
        assert planned_askings(office, CYCLE)[0].action == "sent"  # nothing new
        judge_explanation(office, late, accepted=True, who="王芳", reason="已核实改版")

    # The tracker shows each, and what a page calls itself is text there.
    with desk.open() as office:
        consolidate(office, as_of=None, who="王芳")
        page = load_workbook(office.workspace.tracker)[SHEET.name]
        lines = [dict(zip(KEYS, line, strict=True)) for line in page.iter_rows(min_row=4, max_col=len(KEYS))]
    shown = {line["number"].value: line for line in lines}
    assert {number: line["outcome"].value for number, line in shown.items()} == {
        gone: "已整改",
        late: "说明已认可",
        soft: "未整改",
        other: "待整改",
    }
    assert "<b>=1+1" in shown[other]["found"].value
    assert {cell.data_type for cell in shown[other].values() if isinstance(cell.value, str)} == {"s"}

    # After the day: what was neither mended nor accepted costs, on the account of the task that reported it.
    desk.now = datetime(2026, 12, 10, 9)
    settled = {gone: FaultOutcome.MENDED, late: FaultOutcome.ACCEPTED}
    assert outcomes(desk) == {**settled, soft: FaultOutcome.UNMENDED, other: FaultOutcome.OVERDUE}
    with desk.open() as office:
        generate(office, CYCLE + 1, as_of=desk.now.date())
        found = assess(office, Period.month(CYCLE + 1), desk.now.date())
    (score,) = [each for each in found.scores if each.unit == "市财政局"]
    taken = [(line.held, line.on) for line in score.lines if line.rule == "site_fault"]
    assert taken == [(Decimal(-2), MEND_BY)] * 2
    with desk.open() as office:
        path = publish(office, Period.month(CYCLE), as_of=desk.now.date()).path
    told = "".join(text for text in docx.Document(str(path)).element.itertext())
    assert "1个单位的网站信息有问题4处，已整改2处。逾期未整改2处：市财政局（2处）。" in told
    assert "别的事" not in told


def _die(*given, **named):
    raise KeyboardInterrupt


"""A 整改链接表 that comes back is a stranger's: altered, another's, an old one, one with more rows, one that acts."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.workflow.desk import CYCLE, UNITS, Desk, copied_desk, issue, item
from tests.workflow.fault_tables import FIRST, SHEET, answered
from tests.workflow.mail_setup import MAILS, address_book, set_server
from zwgk_excel.domain.acts import ActKind
from zwgk_excel.domain.in_tray import WaitingKind
from zwgk_excel.domain.link_checks import Visit, VisitFinding
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.domain.senders import SenderFields
from zwgk_excel.domain.site_faults import FaultOutcome
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.reading.read_return import read_return
from zwgk_excel.workflow.assessment import FilesWaitingError, plan_closing
from zwgk_excel.workflow.consolidation import consolidate
from zwgk_excel.workflow.decisions import assign
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.inbox import MailOrigin
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.intake.validation import ReturnValidator, ValidatedReceipt
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.site_faults import ask, judge_explanation, planned_askings
from zwgk_excel.workflow.tracking.site_faults import fault_states
from zwgk_excel.workflow.tracking.statuses import office_statuses
from zwgk_excel.workflow.verification import plan_verification

ASKED = datetime(2026, 12, 1, 9)
FINANCE, LABOUR = "市财政局", "市人社局"
SAID = {1: {"status": "disputed", "explanation": "网站改版"}}
HIDDEN = layout("site_faults")["identity"].name


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> Path:
    """A workspace in which two units were asked about a link each."""
    made = issue(copied_desk(tmp_path_factory.mktemp("asked")))
    address_book(made, MAILS)
    set_server(made, None)
    for unit, task in ((FINANCE, "D02 政府采购"), (LABOUR, "D04 稳岗就业")):
        reply = made.reply(unit, f"{unit}.xlsx", items=[item(task, type="其他政策文件")])
        with made.on(datetime(2026, 11, 20, 9)) as office:
            receive(office, [reply], received_at=datetime(2026, 11, 20, 9))
            url = f"http://a.cn/{task[:3]}/1"
            office.ledger.add_visits([Visit(url, datetime(2026, 11, 30, 9), VisitFinding.NOT_FOUND, 404)])
    made.now = ASKED
    with made.open() as office:
        ask(office, CYCLE, DeliveryMethod.FILES, who="王芳")
    return made.root


@pytest.fixture
def desk(asked, tmp_path) -> Desk:
    """A copy of it."""
    return Desk(Path(shutil.copytree(asked, tmp_path / "工作区")), ASKED)


def table(desk: Desk, unit: str = FINANCE) -> bytes:
    return (desk.root / "发件箱" / str(CYCLE) / f"{unit}_{CYCLE}_整改链接表.xlsx").read_bytes()


def edited(data: bytes, edit: Callable[[Any], None]) -> bytes:
    book = load_workbook(io.BytesIO(data))
    edit(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def received(desk: Desk, data: bytes, name: str = "整改.xlsx") -> Receipt:
    path = desk.root.parent / name
    path.write_bytes(data)
    with desk.open() as office:
        (receipt,) = receive(office, [path])
        (whole,) = office.ledger.receipts(sha256=receipt.sha256)
    return whole


def codes(receipt: Receipt) -> set[str]:
    return {each.code for each in receipt.problems}


def outcomes(desk: Desk) -> list[FaultOutcome]:
    with desk.open() as office:
        today = office.now().date()
        states = fault_states(office, today, office_statuses(office, today).contents)
    return [each.outcome for each in states]


def in_tray(desk: Desk, kind: WaitingKind, key: str) -> list[str]:
    """What a column of the in-tray says of the rows of a kind, in the tracker that is written now."""
    with desk.open() as office:
        consolidate(office, as_of=None, who="王芳")
    sheet = layout("tracker")["in_tray"]
    page = load_workbook(desk.root / layout("tracker").file_name)[sheet.name]
    rows = (dict(zip((each.key for each in sheet), row, strict=False)) for row in page.iter_rows(values_only=True))
    return [row[key] for row in rows if row["kind"] == word("waiting", kind)]


def test_what_is_sound_is_taken_and_a_copy_is_a_duplicate(desk):
    data = answered(table(desk), SAID)
    assert received(desk, data).verdict is Verdict.ACCEPTED
    with desk.open() as office:
        (second,) = receive(office, [_saved(desk, data, "再来.xlsx")])
    assert second.verdict is Verdict.DUPLICATE
    assert outcomes(desk) == [FaultOutcome.EXPLAINED, FaultOutcome.ASKED]


def test_in_an_archive_it_is_what_was_awaited(desk):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("整改.xlsx", answered(table(desk), SAID))
    with desk.open() as office:
        found = receive(office, [_saved(desk, stream.getvalue(), "整改.zip")])
    assert {each.verdict for each in found} == {Verdict.ACCEPTED}
    assert outcomes(desk)[0] is FaultOutcome.EXPLAINED


def _saved(desk: Desk, data: bytes, name: str) -> Path:
    path = desk.root.parent / name
    path.write_bytes(data)
    return path


def _hidden_cell(key: str, value: str) -> Callable[[Any], None]:
    def edit(book: Any) -> None:
        page = book[HIDDEN]
        (row,) = [row for row in page.iter_rows() if row[0].value == key]
        row[1].value = value

    return edit


def _without_identity(book: Any) -> None:
    del book[HIDDEN]


@pytest.mark.parametrize(
    "edit",
    [
        _hidden_cell("unit", LABOUR),
        _hidden_cell("cycle", "2026-12"),
        _hidden_cell("table", "99"),
        _hidden_cell("signature", "0" * 64),
        _hidden_cell("fault", "2"),
        _hidden_cell("issued_on", "gestern"),
        _without_identity,
    ],
    ids=["unit", "cycle", "table", "signature", "row", "day", "none"],
)
def test_what_was_altered_waits_in_quarantine_and_counts_for_nothing(desk, edit):
    receipt = received(desk, edited(answered(table(desk), SAID), edit))
    assert (receipt.verdict, receipt.fault_answers) == (Verdict.QUARANTINED, ())
    assert "fault_table_forged" in codes(receipt)
    assert outcomes(desk) == [FaultOutcome.ASKED] * 2


def test_neither_kind_of_workbook_passes_for_the_other(desk):
    report = load_workbook(desk.sent(FINANCE))
    pairs = {row[0].value: row[1].value for row in report[HIDDEN].iter_rows()}

    def as_report(book: Any) -> None:
        page = book[HIDDEN]
        page.delete_rows(1, page.max_row)
        for row, (key, value) in enumerate(pairs.items(), 1):
            page.cell(row, 1).value, page.cell(row, 2).value = key, value

    receipt = received(desk, edited(answered(table(desk), SAID), as_report))
    assert receipt.verdict is Verdict.QUARANTINED
    assert "fault_table_forged" in codes(receipt)


def test_rows_that_were_not_asked_are_told_and_not_taken(desk):
    def with_more(book: Any) -> None:
        page = book[SHEET.name]
        for number, row in ((2, FIRST + 1), (77, FIRST + 2), (1, FIRST + 3)):
            page.cell(row, 1).value = number
            page.cell(row, SHEET.index("status") + 1).value = "已整改"

    receipt = received(desk, edited(answered(table(desk), SAID), with_more))
    assert receipt.fault_answers == (), "nobody knows which of the two rows is meant"
    assert codes(receipt) == {"fault_row_foreign", "fault_row_repeated"}
    assert receipt.verdict is Verdict.RETURNED
    assert outcomes(desk) == [FaultOutcome.ASKED] * 2


@pytest.mark.parametrize("key", ["task", "title", "url", "found", "expected"])
def test_a_locked_cell_that_was_changed_is_told_at_the_cell_and_its_row_not_taken(desk, key):
    def changed(book: Any) -> None:
        book[SHEET.name].cell(FIRST, SHEET.index(key) + 1).value = "http://evil.test/" + "长" * 300

    receipt = received(desk, edited(answered(table(desk), SAID), changed))
    (told,) = receipt.problems
    assert (receipt.verdict, receipt.fault_answers, told.code) == (Verdict.RETURNED, (), "fault_cell_altered")
    assert told.place.cell == f"{'ABCDEF'[SHEET.index(key)]}{FIRST}"
    assert SHEET.heading(key) in told.found
    assert len(told.found) < 120
    assert outcomes(desk) == [FaultOutcome.ASKED] * 2


def test_what_is_told_of_a_row_is_chinese_and_short(desk):
    def foreign(book: Any) -> None:
        book[SHEET.name].cell(FIRST, 1).value = 77

    said = {1: {"status": "mended", "explanation": "说" * 3000}}
    told = {each.code: each.found for each in received(desk, edited(answered(table(desk), said), foreign)).problems}
    assert "已整改 | 说说说" in told["fault_row_foreign"]
    assert "mended" not in "".join(told.values())
    assert len(told["fault_row_foreign"]) < 300


def test_an_explanation_over_its_limit_is_cut_where_it_is_shown(desk):
    received(desk, answered(table(desk), {1: {"status": "disputed", "explanation": "说" * 3000}}))
    (told,) = in_tray(desk, WaitingKind.EXPLANATION, "told")
    page = load_workbook(desk.root / layout("tracker").file_name)[layout("tracker")["site_faults"].name]
    assert told.count("说") < 250
    assert max(len(cell.value) for row in page.iter_rows() for cell in row if isinstance(cell.value, str)) < 300
    assert max(each.height or 0 for each in page.row_dimensions.values()) < 300


def test_a_forged_table_is_not_to_be_sent_as_a_report(desk):
    received(desk, edited(answered(table(desk), SAID), _hidden_cell("signature", "0" * 64)))
    (advice,) = in_tray(desk, WaitingKind.FILE, "advice")
    assert "整改链接表" in advice
    assert "信息报送表" not in advice


def test_a_new_link_where_no_visit_leads_waits_for_the_office(desk):
    settings = desk.root / "zwgk.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[verify]\nhosts = ["a.cn"]\n', "utf-8")
    received(desk, answered(table(desk), {1: {"status": "mended", "new_url": "http://evil.test/1"}}))
    received(desk, answered(table(desk, LABOUR), {2: {"status": "mended", "new_url": "http://a.cn/2"}}), "二.xlsx")
    assert outcomes(desk) == [FaultOutcome.EXPLAINED, FaultOutcome.ANSWERED]
    (told,) = in_tray(desk, WaitingKind.EXPLANATION, "told")
    assert "http://evil.test/1”不在可以访问的网站中" in told


def test_two_links_in_one_cell_are_no_page_that_is_not_there(desk):
    settings = desk.root / "zwgk.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[verify]\nhosts = ["a.cn"]\n', "utf-8")
    two = received(desk, answered(table(desk), {1: {"status": "mended", "new_url": "http://a.cn/1 http://a.cn/2"}}))
    assert "link_several" in codes(two)
    assert outcomes(desk)[0] is FaultOutcome.EXPLAINED
    with desk.open() as office:
        assert not any(" " in url for url in plan_verification(office, CYCLE).due)


def test_what_was_accepted_stays_and_a_later_table_is_told(desk):
    received(desk, answered(table(desk), SAID))
    desk.now = datetime(2026, 12, 2, 9)
    with desk.open() as office:
        judge_explanation(office, 1, accepted=True, who="王芳", reason="属实")
    desk.now = datetime(2026, 12, 3, 9)
    other = {1: {"status": "impossible", "explanation": "另一种说法"}}
    later = received(desk, answered(table(desk), other), "新.xlsx")
    assert codes(later) == {"fault_settled"}
    assert "另一种说法" in later.problems[0].found
    with desk.open() as office:
        (case, _) = office.ledger.fault_cases()
        assert case.answer is not None
        assert case.answer.answer.explanation == "网站改版"
        accepted = max(each.number for each in office.ledger.acts() if each.kind is ActKind.ACCEPT_EXPLANATION)
        office.ledger.undo(accepted, who="王芳", reason="再看")
        (case, _) = office.ledger.fault_cases()
        assert case.answer is not None
        assert case.answer.answer.explanation == "另一种说法"


def test_half_an_answer_is_told_and_not_taken(desk):
    for said, code in (
        ({1: {"explanation": "已改"}}, "fault_status_missing"),
        ({1: {"status": "impossible"}}, "fault_explanation_missing"),
        ({}, "fault_table_blank"),
        ({1: {"status": "mended", "new_url": "javascript:alert(1)"}}, "link_form"),
    ):
        receipt = received(desk, answered(table(desk), said), f"{code}.xlsx")
        assert code in codes(receipt)
        assert not any(each.url for each in receipt.fault_answers)


def test_formulas_and_what_is_typed_elsewhere_act_nowhere(desk):
    def acting(book: Any) -> None:
        page = book[SHEET.name]
        page.cell(FIRST, SHEET.index("explanation") + 1).value = '=HYPERLINK("http://evil.test","说明")'
        page.cell(FIRST + 5, 20).value = "旁边的话"
        book.create_sheet("另一张")["A1"] = "附言"

    receipt = received(desk, edited(answered(table(desk), {1: {"status": "mended"}}), acting))
    (answer,) = receipt.fault_answers
    assert "evil" not in answer.explanation
    told = {each.found for each in receipt.problems}
    assert any("旁边的话" in each for each in told)
    assert any("附言" in each for each in told)


def test_a_table_that_was_taken_back_is_answered_no_more(desk):
    with desk.open() as office:
        first = min(each.table for each in office.ledger.fault_cases())
        office.ledger.undo(first, who="王芳", reason="发错了")
    receipt = received(desk, answered(table(desk), SAID))
    assert (receipt.verdict, codes(receipt)) == (Verdict.QUARANTINED, {"fault_table_unasked"})
    assert outcomes(desk) == [FaultOutcome.WITHDRAWN, FaultOutcome.ASKED]


def test_who_sent_it_weighs_as_with_a_report(desk):
    data = answered(table(desk), SAID)
    path = _saved(desk, data, "整改.xlsx")
    reading = read_return(data, path.name, by=ASKED.date())
    plain = Receipt("收件箱/整改.xlsx", "0" * 64, ASKED, Verdict.ACCEPTED)

    def sent_by(office: Office, sender: str) -> ValidatedReceipt:
        return ReturnValidator(office).validate(plain, reading, MailOrigin(sender, SenderFields((sender,))))

    with desk.open() as office:
        other = sent_by(office, MAILS[LABOUR]).receipt
        assert (other.verdict, len(other.fault_answers)) == (Verdict.ACCEPTED_WITH_PROBLEMS, 1)
        stranger = sent_by(office, "me@evil.example")
        assert (stranger.receipt.verdict, stranger.receipt.fault_answers) == (Verdict.QUARANTINED, ())
        assert str(stranger.proposal) == f"{FINANCE} {CYCLE}"
        with pytest.raises(UserError, match="别的单位"):
            assign(office, [path], LABOUR, CYCLE, who="王芳")
        assign(office, [path], FINANCE, CYCLE, who="王芳")
    assert outcomes(desk)[0] is FaultOutcome.EXPLAINED


def test_a_later_table_replaces_what_an_earlier_one_said(desk):
    received(desk, answered(table(desk), SAID))
    desk.now = datetime(2026, 12, 2, 9)
    received(desk, answered(table(desk), {1: {"status": "mended", "new_url": "http://a.cn/neu"}}), "新.xlsx")
    assert outcomes(desk)[0] is FaultOutcome.ANSWERED


def test_a_table_registered_with_an_earlier_time_changes_nothing_that_was_accepted(desk):
    received(desk, answered(table(desk), SAID))
    desk.now = datetime(2026, 12, 2, 9)
    with desk.open() as office:
        judge_explanation(office, 1, accepted=True, who="王芳", reason="属实")
    desk.now = datetime(2026, 12, 3, 9)
    path = _saved(desk, answered(table(desk), {1: {"status": "impossible", "explanation": "另一种说法"}}), "早.xlsx")
    with desk.open() as office:
        receive(office, [path], received_at=datetime(2026, 12, 1, 15))
        (case, _) = office.ledger.fault_cases()
    assert outcomes(desk)[0] is FaultOutcome.ACCEPTED
    assert case.answer is not None
    assert case.answer.answer.explanation == "网站改版"


def test_what_was_seen_to_be_mended_stays_so_and_what_the_unit_says_then_is_shown(desk):
    received(desk, answered(table(desk), {1: {"status": "mended"}}))
    desk.now = datetime(2026, 12, 3, 9)
    with desk.open() as office:
        told = office.ledger.fault_cases()[0].fault
        page = {"titles": (told.title,), "published_on": told.published_on}
        office.ledger.add_visits([Visit(told.url, datetime(2026, 12, 2, 9), VisitFinding.READ, **page)])
    assert outcomes(desk)[0] is FaultOutcome.MENDED
    received(desk, answered(table(desk), {1: {"status": "disputed", "explanation": "一直打得开"}}), "新.xlsx")
    assert outcomes(desk)[0] is FaultOutcome.MENDED
    assert in_tray(desk, WaitingKind.EXPLANATION, "told") == []
    sheet = load_workbook(desk.root / layout("tracker").file_name)[layout("tracker")["site_faults"].name]
    assert "一直打得开" in {cell.value for row in sheet.iter_rows() for cell in row}


def test_a_forged_table_that_keeps_a_month_open_is_advised_about_as_such(desk):
    received(desk, edited(answered(table(desk), SAID), _hidden_cell("signature", "0" * 64)))
    with desk.open() as office, pytest.raises(FilesWaitingError, match="不能用的整改链接表（3 号）请作废") as refused:
        plan_closing(office, CYCLE, as_of=ASKED.date())
    assert "信息报送表" not in str(refused.value)


def test_a_renamed_unit_is_asked_once_and_its_table_stays_its_own(desk):
    renamed = [{**unit, "valid_to": "2026-11"} if unit["name"] == FINANCE else dict(unit) for unit in UNITS]
    heir = {"name": "市财政和国资局", "kind": "部门", "valid_from": "2026-12", "predecessors": FINANCE}
    desk.set_units([*renamed, {**heir, "mails": "new@example.gov.cn"}])
    with desk.open() as office:
        rows = planned_askings(office, CYCLE)
        assert [(each.unit, each.action, len(each.cases)) for each in rows] == [
            (LABOUR, "sent", 1),
            ("市财政和国资局", "sent", 1),
        ]
        again = ask(office, CYCLE, DeliveryMethod.FILES, who="王芳", resend=["市财政和国资局"])
        assert again.raised == ()
        (letter,) = [each for each in office.ledger.letters() if each.unit == "市财政和国资局"]
        assert letter.to == ("new@example.gov.cn",)
    assert received(desk, answered(table(desk), SAID)).verdict is Verdict.ACCEPTED
    assert outcomes(desk) == [FaultOutcome.EXPLAINED, FaultOutcome.ASKED]


def test_an_address_that_did_not_show_it_is_visited_again_another_day(desk):
    settings = desk.root / "zwgk.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[verify]\nhosts = ["a.cn"]\n', "utf-8")
    there = "http://a.cn/neu"
    received(desk, answered(table(desk), {1: {"status": "mended", "new_url": there}}))
    with desk.open() as office:
        assert there in plan_verification(office, CYCLE).due
        office.ledger.add_visits([Visit(there, datetime(2026, 12, 2, 9), VisitFinding.NOT_FOUND, 404)])
    desk.now = datetime(2026, 12, 2, 15)
    assert outcomes(desk)[0] is FaultOutcome.UNMENDED
    with desk.open() as office:
        assert there not in plan_verification(office, CYCLE).due, "a moment ago it was"
    desk.now = datetime(2026, 12, 20, 9)
    with desk.open() as office:
        assert there in plan_verification(office, CYCLE).due

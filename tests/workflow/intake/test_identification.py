"""Whose return a file is: what its signature settles, what is told, what is proposed, and what the office assigns."""

import shutil
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from tests.domain.make import roster, unit
from tests.workflow.desk import CYCLE, UNITS, item, nil
from zwgk_excel.domain.decisions import OverrideKind
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.decisions.overrides import assign, set_aside
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.identification import units_named
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing import cancel
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.tracking.statuses import cycle_status

pytestmark = pytest.mark.slow

AT = datetime(2026, 11, 20, 10, 30)
HIDDEN = layout("report")["identity"].name


@pytest.fixture(autouse=True)
def _end_of_november(sent):
    sent.now = datetime(2026, 12, 3, 9)


def take(desk, *paths, at=AT):
    with desk.open() as office:
        return receive(office, paths, received_at=at)


def purchases(desk, name="回复.xlsx", **values):
    return desk.reply("市财政局", name, answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购", **values)])


def without_identity(path: Path) -> Path:
    book = openpyxl.load_workbook(path)
    book.remove(book[HIDDEN])
    book.save(path)
    return path


def with_identity(path: Path, **values) -> Path:
    book = openpyxl.load_workbook(path)
    for row in book[HIDDEN].iter_rows():
        if row[0].value in values:
            row[1].value = values[row[0].value]
    book.save(path)
    return path


def codes(receipt):
    return [each.code for each in receipt.problems]


def test_without_an_identity_the_cover_proposes(sent):
    taken = take(sent, without_identity(purchases(sent)))
    assert (taken[0].verdict, taken[0].unit, taken[0].cycle) == (Verdict.QUARANTINED, "", None)
    assert codes(taken[0])[0] == "identity_missing"
    assert "看起来是“市财政局 2026-11”" in taken[0].problems[0].found
    proposal = taken.proposals[taken[0].file]
    assert (proposal.unit, proposal.cycle) == ("市财政局", CYCLE)


@pytest.mark.parametrize("forged", [{"unit": "市人社局"}, {"cycle": "2026-10"}, {"signature": "0" * 64}])
def test_a_signature_that_does_not_hold_settles_nothing(sent, forged):
    (receipt,) = take(sent, with_identity(purchases(sent), **forged))
    assert (receipt.verdict, codes(receipt)[0]) == (Verdict.QUARANTINED, "identity_forged")
    assert "市财政局" in receipt.problems[0].found


@pytest.mark.parametrize(
    ("settings", "code", "verdict"),
    [
        ({"schema": 3, "schemas_read": [2, 3]}, "schema_old", Verdict.ACCEPTED),
        ({"schema": 3, "schemas_read": [3]}, "schema_unknown", Verdict.QUARANTINED),
        ({"schema": 0, "schemas_read": [0]}, "schema_new", Verdict.QUARANTINED),
    ],
)
def test_schema_versions_are_told_apart(sent, monkeypatch, settings, code, verdict):
    path = purchases(sent)
    for key, value in settings.items():
        monkeypatch.setitem(layout("report").settings, key, value)
    (receipt,) = take(sent, path)
    assert (receipt.verdict, codes(receipt)[0]) == (verdict, code)


def test_a_workbook_of_another_unit_by_its_file_name_is_told(sent):
    (receipt,) = take(sent, purchases(sent, "市人社局_2026-11_信息报送表.xlsx"))
    assert (receipt.unit, receipt.verdict) == ("市财政局", Verdict.ACCEPTED_WITH_PROBLEMS)
    assert codes(receipt) == ["unit_differs"]
    assert "市人社局" in receipt.problems[0].found


def test_a_file_name_that_names_both_units_is_no_contradiction(sent):
    (receipt,) = take(sent, purchases(sent, "市财政局报市政府办.xlsx"))
    assert receipt.verdict is Verdict.ACCEPTED


def test_an_earlier_cycle_counts_for_itself_and_is_told_once_the_next_is_out(sent):
    with sent.open() as office:
        generate(office, CYCLE + 1, as_of=date(2026, 12, 1))
    (before,) = take(sent, purchases(sent))
    (after,) = take(sent, purchases(sent, "更正.xlsx", title="更正"), at=datetime(2026, 12, 2, 9))
    assert (codes(before), codes(after)) == ([], ["cycle_earlier"])
    assert (after.cycle, after.verdict) == (CYCLE, Verdict.ACCEPTED_WITH_PROBLEMS)


def test_a_late_report_of_what_is_still_open_is_on_the_right_form(sent):
    """The next one has nothing left to report."""
    with sent.open() as office:
        generate(office, CYCLE + 1, as_of=date(2026, 12, 1))
    (late,) = take(sent, purchases(sent), at=datetime(2026, 12, 2, 9))
    (again,) = take(sent, purchases(sent, "更正.xlsx", title="更正"), at=datetime(2026, 12, 3, 8))
    assert (codes(late), codes(again)) == ([], ["cycle_earlier"])


def test_a_cycle_that_was_not_issued_here(sent, tmp_path):
    """As from a workspace restored from an older backup."""
    with sent.open() as office:
        generate(office, CYCLE + 1, as_of=date(2026, 12, 1))
        later = sent.reply("市财政局", "十二月.xlsx", items=[item("D02 政府采购")], cycle=CYCLE + 1)
    with sent.open() as office:
        cancel(office, CYCLE + 1, who="王主任", reason="发早了")
    (receipt,) = take(sent, later)
    assert (receipt.verdict, codes(receipt)[0]) == (Verdict.QUARANTINED, "cycle_unissued")


def test_a_unit_that_left_the_roster(sent):
    path = purchases(sent)
    sent.set_duties([{"id": "D02", "column": "政府采购", "owners": "市财政金融局"}])
    renamed = {"name": "市财政金融局", "kind": "部门"}
    sent.set_units([each for each in UNITS if each["name"] != "市财政局"] + [renamed])
    sent.reissue()
    taken = take(sent, path)
    assert (taken[0].verdict, codes(taken[0])[0]) == (Verdict.QUARANTINED, "unit_unknown")
    assert taken.proposals[taken[0].file].unit == "市财政金融局"


def test_a_unit_that_ended_proposes_its_heir(sent):
    path = purchases(sent)
    sent.set_duties([{"id": "D02", "column": "政府采购", "owners": "市财政局、市财金局"}])
    old = {"name": "市财政局", "kind": "部门", "valid_to": "2026-10"}
    new = {"name": "市财金局", "kind": "部门", "valid_from": "2026-11", "predecessors": "市财政局"}
    sent.set_units([*(each for each in UNITS if each["name"] != "市财政局"), old, new])
    sent.reissue()
    taken = take(sent, path)
    assert (taken[0].verdict, codes(taken[0])[0]) == (Verdict.QUARANTINED, "unit_ended")
    assert taken.proposals[taken[0].file].unit == "市财金局"
    with sent.open() as office:
        (receipt,) = assign(office, [path], "市财金局", CYCLE, who="科员")
    assert (receipt.unit, receipt.items) == ("市财金局", 1)


def untouched(desk) -> Path:
    return Path(shutil.copy(desk.sent("市财政局"), desk.root.parent / "原样.xlsx"))


def test_an_untouched_workbook_goes_back_and_nothing_is_answered(sent):
    (receipt,) = take(sent, untouched(sent))
    assert (receipt.verdict, codes(receipt)) == (Verdict.RETURNED, ["report_untouched"])
    with sent.open() as office:
        rows = cycle_status(office, CYCLE, date(2026, 12, 3)).rows
    assert {r.status.outcome for r in rows if r.status.obligation.unit == "市财政局"} == {"missing"}


def test_an_untouched_workbook_replaces_nothing(sent):
    take(sent, purchases(sent))
    take(sent, untouched(sent), at=datetime(2026, 11, 22, 9))
    with sent.open() as office:
        found = cycle_status(office, CYCLE, date(2026, 12, 3))
    (row,) = (r for r in found.rows if r.status.obligation.key == "D02/市财政局/2026-11")
    assert (row.status.outcome, row.status.items) == ("reported", 1)
    assert "items_vanished" not in {each.code for each in found.problems}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("市自然资源局11月", ["市自然资源局"]),
        ("自然资源局（改）", ["市自然资源局"]),
        ("市发改局转市 教育局", ["市发改委", "市教育局"]),
        ("信息报送表", []),
    ],
)
def test_units_named_in_a_text(text, named):
    known = roster(
        unit("市自然资源局", aliases=("自然资源局",)), unit("市发改委", aliases=("市发改局",)), unit("市教育局")
    )
    assert sorted(units_named(known, text)) == sorted(named)


# --- assigning ---------------------------------------------------------------------------------


def test_what_waits_is_assigned_read_again_and_amended(sent):
    (waiting,) = take(sent, without_identity(purchases(sent)))
    with sent.open() as office:
        (receipt,) = assign(office, [Path(waiting.file)], "市财政局", CYCLE, who="科长", reason="电话核实")
        assert office.ledger.receipts() == (receipt,)
        (ruling,) = office.ledger.overrides()
    assert (receipt.verdict, receipt.unit, receipt.cycle, receipt.items) == (Verdict.ACCEPTED, "市财政局", CYCLE, 1)
    assert receipt.received_at == AT
    assert "identity_assigned" in codes(receipt)
    assert (ruling.kind, ruling.unit, ruling.who, ruling.at, ruling.reason, ruling.forced) == (
        OverrideKind.ASSIGNED,
        "市财政局",
        "科长",
        sent.now,
        "电话核实",
        False,
    )
    with sent.open() as office:
        rows = cycle_status(office, CYCLE, date(2026, 12, 3)).rows
    (row,) = (r for r in rows if r.status.obligation.key == "D02/市财政局/2026-11")
    assert (row.status.outcome, row.status.timeliness) == ("reported", "on_time")


def test_a_file_given_anew_is_taken_in_and_assigned(sent):
    path = without_identity(purchases(sent))
    with sent.open() as office:
        (receipt,) = assign(office, [path], "市财政局", CYCLE, who="科长", received_at=AT)
    assert (receipt.unit, receipt.received_at) == ("市财政局", AT)


def test_the_copies_of_an_assigned_file_go_with_it(sent):
    path = without_identity(purchases(sent))
    take(sent, path)
    copy = path.with_name("又一份.xlsx")
    copy.write_bytes(path.read_bytes())
    take(sent, copy)
    with sent.open() as office:
        assign(office, [copy], "市财政局", CYCLE, who="科长")
        assert {(r.verdict, r.unit) for r in office.ledger.receipts()} == {
            (Verdict.ACCEPTED, "市财政局"),
            (Verdict.DUPLICATE, "市财政局"),
        }


def refused(desk, path, unit_name="市财政局", cycle=CYCLE, **options):
    with desk.open() as office:
        before = office.ledger.receipts()
        with pytest.raises(UserError) as error:
            assign(office, [path], unit_name, cycle, who="科长", **options)
        assert office.ledger.overrides() == ()
        assert [r for r in office.ledger.receipts() if r in before] == list(before)
    return str(error.value)


def test_what_cannot_be_assigned(sent, tmp_path):
    (waiting,) = take(sent, without_identity(purchases(sent)))
    there = Path(waiting.file)
    assert "市财政局" in refused(sent, there, "市财证局")
    assert "还没有生成" in refused(sent, there, cycle=Month(2026, 9))
    assert "找不到文件" in refused(sent, tmp_path / "没有.xlsx")
    photo = tmp_path / "照片.xlsx"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n")
    assert "不能认定" in refused(sent, photo)


def test_a_genuine_workbook_of_another_unit_needs_force(sent):
    (receipt,) = take(sent, purchases(sent))
    assert "身份标记属实，是市财政局 2026-11" in refused(sent, Path(receipt.file), "市人社局")
    with sent.open() as office:
        (forced,) = assign(office, [Path(receipt.file)], "市人社局", CYCLE, who="科长", force=True)
        assert office.ledger.overrides()[0].forced
    assert (forced.unit, forced.verdict) == ("市人社局", Verdict.RETURNED)
    assert "原身份标记是市财政局" in forced.problems[0].found


def test_what_is_no_return_is_set_aside_and_not_complained_about_any_more(sent, tmp_path):
    path = tmp_path / "照片.xlsx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    (waiting,) = take(sent, path)
    with sent.open() as office:
        assert any(p.code == "file_pictured" for p in consolidate(office, as_of=None, who="科员").statuses.problems)
        set_aside(office, [Path(waiting.file)], who="科长", reason="误发")
        assert not [p for p in consolidate(office, as_of=None, who="科员").statuses.problems if p.counts]
        (receipt,) = office.ledger.receipts()
        (ruling,) = office.ledger.overrides()
    assert (receipt.verdict, codes(receipt)) == (Verdict.QUARANTINED, ["file_set_aside"])
    assert "误发" in receipt.problems[0].found
    assert (ruling.kind, ruling.who) == (OverrideKind.SET_ASIDE, "科长")


def test_a_return_is_not_set_aside(sent):
    path = purchases(sent)
    take(sent, path)
    with sent.open() as office, pytest.raises(UserError, match="只有待核实的"):
        set_aside(office, [path], who="科长")

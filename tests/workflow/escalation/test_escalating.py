"""Who is due in a workspace, and the rectification ledger from raising to closing."""

from __future__ import annotations

import shutil
from datetime import date, datetime, time
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.workflow.desk import Desk, new_desk, nil
from zwgk_excel.domain.escalation import EscalationLevel, NoteKind
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.escalation.escalating import escalate, export
from zwgk_excel.workflow.escalation.rectifying import note, open_due_rectifications
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing.generation import generate

NOVEMBER, DECEMBER, DAY = Month(2026, 11), Month(2026, 12), date(2027, 1, 5)


@pytest.fixture(scope="module")
def played(tmp_path_factory) -> Path:
    """Two months in which 市政府办 sends nothing; November is closed, 市人社局 and 市财政局 answer it in time."""
    desk = new_desk(tmp_path_factory.mktemp("idle"))
    with desk.open() as office:
        generate(office, NOVEMBER, as_of=desk.now.date())
    desk.now = datetime(2026, 12, 1, 9)
    for unit, duties in (("市人社局", ["D04"]), ("市财政局", ["D02", "D04"])):
        path = desk.reply(unit, f"{unit}.xlsx", answers={(duty, "2026-11"): nil() for duty in duties})
        with desk.open() as office:
            receive(office, [path], received_at=datetime(2026, 11, 20, 9))
    with desk.open() as office:
        close(office, NOVEMBER, as_of=date(2026, 12, 1), who="经办人")
        generate(office, DECEMBER, as_of=date(2026, 12, 1))
    return desk.root


@pytest.fixture
def idle(played, tmp_path) -> Desk:
    """A copy of that workspace, on the 5th of January."""
    return Desk(Path(shutil.copytree(played, tmp_path / "工作区")), datetime(2027, 1, 5, 9))


def due(desk: Desk, cycle=DECEMBER) -> list[tuple[str, str, str]]:
    with desk.open() as office:
        return [(each.unit, each.step, each.rule) for each in escalate(office, cycle, DAY).due]


def raised(desk: Desk, *units, step=None, reason="", mend_by=date(2027, 1, 20), cycle=DECEMBER):
    with desk.on(datetime.combine(DAY, time(9))) as office:
        return open_due_rectifications(
            office, cycle, units, step, mend_by=mend_by, as_of=DAY, who="经办人", reason=reason
        )


def noted(desk: Desk, number, kind, words="情况", on=DAY):
    with desk.open() as office:
        return note(office, number, kind, words, on=on, who="经办人")


def test_two_late_months_in_a_row_with_their_evidence(idle):
    assert due(idle, NOVEMBER) == [("市政府办", "urge", "overdue")]
    assert due(idle) == [
        ("市政府办", "circulate", "late_twice"),
        ("市人社局", "urge", "overdue"),
        ("市财政局", "urge", "overdue"),
    ]
    with idle.open() as office:
        first = escalate(office, DECEMBER, DAY).due[0]
    assert first.evidence[0] == "D01 政策文件（2026-11）：最迟 2026-11-30，未报"
    assert len(first.evidence) == 3, "D01 of both months, and D16 of the quarter"


def test_from_raising_to_closing_and_never_again_for_the_same_facts(idle):
    (one,) = raised(idle, step=EscalationLevel.CIRCULATE)
    assert (one.number, one.unit, one.who, one.raised_on, len(one.evidence)) == (1, "市政府办", "经办人", DAY, 3)
    assert "市政府办" not in {unit for unit, _, _ in due(idle)}
    assert raised(idle, step=EscalationLevel.CIRCULATE) == ()
    noted(idle, 1, NoteKind.MENDED, "已补报")
    closed = noted(idle, 1, NoteKind.CLOSED, "同意销号", date(2027, 1, 8))
    assert (closed.measures, closed.closed_on) == ("2027-01-05 已补报", date(2027, 1, 8))
    assert "市政府办" not in {unit for unit, _, _ in due(idle)}
    with pytest.raises(UserError, match="已于 2027-01-08 销号"):
        noted(idle, 1, NoteKind.MENDED)


def test_what_was_raised_by_mistake_is_withdrawn_and_counts_again(idle):
    raised(idle, step=EscalationLevel.CIRCULATE)
    noted(idle, 1, NoteKind.WITHDRAWN, "立错月份")
    assert ("市政府办", "circulate", "late_twice") in due(idle)
    assert [each.number for each in raised(idle, step=EscalationLevel.CIRCULATE)] == [2]


def test_without_a_step_only_grave_ones_are_raised_for_everybody(idle):
    assert raised(idle) == ()
    assert [each.step for each in raised(idle, "市政府办")] == [EscalationLevel.CIRCULATE]


def test_the_office_may_raise_on_its_own_judgement_with_a_reason(idle):
    with pytest.raises(UserError, match="--reason"):
        raised(idle, "金湖街道", step=EscalationLevel.INTERVIEW)
    with pytest.raises(UserError, match="--step"):
        raised(idle, "金湖街道")
    (one,) = raised(idle, "金湖街道", step=EscalationLevel.INTERVIEW, reason="领导批示")
    assert (one.evidence, one.reason) == ((), "领导批示")
    with pytest.raises(UserError, match=r"已立项（第 1 号）"):
        raised(idle, "金湖街道", step=EscalationLevel.INTERVIEW, reason="领导批示")


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda desk: raised(desk, "市渔业局"), "市渔业局"),
        (lambda desk: raised(desk, mend_by=date(2027, 1, 1)), "--mend-by"),
        (lambda desk: raised(desk, cycle=Month(2027, 3)), "zwgk generate"),
        (lambda desk: noted(desk, 7, NoteKind.CLOSED), "没有第 7 号"),
        (lambda desk: noted(desk, 1, NoteKind.MENDED, "  "), "--reason"),
    ],
)
def test_what_a_person_may_do_wrong(idle, call, named):
    with pytest.raises(UserError, match=named):
        call(idle)


def test_a_note_before_the_raising_is_refused(idle):
    raised(idle, "市政府办")
    with pytest.raises(UserError, match="早于立项日期"):
        noted(idle, 1, NoteKind.CLOSED, on=date(2026, 12, 1))


def test_the_list_is_exported_to_the_months_folder_or_where_it_is_wanted(idle, tmp_path):
    with idle.open() as office:
        found = escalate(office, DECEMBER, DAY)
        path = export(office, found).path
        assert path == idle.root / "通报/2026-12/督促措施建议名单.xlsx"
        assert path.read_bytes()[:2] == b"PK"
        assert export(office, found, tmp_path / "名单.xlsx").path.is_file()
        with pytest.raises(UserError, match=r"\.xlsx"):
            export(office, found, tmp_path / "名单.txt")


def test_a_list_with_the_office_s_opinion_is_kept_and_the_new_one_gets_a_number(idle):
    with idle.open() as office:
        found = escalate(office, DECEMBER, DAY)
        path = export(office, found).path
        book = load_workbook(path)
        book.worksheets[0]["H4"] = "同意，王芳"
        book.save(path)
        typed = path.read_bytes()
        again = export(office, found)
        assert (again.path.name, again.kept) == ("督促措施建议名单（2）.xlsx", (path,))
        assert path.read_bytes() == typed
        assert export(office, found) == again, "what nobody edited is replaced"

"""What taking an act back changes, before it is done and when it is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.desk import CYCLE, Desk, item, nil
from zwgk_excel.domain.acts import ActKind
from zwgk_excel.domain.escalation import EscalationLevel, NoteKind
from zwgk_excel.domain.tracking import Outcome, TrackerRow
from zwgk_excel.workflow.acts.undoing import UndoEffect, preview_undo, undo
from zwgk_excel.workflow.assessment.assessing import assess_months
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.bulletins.bulletin import publish
from zwgk_excel.workflow.decisions.extend_and_waive import extend, waive
from zwgk_excel.workflow.decisions.overrides import assign, merge, set_aside
from zwgk_excel.workflow.decisions.receipt_acts import correct_time, withdraw
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.escalation.rectifying import note, open_due_rectifications
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.statuses import office_statuses

BY: dict[str, Any] = {"who": "李强", "reason": "办错了"}
DECEMBER = datetime(2026, 12, 3, 9)
PURCHASES, JOBS = "D02/市财政局/2026-11", "D04/市人社局/2026-11"


@pytest.fixture
def desk(sent: Desk) -> Desk:
    """December: two returns of the finance bureau, and a file of nobody knows whom."""
    good = sent.reply("市财政局", "财政.xlsx", answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")])
    more = sent.reply("市财政局", "财政二.xlsx", items=[item("D02 政府采购", 2)])
    bad = sent.reply("市人社局", "人社.xlsx", items=[item("D04 稳岗就业", formed_on="3月")])
    other = good.with_name("统计.xlsx")
    other.write_bytes((sent.root / "单位通讯录.xlsx").read_bytes())
    sent.now = DECEMBER
    with sent.open() as office:
        for day, path in ((20, good), (21, bad), (23, other), (24, more)):
            receive(office, [path], received_at=datetime(2026, 11, day, 9))
    return sent


def extend_two(office: Office, root: Path) -> None:
    extend(office, CYCLE, "市人社局", [], date(2026, 12, 20), who="王芳", reason="出差")


def waive_one(office: Office, root: Path) -> None:
    waive(office, CYCLE, "市人社局", ["D04"], cancel=False, who="王芳", reason="会议决定")


def merge_returns(office: Office, root: Path) -> None:
    merge(office, CYCLE, "市财政局", cancel=False, who="王芳")


def put_aside(office: Office, root: Path) -> None:
    set_aside(office, [root / "收件箱/统计.xlsx"], who="王芳", reason="不是报送表")


def give_to_another(office: Office, root: Path) -> None:
    assign(office, [root / "收件箱/人社.xlsx"], "市政府办", CYCLE, who="王芳", force=True)


def close_november(office: Office, root: Path) -> None:
    close(office, CYCLE, as_of=date(2026, 12, 2), who="王芳")


def rectify(office: Office, root: Path) -> None:
    open_due_rectifications(
        office,
        CYCLE,
        ["市人社局"],
        EscalationLevel.SUPERVISE,
        mend_by=None,
        as_of=DECEMBER.date(),
        who="王芳",
        reason="会议决定",
    )


def time_a_receipt(office: Office, root: Path) -> None:
    correct_time(office, 1, datetime(2026, 11, 27, 9), who="王芳", reason="邮箱中的时间")


def withdraw_a_receipt(office: Office, root: Path) -> None:
    withdraw(office, 4, who="王芳", reason="单位发错了")


DEEDS = [
    extend_two,
    waive_one,
    merge_returns,
    put_aside,
    give_to_another,
    time_a_receipt,
    withdraw_a_receipt,
    close_november,
    rectify,
]


def figures(office: Office) -> tuple[object, ...]:
    """All that the office shows of what it decided."""
    found = office_statuses(office, DECEMBER.date())
    scores = assess_months(office, [CYCLE], found)
    receipts = [(each.file, each.verdict, each.unit, each.cycle, each.problems) for each in office.ledger.receipts()]
    rectified = [each for each in office.ledger.rectifications() if not each.withdrawn]
    return found.rows, found.problems, receipts, scores, rectified, office.ledger.cycles()


@pytest.mark.parametrize("deed", DEEDS)
def test_undone_all_figures_are_as_before(desk: Desk, deed: Callable[[Office, Path], None]) -> None:
    with desk.open() as office:
        if deed is close_november:
            put_aside(office, desk.root)  # no month is closed while a file waits
        before = figures(office)
        deed(office, desk.root)
        after = figures(office)
        assert after != before
        number = office.ledger.acts()[-1].number
        effect = preview_undo(office, number, **BY)
        assert (figures(office), effect.undoing.number) == (after, 0)  # only looked at
        done = undo(office, number, **BY)
        assert figures(office) == before
        assert (done.rows, done.undoing.undoes, done.undoing.number) == (effect.rows, number, number + 1)
        undo(office, number + 1, who="王芳", reason="没有办错")
        assert figures(office) == after


def told(effect: UndoEffect) -> dict[str, tuple[object, object]]:
    """Obligation → outcome before and after."""

    def outcome(row: TrackerRow | None) -> object:
        return row and row.status.outcome

    rows = [(before or after, before, after) for before, after in effect.rows]
    return {row.status.obligation.key: (outcome(before), outcome(after)) for row, before, after in rows if row}


def test_the_effect_names_the_tasks_that_change_and_no_others(desk: Desk) -> None:
    with desk.open() as office:
        waive_one(office, desk.root)
        effect = preview_undo(office, office.ledger.acts()[-1].number, **BY)
    assert told(effect) == {JOBS: (Outcome.WAIVED, Outcome.RETURNED)}
    assert effect.undone.kind is ActKind.WAIVE


def test_a_later_act_about_the_same_stands(desk: Desk) -> None:
    with desk.open() as office:
        first = office.ledger.acts()[-1].number + 1
        extend_two(office, desk.root)
        extend(office, CYCLE, "市人社局", ["D04"], date(2026, 12, 25), who="王芳", reason="再延")
        effect = undo(office, first, **BY)
        assert (effect.rows, effect.undoing.changes) == ((), ())
        assert office.active_decisions()[JOBS].extended_to == date(2026, 12, 25)


def test_a_reopened_month_counts_what_came_since_and_can_be_closed_again(desk: Desk) -> None:
    with desk.open() as office:
        put_aside(office, desk.root)
        close_november(office, desk.root)
        undo(office, office.ledger.acts()[-1].number, **BY)
        late = desk.reply("市人社局", "补.xlsx", items=[item("D04 稳岗就业")])
        receive(office, [late], received_at=datetime(2026, 12, 2, 9))
        rows = {row.status.obligation.key: row for row in office_statuses(office, DECEMBER.date()).rows}
        assert (rows[JOBS].closed, rows[JOBS].status.outcome) == (False, Outcome.REPORTED)
        close(office, CYCLE, as_of=DECEMBER.date(), who="王芳")
        assert publish_state(office) is True


def publish_state(office: Office) -> bool:
    from zwgk_excel.domain.periods import Period

    return publish(office, Period.month(CYCLE), as_of=DECEMBER.date()).bulletin.closed


def test_the_copy_of_the_wrong_unit_goes_and_the_right_one_is_written(desk: Desk) -> None:
    copies = desk.root / "退回修改/2026-11"
    with desk.open() as office:
        right = next(path for path in copies.iterdir() if "市人社局" in path.name)
        was, wrong = right.read_bytes(), right.with_name(right.name.replace("市人社局", "市政府办"))
        give_to_another(office, desk.root)
        assert (right.exists(), wrong.exists()) == (False, True)
        effect = undo(office, office.ledger.acts()[-1].number, **BY)
    assert (effect.corrections.removed, effect.corrections.written) == ((wrong,), (right,))
    assert (right.read_bytes() == was, wrong.exists()) == (True, False)


def test_notes_on_a_rectification_go_one_by_one(desk: Desk) -> None:
    with desk.open() as office:
        rectify(office, desk.root)
        note(office, 1, NoteKind.MENDED, "已补报", on=DECEMBER.date(), who="王芳")
        note(office, 1, NoteKind.CLOSED, "已整改", on=DECEMBER.date(), who="王芳")
        closing = office.ledger.acts()[-1].number
        with pytest.raises(UserError, match="请先撤销销号"):
            undo(office, closing - 2, **BY)
        undo(office, closing, **BY)
        undo(office, closing - 1, **BY)
        (record,) = office.ledger.rectifications()
        assert (record.is_open, record.measures) == (True, "")
        note(office, 1, NoteKind.CLOSED, "已整改", on=DECEMBER.date(), who="王芳")


@pytest.mark.parametrize(
    ("number", "reason", "message"),
    [
        (99, "办错了", "没有第 99 号"),
        (1, "办错了", "第 1 号.*已经下发"),
        (1, "  ", "--reason"),
        (2, "办错了", "第 2 号.*--assign"),
    ],
)
def test_refused_nothing_is_done(desk: Desk, number: int, reason: str, message: str) -> None:
    with desk.open() as office:
        before = office.ledger.acts()
        for run in (preview_undo, undo):
            with pytest.raises(UserError, match=message):
                run(office, number, who="李强", reason=reason)
        assert office.ledger.acts() == before


def test_nothing_is_undone_that_was_not_looked_at(desk: Desk) -> None:
    with desk.open() as office:
        waive_one(office, desk.root)
        seen = office.ledger.acts()[-1].number
        extend(office, CYCLE, "市政府办", [], date(2026, 12, 20), who="另一人", reason="出差")
        with pytest.raises(UserError, match=f"又有新的办理（第 {seen + 1} 号）"):
            undo(office, seen, **BY, after=seen)
        assert undo(office, seen, **BY, after=seen + 1).undoing.number == seen + 2

"""Adjustments of scores in open and in closed months, and that an undoing leaves nothing of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.workflow.assessment.test_assessing import DAY, DECEMBER, NOVEMBER, played, reported, shut
from tests.workflow.desk import CYCLE, UNITS, Desk
from zwgk_excel.domain.acts import ActKind
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.scoring import Assessment
from zwgk_excel.workflow.acts.undoing import undo
from zwgk_excel.workflow.assessment.adjusting import adjust, points_of, preview_adjustment
from zwgk_excel.workflow.assessment.assessing import assess
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.escalation.escalating import escalate
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.office.context import Office

__all__ = ["played", "reported"]
BY = {"who": "王芳", "reason": "申诉属实"}


def given_to(office: Office, unit: str = "市政府办", points: str = "2.5", **by: str):
    return adjust(office, CYCLE, unit, points_of(points), **{**BY, **by})


def seen(desk: Desk, period: Period = NOVEMBER) -> Assessment:
    with desk.open() as office:
        return assess(office, period, DAY)


def ranks(found: Assessment) -> dict[str, tuple[float, int | None]]:
    return {each.unit: (float(each.points), each.rank) for each in found.scores}


BEFORE = {"市人社局": (100, 1), "市财政局": (98, 2), "市政府办": (95, 3), "金湖街道": (100, None)}


@pytest.mark.parametrize("closed", [False, True])
def test_points_and_ranks_follow_and_everything_else_stays(reported: Desk, closed: bool) -> None:
    if closed:
        shut(reported)
    before = seen(reported)
    assert ranks(before) == BEFORE
    with reported.open() as office:
        effect = given_to(office, points="+4")
        stored = office.ledger.scores(), office.ledger.snapshot(CYCLE)
        number = office.ledger.acts()[-1].number
    after = seen(reported)
    assert ranks(after) == {**BEFORE, "市政府办": (99, 2), "市财政局": (98, 3)}
    assert (effect.before, effect.after, effect.adjustment.act) == (before, after, number)
    assert [then.unit for then, _ in effect.changed] == ["市政府办", "市财政局"]
    by_rules = {each.unit: tuple(line for line in each.lines if line.rule != "adjust") for each in after.scores}
    assert by_rules == {each.unit: each.lines for each in before.scores}
    assert {each.unit for each in after.scores if each.adjustments} == {"市政府办"}
    with reported.open() as office:
        undo(office, number, who="王芳", reason="弄错了")
        assert (office.ledger.scores(), office.ledger.snapshot(CYCLE)) == stored
    assert seen(reported) == before
    with reported.open() as office:
        undo(office, office.ledger.acts()[-1].number, who="王芳", reason="没有弄错")
    assert seen(reported) == after


def test_given_before_the_closing_it_holds_after_it_and_once(reported: Desk) -> None:
    with reported.open() as office:
        number = given_to(office).adjustment.act
    before = seen(reported)
    shut(reported)
    assert seen(reported) == replace(before, closed=True)
    with reported.open() as office:
        undo(office, number, who="王芳", reason="弄错了")
    assert ranks(seen(reported)) == BEFORE


def test_it_is_no_correction_of_the_closed_month(reported: Desk) -> None:
    shut(reported)
    with reported.open() as office:
        given_to(office)
        generate(office, Month(2026, 12), as_of=date(2026, 12, 3))
        assert assess(office, DECEMBER, date(2027, 1, 5)).corrections == ()


def test_the_quarter_has_it_on_a_line_of_its_own(reported: Desk) -> None:
    with reported.open() as office:
        given_to(office)
    (score,) = (each for each in seen(reported, Period.parse("2026Q4")).scores if each.unit == "市政府办")
    assert [(each.rule, each.points) for each in score.lines] == [("month", Decimal(-5)), ("adjust", Decimal("2.5"))]


def test_looking_at_it_writes_nothing(reported: Desk) -> None:
    with reported.open() as office:
        before = office.ledger.revision, office.ledger.acts()
        effect = preview_adjustment(office, CYCLE, "市政府办", Decimal(4), **BY)
        assert ranks(effect.after)["市政府办"] == (99, 2)
        assert (office.ledger.revision, office.ledger.acts(), office.ledger.adjustments()) == (*before, ())
        given = given_to(office, points="4")
    assert replace(effect, adjustment=given.adjustment) == given


def test_the_ladder_looks_at_adjusted_points(reported: Desk) -> None:
    (reported.root / "zwgk.toml").write_text(
        "[[ladder.rules]]\ncode = 'low'\nstep = 'supervise'\nbelow = 96\n", encoding="utf-8"
    )

    def due() -> list[str]:
        with reported.open() as office:
            return [each.unit for each in escalate(office, CYCLE, DAY).due]

    assert due() == ["市政府办"]
    with reported.open() as office:
        given_to(office)
        given_to(office, "市财政局", "-3")
    assert due() == ["市财政局"]


def test_a_renamed_unit_may_be_named_by_either_name(reported: Desk) -> None:
    renamed = [{**unit, "valid_to": "2026-11"} if unit["name"] == "市财政局" else dict(unit) for unit in UNITS]
    renamed.append({"name": "市财政和国资局", "kind": "部门", "valid_from": "2026-12", "predecessors": "市财政局"})
    reported.set_units(renamed)
    with reported.open() as office:
        generate(office, Month(2026, 12), as_of=date(2026, 12, 3))
        assert given_to(office, "市财政和国资局").adjustment.unit == "市财政局"
        assert given_to(office, "市财政局", reason="又一次").adjustment.unit == "市财政局"
    assert ranks(seen(reported))["市财政局"][0] == 103


@pytest.mark.parametrize(
    ("unit", "points", "reason", "told"),
    [
        ("市政府办", "abc", "申诉", r"“abc”不是分值；请写成 \+5 或 -0.5 的形式"),
        ("市政府办", "nan", "申诉", "不是分值"),
        ("市政府办", "1e400", "申诉", "“1e400”太大"),
        ("市政府办", "", "申诉", "不是分值"),
        ("市政府办", "1" * 40, "申诉", "不是分值"),
        ("市政府办", "0.00", "申诉", "分值是 0"),
        ("市政府办", "0.125", "申诉", "小数超过两位"),
        ("市政府办", "110.01", "申诉", r"\+110.01 分超出了范围：一次至多调整 110 分"),
        ("市政府办", "-9999", "申诉", "超出了范围"),
        ("市政府办", "1", "  ", "--reason"),
        ("市教育局", "1", "申诉", "单位通讯录中没有“市教育局”"),
        ("金湖街道", "1", "申诉", "“金湖街道”2026-11 没有应报的任务，不参与排名"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(reported: Desk, unit: str, points: str, reason: str, told: str) -> None:
    with reported.open() as office:
        before = office.ledger.acts()
        with pytest.raises(UserError, match=told):
            given_to(office, unit, points, reason=reason)
        assert office.ledger.acts() == before


@pytest.mark.parametrize("typed", ["+5", "5", "＋5", "５", " +5.0 ", "5.00"])
def test_points_as_people_type_them(typed: str) -> None:
    assert points_of(typed) == 5


@pytest.mark.parametrize("typed", ["-0.5", "－0.5", "−0.5", "-.5"])
def test_points_taken_as_people_type_them(typed: str) -> None:
    assert points_of(typed) == Decimal("-0.5")


def test_a_month_or_unit_without_a_score_is_refused(reported: Desk) -> None:
    with reported.open() as office, pytest.raises(UserError, match="2026-10 还没有生成报送表"):
        adjust(office, Month(2026, 10), "市政府办", Decimal(1), **BY)
    reported.set_units([*UNITS, {"name": "市司法局", "kind": "部门"}])
    with reported.open() as office, pytest.raises(UserError, match="“市司法局”在 2026-11 没有应报的任务"):
        given_to(office, "市司法局")


def test_the_same_again_is_refused_unless_the_reason_differs(reported: Desk) -> None:
    with reported.open() as office:
        number = given_to(office).adjustment.act
        with pytest.raises(UserError, match=f"调整过 \\+2.5 分（第 {number} 号办理）"):
            given_to(office)
        given_to(office, reason="第二次申诉")
        undo(office, number, who="王芳", reason="弄错了")
        given_to(office)
        assert [each.kind for each in office.ledger.acts()].count(ActKind.ADJUST) == 3

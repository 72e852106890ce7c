"""Scores of open and closed months in a workspace: equal to the tracker's rows, and standing once closed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.workflow.desk import Desk, item, new_desk, nil
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.workflow.assessment.assessing import assess
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.tracking.statuses import office_statuses

NOVEMBER, DECEMBER = Period.parse("2026-11"), Period.parse("2026-12")
DAY = date(2026, 12, 3)


def take(desk: Desk, unit: str, day: date, *items, **answers) -> None:
    answered = {(duty, "2026-11"): answer for duty, answer in answers.items()}
    path = desk.reply(unit, f"{unit}.xlsx", items=items, answers=answered)
    at = datetime.combine(day, datetime.min.time()).replace(hour=9)
    with desk.on(at) as office:
        receive(office, [path], received_at=at)


def points(desk: Desk, period=NOVEMBER, as_of=DAY) -> dict[str, Decimal]:
    with desk.open() as office:
        return {each.unit: each.points for each in assess(office, period, as_of).scores}


def shut(desk: Desk, as_of=DAY) -> None:
    with desk.open() as office:
        close(office, Month(2026, 11), as_of=as_of, who="经办人")


@pytest.fixture(scope="module")
def played(tmp_path_factory) -> Path:
    """November: 市财政局 late with everything, 市政府办 with nothing, 市人社局 with a nil report in time."""
    desk = new_desk(tmp_path_factory.mktemp("reported"))
    with desk.open() as office:
        generate(office, Month(2026, 11), as_of=desk.now.date())
    take(desk, "市财政局", date(2026, 12, 2), item("D02 政府采购"), D04=nil())
    take(desk, "市人社局", date(2026, 11, 20), D04=nil())
    return desk.root


@pytest.fixture
def reported(played, tmp_path) -> Desk:
    """A copy of that workspace, on the 3rd of December."""
    return Desk(Path(shutil.copytree(played, tmp_path / "工作区")), datetime(2026, 12, 3, 9))


def test_a_month_is_scored_as_it_stands_in_the_tracker(reported):
    assert points(reported) == {"市人社局": 100, "市财政局": 98, "市政府办": 95, "金湖街道": 100}
    with reported.open() as office:
        found = office_statuses(office, DAY)
        assessed = assess(office, NOVEMBER, DAY, found)
        tracked = consolidate(office, as_of=DAY, who="经办人").statuses
        assert assess(office, NOVEMBER, DAY, tracked) == assessed
    late = {row.status.obligation.key: row.status.days_late for row in found.rows if row.status.days_late}
    finance = assessed.score("市财政局")
    assert finance is not None
    assert {line.obligation for score in assessed.scores for line in score.lines} == set(late)
    assert {line.obligation for line in finance.lines} == {"D02/市财政局/2026-11", "D04/市财政局/2026-11"}
    assert {line.receipt for line in finance.lines} == {"收件箱/市财政局.xlsx"}


def test_a_closed_month_never_changes_whatever_comes_and_whatever_the_rules(reported):
    before = points(reported)
    shut(reported)
    take(reported, "市政府办", date(2026, 12, 5), item("D01 政策文件"))
    (reported.root / "zwgk.toml").write_text("[scoring.missing]\npoints = 30\n", encoding="utf-8")
    reported.now = datetime(2027, 1, 5)
    assert points(reported, as_of=date(2027, 1, 5)) == before
    with reported.open() as office:
        assessed = assess(office, NOVEMBER, date(2027, 1, 5))
    assert (assessed.closed, assessed.as_of, assessed.corrections) == (True, DAY, ())


def test_a_closed_quarter_never_changes_whatever_the_rules(reported):
    quarter = Period.parse("2026Q4")
    shut(reported)
    before = points(reported, quarter)
    settings = reported.root / "zwgk.toml"
    settings.write_text('[scoring]\nquarter = "sum"\nbase = 90\n', encoding="utf-8")
    assert points(reported, quarter) == before


def test_what_would_have_changed_is_told_by_the_next_month_alone_and_once(reported):
    shut(reported)
    take(reported, "市政府办", date(2026, 12, 5), item("D01 政策文件"))
    (reported.root / "zwgk.toml").write_text("[scoring.missing]\npoints = 30\n", encoding="utf-8")
    day = date(2026, 12, 31)
    reported.now = datetime(2026, 12, 31, 9)
    with reported.open() as office:
        generate(office, Month(2026, 12), as_of=date(2026, 12, 1))
        generate(office, Month(2027, 1), as_of=day)
        told = assess(office, DECEMBER, day).corrections
        assert assess(office, Period.parse("2027-01"), day).corrections == ()
        assert len(told) == 1
        assert told[0].text.startswith("2026-11 市政府办：结账得分 95，按结账后的情况应为 98。"), "by the rules of then"
        close(office, Month(2026, 12), as_of=day, who="经办人")
        assert assess(office, DECEMBER, day).corrections == told
        assert assess(office, Period.parse("2027-01"), day).corrections == (), "December has told it"


def test_a_month_closed_before_scores_were_kept_is_computed_from_its_figures_and_says_so(reported):
    before = points(reported)
    shut(reported)
    reported.execute("DELETE FROM scores", "DELETE FROM assessments")
    take(reported, "市政府办", date(2026, 12, 5), item("D01 政策文件"))
    assert points(reported, as_of=date(2027, 1, 5)) == before
    with reported.open() as office:
        assessed = assess(office, NOVEMBER, date(2027, 1, 5))
    assert (assessed.closed, assessed.as_of) == (True, DAY)
    assert assessed.notes == ("2026-11 结账时没有保存得分，按结账时的台账和现行规则计算",)


def test_what_a_month_was_closed_with_comes_back_whole(reported):
    with reported.open() as office:
        live = assess(office, NOVEMBER, DAY)
        close(office, Month(2026, 11), as_of=DAY, who="经办人")
        assert assess(office, NOVEMBER, DAY) == replace(live, closed=True)


def test_a_quarter_names_the_months_that_do_not_count(reported):
    with reported.open() as office:
        quarter = assess(office, Period.parse("2026Q4"), DAY)
    assert {each.unit: each.points for each in quarter.scores} == points(reported)
    assert quarter.notes == ("没有下发报送表、不计入的月份：2026-10、2026-12",)
    assert quarter.unissued == (Month(2026, 10), Month(2026, 12))
    assert not quarter.final
    assert [month.period for month in quarter.months] == [NOVEMBER]


def test_a_period_that_was_never_issued_is_refused(reported):
    with reported.open() as office:
        with pytest.raises(UserError, match="2026-10 还没有生成报送表"):
            assess(office, Period.parse("2026-10"), DAY)
        with pytest.raises(UserError, match="2025 还没有生成报送表"):
            assess(office, Period.parse("2025"), DAY)


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        ("[scoring]\nmising = 5\n", "scoring.mising"),
        ("[scoring.late]\nbands = [{ up_to = 5, points = 2.5 }, { points = 1 }]\n", "bands"),
        ("scoring = 5\n", "scoring"),
        ("[[ladder.rules]]\ncode = 'a'\nstep = 'urge'\ncounts = ['no_rule']\n", "no_rule"),
    ],
)
def test_rules_that_make_no_sense_are_one_sentence(desk, toml, named):
    (desk.root / "zwgk.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(UserError, match=named), desk.open():
        pass

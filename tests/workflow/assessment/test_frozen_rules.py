"""What a closed month was computed by stays with it: scoring, ladder, severities, publication limit, calendar."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.workflow.assessment.test_assessing import DAY, DECEMBER, NOVEMBER, played, points, reported, shut, take
from tests.workflow.desk import CYCLE, Desk, item, nil
from zwgk_excel.domain.acts import ActKind
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.workflow.assessment.assessing import assess
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.escalation.escalating import escalate
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.tracking.statuses import cycle_status, office_statuses

__all__ = ["played", "reported"]
LATER = datetime(2027, 1, 5, 9)
HOLIDAYS = "[calendar]\noff = [2026-11-09, 2026-11-10, 2026-11-11, 2026-11-12, 2026-11-13]\n"
"""With these off the slow item took 18 working days, not 23."""


def write(desk: Desk, toml: str) -> None:
    (desk.root / "zwgk.toml").write_text(toml, encoding="utf-8")


@pytest.fixture
def slow(reported: Desk) -> Desk:
    """市政府办 reported in time, and one of its items was published 23 working days after it was formed."""
    formed, published = date(2026, 10, 20), date(2026, 11, 20)
    late = item("D01 政策文件", formed_on=formed, published_on=published)
    take(reported, "市政府办", date(2026, 11, 20), late | {"draft_note": "http://a.cn/n", "reading": "http://a.cn/r"})
    return reported


def corrections(desk: Desk) -> tuple[str, ...]:
    """What December, still open, tells of November."""
    desk.now = LATER
    with desk.open() as office:
        if Month(2026, 12) not in office.issued():
            generate(office, Month(2026, 12), as_of=date(2026, 12, 3))
        return tuple(each.text for each in assess(office, DECEMBER, LATER.date()).corrections)


@pytest.mark.parametrize(
    ("toml", "trial"),
    [(HOLIDAYS, 100), ("publish_within_workdays = 30\n", 100), ("publish_within_workdays = 10\n", 98)],
)
def test_the_calendar_and_the_limit_of_then_count_for_a_closed_month(slow: Desk, toml: str, trial: int) -> None:
    assert points(slow)["市政府办"] == 98
    shut(slow)
    write(slow, toml)
    assert points(slow)["市政府办"] == 98
    assert corrections(slow) == ()
    slow.execute("UPDATE assessments SET payload = json_remove(payload, '$.others')")
    with slow.open() as office:
        told = assess(office, DECEMBER, LATER.date()).corrections
        (note,) = assess(office, NOVEMBER, LATER.date()).notes
    assert bool(told) is (trial != 98), "an earlier version kept no calendar: that of today counts, and it says so"
    assert note == "2026-11 结账时只保存了评分规则，以后的更正和督促按现行的督促规则和日历计算"


def test_an_open_month_is_computed_by_the_calendar_of_today(slow: Desk) -> None:
    write(slow, HOLIDAYS)
    assert points(slow)["市政府办"] == 100


def test_the_ladder_of_then_says_who_is_due_in_a_closed_month(reported: Desk) -> None:
    def due(cycle: Month) -> set[tuple[str, str]]:
        with reported.open() as office:
            return {(each.unit, each.step) for each in escalate(office, cycle, LATER.date()).due}

    before = due(CYCLE)
    assert ("市政府办", "urge") in before
    shut(reported)
    write(reported, "[[ladder.rules]]\ncode = 'a'\nstep = 'interview'\ncounts = ['late', 'missing']\n")
    assert due(CYCLE) == before
    corrections(reported)
    assert {step for _, step in due(Month(2026, 12))} == {"interview"}, "December is open"
    with reported.open() as office:
        consolidate(office, as_of=LATER.date(), who="经办人")
        assert "a" not in escalate(office, CYCLE, LATER.date()).basis


def test_what_comes_for_a_closed_month_is_judged_as_then(reported: Desk) -> None:
    shut(reported)
    reported.now = datetime(2026, 12, 8, 9)
    write(reported, '[severities]\nitem_overdue = "error"\nitems_vanished = "note"\n')
    take(reported, "市人社局", date(2026, 12, 8), item("D04 稳岗就业", 7, formed_on=date(2026, 9, 1)))
    with reported.open() as office:
        assert office.ledger.receipts(unit="市人社局", cycle=CYCLE)[-1].verdict is Verdict.ACCEPTED_WITH_PROBLEMS
    take(reported, "市人社局", date(2026, 12, 9), D04=nil("再次核实，本期无应公开信息。"))
    with reported.open() as office:
        vanished = [each for each in office_statuses(office, LATER.date()).problems if each.code == "items_vanished"]
    assert vanished
    assert all(each.counts for each in vanished)


def test_by_the_rules_of_today_it_would_be_returned(reported: Desk) -> None:
    write(reported, '[severities]\nitem_overdue = "error"\nitems_vanished = "note"\n')
    take(reported, "市人社局", date(2026, 12, 2), item("D04 稳岗就业", 7, formed_on=date(2026, 9, 1)))
    with reported.open() as office:
        assert office.ledger.receipts(unit="市人社局", cycle=CYCLE)[-1].verdict is Verdict.RETURNED


# --- noticed -----------------------------------------------------------------------------------


def changes(desk: Desk) -> list[tuple[str, str, str]]:
    with desk.open() as office:
        acts = [each for each in office.ledger.acts() if each.kind is ActKind.CHANGE_RULES]
        return [(each.subject, each.before, each.after) for act in acts for each in act.changes]


def test_a_consolidation_notices_what_changed_once_and_says_it(reported: Desk) -> None:
    with reported.open() as office:
        assert consolidate(office, as_of=DAY, who="经办人").notes == ()
    write(reported, "[scoring.missing]\npoints = 4\n\n[calendar]\noff = [2026-12-04]\n")
    with reported.open() as office:
        _ = cycle_status(office, CYCLE, DAY), assess(office, NOVEMBER, DAY), escalate(office, CYCLE, DAY)
    assert changes(reported) == [], "who only looks writes nothing"
    with reported.open() as office:
        (note,) = consolidate(office, as_of=DAY, who="经办人").notes
    assert "逾期未报 每项扣分：5 → 4；2026-12-04：工作日 → 休息日" in note
    assert changes(reported) == [("scoring.missing.points", "5", "4"), ("calendar.days.2026-12-04", "", "off")]
    with reported.open() as office:
        assert consolidate(office, as_of=DAY, who="经办人").notes == ()
    assert len(changes(reported)) == 2


def test_a_closing_comes_after_the_change_that_it_was_computed_by(reported: Desk) -> None:
    write(reported, "[scoring.missing]\npoints = 4\n")
    shut(reported)
    with reported.open() as office:
        assert [each.kind for each in office.ledger.acts()][-2:] == [ActKind.CHANGE_RULES, ActKind.CLOSE]

"""The list of acts: each in the transaction of what it did, numbered once, and taken back as if it had never been."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.ledger.samples import NOVEMBER, issue, now, receipt
from tests.ledger.test_overrides import ruling, waiting
from tests.ledger.test_scores import RAISED, SCORES
from tests.postgres import Server
from zwgk_excel.domain.acts import OF_TABLES, UNDOINGS, Act, ActKind, ActSource, Change
from zwgk_excel.domain.adjustments import Adjustment
from zwgk_excel.domain.decisions import (
    ActiveDecisions,
    Decision,
    DecisionKind,
    MergeDecision,
    OverrideKind,
    active_decisions,
    merged_cycles,
)
from zwgk_excel.domain.duties import Cadence, Duty, Unit, UnitKind
from zwgk_excel.domain.escalation import EscalationLevel, NoteKind, RectificationNote
from zwgk_excel.domain.issues import Issue
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Period
from zwgk_excel.domain.published import PublishedItem, PublishedSpan
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.domain.site_faults import FaultKind, SiteFault
from zwgk_excel.ledger import IssueKind, Ledger, LedgerError, NotUndoableError, open_ledger
from zwgk_excel.ledger.undoing import _OTHERWISE, _UNDO

EDUCATION, JUSTICE = "D02/市教育局/2026-11", "D02/市司法局/2026-11"
BY = {"who": "李强", "reason": "办错了"}


def decision(obligation: str = EDUCATION, kind: DecisionKind = DecisionKind.EXTENSION, value: str = "2026-12-05"):
    return Decision(obligation, kind, value, "王芳", now(), "会议决定")


def decided(ledger: Ledger) -> dict[str, ActiveDecisions]:
    found = active_decisions(ledger.decisions())
    return {key: each for key, each in found.items() if each != ActiveDecisions()}


def last(ledger: Ledger) -> Act:
    return ledger.acts()[-1]


# --- appended ----------------------------------------------------------------------------------


def test_one_command_about_several_tasks_is_one_act(ledger: Ledger) -> None:
    ledger.decide([decision(), decision(JUSTICE)], cycle=NOVEMBER)
    ledger.decide([decision(value="")])
    first, second = ledger.acts()
    changes = Change(EDUCATION, "", "2026-12-05"), Change(JUSTICE, "", "2026-12-05")
    assert first == Act(
        ActKind.EXTEND,
        now(),
        "王芳",
        "会议决定",
        ActSource.COMMAND,
        NOVEMBER,
        ("市教育局", "市司法局"),
        changes,
        number=1,
    )
    assert (second.kind, second.changes) == (ActKind.CANCEL_EXTENSION, (Change(EDUCATION, "2026-12-05", ""),))


def test_each_cell_of_the_tracker_is_an_act(ledger: Ledger) -> None:
    typed = [decision(), decision(JUSTICE), decision(kind=DecisionKind.OPINION, value="请核实")]
    ledger.decide(typed, ActSource.TRACKER)
    assert [(each.kind, each.source) for each in ledger.acts()] == [
        (ActKind.EXTEND, ActSource.TRACKER),
        (ActKind.EXTEND, ActSource.TRACKER),
        (ActKind.OPINION, ActSource.TRACKER),
    ]
    ledger.decide([], ActSource.TRACKER)
    assert len(ledger.acts()) == 3


def test_a_refused_write_leaves_no_act(ledger: Ledger) -> None:
    issue(ledger, NOVEMBER, date(2026, 11, 2))
    before = ledger.acts()
    with pytest.raises(LedgerError):
        ledger.override([(ruling(waiting(1)), receipt(1))])
    with pytest.raises(LedgerError):
        ledger.note(7, RectificationNote(NoteKind.CLOSED, date(2026, 12, 1), "王芳", "已改"))
    assert ledger.acts() == before
    assert [each.kind for each in before] == [ActKind.ISSUE]


def test_where_acts_are_done(ledger: Ledger) -> None:
    ledger.source = ActSource.API
    ledger.merge(MergeDecision("市教育局", NOVEMBER, True, "王芳", now()))
    ledger.add_receipts([receipt(1)], "command", who="王芳")
    ledger.add_receipts([receipt(1), receipt(2)], "inbox")
    ledger.add_receipts([receipt(1)], "command", who="王芳")  # known already: nothing was done
    assert [(each.kind, each.source, each.who) for each in ledger.acts()] == [
        (ActKind.MERGE, ActSource.API, "王芳"),
        (ActKind.RECEIVE, ActSource.API, "王芳"),
    ]


# --- taken back --------------------------------------------------------------------------------


def _raised(ledger: Ledger) -> None:
    ledger.raise_rectifications([RAISED])


def _noted(kind: NoteKind) -> Callable[[Ledger], object]:
    return lambda ledger: ledger.note(1, RectificationNote(kind, date(2026, 12, 8), "王芳", "电话核实"))


def _assigned(ledger: Ledger) -> None:
    amended = replace(receipt(1, unit="市司法局"), file=waiting(1).file, sha256=waiting(1).sha256)
    ledger.override([(ruling(waiting(1)), amended)])


def _set_aside(ledger: Ledger) -> None:
    aside = replace(ruling(waiting(1)), kind=OverrideKind.SET_ASIDE, unit="", cycle=None)
    ledger.override([(aside, replace(waiting(1), problems=receipt(2).problems))])


def _timed(ledger: Ledger, day: int = 9) -> None:
    now_is = next(each for each in ledger.receipts() if each.file == waiting(1).file)
    moved = replace(now_is, received_at=datetime(2026, 11, day, 9))
    ledger.override([(replace(ruling(waiting(1)), kind=OverrideKind.TIMED, unit="", cycle=None), moved)])


def _withdrawn(ledger: Ledger) -> None:
    gone = replace(receipt(2), verdict=Verdict.WITHDRAWN, content=None, items=0, problems=())
    ledger.override([(replace(ruling(receipt(2)), kind=OverrideKind.WITHDRAWN), gone)])


def _closed(ledger: Ledger) -> None:
    scores = {unit: each | {"unit": unit} for unit, each in SCORES.items()}
    ledger.close_cycle(NOVEMBER, date(2026, 11, 30), "王芳", now(), {EDUCATION: {"items": 2}}, ({"a": 1}, scores))


def _merged(flag: bool) -> Callable[[Ledger], None]:
    return lambda ledger: ledger.merge(MergeDecision("市教育局", NOVEMBER, flag, "王芳", now()))


def _decided(kind: DecisionKind, value: str) -> Callable[[Ledger], None]:
    return lambda ledger: ledger.decide([decision(kind=kind, value=value), decision(JUSTICE, kind, value)])


def _amended(ledger: Ledger) -> None:
    owed = Obligation(
        Duty("D02", "政府采购", "政务信息公开", "", "", Cadence.MONTHLY),
        "市教育局",
        Period.month(NOVEMBER),
        NOVEMBER.first,
        NOVEMBER.day(25),
        NOVEMBER.last,
    )
    now_owed = Issue(NOVEMBER, (owed,), (Unit("市教育局", UnitKind.DEPARTMENT),))
    on, units = date(2026, 11, 9), ["市教育局"]
    ledger.record_issue(now_owed, IssueKind.AMENDED, on, who="王芳", reason="调整", units=units)


def _edited(kind: ActKind) -> Callable[[Ledger], object]:
    change = Change("roster/市教育局/valid_to", "", "2026-12")
    return lambda ledger: ledger.record_table_edit(
        kind, [change], cycle=NOVEMBER + 2, units=["市教育局"], who="王芳", reason="机构改革"
    )


def _adjusted(ledger: Ledger) -> None:
    ledger.adjust(Adjustment(NOVEMBER, "市教育局", Decimal("2.5"), now(), "王芳", "申诉属实"))


def _ignored(ledger: Ledger) -> None:
    by = {"who": "王芳", "reason": "约过"}
    ledger.ignore({"escalation/2026-11 市教育局 督办": "ab12"}, cycle=NOVEMBER, units=["市教育局"], **by)


def _asked(ledger: Ledger) -> None:
    fault = SiteFault(FaultKind.LINK, "市教育局", EDUCATION, "D02", "公告", "http://a.cn/1", "打不开", "打得开")
    ledger.raise_faults([fault], NOVEMBER, date(2026, 12, 8), who="王芳", reason="核验")


def _judged(*, accepted: bool) -> Callable[[Ledger], object]:
    return lambda ledger: ledger.judge_explanation(1, accepted=accepted, who="王芳", reason="核实")
def _imported(ledger: Ledger) -> None:
    item = PublishedItem("采购公告", date(2026, 11, 3), "http://a.cn/1", unit="市财政局", key="市财政局|a.cn/1")
    span = PublishedSpan(date(2026, 11, 1), date(2026, 11, 30), ("市财政局",))
    ledger.import_published([item], span, Change("清单.xlsx", "", "新增 1 条"), who="王芳")


def _taken_in(ledger: Ledger) -> None:
    edits = [Change("catalogue/M001/id", "", "M001"), Change("catalogue/M001/primary", "", "就业")]
    ledger.import_catalogue([("目录.docx", "ab" * 32)], edits, Change("目录.docx", "", "新增 1 个事项"), who="王芳")


DEEDS: dict[ActKind, Callable[[Ledger], object]] = {
    ActKind.EXTEND: _decided(DecisionKind.EXTENSION, "2026-12-20"),
    ActKind.CANCEL_EXTENSION: _decided(DecisionKind.EXTENSION, ""),
    ActKind.WAIVE: _decided(DecisionKind.WAIVER, "yes"),
    ActKind.CANCEL_WAIVER: _decided(DecisionKind.WAIVER, ""),
    ActKind.OPINION: _decided(DecisionKind.OPINION, "请核实"),
    ActKind.CANCEL_OPINION: _decided(DecisionKind.OPINION, ""),
    ActKind.MERGE: _merged(True),
    ActKind.CANCEL_MERGE: _merged(False),
    ActKind.ASSIGN: _assigned,
    ActKind.SET_ASIDE: _set_aside,
    ActKind.RECEIPT_TIME: _timed,
    ActKind.WITHDRAW_RECEIPT: _withdrawn,
    ActKind.ACCEPT_TAKE_BACK: _decided(DecisionKind.TAKE_BACK, "accepted/2"),
    ActKind.KEEP_REPORT: _decided(DecisionKind.TAKE_BACK, "kept/2"),
    ActKind.RECTIFY: _raised,
    ActKind.MEND: _noted(NoteKind.MENDED),
    ActKind.CLOSE_RECTIFICATION: _noted(NoteKind.CLOSED),
    ActKind.WITHDRAW_RECTIFICATION: _noted(NoteKind.WITHDRAWN),
    ActKind.CLOSE: _closed,
    ActKind.AMEND: _amended,
    **{kind: _edited(kind) for kind in sorted(OF_TABLES)},
    ActKind.ADJUST: _adjusted,
    ActKind.IGNORE: _ignored,
    ActKind.RAISE_FAULTS: _asked,
    ActKind.ACCEPT_EXPLANATION: _judged(accepted=True),
    ActKind.REFUSE_EXPLANATION: _judged(accepted=False),
    ActKind.IMPORT_PUBLISHED: _imported,
    ActKind.IMPORT_CATALOGUE: _taken_in,
}
"""Every kind that can be undone → how it is done."""
_FIRST = {
    ActKind.CANCEL_MERGE: _merged(True),
    **dict.fromkeys((ActKind.ACCEPT_EXPLANATION, ActKind.REFUSE_EXPLANATION), _asked),
    **dict.fromkeys((ActKind.MEND, ActKind.CLOSE_RECTIFICATION, ActKind.WITHDRAW_RECTIFICATION), _raised),
}


def state(ledger: Ledger) -> tuple[object, ...]:
    """All that acts decide."""
    return (
        decided(ledger),
        merged_cycles(ledger.mergings()),
        ledger.receipts(),
        [each for each in ledger.rectifications() if not each.withdrawn],
        [each for each in ledger.fault_cases() if not each.withdrawn],
        ledger.cycles(),
        ledger.snapshot(NOVEMBER),
        ledger.scores(),
        [(each.cycle, each.unit, each.points) for each in ledger.adjustments()],
        {month: each.obligations for month, each in ledger.issues().items()},
        _left_to_write(ledger),
        ledger.ignored(),
        ledger.published(),
        ledger.imported_catalogue_files(),
    )


def _left_to_write(ledger: Ledger) -> dict[str, str]:
    """The cells of the tables that say something, as the last act about them wants."""
    _, changes = ledger.table_edit() or (0, ())
    return {each.subject: each.after for each in changes if each.after}


def begun(ledger: Ledger) -> None:
    """Something of everything that there is to decide about."""
    copy = replace(waiting(1), file="收件箱/副本.xlsx", verdict=Verdict.DUPLICATE, problems=())
    ledger.add_receipts([waiting(1), copy, receipt(2)], "inbox")
    issue(ledger, NOVEMBER, date(2026, 11, 2))
    for kind, value in (
        (DecisionKind.EXTENSION, "2026-12-05"),
        (DecisionKind.WAIVER, "yes"),
        (DecisionKind.OPINION, "知道了"),
    ):
        ledger.decide([decision(kind=kind, value=value)])


def test_every_kind_can_be_undone_or_says_why_not() -> None:
    assert DEEDS.keys() == _UNDO.keys()
    assert _UNDO.keys() | _OTHERWISE.keys() | UNDOINGS == set(ActKind)
    assert not _UNDO.keys() & _OTHERWISE.keys()


@pytest.mark.parametrize("kind", DEEDS)
def test_undone_everything_is_as_before_and_done_again_as_after(ledger: Ledger, kind: ActKind) -> None:
    begun(ledger)
    _FIRST.get(kind, lambda _: None)(ledger)
    before = state(ledger)
    DEEDS[kind](ledger)
    act, after = last(ledger), state(ledger)
    assert (act.kind, after == before) == (kind, False)
    undoing = ledger.undo(act.number, **BY)
    assert state(ledger) == before
    assert (undoing.kind, undoing.undoes, undoing.who, undoing.reason) == (ActKind.UNDO, act.number, "李强", "办错了")
    assert (undoing.cycle, undoing.units) == (act.cycle, act.units)
    assert undoing.changes
    assert ledger.acts()[-2:] == (replace(act, undone_by=undoing.number), undoing)
    again = ledger.undo(undoing.number, who="王芳", reason="没有办错")
    assert state(ledger) == after
    assert ledger.acts()[-3:] == (act, replace(undoing, undone_by=again.number), again)


def test_a_receipt_comes_back_to_the_letter(ledger: Ledger, query: Callable[[str], list]) -> None:
    ledger.add_receipts([receipt(1), receipt(2)], "inbox")
    tables = ("receipts", "answers", "items", "problems")
    before = [sorted(map(str, query(f"SELECT * FROM {table}"))) for table in tables]
    assigned = replace(receipt(1), unit="市司法局", content=None, verdict=Verdict.QUARANTINED, problems=())
    ledger.override([(ruling(receipt(1)), assigned)])
    ledger.undo(last(ledger).number, **BY)
    assert [sorted(map(str, query(f"SELECT * FROM {table}"))) for table in tables] == before


def test_of_several_acts_about_the_same_the_last_one_in_force_counts(ledger: Ledger) -> None:
    for day in ("2026-12-05", "2026-12-12", "2026-12-19"):
        ledger.decide([decision(value=day)])
    untouched = ledger.undo(2, **BY)
    assert untouched.changes == ()  # the third one stands
    ledger.undo(3, **BY)
    assert decided(ledger)[EDUCATION].extended_to == date(2026, 12, 5)
    ledger.undo(untouched.number, **BY)
    assert decided(ledger)[EDUCATION].extended_to == date(2026, 12, 12)


def test_a_file_assigned_twice_goes_back_step_by_step_in_any_order(ledger: Ledger) -> None:
    ledger.add_receipts([waiting(1)], "inbox")
    arrived = ledger.receipts()

    def assign(unit: str) -> tuple[Receipt, ...]:
        given = replace(receipt(1, unit=unit), file=waiting(1).file, sha256=waiting(1).sha256)
        ledger.override([(ruling(waiting(1), unit=unit), given)])
        return ledger.receipts()

    first, second = assign("市司法局"), assign("市教育局")
    ledger.undo(1, **BY)
    assert ledger.receipts() == second
    ledger.undo(2, **BY)
    assert ledger.receipts() == arrived
    ledger.undo(3, **BY)
    assert ledger.receipts() == first


def test_a_month_closed_again_keeps_the_figures_of_each_closing(ledger: Ledger) -> None:
    ledger.close_cycle(NOVEMBER, date(2026, 11, 30), "王芳", now(), {EDUCATION: {"items": 1}})
    ledger.undo(1, **BY)
    ledger.close_cycle(NOVEMBER, date(2026, 12, 5), "王芳", now(), {EDUCATION: {"items": 2}})
    with pytest.raises(NotUndoableError, match="已由第 3 号办理重新结账"):
        ledger.undo(2, **BY)
    assert ledger.snapshot(NOVEMBER) == {EDUCATION: {"items": 2}}
    ledger.undo(3, **BY)
    assert ledger.snapshot(NOVEMBER) == {}
    ledger.undo(2, **BY)
    assert ledger.snapshot(NOVEMBER) == {EDUCATION: {"items": 1}}
    assert ledger.cycles()[0].closed_as_of == date(2026, 11, 30)


def test_a_clock_put_back_changes_nothing(ledger: Ledger) -> None:
    ahead = replace(decision(), at=datetime(2027, 1, 1))
    ledger.decide([ahead])
    ledger.merge(MergeDecision("市教育局", NOVEMBER, True, "王芳", datetime(2027, 1, 1)))
    for number in (1, 2):
        ledger.undo(number, **BY)
    assert (decided(ledger), merged_cycles(ledger.mergings())) == ({}, frozenset())


@pytest.mark.parametrize(("number", "told"), [(9, "没有第 9 号办理"), (0, "没有第 0 号"), (1, "已由第 2 号撤销")])
def test_what_is_not_there_or_undone_already(ledger: Ledger, number: int, told: str) -> None:
    ledger.decide([decision()])
    ledger.undo(1, **BY)
    before = ledger.acts()
    with pytest.raises(LedgerError, match=told):
        ledger.undo(number, **BY)
    assert ledger.acts() == before


def test_what_cannot_be_undone_says_why_and_how_else(ledger: Ledger) -> None:
    issue(ledger, NOVEMBER, date(2026, 11, 2))
    ledger.add_receipts([receipt(1)], "command", who="王芳")
    with pytest.raises(NotUndoableError, match=r"第 1 号.*已经下发.*--amend"):
        ledger.undo(1, **BY)
    with pytest.raises(NotUndoableError, match=r"第 2 号.*--assign"):
        ledger.undo(2, **BY)


def test_an_edit_of_the_tables_stands_once_a_month_was_issued_by_it(ledger: Ledger) -> None:
    _edited(ActKind.RENAME_UNIT)(ledger)
    issue(ledger, NOVEMBER + 2, date(2027, 1, 4))
    with pytest.raises(NotUndoableError, match=r"2027-01 已按现在的表下发.*从 2027-02 起另办一次"):
        ledger.undo(1, **BY)
    assert ledger.table_edit() == (1, (Change("roster/市教育局/valid_to", "", "2026-12"),))
    ledger.end_table_edit()
    assert ledger.table_edit() is None


def test_a_closed_rectification_is_reopened_before_it_is_taken_back(ledger: Ledger) -> None:
    ledger.raise_rectifications([RAISED])
    _noted(NoteKind.CLOSED)(ledger)
    with pytest.raises(NotUndoableError, match="请先撤销销号"):
        ledger.undo(1, **BY)
    ledger.undo(2, **BY)
    ledger.undo(1, **BY)
    (record,) = ledger.rectifications()
    assert (record.withdrawn, record.closed_by, record.conclusion) == (True, "李强", "办错了")


def test_two_rectifications_of_the_same_are_never_open(ledger: Ledger) -> None:
    ledger.raise_rectifications([RAISED])
    _noted(NoteKind.WITHDRAWN)(ledger)
    ledger.raise_rectifications([RAISED])
    with pytest.raises(NotUndoableError, match="另立第 2 号整改"):
        ledger.undo(2, **BY)
    ledger.undo(3, **BY)
    ledger.undo(2, **BY)
    assert [each.is_open for each in ledger.rectifications()] == [True, False]
    other = replace(RAISED, step=EscalationLevel.INTERVIEW)
    ledger.raise_rectifications([other])
    assert [each.is_open for each in ledger.rectifications()] == [True, False, True]


# --- tried -------------------------------------------------------------------------------------


def test_a_trial_shows_what_it_writes_and_writes_nothing(ledger: Ledger) -> None:
    begun(ledger)
    before, acts, revision = state(ledger), ledger.acts(), ledger.revision
    with ledger.trial():
        _closed(ledger)
        ledger.undo(acts[1].number, **BY)
        assert state(ledger) != before
        assert len(ledger.acts()) == len(acts) + 2
    assert (state(ledger), ledger.acts(), ledger.revision) == (before, acts, revision)
    with ledger.trial(), pytest.raises(LedgerError):
        ledger.undo(99, **BY)
    assert (state(ledger), ledger.acts()) == (before, acts)


# --- whatever the order ------------------------------------------------------------------------

_KINDS = [*DecisionKind]
_DEED = st.tuples(
    st.sampled_from(["decide", "merge", "assign", "time"]),
    st.sampled_from(_KINDS),
    st.lists(st.sampled_from([EDUCATION, JUSTICE, "D04/市教育局/2026Q4"]), min_size=1, max_size=3, unique=True),
    st.booleans(),
    st.integers(1, 28),
)
_STEP = st.one_of(_DEED, st.integers(1, 30))
_VALUES = {DecisionKind.EXTENSION: "2026-12-{:02}", DecisionKind.WAIVER: "yes", DecisionKind.OPINION: "意见 {}"}
_VALUES[DecisionKind.TAKE_BACK] = "accepted/{}"


def _do(ledger: Ledger, deed: tuple) -> None:
    what, kind, keys, flag, day = deed
    if what == "assign":
        unit = f"第{day}局"
        (now_is,) = ledger.receipts()
        which: dict[str, Any] = {"file": now_is.file, "sha256": now_is.sha256, "received_at": now_is.received_at}
        ledger.override([(ruling(waiting(1), unit=unit), replace(receipt(day, unit=unit), **which))])
    elif what == "time":
        _timed(ledger, day)
    elif what == "merge":
        ledger.merge(MergeDecision("市教育局", NOVEMBER, flag, "王芳", now()))
    else:
        value = _VALUES[kind].format(day) if flag else ""
        ledger.decide([decision(key, kind, value) for key in keys])


@settings(max_examples=examples(40))
@given(st.lists(_STEP, min_size=2, max_size=10))
def test_undone_is_as_if_it_had_never_been_done(tmp_path_factory: pytest.TempPathFactory, steps: list) -> None:
    """After any acts and undoings the state is what the acts in force alone come to."""
    folder = tmp_path_factory.mktemp("acts")
    done: dict[int, tuple] = {}
    with open_ledger(folder / "a.db", create=True, now=now) as ledger:
        ledger.add_receipts([waiting(1)], "inbox")
        for step in steps:
            if not isinstance(step, int):
                _do(ledger, step)
                done[last(ledger).number] = step
            elif in_force := [each.number for each in ledger.acts() if not each.undone_by]:
                with suppress(NotUndoableError):  # a time and a unit, one upon the other: refused, and nothing changed
                    ledger.undo(in_force[step % len(in_force)], **BY)
        found = decided(ledger), merged_cycles(ledger.mergings()), ledger.receipts()
        standing = [each.number for each in ledger.acts() if not each.undone_by and not each.undoes]
    with open_ledger(folder / "b.db", create=True, now=now) as plain:
        plain.add_receipts([waiting(1)], "inbox")
        for number in standing:
            _do(plain, done[number])
        assert found == (decided(plain), merged_cycles(plain.mergings()), plain.receipts())


# --- several at once ---------------------------------------------------------------------------


def test_two_offices_on_one_ledger_never_share_a_number(postgresql: Server) -> None:
    url, each_does = postgresql.new_url(), 12
    with open_ledger(url, create=True, now=now) as first, open_ledger(url, now=now) as second:
        barrier = threading.Barrier(2)

        def act(ledger: Ledger, who: str) -> None:
            barrier.wait()
            for day in range(1, each_does + 1):
                ledger.decide([replace(decision(value=f"2026-12-{day:02}"), who=who)])

        threads = [threading.Thread(target=act, args=pair) for pair in ((first, "王芳"), (second, "李强"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        acts = first.acts()
    assert [each.number for each in acts] == list(range(1, 2 * each_does + 1))
    assert {each.who for each in acts} == {"王芳", "李强"}


def test_two_offices_undo_the_same_act_once(postgresql: Server) -> None:
    url = postgresql.new_url()
    with open_ledger(url, create=True, now=now) as first, open_ledger(url, now=now) as second:
        first.decide([decision()])
        second.undo(1, who="李强", reason="办错了")
        with pytest.raises(LedgerError, match="已由第 2 号撤销"):
            first.undo(1, who="王芳", reason="办错了")
        assert len(first.acts()) == 2


def test_the_list_goes_along_into_another_database(new_ledger: Callable[[], Ledger]) -> None:
    with new_ledger() as old, new_ledger() as new:
        begun(old)
        _closed(old)
        old.undo(last(old).number, **BY)
        assert new.import_from(old) is not None
        assert new.acts() == old.acts()
        new.undo(last(new).number, **BY)
        assert new.snapshot(NOVEMBER) == {EDUCATION: {"items": 2}}

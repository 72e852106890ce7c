"""Two offices on one PostgreSQL ledger, each in a workspace of its own, do the same at once: one act, and both know."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import Server
from tests.tools import ROOT
from tests.workflow.desk import CYCLE, Desk, item, nil, with_duty
from tests.workflow.month import new_shared_desk
from zwgk_excel.domain.acts import Act, ActKind
from zwgk_excel.domain.periods import Period
from zwgk_excel.workflow.acts.undoing import undo
from zwgk_excel.workflow.assessment.assessing import assess
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.decisions.extend_and_waive import extend, waive
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing import amend, generate
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.statuses import office_statuses

DECEMBER = datetime(2026, 12, 3, 9)
PEOPLE = ("王芳", "李强")
WORDS = ("另一个 zwgk 正在处理", "不能重复结账", "不必再撤销", "又有新的办理", "不需要更正", "已更正下发", "无变化",
         "早已如此", "已另有办理")  # fmt: skip
"""One of these tells the second office that it was done already, or that it has to wait."""


@dataclass
class Both:
    """Two desks with one ledger."""

    desks: tuple[Desk, Desk]

    @property
    def first(self) -> Desk:
        return self.desks[0]

    def acts(self) -> tuple[Act, ...]:
        """All acts."""
        with self.first.open() as office:
            return office.ledger.acts()

    def figures(self) -> list[Any]:
        """What each desk shows, opened anew."""
        found = []
        for desk in self.desks:
            with desk.open() as office:
                found.append(figures(office))
        return found

    def at_once(self, *arguments: str) -> list[tuple[int, str]]:
        """Both give the same command; the exit code of each, and what it said."""
        running = []
        for desk, who in zip(self.desks, PEOPLE, strict=True):
            command = [sys.executable, "-m", "zwgk_excel", *arguments, "-w", str(desk.root), "--who", who]
            streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
            running.append(subprocess.Popen(command, cwd=ROOT, encoding="utf-8", **streams))  # type: ignore[call-overload]
        said = [each.communicate(timeout=300)[0] for each in running]
        return [(each.returncode, text) for each, text in zip(running, said, strict=True)]


def figures(office: Office) -> tuple[Any, ...]:
    """Statuses, scores and what holds for the months."""
    found = office_statuses(office, DECEMBER.date())
    month = Period.month(CYCLE)
    scores = assess(office, month, DECEMBER.date(), found).scores if office.issued() else ()
    return found.rows, found.problems, scores, office.issued(), office.ledger.cycles(), office.active_decisions()


@pytest.fixture
def both(postgresql: Server, tmp_path: Path) -> Both:
    """Two workspaces with the small tables; nothing is issued yet."""
    first = new_shared_desk(tmp_path / "甲", postgresql.new_url())
    shutil.copytree(first.root, tmp_path / "乙" / "工作区")
    return Both((first, Desk(tmp_path / "乙" / "工作区")))


@pytest.fixture
def month(both: Both) -> Both:
    """November is issued and partly reported; it is December."""
    with both.first.open() as office:
        generate(office, CYCLE, as_of=both.first.now.date(), who="王芳")
    good = both.first.reply("市财政局", "财政.xlsx", answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")])
    for desk in both.desks:
        desk.now = DECEMBER
    with both.first.open() as office:
        receive(office, [good], received_at=datetime(2026, 11, 20, 9))
    return both


def edit(both: Both) -> None:
    """Both have the same new duty table."""
    for desk in both.desks:
        desk.set_duties(with_duty("D02", owners="市财政局、市人社局"))


def one_act(both: Both, kind: ActKind, before: int, told: list[tuple[int, str]]) -> None:
    """There is one act more, of this kind; the numbers are dense; who came second was told; both see the same."""
    acts = both.acts()
    assert [each.number for each in acts] == list(range(1, len(acts) + 1))
    assert [each.kind for each in acts[before:]] == [kind], told
    assert acts[-1].who in PEOPLE
    assert any(code in {0, 1} for code, _ in told), told
    assert "Traceback" not in "".join(text for _, text in told)
    other = [text for (_, text), who in zip(told, PEOPLE, strict=True) if who != acts[-1].who]
    assert any(word in other[0].replace("\n", "") for word in WORDS), other
    first, second = both.figures()
    assert first == second


# --- the same command in two places ------------------------------------------------------------


@pytest.mark.slow
def test_both_issue_a_month(both: Both) -> None:
    told = both.at_once("generate", "2026-11", "--as-of", "2026-11-02", "--yes")
    one_act(both, ActKind.ISSUE, 0, told)
    assert {code for code, _ in told} <= {0, 2}


@pytest.mark.slow
def test_both_amend_it(month: Both) -> None:
    edit(month)
    before = len(month.acts())
    told = month.at_once("generate", "2026-11", "--amend", "--reason", "调整", "--as-of", "2026-11-28")
    one_act(month, ActKind.AMEND, before, told)


@pytest.mark.slow
def test_both_close_it(month: Both) -> None:
    before = len(month.acts())
    told = month.at_once("close", "2026-11", "--as-of", "2026-11-30", "--yes")
    one_act(month, ActKind.CLOSE, before, told)


@pytest.mark.slow
def test_both_extend_the_same(month: Both) -> None:
    before = len(month.acts())
    told = month.at_once(
        "extend", "2026-11", "--unit", "市人社局", "--duty", "D04", "--until", "2026-12-20", "--reason", "同意"
    )
    one_act(month, ActKind.EXTEND, before, told)


@pytest.mark.slow
def test_both_undo_the_same(month: Both) -> None:
    with month.first.open() as office:
        waive(office, CYCLE, "市人社局", ["D04"], cancel=False, who="王芳", reason="同意")
    acts = month.acts()
    told = month.at_once("undo", str(acts[-1].number), "--reason", "办错了", "--yes")
    one_act(month, ActKind.UNDO, len(acts), told)


@pytest.mark.slow
def test_many_acts_of_both_have_one_list_of_numbers(month: Both) -> None:
    """One waives and undoes, the other extends: no number is missing or used twice."""
    loop = """
import json, sys
from pathlib import Path
from zwgk_excel.domain.periods import Month
from zwgk_excel.ledger import LedgerBusyError
from zwgk_excel.workflow.acts.undoing import undo
from zwgk_excel.workflow.decisions.extend_and_waive import waive
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import open_office

done = []
with open_office(Path(sys.argv[1])) as office:
    for _ in range(6):
        try:
            waive(office, Month(2026, 11), sys.argv[2], ["D04"], cancel=False, who=sys.argv[3], reason="同意")
            mine = max(each.number for each in office.ledger.acts() if each.who == sys.argv[3])
            done += [mine, undo(office, mine, who=sys.argv[3], reason="办错了").undoing.number]
        except (UserError, LedgerBusyError) as refused:
            print(refused, file=sys.stderr)
print(json.dumps(done))
"""
    before = len(month.acts())
    units = ("市人社局", "市财政局")
    running = [
        subprocess.Popen(
            [sys.executable, "-c", loop, str(desk.root), unit, who], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8"
        )
        for desk, unit, who in zip(month.desks, units, PEOPLE, strict=True)
    ]
    done = [json.loads(each.communicate(timeout=300)[0]) for each in running]
    assert all(done)
    acts = month.acts()
    assert [each.number for each in acts] == list(range(1, len(acts) + 1))
    assert sorted(number for each in done for number in each) == sorted({n for each in done for n in each})
    assert {number for each in done for number in each} <= {each.number for each in acts[before:]}
    first, second = month.figures()
    assert first == second


# --- an office that is open while the other one acts ---------------------------------------------

Deed = Callable[[Office], object]
DEEDS: dict[str, Deed] = {
    "amend": lambda office: amend(office, CYCLE, on=DECEMBER.date(), who="王芳", reason="调整"),
    "close": lambda office: close(office, CYCLE, as_of=DECEMBER.date(), who="王芳"),
    "extend": lambda office: extend(
        office, CYCLE, "市人社局", ["D04"], date(2026, 12, 20), who="王芳", reason="同意"
    ),
    "undo": lambda office: undo(office, office.ledger.acts()[-1].number, who="王芳", reason="办错了"),
}


@pytest.fixture
def open_(month: Both) -> Iterator[tuple[Office, Office]]:
    """Both offices, open, with everything read; the duty tables say something new."""
    with month.first.open() as office:
        waive(office, CYCLE, "市政府办", ["D01"], cancel=False, who="王芳", reason="同意")
    edit(month)
    with ExitStack() as stack:
        first, second = (stack.enter_context(desk.open()) for desk in month.desks)
        assert figures(first) == figures(second)
        yield first, second


@pytest.mark.parametrize("name", DEEDS)
def test_what_one_office_did_the_other_sees_at_once(open_: tuple[Office, Office], name: str) -> None:
    first, second = open_
    before = figures(first)
    DEEDS[name](first)
    assert figures(first) != before
    assert figures(second) == figures(first)


@pytest.mark.parametrize("name", DEEDS)
def test_the_other_office_is_told_and_adds_no_act(open_: tuple[Office, Office], name: str) -> None:
    first, second = open_
    acts = len(first.ledger.acts())
    if name == "undo":
        undo(first, acts, who="王芳", reason="办错了")
        with pytest.raises(UserError, match="不必再撤销"):
            undo(second, acts, who="李强", reason="办错了")
    else:
        DEEDS[name](first)
        if name == "extend":  # the very same is in force already: nothing more is done
            DEEDS[name](second)
        else:
            with pytest.raises(UserError, match=r"不能重复结账|不需要更正"):
                DEEDS[name](second)
    assert len(first.ledger.acts()) == acts + 1
    assert figures(second) == figures(first)


def test_a_month_is_closed_with_what_the_other_office_amended(open_: tuple[Office, Office]) -> None:
    first, second = open_
    amend(first, CYCLE, on=DECEMBER.date(), who="王芳", reason="调整")
    closed = close(second, CYCLE, as_of=DECEMBER.date(), who="李强")
    assert "D02/市人社局/2026-11" in {row.status.obligation.key for row in closed.rows}
    assert Counter(each.kind for each in first.ledger.acts())[ActKind.CLOSE] == 1
    assert figures(second) == figures(first)

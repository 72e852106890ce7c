"""Whatever was done before: an act undone leaves all figures as if it had not been done, undone twice as if it had."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.workflow.acts.test_undoing import DECEMBER, figures, rectify
from tests.workflow.desk import CYCLE, Desk
from tests.workflow.two_months import OCTOBER, two_months
from zwgk_excel.domain.acts import ActKind
from zwgk_excel.domain.escalation import NoteKind
from zwgk_excel.workflow.acts.undoing import undo
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.decisions.extend_and_waive import extend, waive
from zwgk_excel.workflow.decisions.overrides import merge
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.escalation.rectifying import note
from zwgk_excel.workflow.office.context import Office

pytestmark = pytest.mark.slow

Deed = Callable[[Office, int], object]
UNITS = ("市财政局", "市人社局", "市政府办")
NOT_UNDONE = {ActKind.ISSUE, ActKind.RECEIVE}


def _noted(kind: NoteKind) -> Deed:
    return lambda office, number: note(office, 1 + number % 3, kind, "电话核实", on=DECEMBER.date(), who="王芳")


DEEDS: list[Deed] = [
    lambda office, number: extend(
        office, CYCLE, UNITS[number % 3], [], date(2026, 12, 5 + number), who="王芳", reason="出差"
    ),
    lambda office, number: extend(office, CYCLE, UNITS[number % 3], [], None, who="王芳", reason=""),
    lambda office, number: waive(office, CYCLE, UNITS[number % 3], [], cancel=number % 2 > 0, who="王芳", reason=""),
    lambda office, number: merge(office, CYCLE, "市财政局", cancel=bool(number % 2), who="王芳"),
    lambda office, number: close(office, (OCTOBER, CYCLE)[number % 2], as_of=DECEMBER.date(), who="王芳"),
    lambda office, number: rectify(office, Path()),
    _noted(NoteKind.MENDED),
    _noted(NoteKind.CLOSED),
    _noted(NoteKind.WITHDRAWN),
]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Two months with decisions of every kind; each example works on a copy."""
    return two_months(tmp_path_factory.mktemp("anything"))


def undone(office: Office, number: int) -> int | None:
    """The number of the undoing; None where it is refused, and then nothing has changed."""
    before = office.ledger.acts()
    try:
        return undo(office, number, who="李强", reason="办错了").undoing.number
    except UserError:
        assert office.ledger.acts() == before
        return None


STEP = st.tuples(st.integers(0, len(DEEDS) - 1), st.integers(0, 20), st.booleans(), st.integers(0, 30))


@settings(max_examples=examples(25))
@given(st.lists(STEP, min_size=1, max_size=5))
def test_undone_and_done_again(
    played: Desk, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, bool, int]]
) -> None:
    root = tmp_path_factory.mktemp("copy") / "工作区"
    shutil.copytree(played.root, root)
    with Desk(root, DECEMBER).open() as office:
        for deed, number, kept, older in steps:
            before, last = figures(office), office.ledger.acts()[-1].number
            try:
                DEEDS[deed](office, number)
            except UserError:
                continue
            after, act = figures(office), office.ledger.acts()[-1].number
            if act == last:  # it was so already
                assert after == before
                continue
            undoing = undone(office, act)
            assert undoing is not None
            assert figures(office) == before
            if kept:
                assert undone(office, undoing) is not None
                assert figures(office) == after
            standing = [each for each in office.ledger.acts() if not each.undone_by and each.kind not in NOT_UNDONE]
            now = figures(office)
            taken = undone(office, standing[older % len(standing)].number)
            if taken is not None and undone(office, taken) is not None:
                assert figures(office) == now

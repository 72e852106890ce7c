"""Mutated workbooks and mails on the whole way in: each gets a receipt, within bounds, and nothing typed is lost.

``make fuzz`` does the same with other seeds for as long as one likes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fuzz.__main__ import made, many
from tests.fuzz.arrivals import ActedError, _refuse, faults, lost_texts
from tests.fuzz.mutations import Mutant
from tests.hostile.reports import Report, filled, issued
from tests.verdicts import RECEIVED
from tests.workflow.desk import Desk
from zwgk_excel.domain.returns import Return
from zwgk_excel.workbooks.reading.read_return import read_return

pytestmark = pytest.mark.slow
COUNT = 60


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return issued(tmp_path_factory.mktemp("fuzz"))


@pytest.fixture(scope="module")
def report(desk: Desk) -> Report:
    return filled(desk)


def test_every_mutant_gets_a_receipt_within_bounds_and_nothing_is_lost(desk: Desk, report: Report) -> None:
    became: Counter[str] = Counter()
    for mutant, outcome, fault in faults(desk, many(1, report, count=COUNT)):
        assert fault == "", (mutant.name, mutant.done, outcome)
        became[outcome.partition(":")[0]] += 1
    # Mutants that are all turned away at the door would try nothing behind it.
    assert became["accepted"] > COUNT / 5
    assert became["quarantined"] > COUNT / 9
    assert became.total() == COUNT


def test_a_seed_makes_the_same_again(report: Report) -> None:
    assert [made(5, number, report) for number in range(30)] == [made(5, number, report) for number in range(30)]


def test_what_is_lost_is_found(report: Report) -> None:
    data = report.titled("会丢的标题").bytes()
    content = read_return(data, "回.xlsx", by=RECEIVED.date()).content
    assert lost_texts(data, content, ()) == []
    without: Return = replace(content, items=())
    assert "会丢的标题" in lost_texts(data, without, ())


def test_a_parser_that_acts_is_found() -> None:
    with pytest.raises(ActedError, match=r"socket\.connect"):
        _refuse("socket.connect", ("127.0.0.1",))


def test_a_mutant_that_nothing_happened_to_is_accepted(desk: Desk, report: Report, tmp_path: Path) -> None:
    whole = Mutant("完好.xlsx", report.titled("完好.xlsx").bytes(), ())
    assert [(outcome, fault) for _, outcome, fault in faults(desk, [whole])] == [("accepted:", "")]

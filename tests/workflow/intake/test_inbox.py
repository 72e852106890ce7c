"""Files of 收件箱 read ahead by several threads: in their order, and no more of them in memory than fits."""

from __future__ import annotations

import hashlib

import pytest

from zwgk_excel.domain.problems import Problem
from zwgk_excel.workflow.intake import inbox
from zwgk_excel.workflow.intake.inbox import LoadedFile, load_all, new_in_inbox


@pytest.fixture
def found(sent):
    for number in range(60):
        folder = sent.root / "收件箱" / f"{number % 3}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number:02}.txt").write_bytes(b"x" * number * 100)
    with sent.open() as office:
        yield office, new_in_inbox(office)[0]


def test_they_come_in_the_order_asked_for_whatever_portions_they_are_read_in(found, monkeypatch):
    office, arrived = found
    monkeypatch.setattr(inbox, "_FILES", 7)
    monkeypatch.setattr(inbox, "_BYTES", 9_000)
    asked = arrived[::-1]
    loaded = [(arrival, each) for arrival, each in load_all(office, asked) if isinstance(each, LoadedFile)]
    assert [arrival for arrival, _ in loaded] == asked
    assert [each.receipt.file for _, each in loaded] == [arrival.file for arrival in asked]
    assert [each.receipt.sha256 for _, each in loaded] == [hashlib.sha256(each.data).hexdigest() for _, each in loaded]
    assert [len(each.data) for _, each in loaded] == [arrival.size for arrival in asked]


def test_a_file_that_went_away_is_told_alone(found):
    office, arrived = found
    arrived[30].path.unlink()
    loaded = [each for _, each in load_all(office, arrived)]
    codes = [each.code if isinstance(each, Problem) else "" for each in loaded]
    assert codes == [""] * 30 + ["file_locked"] + [""] * 29


def test_only_a_few_portions_are_held(found, monkeypatch):
    office, arrived = found
    monkeypatch.setattr(inbox, "_FILES", 5)
    taken = []

    def one_by_one():
        for arrival in arrived:
            taken.append(arrival)
            yield arrival

    next(load_all(office, one_by_one()))
    assert len(taken) <= 5 * (inbox._THREADS + 1) + 1

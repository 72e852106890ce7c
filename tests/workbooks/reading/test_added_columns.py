"""Workbooks issued with, without and before a column that came in later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from tests.added import added
from tests.workbooks.report_sample import content, item
from tests.workbooks.sheets import IDENTITY, Formula, cell, headed, report
from tests.workbooks.sheets import book as book_of
from zwgk_excel.domain.returns import Item, TaskAnswer
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.reading.read_return import ParsedReturn, read_return
from zwgk_excel.workbooks.report.fill_in import fill
from zwgk_excel.workbooks.report.report_workbook import report_workbook

DATED = {"key": "tried_on", "heading": "试加日期", "kind": "date", "required": True}
COUNT = {"key": "tried_count", "heading": "试加数目", "kind": "integer"}
DAY = date(2027, 11, 30)


def issued(**values: Any) -> bytes:
    """A workbook of the layout of the moment, with one item."""
    typed: Mapping[str, Any] = item(**values)
    return fill(report_workbook(content()), answers={}, items=[typed])


def read(data: bytes) -> ParsedReturn:
    return read_return(data, "回.xlsx", by=date(2026, 11, 20))


def tried(entry: Item | TaskAnswer) -> dict[str, object]:
    """What it says in the columns that are tried here; the layout may have others."""
    return {key: value for key, value in entry.more.items() if key.startswith("tried_")}


def codes(reading: ParsedReturn) -> list[str]:
    return [each.code for each in reading.content.problems]


def test_what_it_says_comes_with_its_type_and_nothing_of_what_is_empty() -> None:
    with added(DATED, COUNT):
        (found,) = read(issued(tried_on=DAY, tried_count=0.0)).content.items
        (empty,) = read(issued()).content.items
    assert tried(found) == {"tried_on": DAY, "tried_count": 0}
    assert (found.value("tried_on"), found.value("title")) == (DAY, item()["title"])
    assert (tried(empty), empty.value("tried_on")) == ({}, None)


def test_a_column_of_the_tasks_is_in_the_answer_and_makes_it_no_empty_one() -> None:
    with added({"key": "tried_name", "heading": "试加姓名", "kind": "name"}, sheet="tasks", behind="statement"):
        typed = fill(report_workbook(content()), answers={("D02", "2026-11"): {"tried_name": "张 三"}}, items=[])
        answers = {each.task: each for each in read(typed).content.answers}
    assert tried(answers["D02", "2026-11"]) == {"tried_name": "张三"}
    assert [task for task, each in answers.items() if not each.is_empty] == [("D02", "2026-11")]


@pytest.mark.parametrize("typed", ["3条", "3 件", "３份", "3人次"])
def test_what_is_counted_is_the_number_before_it(typed: str) -> None:
    with added(COUNT):
        found = read(issued(tried_count=typed))
    assert tried(found.content.items[0]) == {"tried_count": 3}
    assert codes(found) == ["normalised"]


@pytest.mark.parametrize("typed", ["3条多", "约3条", "条", "3.5条", "三条"])
def test_what_is_no_number_with_a_unit_is_asked_for(typed: str) -> None:
    with added(COUNT):
        found = read(issued(tried_count=typed))
    assert (tried(found.content.items[0]), codes(found)) == ({}, ["number_form"])


def test_hostile_values_are_told_like_those_of_any_column() -> None:
    typed: Mapping[str, Any] = {"tried_on": "明年底", "tried_count": Formula("=1/0", "#DIV/0!")}
    with added(DATED, COUNT):
        reading = read(report([{**item(), **typed}, {**item(), "tried_on": "2027年1月2日", "tried_count": "１２"}]))
        where = {key: cell("items", key, 4) for key in typed}
    first, second = reading.content.items
    assert (tried(first), first.unread) == ({}, frozenset(typed))
    assert tried(second) == {"tried_on": date(2027, 1, 2), "tried_count": 12}
    told = {each.place.cell: each.code for each in reading.content.problems if each.is_error}
    assert told == {where["tried_on"]: "date_form", where["tried_count"]: "cell_error"}


def test_a_workbook_issued_before_is_read_and_not_asked_for_it() -> None:
    old = issued()
    with added(DATED, behind="title"):
        reading = read(old)
    assert codes(reading) == []
    assert "tried_on" not in reading.required
    assert [each.url for each in reading.content.items] == [item()["url"]]


def test_a_workbook_issued_with_it_is_asked_for_it() -> None:
    with added(DATED):
        reading = read(issued())
        assert reading.identity is not None
        assert "items.tried_on" in reading.identity.added.split()
        assert codes(reading) == []
        assert "tried_on" in reading.required
    claiming = [*IDENTITY, ["added", "items.tried_on"]]
    without_heading = report([item()], identity=claiming)
    with added(DATED):
        assert codes(read(without_heading)) == ["heading_missing"]


def test_where_the_identity_is_gone_the_heading_tells() -> None:
    with added(DATED):
        with_it = report([item()], identity=None)
        assert "tried_on" in read(with_it).required
    without = report([item()], identity=None)
    with added(DATED):
        assert "tried_on" not in read(without).required
        assert "heading_missing" not in codes(read(without))


def test_a_workbook_issued_with_it_is_read_after_it_was_removed_again() -> None:
    with added(DATED, COUNT):
        data = issued(tried_on=DAY, tried_count=7.0)
        where = cell("items", "tried_on", 4)
    reading = read(data)
    (found,) = reading.content.items
    assert (found.title, tried(found)) == (item()["title"], {})
    assert {"title", "url"} <= set(reading.required)
    named = {each.place.cell: each.found for each in reading.content.problems}
    assert {each.code for each in reading.content.problems} == {"text_outside"}
    assert DAY.isoformat() in named[where]


def test_a_renamed_heading_is_found_by_its_alias() -> None:
    with added(DATED):
        old = issued(tried_on=DAY)
    with added(DATED | {"heading": "试加之日", "aliases": ["试加日期"]}):
        assert [tried(each) for each in read(old).content.items] == [{"tried_on": DAY}]


def test_an_old_workbook_without_headings_is_not_taken_for_a_new_one() -> None:
    """Behind the new column everything stands one place further left, as only the results of 自查 betray."""
    name = layout("report")["items"].name
    rows = headed("items", [item(check="√ 完整")])
    old = book_of({name: [*rows[:2], *rows[3:]], "_zwgk": IDENTITY}, hidden=["_zwgk"])
    assert "headings_assumed" in codes(read(old))
    with added({"key": "tried_text", "heading": "试加文字", "kind": "text"}):
        reading = read(old)
    assert reading.content.items == ()
    assert {each.code for each in reading.content.problems} >= {"text_outside", "heading_missing"}

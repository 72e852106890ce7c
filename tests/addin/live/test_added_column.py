"""A column that came in since the tracker was opened: the next click puts it where it belongs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from tests.added import added
from tests.addin.tracker_desk import click, open_tracker, returns, saved
from tests.calc.engine import CalcApp
from tests.workflow.desk import Desk
from zwgk_excel.layout.columns import layout

DATED = {"key": "tried_on", "heading": "试加日期", "kind": "date"}
DAY = date(2027, 11, 30)


def say_until(desk: Desk, unit: str) -> None:
    """A newer return of the unit says of each item until when it is valid."""
    with desk.open() as office:
        (known,) = office.ledger.receipts(unit=unit)
        assert known.content is not None
        items = tuple(replace(each, more={"tried_on": DAY}) for each in known.content.items)
        at = known.received_at + timedelta(hours=1)
        content = replace(known.content, items=items)
        newer = replace(known, file="收件箱/再报.xlsx", sha256="0" * 64, received_at=at, content=content)
        office.ledger.add_receipts([newer], "inbox")


def test_it_appears_in_the_open_tracker_with_what_it_says(live: CalcApp, desk: Desk) -> None:
    returns(desk)
    open_tracker(live, desk)
    click()
    with added(DATED):
        say_until(desk, "市财政局")
        click()
        shape = layout("tracker")["items"]
    headings, *rows = saved(desk)[shape.name].iter_rows(min_row=3, values_only=True)
    assert headings == tuple(column.heading for column in shape)
    found = [dict(zip(headings, row, strict=True)) for row in rows if row[0]]
    said = {(row[shape.heading("unit")], str(row[DATED["heading"]])[:10]) for row in found}
    assert said == {("市财政局", str(DAY)), ("市人社局", "None")}
    titles = [row[shape.heading("title")] for row in found]
    assert titles == ["坏日期", "00123", "=1+1", "信息3"]

"""What stands in added columns, as the ledger keeps it and gives it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.added import added
from tests.ledger.samples import now, receipt
from tests.ledger.test_migrations import _migrate
from zwgk_excel.domain.returns import Item, Receipt
from zwgk_excel.ledger import Ledger, open_ledger, url_of
from zwgk_excel.ledger.engine import connect, writing
from zwgk_excel.ledger.migrations import MIGRATIONS
from zwgk_excel.ledger.more import more_text, more_values

DATED = {"key": "tried_on", "heading": "试加日期", "kind": "date"}
DAY = date(2027, 11, 30)


def with_more(**more: str | int | date) -> Receipt:
    """A receipt of one item and one answer that say this in added columns."""
    plain = receipt(1, items=1)
    assert plain.content is not None
    items = tuple(replace(each, more=more) for each in plain.content.items)
    answers = tuple(replace(each, more={"tried_name": "张三"}) for each in plain.content.answers[:1])
    return replace(plain, content=replace(plain.content, items=items, answers=answers))


def test_it_is_given_back_with_its_types(ledger: Ledger) -> None:
    given = with_more(tried_on=DAY, tried_count=0, source="甲\x00\ud800“乙”\n\uffff")
    with added(DATED):
        ledger.add_receipts([given], "inbox")
        assert ledger.receipts() == (given,)


def test_what_has_no_column_any_more_is_given_back_as_it_was_kept(ledger: Ledger) -> None:
    ledger.add_receipts([with_more(tried_on=DAY, tried_count=7)], "inbox")
    assert _more_of(ledger) == {"tried_on": "2027-11-30", "tried_count": 7}


def test_what_no_longer_fits_its_column_is_given_back_as_it_was_kept(ledger: Ledger) -> None:
    with added(DATED | {"kind": "text"}):
        ledger.add_receipts([with_more(tried_on="长期")], "inbox")
    with added(DATED):
        assert _more_of(ledger) == {"tried_on": "长期"}


def test_an_answer_that_only_says_something_there_is_no_empty_one(ledger: Ledger) -> None:
    given = with_more()
    assert given.content is not None
    (answer,) = given.content.answers
    silent = replace(answer, status=None, statement="", remark="")
    given = replace(given, content=replace(given.content, answers=(silent,)))
    ledger.add_receipts([given], "inbox")
    (condensed,) = ledger.receipt_summaries()
    assert condensed.tallies == given.tallies
    assert condensed.tallies[silent.obligation].answers == 1


def test_nothing_is_written_as_nothing() -> None:
    assert more_text({}) == ""
    assert more_values("", "items") == {}


OLD_ROWS = (
    "INSERT INTO receipts VALUES (1, 'a.xlsx', 'ab', '2026-11-20 09:00:00.000000', 'accepted', false, '市教育局',"
    " '2026-11', 1, '市教育局', '2026-11', 'inbox', '2026-11-20 09:00:00.000000')",
    "INSERT INTO items VALUES (1, 0, 'D02/市教育局/2026-11', 'D02', '标题', 'notice', '', NULL, NULL,"
    " '', '', '', '', '', '', '', '', '', '', 4, '', true, '')",
)
"""A receipt with an item, in a ledger without the columns."""


def test_a_ledger_from_before_is_read(place: Path | str) -> None:
    before = next(number for number, each in enumerate(MIGRATIONS) if each.name == "0008_more")
    _migrate(place, *MIGRATIONS[:before], create=True)
    engine = connect(url_of(place), 0.2)
    with writing(engine) as connection:
        for row in OLD_ROWS:
            connection.exec_driver_sql(row)
    engine.dispose()
    with open_ledger(place, now=now) as ledger:
        (found,) = ledger.receipts()
    assert found.content is not None
    assert found.content.items == (Item("D02/市教育局/2026-11", "D02", "标题", "notice", row=4),)


def _more_of(ledger: Ledger) -> object:
    (found,) = ledger.receipts()
    assert found.content is not None
    return dict(found.content.items[0].more)

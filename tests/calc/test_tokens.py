"""The check of an item leaves room for the columns that are added to it."""

from __future__ import annotations

from tests.added import added
from tests.calc.tokens import MOST, tokens
from zwgk_excel.workbooks.contract.defined_names import ITEM_CHECK
from zwgk_excel.workbooks.report.formulas import item_check_formulas

KINDS = ("text", "paragraph", "name", "date", "choice", "url", "phone", "integer")
"""Of the columns that an office may add (docs/recipes.md)."""
ROOM = MOST // 6
"""What a column of each kind takes together is about two thirds of it."""
EXCEL_CHARACTERS = 8192


def test_operands_operators_and_functions_are_counted() -> None:
    names = {"both": '=IF(AND(one,-A1>{1,2;3,4}),one&"a,(b",SUM(B1:B2))', "one": "=LEN(A1)+1"}
    assert tokens("one", names) == 4
    assert tokens("both", names) == 4 + 4 + 10


def test_a_sixth_of_what_libreoffice_takes_is_free() -> None:
    assert tokens(ITEM_CHECK, item_check_formulas()) < MOST - ROOM


def test_there_is_room_for_a_column_of_each_kind() -> None:
    used = tokens(ITEM_CHECK, item_check_formulas())
    own = [{"key": f"own_{kind}", "heading": f"自设{kind}", "kind": kind, "required": True} for kind in KINDS]
    with added(*(each | {"list": "item_type"} if each["kind"] == "choice" else each for each in own)):
        names = item_check_formulas()
    assert used + 200 < tokens(ITEM_CHECK, names) < MOST
    assert max(map(len, names.values())) < EXCEL_CHARACTERS

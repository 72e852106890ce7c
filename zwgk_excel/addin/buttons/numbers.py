"""Which number was typed: of an act, of a receipt."""

from __future__ import annotations

from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.errors import UserError


def number_name(sheet: str) -> str:
    """What the number of a row of one of the tracker's sheets is called; ``sheet`` is its key."""
    return layout("tracker")[sheet].heading("number")


def number_typed(text: str, sheet: str) -> int:
    """The number in ``12``, ``第12号`` or ``收件12``, of a row of the sheet with that key.

    Raises UserError for what is none.
    """
    number = text.removeprefix("收件").removeprefix("第").removesuffix("号").strip()
    if not (number.isascii() and number.isdigit()):
        raise UserError(f"“{text}”不是{number_name(sheet)}；请输入数字，见总台账“{layout('tracker')[sheet].name}”。")
    return int(number)

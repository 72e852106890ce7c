"""Which month a button is about: any, typed or agreed to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zwgk_excel.addin.host.session import Session
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.arguments import month_of
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office

_NAMED = 6
"""So many months are named in the question; any other can be typed."""
_TYPED = re.compile(r"(?:(\d{4})\s*[-./年]?\s*)?(\d{1,2})\s*月?")
"""``2026-11``, ``2026年11月``, ``202611``, ``11月``."""


def choose_issued(session: Session, office: Office, question: str, *, first: Month | None = None) -> Month | None:
    """One of the months whose report workbooks were made; None where the user gives up.

    Proposed is ``first``, else the newest that has begun. Raises UserError for what is no month, and for one whose
    workbooks were never made.
    """
    issued, this = office.issued(), Month.of(office.now().date())
    if not issued:
        raise UserError("还没有生成过报送表；请先按“生成报送表”。")
    begun = [month for month in issued if month <= this]
    proposed = first or (begun[-1] if begun else issued[0])
    cycle = _asked(session, question, proposed, issued)
    if cycle is not None and cycle not in issued:
        raise UserError(f"{cycle} 还没有生成报送表；请先按“生成报送表”。")
    return cycle


def choose_any(session: Session, office: Office, question: str) -> Month | None:
    """Any month, issued or not; proposed is this one. Raises UserError for what is no month."""
    this = Month.of(office.now().date())
    return _asked(session, question, this, (*office.issued(), this + 1))


def month_typed(text: str, near: Month) -> Month:
    """The month that was typed; without a year the one nearest to ``near``. Raises UserError."""
    found = _TYPED.fullmatch(text.strip())
    if found is None or not 1 <= int(found[2]) <= 12:
        return month_of(text.strip())
    if found[1]:
        return month_of(f"{found[1]}-{found[2]}")
    years = (Month(year, int(found[2])) for year in (near.year - 1, near.year, near.year + 1))
    return min(years, key=lambda month: abs((month.year - near.year) * 12 + month.month - near.month))


def _asked(session: Session, question: str, proposed: Month, known: Sequence[Month]) -> Month | None:
    others = [month for month in sorted(set(known), reverse=True) if month != proposed]
    if not session.can_type:
        other = others[0] if others else proposed - 1
        return session.choose_month(question, ("默认的", proposed), ("另一个", other))
    shown = [proposed, *others]
    index = session.choose_from(question, [str(month) for month in shown], "其他月份…")
    if index is None or index < len(shown):
        return None if index is None else shown[index]
    named = "、".join(map(str, others[:_NAMED])) + (" 等" if len(others) > _NAMED else "")
    hint = f"\n其他可选：{named}" if others else ""
    answer = session.ask_text(f"{question}{hint}\n请输入月份，如 {proposed}：", str(proposed))
    return None if not answer else month_typed(answer, proposed)

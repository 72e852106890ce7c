"""对账 in the open tracker: its rows come and go, and what is printed of them follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import xlwings as xw

from tests.addin.refresh.conftest import Views
from tests.addin.refresh.test_tracker_refresh import refreshed, rows
from tests.workflow.desk import CYCLE
from zwgk_excel.domain.published import PublishedItem
from zwgk_excel.domain.reconciliation import Agreement, Reconciled
from zwgk_excel.layout.columns import layout

SHEET = layout("tracker")["reconciled"].name


def unreported(number: int) -> Reconciled:
    listed = PublishedItem(f"公告{number}", date(2026, 11, 3), f"http://a.cn/{number}", unit="市财政局")
    return Reconciled("市财政局", CYCLE, Agreement.UNREPORTED, listed, None)


def test_what_is_printed_ends_with_the_rows(opened: Callable[..., xw.Book], views: Views):
    book = opened(views.silent)
    for count in (3, 1):
        view = replace(views.silent, reconciled=tuple(map(unreported, range(count))))
        refreshed(book, view)
        shown = [row for row in rows(book, SHEET)[3:] if any(row)]
        assert len(shown) == count
        assert str(book.sheets[SHEET].page_setup.print_area).endswith(f"${3 + count}")

"""The website's own list of two simulated units of ``zwgk demo``, which differs a little from what they reported."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from zwgk_excel.domain.link_checks import ReportedLink
from zwgk_excel.layout.columns import layout

_UNITS = ("市财政局", "市住建局")
_COLUMNS = ("title", "url", "published_on", "department", "column")
_UNREPORTED = ("2026年第三季度政府采购执行情况", "http://www.example.gov.cn/zwgk/d02/20261110.html", date(2026, 11, 10))


def write_site_list(links: Sequence[ReportedLink], path: Path) -> None:
    """An export of the site as CSV: of each unit the first item is not there, and the second is another day's."""
    export = layout("published")["export"]
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        sheet = csv.writer(stream)
        sheet.writerow([export.heading(key) for key in _COLUMNS])
        sheet.writerow([*_UNREPORTED, _UNITS[0], "政府采购"])
        for unit in _UNITS:
            mine = [each.item for each in links if each.unit == unit][1:]
            for number, item in enumerate(mine):
                assert item.published_on is not None
                day = item.published_on.replace(day=item.published_on.day % 28 + 1) if not number else item.published_on
                column = item.task.partition(" ")[2].partition("（")[0]
                sheet.writerow([item.title, item.url, day, unit, column])

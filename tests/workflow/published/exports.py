"""Exports of a website's back office, made for tests in the layouts that such programs have."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path

import xlsxwriter

Row = tuple[str, date, str, str, str]
"""Title, day, link, column, department."""
HEADINGS = ("标题", "发布时间", "链接", "所属栏目", "发布机构")


def row(number: int, *, column: str = "政府采购", department: str = "市财政局", day: date = date(2026, 11, 10)) -> Row:
    """One item of the site."""
    return f"{column}公告第{number}号", day, f"http://a.cn/{number}.html", column, department


def csv_export(
    path: Path, rows: Iterable[Row], *, encoding: str = "utf-8-sig", headings: Sequence[str] = HEADINGS
) -> Path:
    """Comma-separated, with a time after each day."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(headings)
    writer.writerows((title, f"{day} 09:30:05", *rest) for title, day, *rest in rows)
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


def titled_export(path: Path, rows: Iterable[Row]) -> Path:
    """A workbook with a title above, columns of its own beside ours, days with a time, and totals below."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("信息发布统计")
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        page.merge_range(0, 0, 0, 7, "大冶市人民政府网站信息发布清单")
        page.write_string(1, 0, "导出时间：2026-12-01 08:00")
        page.write_row(3, 0, ["序号", "栏目名称", "信息标题", "作者", "发布日期", "点击量", "发布单位", "网址"])
        count = 0
        for count, (title, day, link, column, department) in enumerate(rows, 1):
            page.write_row(3 + count, 0, [count, column, title, "张三"])
            page.write_datetime(3 + count, 4, datetime.combine(day, time(15, 20)), moment)
            page.write_number(3 + count, 5, count % 97)
            page.write_string(3 + count, 6, department)
            page.write_string(3 + count, 7, link)
        page.write_string(4 + count, 0, "合计")
        page.write_string(4 + count, 1, f"{count} 条")
    return path


def merged_export(path: Path, rows: Iterable[Row]) -> Path:
    """A workbook with headings in two rows, some merged over both, on its second sheet; days as text."""
    with xlsxwriter.Workbook(path, {"strings_to_urls": False}) as book:
        book.add_worksheet("说明").write_string(0, 0, "本表由网站后台自动生成")
        page = book.add_worksheet("清单")
        for place, text in ((0, "序号"), (1, "发布单位"), (4, "发布日期"), (5, "栏目路径")):
            page.merge_range(1, place, 2, place, text)
        page.merge_range(1, 2, 1, 3, "信息")
        page.write_row(2, 2, ["标题", "链接"])
        for number, (title, day, link, column, department) in enumerate(rows, 1):
            shown, path_of = f"{day.year}年{day.month}月{day.day}日", f"首页 > 政务公开 > {column}"
            page.write_row(2 + number, 0, [number, department, title, link, shown, path_of])
    return path


LAYOUTS = {"csv": csv_export, "titled": titled_export, "merged": merged_export}
"""The three layouts; each takes (path, rows)."""

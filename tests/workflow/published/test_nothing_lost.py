"""5,000 rows in three layouts, imported, prefilled, returned and reconciled: nothing is lost, nothing there twice."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.workflow.desk import CYCLE, ITEM, Desk, new_desk
from tests.workflow.published.exports import Row, csv_export, merged_export, titled_export
from zwgk_excel.domain.published import PublishedItem, PublishedSpan, compare, latest
from zwgk_excel.domain.reconciliation import Agreement
from zwgk_excel.workflow.intake import receive
from zwgk_excel.workflow.issuing import generate
from zwgk_excel.workflow.published import import_published, plan_import, reconciliation

ROWS = 5_000
UNITS = {
    "市政府办": ["政策文件", "基层信息公开"],
    "市财政局": ["政府采购", "稳岗就业"],
    "市人社局": ["稳岗就业"],
    "金湖街道": ["基层信息公开"],
}
NOVEMBER, EXPORTED = date(2026, 11, 1), datetime(2026, 11, 20, 18)


def site(count: int, seed: int = 1) -> list[Row]:
    """What four units published in November, each link once."""
    chance = random.Random(seed)
    found: list[Row] = []
    for number in range(count):
        unit = chance.choice(list(UNITS))
        column, day = chance.choice(UNITS[unit]), NOVEMBER + timedelta(days=chance.randrange(20))
        found.append((f"{column}第{number}号", day, f"http://www.city.gov.cn/{number}.html", column, unit))
    return found


def test_imported_from_three_layouts_prefilled_returned_and_reconciled(tmp_path: Path) -> None:
    desk, rows = Desk(new_desk(tmp_path).root, EXPORTED), site(ROWS)
    third = ROWS // 3
    files = [
        csv_export(tmp_path / "一.csv", rows[: 2 * third], encoding="gbk"),
        titled_export(tmp_path / "二.xlsx", rows[third:]),  # half of it stands in the first one, too
        merged_export(tmp_path / "三.xlsx", rows[2 * third :]),
    ]
    with desk.open() as office:
        began = time.process_time()
        planned = plan_import(office, files)
        assert time.process_time() - began < 10  # on a machine that does much else; see benchmarks/published.py
        import_published(office, planned, who="王芳")
        stored = office.ledger.published().items
        assert Counter(each.url for each in stored) == Counter(link for _, _, link, _, _ in rows)
        assert {each.url: (each.title, each.published_on, each.unit) for each in stored} == {
            link: (title, day, unit) for title, day, link, _, unit in rows
        }
        assert all(each.duties for each in stored)
        made = {each.unit: each.prefilled for each in generate(office, CYCLE, as_of=office.now().date()).workbooks}
    assert made == Counter(unit for *_, unit in rows)
    confirmed = {unit: (number + 1) // 2 for unit, number in made.items()}
    replies = [_confirmed(desk, unit, number) for unit, number in made.items()]
    with desk.on(datetime(2026, 11, 25, 9)) as office:
        assert {each.unit: each.items for each in receive(office, replies)} == confirmed
        lines = reconciliation(office, CYCLE)
    counts = Counter(each.agreement for each in lines)
    assert counts == {Agreement.SAME: sum(confirmed.values()), Agreement.UNREPORTED: ROWS - sum(confirmed.values())}
    assert Counter(each.published.url for each in lines if each.published) == Counter(link for _, _, link, _, _ in rows)


def _confirmed(desk: Desk, unit: str, count: int) -> Path:
    """A unit's workbook with every second prefilled row completed and the others left as they were."""
    typed = {**ITEM, "formed_on": NOVEMBER - timedelta(days=1), "type": "其他政策文件"}
    return desk.reply(unit, f"{unit}.xlsx", items=[{} if place % 2 else typed for place in range(count)])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_the_encoding_of_a_text_file_does_not_matter(tmp_path: Path, encoding: str) -> None:
    desk, rows = Desk(new_desk(tmp_path).root, EXPORTED), site(50)
    with desk.open() as office:
        planned = plan_import(office, [csv_export(tmp_path / "清单.csv", rows, encoding=encoding)])
    assert [(each.title, each.unit) for each in planned.rows] == [(title, unit) for title, *_, unit in rows]
    assert (planned.problems, planned.needs_names) == ((), False)


# --- any exports, in any order ---------------------------------------------------------------------

_titles = st.sampled_from(["甲", "乙", "丙"])
_links = st.sampled_from(["", "http://a.cn/1", "https://a.cn/1/", "http://a.cn/2", "http://a.cn/3"])
_days = st.sampled_from([NOVEMBER, NOVEMBER + timedelta(days=1)])
_rows = st.lists(
    st.builds(
        PublishedItem,
        title=_titles,
        published_on=_days,
        url=_links,
        column=st.sampled_from(["政府采购", "公告"]),
        department=st.sampled_from(["市财政局", "市教育局"]),
    ),
    max_size=8,
).map(lambda rows: [_with_unit(each) for each in rows])


def _with_unit(item: PublishedItem) -> PublishedItem:
    return replace(item, unit=item.department, duties=("D02",))


@given(st.lists(_rows, max_size=5))
@settings(max_examples=examples(100), deadline=None)
def test_whatever_is_imported_each_item_is_there_once_and_the_last_export_is_on_the_site(exports) -> None:
    record: list[PublishedItem] = []
    for rows in exports:
        units = tuple({each.unit for each in rows})
        span = PublishedSpan(NOVEMBER, NOVEMBER + timedelta(days=1), units)
        changes = compare(record, rows, span)
        record = list(latest([*record, *changes.written]))
        on_site = [each for each in record if each.listed and each.unit in units]
        # Nothing lost: each row is an item on the site, by its link or else by title and day.
        links, names = {each.place for each in on_site if each.link}, {each.name for each in on_site}
        assert all(each.place in links if each.link else each.name in names for each in rows)
        # Nothing twice: one item for each link, one for each name without a link.
        assert max(Counter(each.place for each in on_site if each.link).values(), default=1) == 1
        assert max(Counter(each.name for each in on_site if not each.link).values(), default=1) == 1
        assert len({each.key for each in record}) == len(record)
        # Once more it changes nothing.
        assert compare(record, rows, span).written == ()

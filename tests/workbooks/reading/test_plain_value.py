"""The short way for usual cells says what the long way says, or nothing."""

from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from zwgk_excel.domain.problems import CellRef
from zwgk_excel.layout.columns import Column, layout
from zwgk_excel.layout.words import words
from zwgk_excel.workbooks.opening.open_book import CellValue
from zwgk_excel.workbooks.reading.cell_reader import plain_value, read_cell

BY = date(2026, 1, 3)
COLUMNS = [column for key in ("tasks", "items") for column in layout("report")[key]]
WORDS = [word for name in ("item_type", "answer") for word in words(name).values()]
TEXTS = st.one_of(
    st.sampled_from(
        [*WORDS, "http://a.cn/1", "HTTPS://A", "ftp://a.cn", "张 三", "张 ", "２０２６", "2026-01-02", "12"]
    ),
    st.sampled_from(['=DISPIMG("ID_1",1)', '_xlfn.dispimg("a",1)']),
    st.text(alphabet=" \t\r\n\u3000\u200b\x01张三ａa1/:.", max_size=8),
    st.text(alphabet="长", min_size=400, max_size=600),
)
VALUES = st.one_of(TEXTS, st.dates(), st.datetimes(), st.integers(-5, 50_000), st.floats(), st.booleans(), st.none())


@given(st.sampled_from(COLUMNS), VALUES)
def test_the_short_way_gives_what_the_long_way_gives_without_problems(column: Column, raw: CellValue):
    value = plain_value(column, raw)
    if value is not None:
        assert read_cell(column, raw, CellRef("报.xlsx"), by=BY) == (value, [])


def test_the_usual_cells_of_a_report_go_the_short_way():
    items = layout("report")["items"]
    usual: dict[str, CellValue] = {
        "task": "D02 政府采购",
        "title": "关于采购的公告",
        "published_on": BY,
        "url": "http://a.cn/1",
        "officer": "张某",
    }
    for key, raw in {**usual, "type": words("item_type")["news"]}.items():
        assert plain_value(items[key], raw), key
    assert plain_value(items["published_on"], datetime(2026, 1, 3, 8)) is None

"""Nothing typed is lost: every cell a unit filled is in an item, in an answer, or named in a problem."""

from __future__ import annotations

import re
import string
import unicodedata
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.workbooks.sheets import Formula, cell, report
from zwgk_excel.domain.companions import REVIEWS
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.returns import EMPTY
from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import ColumnKind, SheetLayout, layout
from zwgk_excel.layout.words import meant_code, words
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.reading.read_return import read_return

ITEMS, TASKS = layout("report")["items"], layout("report")["tasks"]
TASK = {"id": "D02", "reference": "2026-11"}

ALPHABET = st.one_of(
    st.sampled_from("甲乙报送 　\n\t１２３年月日-./：（）＝=+@\u200b\u00a0Ａa_x"),
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
)
TEXTS = st.one_of(
    st.text(ALPHABET, max_size=12),
    st.text(string.digits + ".-/年月日 ", max_size=11),
    st.sampled_from([*words("item_type").values(), *words("answer").values(), "_x0041_", "2026年11月5日", "张 三"]),
)
TYPED = st.one_of(
    st.none(),
    TEXTS,
    st.integers(-(10**9), 10**9),
    st.floats(-1e6, 1e6).map(lambda number: round(number, 4) + 0.0),
    st.booleans(),
    st.dates(date(1900, 3, 1), date(2200, 1, 1)),
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
    st.just(Formula("=1/0", "#DIV/0!")),
    st.just(Formula("=1+1")),
)
OWN_COLUMNS = ["我的列", "备查"]


def rows_of(sheet: SheetLayout):
    keys = [column.key for column in sheet.inputs] + OWN_COLUMNS
    return st.lists(st.dictionaries(st.sampled_from(keys), TYPED, max_size=6), max_size=4)


@settings(max_examples=examples(300))
@given(items=rows_of(ITEMS), answers=rows_of(TASKS), named=st.lists(st.booleans(), min_size=4, max_size=4))
def test_every_typed_cell_is_in_an_item_an_answer_or_a_problem(items, answers, named):
    tasks = [row | (TASK if known else {}) for row, known in zip(answers, named, strict=False)]
    content = read_return(report(items, tasks, extra=OWN_COLUMNS), "回.xlsx", by=date(2026, 11, 20)).content
    found: dict[tuple[str, str], list[Problem]] = {}
    # One note a sheet says that characters nobody sees were taken out; it names no loss.
    for each in (each for each in content.problems if each.code != "hidden_characters"):
        found.setdefault((each.place.sheet, each.place.cell), []).append(each)
    read_items = {item.row: item for item in content.items}
    read_answers = {answer.row: answer for answer in content.answers}
    for sheet, rows, read_rows in ((ITEMS, items, read_items), (TASKS, answers, read_answers)):
        for number, row in enumerate(rows, 4):
            for key, typed in row.items():
                where = place(sheet.key, key, number)
                complaints = found.get((sheet.name, where), [])
                assert len(complaints) <= 1, "one complaint a cell"
                entry = read_rows.get(number)
                assert accounted(typed, sheet, key, value_of(entry, key), complaints), (where, typed, complaints)


def value_of(entry, key: str):
    """What an item or an answer says of a column; None where there is no entry."""
    return entry.more.get(key, getattr(entry, key, None)) if entry else None


def place(sheet: str, key: str, row: int) -> str:
    if key not in OWN_COLUMNS:
        return cell(sheet, key, row)
    return address(row - 1, len(layout("report")[sheet].columns) + OWN_COLUMNS.index(key))


def accounted(typed, sheet, key: str, value, complaints: list[Problem]) -> bool:
    """Whether a typed value is in the field, or named with its text in the complaint (a note names no loss)."""
    kept = {"normalised", "date_year", "cell_too_long", "link_form", "phone_form"}
    losses = [each for each in complaints if each.code not in kept]
    if isinstance(typed, Formula):
        return [each.code for each in losses] in (["cell_error"], ["cell_formula"], ["text_outside"])
    if typed is None or not clean(shown(typed)):
        return not complaints
    if losses:
        return value in EMPTY and bare(shown(typed)) in bare(losses[0].found)
    if value in EMPTY:
        return False
    column = sheet[key]
    if column.kind is ColumnKind.DATE:
        is_day = isinstance(typed, date | str) and bare(shown(typed)) == value.isoformat()
        told = [each.code for each in complaints]
        return means_day(typed, value) and (is_day or told in (["normalised"], ["date_year"]))
    if column.kind is ColumnKind.INTEGER:
        return int(bare(shown(typed))) == value
    if column.is_coded:
        return meant_code(column.list, shown(typed)) == value
    if key in REVIEWS and (below := re.split(r"\s*[\r\n]+\s*", shown(typed).strip()))[1:]:
        # Names below one another become a list, and that is told.
        return [each.code for each in complaints] == ["normalised"] and bare("、".join(below)) == bare(value)
    return bare(shown(typed)) == bare(value)


def means_day(typed, day: date) -> bool:
    match typed:
        case datetime():
            return day == typed.date()
        case date():
            return day == typed
        case int() | float():
            return day in (date(1899, 12, 30) + timedelta(days=int(typed)), as_compact(str(typed)))
    numbers = re.findall(r"\d+", unicodedata.normalize("NFKC", typed))
    if not numbers:
        return False
    return day == as_compact(numbers[0]) or {day.month, day.day} <= {int(number) for number in numbers}


def as_compact(digits: str) -> date | None:
    return date.fromisoformat(digits) if re.fullmatch(r"\d{8}", digits) else None


def shown(typed) -> str:
    match typed:
        case bool():
            return str(typed).upper()
        case float():
            return f"{typed:.15g}"
        case datetime() if typed.time() == datetime.min.time():
            return typed.date().isoformat()
        case _:
            return str(typed)


def bare(text: str) -> str:
    """What a text says, without width, case, spaces and marks that cannot be seen."""
    kept = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c)[0] not in "CZ")
    return "".join(kept).casefold()

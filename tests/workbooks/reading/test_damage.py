"""Whatever was done to a workbook, nothing typed is lost: the accounting of test_accounting.py under damage.

A workbook is kept as rows of cells, each knowing whether a unit typed it and into which column; damage moves the
cells about as a person does in Excel. Then every typed cell must be found where it came to lie.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.workbooks.reading.test_accounting import TEXTS, TYPED, accounted, bare, shown
from tests.workbooks.sheets import IDENTITY, Formula, Range, book
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.returns import Item, TaskAnswer
from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.opening.rejected import RejectedFileError
from zwgk_excel.workbooks.reading.read_return import ParsedReturn, read_return

KEYS = ("tasks", "items")
NAMES = {key: layout("report")[key].name for key in (*KEYS, "identity")}
ALIASES = [alias for key in KEYS for column in layout("report")[key] for alias in column.aliases]
VISIBLE = TEXTS.filter(lambda text: bool(clean(text)))


@dataclass(frozen=True)
class Cell:
    """A cell; ``key`` is the column a unit typed it into, ``*`` for none; None for a cell of ours."""

    value: Any
    key: str | None = None


Rows = list[list[Cell | None]]


@dataclass
class Workbook:
    """A workbook under damage."""

    sheets: dict[str, Rows]
    merged: dict[str, list[Range]] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def pick(self, draw: Callable[..., Any]) -> str:
        return draw(st.sampled_from([name for name in self.sheets if name != NAMES["identity"]] or list(self.sheets)))

    def data(self) -> bytes:
        plain = {name: [[c and c.value for c in row] for row in rows] for name, rows in self.sheets.items()}
        return book(plain, hidden=[NAMES["identity"]] if len(plain) > 1 else [], merged=self.merged)


# --- a workbook as filled ----------------------------------------------------------------------


@st.composite
def workbooks(draw) -> Workbook:
    sheets = {}
    for key in KEYS:
        sheet = layout("report")[key]
        title = sheet.title.format(unit="市教育局", cycle_words="2026年11月")
        head: Rows = [[Cell(title)], [Cell(sheet.hint)], [Cell(column.display) for column in sheet]]
        sheets[sheet.name] = head + [draw(row_of(key, number)) for number in range(draw(st.integers(0, 4)))]
    sheets[NAMES["identity"]] = [[Cell(value) for value in row] for row in IDENTITY]
    return Workbook(sheets)


@st.composite
def row_of(draw, key: str, number: int = 0) -> list[Cell | None]:
    sheet = layout("report")[key]
    typed = draw(st.dictionaries(st.sampled_from([column.key for column in sheet.inputs]), TYPED, max_size=5))
    if key == "items" and draw(st.booleans()):
        typed |= {"task": f"D0{number + 1} 政府采购", "published_on": date(2026, 11, 5), "url": "https://a.cn/1"}
    ours = {"id": f"D0{number + 1}", "column": "政府采购", "reference": "2026-11", "count": 0} if key == "tasks" else {}
    cells = {**{k: Cell(v) for k, v in ours.items()}, **{k: Cell(v, k) for k, v in typed.items() if v is not None}}
    return [cells.get(column.key) for column in sheet]


# --- damage ------------------------------------------------------------------------------------


def insert_row(draw, work: Workbook) -> None:
    rows = work.sheets[work.pick(draw)]
    rows.insert(draw(st.integers(0, len(rows))), [])


def delete_row(draw, work: Workbook) -> None:
    rows = work.sheets[work.pick(draw)]
    if rows:
        del rows[draw(st.integers(0, len(rows) - 1))]


def insert_column(draw, work: Workbook) -> None:
    name, at = work.pick(draw), draw(st.integers(0, 17))
    for row in work.sheets[name]:
        if at < len(row):
            row.insert(at, None)


def delete_column(draw, work: Workbook) -> None:
    name, at = work.pick(draw), draw(st.integers(0, 17))
    for row in work.sheets[name]:
        del row[at : at + 1]


def rename(draw, work: Workbook) -> None:
    old, new = work.pick(draw), draw(st.sampled_from(["Sheet1", "11月", "报表", "信息明细（教育）"]))
    if new not in work.sheets:
        work.sheets = {new if name == old else name: rows for name, rows in work.sheets.items()}


def copy(draw, work: Workbook) -> None:
    old = work.pick(draw)
    new = f"{old} (2)"
    if new not in work.sheets:
        work.sheets[new] = [list(row) for row in work.sheets[old]]
        if draw(st.booleans()):
            row = draw(row_of(draw(st.sampled_from(KEYS)), 5))
            work.sheets[new].append([cell and Cell(cell.value, cell.key and "*") for cell in row])


def reorder(draw, work: Workbook) -> None:
    work.sheets = dict(draw(st.permutations(list(work.sheets.items()))))


def drop(draw, work: Workbook) -> None:
    if len(work.sheets) > 1:
        del work.sheets[draw(st.sampled_from(list(work.sheets)))]


def second_header(draw, work: Workbook) -> None:
    name = work.pick(draw)
    rows = work.sheets[name]
    heads = [row for row in rows if sum(cell is not None and cell.key is None for cell in row) > 8]
    if heads:
        rows.insert(draw(st.integers(rows.index(heads[0]) + 1, len(rows))), list(heads[0]))


def title_above(draw, work: Workbook) -> None:
    work.sheets[work.pick(draw)].insert(0, [Cell(draw(VISIBLE), "*")])


def total_below(draw, work: Workbook) -> None:
    total = [Cell(draw(st.sampled_from(["合计", "共 3 条", "小计："])), "*"), Cell(draw(st.integers(0, 99)), "*")]
    work.sheets[work.pick(draw)].append([None] * draw(st.integers(0, 3)) + total)


def text_beside(draw, work: Workbook) -> None:
    rows = work.sheets[work.pick(draw)]
    row = rows[draw(st.integers(0, len(rows) - 1))] if rows else []
    row.extend([None] * (draw(st.integers(17, 19)) - len(row)))
    row.append(Cell(draw(TYPED.filter(lambda value: value is not None)), "*"))


def text_below(draw, work: Workbook) -> None:
    cells: list[Cell | None] = [None] * 30
    cells[draw(st.integers(19, 29))] = Cell(draw(VISIBLE), "*")
    work.sheets[work.pick(draw)] += [[], cells]


def edit_heading(draw, work: Workbook) -> None:
    name = work.pick(draw)
    heads = [row for row in work.sheets[name] if sum(cell is not None and cell.key is None for cell in row) > 8]
    if not heads:
        return
    at = draw(st.integers(0, len(heads[0]) - 1))
    old = heads[0][at]
    text = draw(st.sampled_from([None, "", "（新）", "栏", "事项名称", *ALIASES]))
    if text is None:
        heads[0][at] = None
    elif old is not None:
        heads[0][at] = Cell(text if len(text) > 3 or not text else f"{old.value}{text}", "heading")


def split_header(draw, work: Workbook) -> None:
    rows = work.sheets[work.pick(draw)]
    heads = [row for row in rows if sum(cell is not None and cell.key is None for cell in row) > 8]
    if not heads:
        return
    first = draw(st.integers(0, len(heads[0]) - 3))
    lower: list[Cell | None] = [*[None] * first, *heads[0][first : first + 3]]
    heads[0][first : first + 3] = [Cell("三审签发", "*"), None, None]
    rows.insert(rows.index(heads[0]) + 1, lower)


def merge(draw, work: Workbook) -> None:
    name = draw(st.sampled_from([each for each in work.sheets if each not in work.merged] or list(work.sheets)))
    rows = work.sheets[name]
    if len(rows) < 5 or name in work.merged or name == NAMES["identity"]:
        return
    top, column = draw(st.integers(3, len(rows) - 2)), draw(st.integers(0, 16))
    bottom = draw(st.integers(top + 1, len(rows) - 1))
    for row in rows[top + 1 : bottom + 1]:
        if column < len(row):
            row[column] = None
    work.merged[name] = [(top, column, bottom, column)]


def extra_sheet(draw, work: Workbook) -> None:
    row = st.lists(TYPED.map(lambda value: None if value is None else Cell(value, "*")), max_size=4)
    work.sheets.setdefault("我的表", draw(st.lists(row, max_size=4)))


DAMAGE = (
    insert_row, delete_row, insert_column, delete_column, rename, copy, reorder, drop, second_header, title_above,
    total_below, text_beside, text_below, edit_heading, split_header, extra_sheet,
)  # fmt: skip


@settings(max_examples=examples(400), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_every_typed_cell_is_accounted_for(data):
    work = data.draw(workbooks())
    for damage in data.draw(st.lists(st.sampled_from(DAMAGE), max_size=5)):
        damage(data.draw, work)
        work.done.append(damage.__name__)
    # Rows and columns that move would have to move merged ranges too: merging comes last.
    for _ in range(data.draw(st.integers(0, 2))):
        merge(data.draw, work)
    try:
        reading = read_return(work.data(), "回.xlsx", by=date(2026, 11, 20))
    except RejectedFileError as reason:
        reading, code = None, reason.problem.code
    if reading is None:
        tables = [name for name, rows in work.sheets.items() if any(is_table(key, rows) for key in KEYS)]
        assert (code, tables) == ("not_a_report", []), work.done
        return
    assert_one_complaint_a_cell(reading)
    for name, rows in work.sheets.items():
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None and cell.key is not None:
                    assert found(reading, name, number, column, cell), (work.done, name, address(number, column), cell)


def is_table(key: str, rows: Rows) -> bool:
    """Whether a sheet has every heading of a table in one row."""
    headings = {column.display for column in layout("report")[key]}
    return any(headings <= {cell.value for cell in row if cell} for row in rows[:30])


def complaints_of(reading: ParsedReturn) -> list[Problem]:
    """All problems but the one note a sheet that characters nobody sees were taken out; it names no loss."""
    return [each for each in reading.content.problems if each.code != "hidden_characters"]


def assert_one_complaint_a_cell(reading: ParsedReturn) -> None:
    places = [(each.place.sheet, each.place.cell) for each in complaints_of(reading) if each.place.cell]
    assert len(places) == len(set(places)), [place for place in places if places.count(place) > 1]


def found(reading: ParsedReturn, sheet: str, row: int, column: int, cell: Cell) -> bool:
    """Whether a typed cell is in exactly one of a field of an item or answer, and a problem that names it."""
    named = [each for each in complaints_of(reading) if each.place.sheet == sheet]
    complaints = [each for each in named if each.place.cell == address(row, column)]
    if cell.key == "heading" and (not cell.value or is_heading(str(cell.value)) or names(complaints, cell.value)):
        return True
    if not isinstance(cell.value, Formula) and not clean(shown(cell.value)):
        return not complaints
    for part, key in columns_at(reading, sheet, column):
        if key == "check" and isinstance(cell.value, Formula):
            return True  # No different from the formulas that we put there.
        entries = reading.content.items if part == "items" else reading.content.answers
        # A row of a copy may be in the sheet before it just the same.
        copied = sheet in reading.locator.copies
        if not layout("report")[part][key].input:
            # What a task row has in a locked column is ours, as far as anybody can tell.
            if not complaints and (copied or row + 1 in {each.row for each in entries}):
                return True
            continue
        own = [each for each in entries if each.row == row + 1 and at_home(reading, part, each.sheet) == sheet]
        for entry in own or (entries if copied else []):
            place = reading.locator.place(part, key, entry.row, entry.sheet)
            told = [each for each in complaints_of(reading) if each.place == place]
            if accounted(cell.value, layout("report")[part], key, _said(entry, key), told):
                guessed = {each.code for each in named} & {"heading_guessed", "headings_assumed"}
                # Headings repeated with a text that is none of ours make a row, where somebody will see them.
                return cell.key in {key, "*", "heading"} or bool(guessed)
        if own:
            return False
    return names(complaints or [each for each in named if in_row(each, row)], cell.value)


def _said(entry: Item | TaskAnswer, key: str) -> object:
    return entry.value(key) if isinstance(entry, Item) else getattr(entry, key)


def at_home(reading: ParsedReturn, part: str, copy: str) -> str:
    return copy or reading.locator.sheets[part]


def columns_at(reading: ParsedReturn, sheet: str, column: int) -> list[tuple[str, str]]:
    """The columns of a layout that were read from a column of a sheet."""
    letter = address(0, column)[:-1]
    locator = reading.locator
    own = [at for at, letters in locator.letters.items() if letters == letter and locator.sheets[at[0]] == sheet]
    keys = [key for key, letters in locator.copies.get(sheet, {}).items() if letters == letter]
    return own + [(part, key) for part in KEYS for key in keys if key in {each.key for each in layout("report")[part]}]


def names(complaints: list[Problem], value: Any) -> bool:
    text = shown(value.result or "（公式）") if isinstance(value, Formula) else shown(value)
    told = [each for each in complaints if bare(text) in bare(each.found) or each.code == "header_repeated"]
    kept = {"normalised", "date_year", "cell_too_long", "link_form", "phone_form"}
    return len(told) == 1 and told[0].code not in kept


def in_row(each: Problem, row: int) -> bool:
    """Whether a problem is about a whole row of a sheet that a unit added."""
    is_of_rows = each.code in {"text_outside", "sign_off"}
    return is_of_rows and " | " in each.found and each.place.cell.endswith(str(row + 1))


def is_heading(text: str) -> bool:
    return any(layout("report")[key].find(text) for key in KEYS)

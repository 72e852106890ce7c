"""Cover, 自查, intake and mark-up agree: what the workbook calls complete is accepted, what it faults is a problem at
that row, and the other way round, over fillings made up at random."""

from __future__ import annotations

import io
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from string import ascii_uppercase

import openpyxl
import pytest

from tests.calc.office import Office
from tests.calc.test_report_formulas import column, cover
from tests.workbooks.report_sample import GOOD_ITEM, TASKS, UNIT, content, duty, listed
from zwgk_excel.domain.problems import CellRef, Problem, merge_equal, most_severe_per_cell
from zwgk_excel.domain.task_lookup import TaskLookup
from zwgk_excel.domain.validation import validate
from zwgk_excel.domain.workdays import Workdays
from zwgk_excel.layout.columns import common_columns, layout
from zwgk_excel.layout.policy import shipped_policy
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.contract import defined_names
from zwgk_excel.workbooks.contract.cover_texts import AMONG_AHEAD, AMONG_UNLISTED, is_overall_check
from zwgk_excel.workbooks.contract.identity_sheet import FIRST_ROW
from zwgk_excel.workbooks.correction.mark_up import correction_copy
from zwgk_excel.workbooks.excel import address, column_letters, serial
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, main, parse, serialise
from zwgk_excel.workbooks.reading.read_return import ParsedReturn, read_return
from zwgk_excel.workbooks.report.fill_in import InputValue, fill, type_into
from zwgk_excel.workbooks.report.report_workbook import report_workbook
from zwgk_excel.workbooks.report.self_check import ALL_DONE, LEFT_TO_INTAKE, TO_DO, WITH_REMARKS
from zwgk_excel.workbooks.writing.style import BAD, GOOD, WATCH

TASK_SHEET, ITEM_SHEET = layout("report")["tasks"], layout("report")["items"]
LISTED = (
    *TASKS,
    listed(duty("D41", "信息公开工作年报", nil=False)),
    replace(listed(duty("D20", "证件办理")), early=True),
)
"""Every kind of task, one that knows no nil report, and one that is not due yet."""
RECEIVED, TOMORROW = date(2026, 11, 20), date(2026, 11, 21)
TO_COME: list[InputValue] = [
    *(TOMORROW, "2026.11.21", "11月21日", "12/31", 20261121, "20991231", "2099.1.1", "2026-11-21 08:00")
]
NORMATIVE, NEWS, PLAN = (word("item_type", code) for code in ("normative", "news", "plan"))
REPORTED, NIL, PENDING = (word("answer", code) for code in ("reported", "nil", "pending"))
ANSWERS: dict[str, list[InputValue]] = {
    "status": [None, REPORTED, NIL, PENDING, "已报", "无更新", "不知道"],
    "statement": [None, "经核实，本期无应公开信息", "　", "无", "１", "经核实\u200b"],
    "remark": [None, "备注"],
}
CELLS: dict[str, list[InputValue]] = {
    "task": ["政府采购", "d02", "D02政府采购", "2 政府采购", "D99 没有", None],
    "title": [None, " ", "无", "长" * 201],
    "type": [NORMATIVE, NEWS, PLAN, "别的", None],
    "formed_on": [
        *(date(2026, 10, 9), date(2026, 9, 9), date(2026, 11, 12)),
        *("2026.10.9", "2026年10月9号", "10月9日", "11-12", "12.20", 20261009, "２０２６－１０－９", None),
    ],
    "published_on": [
        *(date(2026, 11, 12), date(2026, 10, 1), TOMORROW, "2026/11/5", "2026.11.05."),
        *("20261105\n", "2026-11-5\n", "2026-11-5 10:00", "11.5", "11月5日", "11/12", "10-1", None),
        *("2026年11月5日10:00", "2026-11-05T10:00:00+08:00", "2026-11-05T10:00:00Z", "2026-11-05 10:00-12:00"),
        *("2026-11-5-", "2026.11.5..", 20261105.5),
    ],
    "url": [
        *("http://a.cn/0#top", "http://a.cn/9#end"),
        *("https：／／www.example.gov.cn/2",),
        *("www.example.gov.cn", "https：//www.example.gov.cn/1", "http://a", "http://a.cn", None, "http://a.cn/3 http://a.cn/4"),
    ],
    "officer": [None, "\u00a0", "长" * 21],
    "first_review": ["王五", "—", "局长", "已审", "钱七/孙八", "主任、局长", "同意\n李四", None],
    "second_review": [
        *("李四", "李 四", "李四（副主任）", "赵六、钱七", "李四，赵六", "钱七主任、李四局长"),
        *("李\u200b四", "主任李四", "局长：王五", "李四／孙八", "孙八\n李四", "局长\n副局长"),
        *("孙八（党委委员、副局长）", "N/A", "【李四】", "李四*", "李四：", "王五:局长"),
    ],
    "final_review": [
        *("李四", "王　五", "/", "王五科长、李四光", "钱七副主任", "赵六\n李四", "主任/局长", "局长（兼）"),
        *("周九（党委委员、副局长）", "同意。\n周九", None),
    ],
    "draft_note": ["a.docx", "附件1", "http://a.cn"],
    "opinions": ["3条", "0条", 2, "三条", -3, "３", "０ 条"],
    "opinions_until": [date(2026, 11, 30), date(2026, 10, 1), "12月5日", "1.15", "9-3", None],
    "reading": ["b.docx"],
    "remark": ["备注", "长" * 501],
}
ASIDE: list[dict[str, InputValue]] = [
    {"title": "填表人：张三", "type": "审核人：李四"},
    {"title": "以上信息已经局领导审核"},
    {"remark": "备注：本月信息均已在门户网站公开。"},
    {"officer": "（盖章）"},
    {"title": "合计", "type": "3条"},
    {"title": "填报人 张三"},
    {"task": "市财政局（盖章）"},
    {"task": "联系人：张三", "phone": "13800000000"},
    {"task": "本表一式两份。"},
    {"title": "主要领导审签：同意 李明"},
    {"task": "合计1条，其中政策0条"},
    {"title": "领导意见：同意"},
    {"title": "报送人：李明", "officer": "13800000000"},
    {"published_on": "2026年11月5日"},
    {"title": "局长：李明", "type": "信息员：李明"},
    {"title": "保密审查人：李明"},
    {"title": "以下空白"},
]
"""Rows around the items that are none of them."""
_GOOD: dict[str, InputValue] = {k: v for k, v in GOOD_ITEM.items() if isinstance(v, str | date | float)}
UNDERSTOOD = "normalised"
"""The code of the note on what intake understands though it is written otherwise."""
INTAKE_ALONE = {
    *("item_overdue", "item_repeated", "item_repeated_elsewhere", "item_reviewer_similar", "item_stale", "link_cloud")
}
"""Codes of warnings that take a calendar, other rows, a list of hosts or of ranks to find."""
AHEAD, UNLISTED = "item_published_future", "task_unlisted"
"""Codes of problems that the cover tells, and no row."""
TASK_LETTER = column_letters(ITEM_SHEET.index("task"))
ADDED: Mapping[str, InputValue] = {"id": "D99", "column": "新增任务", "status": REPORTED}
"""A row of 任务清单 that somebody added."""


@dataclass(frozen=True)
class Filling:
    """One workbook as filled in, and the problems that intake has with it."""

    data: bytes
    problems: tuple[Problem, ...]
    items: tuple[Mapping[str, InputValue], ...]
    common: Mapping[str, CellRef]

    def at(self, sheet: str, row: int) -> list[Problem]:
        """The problems at a row, and of an item those with the cells of the cover that it takes."""
        item = self.items[row - FIRST_ROW] if sheet == ITEM_SHEET.name else {}
        item = {} if item in ASIDE else item
        taken = {place for key, place in self.common.items() if item and not str(item.get(key) or "").strip()}
        return [
            each
            for each in self.problems
            if (each.place.sheet == sheet and each.place.cell[1:] == str(row)) or each.place in taken
        ]


@cache
def issued() -> bytes:
    """The workbook as issued, which takes :data:`RECEIVED` for today."""
    package = OoxmlPackage(report_workbook(content(LISTED)))
    book = parse(package.parts[package.workbook_name])
    today = next(each for each in book.iter(main("definedName")) if each.get("name") == defined_names.TODAY)
    today.text = str(serial(RECEIVED))
    package.parts[package.workbook_name] = serialise(book)
    return package.write()


def filling(luck: random.Random, *, careful: bool) -> Filling:
    """A filling made up at random; a ``careful`` one mostly has nothing wrong."""
    answers: dict[tuple[str, str], Mapping[str, InputValue]] = {}
    items: list[Mapping[str, InputValue]] = []
    for task in LISTED:
        own = [_item(luck, task.label, len(items) + n, careful=careful) for n in range(luck.choice([0, 1, 1, 2]))]
        if careful:
            nil = task.obligation.duty.nil
            own = own or ([] if nil else [{**_GOOD, "task": task.label, "url": "http://a.cn/0"}])
            said: Mapping[str, InputValue] = {"status": REPORTED} if own else {"status": NIL, "statement": "经核实，无"}
        else:
            said = {key: luck.choice(values) for key, values in ANSWERS.items()}
        answers[task.obligation.duty.id, task.reference] = said
        items += own
    if luck.random() < (0.1 if careful else 0.4):
        items[-1:] = [{**each, "published_on": luck.choice(TO_COME)} for each in items[-1:]]
    items = [*luck.sample(ASIDE, luck.choice([0, 0, 1])), *items, *luck.sample(ASIDE, luck.choice([0, 1, 2]))]
    data = fill(issued(), answers=answers, items=items, common=_common(luck, careful=careful))
    if luck.random() < (0.1 if careful else 0.3):
        row = FIRST_ROW - 1 + len(LISTED)
        data = type_into(data, {TASK_SHEET.name: {address(row, TASK_SHEET.index(key)): ADDED[key] for key in ADDED}})
    reading = read_return(data, "a.xlsx", by=RECEIVED)
    return Filling(data, _problems(reading), tuple(items), reading.locator.common)


def _common(luck: random.Random, *, careful: bool) -> dict[str, InputValue]:
    """What is filled once on the cover: all of it by a ``careful`` unit, else some, and some of that wrong."""
    good: dict[str, InputValue] = {key: _GOOD[key] for key in (column.key for column in common_columns())}
    if careful:
        return good
    odd: list[InputValue] = [None, " ", "长" * 41]
    return {key: value if luck.random() < 0.7 else luck.choice(odd) for key, value in good.items()}


def _item(luck: random.Random, label: str, number: int, *, careful: bool) -> dict[str, InputValue]:
    changed = luck.choice([0] * 15 + [1] if careful else [0, 0, 1, 2, 4])
    cells = {key: luck.choice(CELLS[key]) for key in luck.sample(sorted(CELLS), changed)}
    left = luck.choice([(), (), [column.key for column in common_columns()]])  # to the cover
    good = {key: value for key, value in _GOOD.items() if key not in left}
    return {**good, "task": label, "title": f"第{number}条", "url": f"http://a.cn/{number}", **cells}


def _problems(reading: ParsedReturn) -> tuple[Problem, ...]:
    return validate(
        replace(reading.content, unit=UNIT),
        TaskLookup(LISTED),
        reading.locator,
        required=reading.required,
        asked=reading.identity.tasks if reading.identity else (),
        received_on=RECEIVED,
        policy=shipped_policy(),
        workdays=Workdays(announced=frozenset({2026})),
    ).problems


def leaves_open(filled: Filling, problem: Problem) -> bool:
    """Whether a warning says that a task of the month that is due has no answer yet."""
    task = next((each for each in LISTED if each.obligation.key == problem.obligation), None)
    if task is None or task.backlog:
        return False
    if problem.code == "statement_without_nil":
        tasks, key = TaskLookup(LISTED), problem.obligation
        return task.expected and not any(tasks.of_label(str(item.get("task") or "")) == key for item in filled.items)
    return problem.code == "task_unanswered"


FILLINGS = [filling(random.Random(seed), careful=seed % 2 == 0) for seed in range(18)]


@dataclass(frozen=True)
class Seen:
    """A filling with what the sheets show: what the cover says, and 自查 by row."""

    filled: Filling
    cover: str
    tasks: Mapping[int, str]
    items: Mapping[int, str]


@pytest.fixture(scope="module", params=range(len(FILLINGS)))
def seen(request: pytest.FixtureRequest, office: Office, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """What an office program shows of a filling."""
    filled = FILLINGS[request.param]
    path: Path = tmp_path_factory.mktemp("filled") / "a.xlsx"
    path.write_bytes(filled.data)
    with office.open(path) as document:
        tasks, items = (
            dict(enumerate((text or "" for text in column(document, sheet, "check", FIRST_ROW + count - 1)), FIRST_ROW))
            for sheet, count in ((TASK_SHEET, len(LISTED)), (ITEM_SHEET, len(filled.items)))
        )
        said = next(text for text in cover(document) if isinstance(text, str) and is_overall_check(text))
        return Seen(filled, said, tasks, items)



def test_the_cover_says_complete_exactly_where_intake_finds_nothing_wrong_or_open(seen: Seen) -> None:
    left = [each for each in seen.filled.problems if each.is_error or leaves_open(seen.filled, each)]
    understood = [each for each in seen.filled.problems if is_other_word(each)]
    if seen.cover.startswith(TO_DO.partition("{")[0]):
        assert left or understood
    else:
        assert left == []
        doubtful = sum(text.startswith(WATCH) for text in (*seen.tasks.values(), *seen.items.values()))
        assert seen.cover == (WITH_REMARKS.format(count=doubtful) if doubtful else ALL_DONE)


def test_the_cover_names_what_no_row_is_faulted_for(seen: Seen) -> None:
    passing = {row for row, text in seen.items.items() if text[:1] in {GOOD, WATCH}}
    found = {code: [each for each in seen.filled.problems if each.code == code] for code in (AHEAD, UNLISTED)}
    ahead = sum(row_of(each) in passing for each in found[AHEAD])
    assert (AMONG_AHEAD.format(count=ahead) in seen.cover) == (ahead > 0)
    if not ahead:
        assert (AMONG_UNLISTED.format(count=1) in seen.cover) == (len(found[UNLISTED]) == 1)


def is_other_word(found: Problem) -> bool:
    """Whether intake understood a task in other words, which the sheet, unlike a date, faults."""
    in_tasks = found.place.sheet == ITEM_SHEET.name and found.place.cell.startswith(TASK_LETTER)
    return found.code == UNDERSTOOD and in_tasks


def row_of(found: Problem) -> int:
    return int(found.place.cell.lstrip(ascii_uppercase))


def test_a_row_is_faulted_exactly_where_intake_has_a_problem_at_it(seen: Seen) -> None:
    for sheet, texts in ((TASK_SHEET.name, seen.tasks), (ITEM_SHEET.name, seen.items)):
        for row, text in texts.items():
            found = [each for each in seen.filled.at(sheet, row) if each.code not in {*INTAKE_ALONE, AHEAD}]
            faults = [each for each in found if each.is_error or leaves_open(seen.filled, each)]
            told = (sheet, row, text, [each.code for each in found])
            assert not faults or text.startswith(BAD), told
            blamed = any(each.counts or is_other_word(each) for each in seen.filled.at(sheet, row))
            assert not text.startswith(BAD) or blamed or understood_elsewhere(seen, sheet, row), told
            assert not any(each.counts for each in found) or WATCH in text or text.startswith(BAD), told
            assert WATCH not in text or "其中" in text or seen.filled.at(sheet, row), told
            assert (text == LEFT_TO_INTAKE) == is_aside(seen.filled, sheet, row), told


def is_aside(filled: Filling, sheet: str, row: int) -> bool:
    """Whether a row of the items is none: a note on it is all that intake has."""
    return sheet == ITEM_SHEET.name and filled.items[row - FIRST_ROW] in ASIDE


def understood_elsewhere(seen: Seen, sheet: str, row: int) -> bool:
    """Whether intake understood an item to be of the task of a row, which the sheet's own count cannot."""
    if sheet != TASK_SHEET.name:
        return False
    key = LISTED[row - FIRST_ROW].obligation.key
    return any(is_other_word(each) and each.obligation == key for each in seen.filled.problems)


def test_the_mark_up_comments_exactly_the_cells_that_intake_faults() -> None:
    filled = next(each for each in FILLINGS if len({p.place.sheet for p in each.problems if p.is_error}) == 2)
    found = merge_equal(most_severe_per_cell(filled.problems))
    book = openpyxl.load_workbook(io.BytesIO(correction_copy(filled.data, found)))
    marked = {(name, c.coordinate) for name in book.sheetnames for row in book[name] for c in row if c.comment}
    assert marked == {(each.place.sheet, each.place.cell) for each in filled.problems if each.counts}


def test_the_fillings_show_both_sides() -> None:
    assert {AHEAD, UNLISTED} <= {each.code for filled in FILLINGS for each in filled.problems}
    items = [item for filled in FILLINGS for item in filled.items]
    typed = {str(item.get(key)) for item in items for key in ("formed_on", "published_on")}
    assert {"11.5", "11月5日", "10月9日"} & typed, "days without a year"
    faulty = [any(each.is_error for each in filled.problems) for filled in FILLINGS]
    assert 2 <= sum(faulty) <= len(FILLINGS) - 2

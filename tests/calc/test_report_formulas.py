"""自查, 信息条数 and the overall state as a spreadsheet application computes them, against Python, text by text."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import product, zip_longest
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.added import added
from tests.calc.office import Document, Office, ProtectedCellError
from tests.examples import LONG
from tests.workbooks.report_sample import CYCLE, GOOD_ITEM, TASKS, WITH_COMPANIONS, content, duty, item, listed
from zwgk_excel.domain.duties import Cadence
from zwgk_excel.domain.obligations import ReportTask
from zwgk_excel.layout.columns import SheetLayout, layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.contract.common_cells import find_common
from zwgk_excel.workbooks.contract.identity_sheet import FIRST_ROW
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.report.cover import format_days_left
from zwgk_excel.workbooks.report.fill_in import fill, type_into
from zwgk_excel.workbooks.report.report_workbook import report_workbook
from zwgk_excel.workbooks.report.self_check import (
    ERROR,
    TaskFlags,
    count_ahead,
    item_check,
    latest_days,
    overall_check,
    slow_after,
    tally,
    task_check,
)

COVER, TASK_SHEET, ITEM_SHEET = (layout("report")[key] for key in ("cover", "tasks", "items"))
LAST = FIRST_ROW + layout("report").settings["rows"] - 1
NORMATIVE, NEWS, PLAN = (word("item_type", code) for code in ("normative", "news", "plan"))
REPORTED, NIL, PENDING = (word("answer", code) for code in ("reported", "nil", "pending"))

Values = Mapping[str, object]


def filled(
    path: Path,
    tasks: Sequence[ReportTask],
    answers: Mapping[int, Values],
    items: Mapping[int, Values],
    common: Values | None = None,
) -> Path:
    """A workbook with answers (by task number), items (by sheet row) and what is common typed in, not yet computed."""
    book = openpyxl.load_workbook(io.BytesIO(report_workbook(content(tasks))))
    page = book[COVER.name]
    places = find_common([[cell.value for cell in row] for row in page])
    for key, value in (common or {}).items():
        page.cell(places[key][0] + 1, places[key][1] + 1).value = "=NA()" if value is ERROR else value
    rows = {FIRST_ROW + number: values for number, values in answers.items()}
    for sheet, typed in ((TASK_SHEET, rows), (ITEM_SHEET, items)):
        page = book[sheet.name]
        for row, values in typed.items():
            for key, value in values.items():
                page.cell(row, sheet.index(key) + 1).value = "=NA()" if value is ERROR else value
    book.save(path)
    return path


def compare(
    document: Document,
    tasks: Sequence[ReportTask],
    answers: Mapping[int, Values],
    items: Mapping[int, Values],
    common: Values | None = None,
) -> None:
    """Every text and count of the sheets equals what Python says."""
    flags = {each.label: TaskFlags.of(each) for each in tasks}
    typed = [items.get(row, {}) for row in sorted(items)]
    latest = latest_days(CYCLE)
    expected = {
        row: item_check(items[row], flags, typed[:place], common, latest=latest)
        for place, row in enumerate(sorted(items))
    }
    found = column(document, ITEM_SHEET, "check", LAST)
    for row, text in enumerate(found, start=FIRST_ROW):
        assert (text or "") == expected.get(row, ""), (row, items.get(row))
    texts = []
    item_checks = [expected[row] for row in sorted(items)]
    counts = column(document, TASK_SHEET, "count", FIRST_ROW + len(tasks) - 1)
    checks = column(document, TASK_SHEET, "check", FIRST_ROW + len(tasks) - 1)
    for number, (each, count, check) in enumerate(zip(tasks, counts, checks, strict=True)):
        counted = tally(each.label, typed, item_checks, flags[each.label])
        texts.append(task_check(answers.get(number, {}), flags[each.label], counted))
        assert (count, check) == (counted.total, texts[-1]), (each.label, answers.get(number), counted)
    ahead = count_ahead(typed, item_checks, date.today(), latest)
    assert overall_check([*texts, *expected.values()], ahead) in cover(document)


def column(document: Document, sheet: SheetLayout, key: str, last: int) -> list[Any]:
    letter = openpyxl.utils.get_column_letter(sheet.index(key) + 1)
    return [row[0] for row in document.values(sheet.name, f"{letter}{FIRST_ROW}:{letter}{last}")]


def cover(document: Document) -> set[object]:
    return {value for row in document.values(COVER.name) for value in row}


# --- items -------------------------------------------------------------------------------------

MISSING = [item(**{key: None}) for key in GOOD_ITEM]
BLANK = [item(**{key: blank}) for key in ("title", "url", "first_review") for blank in (" ", "　", "\u00a0", "\n")]
NOBODY = [
    item(**{key: text})
    for key in ("title", "first_review", "second_review", "final_review")
    for text in ("—", " / ", "无。", "N/A", "0.", "无人", "、", " ，")
]
DATES = [
    item(formed_on=formed, published_on=published)
    for formed, published in product(
        [date(2026, 11, 3), datetime(2026, 11, 5, 18, 0), "2026.11.3", 20261103, True, date(1999, 12, 31)],
        [date(2026, 11, 5), date(2026, 11, 2), datetime(2026, 11, 3, 8, 0), "明天", 73050, 73051, -1],
    )
]
TYPED_DAYS = [
    item(published_on=text)
    for text in (
        *("2026.11.5", "2026年11月5日", "2026/11/05", " 2026 - 11 - 5 ", "2026-11.2", "2026年11月2日"),
        *("2026.11", "2026年11月", "11月5日", "11-5", "2026.13.1", "2026-2-30", "2126.11.5", "1999-1-1", "20261105"),
        *("2026-11-5-1", "2026-11-5日起", "二〇二六年十一月五日", "26.11.5", "2026-11-05 08:30"),
        *("２０２６－１１－０５", "２０２６．１１．５", "２０２６年１１月５日", "２０２６１１０５"),
        *("20261305", "19991231", " 20261105 ", "　20261105", "2026 1105"),
        *("2026-11-05T10:00:00", "2026-11-5T9:05", "2026-11T", "T10:00", "2026-11-05T"),
        *("2026-11-5 9:05", "2026年11月5日8:30:00", "2026-11-05：", "8:30", ":", "3-15", "3月15日", "20.26110"),
        *("20991231", "20-11-05"),
        *("11.5", "11/05", "１１－５", "11月5号", " 11 月 5 日", "11-5 9:05", "12月31日", "1月31日", "1.1", "2月29日"),
        *("11", "5日", "11月", "11号", "1105", "123", "13.1", "2.30", "0.5", "-5", "11.5.", "2026.1", "20.5"),
        *("20-5-26", "11-5-2026", "11.5.26", "5 Nov", "Nov 5", "11月5日前", "月", "-", "年5", "11.5.5", "11--5"),
        *("1,5", "20,261,105", "2026-11-5\n", "20261105\n", "2026.11\n.5", "11月5日\r\n"),
        *("2026年11月5日10:00", "2026-11-05T10:00:00+08:00", "2026-11-05T10:00:00Z", "2026-11-05 10:00-12:00"),
        *("2026-11-5-", "2026.11.5..", "11-5-", "11.5..", "20261105.5", "20261105.", "20261105 10:00", "2026-11-5--"),
        *(20261105.5, 20261130.7, 20261105.0),
    )
]
WITHOUT_YEAR = [
    item(formed_on=formed, published_on=published)
    for formed, published in product(
        ["10月9日", "12.31", "1月5日", "2.3", "11-20"], ["11月5日", "1-4", date(2026, 11, 5), "2026.11.5"]
    )
]
WITHOUT_YEAR += [
    item(task="D26 行政决策公开", type=word("item_type", "draft"), decision_note="a.docx", opinions_until=until)
    for until in ("12月5日", "1.5", "8.1", "10月3日")
]
SEVERAL = (
    *("http://a.cn/1 http://a.cn/2", "http://a.cn/1；HTTPS://a.cn/2", "http://a.cn/1\nhttp://a.cn/2"),
    *("https://a.cn/go?to=https://b.cn/x", "http://web.cn/2026/http://a.cn/1", "http://a.cn/https"),
)
"""Two addresses in one cell, and one within another."""
LINKS = [
    item(url=url)
    for url in (
        *("https：／／www.example.gov.cn/1", "ｈｔｔｐ：／／a.cn/１"),
        *("http://", "https://a.b", "HTTP://WWW.EXAMPLE.GOV.CN", " https://x.gov.cn/*?~", "ftp://x.gov.cn/aaa"),
        *SEVERAL,
    )
]
PEOPLE = [
    item(first_review=one, second_review=two, final_review=three)
    for one, two, three in product(["李四", "李 四", "王五"], ["李四", "王　五", None], ["李四", "王五", "Ann Lee"])
]
PEOPLE += [
    item(first_review=one, second_review=two)
    for one, two in (
        *(("张三、李四", "李四"), ("李四", "张三，李 四"), ("张三;王五", "赵六,王五"), ("张三、李四", "王五、赵七")),
        *(("李明局长", "李明主任"), ("李明局长（兼）", "李明"), ("李明(副主任)", "李明副局长"), ("李局长", "李主任")),
        *(("（李明）", "李明"), ("李明珠", "李明局长"), ("李", "李"), ("李", "李局长")),
        *(("张三、", "李四、"), ("张三、李四、王五、赵六", "王五、钱七"), ("张三丰、李四", "张三")),
        *(("张三主任、李四局长", "李四"), ("张三主任、李四局长", "王五、李四科长")),
        *(("张三副主任（主持）；李四", "孙八、张三"), ("张三（兼）、李四", "王五（兼）、孙八")),
        *(("李副局长", "李副主任"), ("李副局长、张三", "李局长、王五")),
        *(("张三、、李四", "王五、、孙八"), ("张三丰局长", "张三")),
        *(("张三（兼）局长", "张三"), ("张三主任", "张三丰、李四光")),
        *(("王秘书长", "王五副秘书长"), ("王五秘书长", "王五副秘书长"), ("钱 七 书 记", "赵六、钱七")),
        *(("李明/王强", "李明"), ("李明／王强", "赵六/王强局长"), ("李明\n王强", "王强"), ("同意。\n李明", "李明。")),
        *(("李明\r\n王强", "赵六\n王强（兼）"), ("李明/王强", "李明王强"), ("王强/王五", "李明\n王明")),
        *(("同意/李明", "同意/王强"), ("主任、李明", "主任、王强"), ("李明，OK", "ok，王强"), ("无、李明", "无、王五")),
        *(("李明（书记、局长）", "王强（书记、局长）"), ("李明(书记/局长)、王强", "赵六、王强(科长)")),
        *(("【李明】", "李明"), ("李明*", "李明"), ("李明", "李明："), ("李明:局长", "李明")),
        *(("局长李明", "李明"), ("李明", "副局长李明"), ("局长：李明", "李明"), ("局长李明", "主任李明主任")),
        *(("李\u200b明", "李明\u200b局长"), ("李明\u200b", "王强、李明")),
        *(("书记 李明、王强", "赵六/局长王强"), ("王强局长（兼）", "书记王强"), ("Ann Lee/李明", "ANN LEE")),
        *(("N/A", "李四"), ("N/A", "n/a"), ("/李明/", "／李明"), ("甲一、乙二、丙三、丁四、戊五、己六、庚七", "庚七")),
    )
]
LISTED_NOBODY = [
    item(first_review=text)
    for text in (
        *("主任、局长", "主任/局长", "局长\n副局长", "已审\n局长。", "\n", "/ /", "无，无", "OK、已阅", "局长（兼）"),
        *("同意（盖章）", "（兼）", "局长（李明）", "主任、李明", "局长\n李明", "N/A", "n / a", "无/李明", "局长李明"),
        *("主任：", "主任 局长"),
    )
]
"""Several words in a cell, of which none is a name, or one is."""
COMPANIONS = [
    item(task=task, type=type_, draft_note=draft, reading=reading)
    for task, type_, draft, reading in product(
        ["D01 政策文件", "D02 政府采购"], [NORMATIVE, f" {NORMATIVE}", NEWS], [None, "　", "a.docx"], [None, "b.docx"]
    )
]
ODD = [
    item(task="d02 政府采购"),
    item(task="D02 政府采购 "),
    item(task="D*"),
    item(task="D02 政府采购（2026-10）"),
    item(task=42),
    item(type="*"),
    item(type="~新闻动态"),
    item(title="长" * 200),
    item(title="长" * 201, remark="长" * 501),
    item(phone=13800000000),
    item(phone="00123"),
    item(phone="（０７１４）８７０００００ 转 801／138 0000 0000"),
    item(phone="8700000、１３８00000000;400-800-1234"),
    *(item(phone=text) for text in ("张三 8700000", "1E10", "8700000/15%", "00%", "/", "转")),
    *(item(phone=text) for text in ("8700000、、13800000000/")),
    *(item(phone="；".join(["8700000"] * count)) for count in (3, 4, 5)),
    *(item(phone=text) for text in (";;;;8700000", ";;;8700000;;", "8700000/1380000", f"8700000/{'1' * 40}", "0" * 19)),
    item(title=3.5),
    item(title='说"引号"；×、▲√ 完整；缺 一'),
    item(remark=ERROR),
    item(task=ERROR),
    {"title": "长" * 15_000, "remark": "长" * 15_000},  # over 32,767 together Excel gives an error, LibreOffice none
    {"remark": "只有备注"},
    {"title": " 　\u00a0"},
    {"officer": "\n"},
    {"published_on": 0},
    {"doc_no": "'"},
]
DECIDED = [
    item(task="D26 行政决策公开", type=type_, decision_note=note, opinions=opinions, adoption=adoption)
    for type_, note, opinions, adoption in product(
        [NORMATIVE, word("item_type", "draft")], [None, "无 。", "a.docx"], [None, 0, 2, "无"], [None, "略", "采纳一条"]
    )
]
NUMBERS = ("冶政规\n〔2026〕3号", "冶政规\t〔2026〕3号", "冶政规2026年3号", "冶政规﹝2026﹞3号", "冶政发2026年3号")
DISGUISED = [
    item(task="D01 政策文件", type=type_, title=title, doc_no=number)
    for type_, title, number in product(
        [word("item_type", code) for code in ("policy", "draft", "reading", "survey")],
        ["校外培训机构管理办法", "停车管理办法解读", "关于公开征求《养犬管理办法（草案）》意见的公告", "总规2020–2035"],
        [NUMBERS[0], None],
    )
]
DISGUISED += [item(task="D01 政策文件", type=PLAN, title="通知", doc_no=number) for number in NUMBERS]
DISGUISED += [
    item(task=task, type=type_, title=title, doc_no=number)
    for task, type_, title, number in product(
        ["D01 政策文件", "D02 政府采购"],
        [PLAN, NORMATIVE, NEWS, None],
        ["大冶市停车管理办法", "停车管理办法解读", "通知"],
        ["冶政规〔2026〕3号", "冶政 规（2026）3号", "冶政发〔2026〕3号", None],
    )
]
REPEATED = [
    item(),
    item(task="D10 就业创业"),
    item(task="D10 就业创业", url="https://www.example.gov.cn/other"),
    item(task="D10 就业创业", url="https://www.example.gov.cn/other", title="另一条"),
    item(task="D24 机构职能", url="HTTPS://www.example.gov.cn/OTHER", title="再一条"),
    item(task="D24 机构职能", url="", title="另一条", published_on=date(2026, 11, 6)),
    item(task="D06 环境保护", url=ERROR, title="没有"),
    item(task=None),
    item(task="D15 规划计划", published_on="2026-11-05"),
]
ASIDE: list[dict[str, object]] = [
    {"title": "填表人：张三", "type": "审核人:李四"},
    {"task": "以上信息已经局领导审核"},
    {"remark": "（盖章）"},
    {"remark": "本月信息均已在网站公开。"},
    {"task": "合计", "title": 3},
    {"title": "共 3 条"},
    {"task": "2026年11月25日"},
    {"url": "填报日期：2026年11月25日"},
    {"task": "填表人", "title": "张三", "type": "审核人", "doc_no": "李四", "published_on": "0714-8712345"},
    {"title": "填报人 张三"},
    {"task": "联系人：张三", "phone": 13800000000},
    {"task": "局长：李明", "type": "信息员：李明"},
    {"title": "以下空白"},
    {"published_on": "2026年11月5日"},
    {"title": "公共服务"},
    {"title": "2026年11月25日召开会议"},
    {"title": "填表人：张三", "url": "http://a.cn"},
    {"title": "审核人：张三", "type": PLAN},
    {"title": "审核人：张三", "task": "D02"},
]
NAMED = ["政府采购", "d02", "D02", "2 政府采购", "环境保护", "机构", "D02政府采购", "d06环境保护", "D2政府采购"]
UNDERSTOOD = [
    item(task=task, url=f"https://www.example.gov.cn/{number}", title=f"第{number}条")
    for number, task in enumerate(NAMED, 10)
]
FRAGMENTS = [
    item(task="政府采购", url="https://www.example.gov.cn/f#top", title="一"),
    item(task="D02", url="https://www.example.gov.cn/f", title="二"),
    item(task="D10 就业创业", url="http://www.example.gov.cn/f/#x", title="三"),
    item(task="D10 就业创业", url="http://www.example.gov.cn/f2#x", title="四"),
]
COUNTED = [
    item(task="D26 行政决策公开", url=f"https://www.example.gov.cn/c{number}", title=f"征集{number}", opinions=opinions)
    for number, opinions in enumerate(
        ["3条", "３ 件", "0条", "三条", "3条4", "约3条", "12", "-1", "1234567890123456", "０"]
    )
]
AS_INTAKE = [*ASIDE, *UNDERSTOOD, *FRAGMENTS, *COUNTED]
EVERY = [
    *(item(), *MISSING, *BLANK, *NOBODY, *DATES, *TYPED_DAYS, *WITHOUT_YEAR, *LINKS),
    *(*PEOPLE, *LISTED_NOBODY, *COMPANIONS, *DECIDED, *DISGUISED, *REPEATED, *ODD),
]


def test_what_intake_understands(office: Office, tmp_path: Path) -> None:
    items = dict(enumerate(AS_INTAKE, start=FIRST_ROW))
    answers = {number: {"status": REPORTED} for number in range(len(WITH_COMPANIONS))}
    path = filled(tmp_path / "a.xlsx", WITH_COMPANIONS, answers, items)
    with office.open(path) as document:
        compare(document, WITH_COMPANIONS, answers, items)
        found = column(document, ITEM_SHEET, "check", FIRST_ROW + len(ASIDE) - 1)
    assert [text.startswith("○") for text in found] == [True] * 14 + [False] * 5


def test_items(office: Office, tmp_path: Path) -> None:
    items = dict(enumerate(EVERY, start=FIRST_ROW)) | {LAST: item(title=None), 1000: item(url="x")}
    assert FIRST_ROW + len(EVERY) < 1000
    # One task counts what was published from November on, one from October, the others whatever there is.
    tasks = tuple(
        replace(each, obligation=replace(each.obligation, published_from=first))
        for each, first in zip_longest(WITH_COMPANIONS, [date(2026, 11, 1), date(2026, 10, 1)])
    )
    path = filled(tmp_path / "a.xlsx", tasks, {}, items)
    with office.open(path) as document:
        compare(document, tasks, {}, items)


def test_the_days_beyond_which_it_was_too_late_are_those_of_the_workbook(office: Office, tmp_path: Path) -> None:
    late: Any = item(formed_on=date(2026, 10, 1), published_on=date(2026, 11, 3))
    path = tmp_path / "a.xlsx"
    path.write_bytes(fill(report_workbook(content(publish_within=10)), answers={}, items=[late]))
    with office.open(path) as document:
        (found,) = column(document, ITEM_SHEET, "check", FIRST_ROW)
    flags = {each.label: TaskFlags.of(each) for each in TASKS}
    assert found == item_check(late, flags, slow=slow_after(10)) != item_check(late, flags)


CHOICES: dict[str, list[object]] = {
    "task": [*(each.label for each in TASKS), "D99 没有", None, "　"],
    "title": ["标题", None, " ", "长" * 230, 5],
    "type": [NORMATIVE, NEWS, PLAN, "别的", None],
    "doc_no": [None, "冶政发〔2026〕1号", "长" * 61],
    "formed_on": [date(2026, 10, 9), date(2026, 11, 20), "10月9日", None, datetime(2026, 11, 5, 23, 59)],
    "published_on": [date(2026, 11, 5), date(2026, 10, 1), "2026/11/5", "11.5", "10月1日", None, True],
    "url": ["https://www.example.gov.cn/1", "www.example.gov.cn", None, "http://a.cn"],
    "section": ["科室", None],
    "officer": ["张三", "\u00a0", "长" * 21],
    "phone": [None, 8700000, "长" * 31],
    "first_review": ["李四", "王五", None, "李 四"],
    "second_review": ["李四", "王五", None],
    "final_review": ["李四", "赵六", "王　五"],
    "draft_note": [None, "a.docx", "　"],
    "reading": [None, "b.docx"],
    "remark": [None, "备注", ERROR, None, None],
}
ANSWERS: dict[str, list[object]] = {
    "status": [None, REPORTED, NIL, PENDING, "不知道", f"{NIL} "],
    "statement": [None, "经核实，本期无应公开信息", "　", "长" * 501],
    "remark": [None, "备注"],
}


def test_random_workbooks(office: Office, tmp_path: Path) -> None:
    for seed in range(4 if LONG else 2):
        luck = random.Random(seed)
        rows = luck.sample(range(FIRST_ROW, LAST + 1), 250)
        items = {row: _random(luck, CHOICES) for row in rows}
        answers = {number: _random(luck, ANSWERS) for number in range(len(TASKS))}
        path = filled(tmp_path / f"{seed}.xlsx", TASKS, answers, items)
        with office.open(path) as document:
            compare(document, TASKS, answers, items)


def _random(luck: random.Random, choices: Mapping[str, Sequence[object]]) -> dict[str, object]:
    """Mostly a good row with a few cells drawn at random; sometimes every cell is."""
    changed = luck.choice([0, 1, 2, 3, len(choices)])
    keys = luck.sample(sorted(choices), min(changed, len(choices)))
    start = GOOD_ITEM if "title" in choices else {"status": REPORTED}
    return {**start, **{key: luck.choice(choices[key]) for key in keys}}


# --- tasks -------------------------------------------------------------------------------------

MIXES: tuple[tuple[dict[str, object], ...], ...] = (
    (),
    (item(),),
    (item(), item(title=None)),
    (item(url="x"), item(title=None)),
    (item(type=NEWS), item(type=NEWS, second_review="李四")),
    (item(type=NEWS), item(title=None), item()),
    (item(type=NEWS), item(type=PLAN, title=None)),
)
KINDS: tuple[dict[str, Any], ...] = (
    {},
    {"policy": True},
    {"cadence": Cadence.ON_DEMAND},
    {"cadence": Cadence.ON_DEMAND, "policy": True},
)
STATES = (None, REPORTED, NIL, PENDING, " ", f"　{NIL}", "已报", 3)
STATEMENTS = (None, "经核实，本期无应公开信息", "　")


@pytest.fixture(scope="module")
def matrix() -> tuple[tuple[ReportTask, ...], dict[int, Values], dict[int, Values]]:
    """Every kind of task with every answer and every mix of items: tasks, answers by number, items by row."""
    tasks: list[ReportTask] = []
    answers: dict[int, Values] = {}
    items: list[Values] = []
    # Each fifth of 672: a step that shares no factor with any list goes through all pairs of neighbours.
    every = list(product(KINDS, MIXES, STATES, STATEMENTS))[::5]
    for number, (kind, mix, status, statement) in enumerate(every):
        # Names with wildcards, of which one is the pattern of another.
        tasks.append(listed(duty(f"D{number}", "栏目*?" if number % 3 else "栏目~*?", **kind)))
        answers[number] = {"status": status, "statement": statement}
        # Of each task its own, or all but the first would be repeated.
        items += [_of_its_own(each, f"{number}-{place}") | {"task": tasks[-1].label} for place, each in enumerate(mix)]
    return tuple(tasks), answers, dict(enumerate(items, start=FIRST_ROW))


def _of_its_own(typed: Mapping[str, object], name: str) -> dict[str, object]:
    own = {key: f"{typed[key]}/{name}" for key in ("title", "url") if len(str(typed.get(key) or "")) > 1}
    return {**typed, **own}


def test_tasks(
    office: Office, tmp_path: Path, matrix: tuple[tuple[ReportTask, ...], dict[int, Values], dict[int, Values]]
) -> None:
    tasks, answers, items = matrix
    assert len(items) < layout("report").settings["rows"]
    with office.open(filled(tmp_path / "a.xlsx", tasks, answers, items)) as document:
        compare(document, tasks, answers, items)


def test_error_values_in_answers(office: Office, tmp_path: Path) -> None:
    answers = {0: {"status": ERROR}, 1: {"status": NIL, "statement": ERROR}}
    with office.open(filled(tmp_path / "a.xlsx", TASKS, answers, {})) as document:
        compare(document, TASKS, answers, {})


# --- the workbook in use -----------------------------------------------------------------------


@pytest.fixture
def issued(office: Office, tmp_path: Path) -> Iterator[Document]:
    path = tmp_path / "issued.xlsx"
    path.write_bytes(report_workbook(content()))
    with office.open(path) as document:
        yield document


def test_as_issued(issued: Document) -> None:
    compare(issued, TASKS, {}, {})
    assert format_days_left(date(2026, 11, 25), date.today()) in cover(issued)


def test_from_nothing_to_complete(issued: Document) -> None:
    """An officer fills the workbook cell by cell; nothing that has to be typed is locked."""
    answers: dict[int, Values] = {n: {"status": NIL, "statement": "经核实，无"} for n in (0, 2, 5)}
    answers |= {1: {"status": REPORTED}}
    items: dict[int, Values] = {FIRST_ROW + 300: item(), LAST: item(remark="最后一行")}
    for sheet, typed in ((TASK_SHEET, {FIRST_ROW + n: v for n, v in answers.items()}), (ITEM_SHEET, items)):
        for row, values in typed.items():
            for key, value in values.items():
                letter = openpyxl.utils.get_column_letter(sheet.index(key) + 1)
                issued.set(sheet.name, f"{letter}{row}", value)  # type: ignore[arg-type]
    issued.recalculate()
    compare(issued, TASKS, answers, items)
    assert "填报完整" in cover(issued)


def test_rows_below_the_last_checked_one_still_count(issued: Document) -> None:
    for key, value in item().items():
        letter = openpyxl.utils.get_column_letter(ITEM_SHEET.index(key) + 1)
        issued.set(ITEM_SHEET.name, f"{letter}{LAST + 10}", value)  # type: ignore[arg-type]
    issued.recalculate()
    assert column(issued, TASK_SHEET, "check", FIRST_ROW + 1)[1] == "√ 已填 1 条"


@pytest.mark.parametrize("cell", ["A4", "J4", "K4", "H3", "A1"])
def test_what_is_not_to_be_typed_is_locked(issued: Document, cell: str) -> None:
    with pytest.raises(ProtectedCellError):
        issued.set(TASK_SHEET.name, cell, "x")


def test_a_save_by_another_program_keeps_the_checks(office: Office, tmp_path: Path) -> None:
    items = {FIRST_ROW: item(), FIRST_ROW + 1: item(title=None), LAST: item(second_review="李四")}
    answers: dict[int, Values] = {0: {"status": NIL}, 1: {"status": REPORTED}}
    with office.open(filled(tmp_path / "a.xlsx", TASKS, answers, items)) as document:
        saved = document.save_as(tmp_path / "b.xlsx")
    with office.open(saved) as document:
        compare(document, TASKS, answers, items)
        assert document.is_locked(ITEM_SHEET.name, address(FIRST_ROW - 1, ITEM_SHEET.index("check")))
        assert not document.is_locked(ITEM_SHEET.name, "A4900")


# --- what is filled once on the cover ----------------------------------------------------------

COMMON = {"section": "办公室", "officer": "张三", "phone": 87000000}
COMMON |= {"first_review": "李 四", "second_review": "王五/周九"}
BARE = item(**dict.fromkeys([*COMMON, "final_review"]))
TAKING: list[Values] = [
    BARE,
    BARE | {"final_review": "赵六"},
    BARE | {"final_review": "赵六", "officer": "　", "section": "另一科室"},
    BARE | {"final_review": "李四"},
    BARE | {"final_review": "王　五", "second_review": "赵六"},
    {"remark": "只有备注"},
    {"officer": " "},
    BARE | {"officer": ERROR},
    BARE | {"final_review": "/"},
]


@pytest.mark.parametrize(
    "common",
    [
        COMMON,
        COMMON | {"final_review": "赵六", "section": "长" * 41},
        COMMON | {"officer": ERROR, "section": " ", "final_review": "—"},
        {},
    ],
    ids=["some", "too long", "error", "none"],
)
def test_rows_take_the_common_values_wherever_they_stand(office: Office, tmp_path: Path, common: Values) -> None:
    items = {FIRST_ROW + 3 * number: values for number, values in enumerate(TAKING)} | {LAST: BARE}
    path = filled(tmp_path / "a.xlsx", TASKS, {}, items, common)
    with office.open(path) as document:
        document.recalculate()
        compare(document, TASKS, {}, items, common)


def test_the_telephone_of_the_cover_is_questioned_only_where_it_is_none(office: Office, tmp_path: Path) -> None:
    """Programs do not compute a validation or a colour where a test can see it: their very formulas stand in cells."""
    texts = ["0714-8712345", "（０７１４）８７１２３４５ 转 801", "8712345", 8712345, "871234", "王敏 8712345"]
    path = tmp_path / "a.xlsx"
    path.write_bytes(report_workbook(content()))
    book = openpyxl.load_workbook(path)
    page = book[COVER.name]
    row, place = find_common([[cell.value for cell in each] for each in page])["phone"]
    cell = page.cell(row + 1, place + 1)
    validation = next(each.formula1 for each in page.data_validations.dataValidation if cell.coordinate in each.sqref)
    colours = [
        rule.formula[0]
        for area, rules in page.conditional_formatting._cf_rules.items()
        if cell.coordinate in area.sqref
        for rule in rules
    ]
    asked = next(each for each in colours if validation.removeprefix("=") in each)
    own = f"${cell.column_letter}${cell.row}"
    scratch = book.create_sheet("试")
    for number, text in enumerate(texts, start=1):
        scratch[f"A{number}"] = text
        for column_, formula in (("B", validation), ("C", asked)):
            scratch[f"{column_}{number}"] = "=" + formula.removeprefix("=").replace(own, f"$A${number}")
    book.save(path)
    with office.open(path) as document:
        document.recalculate()
        found = document.values("试", f"B1:C{len(texts)}")
    assert found == [[1, 0]] * 4 + [[0, 1]] * 2


def test_a_telephone_column_of_the_office_is_asked_about_too(office: Office, tmp_path: Path) -> None:
    typed = ["13900000000", "0714-8712345、8712346", 8712345, "办公室", "871234", "长" * 130, None]
    with added({"key": "mobile", "heading": "值班电话", "kind": "phone"}):
        sheet = layout("report")["items"]
        flags = {each.label: TaskFlags.of(each) for each in TASKS}
        expected = [item_check(item(mobile=value), flags) for value in typed]
        places = {key: sheet.index(key) for key in [*item(), "mobile"]}
        rows = [{address(FIRST_ROW - 1 + n, places["mobile"]): value} for n, value in enumerate(typed)]
        rows += [{address(FIRST_ROW - 1 + n, places[key]): value for key, value in item().items()} for n in range(7)]
        cells: dict[str, Any] = {where: value for row in rows for where, value in row.items()}
        path = tmp_path / "a.xlsx"
        path.write_bytes(type_into(report_workbook(content()), {sheet.name: cells}))
        letter = openpyxl.utils.get_column_letter(sheet.index("check") + 1)
    assert [text.startswith("▲") for text in expected] == [False] * 3 + [True] * 3 + [False]
    with office.open(path) as document:
        document.recalculate()
        found = document.values(sheet.name, f"{letter}{FIRST_ROW}:{letter}{FIRST_ROW + len(typed) - 1}")
    assert [row[0] for row in found] == expected

"""自查 in Python: what a row says for what is typed into it, and that the office's review sees it the same way."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import chinese_calendar
import pytest

from tests.workbooks.report_sample import CYCLE, UNIT, WITH_COMPANIONS, item
from zwgk_excel.domain.cell_locator import CellLocator
from zwgk_excel.domain.companions import REVIEWS
from zwgk_excel.domain.deadlines import Policy
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.persons import SEPARATORS, on_one_line
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.returns import ITEM_COLUMNS, AnswerStatus, Item, Return, TaskAnswer
from zwgk_excel.domain.task_lookup import TaskLookup
from zwgk_excel.domain.text import clean_name, parse_date
from zwgk_excel.domain.tracking import satisfies
from zwgk_excel.domain.validation import validate
from zwgk_excel.domain.workdays import Workdays
from zwgk_excel.layout.columns import companion_columns, layout
from zwgk_excel.layout.holidays import provisional_days_off
from zwgk_excel.layout.words import code_of, word
from zwgk_excel.workbooks.contract.excel_value import ExcelValue
from zwgk_excel.workbooks.contract.undated_days import latest_day
from zwgk_excel.workbooks.excel import serial
from zwgk_excel.workbooks.report import self_check
from zwgk_excel.workbooks.report.self_check import (
    ERROR,
    UNREADABLE,
    ItemCounts,
    TaskFlags,
    item_check,
    latest_days,
    overall_check,
    slow_after,
    tally,
    task_check,
)

ITEMS, SHEET = layout("report")["items"], layout("report")["tasks"]
FLAGS = {each.label: TaskFlags.of(each) for each in WITH_COMPANIONS}
NORMATIVE, NEWS, OTHER = word("item_type", "normative"), word("item_type", "news"), word("item_type", "other")
UNFIT = (NEWS, OTHER)
REPORTED, NIL, PENDING = (word("answer", code) for code in ("reported", "nil", "pending"))
BACKLOG = TaskFlags(backlog=True)
ALWAYS = TaskFlags(expected=True, nil=False)
OWED, POLICY, OPTIONAL = TaskFlags(expected=True), TaskFlags(expected=True, policy=True, unfit=UNFIT), TaskFlags()


def heading(key: str) -> str:
    return ITEMS.heading(key)


# --- items -------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [{}, {"title": None}, {"title": ""}, {"title": " 　\u00a0\n", "remark": " "}])
def test_an_empty_row_says_nothing(values: dict[str, object]) -> None:
    assert item_check(values, FLAGS) == ""


def test_a_complete_item() -> None:
    assert item_check(item(), FLAGS) == "√ 完整"
    assert item_check(item(published_on=datetime(2026, 11, 3, 9, 30)), FLAGS) == "√ 完整"


def test_all_missing_cells_are_named_at_once() -> None:
    missing = "、".join(column.heading for column in ITEMS.inputs if column.required)
    assert item_check({"remark": "待填"}, FLAGS) == f"× 缺 {missing}"


@pytest.mark.parametrize("blank", ["　", " \u00a0", "\n", ""])
def test_a_cell_that_only_looks_filled_is_missing(blank: str) -> None:
    assert item_check(item(title=blank), FLAGS) == f"× 缺 {heading('title')}"


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"task": "D99 没有的任务"}, "{task}不在清单中"),
        ({"task": "D02 政府采购 "}, "{task}不在清单中"),  # COUNTIF would not count it either
        ({"type": "随便"}, "{type}请从列表选择"),
        ({"formed_on": "11月3日"}, "{formed_on}不是日期"),
        ({"formed_on": "2026.11.31"}, "{formed_on}不是日期"),
        ({"published_on": "2026.11.2"}, "{published_on}早于{formed_on}"),
        ({"published_on": 20261131}, "{published_on}不是日期"),
        ({"published_on": True}, "{published_on}不是日期"),
        ({"formed_on": date(1999, 12, 31)}, "{formed_on}不是日期"),
        ({"published_on": date(2026, 11, 2)}, "{published_on}早于{formed_on}"),
        ({"url": "www.example.gov.cn/a"}, "{url}不是网址"),
        ({"url": "http://"}, "{url}不是网址"),
        ({"title": "长" * 201}, "{title}超过200字"),
        ({"remark": "长" * 501}, "{remark}超过500字"),
        ({"task": "D01 政策文件", "type": NORMATIVE, "reading": "解读.docx"}, "缺{draft_note}"),
    ],
)
def test_what_blocks(changed: dict[str, object], complaint: str) -> None:
    headings = {column.key: column.heading for column in ITEMS}
    assert item_check(item(**changed), FLAGS) == "× " + complaint.format(**headings)


@pytest.mark.parametrize(
    "changed",
    [
        {"task": "d02 政府采购"},
        {"task": "D02政府采购"},
        {"formed_on": "2026.11.3"},
        {"formed_on": 20261103, "published_on": "２０２６－１１－０５"},
        {"formed_on": "20261103", "published_on": "2026-11-5 10:00"},
        {"formed_on": "2026-11-03T10:00:00", "published_on": "　20261105 "},
        {"url": "https：／／www.example.gov.cn/1"},
        {"formed_on": "2026年11月3日", "published_on": "2026/11/4"},
        {"formed_on": "2026年11月3号", "published_on": "2026.11.04."},
        {"type": f" {word('item_type', 'notice')}　"},
        {"url": "HTTPS://WWW.EXAMPLE.GOV.CN"},
        {"url": "　https://www.example.gov.cn/"},
        {"url": "https：//www.example.gov.cn/1"},
        {"title": "长" * 200},
        {"phone": 8700000},
        {"task": "D02 政府采购", "type": NORMATIVE},
        {"task": "D01 政策文件", "type": NORMATIVE, "draft_note": "起草说明.docx", "reading": "https://a.gov.cn"},
    ],
)
def test_what_is_forgiven(changed: dict[str, object]) -> None:
    assert item_check(item(**changed), FLAGS) == "√ 完整"


def test_a_telephone_of_another_form_is_asked_about() -> None:
    assert item_check(item(phone="办公室"), FLAGS).startswith("▲")
    assert item_check(item(phone=None), FLAGS, common={"phone": "7148700000"}).startswith("▲"), "the cover's too"


def test_three_reviews_are_signed_by_three_people() -> None:
    one, two, three = (heading(key) for key in ("first_review", "second_review", "final_review"))
    assert item_check(item(second_review="李 四"), FLAGS) == f"× {one}与{two}相同"
    assert item_check(item(final_review="王　五"), FLAGS) == f"× {two}与{three}相同"
    all_one = item(second_review="李四", final_review="李四")
    assert item_check(all_one, FLAGS) == f"× {one}与{two}相同；{one}与{three}相同"


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("李明局长", "李明主任", True),
        ("李明局长（兼）", "李 明", True),
        ("李明(副主任)", "李明（局长）", True),
        ("李局长", "李主任", False),
        ("李明局长", "李明珠", False),
        ("张三主任、李四局长", "李四", True),
        ("张三副主任（主持），李四", "孙八；张三科长", True),
        ("张三（兼）、李四", "王五（兼）、孙八", False),
        ("李副局长、张三", "李局长、王五", False),
        ("李明/王强", "李明", True),
        ("李明／张三", "王强；张三局长", True),
        ("李明（党委委员、副局长）", "王强（党委委员、副局长）", False),
        ("同意、李明", "同意、王强", False),
    ],
)
def test_a_rank_or_a_remark_makes_no_other_person_here_or_on_receipt(one: str, two: str, same: bool) -> None:
    told = f"× {heading('first_review')}与{heading('second_review')}相同" if same else "√ 完整"
    for first, second in ((one, two), (two, one)):
        assert item_check(item(first_review=first, second_review=second), FLAGS) == told
    assert reviewed([item(first_review=one, second_review=two)], {}).items[0].valid is not same


@pytest.mark.parametrize(
    ("cycle", "key", "typed", "day"),
    [
        (Month(2026, 11), "published_on", "11.5", date(2026, 11, 5)),
        (Month(2026, 11), "published_on", "１１月５日", date(2026, 11, 5)),
        (Month(2027, 1), "formed_on", "12月28日", date(2026, 12, 28)),
        (Month(2026, 12), "published_on", "1-4", date(2027, 1, 4)),
        (Month(2026, 12), "opinions_until", "1月31日", date(2027, 1, 31)),
        (Month(2026, 11), "opinions_until", "10.3", date(2026, 10, 3)),
        (Month(2028, 3), "formed_on", "2月29日", date(2028, 2, 29)),
        (Month(2026, 3), "formed_on", "2月29日", None),
        (Month(2026, 11), "formed_on", "11月", None),
    ],
)
def test_a_day_without_a_year_is_the_same_here_and_on_receipt(
    cycle: Month, key: str, typed: str, day: date | None
) -> None:
    column = layout("report")["items"][key]
    cell = ExcelValue(typed, latest_days(cycle)[key])
    assert cell.day == (serial(day) if day else 0)
    assert parse_date(typed, by=latest_day(column, cycle)) == day


NAMES, AFTER = ("李明", "李 明", "王强", "Ann Lee", "李", "王明珠"), ("", "", "局长", "副局长", "秘书长")
REMARKS = ("", "", "", "（兼）", "(主持)", "（组员、副局长）")
PARTS = (NAMES, AFTER, REMARKS)
WORDS = ("同意。", "已审", "无", "局长", "N/A", "ok", "")


def signed(luck: random.Random) -> str:
    """What may be typed into a review: one name or two, with ranks after them and remarks, or words that are none."""
    drawn = (luck.choices(each, k=4) for each in PARTS)
    people = [name + after + remark for name, after, remark in zip(*drawn, strict=True)]
    between = luck.choice([*SEPARATORS, "\n", "\r\n"])
    return between.join(luck.sample([*people, luck.choice(WORDS)], luck.choice([1, 2])))


def test_who_signed_is_the_same_here_and_on_receipt() -> None:
    """Only a rank before a name is left to intake (docs/items.md)."""
    found = set()
    for seed in range(2000):
        luck = random.Random(seed)
        typed = {key: signed(luck) for key in REVIEWS}
        if max(map(len, typed.values())) <= ITEMS["first_review"].max_length:
            read = {key: clean_name(on_one_line(text)) for key, text in typed.items()}
            valid = reviewed([item(**read)], {}).items[0].valid
            assert item_check(item(**typed), FLAGS).startswith("×") is not valid, typed
            found.add(valid)
    assert found == {True, False}


def test_a_rank_alone_signs_nothing() -> None:
    for rank in ("局长", " 副主任", "主任、局长", "局长/科长", "局长\n副局长", "局长（兼）", "已审\n局长。"):
        assert item_check(item(second_review=rank), FLAGS) == f"× 缺 {heading('second_review')}"
    assert item_check(item(second_review="局长王五"), FLAGS) == "√ 完整"


def test_an_item_has_one_link() -> None:
    told = f"▲ 请核对；{heading('url')}里不止一个网址"
    assert item_check(item(url="http://a.cn/1、http://a.cn/2"), FLAGS) == told
    assert item_check(item(url="http://a.cn/go?to=http://b.cn"), FLAGS) == "√ 完整"


@pytest.mark.parametrize("filler", ["无", " 无。", "没有", "/", "—", "略", "见附件", "None", "。"])
def test_what_only_fills_the_cell_is_no_companion(filler: str) -> None:
    row = item(task="D01 政策文件", type=NORMATIVE, draft_note=filler, reading=filler)
    assert item_check(row, FLAGS) == f"× 缺{heading('draft_note')}；▲缺{heading('reading')}"


def test_a_draft_decision_and_the_decision_bring_what_the_notice_asks_for() -> None:
    draft = item(task="D26 行政决策公开", type=word("item_type", "draft"))
    note, until, opinions, adoption = (
        heading(key) for key in ("decision_note", "opinions_until", "opinions", "adoption")
    )
    assert item_check(draft, FLAGS) == f"× 缺{note}；▲缺{until}"
    assert item_check(draft | {"decision_note": "说明.docx", "opinions_until": date(2026, 11, 30)}, FLAGS) == "√ 完整"
    decision = item(task="D26 行政决策公开", type=NORMATIVE, reading="解读.docx")
    assert item_check(decision, FLAGS) == f"▲ 请核对；缺{opinions}；▲缺{adoption}"
    assert item_check(decision | {"opinions": 0}, FLAGS) == "√ 完整"  # nobody said anything
    assert item_check(decision | {"opinions": 3, "adoption": "无"}, FLAGS) == f"▲ 请核对；缺{adoption}"
    plan = item(task="D15 规划计划", type=word("item_type", "plan"))
    assert item_check(plan, FLAGS) == f"▲ 请核对；缺{heading('reading')}"


def test_a_consultation_and_its_feedback_say_how_long_and_what_came() -> None:
    until, channels, opinions, adoption = (
        heading(key) for key in ("opinions_until", "channels", "opinions", "adoption")
    )
    call = item(task="D26 行政决策公开", type=word("item_type", "survey"))
    assert item_check(call, FLAGS) == f"▲ 请核对；缺{until}；▲缺{channels}"
    assert item_check(call | {"opinions_until": date(2026, 11, 30), "channels": "网站"}, FLAGS) == "√ 完整"
    told = item(task="D26 行政决策公开", type=word("item_type", "feedback"))
    assert item_check(told, FLAGS) == f"▲ 请核对；缺{opinions}；▲缺{adoption}"
    assert item_check(told | {"opinions": 0}, FLAGS) == "√ 完整"


def test_warnings_do_not_block() -> None:
    normative = item(task="D01 政策文件", type=NORMATIVE, draft_note="起草说明.docx")
    assert item_check(normative, FLAGS) == f"▲ 请核对；缺{heading('reading')}"


def test_errors_come_before_warnings() -> None:
    row = item(title=None, url="ftp://a.gov.cn/x", second_review="李四")
    row |= {"task": "D15 规划计划", "type": word("item_type", "plan")}
    reviewers = f"{heading('first_review')}与{heading('second_review')}相同；▲缺{heading('reading')}"
    assert item_check(row, FLAGS) == f"× 缺 {heading('title')}；{heading('url')}不是网址；{reviewers}"


def test_error_values_are_told() -> None:
    assert item_check(item(remark=ERROR), FLAGS) == self_check.UNREADABLE
    assert item_check({"title": "长" * 40_000}, FLAGS) == self_check.UNREADABLE


# --- tasks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "statement", "flags", "counted", "expected"),
    [
        (None, None, OWED, ItemCounts(), "× 请选择{status}"),
        ("　", None, OWED, ItemCounts(), "× 请选择{status}"),
        (PENDING, None, OWED, ItemCounts(), f"× {PENDING}"),
        (None, None, OPTIONAL, ItemCounts(), "○ 可选"),
        (PENDING, None, OPTIONAL, ItemCounts(), "○ 可选"),
        (NIL, "经核实，本期无应公开信息", OWED, ItemCounts(), f"√ {NIL}"),
        (NIL, None, OWED, ItemCounts(), "× 请填写{statement}"),
        (NIL, "无。", OWED, ItemCounts(), "× 请填写{statement}"),
        (NIL, "　", OPTIONAL, ItemCounts(), "× 请填写{statement}"),
        (NIL, "经核实，无", ALWAYS, ItemCounts(), f"× 不能选{NIL}，请报送信息"),
        (NIL, None, ALWAYS, ItemCounts(), f"× 不能选{NIL}，请报送信息"),
        (NIL, None, OWED, ItemCounts(2, 0, 2), f"▲ 已填 2 条；选了{NIL}，但有 2 条"),
        (None, None, BACKLOG, ItemCounts(), "▲ 补报；还没有填报"),
        (PENDING, None, BACKLOG, ItemCounts(), "▲ 补报；还没有填报"),
        (REPORTED, None, BACKLOG, ItemCounts(), f"▲ 补报；选了{REPORTED}，但{ITEMS.name}无条目"),
        (NIL, "经核实，无", BACKLOG, ItemCounts(), f"√ {NIL}"),
        (NIL, "１", OWED, ItemCounts(), "× 请填写{statement}"),
        (NIL, "经核实，无", ALWAYS, ItemCounts(2, 0, 2), f"▲ 已填 2 条；选了{NIL}，但有 2 条"),
        (None, "本期没有", OWED, ItemCounts(), "× 有{statement}，请选" + NIL),
        (None, "本期没有", OPTIONAL, ItemCounts(), "▲ 可选；有{statement}，但没有选" + NIL),
        (REPORTED, None, OWED, ItemCounts(), f"× 选了{REPORTED}，但{ITEMS.name}无条目"),
        (REPORTED, None, OPTIONAL, ItemCounts(), f"× 选了{REPORTED}，但{ITEMS.name}无条目"),
        ("已经报了", None, OWED, ItemCounts(), "× {status}请从列表选择"),
        ("无更新", "经核实，本期无应公开信息", OWED, ItemCounts(), f"√ {NIL}"),
        ("已报", None, OWED, ItemCounts(3, 0, 3), "√ 已填 3 条"),
        (REPORTED, None, OWED, ItemCounts(3, 0, 3), "√ 已填 3 条"),
        (None, None, OWED, ItemCounts(3, 0, 3), "√ 已填 3 条"),
        (REPORTED, None, OWED, ItemCounts(3, 1, 2), "▲ 已填 3 条；其中 1 条不完整"),
        (NIL, "已另报", OWED, ItemCounts(2, 0, 2), f"▲ 已填 2 条；选了{NIL}，但有 2 条"),
        (PENDING, None, OWED, ItemCounts(2, 0, 2), f"▲ 已填 2 条；选了{PENDING}，但有 2 条"),
        (REPORTED, "另有一条待发", OWED, ItemCounts(1, 0, 1), "▲ 已填 1 条；有{statement}，但没有选" + NIL),
        (REPORTED, None, POLICY, ItemCounts(2, 0, 0), f"× 政策性栏目只有{NEWS}、{OTHER}"),
        (REPORTED, None, POLICY, ItemCounts(2, 1, 0), f"× 政策性栏目只有{NEWS}、{OTHER}；▲其中 1 条不完整"),
        (REPORTED, None, POLICY, ItemCounts(2, 2, 0), "▲ 已填 2 条；其中 2 条不完整"),
        (REPORTED, None, OWED, ItemCounts(2, 0, 0), "√ 已填 2 条"),
        (ERROR, None, OWED, ItemCounts(), self_check.UNREADABLE),
    ],
)
def test_tasks(status: object, statement: object, flags: TaskFlags, counted: ItemCounts, expected: str) -> None:
    headings = {column.key: column.heading for column in SHEET}
    assert task_check({"status": status, "statement": statement}, flags, counted) == expected.format(**headings)


def counted(label: str, rows: Sequence[Mapping[str, object]]) -> ItemCounts:
    """The counts of a task's items among all rows."""
    checks = [item_check(row, FLAGS, rows[:place]) for place, row in enumerate(rows)]
    return tally(label, rows, checks, TaskFlags(unfit=UNFIT))


ELSEWHERE = item(title="另一条", url="https://www.example.gov.cn/2")


def test_an_item_of_another_task_is_repeated_by_its_link_or_by_title_and_day() -> None:
    mine, told = item(task="D06 环境保护"), "× 与上面报给其他任务的一条相同"
    assert item_check(mine, FLAGS, [item()]) == told
    assert item_check(mine | {"url": ELSEWHERE["url"]}, FLAGS, [item()]) == told
    assert item_check(mine | {"title": "另一条"}, FLAGS, [ELSEWHERE, item()]) == told
    other_link = item(url="https://www.example.gov.cn/3")
    assert item_check(mine | {"title": "另一条"}, FLAGS, [other_link]) == "√ 完整"
    assert item_check(item(), FLAGS, [item()]) == "√ 完整"  # twice for one task is only a remark of the office's
    assert item_check(mine, FLAGS, [ELSEWHERE]) == "√ 完整"
    same_page = item(title="另一条", url=f"{item()['url']}/".replace("https", "http"))
    assert item_check(mine, FLAGS, [same_page]) == told


def test_what_surely_came_too_late_is_doubtful() -> None:
    late = item(formed_on=date(2026, 9, 23), published_on=date(2026, 11, 3))
    told = f"▲ 请核对；{heading('published_on')}在{heading('formed_on')} 40 天以后，可能超期公开"
    assert item_check(late, FLAGS) == told
    assert item_check(late | {"formed_on": date(2026, 9, 24)}, FLAGS) == "√ 完整"
    stricter = told.replace(" 40 ", f" {slow_after(10)} ")
    assert item_check(late, FLAGS, slow=slow_after(10)) == stricter


@pytest.mark.parametrize("within", [1, 5, 10, 20, 30])
def test_more_days_than_that_have_more_working_days_in_every_calendar(within: int) -> None:
    to_come = Workdays(statutory=provisional_days_off(()))
    announced = [chinese_calendar.is_workday(date(2026, 1, 1) + timedelta(each)) for each in range(-2000, 365)]
    provisional = [to_come.is_workday(date(2027, 1, 1) + timedelta(each)) for each in range(8000)]
    span = slow_after(within) + 1
    for days in (announced, provisional):
        assert min(sum(days[first : first + span]) for first in range(len(days) - span)) > within


@pytest.mark.parametrize("number", [-3, "-3条", 1.5])
def test_a_number_of_opinions_is_none_below_zero(number: object) -> None:
    assert item_check(item(opinions=number), FLAGS) == f"× {heading('opinions')}不是不小于 0 的整数"


def test_an_item_published_before_its_window_does_not_count() -> None:
    flags = {"D02 政府采购": TaskFlags(expected=True, published_from=date(2026, 10, 1))}
    late = item(formed_on=date(2026, 9, 1), published_on=date(2026, 9, 30))
    assert item_check(late, flags) == f"× {heading('published_on')}早于该任务的起算日期 2026-10-01"
    assert item_check(late | {"published_on": date(2026, 10, 1)}, flags) == "√ 完整"


def test_a_normative_document_under_another_type_is_told_where_companions_are_asked_for() -> None:
    policy = word("item_type", "policy")
    numbered = item(task="D01 政策文件", type=policy, doc_no="冶政规 〔2026〕3号")
    assert item_check(numbered, FLAGS).startswith(f"× {heading('doc_no')}是规范性文件的")
    titled = item(task="D01 政策文件", type=policy, title="大冶市城区停车管理办法")
    assert item_check(titled, FLAGS).startswith(f"▲ 请核对；看{heading('title')}像{NORMATIVE}")
    for fine in ({"title": "《停车管理办法》解读"}, {"task": "D02 政府采购"}, {"type": NEWS}):
        assert item_check(titled | fine, FLAGS) == "√ 完整"


def test_items_are_counted_by_task() -> None:
    items: list[Mapping[str, object]] = [item(), item(title=None), item(type=NEWS)]
    items += [ELSEWHERE | {"task": "D06 环境保护"}, {"task": ERROR}, {"remark": "x"}]
    assert counted("D02 政府采购", items) == ItemCounts(total=3, bad=1, useful=1)
    assert counted("D06 环境保护", items) == ItemCounts(1, 0, 1)
    assert counted("D10 就业创业", items) == ItemCounts()


def test_overall() -> None:
    assert overall_check([]) == overall_check(["", "√ 完整", "○ 可选"]) == "填报完整"
    assert overall_check(["", "√ 完整", "▲ 请核对；略", "○ 可选"]) == "可以报送，有 1 行请核对"
    assert overall_check(["× 一", "", "× 二", "√"]) == "还有 2 行未填或有误"
    assert overall_check(["× 一"], ahead=2) == "还有 3 行未填或有误，其中 2 条的发布日期晚于今天"
    assert overall_check(["√"], unlisted=1) == "还有 1 行未填或有误，其中 1 行不是下发的任务"


# --- the same rules in the domain --------------------------------------------------------------


def reviewed(rows: Sequence[Mapping[str, Any]], answers: Mapping[str, tuple[str, str]]) -> Return:
    """What the office's review makes of the same rows."""
    items = [_item(row, number) for number, row in enumerate(rows, start=4)]
    obligations = {each.label: each.obligation for each in WITH_COMPANIONS}
    given = [
        TaskAnswer(
            "",
            task=(obligations[label].duty.id, obligations[label].reference),
            status=AnswerStatus(code) if (code := code_of("answer", status)) else None,
            statement=statement,
            row=row,
        )
        for row, (label, (status, statement)) in enumerate(answers.items(), start=4)
    ]
    sheets = {"tasks": SHEET.name, "items": ITEMS.name}
    keys = [(sheet, column.key) for sheet in sheets for column in layout("report")[sheet]]
    locator = CellLocator("a.xlsx", sheets, dict.fromkeys(keys, "A"), {key: key[1] for key in keys})
    return validate(
        Return(UNIT, CYCLE, tuple(given), tuple(items)),
        TaskLookup(WITH_COMPANIONS),
        locator,
        required=[column.key for column in self_check.required(ITEMS)],
        companions=companion_columns(),
        received_on=date(2026, 11, 20),
        policy=Policy({}),
        workdays=Workdays(),
    )


def _item(row: Mapping[str, Any], number: int) -> Item:
    fields = {key: value for key, value in row.items() if key in ITEM_COLUMNS}
    more = {key: value for key, value in row.items() if key not in ITEM_COLUMNS}
    return Item(**fields | {"type": code_of("item_type", str(row.get("type", ""))) or ""}, row=number, more=more)


OWN_PAGE = f"{item()['url']}/".replace("https", "http")
ROWS = [
    item(),
    item(title=None),
    item(task="D99 没有"),
    item(published_on=date(2026, 11, 2)),
    item(second_review="李四"),
    item(second_review="李四（副主任）"),
    item(final_review="李 四局长"),
    item(task="D01 政策文件", type=NORMATIVE, draft_note="附件1", reading="b.docx"),
    item(task="D01 政策文件", type=NORMATIVE, draft_note=OWN_PAGE, reading="有"),
    item(task="D01 政策文件", type=word("item_type", "policy"), title="大冶市促进招商引资的若干规定"),
    item(task="D01 政策文件", type=word("item_type", "policy"), title="印发《考核规则》的通知（冶政规〔2026〕3号）"),
    item(task="D01 政策文件", type=NORMATIVE),
    item(task="D01 政策文件", type=NORMATIVE, draft_note="x"),
    item(task="D01 政策文件", type=NORMATIVE, draft_note="无", reading="b.docx"),
    item(task="D15 规划计划", type=word("item_type", "plan"), reading="/"),
    item(task="D26 行政决策公开", type=word("item_type", "draft"), opinions_until=date(2026, 11, 30)),
    item(task="D26 行政决策公开", type=word("item_type", "draft"), decision_note="a.docx"),
    item(type=word("item_type", "survey"), opinions_until=date(2026, 11, 1)),
    item(type=word("item_type", "feedback"), opinions_until=date(2026, 11, 1)),
    item(task="D26 行政决策公开", type=NORMATIVE, reading="a.docx", opinions=0),
    item(task="D26 行政决策公开", type=NORMATIVE, reading="a.docx", opinions=2, adoption="略"),
    item(type=NORMATIVE),
    item(task="D01 政策文件", type=word("item_type", "policy"), doc_no="冶政规〔2026〕3号"),
    item(task="D01 政策文件", type=word("item_type", "notice"), title="大冶市停车管理办法（试行）"),
    item(task="D06 环境保护", type=OTHER),
    item(final_review=None, officer=None),
    item(task="D06 环境保护", type=NEWS, url="https://www.example.gov.cn/news/1"),
]


@pytest.mark.parametrize("row", ROWS)
def test_an_item_is_valid_exactly_where_the_check_does_not_block(row: dict[str, object]) -> None:
    found = reviewed([row], {})
    assert found.items[0].valid is not item_check(row, FLAGS).startswith("×")


def test_warnings_show_in_both_or_neither() -> None:
    for row in ROWS:
        text = item_check(row, FLAGS)
        found: list[Problem] = [p for p in reviewed([row], {}).problems if p.place.sheet == ITEMS.name]
        assert ("▲" in text) == any(not p.is_error for p in found), text


@pytest.mark.parametrize(
    "rows", [[], [item()], [item(title=None)], [item(type=NEWS)], [item(type=OTHER), item(type=NEWS)]]
)
@pytest.mark.parametrize("status", ["", REPORTED, NIL, PENDING])
@pytest.mark.parametrize("statement", ["", "经核实，本期无应公开信息", "无"])
@pytest.mark.parametrize("label", ["D02 政府采购", "D06 环境保护", "D24 机构职能"])
def test_a_task_is_done_exactly_where_no_check_blocks(
    rows: list[dict[str, object]], status: str, statement: str, label: str
) -> None:
    own = [{**row, "task": label} for row in rows]
    texts = [task_check({"status": status, "statement": statement}, FLAGS[label], counted(label, own))]
    texts += [item_check(row, FLAGS, own[:place]) for place, row in enumerate(own)]
    done = not overall_check(texts).startswith(self_check.TO_DO.partition("{")[0])
    found = reviewed(own, {label: (status, statement)})
    unsaid = {"task_unanswered"} if own or label == "D24 机构职能" else {"task_unanswered", "statement_without_nil"}
    left = [p for p in found.problems if p.obligation == _key(label) and (p.is_error or p.code in unsaid)]
    assert done == (not left)


def _key(label: str) -> str:
    return next(each.obligation.key for each in WITH_COMPANIONS if each.label == label)


def test_what_the_check_calls_done_satisfies() -> None:
    """No owed task that says √ or ▲ with a complete item is left unsatisfied by tracking."""
    broken = [item(), item(title=None)]
    for status, statement, rows in [(NIL, "经核实，无", []), ("", "", [item()]), (REPORTED, "", broken)]:
        text = task_check({"status": status, "statement": statement}, OWED, counted("D02 政府采购", rows))
        assert text[0] in "√▲"
        assert satisfies(reviewed(rows, {"D02 政府采购": (status, statement)}), WITH_COMPANIONS[1].obligation)


COMMON = {"section": "科", "officer": "张三", "first_review": "李四", "second_review": "王五", "final_review": "赵六"}


def test_a_blank_cell_takes_what_is_filled_once_on_the_cover() -> None:
    bare = item(**dict.fromkeys(COMMON))
    assert item_check(bare, FLAGS, common=COMMON) == "√ 完整"
    assert item_check(bare, FLAGS, common=COMMON | {"officer": "　"}) == f"× 缺 {heading('officer')}"
    assert item_check(bare | {"officer": " "}, FLAGS, common=COMMON) == "√ 完整"
    assert item_check({}, FLAGS, common=COMMON) == ""  # nobody began that row
    same = f"× {heading('first_review')}与{heading('final_review')}相同"
    assert item_check(bare | {"final_review": "李 四"}, FLAGS, common=COMMON) == same
    assert item_check(bare, FLAGS, common=COMMON | {"section": ERROR}) == UNREADABLE
    assert item_check(bare | {"section": "科"}, FLAGS, common=COMMON | {"section": ERROR}) == "√ 完整"

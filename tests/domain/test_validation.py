from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.domain.make import CYCLE, duty, november, obligation
from zwgk_excel.domain.cell_locator import CellLocator
from zwgk_excel.domain.companions import OF_OLD
from zwgk_excel.domain.obligations import ReportTask, label
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.domain.returns import AnswerStatus, Item, Return, TaskAnswer
from zwgk_excel.domain.same_items import EarlierItem
from zwgk_excel.domain.task_lookup import TaskLookup
from zwgk_excel.domain.tracking import satisfies
from zwgk_excel.domain.validation import validate
from zwgk_excel.domain.workdays import Workdays
from zwgk_excel.layout.columns import companion_columns, layout
from zwgk_excel.layout.policy import load_policy, shipped_policy
from zwgk_excel.layout.words import words

DOCUMENTS = obligation(duty("D01", "政策文件", policy=True, companions=OF_OLD), "市政府办")
PURCHASES = obligation(duty("D02", "政府采购"), "市政府办")
OCTOBER = obligation(duty("D02", "政府采购"), "市政府办", CYCLE - 1)
TASKS = TaskLookup(
    [ReportTask(each, "市政府办", label(each, plain=True)) for each in (DOCUMENTS, PURCHASES)],
    [ReportTask(OCTOBER, "市政府办", label(OCTOBER, plain=False), backlog=True)],
)
SHEETS = layout("report").sheets
LOCATOR = CellLocator(
    "市政府办.xlsx",
    {key: sheet.name for key, sheet in SHEETS.items()},
    {(key, column.key): chr(65 + i) for key, sheet in SHEETS.items() for i, column in enumerate(sheet)},
    {(key, column.key): column.heading for key, sheet in SHEETS.items() for column in sheet},
    type_words=words("item_type"),
)
GOOD = Item(
    task="D02 政府采购",
    title="采购目录",
    type="notice",
    formed_on=november(2),
    published_on=november(5),
    url="http://a.cn/1",
    section="办公室",
    officer="甲",
    first_review="乙",
    second_review="丙",
    final_review="丁",
    row=4,
)
RULES: dict[str, Any] = {"policy": shipped_policy(), "workdays": Workdays(announced=frozenset({2026}))}
DONE = [
    TaskAnswer("", ("D01", "2026-11"), AnswerStatus.NIL, "经核实，本期无更新。", row=4),
    TaskAnswer("", ("D02", "2026-11"), AnswerStatus.REPORTED, row=5),
]


def reviewed(
    *items, answers=DONE, problems=(), policy=None, received_on=None, tasks=TASKS, elsewhere=(), locator=LOCATOR
):
    return validate(
        Return("市政府办", CYCLE, tuple(answers), items, tuple(problems)),
        tasks,
        locator,
        elsewhere=elsewhere,
        required=[column.key for column in SHEETS["items"] if column.required],
        companions=companion_columns(),
        received_on=received_on or november(20),
        policy=policy or shipped_policy(),
        workdays=Workdays(announced=frozenset({2026})),
    )


def found(*items, **values):
    return [(p.code, p.place.sheet, p.place.cell) for p in reviewed(*items, **values).problems]


def test_a_sound_return_has_no_problem():
    result = reviewed(GOOD)
    assert result.problems == ()
    assert [(i.obligation, i.valid) for i in result.items] == [(PURCHASES.key, True)]
    assert [a.obligation for a in result.answers] == [DOCUMENTS.key, PURCHASES.key]


@pytest.mark.parametrize(
    ("task", "key"),
    [
        ("D02 政府采购", PURCHASES.key),
        ("d02政府采购", PURCHASES.key),
        ("Ｄ02", PURCHASES.key),
        ("D02 政府采购（旧名）", PURCHASES.key),
        ("D02 政府采购（2026-10）", OCTOBER.key),
        ("D02(2026-10)", OCTOBER.key),
        ("政府采购", PURCHASES.key),
        ("2 政府采购", PURCHASES.key),
        ("02、政府采购", PURCHASES.key),
        ("政府采购（2026-10）", OCTOBER.key),
        ("采购", ""),
        ("2", ""),
        ("D99 没有的", ""),
        ("D02 政府采购（2020-01）", ""),
    ],
)
def test_tasks_as_people_type_them(task, key):
    assert TASKS.of_label(task) == key


def test_a_nil_report_where_something_is_due_every_time_is_refused():
    report = obligation(duty("D41", "年报", nil=False), "市政府办")
    tasks = TaskLookup([ReportTask(report, "市政府办", label(report, plain=True))])

    def said(*items, statement="经核实，本期无更新。"):
        answer = TaskAnswer("", ("D41", "2026-11"), AnswerStatus.NIL, statement, row=4)
        content = Return("市政府办", CYCLE, (answer,), items)
        return validate(content, tasks, LOCATOR, required=(), received_on=november(20), **RULES)

    assert [(p.code, p.place.cell) for p in said().problems] == [("nil_refused", "H4")]
    assert [(p.code, p.place.cell) for p in said(statement="").problems] == [("nil_refused", "H4")]
    assert not satisfies(said(), report)
    with_items = said(replace(GOOD, task="D41 年报"))
    assert [p.code for p in with_items.problems] == ["nil_with_items"]
    assert satisfies(with_items, report)


@pytest.mark.parametrize(
    ("received", "codes"), [(date(2026, 10, 31), ["nil_too_early"]), (november(1), []), (november(20), [])]
)
def test_a_nil_report_of_a_month_that_has_not_begun_is_none(received, codes):
    """Reports are due before their month ends, so that they come before the end is usual."""
    tasks = TaskLookup([ReportTask(PURCHASES, "市政府办", label(PURCHASES, plain=True))])
    answer = TaskAnswer("", ("D02", "2026-11"), AnswerStatus.NIL, "经核实，本期无更新。", row=4)
    content = Return("市政府办", CYCLE, (answer,), ())
    found = validate(content, tasks, LOCATOR, required=(), received_on=received, **RULES)
    assert [p.code for p in found.problems] == codes
    assert satisfies(found, PURCHASES) == (not codes)


def test_words_that_two_tasks_share_need_the_number():
    twice = [obligation(duty(each, "重大项目建设"), "市发改委") for each in ("D18", "D36")]
    tasks = TaskLookup([ReportTask(each, "市发改委", label(each, plain=True)) for each in twice])
    assert tasks.of_label("重大项目建设") == ""
    assert tasks.of_label("36 重大项目建设") == twice[1].key
    assert tasks.of_label("3 重大项目建设") == ""


def test_the_year_that_the_reader_chose_is_told_with_every_fault_of_that_day():
    place = CellRef("市政府办.xlsx", "信息明细", "E4")
    note = problem("date_year", place, heading="形成日期", value="1月5日", result="2027-01-05")
    late = replace(GOOD, formed_on=date(2027, 1, 5))
    for received, code in ((november(20), "item_published_future"), (date(2027, 1, 6), "item_published_early")):
        told = [p for p in reviewed(late, problems=[note], received_on=received).problems if p.is_error]
        assert [p.code for p in told] == [code]
        assert "（形成日期填的是“1月5日”，没有写年份，已按 2027-01-05 理解）" in told[0].found
        assert told[0].action.endswith("；意思是别的年份的，请写上年份")
    other = replace(GOOD, row=5, title="另一条", url="http://a.cn/2", formed_on=november(30))
    assert not any("1月5日" in p.found for p in reviewed(other, problems=[note]).problems if p.is_error)


@pytest.mark.parametrize("task", ["政府采购", "D02", "2 政府采购", "D02 采购"])
def test_how_a_task_was_understood_is_told(task):
    result = reviewed(replace(GOOD, task=task))
    assert [(p.code, p.place.cell, p.severity) for p in result.problems] == [("normalised", "A4", "note")]
    assert "“D02 政府采购”" in result.problems[0].found
    assert result.items[0].valid


def test_an_unknown_task_and_a_missing_one():
    items = replace(GOOD, task="D99 没有的"), replace(GOOD, task="", row=5, url="http://a.cn/2")
    assert found(*items, answers=[DONE[0], TaskAnswer("", ("D02", "2026-11"), row=5)])[:2] == [
        ("task_unknown", "信息明细", "A4"),
        ("task_missing", "信息明细", "A5"),
    ]
    assert [i.valid for i in reviewed(*items).items] == [False, False]


@pytest.mark.parametrize("key", [column.key for column in SHEETS["items"] if column.required and column.key != "task"])
def test_every_required_cell(key):
    empty: Any = None if key.endswith("_on") else ""
    changed: dict[str, Any] = {key: empty}
    result = reviewed(replace(GOOD, **changed))
    column = chr(65 + SHEETS["items"].index(key))
    assert [(p.code, p.place.cell, p.obligation) for p in result.problems] == [
        ("item_field_missing", f"{column}4", PURCHASES.key)
    ]
    assert not result.items[0].valid


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ({"title": "其余信息下月补报"}, "B4"),
        ({"remark": "领导已看", "officer": "张三"}, "I4"),
        ({"task": "说明：无"}, "A4"),
    ],
)
def test_a_row_with_a_word_or_two_is_one_complaint(typed, place):
    result = reviewed(Item(row=4, **typed))
    assert [(p.code, p.place.cell) for p in result.problems if p.place.sheet == "信息明细"] == [("item_stub", place)]
    assert not result.items[0].valid
    assert len(found(Item(row=4, title="一条信息", url="http://a.cn/1"))) > 1, "somebody began an item"


def test_what_the_reader_complained_about_is_not_complained_about_again():
    item = replace(GOOD, published_on=None, unread=frozenset({"published_on"}))
    complaint = problem("date_form", CellRef("市政府办.xlsx", "信息明细", "F4"), heading="发布日期", value="3月")
    result = reviewed(item, problems=[complaint])
    assert [(p.code, p.obligation) for p in result.problems] == [("date_form", PURCHASES.key)]
    assert not result.items[0].valid


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"published_on": november(1)}, ("item_published_early", "F4")),
        ({"published_on": november(21)}, ("item_published_future", "F4")),
        ({"formed_on": november(21)}, ("item_published_future", "E4")),
        ({"second_review": "乙"}, ("item_reviewer_repeated", "L4")),
        ({"second_review": "　乙 "}, ("item_reviewer_repeated", "L4")),
        ({"final_review": "丙"}, ("item_reviewer_repeated", "M4")),
        ({"final_review": "副局长"}, ("item_field_missing", "M4")),
        ({"first_review": "甲、丙"}, ("item_reviewer_repeated", "L4")),
        ({"first_review": "局长李明", "second_review": "李明主任"}, ("item_reviewer_similar", "L4")),
        ({"first_review": "李明", "second_review": "【李明】"}, ("item_reviewer_similar", "L4")),
        ({"first_review": "李明：", "second_review": "李明:局长"}, ("item_reviewer_similar", "L4")),
        ({"first_review": "李明、王强", "second_review": "王强*"}, ("item_reviewer_similar", "L4")),
        ({"first_review": "李明", "second_review": "李明、局长李明"}, ("item_reviewer_repeated", "L4")),
        ({"second_review": "已审核"}, ("item_field_missing", "L4")),
    ],
)
def test_rules_of_an_item(changes, expected):
    assert found(replace(GOOD, **changes)) == [(expected[0], "信息明细", expected[1])]


def test_one_person_in_two_of_the_three_reviews_is_returned_however_the_name_is_typed():
    result = reviewed(replace(GOOD, second_review="乙", final_review=" 乙　"))
    assert [(p.code, p.severity, p.place.cell) for p in result.problems] == [
        ("item_reviewer_repeated", "error", "L4"),
        ("item_reviewer_repeated", "error", "M4"),
    ]
    assert not result.items[0].valid
    lenient = load_policy({"severities": {"item_reviewer_repeated": "warning"}})
    assert reviewed(replace(GOOD, second_review="乙"), policy=lenient).items[0].valid


FRESH = replace(PURCHASES, published_from=date(2026, 10, 1))


@pytest.mark.parametrize(
    ("published", "codes"),
    [
        (date(2019, 3, 1), ["item_published_before"]),
        (date(2026, 9, 30), ["item_published_before"]),
        (date(2026, 10, 1), []),
        (november(20), []),
        (november(21), ["item_published_future"]),
    ],
)
def test_what_counts_was_published_from_the_first_day_of_the_task_until_it_came(published, codes):
    old = replace(GOOD, formed_on=published, published_on=published)
    tasks = TaskLookup([ReportTask(each, "市政府办", label(each, plain=True)) for each in (DOCUMENTS, FRESH)])
    result = reviewed(old, tasks=tasks)
    assert [(p.code, p.place.cell) for p in result.problems] == [
        (code, "F4" if code == "item_published_before" else "E4") for code in codes
    ]
    assert result.items[0].valid is not bool(codes)
    if "item_published_before" in codes:
        assert result.problems[0].found == f"发布日期 {published} 早于 2026-11 任务的起算日期 2026-10-01"


def test_one_item_satisfies_one_task():
    again = replace(GOOD, task="D01 政策文件", row=5, title="又一条")
    answers = [TaskAnswer("", (duty_id, "2026-11"), AnswerStatus.REPORTED) for duty_id in ("D01", "D02")]
    result = reviewed(GOOD, again, answers=answers)
    (told,) = [p for p in result.problems if p.code == "item_reported_before"]
    assert (told.place.cell, told.obligation, "第 4 行（D02 政府采购）" in told.found) == ("B5", DOCUMENTS.key, True)
    assert [item.valid for item in result.items] == [True, False]
    other_link = replace(again, title=GOOD.title, url="https://b.cn/9")
    assert "item_reported_before" in {code for code, *_ in found(GOOD, other_link, answers=answers)}
    assert "item_reported_before" not in {
        code for code, *_ in found(GOOD, replace(other_link, title="又一条"), answers=answers)
    }


def test_what_counts_in_another_month_does_not_count_again():
    october = replace(GOOD, obligation=OCTOBER.key, url="https://a.cn/1/#top")
    result = reviewed(GOOD, elsewhere=[EarlierItem(october, "甲.xlsx 第 7 行（2026-10，D02 政府采购）")])
    (told,) = result.problems
    assert (told.code, told.place.cell, "甲.xlsx 第 7 行" in told.found) == ("item_reported_before", "B4", True)
    assert not result.items[0].valid
    same_task = replace(october, obligation=PURCHASES.key)
    assert reviewed(GOOD, elsewhere=[EarlierItem(same_task, "甲.xlsx")]).problems == ()


def test_one_day_is_enough_for_forming_publishing_and_sending():
    same = replace(GOOD, formed_on=november(20), published_on=november(20))
    assert found(same, received_on=november(20)) == []
    assert found(same, received_on=november(19)) == [("item_published_future", "信息明细", "E4")]


def test_an_unanswered_task_is_a_problem_only_where_it_is_owed_by_a_date():
    asked = obligation(duty("D24", "基层信息公开"), "市政府办", due=None, final=None)
    advised = obligation(duty("D25", "其他"), "市政府办", mandatory=False)
    listed = [ReportTask(each, "市政府办", label(each, plain=True)) for each in (PURCHASES, asked, advised)]
    empty = Return("市政府办", CYCLE, (), (), ())
    result = validate(empty, TaskLookup(listed, []), LOCATOR, required=[], received_on=november(20), **RULES)
    assert [(p.code, p.obligation) for p in result.problems] == [("task_unanswered", PURCHASES.key)]


def test_published_within_20_working_days():
    formed = date(2026, 10, 12)  # a Monday; the 20th working day after it is Monday, 9 November
    assert found(replace(GOOD, formed_on=formed, published_on=november(9))) == []
    (late,) = reviewed(replace(GOOD, formed_on=formed, published_on=november(10))).problems
    assert (late.code, late.severity, "21 个工作日" in late.found) == ("item_overdue", "warning", True)


def test_days_of_a_year_without_an_announced_calendar_are_marked():
    item = replace(GOOD, formed_on=date(2027, 1, 4), published_on=date(2027, 3, 1))
    (late,) = reviewed(item, received_on=date(2027, 3, 2)).problems
    assert "暂定" in late.found


@pytest.mark.parametrize(
    ("type_", "title", "number", "codes"),
    [
        ("policy", "校外培训机构管理办法", "冶政规〔2026〕3号", ["item_type_disguised"]),
        ("policy", "校外培训机构管理办法", "", []),
        ("draft", "停车管理办法", "冶政规〔2026〕3号", ["item_type_disguised"]),
        ("draft", "停车管理办法", "", []),
        ("policy", "关于停车的通知", "冶政规2026年3号", ["item_type_disguised"]),
        ("policy", "关于停车的通知", "冶政规﹝2026﹞3号", ["item_type_disguised"]),
        ("policy", "关于停车的通知", "冶政发2026年3号", []),
        ("policy", "总规2020–2035", "", []),
        ("policy", "停车管理办法", "", ["item_type_doubtful"]),
        ("reading", "停车管理办法解读", "冶政规〔2026〕3号", []),
        ("reading", "停车管理办法", "冶政规〔2026〕3号", ["item_type_disguised"]),
        ("survey", "关于公开征求《养犬管理办法（草案）》意见的公告", "", []),
    ],
)
def test_a_normative_document_is_known_by_its_number_whatever_its_title_is_about(type_, title, number, codes):
    item = replace(GOOD, task="D01 政策文件", type=type_, title=title, doc_no=number)
    told = [each.code for each in reviewed(item, answers=DONE[1:]).problems]
    assert [each for each in told if each.startswith("item_type")] == codes


def test_a_normative_document_needs_its_companions_where_the_duty_says_so():
    document = replace(GOOD, task="D01 政策文件", type="normative")
    answers = [
        TaskAnswer("", ("D01", "2026-11"), AnswerStatus.REPORTED, row=4),
        replace(DONE[0], task=("D02", "2026-11")),
    ]
    assert found(document, answers=answers) == [
        ("item_draft_note_missing", "信息明细", "N4"),
        ("item_reading_missing", "信息明细", "O4"),
    ]
    assert not reviewed(document, answers=answers).items[0].valid
    explained = replace(document, draft_note="起草说明.docx")
    assert found(explained, answers=answers) == [("item_reading_missing", "信息明细", "O4")]
    assert reviewed(explained, answers=answers).items[0].valid
    assert found(replace(GOOD, type="normative")) == []


@pytest.mark.parametrize("filler", ["无", "没有。", "/", "见附件", "N/A"])
def test_what_only_fills_the_cell_is_no_companion(filler):
    document = replace(GOOD, task="D01 政策文件", type="normative", draft_note=filler, reading="解读.docx")
    answers = [TaskAnswer("", ("D01", "2026-11"), AnswerStatus.REPORTED), replace(DONE[0], task=("D02", "2026-11"))]
    result = reviewed(document, answers=answers)
    assert [(p.code, p.place.cell, filler in p.found) for p in result.problems] == [
        ("item_draft_note_missing", "N4", True)
    ]


@pytest.mark.parametrize("type_", ["news", "other"])
def test_news_in_a_policy_column(type_):
    news = replace(GOOD, task="D01 政策文件", type=type_)
    answers = [
        TaskAnswer("", ("D01", "2026-11"), AnswerStatus.REPORTED, row=4),
        replace(DONE[0], task=("D02", "2026-11")),
    ]
    assert found(news, answers=answers) == [("news_for_policy", "任务清单", "H4")]


def test_the_same_item_twice():
    assert found(GOOD, replace(GOOD, row=5, title="又一遍")) == [("item_repeated", "信息明细", "B5")]


def of_answer(answer, *items):
    return found(*items, answers=[DONE[0], replace(answer, task=("D02", "2026-11"), row=5)])


def test_of_an_earlier_month_it_is_only_asked_where_the_items_are():
    """The unit may have sent them in that month's own workbook, which the newer one knows nothing of."""
    late = TaskLookup([ReportTask(OCTOBER, "市政府办", label(OCTOBER, plain=False), backlog=True)])
    said = [TaskAnswer("", ("D02", "2026-10"), AnswerStatus.REPORTED, row=4)]
    result = reviewed(answers=said, tasks=late)
    assert [(p.code, p.severity) for p in result.problems] == [("task_unanswered", "warning")]


def test_answers_and_items_must_agree():
    assert of_answer(TaskAnswer("", status=AnswerStatus.REPORTED)) == [("task_without_items", "任务清单", "H5")]
    assert of_answer(TaskAnswer("", status=AnswerStatus.NIL)) == [("nil_without_statement", "任务清单", "I5")]
    both = TaskAnswer("", status=AnswerStatus.NIL, statement="已另报")
    assert of_answer(both, GOOD) == [("nil_with_items", "任务清单", "H5")]
    assert of_answer(TaskAnswer("", status=AnswerStatus.NIL), GOOD) == [("nil_with_items", "任务清单", "H5")]
    assert of_answer(TaskAnswer("", status=AnswerStatus.PENDING), GOOD) == [("pending_with_items", "任务清单", "H5")]
    assert of_answer(TaskAnswer("", statement="无更新")) == [("statement_without_nil", "任务清单", "I5")]
    assert of_answer(TaskAnswer("")) == [("task_unanswered", "任务清单", "H5")]
    assert of_answer(TaskAnswer(""), GOOD) == []


@pytest.mark.parametrize("filler", ["无", "没有。", "/", "-", "略"])
def test_a_statement_that_only_fills_the_cell_is_none(filler):
    answers = [DONE[0], TaskAnswer("", ("D02", "2026-11"), AnswerStatus.NIL, filler, row=5)]
    result = reviewed(answers=answers)
    assert [(p.code, p.place.cell, filler in p.found) for p in result.problems] == [
        ("nil_without_statement", "I5", True)
    ]
    assert [satisfies(result, each) for each in (DOCUMENTS, PURCHASES)] == [True, False]


def test_opinions_are_collected_after_the_publication():
    call = replace(GOOD, type="survey")
    assert found(replace(call, more={"opinions_until": november(4)})) == [
        ("item_until_early", "信息明细", LOCATOR.place("items", "opinions_until", 4).cell)
    ]
    assert found(replace(call, more={"opinions_until": november(5)})) == []
    assert found(replace(call, more={"opinions_until": date(2027, 1, 5)})) == []


def test_the_result_may_name_the_end_of_what_is_over():
    assert found(replace(GOOD, type="feedback", more={"opinions_until": november(4)})) == []


def test_rows_that_are_not_this_units_tasks():
    stranger = TaskAnswer("", ("D33", "2026-11"), AnswerStatus.REPORTED, row=9)
    assert ("task_unlisted", "任务清单", "A9") in found(GOOD, answers=[*DONE, stranger])
    assert found(GOOD, answers=[*DONE, replace(stranger, status=None)]) == []
    again = replace(DONE[1], row=8)
    assert found(GOOD, answers=[*DONE, again]) == [("task_repeated", "任务清单", "A8")]


def test_the_office_can_weigh_a_rule_differently():
    strict = load_policy({"severities": {"item_reviewer_repeated": "error"}})
    assert not reviewed(replace(GOOD, second_review="乙"), policy=strict).items[0].valid
    lenient = load_policy({"severities": {"item_field_missing": "warning"}})
    assert reviewed(replace(GOOD, section=""), policy=lenient).items[0].valid


# --- rows of the task list that were changed, and copies of sheets ------------------------------


@pytest.mark.parametrize("task", [("一", "2026-11"), ("", ""), ("D02", "11月"), ("D2", "2026年11月")])
def test_a_changed_row_is_known_by_its_column(task):
    changed = replace(DONE[1], task=task, column="政府采购")
    result = reviewed(GOOD, answers=[DONE[0], changed])
    assert [answer.obligation for answer in result.answers] == [DOCUMENTS.key, PURCHASES.key]
    assert [(p.code, p.place.cell, p.obligation) for p in result.problems] == [("task_guessed", "A5", PURCHASES.key)]


def test_a_row_that_names_another_period_means_it():
    stranger = replace(DONE[1], task=("D02", "2026-09"), column="政府采购")
    assert [code for code, *_ in found(GOOD, answers=[DONE[0], stranger])] == ["task_unlisted"]


def test_a_column_that_another_row_has_already_is_not_guessed_again():
    extra = TaskAnswer("", ("", "2026-11"), AnswerStatus.NIL, "无", row=9, column="政策文件")
    result = reviewed(GOOD, answers=[*DONE, extra])
    assert [(p.code, p.place.cell) for p in result.problems] == [("task_unlisted", "A9")]
    assert result.answers[-1] == extra  # on record all the same


def test_what_was_typed_for_a_task_twice_stays_on_record():
    again = replace(DONE[1], row=8, statement="另写")
    result = reviewed(GOOD, answers=[*DONE, again])
    assert result.answers[-1] == again


def test_an_empty_row_gives_way_to_a_filled_one_of_a_copy():
    locator = replace(LOCATOR, copies={"任务清单 (2)": {"id": "A"}})
    filled = replace(DONE[1], row=7, sheet="任务清单 (2)")
    content = Return("市政府办", CYCLE, (DONE[0], TaskAnswer("", DONE[1].task, row=5), filled), (GOOD,))
    result = validate(content, TASKS, locator, required=[], received_on=november(20), **RULES)
    assert result.problems == ()
    assert [(answer.row, answer.obligation) for answer in result.answers] == [(4, DOCUMENTS.key), (7, PURCHASES.key)]


def test_an_error_counts_against_the_row_of_its_own_sheet_only():
    locator = replace(LOCATOR, copies={"信息明细 (2)": {"task": "B", "title": "C"}})
    other = replace(GOOD, title="", url="http://a.cn/2", sheet="信息明细 (2)")
    content = Return("市政府办", CYCLE, tuple(DONE), (GOOD, other))
    result = validate(content, TASKS, locator, required=["title"], received_on=november(20), **RULES)
    assert [(p.code, p.place.sheet, p.place.cell) for p in result.problems] == [
        ("item_field_missing", "信息明细 (2)", "C4")
    ]
    assert [item.valid for item in result.items] == [True, False]


def test_a_task_that_was_taken_over_is_told_by_the_name_of_its_unit_and_without_one_the_own_task_is_meant():
    old = obligation(duty("D02", "政府采购"), "市采购办", CYCLE - 1)
    both = [ReportTask(each, "市政府办", label(each, plain=False, by="市政府办")) for each in (old, OCTOBER)]
    for listed in (both, both[::-1]):
        tasks = TaskLookup(listed)
        assert tasks.of_row("D02", "2026-10 原市采购办") == old.key
        assert tasks.of_label("D02 政府采购（2026-10 原市采购办）") == old.key
        assert tasks.of_row("D02", "2026-10") == tasks.of_label("D02 政府采购（2026-10）") == OCTOBER.key
    # A workbook made before the name stood there, and a task typed without it.
    alone = TaskLookup(both[:1])
    assert alone.of_row("D02", "2026-10") == alone.of_label("D02") == old.key


@pytest.mark.parametrize(("unfit", "told"), [({"news", "other"}, "新闻动态、其他不算"), ({"news"}, "新闻动态不算")])
def test_which_types_satisfy_a_policy_column_is_frozen_with_its_task_and_told(unfit, told):
    task = obligation(replace(DOCUMENTS.duty, companions=(), unfit_types=frozenset(unfit)), "市政府办")
    tasks = TaskLookup([ReportTask(task, "市政府办", label(task, plain=True))])
    answers = (TaskAnswer("", ("D01", "2026-11"), AnswerStatus.REPORTED, row=4),)
    for type_ in ("news", "other", "draft"):
        item = replace(GOOD, task="D01 政策文件", type=type_)
        found = [each for each in reviewed(item, answers=answers, tasks=tasks).problems if each.is_error]
        assert [each.code for each in found] == ["news_for_policy"] * (type_ in unfit)
        assert all(told in each.expected for each in found)
        wanted = [each.expected.partition("类型的信息")[0].split("、") for each in found]
        left_out = {words("item_type")[each] for each in unfit}
        assert all(set(words("item_type").values()) - set(each) == left_out for each in wanted)


# --- what is filled once on the cover ----------------------------------------------------------

CELLS = {"section": "C14", "final_review": "E16"}
COMMON = {key: CellRef("市政府办.xlsx", "填报说明", cell) for key, cell in CELLS.items()}
WITH_COVER = replace(LOCATOR, common=COMMON)


def taking(item, *keys, **values):
    return replace(item, **dict.fromkeys(keys, "") | values, common=frozenset(keys))


def test_what_several_rows_lack_and_the_cover_too_is_one_complaint_there_for_each_task():
    rows = [taking(replace(GOOD, row=row, url=f"http://a.cn/{row}"), "final_review") for row in (4, 5, 7)]
    other = taking(replace(GOOD, row=9, task="D01 政策文件", type="policy"), "final_review")
    result = reviewed(*rows, other, locator=WITH_COVER, answers=[])
    told = [p for p in result.problems if p.code == "item_field_missing"]
    assert [(p.place, p.obligation) for p in told] == [
        (COMMON["final_review"], PURCHASES.key),
        (COMMON["final_review"], DOCUMENTS.key),
    ]
    assert {p.found for p in told} == {"缺终审人（必填），第 4–5、7、9 行都没有填"}
    assert not any(item.valid for item in result.items)


@pytest.mark.parametrize("key", ["title", "first_review", "second_review", "final_review"])
@pytest.mark.parametrize("text", ["—", "/", "无", " 无。"])
def test_a_word_that_only_fills_the_cell_is_no_title_and_no_name(key, text):
    result = reviewed(replace(GOOD, **{key: text}))
    (told,) = result.problems
    assert told.code == "item_field_missing"
    assert told.found == f"缺{LOCATOR.heading('items', key)}（必填），填的是“{text}”"
    assert not result.items[0].valid


def test_reviews_that_nobody_signed_are_missing_and_not_the_same_person():
    nobody = replace(GOOD, first_review="—", second_review="—", final_review="—")
    assert [code for code, _, _ in found(nobody)] == ["item_field_missing"] * 3
    rows = [
        taking(replace(GOOD, row=row, url=f"http://a.cn/{row}"), "final_review", final_review="—") for row in (4, 5)
    ]
    told = [p for p in reviewed(*rows, locator=WITH_COVER).problems if p.place == COMMON["final_review"]]
    assert [p.found for p in told] == ["缺终审人（必填），填的是“—”，第 4–5 行都没有填"]


def test_what_one_row_alone_lacks_is_a_complaint_at_the_row():
    lacking = taking(replace(GOOD, row=5, url="http://a.cn/5"), "final_review")
    result = reviewed(GOOD, lacking, locator=WITH_COVER)
    assert [(p.code, p.place.sheet, p.place.cell[1:]) for p in result.problems] == [
        ("item_field_missing", "信息明细", "5")
    ]
    assert [item.valid for item in result.items] == [True, False]


def test_a_faulty_cell_of_the_cover_spoils_the_rows_that_take_it_and_no_other():
    wrong = problem("cell_too_long", COMMON["section"], heading="责任科室", length=41, limit=40)
    taken = taking(replace(GOOD, row=5, url="http://a.cn/5"), "section", section="长" * 41)
    result = reviewed(GOOD, taken, problems=[wrong], locator=WITH_COVER)
    assert [(p.code, p.place, p.obligation) for p in result.problems] == [
        ("cell_too_long", COMMON["section"], PURCHASES.key)
    ]
    assert [item.valid for item in result.items] == [True, False]


def test_a_faulty_cell_of_the_cover_that_no_row_takes_is_only_told():
    wrong = problem("cell_error", COMMON["section"], heading="责任科室", value="#N/A")
    result = reviewed(GOOD, problems=[wrong], locator=WITH_COVER)
    assert [(p.code, p.counts) for p in result.problems] == [("common_unused", False)]
    assert "#N/A" in result.problems[0].found
    assert result.items[0].valid


@pytest.mark.parametrize(
    ("common", "sheet"), [(("first_review", "final_review"), "填报说明"), (("first_review",), "信息明细")]
)
def test_the_same_reviewer_twice_is_told_where_it_was_typed(common, sheet):
    places = {key: CellRef("市政府办.xlsx", "填报说明", "E16") for key in common}
    rows = [
        replace(GOOD, row=row, url=f"http://a.cn/{row}", final_review="乙", common=frozenset(common)) for row in (4, 5)
    ]
    result = reviewed(*rows, locator=replace(LOCATOR, common=places))
    told = [p.place.sheet for p in result.problems if p.code == "item_reviewer_repeated"]
    assert told == [sheet] * (1 if sheet == "填报说明" else 2)
    assert not any(item.valid for item in result.items)

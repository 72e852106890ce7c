import re
import string
from dataclasses import replace
from pathlib import Path

import pytest

from tests.source import values
from zwgk_excel.domain import problem_catalogue
from zwgk_excel.domain.problem_catalogue import CATALOGUE
from zwgk_excel.domain.problems import CellRef, merge_equal, most_severe_per_cell, problem, with_severities

CELL = CellRef("市教育局_2026-11.xlsx", "信息明细", "F7")


def date_problem(cell="F7", value="3月"):
    return problem("date_form", CELL.at(cell), heading="发布日期", value=value)


def test_a_problem_is_one_sentence_that_says_where_what_and_what_to_do():
    assert str(date_problem()) == (
        "市教育局_2026-11.xlsx!信息明细!F7：发布日期是“3月”，应为日期，如 2026-03-01；请改正后重新报送。"
    )


def test_what_is_found_may_say_what_was_expected():
    told = problem("item_field_missing", CELL, heading="终审人")
    assert str(told) == "市教育局_2026-11.xlsx!信息明细!F7：缺终审人（必填），请补填。"


def test_of_a_long_list_of_choices_the_first_are_named():
    twelve = "、".join(f"类型{number}" for number in range(1, 13))
    told = problem("choice_unknown", CELL, heading="信息类型", value="文件", choices=twelve)
    assert str(told).endswith(
        "信息类型是“文件”，应为类型1、类型2、类型3、类型4、类型5、类型6 等 12 项之一；请从下拉列表选择。"
    )
    assert told.expected == twelve, "the comment in the cell names them all"
    few = problem("choice_unknown", CELL, heading="报送状态", value="√", choices="已报送、本期无更新、未报送")
    assert "报送状态是“√”，应为已报送、本期无更新、未报送；请从下拉列表选择。" in str(few)


def test_as_json_gives_the_code_the_place_and_the_texts():
    assert date_problem().as_dict() == {
        "code": "date_form",
        "severity": "error",
        "file": "市教育局_2026-11.xlsx",
        "sheet": "信息明细",
        "cell": "F7",
        "found": "发布日期是“3月”",
        "expected": "日期，如 2026-03-01",
        "action": "请改正后重新报送",
        "obligation": "",
    }


def test_equal_complaints_of_a_column_are_one():
    (joined,) = merge_equal(date_problem(cell) for cell in ("F4", "F5", "F6", "F9", "G10", "F11"))
    assert joined.place.cell == "F4:F6、F9、G10、F11"
    (again,) = merge_equal([joined, date_problem("F7"), date_problem("F12")])
    assert again.place.cell == "F4:F6、F9、G10、F11、F7、F12"
    assert len(merge_equal([date_problem("F4"), date_problem("F5", value="上旬")])) == 2


def test_a_sentence_names_the_first_few_places():
    (joined,) = merge_equal(date_problem(f"F{row}") for row in range(4, 24, 2))
    assert "F4、F6、F8、F10、F12、F14、F16、F18 等 10 处：" in str(joined)
    assert joined.place.cell.endswith("F20、F22")


def test_a_cell_that_concerns_several_tasks_keeps_one_complaint_for_each():
    told = [replace(date_problem(), obligation=key) for key in ("D01", "D02", "D02")]
    assert [each.obligation for each in merge_equal(most_severe_per_cell(told))] == ["D01", "D02"]
    (shown,) = merge_equal(told, across_obligations=True)
    assert shown.place.cell == date_problem().place.cell


def test_one_complaint_for_a_cell_the_most_severe():
    note = problem("normalised", CELL, heading="发布日期", value="a", result="b")
    assert most_severe_per_cell([note, date_problem(), date_problem("F8")]) == [date_problem(), date_problem("F8")]
    whole = problem("sheet_missing", CellRef("a.xlsx"), value="信息明细")
    assert most_severe_per_cell([whole, whole]) == [whole, whole]


def test_the_offices_severities():
    (changed,) = with_severities([date_problem()], {"date_form": "note"})
    assert (changed.severity, changed.is_error, changed.counts) == ("note", False, False)


def test_a_value_the_sentence_needs_must_be_given():
    with pytest.raises(KeyError):
        problem("date_form", CELL, heading="发布日期")


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_kind_of_the_catalogue_is_told_in_whole_sentences(code):
    kind = CATALOGUE[code]
    texts = (kind.found, kind.expected, kind.action)
    names = {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    told = problem(code, CELL, **dict.fromkeys(names, "值"))
    assert (told.code, told.severity) == (code, kind.severity)
    for text, filled in zip(texts, (told.found, told.expected, told.action), strict=True):
        assert filled == re.sub(r"\{\w+\}", "值", text)
        assert not filled.endswith(("。", "；", "，"))
    assert told.found
    assert told.action


def test_no_kind_of_the_catalogue_is_dead():
    """A kind whose code no other module has as a value is raised nowhere."""
    assert set(CATALOGUE) - values(but=Path(problem_catalogue.__file__)) == set()

"""Names of one person."""

from __future__ import annotations

import pytest

from zwgk_excel.domain.companions import names_nobody
from zwgk_excel.domain.persons import SEPARATORS, bare_person, names_in, on_one_line, person


@pytest.mark.parametrize(
    "written",
    ["李明", "李 明", "李　明", "李明（副主任）", "李明(局长)", "李明局长", "李明副局长"],
)
def test_a_title_a_remark_and_spaces_make_no_other_person(written: str) -> None:
    assert person(written) == "李明"


@pytest.mark.parametrize(("written", "other"), [("李明", "李明明"), ("王主任", "李主任"), ("主任", "科长")])
def test_other_names_are_other_persons(written: str, other: str) -> None:
    assert person(written) != person(other)


def test_a_surname_with_a_title_is_kept_whole() -> None:
    assert person("王主任") == "王主任"


@pytest.mark.parametrize("written", ["局长李明", "副主任：李明", "书记 李明局长", "李明"])
def test_a_rank_before_a_name_is_taken_off_by_itself(written: str) -> None:
    assert bare_person(person(written)) == "李明"


@pytest.mark.parametrize("written", ["【李明】", "李明*", "李明：", "李明:局长", "局长：李明", "李明局长*"])
def test_marks_make_another_person_until_they_are_taken_off(written: str) -> None:
    assert person(written) != "李明"
    assert bare_person(person(written)) == "李明"


def test_of_a_rank_and_a_surname_none_is_taken() -> None:
    assert (bare_person("主任王"), bare_person("副主任科员")) == ("主任王", "副主任")


@pytest.mark.parametrize(
    ("written", "names"),
    [("张三、李四", ["张三", "李四"]), ("李 明（主任、局长）", ["李 明"]), ("张三；已审", ["张三", "已审"]), ("、", [])]
    + [("张三（兼） 李四", ["张三", "李四"]), ("张三（兼、李四", ["张三"]), ("张三（兼(主持)、李四", ["张三", "李四"])]
    + [("（代）张三", ["张三"]), ("（空）", [])]
    + [(f"张三{sign}李四", ["张三", "李四"]) for sign in SEPARATORS],
)
def test_a_cell_may_list_several_names(written: str, names: list[str]) -> None:
    assert names_in(written) == names


@pytest.mark.parametrize("written", ["已审", "已审核", "同意", "审核通过。", "局长、已阅", "拟同意", "手签"])
def test_assent_is_no_name(written: str) -> None:
    assert names_nobody(written)
    assert not names_nobody(f"李明、{written}")


@pytest.mark.parametrize("written", ["", "、", "、、", "，", "/", "主任、局长", "无/无", "N/A", "局长（兼）", "（空）"])
def test_ranks_and_signs_between_names_are_nobody(written: str) -> None:
    assert names_nobody(written)


@pytest.mark.parametrize("written", ["张三\n李四", "张三 \r\n 李四", "张三\n\n李四\n"])
def test_names_below_one_another_are_several(written: str) -> None:
    assert on_one_line(written) == "张三、李四"

import ast
from pathlib import Path

import pytest

import zwgk_excel
from tests.added import added
from zwgk_excel.domain.returns import ANSWER_COLUMNS, ITEM_COLUMNS
from zwgk_excel.layout.columns import OWN_LISTS, ColumnKind, added_columns, layout
from zwgk_excel.layout.words import code_of, word, words

LAYOUTS = (
    *("report", "tracker", "rollup", "duty_table", "task_table", "roster", "markup"),
    *("assessment", "escalation", "export"),
)
SHEETS = [(name, key) for name in LAYOUTS for key in layout(name).sheets]


def test_report_columns_of_the_design():
    tasks, items = layout("report")["tasks"], layout("report")["items"]
    assert [c.heading for c in tasks.inputs if c.key in ANSWER_COLUMNS] == ["报送状态", "无更新说明", "备注"]
    assert len(items.inputs) == len(ITEM_COLUMNS) + len(added_columns("items")) == 16 + len(added_columns("items"))
    assert [c.heading for c in layout("tracker")["tracking"] if c.office] == ["延期至", "免报", "办公室意见"]


@pytest.mark.parametrize(("name", "key"), SHEETS)
def test_headings_and_aliases_of_a_sheet_name_one_column_each(name, key):
    sheet = layout(name)[key]
    spoken = [alias for column in sheet for alias in column.names]
    assert len(set(spoken)) == len(spoken)
    assert len({column.key for column in sheet}) == len(sheet.columns)
    for column in sheet:
        assert sheet.find(column.heading) is column
        assert sheet.find(f" {column.display}\n") is column
        assert all(sheet.find(alias) is column for alias in column.aliases)


@pytest.mark.parametrize(("name", "key"), SHEETS)
def test_prompts_and_lists_fit_excel(name, key):
    for column in layout(name)[key]:
        assert len(column.prompt) <= 255
        if column.list:
            assert column.kind is ColumnKind.CHOICE
            assert column.list in OWN_LISTS or words(column.list)


def test_words_and_codes():
    assert word("outcome", "nil") == "零报告"
    assert word("timeliness", "") == ""
    assert code_of("answer", " 本期 无更新") == "nil"
    assert code_of("answer", "无") is None


def test_headings_are_written_nowhere_in_the_package():
    """A heading is defined once, in the layout; code that repeats one would go stale with it."""
    headings = {column.heading for name, key in SHEETS for column in layout(name)[key]}
    package = Path(zwgk_excel.__file__).parent
    repeated = [
        f"{path.relative_to(package)}:{node.lineno} {node.value}"
        for path in sorted(package.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.strip() in headings
    ]
    assert repeated == []


@pytest.mark.parametrize(
    "wrong", [{"key": "sheet"}, {"key": "policy"}, {"key": "valid from"}, {"kind": "number"}, {"kind": "check"}]
)
def test_a_column_that_nobody_could_fill_or_name_is_refused(wrong):
    column = {"key": "tried_on", "heading": "试加日期", "kind": "date"} | wrong
    with added(column), pytest.raises(ValueError, match=next(iter(wrong.values()))):
        added_columns("items")


def test_a_key_that_another_column_has_is_refused():
    with added({"key": "title", "heading": "试加标题", "kind": "text"}), pytest.raises(ValueError, match="title"):
        layout("report")
    with added({"key": "reference", "heading": "试加期", "kind": "text"}), pytest.raises(ValueError, match="reference"):
        layout("tracker")

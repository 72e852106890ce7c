"""Templates that office workers edit."""

import pytest

from zwgk_excel.layout.resources import folder, read_text
from zwgk_excel.mail.text import MailTable, PlaceholderValue, TemplateError, render

TASKS = MailTable(("编号", "栏目"), (("D01", "政策<文件>"), ("D02", "")))
NONE = MailTable(("编号", "栏目"), ())
HOSTILE = "<b>&\n${unit}"
VALUES: dict[str, PlaceholderValue] = {
    "unit": "市教育局",
    "tasks": TASKS,
    "backlog": NONE,
    "empty": "",
    "hostile": HOSTILE,
}


def test_paragraphs_lines_tables_and_remarks():
    text = render("# 说明\n\n报送表 ${unit}\n\n$unit：\n\n应报：\n$tasks\n# 说明\n谢谢\n\n完", VALUES)
    assert text.subject == "报送表 市教育局"
    assert text.plain == "市教育局：\n\n应报：\n  1. D01，政策<文件>\n  2. D02\n谢谢\n\n完\n"
    assert "<p>应报：</p>\n<table" in text.html
    assert "政策&lt;文件&gt;</td></tr>" in text.html
    assert text.html.count("<tr>") == 3
    assert "说明" not in text.html


def test_a_table_may_say_in_plain_text_what_its_headings_say():
    table = MailTable(("单元格", "应为"), (("C4", "日期"),), ("C4：应为日期。",))
    text = render("题\n\n${table}", {"table": table})
    assert text.plain == "  1. C4：应为日期。\n"
    assert "日期</td></tr>" in text.html


def test_a_paragraph_with_nothing_to_say_is_left_out():
    text = render("题\n\n补报：\n${backlog}\n\n说明 ${empty} 完\n\n正文", VALUES)
    assert text.plain == "正文\n"


def test_values_are_text_and_nothing_else():
    text = render("题\n\n${hostile}", VALUES)
    assert text.plain == "<b>&\n${unit}\n"
    assert "&lt;b&gt;&amp;" in text.html


@pytest.mark.parametrize(
    ("template", "named"),
    [
        ("题\n\n${uint}", "uint"),
        ("题\n\n价格 $5", "$5"),
        ("题\n\n${单位}", "单位"),
        ("题\n\n任务 ${tasks}", "单独占一行"),
        ("题", "主题"),
        ("", "主题"),
        ("${empty}\n\n正文", "主题"),
    ],
)
def test_mistakes_are_told(template, named):
    with pytest.raises(TemplateError, match=named.replace("$", r"\$")):
        render(template, VALUES)


def test_every_shipped_text_keeps_the_code_by_which_replies_are_known():
    names = [each.name for each in folder("workbook_templates").iterdir() if each.name.endswith(".txt")]
    mails = [name for name in names if name.startswith("mail_")]
    assert len(mails) == 10
    for name in mails:
        lines = [line for line in read_text(name).splitlines() if line and not line.startswith("#")]
        assert "[${unit} ${cycle} ${token}]" in lines[0], name

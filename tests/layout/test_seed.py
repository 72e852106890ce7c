"""The shipped duty table is the notice's attachment, cell for cell; the roster has its units."""

from __future__ import annotations

import hashlib
from collections import Counter

from zwgk_excel.domain.duties import UnitKind
from zwgk_excel.layout.columns import ColumnKind, layout
from zwgk_excel.layout.seed import duty_rows, kind_groups, office_groups, unit_rows, vocabulary

VERBATIM = ("column_text", "content", "owners_text", "requirement")

# SHA-256 (first 12 digits) of the cells of a column, joined by line feeds, taken from the attachment itself.
SUMS = {
    "column_text": "5e76d247df75",
    "content": "5cb7bdba46c0",
    "owners_text": "e05ae66f47b7",
    "requirement": "e7f0e98ce70d",
}


NOTICE = duty_rows()[:41]
"""The rows of the attachment; what was added since stands behind them."""


def column(key: str) -> list[str]:
    return [row[key] for row in NOTICE]


def test_41_duties_in_the_order_of_the_table() -> None:
    assert len(NOTICE) == 41
    assert [row["id"] for row in duty_rows()] == [f"D{number:02}" for number in range(1, len(duty_rows()) + 1)]


def test_verbatim_cells_are_the_attachments() -> None:
    found = {key: hashlib.sha256("\n".join(column(key)).encode()).hexdigest()[:12] for key in VERBATIM}
    assert found == SUMS


def test_telling_cells() -> None:
    rows = {row["id"]: row for row in duty_rows()}
    assert rows["D04"]["column_text"] == "信息公开内容保障 稳岗就业"
    assert rows["D06"]["column_text"] == rows["D19"]["column_text"] == ""
    assert rows["D08"]["owners_text"] == "市民政局 市人社局"
    assert rows["D10"]["owners_text"] == "市乡村振兴局/建议各部门也需要发"
    assert (rows["D12"]["owners_text"], rows["D13"]["owners_text"], rows["D13"]["content"]) == ("", "", "")
    assert rows["D15"]["owners_text"] == "市发改局、自然资源局、各有规划编制的部门"
    assert "（就业创业和上面的稳岗就业是不是有重复）需结合2化目录要求公开" in rows["D27"]["content"]
    assert rows["D31"]["content"] == "主要公开出让公告公示、审批结果信息、项目信息等信息。 需结合 2 化目录要求公开"
    assert rows["D41"]["requirement"] == "部门/乡镇每年 1 月 31 日前更新，市本级 2 月 20 日前更新"


def test_interpretation_fills_the_gaps_of_the_scan() -> None:
    rows = {row["id"]: row for row in duty_rows()}
    assert [rows[each]["column"] for each in ("D04", "D06", "D19", "D40")] == [
        "稳岗就业",
        "环境保护",
        "财政预决算",
        "专报信息",
    ]
    assert rows["D12"]["owners"] == rows["D13"]["owners"] == "市市场监管局"
    assert rows["D13"]["content_filled"] == rows["D12"]["content"]
    assert rows["D15"]["owners"] == "市发改委、市自然资源局、各有规划编制的部门"
    assert (rows["D10"]["owners"], rows["D10"]["advisory"]) == ("市乡村振兴局", "各部门")


def test_cadences_categories_and_flags() -> None:
    assert Counter(column("cadence")) == {"每月": 15, "每季度": 3, "每年": 2, "实时更新": 20, "年度报告": 1}
    assert [row["id"] for row in NOTICE if row["cadence"] == "每季度"] == ["D16", "D17", "D18"]
    assert [row["id"] for row in NOTICE if row["category"] != "政务信息公开"] == ["D40"]
    assert {row["id"]: row["companions"] for row in NOTICE if row["companions"]} == {
        "D01": "起草说明、解读材料",
        "D15": "解读材料",
        "D26": "决策草案说明、解读材料、意见征集情况",
    }


def test_policy_columns_are_those_whose_content_names_policy() -> None:
    assert all((row["policy"] == "是") == ("政策" in row["content"]) for row in NOTICE)
    assert column("policy").count("是") == sum("政策" in text for text in column("content")) > 0


def test_units() -> None:
    kinds = Counter(row["kind"] for row in unit_rows())
    assert kinds == {"部门": 24, "乡镇（街道）": 14}
    aliases = {row["name"]: row["aliases"] for row in unit_rows() if row["aliases"]}
    assert aliases == {"市发改委": "市发改局", "市医疗保障局": "市医保局", "市自然资源局": "自然资源局"}
    assert {row["kind"] for row in unit_rows() if row["remark"] == "待确认"} == {"乡镇（街道）"}
    assert sum(row["remark"] == "待确认" for row in unit_rows()) == 14


def test_no_personal_data_is_shipped() -> None:
    personal = ("officers", "phones", "mails", "copies")
    assert not any(row[key] for row in unit_rows() for key in personal)


def test_every_owner_is_a_unit_or_a_group() -> None:
    known = {row["name"] for row in unit_rows()} | set(kind_groups()) | set(office_groups())
    named = {name for row in duty_rows() for key in ("owners", "advisory") for name in row[key].split("、") if name}
    assert named <= known
    assert set(office_groups()) <= named
    assert kind_groups() == {"各部门": UnitKind.DEPARTMENT, "各乡镇(街道)": UnitKind.TOWNSHIP}


def test_rows_have_every_column_and_choices_in_words() -> None:
    for rows, sheet in ((duty_rows(), layout("duty_table")["duties"]), (unit_rows(), layout("roster")["units"])):
        assert all(set(row) == {each.key for each in sheet} for row in rows)
        choices = [each.key for each in sheet if each.kind is ColumnKind.CHOICE]
        assert choices
        assert not any(row[key].isascii() for row in rows for key in choices if row[key])


def test_vocabulary_has_words_and_headings() -> None:
    words = vocabulary()
    assert words.cadences["annual_report"] == "年度报告"
    assert words.kinds["township"] == "乡镇（街道）"
    assert words.duty_headings["owners"] == layout("duty_table")["duties"].heading("owners")
    assert words.roster_headings["groups"] == layout("roster")["units"].heading("groups")

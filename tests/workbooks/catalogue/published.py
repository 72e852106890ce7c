"""Published catalogues in the forms that counties use, rebuilt: the form is theirs, the texts are ours."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import docx
import xlsxwriter

Cells = Mapping[str, str]
Merges = Sequence[str]

USUAL_HEADS = (
    *("序号", "公开事项", "", "公开内容\n（要素）", "公开依据", "公开\n时限", "公开主体", "公开渠道和载体"),
    *("公开对象", "", "公开方式", "", "公开层级", ""),
)
USUAL_SUBS = (
    *("", "一级事项", "二级事项", "", "", "", "", ""),
    *("全社会", "特定群体（请写明）", "主动", "依申请公开", "县级", "乡、镇级"),
)
USUAL_MERGES = ("A2:A3", "B2:C2", *(f"{c}2:{c}3" for c in "DEFGH"), "I2:J2", "K2:L2", "M2:N2")


def split(texts: str) -> list[str]:
    """The cells of a row, with ``|`` between them."""
    return [text.strip(" ") for text in texts.split("|")]


def workbook(*sheets: tuple[str, Sequence[Sequence[str]], Merges]) -> bytes:
    """An .xlsx of (sheet name, rows of texts, merged ranges)."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        for name, rows, merged in sheets:
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, text in enumerate(row):
                    if text:
                        page.write_string(number, column, text)
            for area in merged:
                first = area.partition(":")[0]
                column, row_number = ord(first[0]) - 65, int(first[1:]) - 1
                row = rows[row_number]
                page.merge_range(area, row[column] if column < len(row) else "")
    return stream.getvalue()


FLAT_HEADS = (
    *("序号", "公开领域", "一级事项", "二级事项", "公开内容", "公开依据", "公开时限", "责任主体", "公开渠道"),
    *("公开对象", "公开方式", "公开层级"),
)


def flat() -> bytes:
    """One row of headings, each entry whole in its row: in words, not ticks."""
    words = ("政府网站", "全社会", "主动", "县级")
    rows = [
        FLAT_HEADS,
        ["1", "生态环境", "行政许可", "环评审批", "受理情况", "环评法", "7个工作日内", "市生态环境局", *words],
        ["2", "生态环境", "行政处罚", "处罚决定", "决定书", "同上", "同上", "同上", *words],
        ["3", "养老服务", "备案", "机构备案", "数量", "办法", "每年1月底前", "市民政局", *words],
    ]
    return workbook(("Sheet1", rows, ()))


def usual() -> bytes:
    """Two rows of headings, merged items, 同上, ■ and □, two domains on one sheet, each with title and headings."""
    first = ("1", "招生管理", "招生计划", "计划人数", "条例", "20个工作日内", "市教育局", "■政府网站 □政府公报")
    rows = [
        ["（一）义务教育领域基层政务公开标准目录"],
        USUAL_HEADS,
        USUAL_SUBS,
        [*first, "√", "", "√", "", "√", ""],
        ["2", "", "学区划分", "划片范围", "同上", "同上", "同上", "同上", "", "适龄儿童家长", "√", "", "√", "√"],
        ["注：本目录由相关单位解释。"],
        ["（二）就业领域基层政务公开标准目录"],
        USUAL_HEADS,
        USUAL_SUBS,
        split("1 | 岗位信息 | 招聘会 | 时间地点 | 条例 | 及时 | 市人社局 | "
              "☑政府网站\n☐广播电视 | √ |  | √ | / | √ | —"),
    ]
    lower = [area.replace("2", "8").replace("3", "9") for area in USUAL_MERGES]
    return workbook(("目录", rows, [*USUAL_MERGES, *lower, "A1:N1", "A6:N6", "A7:N7", "B4:B5"]))


def townships() -> bytes:
    """公开事项 without levels, 乡级 alone, boxes that are typed as 口; the sheet's name is the domain."""
    rows = [
        split("序号 | 公开事项 | 公开内容 (要素) | 公开依据 | 公开时限 | 公开主体 | "
              "公开渠道和载体 | 公开对象 |  | 公开方式 |  | 公开层级"),
        ["", "", "", "", "", "", "", "全社会", "特定群体", "主动", "依申请", "乡级"],
        split("1 | 资金明细 | 补贴资金 | 条例 | 每年1月底前 | 镇级人民政府 | "
              "■政府网站 口政府公报 口两微一端 | √ |  | √ |  | √"),
    ]
    return workbook(("涉农补贴", rows, ("H1:I1", "J1:K1", *(f"{c}1:{c}2" for c in "ABCDEFG"))))


def from_page() -> bytes:
    """Copied from a web page: nothing is merged, repeated items are blank, a row numbers the columns."""
    rows = [
        ["养老服务领域基层政务公开标准目录"],
        split("序号 | 公开事项 |  | 公开内容 | 公开依据 | 公开时限 | "
              "公开主体 | 公开渠道 | 公开对象 |  | 公开方式 | "),
        ["", "一级事项", "二级事项", "", "", "", "", "", "全社会", "特定群众", "主动", "依申请公开"],
        [str(n) for n in range(1, 13)],
        split("1 | 通用政策 | 法规 | 法规文本 | 办法 | 10个工作日 | "
              "市民政局 | 政府网站、公开查阅点 | √ |  | √ | "),
        ["2", "", "扶持措施", "措施清单", "办法", "10个工作日", "市民政局", "政府网站", "√", "", "√", ""],
    ]
    return workbook(("Sheet1", rows, ()))


def with_more() -> bytes:
    """A column for the domain, 公开要求 for the time, own words for the level, columns that no form has."""
    rows = [
        ["基层政务公开标准目录汇编"],
        split("编号 | 公开领域 | 公开事项 |  | 公开内容（要素） | 公开依据 | "
              "公开要求 | 公开主体 | 公开渠道和载体 | 公开层级 |  | 五公开"),
        ["", "", "一级", "二级", "", "", "", "", "", "样市级", "镇街级", ""],
        split("0101 | 财政预决算 | 预算 | 部门预算 | 预算报告 | 预算法 | "
              "批复后20日内 | 财政局 | t政府网站 | √ | √ | 决策"),
        ["0102", "", "决算", "部门决算", "决算报告", "预算法", "批复后20日内", "财政局", "■政府网站", "?", "√", "结果"],
    ]
    return workbook(("Sheet1", rows, ("A1:L1", "C2:D2", "J2:K2", "B4:B5")))


def domains_by_sheet() -> bytes:
    """A sheet for each domain, a cover before them, three rows of headings."""
    heads = [
        ["公开事项", "", "公开内容（要素）", "公开依据", "公开时限", "公开主体", "公开渠道和载体", "公开方式", ""],
        ["一级事项", "二级事项", "", "", "", "", "", "公开方式", ""],
        ["一级事项", "二级事项", "", "", "", "", "", "主动", "依申请"],
    ]
    merged = ("A1:B1", "A2:A3", "B2:B3", *(f"{c}1:{c}3" for c in "CDEFG"), "H1:I1", "H2:I2")
    law = ["法治宣传", "普法活动", "活动安排", "规划", "3日内", "市司法局", "■政府网站", "√", ""]
    rescue = ["灾害救助", "救助款物", "款物使用", "条例", "季度末", "市应急局", "■政府网站", "", "√"]
    return workbook(
        ("说明", [["本汇编包括两个领域。"]], ()),
        ("公共法律服务", [*heads, law], merged),
        ("灾害救助", [*heads, rescue], merged),
    )


def document() -> bytes:
    """A Word document: a title in a paragraph over each table, merged cells in both directions."""
    made = docx.Document()
    for title, rows in (
        ("附件1：医疗卫生领域基层政务公开标准目录", [("1", "疾病防控", "预防接种"), ("2", "", "健康科普")]),
        ("附件2：税收管理领域基层政务公开标准目录", [("1", "政策文件", "政策解读")]),
    ):
        made.add_paragraph(title)
        table = made.add_table(2 + len(rows), len(USUAL_HEADS))
        for number, texts in enumerate((USUAL_HEADS, USUAL_SUBS)):
            for column, text in enumerate(texts):
                table.cell(number, column).text = text
        for column in (0, 3, 4, 5, 6, 7):
            table.cell(0, column).merge(table.cell(1, column))
        for left, right in ((1, 2), (8, 9), (10, 11), (12, 13)):
            table.cell(0, left).merge(table.cell(0, right))
        for number, row in enumerate(rows, 2):
            more = ("内容", "依据", "20个工作日内", "市卫生健康局", "■政府网站", "√", "", "√", "", "√", "")
            for column, text in enumerate((*row, *more)):
                table.cell(number, column).text = text
        if len(rows) > 1:
            table.cell(2, 1).merge(table.cell(3, 1))
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()

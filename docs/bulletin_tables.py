"""The tables behind the bulletin's text: what each shows, and how it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

WIDTH_MM = 156
"""Of the text: A4 less margins of 28 and 26 mm."""
_COUNTS = ("应报", "已报", "零报告", "退回", "未报", "免报", "按时", "宽限", "迟报", "逾期")
Columns = Sequence[tuple[str, str, float, str]]
"""Heading, tag, width in mm and style of every column."""


def _counted(first: str, width: float) -> Columns:
    """A label, the counts, a rate: for units and for months."""
    each = (WIDTH_MM - width - 14 - 11) / len(_COUNTS)
    # Only what there is: a page of noughts hides the few figures that matter.
    counts = [(key, f"{key} or ''", each, "表内数字") for key in _COUNTS]
    return [(first, first, width, "表内文字"), *counts, ("按时率", "按时率", 14, "表内数字"), _ON_DEMAND]


_ON_DEMAND = ("实时更新", "实时更新 or ''", 11.0, "表内数字")
_NUMBER = ("序号", "序号", 9.0, "表内数字")
# label, title, tag of the rows, columns
ATTACHMENTS: Sequence[tuple[str, str, str, Columns]] = (
    ("附件1", "{{ 期间 }}各单位政务公开信息报送情况", "单位情况", _counted("单位", 35)),
    (
        "附件2",
        "{{ 期间 }}迟报、逾期未报明细",
        "迟报逾期",
        [
            _NUMBER,
            ("单位", "单位", 30, "表内文字"),
            ("栏目", "栏目", 26, "表内文字"),
            ("所属期", "所属期", 19, "表内数字"),
            ("最迟时限", "时限", 25, "表内数字"),
            ("收件日期", "收件日期", 25, "表内数字"),
            ("情况", "情况", 22, "表内文字"),
        ],
    ),
    (
        "附件3",
        "{{ 期间 }}报送件问题分类",
        "问题",
        [
            _NUMBER,
            ("问题类别", "问题类别", 52, "表内文字"),
            ("项数", "处数", 13, "表内数字"),
            ("涉及单位", "涉及单位", 82, "表内文字"),
        ],
    ),
    ("附件4", "{{ 期间 }}各月政务公开信息报送情况", "各月情况", _counted("月份", 24)),
    (
        "附件{% if 是年度 %}5{% else %}4{% endif %}",
        "{{ 期间 }}政务公开信息报送考核评分排名",
        "排名",
        [
            ("类别", "类别", 24, "表内数字"),
            ("名次", "名次", 12, "表内数字"),
            ("单位", "单位", 35, "表内文字"),
            ("得分", "得分", 16, "表内数字"),
            ("等次", "等次", 16, "表内数字"),
            ("加减分原因", "失分原因", 53, "表内文字"),
        ],
    ),
)
CONDITIONS = {"各月情况": "是年度", "排名": "排名"}
"""Rows → the tag without which the whole attachment is left out."""


def write_table(document: Any, rows: str, columns: Columns) -> None:
    table = document.add_table(rows=1, cols=len(columns), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _set_margins(table)
    for cell, (heading, *_) in zip(table.rows[0].cells, columns, strict=True):
        _put(cell, heading, "表头")
    _mark(table.rows[0], "w:cantSplit", "w:tblHeader")
    _tag_row(table, f"{{%tr for 行 in {rows} %}}")
    filled = table.add_row()
    for cell, (_, tag, _, style) in zip(filled.cells, columns, strict=True):
        _put(cell, f"{{{{ 行.{tag} }}}}", style)
    _mark(filled, "w:cantSplit")
    _tag_row(table, "{%tr else %}")
    nothing = table.add_row().cells
    _put(nothing[0].merge(nothing[-1]), "（无）", "表内数字")
    _tag_row(table, "{%tr endfor %}")
    for column, (_, _, width, _) in zip(table.columns, columns, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            if cell._tc.grid_span == 1:
                cell.width = Mm(width)


def _tag_row(table: Any, tag: str) -> None:
    """A row that holds nothing but a tag and vanishes with it."""
    _put(table.add_row().cells[0], tag, "表内文字")


def _put(cell: Any, text: str, style: str) -> None:
    cell.paragraphs[0].style = style
    cell.paragraphs[0].text = text
    cell.vertical_alignment = 1


def _mark(row: Any, *marks: str) -> None:
    properties = row._tr.get_or_add_trPr()
    for mark in marks:
        properties.append(OxmlElement(mark))


def _set_margins(table: Any) -> None:
    """Narrow cells: 0.5 mm at the sides, 1 mm above and below."""
    sides = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 57), ("left", 28), ("bottom", 57), ("right", 28))
    )
    properties = table._tbl.tblPr
    margins = parse_xml(f'<w:tblCellMar {nsdecls("w")}>{sides}</w:tblCellMar>')
    look = properties.find(qn("w:tblLook"))
    look.addprevious(margins) if look is not None else properties.append(margins)

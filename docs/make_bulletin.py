"""The bulletin's template, workbook_templates/bulletin.docx, as reviewable text; a test fails when it is stale.

    python docs/make_bulletin.py            writes the template
    python docs/make_bulletin.py --check    only says whether it is up to date (exit 1 when not)

The form is that of GB/T 9704-2012 (党政机关公文格式); tags are those of workbook_templates/bulletin.toml. The office
restyles a copy in Word: every kind of paragraph has a style of its own.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from zwgk_excel.workbooks.bulletin.words import settings
from zwgk_excel.workbooks.package import Package

TEMPLATE = Path(__file__).resolve().parent.parent / "workbook_templates/bulletin.docx"
COMMAND = "python docs/make_bulletin.py"

TITLE_FONT, BODY_FONT, LEVEL_1_FONT, LEVEL_2_FONT, TABLE_FONT = (
    "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体",
)  # fmt: skip
FALLBACKS = {TITLE_FONT: "宋体", BODY_FONT: "仿宋", LEVEL_2_FONT: "楷体"}
"""What Word takes where the font of the standard is not installed."""
LATIN = "Times New Roman"
RED = RGBColor(0xC0, 0x00, 0x00)
LINE = Pt(28)
"""Fixed line spacing: 22 lines a page."""
SIZE_2, SIZE_3, SIZE_4, SIZE_5 = 22.0, 16.0, 14.0, 10.5
WIDTH_MM = 156
"""Of the text: A4 less margins of 28 and 26 mm."""

CENTRE, LEFT, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY,
)  # fmt: skip
# name, Chinese font, size, bold, alignment, first-line indent in hundredths of a character
STYLES: tuple[tuple[str, str, float, Any, int], ...] = (
    ("公文标题", TITLE_FONT, SIZE_2, CENTRE, 0),
    ("主送机关", BODY_FONT, SIZE_3, LEFT, 0),
    ("公文正文", BODY_FONT, SIZE_3, BOTH, 200),
    ("一级标题", LEVEL_1_FONT, SIZE_3, BOTH, 200),
    ("二级标题", LEVEL_2_FONT, SIZE_3, BOTH, 200),
    ("发文字号", BODY_FONT, SIZE_3, CENTRE, 0),
    ("落款", BODY_FONT, SIZE_3, RIGHT, 0),
    ("附件序号", LEVEL_1_FONT, SIZE_3, LEFT, 0),
    ("图题", BODY_FONT, SIZE_4, CENTRE, 0),
    ("表头", LEVEL_1_FONT, SIZE_5, CENTRE, 0),
    ("表内文字", TABLE_FONT, SIZE_5, LEFT, 0),
    ("表内数字", TABLE_FONT, SIZE_5, CENTRE, 0),
    ("页码", TABLE_FONT, SIZE_4, LEFT, 0),
)
_TABLE_STYLES = frozenset({"表头", "表内文字", "表内数字", "页码"})

SITUATION = (
    "{{ 期间 }}，全市{{ 单位数 }}个单位有规定时限的报送任务共{{ 应报 }}项。其中，已报{{ 已报 }}项，"
    "零报告{{ 零报告 }}项，退回待改{{ 退回 }}项，未报{{ 未报 }}项，免报{{ 免报 }}项，报送率{{ 报送率 }}；"
    "按时报送{{ 按时 }}项，宽限期内报送{{ 宽限 }}项，迟报{{ 迟报 }}项，逾期未报{{ 逾期 }}项，按时率{{ 按时率 }}。"
    "{% if 宽限期内 %}另有{{ 宽限期内 }}项已过报送时限、尚在宽限期内。{% endif %}"
    "{% if 尚未到期数 %}另有{{ 尚未到期数 }}项尚未到报送时限。{% endif %}"
    "{% if 实时更新数 %}实时更新类任务报送{{ 实时更新数 }}项。{% endif %}各单位情况见附件1。"
)
KIND = "{{ 行.类别 }}{{ 行.单位数 }}个，应报{{ 行.应报 }}项，报送率{{ 行.报送率 }}，按时率{{ 行.按时率 }}。"
LATE = (
    "{% if 迟报逾期数 %}共有{{ 迟报逾期单位数 }}个单位{{ 迟报逾期数 }}项任务迟报或逾期未报：{{ 迟报逾期单位 }}。"
    "明细见附件2。{% else %}没有单位迟报或逾期未报。{% endif %}"
)
PROBLEMS = (
    "{% if 问题数 %}{{ 问题单位数 }}个单位的报送件尚有问题{{ 问题数 }}处，主要是{{ 主要问题 }}。"
    "分类情况见附件3。{% else %}报送件未发现需要改正的问题。{% endif %}"
)
DEMANDS = (
    "（一）抓紧补报整改。迟报、逾期未报的单位要尽快补报并查明原因；报送件有问题的单位要按退回的修改意见逐条改正，"
    "重新报送。",
    "（二）严把内容质量。报送的信息要符合栏目属性，严格落实“三审”签发制度，政策性栏目不得用新闻信息代替。",
    "（三）压实工作责任。信息报送情况纳入营商环境月考核，年终纳入政务公开和政府网站绩效考核；"
    "对履行职责不力的单位，将提请市政府督查、约谈。",
)


def template() -> bytes:
    """The template as a file; the same bytes on every run with the same libraries."""
    document = Document()
    _set_page(document)
    _set_styles(document)
    _write_head(document)
    _write_body(document)
    _write_attachments(document)
    _write_page_numbers(document)
    _set_fallbacks(document)
    _describe(document)
    stream = io.BytesIO()
    document.save(stream)
    return Package(stream.getvalue()).write()


def _set_page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(23)  # the dash of the page number is 7 mm below the text


def _set_styles(document: Any) -> None:
    for language in document.styles.element.iter(qn("w:lang")):
        # Without it, programs may take the Taiwanese face of a font, with its punctuation in mid-line.
        language.set(qn("w:eastAsia"), "zh-CN")
    for name, font, size, alignment, indent in STYLES:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.quick_style = True
        _set_font(style, font, size)
        layout = style.paragraph_format
        layout.alignment = alignment
        layout.space_before = layout.space_after = Pt(0)
        if name in _TABLE_STYLES:
            layout.line_spacing_rule = WD_LINE_SPACING.SINGLE
        elif name != "图题":
            layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
        _indent(style.element.get_or_add_pPr(), size, firstLine=indent)
    document.styles["公文标题"].paragraph_format.keep_with_next = True
    for name in ("一级标题", "二级标题", "附件序号"):
        document.styles[name].paragraph_format.keep_with_next = True


def _set_font(style: Any, font: str, size: float) -> None:
    style.font.name, style.font.size = LATIN, Pt(size)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), font)


def _indent(properties: Any, size: float, **values: int) -> None:
    """Indents in hundredths of a character of ``size`` points, and in twips for programs that know no characters."""
    node = properties.get_or_add_ind()
    for side, characters in values.items():
        node.set(qn(f"w:{side}Chars"), str(characters))
        node.set(qn(f"w:{side}"), str(round(characters * size / 5)))


def _write_head(document: Any) -> None:
    issuer = document.add_paragraph("{{ 发文机关 }}文件", "公文标题")
    issuer.paragraph_format.space_before, issuer.paragraph_format.space_after = Pt(30), Pt(24)
    issuer.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    issuer.runs[0].font.size, issuer.runs[0].font.color.rgb = Pt(28), RED
    number = document.add_paragraph("（发文字号）〔{{ 年份 }}〕　　号", "发文字号")
    number.paragraph_format.space_after = Pt(28)
    _border_below(number)
    title = document.add_paragraph("{{ 发文机关 }}", "公文标题")
    for line in ("关于{{ 期间 }}政务公开", "信息报送情况的通报"):
        title.add_run().add_break()
        title.add_run(line)
    title.paragraph_format.space_after = Pt(28)
    document.add_paragraph("各乡镇（街道）、市直各部门：", "主送机关")


def _border_below(paragraph: Any) -> None:
    line = f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="18" w:space="8" w:color="{RED}"/></w:pBdr>'
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(parse_xml(line), "w:shd", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _write_body(document: Any) -> None:
    body = _Writer(document)
    body.text(
        "按照《中华人民共和国政府信息公开条例》和市政府门户网站信息报送责任分解要求，现将{{ 期间 }}政务公开信息报送情况"
        "通报如下{% if not 已结账 %}（数据截至{{ 截止日期 }}，该期尚未结账）{% endif %}。"
    )
    body.heading("一、总体情况")
    body.text(SITUATION)
    body.repeated("行", "分类情况", KIND)
    body.only_if("全部按时单位数", "全部按时报送的单位有{{ 全部按时单位数 }}个：{{ 全部按时单位 }}。")
    _write_chart(document)
    body.heading("二、存在问题")
    body.heading("（一）报送不及时。", level=2, more=LATE)
    body.heading("（二）内容不规范。", level=2, more=PROBLEMS)
    body.ranking()
    body.heading("{% if 排名 %}四{% else %}三{% endif %}、工作要求")
    for demand in DEMANDS:
        body.text(demand)
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    body.tag("{%p if 更正 %}")
    body.heading("{% if 排名 %}五{% else %}四{% endif %}、更正")
    body.repeated("行", "更正", "{{ 行 }}")
    body.tag("{%p endif %}")
    _write_end(document)


class _Writer:
    """Paragraphs of the body, with the tags between them."""

    def __init__(self, document: Any) -> None:
        self.document = document

    def text(self, text: str) -> None:
        """A paragraph of the body."""
        self.document.add_paragraph(text, "公文正文")

    def tag(self, tag: str) -> None:
        """A paragraph that holds nothing but a tag and vanishes with it."""
        self.text(tag)

    def heading(self, text: str, *, level: int = 1, more: str = "") -> None:
        """A heading; ``more`` runs on behind it in the body's font."""
        paragraph = self.document.add_paragraph(text, "一级标题" if level == 1 else "二级标题")
        if more:
            run = paragraph.add_run(more)
            run.font.name = LATIN
            run._r.rPr.rFonts.set(qn("w:eastAsia"), BODY_FONT)
            paragraph.paragraph_format.keep_with_next = False

    def repeated(self, row: str, rows: str, text: str) -> None:
        """A paragraph for every row."""
        self.tag(f"{{%p for {row} in {rows} %}}")
        self.text(text)
        self.tag("{%p endfor %}")

    def only_if(self, tag: str, text: str) -> None:
        """A paragraph that is there only when a tag has something in it."""
        self.tag(f"{{%p if {tag} %}}")
        self.text(text)
        self.tag("{%p endif %}")

    def ranking(self) -> None:
        """The section on scores, where there are any."""
        self.tag("{%p if 排名 %}")
        self.heading("三、考核评分")
        self.text(
            "{% if 评分待确认 %}（评分办法为样例，待确认。）{% endif %}按部门、乡镇（街道）分别排名，"
            "各单位得分和名次见附件{% if 是年度 %}5{% else %}4{% endif %}。"
        )
        best = "{{ 行.类别 }}得分靠前的是{{ 行.靠前单位 }}{% if 行.靠后单位 %}，靠后的是{{ 行.靠后单位 }}{% endif %}。"
        self.repeated("行", "排名分类", best)
        self.tag("{%p endif %}")


def _write_end(document: Any) -> None:
    """The list of attachments and the signature, never on a page without some of the body (GB/T 9704, 7.3.5.5)."""
    start = len(document.paragraphs)
    document.add_paragraph("", "公文正文")
    first, *others = (
        "附件：1．各单位报送情况",
        "2．迟报、逾期未报明细",
        "3．报送件问题分类",
        "{%p if 是年度 %}",
        "4．各月报送情况",
        "{%p endif %}",
        "{%p if 排名 %}",
        "{% if 是年度 %}5{% else %}4{% endif %}．考核评分排名",
        "{%p endif %}",
    )
    document.add_paragraph(first, "公文正文")
    for line in others:
        paragraph = document.add_paragraph(line, "公文正文")
        _indent(paragraph._p.get_or_add_pPr(), SIZE_3, left=500, firstLine=0)
    for _ in range(2):
        document.add_paragraph("", "公文正文")
    for text, indent in (("{{ 发文机关 }}", 200), ("{{ 截止日期 }}", 400)):
        paragraph = document.add_paragraph(text, "落款")
        _indent(paragraph._p.get_or_add_pPr(), SIZE_3, right=indent)
    for paragraph in document.paragraphs[start:-1]:
        paragraph.paragraph_format.keep_with_next = True


# --- attachments: what, title, name of the rows, columns (heading, tag, width in mm, style) --------

_COUNTS = ("应报", "已报", "零报告", "退回", "未报", "免报", "按时", "宽限", "迟报", "逾期")
Columns = Sequence[tuple[str, str, float, str]]


def _counted(first: str, width: float) -> Columns:
    """A label, the counts, a rate: for units and for months."""
    each = (WIDTH_MM - width - 14 - 11) / len(_COUNTS)
    # Only what there is: a page of noughts hides the few figures that matter.
    counts = [(key, f"{key} or ''", each, "表内数字") for key in _COUNTS]
    return [(first, first, width, "表内文字"), *counts, ("按时率", "按时率", 14, "表内数字"), _ON_DEMAND]


_ON_DEMAND = ("实时更新", "实时更新 or ''", 11.0, "表内数字")
_NUMBER = ("序号", "序号", 9.0, "表内数字")
_ATTACHMENTS: Sequence[tuple[str, str, str, Columns]] = (
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
            ("处数", "处数", 13, "表内数字"),
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
            ("失分原因", "失分原因", 53, "表内文字"),
        ],
    ),
)
_CONDITIONS = {"各月情况": "是年度", "排名": "排名"}
"""Rows → the tag without which the whole attachment is left out."""


def _write_attachments(document: Any) -> None:
    body = _Writer(document)
    for label, title, rows, columns in _ATTACHMENTS:
        condition = _CONDITIONS.get(rows)
        if condition:
            document.add_paragraph(f"{{%p if {condition} %}}", "公文正文")
        document.add_paragraph(label, "附件序号").paragraph_format.page_break_before = True
        heading = document.add_paragraph(title, "公文标题")
        heading.paragraph_format.space_before = heading.paragraph_format.space_after = Pt(14)
        heading.runs[0].font.size = Pt(18)
        _write_table(document, rows, columns)
        if rows == "排名":
            body.repeated("行", "评分说明", "注：{{ 行 }}。")
        if condition:
            document.add_paragraph("{%p endif %}", "公文正文")


def _write_table(document: Any, rows: str, columns: Columns) -> None:
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


# --- page numbers, chart, fonts, properties ----------------------------------------------------


def _write_page_numbers(document: Any) -> None:
    """``— 1 —``, on the outer side of each page, one character from the edge."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, alignment, side in (
        (section.footer, RIGHT, "right"),
        (section.even_page_footer, LEFT, "left"),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style, paragraph.alignment = document.styles["页码"], alignment
        _indent(paragraph._p.get_or_add_pPr(), SIZE_4, **{side: 100})
        paragraph.add_run("— ")
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        run = OxmlElement("w:r")
        number = OxmlElement("w:t")
        number.text = "1"
        run.append(number)
        field.append(run)
        paragraph._p.append(field)
        paragraph.add_run(" —")


def _write_chart(document: Any) -> None:
    """A native chart, which the office restyles in Word like any other; filled by its alternative text."""
    package = document.part.package
    book = Part(PackURI("/word/embeddings/chart1.xlsx"), CONTENT_TYPE.SML_SHEET, b"", package)
    chart = Part(PackURI("/word/charts/chart1.xml"), CONTENT_TYPE.DML_CHART, b"", package)
    data = chart.relate_to(book, RELATIONSHIP_TYPE.PACKAGE)
    chart._blob = _chart_xml(data).encode()
    book._blob = _placeholder()
    place = document.part.relate_to(chart, RELATIONSHIP_TYPE.CHART)
    paragraph = document.add_paragraph("", "图题")
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = Pt(6)
    drawing = (
        f'<w:drawing {nsdecls("w", "wp", "a", "r")}><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{Mm(150)}" cy="{Mm(64)}"/><wp:docPr id="1" name="chart" descr="{settings()["chart"]}"/>'
        '<wp:cNvGraphicFramePr/><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        '<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        f'r:id="{place}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )
    paragraph.add_run()._r.append(parse_xml(drawing))
    document.add_paragraph("图　各月报送率和按时率", "图题").paragraph_format.space_after = Pt(6)


def _placeholder() -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})
        book.add_worksheet()
    return stream.getvalue()


def _chart_xml(data: str) -> str:
    series = "".join(_series(number, colour) for number, colour in enumerate(("1F4E79", "5B9E58")))
    grid = '<c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="D9D9D9"/></a:solidFill></a:ln></c:spPr></c:majorGridlines>'  # noqa: E501
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>'
        f'<c:barChart><c:barDir val="col"/><c:grouping val="clustered"/><c:varyColors val="0"/>{series}'
        '<c:gapWidth val="60"/><c:axId val="111"/><c:axId val="222"/></c:barChart>'
        '<c:catAx><c:axId val="111"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="b"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>{_chart_text(800)}<c:crossAx val="222"/>'
        '<c:crosses val="autoZero"/></c:catAx>'
        '<c:valAx><c:axId val="222"/><c:scaling><c:orientation val="minMax"/><c:max val="1"/><c:min val="0"/>'
        f'</c:scaling><c:delete val="0"/><c:axPos val="l"/>{grid}<c:numFmt formatCode="0%" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        f'{_chart_text(800)}<c:crossAx val="111"/><c:crosses val="autoZero"/></c:valAx></c:plotArea>'
        f'<c:legend><c:legendPos val="b"/><c:overlay val="0"/>{_chart_text(900)}</c:legend>'
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f'<c:externalData r:id="{data}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def _series(number: int, colour: str) -> str:
    letter = "BC"[number]
    return (
        f'<c:ser><c:idx val="{number}"/><c:order val="{number}"/>'
        f"<c:tx><c:strRef><c:f>Sheet1!${letter}$1</c:f></c:strRef></c:tx>"
        f'<c:spPr><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></c:spPr><c:invertIfNegative val="0"/>'
        f'<c:dLbls><c:numFmt formatCode="0%" sourceLinked="0"/>{_chart_text(800)}<c:dLblPos val="outEnd"/>'
        '<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>'
        '<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
        "<c:cat><c:strRef><c:f>Sheet1!$A$2</c:f></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>Sheet1!${letter}$2</c:f></c:numRef></c:val></c:ser>"
    )


def _chart_text(size: int) -> str:
    return (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{size}"><a:latin typeface="{LATIN}"/>'
        f'<a:ea typeface="{TABLE_FONT}"/></a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
    )


def _set_fallbacks(document: Any) -> None:
    """Name the font that takes the place of each: offices on Linux or with a new Windows lack the standard's."""
    part = next(each for each in document.part.package.iter_parts() if each.partname == "/word/fontTable.xml")
    root = parse_xml(part.blob)
    for font, fallback in FALLBACKS.items():
        named = f'<w:font {nsdecls("w")} w:name="{font}"><w:altName w:val="{fallback}"/></w:font>'
        root.append(parse_xml(named))
    from lxml import etree

    part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _describe(document: Any) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.comments = "政务公开信息报送情况通报（模板）", "", ""
    properties.created = properties.modified = datetime(2026, 1, 1)
    properties.last_modified_by, properties.revision, properties.keywords = "", 1, ""


def main() -> int:
    """Run the command; 1 when only asked and the template is not what this file makes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="only say whether the template is up to date")
    check = parser.parse_args().check
    if TEMPLATE.exists() and Package(TEMPLATE.read_bytes()).parts == Package(template()).parts:
        print(f"{TEMPLATE.name} is up to date")
        return 0
    if check:
        print(f"{TEMPLATE.name} is stale; run {COMMAND}", file=sys.stderr)
        return 1
    TEMPLATE.write_bytes(template())
    print(f"wrote {TEMPLATE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

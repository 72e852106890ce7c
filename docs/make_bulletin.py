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
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from docs.bulletin_chart import write_chart
from docs.bulletin_tables import ATTACHMENTS, CONDITIONS, write_table
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage

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
    "{% if 问题数 %}{{ 问题单位数 }}个单位的报送件尚有问题{{ 问题数 }}项，主要是{{ 主要问题 }}。"
    "分类情况见附件3。{% else %}报送件未发现需要改正的问题。{% endif %}"
)
SITE_FAULTS = (
    "经逐条核验，{{ 网站问题单位数 }}个单位的网站信息有问题{{ 网站问题数 }}处，已整改{{ 已整改数 }}处。"
    "{% if 逾期未整改数 %}逾期未整改{{ 逾期未整改数 }}处：{{ 逾期未整改单位 }}。{% endif %}"
)
SCORED = "排名 or 不参与排名单位 or 暂未评定单位"
"""The condition that there is something to say of scores."""
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
    return OoxmlPackage(stream.getvalue()).write()


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
        "通报如下{% if not 已结账 %}（数据截至{{ 截止日期 }}，该期尚未结账"
        "{% if 未结束月份 %}；其中{{ 未结束月份 }}尚未结束{% endif %}"
        "{% if 未到最迟时限月份 %}；{{ 未到最迟时限月份 }}尚有任务未到最迟时限{% endif %}"
        "{% if 未下发月份 %}；{{ 未下发月份 }}未下发报送表，不计入统计{% endif %}）"
        "{% elif 未下发月份 %}（{{ 未下发月份 }}未下发报送表，不计入统计）{% endif %}。"
    )
    body.heading("一、总体情况")
    body.text(SITUATION)
    body.repeated("行", "分类情况", KIND)
    body.only_if("全部按时单位数", "全部按时报送的单位有{{ 全部按时单位数 }}个：{{ 全部按时单位 }}。")
    write_chart(document)
    body.heading("二、存在问题")
    body.heading("（一）报送不及时。", level=2, more=LATE)
    body.heading("（二）内容不规范。", level=2, more=PROBLEMS)
    body.tag("{%p if 网站问题数 %}")
    body.heading("（三）网站问题整改。", level=2, more=SITE_FAULTS)
    body.tag("{%p endif %}")
    body.ranking()
    body.heading(f"{{% if {SCORED} %}}四{{% else %}}三{{% endif %}}、工作要求")
    for demand in DEMANDS:
        body.text(demand)
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    body.tag("{%p if 更正 %}")
    body.heading(f"{{% if {SCORED} %}}五{{% else %}}四{{% endif %}}、更正")
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
        """The section on scores, where there are any; a month in which nobody is ranked says so."""
        self.tag(f"{{%p if {SCORED} %}}")
        self.heading("三、考核评分")
        self.text(
            "{% if 排名 %}{% if 评分待确认 %}（评分办法为样例，待确认。）{% endif %}按部门、乡镇（街道）分别排名，"
            "各单位得分和名次见附件{% if 是年度 %}5{% else %}4{% endif %}。"
            "{% else %}{{ 期间 }}没有单位参与排名。{% endif %}"
        )
        self.repeated("行", "排名分类", "{{ 行.得分情况 }}{% if 行.得分情况 %}。{% endif %}")
        self.only_if("不参与排名单位", "没有应报任务、不参与排名的单位有{{ 不参与排名单位 }}。")
        self.only_if("暂未评定单位", "尚未报送、最迟时限未到、暂未评定的单位有{{ 暂未评定单位 }}。")
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


def _write_attachments(document: Any) -> None:
    body = _Writer(document)
    for label, title, rows, columns in ATTACHMENTS:
        condition = CONDITIONS.get(rows)
        if condition:
            document.add_paragraph(f"{{%p if {condition} %}}", "公文正文")
        document.add_paragraph(label, "附件序号").paragraph_format.page_break_before = True
        heading = document.add_paragraph(title, "公文标题")
        heading.paragraph_format.space_before = heading.paragraph_format.space_after = Pt(14)
        heading.runs[0].font.size = Pt(18)
        write_table(document, rows, columns)
        if rows == "排名":
            body.repeated("行", "评分说明", "注：{{ 行 }}。")
        if condition:
            document.add_paragraph("{%p endif %}", "公文正文")


# --- page numbers, fonts, properties ----------------------------------------------------


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
    if TEMPLATE.exists() and OoxmlPackage(TEMPLATE.read_bytes()).parts == OoxmlPackage(template()).parts:
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

"""The manuals for staff as Word documents, made of their Markdown; a test fails when one is stale.

    python docs/make_manuals.py            writes workbook_templates/manual_….docx
    python docs/make_manuals.py --check    only says whether they are up to date (exit 1 when not)

A4, Chinese fonts, the pictures inside. What the Markdown hides (HTML comments) is left out; of a link only its text
stays, since a printed page leads nowhere.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from markdown_it import MarkdownIt
from markdown_it.token import Token

from zwgk_excel.workbooks.ooxml.package import OoxmlPackage

DOCS = Path(__file__).resolve().parent
COMMAND = "python docs/make_manuals.py"
BODY_FONT, HEADING_FONT, CODE_FONT, LATIN, MONOSPACED = "宋体", "黑体", "等线", "Calibri", "Consolas"
BLUE, GREY = RGBColor(0x1F, 0x4E, 0x79), "D9E2EC"
A4_WIDTH, A4_HEIGHT = 210, 297
_CODE, _CAPTION = "代码", "图题"
_SHORT, _LONG = 10, 30
"""Characters: columns with no more do not break; with more they get no more room."""
_SMALLER, _MM_PER_POINT, _PADDING = 1, 0.353, 4
"""Points that tables and captions are smaller by; and millimetres beside the text of a cell."""
_LISTS = {"bullet_list_open": "List Bullet", "ordered_list_open": "List Number"}


@dataclass(frozen=True, slots=True)
class Look:
    """How a manual is set: sizes in points, lengths in millimetres."""

    made: Path
    size: float
    margin: int
    picture: int
    """The width of its pictures."""
    spacing: float
    """Above and below a paragraph, in points."""

    @property
    def width(self) -> int:
        """The width of the text."""
        return A4_WIDTH - 2 * self.margin


_MADE = DOCS.parent / "workbook_templates"
MANUALS: dict[Path, Look] = {
    DOCS / "填报手册.md": Look(_MADE / "manual_report.docx", size=9.5, margin=15, picture=180, spacing=1.5),
    DOCS / "办公室手册.md": Look(_MADE / "manual_office.docx", size=10.5, margin=22, picture=160, spacing=3),
}
"""The Markdown of each manual, and how it looks; the first is one page."""


def made(source: Path) -> bytes:
    """The Word document of a manual; the same bytes on every run with the same libraries."""
    look = MANUALS[source]
    document = Document()
    _set_page(document, look)
    _set_styles(document, look)
    tokens = MarkdownIt("commonmark").enable("table").parse(source.read_text(encoding="utf-8"))
    _Writer(document, look, source.parent).write(tokens)
    _describe(document, source.stem)
    stream = io.BytesIO()
    document.save(stream)
    return OoxmlPackage(stream.getvalue()).write()


def text_of(document: bytes) -> list[str]:
    """What a Word document says, a string for each paragraph in turn, those of tables among them; pictures as ``▣``."""
    body = Document(io.BytesIO(document)).element.body
    return [_said(paragraph) for paragraph in body.iter(qn("w:p"))]


def _said(paragraph: Any) -> str:
    signs = {qn("w:br"): "\n", qn("w:drawing"): "▣"}
    return "".join(each.text or "" if each.tag == qn("w:t") else signs.get(each.tag, "") for each in paragraph.iter())


class _Writer:
    """Writes the tokens of one Markdown text into a document."""

    def __init__(self, document: Any, look: Look, folder: Path) -> None:
        self.document, self.look, self.folder = document, look, folder
        self.lists: list[str] = []
        self.quoted = False
        self.numbering = _Numbering(document)

    def write(self, tokens: Sequence[Token]) -> None:
        """Write block after block."""
        waiting = list(tokens)
        while waiting:
            token = waiting.pop(0)
            if token.type == "table_open":
                end = next(at for at, each in enumerate(waiting) if each.type == "table_close")
                self._table(waiting[:end])
                del waiting[: end + 1]
            else:
                self._block(token, waiting)

    def _block(self, token: Token, waiting: list[Token]) -> None:
        match token.type:
            case "heading_open":
                self._paragraph(waiting.pop(0), f"Heading {token.tag[1]}")
            case "paragraph_open":
                self._paragraph(waiting.pop(0), self.lists[-1] if self.lists else "引用" if self.quoted else "Normal")
            case "bullet_list_open" | "ordered_list_open":
                self.lists.append(_LISTS[token.type])
                self.numbering.start()
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "blockquote_open" | "blockquote_close":
                self.quoted = token.type.endswith("open")
            case "fence" | "code_block":
                for line in token.content.splitlines():
                    self.document.add_paragraph(line, style=_CODE)
            case "hr":
                self.document.add_page_break()

    def _paragraph(self, inline: Token, style: str) -> None:
        paragraph = self.document.add_paragraph(style=style)
        if style == "List Number":
            self.numbering.continue_in(paragraph)
        if _is_picture(inline):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.keep_with_next = True
        self._runs(paragraph, inline)
        if _is_picture(inline):
            self.document.add_paragraph(inline.children[0].content, style=_CAPTION)  # type: ignore[index]

    def _runs(self, paragraph: Any, inline: Token) -> None:
        strong = False
        for each in inline.children or ():
            match each.type:
                case "text" | "code_inline":
                    run = paragraph.add_run(each.content)
                    run.bold = strong or None
                    if each.type == "code_inline":
                        _set_fonts(run, CODE_FONT, MONOSPACED)
                        run.font.color.rgb = BLUE
                case "softbreak":
                    # Between Chinese characters a break of the source is no space.
                    if _needs_space(paragraph.text):
                        paragraph.add_run(" ")
                case "hardbreak":
                    paragraph.add_run().add_break()
                case "strong_open" | "strong_close":
                    strong = each.type.endswith("open")
                case "image":
                    picture = self.folder / str(each.attrs["src"])
                    paragraph.add_run().add_picture(str(picture), width=Mm(self.look.picture))

    def _table(self, tokens: Sequence[Token]) -> None:
        rows = list(_rows(tokens))
        table = self.document.add_table(len(rows), len(rows[0]), style="Table Grid")
        table.autofit = False
        for column, width in zip(table.columns, _widths(rows, self.look), strict=True):
            column.width = Mm(width)
            for cell in column.cells:
                cell.width = Mm(width)
        for number, (row, cells) in enumerate(zip(table.rows, rows, strict=True)):
            _keep_whole(row, heading=number == 0)
            for cell, inline in zip(row.cells, cells, strict=True):
                paragraph = cell.paragraphs[0]
                paragraph.style = self.document.styles["表头" if number == 0 else "表内"]
                if number == 0:
                    _shade(cell)
                self._runs(paragraph, inline)
        self.document.add_paragraph(style="表后")


class _Numbering:
    """Numbered lists that begin with 1 each, which python-docx's one style for all of them does not do."""

    def __init__(self, document: Any) -> None:
        self.element = document.part.numbering_part.element
        style = document.styles["List Number"].element
        used = style.pPr.numPr.numId.val
        self.abstract = next(each for each in self.element.num_lst if each.numId == used).abstractNumId.val
        self.number: int | None = None

    def start(self) -> None:
        """Begin with 1 in the next list."""
        number = self.element.add_num(self.abstract)
        number.add_lvlOverride(ilvl=0).add_startOverride(1)
        self.number = number.numId

    def continue_in(self, paragraph: Any) -> None:
        """Count the paragraph in the list begun last."""
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = 0
        properties.get_or_add_numId().val = self.number


def _is_picture(inline: Token) -> bool:
    return [each.type for each in inline.children or ()] == ["image"]


def _needs_space(before: str) -> bool:
    return bool(before) and before[-1].isascii()


def _rows(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    cells: list[Token] = []
    for each in tokens:
        if each.type == "inline":
            cells.append(each)
        elif each.type == "tr_close":
            yield cells
            cells = []


def _widths(rows: Sequence[Sequence[Token]], look: Look) -> list[float]:
    """Millimetres of each column: short ones do not break, others share the rest by their longest cell."""
    longest = [max(_length(cell.content) for cell in column) for column in zip(*rows, strict=True)]
    letter = (look.size - _SMALLER) * _MM_PER_POINT
    narrow = {at: (each + 0.5) * letter + _PADDING for at, each in enumerate(longest) if each <= _SHORT}
    shares = {at: min(each, _LONG) for at, each in enumerate(longest) if at not in narrow}
    unit = (look.width - sum(narrow.values())) / (sum(shares.values()) or 1)
    return [narrow.get(at) or shares[at] * unit for at in range(len(longest))]


def _length(text: str) -> float:
    return sum(0.55 if each.isascii() else 1 for each in text)


def _set_page(document: Any, look: Look) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(A4_WIDTH), Mm(A4_HEIGHT)
    section.left_margin = section.right_margin = Mm(look.margin)
    section.top_margin = section.bottom_margin = Mm(max(look.margin - 3, 10))
    section.header_distance = section.footer_distance = Mm(6)


def _set_styles(document: Any, look: Look) -> None:
    for language in document.styles.element.iter(qn("w:lang")):
        # Without it, programs may take the Taiwanese face of a font, with its punctuation in mid-line.
        language.set(qn("w:eastAsia"), "zh-CN")
    body = document.styles["Normal"]
    _style(body, BODY_FONT, look.size, look.spacing)
    for name, smaller in (
        ("引用", 0.5), (_CODE, _SMALLER), (_CAPTION, _SMALLER), ("表头", _SMALLER), ("表内", _SMALLER), ("表后", 6),
    ):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = body
        if name == _CAPTION:
            style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        tight = 1 if name in ("表头", "表内") else 0 if name == "表后" else look.spacing
        _style(style, CODE_FONT if name == _CODE else BODY_FONT, look.size - smaller, tight)
        style.font.bold = name == "表头"
    document.styles["引用"].paragraph_format.left_indent = Mm(5)
    document.styles[_CODE].paragraph_format.left_indent = Mm(5)
    for level, larger in ((1, 6), (2, 2.5), (3, 1)):
        style = document.styles[f"Heading {level}"]
        _style(style, HEADING_FONT, look.size + larger, look.spacing * 2)
        style.font.color.rgb = BLUE
        style.paragraph_format.keep_with_next = True
    document.styles["Heading 1"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for name in _LISTS.values():
        _style(document.styles[name], BODY_FONT, look.size, look.spacing / 2)


def _style(style: Any, font: str, size: float, spacing: float) -> None:
    style.font.size = Pt(size)
    _set_fonts(style, font, MONOSPACED if font == CODE_FONT else LATIN)
    layout = style.paragraph_format
    layout.space_before = layout.space_after = Pt(spacing)
    layout.line_spacing = 1.1


def _set_fonts(styled: Any, font: str, latin: str = LATIN) -> None:
    styled.font.name = latin
    fonts = styled.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in list(fonts.attrib):  # a theme's font would go before ours
        if attribute.endswith("Theme"):
            del fonts.attrib[attribute]
    for kind in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{kind}"), latin)
    fonts.set(qn("w:eastAsia"), font)


def _keep_whole(row: Any, *, heading: bool) -> None:
    """Keep a row on one page; a heading stands again on each."""
    properties = row._tr.get_or_add_trPr()
    for tag in ("w:cantSplit", *(("w:tblHeader",) if heading else ())):
        properties.append(OxmlElement(tag))


def _shade(cell: Any) -> None:
    shading = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", GREY)):
        shading.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shading)


def _describe(document: Any, title: str) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, "政务公开办公室", ""
    properties.language, properties.revision = "zh-CN", 1
    properties.created = properties.modified = datetime(2026, 1, 1)


def is_stale(source: Path) -> bool:
    """Whether the shipped document of a manual says something else than its Markdown, or is missing."""
    shipped = MANUALS[source].made
    return not shipped.is_file() or text_of(shipped.read_bytes()) != text_of(made(source))


def main() -> int:
    """Run the command; 0 done or up to date, 1 stale."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a manual is stale")
    check = parser.parse_args().check
    stale = [source for source in MANUALS if is_stale(source)] if check else []
    for source, look in MANUALS.items():
        if not check:
            look.made.write_bytes(made(source))
        print(f"{look.made.name}: {f'stale, run {COMMAND}' if source in stale else 'up to date' if check else 'made'}")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())

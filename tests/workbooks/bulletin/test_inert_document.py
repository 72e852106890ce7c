"""What acts in an office's template does not get into the bulletin that goes to every unit."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from xml.etree import ElementTree

import docx
import pytest

from tests.tools import require
from tests.workbooks.bulletin.test_bulletin import ON_TIME, SHIPPED, bulletin, own_template
from tests.workbooks.correction.active_parts import EVIL, OFFICE, Parts, add, edit, relate
from tests.workbooks.correction.marked import parts
from tests.workbooks.sheets import zipped
from zwgk_excel.workbooks.bulletin.document import bulletin_document, values_of
from zwgk_excel.workbooks.bulletin.pdf import to_pdf
from zwgk_excel.workbooks.opening.rejected import RejectedFileError

BODY, SETTINGS = "word/document.xml", "word/settings.xml"
SHOWING = """
    officeDocument core-properties styles stylesWithEffects settings fontTable theme numbering footer header chart
    package image hyperlink footnotes endnotes
"""
ACTING = re.compile(r"vba|activeX|embeddings/o|customXml|customUI|x\.xml$|app\.xml")


def written(template: bytes) -> bytes:
    return bulletin_document(template, "通报.docx", values_of(bulletin(ON_TIME)))


def made(*changes) -> bytes:
    """A template with what acts put into it."""
    content: Parts = dict(parts(own_template("{{ 标题 }}")))
    for change in changes:
        change(content)
    return zipped(content)


def attached_template(content: Parts) -> None:
    relate(content, SETTINGS, "attachedTemplate", EVIL, id_="rIdT1", outside=True)
    edit(content, SETTINGS, "</w:settings>", f'<w:attachedTemplate xmlns:r="{OFFICE}" r:id="rIdT1"/>')


def mail_merge(content: Parts) -> None:
    relate(content, SETTINGS, "mailMergeSource", EVIL, id_="rIdM1", outside=True)
    source = f'<w:dataSource xmlns:r="{OFFICE}" r:id="rIdM1"/>'
    query = '<w:mainDocumentType w:val="formLetters"/><w:dataType w:val="native"/><w:query w:val="SELECT"/>'
    edit(content, SETTINGS, "</w:settings>", f"<w:mailMerge>{query}{source}</w:mailMerge>")


def linked_picture(content: Parts) -> None:
    relate(content, BODY, "image", EVIL, id_="rIdP1", outside=True)
    space = f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{OFFICE}"'
    edit(content, BODY, "</w:p>", f'<w:r><w:drawing><a:blip {space} r:link="rIdP1"/></w:drawing></w:r>')


def picture_by_address(content: Parts) -> None:
    image = f'<v:shape href="{EVIL}"><v:imagedata src="{EVIL}"/></v:shape>'
    edit(content, BODY, "</w:p>", f'<w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml">{image}</w:pict></w:r>')


def objects(content: Parts) -> None:
    add(content, "word/embeddings/o.bin", "MZ", "application/vnd.openxmlformats-officedocument.oleObject")
    relate(content, BODY, "oleObject", "embeddings/o.bin", id_="rIdO1")
    relate(content, BODY, "oleObject", EVIL, id_="rIdO2", outside=True)
    relate(content, BODY, "package", "embeddings/o.bin", id_="rIdO3")
    space = f'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:r="{OFFICE}"'
    each = "".join(f'<w:object><o:OLEObject {space} r:id="rIdO{n}"/></w:object>' for n in (1, 2, 3))
    edit(content, BODY, "</w:p>", f"<w:r>{each}</w:r>")


def other_documents(content: Parts) -> None:
    relate(content, BODY, "aFChunk", EVIL, id_="rIdC1", outside=True)
    relate(content, BODY, "subDocument", EVIL, id_="rIdC2", outside=True)
    edit(content, BODY, "<w:sectPr", f'<w:altChunk xmlns:r="{OFFICE}" r:id="rIdC1"/>')
    edit(content, BODY, "<w:sectPr", f'<w:subDoc xmlns:r="{OFFICE}" r:id="rIdC2"/>')


def macros(content: Parts) -> None:
    add(content, "word/vbaProject.bin", "x", "application/vnd.ms-office.vbaProject")
    macro = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    relate(content, BODY, macro, "vbaProject.bin", id_="rIdV1")
    relate(content, "", "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility", "x.xml", id_="rIdV2")
    add(content, "x.xml", "<customUI/>", "application/xml")


def links(content: Parts) -> None:
    for number, target in enumerate((EVIL, "file:///c:/x.exe", "https://www.example.gov.cn/")):
        relate(content, BODY, "hyperlink", target, id_=f"rIdL{number}", outside=True)
        link = f'<w:hyperlink xmlns:r="{OFFICE}" r:id="rIdL{number}"><w:r><w:t>链接{number}</w:t></w:r></w:hyperlink>'
        edit(content, BODY, "</w:p>", link)


CHANGES = [attached_template, mail_merge, linked_picture, picture_by_address, objects, other_documents, macros, links]


def leads_out(data: bytes) -> list[str]:
    """What a document has that is no part, relation or address on the list of what only shows."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    found = [name for name in content if ACTING.search(name)]
    for name in (each for each in content if each.endswith(".rels")):
        for each in ElementTree.fromstring(content[name]):
            kind, target = each.attrib["Type"].rpartition("/")[2], each.attrib["Target"]
            if kind not in SHOWING.split() or ("TargetMode" in each.attrib and not target.startswith("https://")):
                found.append(f"{name}: {kind} {target}")
    found += [name for name, part in content.items() if b"evil.example" in part]
    dangling = [
        f"{name} {used}"
        for name, part in content.items()
        if name.endswith(".xml") and name.startswith("word/")
        for used in re.findall(rb'r:(?:id|embed|link)="(rId\w+)"', part)
        if used not in content.get(f"{posixpath.dirname(name)}/_rels/{posixpath.basename(name)}.rels", b"")
    ]
    return found + dangling


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_of_the_template_leads_out_or_acts(change):
    assert leads_out(made(change))
    assert leads_out(written(made(change))) == []


def test_everything_at_once_leaves_a_document_that_opens():
    data = written(made(*CHANGES))
    assert leads_out(data) == []
    document = docx.Document(io.BytesIO(data))
    said = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "通报" in said
    assert all(f"链接{number}" in said for number in range(3)), "the text of a link stays"
    assert [link.address for paragraph in document.paragraphs for link in paragraph.hyperlinks if link.address] == [
        "https://www.example.gov.cn/"
    ]


def test_the_shipped_template_keeps_its_chart_and_its_page_numbers():
    data = written(SHIPPED)
    assert leads_out(data) == []
    content = parts(data)
    assert {"word/charts/chart1.xml", "word/embeddings/chart1.xlsx", "word/footer1.xml"} <= content.keys()
    assert b"PAGE" in content["word/footer1.xml"]
    (soffice,) = require("soffice")
    assert to_pdf(soffice, {"a.docx": data})["a.docx"].startswith(b"%PDF")


def field(instruction: str, *, split: bool = False) -> bytes:
    """A template with a field, its instruction in one run or a run for each character."""
    pieces = list(instruction) if split else [instruction]
    runs = "".join(
        f'<w:r><w:instrText xml:space="preserve">{each.replace("&", "&amp;")}</w:instrText></w:r>' for each in pieces
    )
    begin, middle, end = (
        f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
    )
    shown = "<w:r><w:t>7</w:t></w:r>"

    def put(content: Parts) -> None:
        edit(content, BODY, "</w:p>", f"{begin}{runs}{middle}{shown}{end}")

    return made(put)


@pytest.mark.parametrize("split", [True, False])
@pytest.mark.parametrize(
    "instruction",
    [
        r'INCLUDETEXT "\\\\evil.example\\x.docx"', r'INCLUDEPICTURE "http://evil.example/x.png" \d',
        "DDEAUTO c:\\\\x.exe a", "DDE cmd a", "LINK Excel.Sheet.12 \\\\evil.example\\x.xlsx",
        "MACROBUTTON x y", "DATABASE \\d x", "import x",
        r'HYPERLINK "\\\\evil.example\\x.hta"', 'HYPERLINK "file:///c:/x.exe"', "RD x", "EMBED Package",
    ],
)  # fmt: skip
def test_a_field_that_reads_or_runs_is_refused_by_its_name(instruction, split):
    with pytest.raises(RejectedFileError) as rejected:
        written(field(instruction, split=split))
    assert rejected.value.problem.code == "template_acts"
    assert instruction.split()[0] in rejected.value.problem.found


@pytest.mark.parametrize(
    "instruction",
    [" PAGE ", "NUMPAGES \\* Arabic", 'DATE \\@ "yyyy年M月d日"', "=1+1", "SEQ 表 \\* ARABIC", 'TOC \\o "1-3"', "",
     'HYPERLINK "https://www.example.gov.cn/"', 'HYPERLINK \\l "附件"'],
)  # fmt: skip
def test_fields_of_the_document_itself_stay(instruction):
    assert instruction.encode() in parts(written(field(instruction)))[BODY] or not instruction.isascii()


def test_a_template_cannot_let_a_units_words_be_markup():
    with pytest.raises(RejectedFileError) as rejected:
        written(own_template("{{ 标题|safe }}"))
    assert rejected.value.problem.code == "template_tag_wrong"

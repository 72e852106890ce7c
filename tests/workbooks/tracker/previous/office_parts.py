"""What an office and its programs put into a tracker, a maker for each kind, and how to see that it is still there.

Real libraries make what they can (openpyxl, XlsxWriter); the rest is written by hand after files of Excel and WPS.
"""

# ruff: noqa: E501 -- XML as the programs write it, in one line
from __future__ import annotations

import base64
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment

from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, main, parse, serialise, sheets_of

SHEET = "办公室自用"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_MICROSOFT = "http://schemas.microsoft.com/office"
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_X15 = "http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"
THREAD = "{A1B2C3D4-0000-4444-8888-1234567890AB}"
_PERSON = "{11111111-1111-1111-1111-111111111111}"
PICTURE = "ID_5B0C8A1E77F04E2F9D1A6C3B2E4F8A90"


def png(red: int = 255) -> bytes:
    """A dot."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    dot = chunk(b"IDAT", zlib.compress(bytes((0, red, 0, 0))))
    return b"\x89PNG\r\n\x1a\n" + head + dot + chunk(b"IEND", b"")


# --- editing a package -------------------------------------------------------------------------


@dataclass
class Edit:
    """A workbook being edited part by part."""

    package: OoxmlPackage
    _ids: list[str] = field(default_factory=list)

    @property
    def book(self) -> str:
        return self.package.workbook_name

    def part_of(self, sheet: str) -> str:
        return next(each.part for each in sheets_of(self.package) if each.name == sheet)

    def add(self, name: str, content: str | bytes, type_: str, owner: str | None, relation: str) -> str:
        """Add a part with a relation from ``owner`` (empty for the package, None for none); returns the relation's id."""
        self.package.add(name, content.encode() if isinstance(content, str) else content, type_)
        return "" if owner is None else self.package.relate(owner, relation, name)

    def change(self, part: str, old: str, new: str) -> None:
        text = self.package.parts[part].decode()
        assert old in text, (part, old)
        self.package.parts[part] = text.replace(old, new, 1).encode()

    def insert(self, part: str, element: str, *, before: str) -> None:
        """Put an element before the first of the tags named (``|`` between them), or at the end."""
        text = self.package.parts[part].decode()
        found = re.search(rf"<(?:{before})[\s>/]", text) or re.search(r"</(?:worksheet|workbook)>", text)
        assert found, part
        self.package.parts[part] = (text[: found.start()] + element + text[found.start() :]).encode()

    def cell(self, sheet: str, where: str, cell: str) -> None:
        """Put a cell into a row of its own on the office's sheet."""
        number = re.sub(r"\D", "", where)
        self.change(self.part_of(sheet), "</sheetData>", f'<row r="{number}">{cell}</row></sheetData>')

    def extend(self, part: str, extension: str) -> None:
        """Add an entry to the extension list at the end of a part."""
        if "<extLst>" in self.package.parts[part].decode():
            self.change(part, "</extLst>", f"{extension}</extLst>")
        else:
            self.insert(part, f"<extLst>{extension}</extLst>", before="zzz")

    def write(self) -> bytes:
        return self.package.write()


def edit(data: bytes) -> Edit:
    return Edit(OoxmlPackage(data))


def with_sheet(data: bytes) -> bytes:
    """The tracker with a sheet of the office, by openpyxl: a table and a few numbers."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book.create_sheet(SHEET)
    for row in (("单位", "数"), ("甲", 1), ("乙", 2)):
        page.append(row)
    page.add_table(openpyxl.worksheet.table.Table(displayName="t_office", ref="A1:B3"))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def text_of(data: bytes) -> str:
    """All parts of a workbook as one text."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def names_in(data: bytes) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return set(archive.namelist())


# --- makers: (tracker with the office's sheet) → the same with one kind of part -------------------


def power_query(data: bytes) -> bytes:
    made = edit(data)
    mashup = '<?xml version="1.0" encoding="utf-16"?><DataMashup xmlns="http://schemas.microsoft.com/DataMashup">{}</DataMashup>'
    item = mashup.format(base64.b64encode(b"\0\0\0\0PK-query").decode()).encode("utf-16")
    made.add("customXml/item1.xml", item, "application/xml", made.book, f"{_OFFICE}/customXml")
    connections = (
        f'<connections xmlns="{_MAIN}"><connection id="7" name="查询 - 各科室" keepAlive="1" type="5" refreshedVersion="8">'
        '<dbPr connection="Provider=Microsoft.Mashup.OleDb.1;Data Source=$Workbook$;Location=各科室" '
        'command="SELECT * FROM [各科室]"/></connection></connections>'
    )
    made.add("xl/connections.xml", connections, f"{_SPREADSHEET}connections+xml", made.book, f"{_OFFICE}/connections")
    query = (
        f'<queryTable xmlns="{_MAIN}" name="ExternalData_1" connectionId="7" autoFormatId="16">'
        '<queryTableRefresh nextId="3"><queryTableFields count="2"><queryTableField id="1" name="单位" tableColumnId="1"/>'
        '<queryTableField id="2" name="数" tableColumnId="2"/></queryTableFields></queryTableRefresh></queryTable>'
    )
    table = next(r.target for r in made.package.relations(made.part_of(SHEET)) if r.type == "table")
    made.add("xl/queryTables/queryTable1.xml", query, f"{_SPREADSHEET}queryTable+xml", table, f"{_OFFICE}/queryTable")
    root = parse(made.package.parts[table])
    root.set("tableType", "queryTable")
    made.package.parts[table] = serialise(root)
    return made.write()


def data_model(data: bytes) -> bytes:
    made = edit(data)
    made.add(
        "xl/model/item.data",
        b"\x00STREAM_STORAGE_SIGNATURE_model",
        "application/vnd.openxmlformats-officedocument.model+data",
        made.book,
        f"{_MICROSOFT}/2011/relationships/powerPivotData",
    )
    model = '<x15:dataModel><x15:modelTables><x15:modelTable id="t_office" name="t_office" connection="WorksheetConnection"/>'
    made.extend(
        made.book,
        f'<ext uri="{{FCE2AD5D-F65C-4FA6-A056-5C36A1767C68}}" xmlns:x15="{_X15}">{model}</x15:modelTables></x15:dataModel></ext>',
    )
    return made.write()


def cell_images(made: Edit) -> None:
    """WPS's list of pictures in cells."""
    images = (
        '<etc:cellImages xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
        f'xmlns:r="{_OFFICE}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"><etc:cellImage><xdr:pic><xdr:nvPicPr>'
        f'<xdr:cNvPr id="2" name="{PICTURE}"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId1"/>'
        "</xdr:blipFill><xdr:spPr/></xdr:pic></etc:cellImage></etc:cellImages>"
    )
    kind = "application/vnd.wps-officedocument.cellimage+xml"
    made.add("xl/cellimages.xml", images, kind, made.book, "http://www.wps.cn/officeDocument/2020/cellImage")
    made.add("xl/media/image71.png", png(7), "image/png", "xl/cellimages.xml", f"{_OFFICE}/image")


def wps_pictures(data: bytes) -> bytes:
    made = edit(data)
    cell_images(made)
    shown = f'DISPIMG("{PICTURE}",1)'
    made.cell(SHEET, "A9", f'<c r="A9" t="str"><f>_xlfn.{shown}</f><v>={shown}</v></c>')
    return made.write()


def rich_values(made: Edit) -> None:
    """What Excel 365 writes for one picture in a cell."""
    metadata = (
        f'<metadata xmlns="{_MAIN}" xmlns:xlrd="http://schemas.microsoft.com/office/spreadsheetml/2017/richdata">'
        '<metadataTypes count="1"><metadataType name="XLRICHVALUE" minSupportedVersion="120000" copy="1" pasteAll="1"/>'
        '</metadataTypes><futureMetadata name="XLRICHVALUE" count="1"><bk><extLst><ext '
        'uri="{3e2802c4-a4d2-4d8b-9148-e3be6c30e623}"><xlrd:rvb i="0"/></ext></extLst></bk></futureMetadata>'
        '<valueMetadata count="1"><bk><rc t="1" v="0"/></bk></valueMetadata></metadata>'
    )
    made.add("xl/metadata.xml", metadata, f"{_SPREADSHEET}sheetMetadata+xml", made.book, f"{_OFFICE}/sheetMetadata")
    rich = "http://schemas.microsoft.com/office/spreadsheetml/2017/richdata"
    values = f'<rvData xmlns="{rich}" count="1"><rv s="0"><v>0</v><v>5</v></rv></rvData>'
    shape = (
        f'<rvStructures xmlns="{rich}" count="1"><s t="_localImage"><k n="_rvRel:LocalImageIdentifier" t="i"/>'
        '<k n="CalcOrigin" t="i"/></s></rvStructures>'
    )
    links = (
        '<richValueRels xmlns="http://schemas.microsoft.com/office/spreadsheetml/2022/richvaluerel" '
        f'xmlns:r="{_OFFICE}"><rel r:id="rId1"/></richValueRels>'
    )
    ms = "application/vnd.ms-excel."
    old, new = f"{_MICROSOFT}/2017/06/relationships", f"{_MICROSOFT}/2022/10/relationships"
    made.add("xl/richData/rdrichvalue.xml", values, f"{ms}rdrichvalue+xml", made.book, f"{old}/rdRichValue")
    shapes = "xl/richData/rdrichvaluestructure.xml"
    made.add(shapes, shape, f"{ms}rdrichvaluestructure+xml", made.book, f"{old}/rdRichValueStructure")
    made.add("xl/richData/richValueRel.xml", links, f"{ms}richvaluerel+xml", made.book, f"{new}/richValueRel")
    made.add("xl/media/image72.png", png(9), "image/png", "xl/richData/richValueRel.xml", f"{_OFFICE}/image")


def excel_pictures(data: bytes) -> bytes:
    made = edit(data)
    rich_values(made)
    made.cell(SHEET, "A9", '<c r="A9" t="e" vm="1"><v>#VALUE!</v></c>')
    return made.write()


def thread_on(made: Edit, sheet: str, cell: str) -> None:
    """A threaded comment with a reply, and the note that Excel writes beside it."""
    space = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    person = f'<personList xmlns="{space}"><person displayName="办公室甲" id="{_PERSON}" userId="a" providerId="None"/></personList>'
    threads = (
        f'<ThreadedComments xmlns="{space}"><threadedComment ref="{cell}" dT="2026-11-19T02:00:00.00" personId="{_PERSON}" '
        f'id="{THREAD}"><text>周五才上网</text></threadedComment><threadedComment ref="{cell}" dT="2026-11-20T02:00:00.00" '
        f'personId="{_PERSON}" id="{{B1B2C3D4-0000-4444-8888-1234567890AB}}" parentId="{THREAD}"><text>知道了</text>'
        "</threadedComment></ThreadedComments>"
    )
    page, rel = made.part_of(sheet), f"{_MICROSOFT}/2017/10/relationships"
    made.add("xl/persons/person.xml", person, "application/vnd.ms-excel.person+xml", made.book, f"{rel}/person")
    kind = "application/vnd.ms-excel.threadedcomments+xml"
    made.add("xl/threadedComments/threadedComment1.xml", threads, kind, page, f"{rel}/threadedComment")
    comments = next(r.target for r in made.package.relations(page) if r.type == "comments")
    root = parse(made.package.parts[comments])
    for note in root.iter(main("comment")):
        if note.get("ref") == cell:
            authors = root.find(main("authors"))
            note.set("authorId", str(len(authors)))
            made_author = authors.makeelement(main("author"))
            made_author.text = f"tc={THREAD}"
            authors.append(made_author)
    made.package.parts[comments] = serialise(root)


SHADOW = (
    "[会话批注]\n\n你的 Excel 版本可让你读取此会话批注；但如果在更新版本的 Excel 中打开该文件，则对批注所作的任何改动都将被删除。"
    "了解详细信息: https://go.microsoft.com/fwlink/?linkid=870924\n\n注释:\n    周五才上网\n答复:\n    知道了"
)


def noted(data: bytes, sheet: str, cell: str, text: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    book[sheet][cell].comment = Comment(text, "办公室")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def threads(data: bytes) -> bytes:
    made = edit(noted(data, SHEET, "A2", SHADOW))
    thread_on(made, SHEET, "A2")
    return made.write()


def slicers(data: bytes) -> bytes:
    """A slicer over the office's table, and one over its pivot table."""
    made = edit(pivots(data))
    page = made.part_of(SHEET)
    ids = re.findall(rf'name="{SHEET}" sheetId="(\d+)"', made.package.parts[made.book].decode())
    table = parse(next(made.package.parts[r.target] for r in made.package.relations(page) if r.type == "table"))
    caches = (
        f'<slicerCacheDefinition xmlns="{_X14}" xmlns:x="{_MAIN}" name="切片器_单位" sourceName="单位"><extLst>'
        f'<x:ext xmlns:x15="{_X15}" uri="{{2F2917AC-EB37-4324-AD4E-5DD8C200BD13}}"><x15:tableSlicerCache '
        f'tableId="{table.get("id")}" column="1"/></x:ext></extLst></slicerCacheDefinition>',
        f'<slicerCacheDefinition xmlns="{_X14}" name="切片器_数" sourceName="数"><pivotTables><pivotTable tabId="{ids[0]}" '
        'name="p"/></pivotTables><data><tabular pivotCacheId="5"><items count="1"><i x="0" s="1"/></items></tabular></data>'
        "</slicerCacheDefinition>",
    )
    old = f"{_MICROSOFT}/2007/relationships"
    relations = [
        made.add(
            f"xl/slicerCaches/slicerCache{n}.xml",
            each,
            "application/vnd.ms-excel.slicerCache+xml",
            made.book,
            f"{old}/slicerCache",
        )
        for n, each in enumerate(caches, 1)
    ]
    made.extend(
        made.book,
        f'<ext uri="{{46BE6895-7355-4a93-B00E-2C351335B9C9}}" xmlns:x15="{_X15}"><x15:slicerCaches xmlns:x14="{_X14}" '
        f'xmlns:r="{_OFFICE}"><x14:slicerCache r:id="{relations[0]}"/></x15:slicerCaches></ext>'
        f'<ext uri="{{BBE1A952-AA13-448e-AADC-171F8A28A991}}" xmlns:x14="{_X14}"><x14:slicerCaches xmlns:r="{_OFFICE}">'
        f'<x14:slicerCache r:id="{relations[1]}"/></x14:slicerCaches></ext>',
    )
    listed = (
        f'<slicers xmlns="{_X14}"><slicer name="单位" cache="切片器_单位" caption="单位" rowHeight="241300"/>'
        '<slicer name="数" cache="切片器_数" caption="数" rowHeight="241300"/></slicers>'
    )
    at = made.add("xl/slicers/slicer1.xml", listed, "application/vnd.ms-excel.slicer+xml", page, f"{old}/slicer")
    made.extend(
        page,
        f'<ext uri="{{3A4CF648-6AED-40f4-86FF-DC5316D8AED3}}" xmlns:x14="{_X14}"><x14:slicerList xmlns:r="{_OFFICE}">'
        f'<x14:slicer r:id="{at}"/></x14:slicerList></ext>',
    )
    timeline(made, ids[0])
    return made.write()


def timeline(made: Edit, sheet_id: str) -> None:
    """A timeline over the office's pivot table."""
    page, old = made.part_of(SHEET), f"{_MICROSOFT}/2011/relationships"
    cache = (
        f'<timelineCacheDefinition xmlns="{_X15}" name="日程表_日期" sourceName="日期"><pivotTables><pivotTable '
        f'tabId="{sheet_id}" name="p"/></pivotTables><state minimalRefreshVersion="6" lastRefreshVersion="6" pivotCacheId="5" '
        'filterType="unknown"><bounds startDate="2026-01-01T00:00:00" endDate="2027-01-01T00:00:00"/></state>'
        "</timelineCacheDefinition>"
    )
    kind = "application/vnd.ms-excel.timelineCache+xml"
    at = made.add("xl/timelineCaches/timelineCache1.xml", cache, kind, made.book, f"{old}/timelineCache")
    listed = f'<x15:timelineCacheRefs xmlns:r="{_OFFICE}"><x15:timelineCacheRef r:id="{at}"/></x15:timelineCacheRefs>'
    made.extend(made.book, f'<ext uri="{{D0CA8CA8-9F24-4464-BF8E-62219DCF47F9}}" xmlns:x15="{_X15}">{listed}</ext>')
    shown = f'<timelines xmlns="{_X15}"><timeline name="日期" cache="日程表_日期" caption="日期" level="2" selectionLevel="2"/></timelines>'
    kind = "application/vnd.ms-excel.timeline+xml"
    at = made.add("xl/timelines/timeline1.xml", shown, kind, page, f"{old}/timeline")
    listed = f'<x15:timelineRefs xmlns:r="{_OFFICE}"><x15:timelineRef r:id="{at}"/></x15:timelineRefs>'
    made.extend(page, f'<ext uri="{{7E03D99C-DC04-49d9-9315-930204A7B6E9}}" xmlns:x15="{_X15}">{listed}</ext>')


def pivots(data: bytes) -> bytes:
    made = edit(data)
    cache = (
        f'<pivotCacheDefinition xmlns="{_MAIN}" xmlns:r="{_OFFICE}" r:id="rId1" recordCount="2"><cacheSource type="worksheet">'
        '<worksheetSource name="t_office"/></cacheSource><cacheFields count="2"><cacheField name="单位" numFmtId="0">'
        '<sharedItems count="2"><s v="甲"/><s v="乙"/></sharedItems></cacheField><cacheField name="数" numFmtId="0">'
        '<sharedItems containsSemiMixedTypes="0" containsString="0" containsNumber="1" containsInteger="1" minValue="1" '
        'maxValue="2"/></cacheField></cacheFields></pivotCacheDefinition>'
    )
    records = f'<pivotCacheRecords xmlns="{_MAIN}" count="2"><r><x v="0"/><n v="1"/></r><r><x v="1"/><n v="2"/></r></pivotCacheRecords>'
    pivot = (
        f'<pivotTableDefinition xmlns="{_MAIN}" name="p" cacheId="5" dataCaption="值"><location ref="E1:F4" firstHeaderRow="1" '
        'firstDataRow="1" firstDataCol="1"/><pivotFields count="2"><pivotField axis="axisRow" showAll="0"><items count="3">'
        '<item x="0"/><item x="1"/><item t="default"/></items></pivotField><pivotField dataField="1" showAll="0"/></pivotFields>'
        '<rowFields count="1"><field x="0"/></rowFields><rowItems count="3"><i><x/></i><i><x v="1"/></i><i t="grand"><x/></i>'
        '</rowItems><colItems count="1"><i/></colItems><dataFields count="1"><dataField name="求和项:数" fld="1"/></dataFields>'
        "</pivotTableDefinition>"
    )
    where, caches = "xl/pivotCache/pivotCacheDefinition1.xml", f"{_SPREADSHEET}pivotCacheDefinition+xml"
    at = made.add(where, cache, caches, made.book, f"{_OFFICE}/pivotCacheDefinition")
    kept = "xl/pivotCache/pivotCacheRecords1.xml"
    made.add(kept, records, f"{_SPREADSHEET}pivotCacheRecords+xml", where, f"{_OFFICE}/pivotCacheRecords")
    shown = "xl/pivotTables/pivotTable1.xml"
    made.add(shown, pivot, f"{_SPREADSHEET}pivotTable+xml", made.part_of(SHEET), f"{_OFFICE}/pivotTable")
    made.package.relate(shown, f"{_OFFICE}/pivotCacheDefinition", where)
    listed = f'<pivotCaches><pivotCache cacheId="5" r:id="{at}"/></pivotCaches>'
    made.insert(
        made.book, listed.replace("r:id", f'xmlns:r="{_OFFICE}" r:id'), before="smartTagPr|fileRecoveryPr|extLst"
    )
    return made.write()


def drawn(data: bytes, sheet: str) -> bytes:
    """A chart and a picture of the office's on a sheet."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    chart = BarChart()
    chart.title = "科室自己的图"
    chart.add_data(Reference(book[SHEET], min_col=2, min_row=1, max_row=3), titles_from_data=True)
    book[sheet].add_chart(chart, "R40")
    stream = io.BytesIO()
    book.save(stream)
    made = edit(stream.getvalue())
    drawing = drawing_of(made.package, sheet)
    at = made.add("xl/media/image73.png", png(3), "image/png", drawing, f"{_OFFICE}/image")
    root = parse(made.package.parts[drawing])
    space = "http://schemas.openxmlformats.org/drawingml/2006/main"
    root.append(
        parse(
            f'<xdr:oneCellAnchor xmlns:xdr="{_XDR}" xmlns:a="{space}" xmlns:r="{_OFFICE}"><xdr:from><xdr:col>17</xdr:col>'
            "<xdr:colOff>0</xdr:colOff><xdr:row>60</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx='9525' cy='9525'/>"
            '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="99" name="公章"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip '
            f'r:embed="{at}"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr><a:prstGeom prst="rect"/></xdr:spPr>'
            "</xdr:pic><xdr:clientData/></xdr:oneCellAnchor>".encode()
        )
    )
    made.package.parts[drawing] = serialise(root)
    return made.write()


def drawing_of(package: OoxmlPackage, sheet: str) -> str:
    """The part of a sheet's drawing."""
    part = next(each.part for each in sheets_of(package) if each.name == sheet)
    return next(r.target for r in package.relations(part) if r.type == "drawing")


def drawings_on(data: bytes, sheet: str) -> tuple[list[str], list[bytes]]:
    """(Titles of the charts on a sheet, contents of the pictures there)."""
    package = OoxmlPackage(data)
    drawing = drawing_of(package, sheet)
    relations = {each.id: each for each in package.relations(drawing)}
    root = parse(package.parts[drawing])
    charts = [relations[str(node.get(f"{{{_OFFICE}}}id"))].target for node in root.iter(f"{{{_CHART}}}chart")]
    titles = [
        re.sub("<[^>]+>", "", "".join(re.findall(r"<a:t>[^<]*", package.parts[each].decode()))) for each in charts
    ]
    blips = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
    pictures = [relations[str(node.get(f"{{{_OFFICE}}}embed"))].target for node in root.iter(blips)]
    return titles, [package.parts[each] for each in pictures]


def external(data: bytes) -> bytes:
    made = edit(data)
    link = (
        f'<externalLink xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><externalBook r:id="rId1"><sheetNames><sheetName val="Sheet1"/>'
        '</sheetNames><sheetDataSet><sheetData sheetId="0"><row r="1"><cell r="A1"><v>41</v></cell></row></sheetData>'
        "</sheetDataSet></externalBook></externalLink>"
    )
    where = "xl/externalLinks/externalLink1.xml"
    at = made.add(where, link, f"{_SPREADSHEET}externalLink+xml", made.book, f"{_OFFICE}/externalLink")
    outside = f'<Relationship Id="rId1" Type="{_OFFICE}/externalLinkPath" Target="上级.xlsx" TargetMode="External"/>'
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    made.package.parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        f'<Relationships xmlns="{space}">{outside}</Relationships>'.encode()
    )
    listed = f'<externalReferences><externalReference xmlns:r="{_OFFICE}" r:id="{at}"/></externalReferences>'
    made.insert(made.book, listed, before="definedNames|calcPr")
    made.cell(SHEET, "A9", '<c r="A9"><f>[1]Sheet1!$A$1+1</f><v>42</v></c>')
    return made.write()


def live_link(data: bytes) -> bytes:
    made = edit(data)
    link = f'<externalLink xmlns="{_MAIN}"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    where = "xl/externalLinks/externalLink1.xml"
    made.add(where, link, f"{_SPREADSHEET}externalLink+xml", made.book, f"{_OFFICE}/externalLink")
    return made.write()


def own_xml(data: bytes) -> bytes:
    made = edit(data)
    made.add(
        "customXml/item1.xml", "<档案 xmlns='urn:a'>卷 7</档案>", "application/xml", made.book, f"{_OFFICE}/customXml"
    )
    maps = f'<MapInfo xmlns="{_MAIN}" SelectionNamespaces=""><Schema ID="S1"/><Map ID="1" Name="m" RootElement="r" SchemaID="S1" ShowImportExportValidationErrors="false" AutoFit="true" Append="false" PreserveSortAFLayout="true" PreserveFormat="true"/></MapInfo>'
    made.add("xl/xmlMaps.xml", maps, "application/xml", made.book, f"{_OFFICE}/xmlMaps")
    return made.write()


def properties(data: bytes) -> bytes:
    made = edit(data)
    space = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
    types = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
    text = (
        f'<Properties xmlns="{space}" xmlns:vt="{types}"><property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" '
        'name="KSOProductBuildVer"><vt:lpwstr>2052-12.1.0.18608</vt:lpwstr></property><property '
        'fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="3" name="密级"><vt:lpwstr>内部</vt:lpwstr></property></Properties>'
    )
    kind = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
    made.add("docProps/custom.xml", text, kind, "", f"{_OFFICE}/custom-properties")
    return made.write()


def labels(data: bytes) -> bytes:
    made = edit(data)
    text = (
        '<clbl:labelList xmlns:clbl="http://schemas.microsoft.com/office/2020/mipLabelMetadata"><clbl:label '
        'id="{2096f6a2-d2f7-48be-b329-b73aaa526e5d}" enabled="1" method="Privileged" siteId="{72f988bf-86f1-41af-91ab-2d7cd011db47}"/>'
        "</clbl:labelList>"
    )
    kind = "application/vnd.ms-office.classificationlabels+xml"
    made.add("docMetadata/LabelInfo.xml", text, kind, "", f"{_MICROSOFT}/2020/02/relationships/classificationlabels")
    return made.write()


def printer(data: bytes) -> bytes:
    made = edit(data)
    page = made.part_of(SHEET)
    kind = f"{_SPREADSHEET}printerSettings"
    at = made.add(
        "xl/printerSettings/printerSettings1.bin", b"\x01HP-LaserJet", kind, page, f"{_OFFICE}/printerSettings"
    )
    made.insert(
        page,
        f'<pageSetup paperSize="9" xmlns:r="{_OFFICE}" r:id="{at}"/>',
        before="headerFooter|drawing|legacyDrawing|tableParts",
    )
    return made.write()


def control(data: bytes, sheet: str = SHEET) -> bytes:
    made = edit(data)
    page = made.part_of(sheet)
    text = f'<formControlPr xmlns="{_X14}" objectType="CheckBox" checked="Checked" lockText="1" noThreeD="1" fmlaLink="$H$1"/>'
    kind = "application/vnd.ms-excel.controlproperties+xml"
    made.add("xl/ctrlProps/ctrlProp1.xml", text, kind, page, f"{_OFFICE}/ctrlProp")
    return made.write()


def embedded(data: bytes) -> bytes:
    made = edit(data)
    kind = "application/vnd.openxmlformats-officedocument.oleObject"
    made.add(
        "xl/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0inside", kind, made.part_of(SHEET), f"{_OFFICE}/oleObject"
    )
    return made.write()


def checkboxes(data: bytes) -> bytes:
    made = edit(data)
    text = (
        '<FeaturePropertyBags xmlns="http://schemas.microsoft.com/office/spreadsheetml/2022/featurepropertybag"><bag '
        'type="Checkbox"/><bag type="XFControls"><bagId k="CellControl">0</bagId></bag><bag type="XFComplement"><bagId '
        'k="XFControls">1</bagId></bag><bag type="XFComplements" extRef="XFComplementsMapperExtRef"><a k="MappedFeaturePropertyBags">'
        "<bagId>2</bagId></a></bag></FeaturePropertyBags>"
    )
    kind = "application/vnd.ms-excel.featurepropertybag+xml"
    where = "xl/featurePropertyBag/featurePropertyBag.xml"
    made.add(where, text, kind, made.book, f"{_MICROSOFT}/2022/11/relationships/FeaturePropertyBag")
    return made.write()


def sheet_view(data: bytes) -> bytes:
    made = edit(data)
    text = '<namedSheetViews xmlns="http://schemas.microsoft.com/office/spreadsheetml/2019/namedsheetviews"><namedSheetView name="我的视图" id="{0E5A1B54-53C5-4E9B-9B6E-2F6B2F0F5C11}"/></namedSheetViews>'
    kind = "application/vnd.ms-excel.namedsheetviews+xml"
    rel = f"{_MICROSOFT}/2019/04/relationships/namedSheetView"
    made.add("xl/namedSheetViews/namedSheetView1.xml", text, kind, made.part_of(SHEET), rel)
    return made.write()


def python_code(data: bytes) -> bytes:
    made = edit(data)
    text = '<python xmlns="http://schemas.microsoft.com/office/spreadsheetml/2023/python"><environmentDefinition id="{1}"/></python>'
    rel = f"{_MICROSOFT}/2023/09/relationships/Python"
    made.add("xl/python.xml", text, "application/vnd.ms-excel.python+xml", made.book, rel)
    return made.write()


def ribbon(data: bytes) -> bytes:
    made = edit(data)
    text = '<customUI xmlns="http://schemas.microsoft.com/office/2009/07/customui"><ribbon/></customUI>'
    rel = f"{_MICROSOFT}/2007/relationships/ui/extensibility"
    made.add("customUI/customUI14.xml", text, "application/xml", "", rel)
    return made.write()


def pane(data: bytes) -> bytes:
    made = edit(data)
    text = '<wetp:taskpanes xmlns:wetp="http://schemas.microsoft.com/office/webextensions/taskpanes/2010/11"/>'
    kind = "application/vnd.ms-office.webextensiontaskpanes+xml"
    rel = f"{_MICROSOFT}/2011/relationships/webextensiontaskpanes"
    made.add("xl/webextensions/taskpanes.xml", text, kind, "", rel)
    return made.write()


def macros(data: bytes) -> bytes:
    made = edit(data)
    rel = f"{_MICROSOFT}/2006/relationships/vbaProject"
    made.add("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0vba", "application/vnd.ms-office.vbaProject", made.book, rel)
    return made.write()


def signed(data: bytes) -> bytes:
    made = edit(data)
    rel = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
    kind = "application/vnd.openxmlformats-package.digital-signature-origin"
    made.add("_xmlsignatures/origin.sigs", b"", kind, "", rel)
    return made.write()


def shared(data: bytes) -> bytes:
    made = edit(data)
    text = f'<headers xmlns="{_MAIN}" guid="{{0E5A1B54-53C5-4E9B-9B6E-2F6B2F0F5C11}}"/>'
    kind = f"{_SPREADSHEET}revisionHeaders+xml"
    made.add("xl/revisions/revisionHeaders.xml", text, kind, made.book, f"{_OFFICE}/revisionHeaders")
    return made.write()


def unknown(data: bytes) -> bytes:
    made = edit(data)
    made.add(
        "xl/newThing.xml",
        "<new>2031</new>",
        "application/vnd.ms-excel.newthing+xml",
        made.book,
        f"{_MICROSOFT}/2031/relationships/newThing",
    )
    return made.write()


@dataclass(frozen=True)
class Kept:
    """A kind made, and what must be in the workbook afterwards."""

    make: Callable[[bytes], bytes]
    parts: tuple[str, ...] = ()
    """Patterns of part names."""
    texts: tuple[str, ...] = ()
    """Patterns within the parts."""


MAKERS: Mapping[str, Kept] = {
    "Power Query 查询和数据连接": Kept(
        power_query,
        (r"customXml/item1\.xml", r"xl/connections\.xml", r"xl/queryTables/queryTable\d\.xml"),
        ('tableType="queryTable"', 'connectionId="7"', '<connection id="7"'),
    ),
    "数据模型": Kept(data_model, (r"xl/model/item\.data",), ("x15:dataModel", "STREAM_STORAGE_SIGNATURE_model")),
    "WPS 单元格图片": Kept(
        wps_pictures,
        (r"xl/cellimages\.xml", r"xl/media/image71\.png"),
        (rf'<f>_xlfn\.DISPIMG\("{PICTURE}",1\)</f>', f'name="{PICTURE}"'),
    ),
    "Excel 单元格图片和联网数据类型": Kept(
        excel_pictures,
        (r"xl/metadata\.xml", r"xl/richData/richValueRel\.xml", r"xl/media/image72\.png"),
        (r'<c r="A9"[^>]* vm="1"', "_localImage", "XLRICHVALUE"),
    ),
    "会话批注和人员": Kept(
        threads,
        (r"xl/threadedComments/.*", r"xl/persons/person\.xml"),
        (f"tc={re.escape(THREAD)}", "知道了", "办公室甲"),
    ),
    "批注": Kept(lambda data: noted(data, SHEET, "B3", "科长看过"), (r"xl/.*comment.*\.xml",), ("科长看过",)),
    "切片器和日程表": Kept(
        slicers,
        (r"xl/slicers/slicer1\.xml", r"xl/slicerCaches/slicerCache2\.xml", r"xl/timelineCaches/timelineCache1\.xml"),
        ("x14:slicerList", "x15:slicerCaches", "x14:slicerCaches", "x15:timelineRefs", "x15:timelineCacheRefs", "日程表_日期"),
    ),
    "数据透视表": Kept(
        pivots, (r"xl/pivotTables/.*", r"xl/pivotCache/pivotCacheRecords1\.xml"), ('<pivotCache [^>]*cacheId="5"',)
    ),
    "图表、图片和形状": Kept(
        lambda data: drawn(data, SHEET), (r"xl/charts/.*", r"xl/media/.*\.png"), ("科室自己的图",)
    ),
    "超级表": Kept(lambda data: data, (r"xl/tables/.*",), ('displayName="t_office"',)),
    "外部链接": Kept(
        external,
        (r"xl/externalLinks/externalLink1\.xml",),
        (r"<f>\[1\]Sheet1!\$A\$1\+1</f>", "上级.xlsx", "externalReference "),
    ),
    "自定义 XML 和 XML 映射": Kept(own_xml, (r"customXml/item1\.xml", r"xl/xmlMaps\.xml"), ("卷 7",)),
    "自定义属性": Kept(properties, (r"docProps/custom\.xml",), ("密级", "KSOProductBuildVer")),
    "敏感度标签": Kept(labels, (r"docMetadata/LabelInfo\.xml",), ("2096f6a2-d2f7-48be-b329-b73aaa526e5d",)),
    "打印机设置": Kept(printer, (r"xl/printerSettings/.*",), ("HP-LaserJet",)),
    "窗体控件和 ActiveX 控件": Kept(control, (r"xl/ctrlProps/.*",), (r'fmlaLink="\$H\$1"',)),
    "嵌入的对象": Kept(embedded, (r"xl/embeddings/oleObject1\.bin",), ("inside",)),
    "复选框等单元格控件": Kept(checkboxes, (r"xl/featurePropertyBag/.*",), ("XFComplements",)),
    "工作表视图": Kept(sheet_view, (r"xl/namedSheetViews/.*",), ("我的视图",)),
    "Python 代码": Kept(python_code, (r"xl/python\.xml",), ("environmentDefinition",)),
    "功能区定制": Kept(ribbon, (r"customUI/customUI14\.xml",), ("<ribbon/>",)),
    "任务窗格加载项": Kept(pane, (r"xl/webextensions/taskpanes\.xml",), ("wetp:taskpanes",)),
    "宏": Kept(macros),
    "数字签名": Kept(signed),
    "共享工作簿的修订记录": Kept(shared),
}
"""Kind, as ``part_kinds.KINDS`` names it → its maker."""


def tracker_sheet(key: str = "overview") -> str:
    """The name of one of our sheets."""
    return layout("tracker")[key].name


def of_xlsxwriter(write: Callable[[Any], None]) -> bytes:
    """A workbook of XlsxWriter."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        write(book)
    return stream.getvalue()


def as_wps_saves(data: bytes) -> bytes:
    """A workbook with what WPS writes beside the standard: names, ids, extensions, properties, its cell pictures."""
    made = edit(properties(data))
    cell_images(made)
    names = (
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData" '
        'xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision" '
        'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac" mc:Ignorable="etc xr x14ac" '
    )
    made.change(made.book, "<workbook ", f"<workbook{names}")
    for number, sheet in enumerate(sheets_of(made.package)):
        uid = f'xr:uid="{{0E5A1B54-53C5-4E9B-9B6E-{number:012d}}}" '
        made.change(sheet.part, "<worksheet ", f"<worksheet{names}{uid}")
        text = made.package.parts[sheet.part].decode()
        text = re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1:A1"', text)
        text = re.sub(r"<row (?![^>]*x14ac)", '<row x14ac:dyDescent="0.2" ', text)
        made.package.parts[sheet.part] = text.encode()
        own = '<ext uri="{A7C21E6F-2D1B-4C56-9F7E-6D1B0E3D9A55}"><etc:autoFilterAnalysis showPanel="0"/></ext>'
        made.extend(sheet.part, own)
    made.extend(made.book, '<ext uri="{3F1B8C02-9A6D-4C0B-9E51-7A4B2C6D8E10}"><etc:docId val="9f2c"/></ext>')
    return made.write()


def slicer_on(data: bytes, sheet: str, table: str) -> bytes:
    """A slicer over one of our tables beside it, as Excel puts it: part, list, cache, and its frame in the drawing."""
    made = edit(drawn(data, sheet))
    page, old = made.part_of(sheet), f"{_MICROSOFT}/2007/relationships"
    parts_ = (r.target for r in made.package.relations(page) if r.type == "table")
    number = next(parse(made.package.parts[each]).get("id") for each in parts_ if table.encode() in made.package.parts[each])
    cache = (
        f'<slicerCacheDefinition xmlns="{_X14}" xmlns:x="{_MAIN}" name="切片器_单位" sourceName="单位"><extLst>'
        f'<x:ext xmlns:x15="{_X15}" uri="{{2F2917AC-EB37-4324-AD4E-5DD8C200BD13}}"><x15:tableSlicerCache '
        f'tableId="{number}" column="2"/></x:ext></extLst></slicerCacheDefinition>'
    )
    kind = "application/vnd.ms-excel.slicerCache+xml"
    at = made.add("xl/slicerCaches/slicerCache1.xml", cache, kind, made.book, f"{old}/slicerCache")
    made.extend(
        made.book,
        f'<ext uri="{{46BE6895-7355-4a93-B00E-2C351335B9C9}}" xmlns:x15="{_X15}"><x15:slicerCaches xmlns:x14="{_X14}" '
        f'xmlns:r="{_OFFICE}"><x14:slicerCache r:id="{at}"/></x15:slicerCaches></ext>',
    )
    shown = f'<slicers xmlns="{_X14}"><slicer name="单位" cache="切片器_单位" caption="单位" rowHeight="241300"/></slicers>'
    at = made.add("xl/slicers/slicer1.xml", shown, "application/vnd.ms-excel.slicer+xml", page, f"{old}/slicer")
    made.extend(
        page,
        f'<ext uri="{{3A4CF648-6AED-40f4-86FF-DC5316D8AED3}}" xmlns:x14="{_X14}"><x14:slicerList xmlns:r="{_OFFICE}">'
        f'<x14:slicer r:id="{at}"/></x14:slicerList></ext>',
    )
    return made.write()

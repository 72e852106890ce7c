"""The add-in as an Open XML package: one sheet of settings, the VBA project and the ribbon."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from importlib.resources import files
from xml.sax.saxutils import escape

from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.layout.resources import folder
from zwgk_excel.workbooks.ooxml.package import EARLIEST
from zwgk_excel.workbooks.writing.zip_entries import MADE_ON
from zwgk_excel.workbooks.xlam.hardening import PROJECT_NAME, ChangedSourceError, hardened, replaced_once
from zwgk_excel.workbooks.xlam.ribbon import callbacks_vba, ribbon_xml
from zwgk_excel.workbooks.xlam.vba_module import Module, ModuleKind, class_module, document_module, standard_module
from zwgk_excel.workbooks.xlam.vba_project import Project, write_vba_project

FILE_NAME = "zwgk.xlam"
CONTENT_TYPE = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
RIBBON_RELATION = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
VBA_NAME = "ZwgkAddin"
VBA_ID = "{6B1A2C58-5B0F-4E0B-9C58-2F4C9B6B7A11}"
_SHEET_NAME = "ConfSheet"
SETTINGS = {
    # An opened workbook's folder is no place to import from.
    "ADD_WORKBOOK_TO_PYTHONPATH": "False",
    # A process for each click: nothing stays behind to run other code.
    "USE UDF SERVER": "False",
    "SHOW CONSOLE": "False",
    # "False" would write an Error sheet.
    "SHOW_ERROR_POPUPS": "True",
}
"""Fixed settings of the add-in, on its own sheet, which xlwings reads before the user's file."""

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def build_addin(offered: Iterable[str], version: str) -> bytes:
    """The add-in as a file; the same bytes for the same versions of xlwings and of this package.

    ``offered`` names the buttons (functions of ``zwgk_excel.addin``) that are enabled, ``version`` is that of this
    package. Raises ModuleNotFoundError where xlwings is not installed, and ChangedSourceError where its VBA is not the
    one that the hardening knows.
    """
    return write_addin(addin_modules(offered), version)


def write_addin(modules: Sequence[Module], version: str) -> bytes:
    """The package around ``modules``."""
    documents = (document_module("ThisWorkbook", ModuleKind.WORKBOOK), document_module(_SHEET_NAME, ModuleKind.SHEET))
    project = write_vba_project(Project(VBA_NAME, VBA_ID, (*documents, *modules)))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (*_xml_parts(version), ("xl/vbaProject.bin", project)):
            info = zipfile.ZipInfo(name, EARLIEST)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = MADE_ON
            archive.writestr(info, content)
    return stream.getvalue()


# --- the VBA modules ---------------------------------------------------------------------------


def addin_modules(offered: Iterable[str]) -> tuple[Module, Module, Module]:
    """The callbacks, xlwings as a class, and the Dictionary class that xlwings needs on macOS."""
    return (
        standard_module(callbacks_vba(offered)),
        class_module(hardened(_of_xlwings("xlwings_custom_addin.bas"))),
        _dictionary(),
    )


def xlwings_version() -> str:
    """The version of the installed xlwings, as its VBA states it. Raises as :func:`build_addin`."""
    _, found, rest = _of_xlwings("xlwings_custom_addin.bas").partition('XLWINGS_VERSION As String = "')
    if not found:
        raise ChangedSourceError("xlwings' VBA does not state its version")
    return rest.partition('"')[0]


def macos_script() -> bytes:
    """The AppleScript through which Excel for macOS starts Python. Raises as :func:`build_addin`."""
    return files("xlwings").joinpath(f"xlwings-{xlwings_version()}.applescript").read_bytes()


def _dictionary() -> Module:
    licence = (folder("vba_shim") / "Dictionary-licence.txt").read_text("ascii")
    notice = "".join(f"' {line}".rstrip() + "\n" for line in licence.splitlines())
    text = _of_xlwings("addin/Dictionary.cls")
    return class_module(replaced_once(text, "\nOption Explicit\n", f"\n{notice}\nOption Explicit\n"))


def _of_xlwings(name: str) -> str:
    text = files("xlwings").joinpath(*name.split("/")).read_text("ascii")
    return "".join(f"{line}\n" for line in text.splitlines())


# --- the XML parts -----------------------------------------------------------------------------


def _xml_parts(version: str) -> tuple[tuple[str, bytes], ...]:
    texts = (
        ("[Content_Types].xml", _content_types()),
        ("_rels/.rels", _package_relations()),
        ("xl/workbook.xml", _workbook()),
        ("xl/_rels/workbook.xml.rels", _workbook_relations()),
        ("xl/worksheets/sheet1.xml", _settings_sheet()),
        ("xl/styles.xml", _styles()),
        ("docProps/core.xml", _core_properties()),
        ("docProps/app.xml", _app_properties(version)),
    )
    written = tuple((name, (_DECLARATION + text).encode("utf-8")) for name, text in texts)
    return (*written, ("customUI/customUI14.xml", ribbon_xml().encode("utf-8")))


def _content_types() -> str:
    sheet = "vnd.openxmlformats-officedocument.spreadsheetml"
    defaults = {
        "bin": "application/vnd.ms-office.vbaProject",
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "xml": "application/xml",
    }
    overrides = {
        "/xl/workbook.xml": CONTENT_TYPE,
        "/xl/worksheets/sheet1.xml": f"application/{sheet}.worksheet+xml",
        "/xl/styles.xml": f"application/{sheet}.styles+xml",
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "/docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
    }
    listed = "".join(f'<Default Extension="{end}" ContentType="{kind}"/>' for end, kind in defaults.items())
    listed += "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in overrides.items())
    return f'<Types xmlns="{_PACKAGE}/content-types">{listed}</Types>'


def _package_relations() -> str:
    return _relations(
        (f"{_OFFICE}/relationships/officeDocument", "xl/workbook.xml"),
        (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        (f"{_OFFICE}/relationships/extended-properties", "docProps/app.xml"),
        (RIBBON_RELATION, "customUI/customUI14.xml"),
    )


def _workbook_relations() -> str:
    return _relations(
        (f"{_OFFICE}/relationships/worksheet", "worksheets/sheet1.xml"),
        (f"{_OFFICE}/relationships/styles", "styles.xml"),
        ("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vbaProject.bin"),
    )


def _relations(*relations: tuple[str, str]) -> str:
    listed = (
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(relations, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(listed)}</Relationships>'


def _workbook() -> str:
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}/relationships">'
        '<fileVersion appName="xl" lastEdited="7" lowestEdited="5" rupBuild="23530"/>'
        '<workbookPr codeName="ThisWorkbook"/><bookViews><workbookView/></bookViews>'
        f'<sheets><sheet name="{PROJECT_NAME}.conf" sheetId="1" r:id="rId1"/></sheets>'
        '<calcPr calcId="191029"/></workbook>'
    )


def _settings_sheet() -> str:
    rows = "".join(
        f'<row r="{number}">{_text(f"A{number}", key)}{_text(f"B{number}", value)}</row>'
        for number, (key, value) in enumerate(SETTINGS.items(), start=1)
    )
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetPr codeName="{_SHEET_NAME}"/><dimension ref="A1:B{len(SETTINGS)}"/>'
        '<sheetViews><sheetView workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f'<cols><col min="1" max="2" width="30" customWidth="1"/></cols><sheetData>{rows}</sheetData></worksheet>'
    )


def _text(cell: str, text: str) -> str:
    return f'<c r="{cell}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def _styles() -> str:
    return (
        f'<styleSheet xmlns="{_MAIN}">'
        '<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _core_properties() -> str:
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(ribbon_tab().label)}</dc:title><dc:description>政务公开信息报送：功能区按钮</dc:description></cp:coreProperties>"
    )


def _app_properties(version: str) -> str:
    made_of = f"zwgk_excel {version}, xlwings {xlwings_version()}"
    return (
        f'<Properties xmlns="{_OFFICE}/extended-properties"><Application>Microsoft Excel</Application>'
        f"<Company>{escape(made_of)}</Company><AppVersion>16.0300</AppVersion></Properties>"
    )

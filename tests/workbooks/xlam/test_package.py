"""The ``.xlam``: what Excel needs to see, the exact sources, the same bytes on a rebuild."""

import re
import subprocess
import sys

import pyopenvba
import pytest
from lxml import etree

from tests.ooxml import VERSIONS, validate_all
from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage
from zwgk_excel.workbooks.xlam.addin_package import SETTINGS, addin_modules, build_addin
from zwgk_excel.workbooks.xlam.ribbon import ribbon_xml

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CUSTOM_UI = "{http://schemas.microsoft.com/office/2009/07/customui}customUI"


def test_content_types(addin):
    package = OoxmlPackage(addin)
    types = {name: package.content_type(name) for name in package.parts}
    assert types["xl/workbook.xml"] == "application/vnd.ms-excel.addin.macroEnabled.main+xml"
    assert types["xl/vbaProject.bin"] == "application/vnd.ms-office.vbaProject"
    assert all(types.values())


def test_relations(addin):
    package = OoxmlPackage(addin)
    found = {relation.target: relation.full_type for relation in package.relations("")}
    ribbon = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
    assert found["customUI/customUI14.xml"] == ribbon
    assert package.find("vbaProject") == "xl/vbaProject.bin"
    assert etree.fromstring(package.parts["customUI/customUI14.xml"]).tag == CUSTOM_UI
    assert package.parts["customUI/customUI14.xml"] == ribbon_xml().encode()


def test_code_names_are_the_document_modules(parts, extracted):
    workbook = etree.fromstring(parts["xl/workbook.xml"])
    sheet = etree.fromstring(parts["xl/worksheets/sheet1.xml"])
    names = {workbook.find(f"{MAIN}workbookPr").get("codeName"), sheet.find(f"{MAIN}sheetPr").get("codeName")}
    assert names == {name for name, code in extracted.items() if "VB_PredeclaredId = True" in code}


def test_olevba_extracts_exactly_what_was_put_in(extracted):
    put_in = {module.name: module.source for module in addin_modules(ribbon_tab().buttons)}
    assert {name: extracted[name].replace("\r\n", "\n") for name in put_in} == {
        name: source.replace("\r\n", "\n") for name, source in put_in.items()
    }
    assert all(code.isascii() for code in extracted.values())


def test_a_second_reader_finds_the_same(addin_file, extracted):
    """Read by other people's code, from the container of the file on."""
    with pyopenvba.ExcelFile(addin_file) as book:
        read = {name: code.replace("\r\n", "\n") for name, code in book.vba_modules().items()}
    put_in = {module.name: module.source.replace("\r\n", "\n") for module in addin_modules(ribbon_tab().buttons)}
    assert put_in.items() <= read.items()
    assert read == {name: code.replace("\r\n", "\n") for name, code in extracted.items()}


def test_the_dictionary_is_xlwings_own(extracted):
    from importlib.resources import files

    stock = (files("xlwings") / "addin" / "Dictionary.cls").read_text("ascii")
    body = stock.partition("Option Explicit")[2]
    assert _lines(extracted["Dictionary"].partition("Option Explicit")[2]) == _lines(body)


def test_notices_ship_with_the_code(extracted):
    assert "Copyright (C) 2014-present, Zoomer Analytics" in extracted["xlwings"]
    assert "Redistributions in binary form must reproduce" in extracted["xlwings"]
    assert "' Copyright (c) 2017 Tim Hall" in extracted["Dictionary"]
    assert "' The above copyright notice and this permission notice shall be included" in extracted["Dictionary"]


def test_settings_are_text(parts):
    """A truth value would be spelled in the language of the user's Excel."""
    cells = etree.fromstring(parts["xl/worksheets/sheet1.xml"]).iter(f"{MAIN}c")
    texts = ["".join(cell.itertext()) for cell in cells if cell.get("t") == "inlineStr"]
    assert dict(zip(texts[::2], texts[1::2], strict=True)) == SETTINGS
    assert SETTINGS["ADD_WORKBOOK_TO_PYTHONPATH"] == "False"
    assert SETTINGS["USE UDF SERVER"] == "False"


def test_a_rebuild_gives_the_same_bytes(addin, tmp_path):
    """In another process with another seed for hashing, too."""
    out = tmp_path / "again.xlam"
    command = [sys.executable, "-m", "zwgk_excel", "addin", "build", str(out)]
    subprocess.run(command, check=True, capture_output=True, env=_environment(PYTHONHASHSEED="7"))
    assert out.read_bytes() == addin


def test_versions_are_stated(parts):
    from importlib.metadata import version

    from zwgk_excel import __version__

    assert f"zwgk_excel {__version__}, xlwings {version('xlwings')}".encode() in parts["docProps/app.xml"]


def test_open_xml_validator(addin_file):
    assert validate_all([addin_file], VERSIONS) == {}


def test_the_validator_would_see_a_fault(addin, tmp_path):
    package = OoxmlPackage(addin)
    package.parts["xl/workbook.xml"] = package.parts["xl/workbook.xml"].replace(b"<calcPr", b"<calcPrr")
    path = tmp_path / "fault.xlam"
    path.write_bytes(package.write())
    assert validate_all([path], ["Microsoft365"])


@pytest.mark.parametrize("names", [["help"], ["consolidate", "help"]])
def test_only_offered_buttons_are_named(names):
    (callbacks, _, _) = addin_modules(names)
    (listed,) = re.findall(r'OFFERED As String = "(.*)"', callbacks.source)
    assert listed.split() == names
    assert build_addin(names, "1") != build_addin([], "1")


def _lines(text):
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def _environment(**values):
    import os

    from tests.tools import ROOT

    return os.environ | {"PYTHONPATH": str(ROOT)} | values

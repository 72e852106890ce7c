"""Table, ribbon and callbacks fit together, in the filled-in templates and in the built add-in."""

import dataclasses
import re

import pytest
from lxml import etree

from tests.workbooks.xlam.vba import PROCEDURE
from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.workbooks.xlam import ribbon as rendering
from zwgk_excel.workbooks.xlam.ribbon import callbacks_vba, ribbon_xml

UI = "{http://schemas.microsoft.com/office/2009/07/customui}"
CALLBACK = re.compile(r"^Public Sub (On\w+)\(control As IRibbonControl\)\s+RunButton \"(\w+)\"\s+End Sub", re.MULTILINE)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(params=["text", "built"])
def pair(request):
    """The ribbon and the callbacks: as the templates of ``vba_shim`` give them, and what is in the ``.xlam``."""
    if request.param == "text":
        return ribbon_xml().encode(), callbacks_vba(ribbon_tab().buttons)
    parts, extracted = request.getfixturevalue("parts"), request.getfixturevalue("extracted")
    return parts["customUI/customUI14.xml"], extracted["ZwgkRibbon"]


def buttons(ribbon):
    return list(etree.fromstring(ribbon).iter(f"{UI}button"))


def test_every_button_has_its_sub_and_every_sub_its_function(pair):
    ribbon, code = pair
    subs = dict(CALLBACK.findall(code))
    found = {button.get("onAction").removeprefix("ZwgkRibbon."): button.get("tag") for button in buttons(ribbon)}
    assert found == subs
    assert sorted(subs.values()) == sorted(ribbon_tab().buttons)
    assert 'Python.RunPython "import zwgk_excel.addin; zwgk_excel.addin." & FunctionName & "()"' in code


def test_every_callback_that_the_ribbon_names_exists(pair):
    ribbon, code = pair
    named = {
        value
        for element in etree.fromstring(ribbon).iter()
        for attribute, value in element.items()
        if attribute.startswith(("on", "get", "load"))
    }
    public = {f"ZwgkRibbon.{each['name']}" for each in PROCEDURE.finditer(code) if each["scope"] == "Public "}
    assert named == public - {"ZwgkRibbon.CleanUp"}  # that one is called by xlwings on macOS


def test_every_function_has_a_label(pair):
    ribbon, _ = pair
    root = etree.fromstring(ribbon)
    assert [tab.get("label") for tab in root.iter(f"{UI}tab")] == ["政务公开"]
    labels = {group.get("label"): [b.get("label") for b in group] for group in root.iter(f"{UI}group")}
    assert labels == {group.label: [button.label for button in group.buttons] for group in ribbon_tab().groups}
    assert list(labels) == ["月度", "研判", "工具"]
    for button in buttons(ribbon):
        assert CHINESE.search(button.get("screentip"))
        assert CHINESE.search(button.get("supertip"))
        assert re.fullmatch(r"[A-Z][A-Za-z]+", button.get("imageMso"))
    assert [button.get("tag") for button in buttons(ribbon) if button.get("size") == "large"] == ["consolidate"]


def test_limits_of_the_ribbon_schema(pair):
    """Ids are unique; texts have at most 1024 characters."""
    ribbon, _ = pair
    ids = [element.get("id") for element in etree.fromstring(ribbon).iter() if element.get("id")]
    assert len(set(ids)) == len(ids)
    assert all(len(value) <= 1024 for button in buttons(ribbon) for value in button.values())


def test_nothing_in_the_add_in_can_be_called_from_a_cell(extracted):
    """A cell calls functions of standard modules. There is none; a Sub of a button wants an IRibbonControl."""
    assert 'Attribute VB_Base = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"' in extracted["xlwings"]
    standard = {name: code for name, code in extracted.items() if "Attribute VB_Base" not in code}
    assert list(standard) == ["ZwgkRibbon"]
    procedures = list(PROCEDURE.finditer(standard["ZwgkRibbon"]))
    assert {each["kind"] for each in procedures} == {"Sub"}
    public = [each for each in procedures if each["scope"] != "Private " and each["name"] != "CleanUp"]
    assert all(each["parameters"].startswith("control As IRibbonControl") for each in public)


def test_every_button_is_offered(extracted):
    offered = re.findall(r'Const OFFERED As String = "(.*)"', extracted["ZwgkRibbon"])
    assert [each.split() for each in offered] == [sorted(ribbon_tab().buttons)]


def test_the_ribbon_shows_what_the_table_says(pair):
    """Every field of every button arrives, in the order of the table."""
    ribbon, _ = pair
    shown = {"label": "label", "icon": "imageMso", "screentip": "screentip", "supertip": "supertip"}
    found = [[button.get("tag"), *map(button.get, shown.values())] for button in buttons(ribbon)]
    assert found == [
        [button.function, *(getattr(button, field) for field in shown)] for button in ribbon_tab().buttons.values()
    ]


def test_texts_of_the_table_are_escaped(monkeypatch):
    """A label with marks of XML stays a label, whatever stands in it."""
    tab = ribbon_tab()
    odd = dataclasses.replace(tab.groups[0].buttons[0], label='"<&>"', supertip="a\"/><button id='x'/>")
    group = dataclasses.replace(tab.groups[0], buttons=(odd,))
    monkeypatch.setattr(rendering, "ribbon_tab", lambda: dataclasses.replace(tab, groups=(group,)))
    (button,) = buttons(ribbon_xml().encode())
    assert (button.get("label"), button.get("supertip")) == (odd.label, odd.supertip)

"""Ribbon, callbacks and Python fit together, in the text files and in the built add-in."""

import inspect
import pkgutil
import re

import pytest
from lxml import etree

import zwgk_excel.addin as addin
from tests.addin.vba import PROCEDURE
from zwgk_excel.addin.outside import COMMANDS
from zwgk_excel.layout.resources import folder
from zwgk_excel.workflow.setup.addin_buttons import BUTTONS

UI = "{http://schemas.microsoft.com/office/2009/07/customui}"
CALLBACK = re.compile(r"^Public Sub (On\w+)\(control As IRibbonControl\)\s+RunButton \"(\w+)\"\s+End Sub", re.MULTILINE)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NAMES = (
    *("generate", "send", "fetch", "consolidate", "remind", "assess", "publish"),
    *("open_workspace", "check", "open_inbox", "self_test", "help"),
)
GROUPS = {
    "月度": ["生成报送表", "发送", "收取", "汇总", "催报"],
    "研判": ["考核评分", "生成通报"],
    "工具": ["打开工作区", "检查责任表", "打开收件箱", "自检", "帮助"],
}


@pytest.fixture(params=["text", "built"])
def pair(request):
    """The ribbon and the callbacks: the files of ``vba_shim``, and what is in the ``.xlam``."""
    if request.param == "text":
        shim = folder("vba_shim")
        return (shim / "ribbon" / "customUI14.xml").read_bytes(), (shim / "ZwgkRibbon.bas").read_text("ascii")
    parts, extracted = request.getfixturevalue("parts"), request.getfixturevalue("extracted")
    return parts["customUI/customUI14.xml"], extracted["ZwgkRibbon"]


def buttons(ribbon):
    return list(etree.fromstring(ribbon).iter(f"{UI}button"))


def test_every_button_has_its_sub_and_every_sub_its_function(pair):
    ribbon, code = pair
    subs = dict(CALLBACK.findall(code))
    found = {button.get("onAction").removeprefix("ZwgkRibbon."): button.get("tag") for button in buttons(ribbon)}
    assert found == subs
    assert sorted(subs.values()) == sorted(NAMES)
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
    assert labels == GROUPS
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


def test_every_served_button_has_its_function_and_its_label(pair):
    ribbon, _ = pair
    labels = {button.get("tag"): button.get("label") for button in buttons(ribbon)}
    assert dict(BUTTONS) == {name: labels[name] for name in BUTTONS}
    assert [name for name in BUTTONS if not inspect.isfunction(getattr(addin, name, None))] == []
    own = {name for name, value in vars(addin).items() if inspect.isfunction(value)}
    assert own == set(BUTTONS), "a function that no button may call"


def test_every_button_is_offered_and_none_says_that_it_is_missing(pair, extracted):
    ribbon, _ = pair
    offered = re.findall(r'Const OFFERED As String = "(.*)"', extracted["ZwgkRibbon"])
    assert [each.split() for each in offered] == [sorted(BUTTONS)]
    assert {button.get("tag") for button in buttons(ribbon)} == set(BUTTONS)
    assert [button.get("tag") for button in buttons(ribbon) if "灰色" in button.get("supertip")] == []


def test_every_button_has_its_way_without_the_application():
    assert {*COMMANDS, "consolidate"} == set(BUTTONS)


def test_a_module_never_hides_the_function_of_a_button():
    """Importing ``zwgk_excel.addin.x`` would put the module in the place of the function ``x``."""
    modules = {module.name for module in pkgutil.iter_modules(addin.__path__)}
    assert modules.isdisjoint(NAMES)

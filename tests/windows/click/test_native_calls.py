"""Every member of Excel's own objects that we name is one that Excel has, with as many arguments."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools import ROOT, require
from tests.windows.click.native_calls import faults_of_python, faults_of_vba
from tests.windows.click.object_model import classes, constants
from zwgk_excel.addin.refresh.rules_refresh import _TITLES
from zwgk_excel.workbooks.xlam.addin_package import addin_modules

ADDIN = ROOT / "zwgk_excel/addin"
NEWER = ["xlwings:1051: WorksheetFunction has no Unique"]
"""What xlwings asks in order to learn whether Excel is newer than the published model."""
MISSPELT = {
    "sheet.api.Comments": ("refresh/live_book.py", "sheet.api.Coments", "Worksheet has no Coments"),
    "series.Formula\n": ("refresh/chart_refresh.py", "series.Formular\n", "Series has no Formular"),
    'setattr(series, "Formula"': ("refresh/journal.py", 'setattr(series, "Formulae"', "Series has no Formulae"),
    "api.NumberFormat": ("refresh/rules_refresh.py", "api.NumberFormatting", "FormatCondition has no NumberFormatting"),
    "window.SourcePath": ("host/book_places.py", "window.SourceFolder", "ProtectedViewWindow has no SourceFolder"),
    'api, "InputBox")': ("host/excel.py", 'api, "InputWindow")', "Application has no InputWindow"),
    "dialog.Show()": ("host/excel.py", "dialog.Show(1, 2)", "Show takes 0 to 0 arguments, not 2"),
}
WRONG_VBA = {
    "Workbooks.Add": ("Workbooks.Append", "Workbooks has no Append"),
    "Application.StatusBar": ("Application.Statusbars", "Application has no Statusbars"),
}


@pytest.fixture(autouse=True)
def model() -> None:
    require("object-model")


def test_the_add_in_asks_for_what_there_is():
    assert [each for path in sorted(ADDIN.rglob("*.py")) for each in faults_of_python(path)] == []


@pytest.mark.parametrize("old", MISSPELT)
def test_a_misspelt_member_of_the_add_in_is_found(old: str, tmp_path: Path):
    module, new, told = MISSPELT[old]
    source = (ADDIN / module).read_text(encoding="utf-8")
    assert old in source
    changed = tmp_path / Path(module).name
    changed.write_text(source.replace(old, new), encoding="utf-8")
    assert told in "\n".join(faults_of_python(changed))


def test_an_object_of_unknown_class_is_found(tmp_path: Path):
    path = tmp_path / "new.py"
    path.write_text("def look(thing):\n    return thing.Hyperlinks.Count\n", encoding="utf-8")
    assert "of what class is the object whose Hyperlinks" in "\n".join(faults_of_python(path))


def test_a_wrong_constant_is_found(tmp_path: Path):
    path = tmp_path / "new.py"
    path.write_text("_UP = -4163  # xlUp\n", encoding="utf-8")
    assert faults_of_python(path) == ["new.py: xlUp is -4162"]


def test_the_titles_of_validations_are_members():
    assert set(_TITLES.values()) <= classes()["Validation"].keys()


def test_the_shipped_vba_asks_for_what_there_is():
    found = [each for module in addin_modules(["help"]) for each in faults_of_vba(module.name, _lines(module.source))]
    assert found == NEWER


@pytest.mark.parametrize("old", WRONG_VBA)
def test_a_misspelt_member_in_vba_is_found(old: str):
    new, told = WRONG_VBA[old]
    callbacks, _, _ = addin_modules(["help"])
    assert old in callbacks.source
    assert told in "\n".join(faults_of_vba("ZwgkRibbon", _lines(callbacks.source).replace(old, new)))


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("x = ThisWorkbook.Worksheets(1).Rnage(1)", "Worksheet has no Rnage"),
        ("ThisWorkbook.Close 1", ""),
        ("x = sht.Range(1, 2, 3)", "Worksheet.Range takes 1 to 2 arguments, not 3"),
        ("Set x = sht.Range(1).End(xlDwon)", "xlDwon is no constant"),
    ],
)
def test_what_is_wrong_in_vba_is_found(statement: str, told: str):
    found = faults_of_vba("A", f"Sub Work()\n    Dim sht As Worksheet\n    {statement}\nEnd Sub\n")
    assert [each.partition(": ")[2] for each in found] == ([told] if told else [])


def test_the_model_is_whole():
    assert len(classes()) > 400
    assert constants()["xlUp"] == -4162
    assert classes()["Range"]["Insert"].takes == ("Shift", "CopyOrigin")


def _lines(source: str) -> str:
    return source.replace("\r\n", "\n")

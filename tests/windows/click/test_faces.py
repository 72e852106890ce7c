"""What the stand-in for Excel offers is no more than Excel has, under the same names, and does what the grid does."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter

from tests.addin.grid import GridApp
from tests.tools import require
from tests.windows.click.face import Application, ExcelError, Face
from tests.windows.click.face.base import Collection
from tests.windows.click.object_model import classes, constants

SHEET = "台账"


@pytest.fixture(autouse=True)
def model() -> None:
    require("object-model")


def faces(kind: type[Face] = Face) -> Iterator[type[Face]]:
    for each in kind.__subclasses__():
        yield each
        yield from faces(each)


@pytest.mark.parametrize("name", sorted({kind.__name__ for kind in faces()} - {Collection.__name__}))
def test_every_member_is_one_of_excels(name: str):
    (kind,) = {each for each in faces() if each.__name__ == name}
    known = classes()[kind.of_class()]
    for name, member in inspect.getmembers(kind):
        if not name[0].isupper() or name == "Application":  # which all have here, and COM shows only where Excel has it
            continue
        assert name in known, f"{kind.of_class()} has no {name}"
        if inspect.isfunction(member):
            given = tuple(inspect.signature(member).parameters)[1:]
            assert given == known[name].takes[: len(given)], f"{kind.of_class()}.{name} takes {known[name].takes}"


@pytest.fixture
def application(grid: GridApp, tmp_path: Path) -> Application:
    """With a workbook open that has a table, a rule and a list to choose from."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet(SHEET)
        sheet.add_table("A1:C4", {"name": "tasks", "data": [["D01", "甲", 1], ["D02", "乙", 2], ["D04", "甲", 3]]})
        sheet.conditional_format("A2:C4", {"type": "formula", "criteria": "=$C2>2"})
        sheet.data_validation("B2:B4", {"validate": "list", "source": ["甲", "乙"]})
    shown = Application(grid)
    shown.Workbooks.Open(str(path))
    return shown


def test_cells_are_those_of_the_grid(application: Application):
    (book,) = application.Workbooks
    sheet = book.Worksheets.Item(SHEET)
    cell = sheet.Range("A1:B2")
    assert cell.Address() == "$A$1:$B$2"
    assert sheet.Range("3:4").Address() == "$3:$4"
    assert sheet.Range("B:B").Address() == "$B:$B"
    cell.NumberFormat = "@"
    cell.Value = (("007", "=1"), ("", 3.0))
    assert cell.Value == (("007", "=1"), (None, 3.0))
    cell.Interior.Color = 0x0000FF
    assert cell.of.color == (255, 0, 0)
    assert application.Workbooks.Item("zwgk.xlam").Application is application
    assert application.Workbooks.Count == 1
    with pytest.raises(ExcelError):
        book.Names.Item("没有")


def test_rules_validations_and_tables(application: Application):
    (book,) = application.Workbooks
    sheet = book.Worksheets.Item(SHEET)
    (table,) = sheet.ListObjects
    body = sheet.Range(table.Range.Address())
    made = body.FormatConditions.Add(Type=constants()["xlExpression"], Formula1="=TRUE")
    made.SetFirstPriority()
    assert body.FormatConditions.Count == 2
    assert body.FormatConditions.Item(1).Formula1 == "=TRUE"
    with pytest.raises(ExcelError):
        assert body.Validation.Type
    assert application.Intersect(body, body.SpecialCells(constants()["xlCellTypeAllValidation"])).CountLarge == 3
    assert sheet.Range("A1:Z2").SpecialCells(constants()["xlCellTypeAllValidation"]).CountLarge == 1
    table.Range.AutoFilter(Field=2, Criteria1=["甲"], Operator=constants()["xlFilterValues"])
    assert (table.AutoFilter.Filters.Item(2).On, table.AutoFilter.Filters.Item(1).On) == (True, False)

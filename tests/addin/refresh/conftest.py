"""A small office before and after its returns, as views and as an open tracker in the grid."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
import xlwings as xw

from tests.addin.grid import GridApp
from tests.addin.grid.files import load
from tests.addin.grid.model import Workbook
from tests.addin.tracker_desk import returns
from tests.workflow.desk import CYCLE, Desk, new_desk
from zwgk_excel.workbooks.tracker.previous.office_input import OfficeInput
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook
from zwgk_excel.workflow.consolidation.consolidating import prepare
from zwgk_excel.workflow.issuing.generation import generate


@dataclass(frozen=True)
class Views:
    """What the tracker is to show: nobody has answered November, two have, and December has been issued too."""

    silent: TrackerView
    answered: TrackerView
    december: TrackerView


@pytest.fixture(scope="session")
def views(tmp_path_factory: pytest.TempPathFactory) -> Views:
    desk = new_desk(tmp_path_factory.mktemp("views"))
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    desk.now = datetime(2026, 12, 3, 9)
    silent = _view(desk)
    returns(desk)
    answered = _view(desk)
    with desk.open() as office:
        generate(office, CYCLE + 1, as_of=desk.now.date())
    return Views(silent, answered, _view(desk))


def _view(desk: Desk) -> TrackerView:
    with desk.open() as office:
        return prepare(office, OfficeInput(), as_of=None, who="科员").view


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[TrackerView], Workbook]:
    """The tracker that shows a view, written and read once."""
    found: dict[int, Workbook] = {}

    def write(view: TrackerView) -> Workbook:
        if id(view) not in found:
            path = tmp_path_factory.mktemp("tracker") / "总台账.xlsx"
            path.write_bytes(tracker_workbook(view))
            found[id(view)] = load(path)
        return found[id(view)]

    return write


@pytest.fixture
def opened(grid: GridApp, tmp_path: Path, written: Callable[[TrackerView], Workbook]) -> Callable[..., xw.Book]:
    """Opens the tracker that shows a view."""

    def open_(view: TrackerView) -> xw.Book:
        model, path = deepcopy(written(view)), tmp_path / "总台账.xlsx"
        assert model.path
        shutil.copyfile(model.path, path)
        model.path = path
        grid.open.append(model)
        return xw.books[path.name]

    return open_

"""An office whose tracker is open in a LibreOffice with windows, the extension installed as ``zwgk addin`` does it."""

from __future__ import annotations

from collections.abc import Iterator

import openpyxl
import pytest
from openpyxl.worksheet.filters import AutoFilter, FilterColumn, Filters

from tests.addin.tracker_desk import MINE, TRACKING, rows_of, tracker
from tests.desktop.libreoffice import Desktop, environment_in, recorded_interpreter
from tests.desktop.screen import Screen
from tests.windows.click.presses import Place, new_place
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.office.context import open_office
from zwgk_excel.workflow.setup.libreoffice_install import LibreOfficeEnvironment, extension_status, install_extension


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> LibreOfficeEnvironment:
    """A LibreOffice with our extension."""
    folder = tmp_path_factory.mktemp("libreoffice")
    made = environment_in(folder, recorded_interpreter(folder / "python"))
    install_extension(made)
    assert extension_status(made).faults == ()
    return made


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A workspace whose month was issued; the office has added to its tracker what an office adds."""
    made = new_place(tmp_path_factory.mktemp("place"))
    with open_office(made.desk.root, now=clock.now) as office:
        generate(office, made.month, as_of=clock.now().date())
        consolidate(office, as_of=None, who="经办人")
    _added(made)
    return made


def _added(place: Place) -> None:
    """What an office adds: a sheet, a column of its own, a filter."""
    book = openpyxl.load_workbook(tracker(place.desk))
    page = book[TRACKING.name]
    table = page.tables[TRACKING.table]
    rows = {key: number for key, (number, _) in rows_of(page).items()}
    header, left = min(rows.values()) - 1, len(TRACKING.columns) + 1
    page.cell(header, left, MINE)
    page.cell(rows[place.key("D02", "市财政局")], left, "电话问过")
    table.ref = f"A{header}:{page.cell(max(rows.values()), left).coordinate}"
    table.tableColumns.append(type(table.tableColumns[0])(id=left, name=MINE))
    table.autoFilter = AutoFilter(ref=table.ref)
    shown = Filters(filter=["市财政局", "市政府办"])
    table.autoFilter.filterColumn.append(FilterColumn(colId=TRACKING.index("unit"), filters=shown))
    notes = book.create_sheet("我的笔记")
    notes["B2"], notes["C3"] = "别删", "=B2"
    book.save(tracker(place.desk))


@pytest.fixture(scope="module")
def desktop(
    environment: LibreOfficeEnvironment, place: Place, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desktop]:
    """The program with the tracker in front."""
    folder = tmp_path_factory.mktemp("screen")
    opener = folder / "xdg-open"
    opener.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >> {folder}/opened\n')
    opener.chmod(0o755)
    (environment.home / ".zwgk" / "workspace.txt").write_text(str(place.desk.root), encoding="utf-8")  # used last
    log = environment.interpreter.parent / "log"
    with Screen(folder) as screen, Desktop(screen, environment, log, PATH=f"{folder}:/usr/bin:/bin") as made:
        yield made.open(tracker(place.desk))


@pytest.fixture(autouse=True)
def no_window_left(desktop: Desktop) -> Iterator[None]:
    """What one test leaves open does not keep the next from its button."""
    yield
    desktop.close_windows()

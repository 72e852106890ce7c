"""Where a workbook lies: on a disk, in a cloud with or without a folder here, nowhere yet, or behind an error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import xlwings as xw
from xlwings import XlwingsError

from tests.addin.grid import GridApp
from zwgk_excel.addin.host.book_places import is_at, place_of, require_openable
from zwgk_excel.workflow.errors import UserError

SHAREPOINT = "https://contoso.sharepoint.com/teams/office/Shared%20Documents/值班表.xlsx"
ONEDRIVE = "https://d.docs.live.net/8a1b2c3d4e5f6071/政务公开/总台账.xlsx"


@pytest.fixture(autouse=True)
def no_cloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A computer without folders of a cloud."""
    from xlwings.utils import fullname_url_to_local_path

    for name in ("OneDrive", "OneDriveConsumer", "OneDriveCommercial"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "nobody")
    fullname_url_to_local_path.cache_clear()
    yield
    fullname_url_to_local_path.cache_clear()


def cloud_book(address: str) -> xw.Book:
    book = xw.books.add()
    book.impl.model.address = address
    return book


@pytest.mark.parametrize(
    "address",
    [SHAREPOINT, "https://contoso-my.sharepoint.com/personal/a/Documents/b.xlsx", "http://10.0.0.8/公开/b.xlsx"],
)
def test_a_book_of_a_cloud_without_a_folder_here_has_no_place(grid: GridApp, address: str):
    book = cloud_book(address)
    with pytest.raises(XlwingsError):
        _ = book.fullname
    assert place_of(book) is None


def test_a_book_whose_cloud_is_mirrored_here_has_the_place_in_the_mirror(
    grid: GridApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    mirrored = tmp_path / "OneDrive" / "政务公开" / "总台账.xlsx"
    mirrored.parent.mkdir(parents=True)
    mirrored.write_bytes(b"x")
    monkeypatch.setenv("OneDrive", str(tmp_path / "OneDrive"))
    assert place_of(cloud_book(ONEDRIVE)) == mirrored
    assert is_at(cloud_book(ONEDRIVE), mirrored)


def test_a_stranger_s_book_does_not_say_by_a_sheet_of_its_own_where_it_lies(grid: GridApp, tmp_path: Path):
    """xlwings would take the folder from a sheet xlwings.conf of the very book."""
    (tmp_path / "总台账.xlsx").write_bytes(b"x")
    stranger = SimpleNamespace(
        api=SimpleNamespace(FullName=SHAREPOINT), fullname=str(tmp_path / "总台账.xlsx"), name="总台账.xlsx"
    )
    assert place_of(stranger) is None


def test_a_book_never_saved_no_book_and_one_behind_an_error_have_no_place(grid: GridApp):
    class Broken:
        @property
        def fullname(self) -> str:
            raise AttributeError("'NoneType' object has no attribute 'FullName'")

    assert [place_of(each) for each in (xw.books.add(), None, Broken())] == [None, None, None]


def test_a_book_on_a_disk_has_its_place(grid: GridApp, tmp_path: Path):
    book = xw.books.add()
    book.save(tmp_path / "甲.xlsx")
    assert place_of(book) == tmp_path / "甲.xlsx"


def test_what_excel_could_not_open_is_told_before_it_tries(grid: GridApp, tmp_path: Path):
    path = tmp_path / "总台账.xlsx"
    require_openable(grid, path)
    grid.ProtectedViewWindows.append(SimpleNamespace(SourcePath=str(tmp_path), SourceName="总台账.xlsx"))
    with pytest.raises(UserError, match="启用编辑"):
        require_openable(grid, path)
    grid.ProtectedViewWindows[0].SourceName = "别的.xlsx"
    require_openable(grid, path)
    cloud_book(ONEDRIVE)
    with pytest.raises(UserError, match="同名"):
        require_openable(grid, path)


def test_a_book_is_told_apart_from_its_namesake(grid: GridApp, tmp_path: Path):
    (tmp_path / "副本").mkdir()
    book: Any = xw.books.add()
    book.save(tmp_path / "副本" / "总台账.xlsx")
    assert not is_at(book, tmp_path / "总台账.xlsx")
    with pytest.raises(UserError, match="同名"):
        require_openable(grid, tmp_path / "总台账.xlsx")
    require_openable(grid, tmp_path / "副本" / "总台账.xlsx")

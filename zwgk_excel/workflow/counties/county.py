"""Opens workspaces of other offices read-only: a folder, or the URL of a ledger alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from zwgk_excel.ledger import Ledger, LedgerError, display_location, schema_of, url_of
from zwgk_excel.workbooks.opening.bounded_files import read_file
from zwgk_excel.workbooks.tables.read_tables import load_tables
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.context import SHARED_FILES, Office
from zwgk_excel.workflow.office.ledger_access import ledger_fault, read_ledger_at
from zwgk_excel.workflow.office.settings import load_workdays, settings_of
from zwgk_excel.workflow.office.table_files import refuse_errors
from zwgk_excel.workflow.office.workspace import SETTINGS_FILE, Workspace, foreign_workspace

CountySource = Path | str
"""The folder of a workspace, or the URL of its ledger."""

_DATABASE_UNNAMED = (
    f"它的 {SETTINGS_FILE} 写着一个数据库；汇总只打开命令中写明的数据库，核对后请用该数据库的地址代替这个文件夹。"
)


@dataclass(frozen=True, slots=True)
class County:
    """A county's office, opened read-only."""

    name: str
    office: Office


def sources_of(texts: list[str]) -> list[CountySource]:
    """The sources of a rollup: URLs, workspace folders, and the workspaces directly below any other folder.

    Raises UserError for a folder that does not exist or holds no workspace.
    """
    found: dict[CountySource, None] = {}
    for text in texts:
        found |= dict.fromkeys([text] if "://" in text else _folders(Path(text)))
    return list(found)


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise UserError(f"找不到文件夹“{folder}”；请核对路径。")
    if (folder / SETTINGS_FILE).exists():
        return [folder.resolve()]
    below = sorted(each.parent.resolve() for each in folder.glob(f"*/{SETTINGS_FILE}"))
    if not below:
        raise UserError(f"“{folder}”不是工作区，里面也没有工作区（没有 {SETTINGS_FILE}）；请核对路径。")
    return below


def source_shown(place: CountySource) -> str:
    """A source for messages, without a password."""
    return str(place) if isinstance(place, Path) else display_location(place)


def name_of(place: CountySource) -> str:
    """The name of a county without a name in its settings: its folder, its schema or its database."""
    if isinstance(place, Path):
        return place.name
    try:
        url = url_of(place)
    except LedgerError:
        return display_location(place)
    return schema_of(url) or url.database or display_location(place)


@contextmanager
def open_county(place: CountySource, *, now: Callable[[], datetime]) -> Iterator[County]:
    """Open a workspace without writing to it; raises UserError where it cannot be read.

    Also raised for a folder whose settings name a database: passwords go only to servers that the operator named.
    """
    workspace = foreign_workspace(place) if isinstance(place, Path) else None
    if workspace and workspace.settings.ledger.url:
        raise UserError(_DATABASE_UNNAMED)
    url = workspace.ledger_url if workspace else place
    try:
        with read_ledger_at(url, now=now) as ledger:
            files = _from_folder(workspace.root) if workspace else _from_ledger(ledger)
            yield _county(place, workspace, files, ledger, now)
    except LedgerError as error:
        raise ledger_fault(error, url) from error


def region_of(place: CountySource, *, now: Callable[[], datetime]) -> str:
    """The name that a county's settings give it, as far as they can be read; empty where they give none."""
    try:
        if isinstance(place, Path):
            return foreign_workspace(place).settings.office.region
        with read_ledger_at(place, now=now) as ledger:
            data = ledger.stored_file(SETTINGS_FILE)
            return settings_of(data, SETTINGS_FILE).office.region if data else ""
    except (LedgerError, UserError):
        return ""


def _county(
    place: CountySource, workspace: Workspace | None, files: list[bytes], ledger: Ledger, now: Callable[[], datetime]
) -> County:
    settings_data, *tables_data = files
    settings = workspace.settings if workspace else settings_of(settings_data, SETTINGS_FILE)
    tables = load_tables(tables_data[0], SHARED_FILES[1], tables_data[1], SHARED_FILES[2], policy=settings.policy)
    refuse_errors(tables)
    office = Office(
        workspace or Workspace(Path(), settings),
        ledger,
        tables.duties,
        tables.roster,
        load_workdays(settings.calendar),
        tables.problems,
        now,
    )
    return County(settings.office.region or name_of(place), office)


def _from_folder(root: Path) -> list[bytes]:
    try:
        return [read_file(root / name) for name in SHARED_FILES]
    except OSError as error:
        raise UserError(f"无法读取“{error.filename}”：{reason_of(error)}。") from None


def _from_ledger(ledger: Ledger) -> list[bytes]:
    files = [data for name in SHARED_FILES if (data := ledger.stored_file(name)) is not None]
    if len(files) < len(SHARED_FILES):
        raise UserError("数据库里还没有责任分工表和单位通讯录；请先在该工作区运行一次 zwgk consolidate。")
    return files

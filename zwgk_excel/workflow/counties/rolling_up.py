"""``zwgk rollup``: the trackers of many counties in one workbook and one data set, with each county's figures."""

from __future__ import annotations

import importlib.util
import logging
import os
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from zwgk_excel.domain.problems import Problem
from zwgk_excel.layout.columns import layout
from zwgk_excel.ledger import LedgerBusyError, LedgerError, file_lock
from zwgk_excel.workbooks.ooxml.edit_fingerprint import is_sealed, seal_in_place
from zwgk_excel.workbooks.rollup.rollup_workbook import CountyResult, RollupBook, rollup_book
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.writing.files import atomic_replacement, remove_temporary_files
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.counties.county import County, CountySource, name_of, open_county, region_of, source_shown
from zwgk_excel.workflow.counties.data_set import ArrowTables, DataSet, new_data_set, tables_of
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.context import Progress, no_progress
from zwgk_excel.workflow.office.passwords import LEDGER_VARIABLES, find_password
from zwgk_excel.workflow.office.replaceable_files import require_own_file
from zwgk_excel.workflow.office.server_logins import ledger_login
from zwgk_excel.workflow.office.workspace import SETTINGS_FILE, enclosing_workspace, is_workspace
from zwgk_excel.workflow.tracking.statuses import Statuses, office_statuses
from zwgk_excel.workflow.workers.readers import ReaderPool

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rollup:
    """The result of a rollup, with its paths."""

    as_of: date
    sources: tuple[CountyResult, ...]
    workbook: Path
    data_set: Path

    @property
    def failed(self) -> tuple[CountyResult, ...]:
        """The workspaces that could not be read."""
        return tuple(each for each in self.sources if each.reason)


@dataclass(frozen=True, slots=True)
class CountyLimits:
    """The limits of reading one county."""

    seconds: float
    memory: int
    """Bytes of address space; on Windows there is no such limit, and only the rows are counted."""


COUNTY_LIMITS = CountyLimits(300.0, 4 << 30)
"""What keeps one county from holding up or ending a rollup; an honest one comes nowhere near."""
MOST_ROWS = 3_000_000
"""Of all tables of one county: more of them are no county's, and would not fit into this process either."""


@dataclass(frozen=True, slots=True)
class _Unreadable:
    """Why a county cannot be read, and the trace of what was not expected."""

    reason: str
    trace: str = ""


@dataclass(frozen=True, slots=True)
class _CountyData:
    """All data of one county, read and ready to be written."""

    source: CountyResult
    view: TrackerView
    tables: ArrowTables


def rollup(
    places: Sequence[CountySource],
    to: Path,
    *,
    as_of: date | None = None,
    now: Callable[[], datetime] = clock.now,
    progress: Progress = no_progress,
    limits: CountyLimits = COUNTY_LIMITS,
) -> Rollup:
    """Collect workspaces as of a day (today where None) in ``to``, one in memory at a time, each opened read-only.

    Each is read in a process of its own with ``limits``: what another office's database does costs that county alone. A
    workspace that cannot be read is listed in the result and the workbook, and the others are processed. Raises
    UserError when none can be read, the day is yet to come, ``to`` cannot be written, or somebody edited the workbook
    there; then ``to`` is unchanged.
    """
    _check(places, to)
    moment = now()
    on = as_of or moment.date()
    if on > moment.date():
        raise UserError(f"{on} 还没有到（今天 {moment:%Y-%m-%d}），不能按以后的日期汇总各地区。")
    book_path, data_path = to / layout("rollup").file_name, to / layout("rollup").settings["data_folder"]
    require_own_file(book_path, is_sealed)
    sources: list[CountyResult] = []
    try:
        with (
            _folder_lock(to),
            new_data_set(data_path, {"as_of": on}) as data,
            _own_book(book_path, on) as book,
            ReaderPool(1, limits.seconds, limits.memory, wall=limits.seconds) as workers,
        ):
            for count, place in enumerate(places):
                progress(count, len(places), name_of(place))
                taken = {each.county for each in sources if not each.reason}
                sources.append(_add(_read(place, on, moment, workers), taken, book, data))
            progress(len(places), len(places), "")
            _refuse_none(sources)
            book.close(sources)
    except OSError as error:
        raise UserError(f"无法写入“{to}”：{reason_of(error)}；如已在 Excel 中打开，请先关闭。") from None
    return Rollup(on, tuple(sources), book_path, data_path)


@contextmanager
def _own_book(path: Path, as_of: date) -> Iterator[RollupBook]:
    """The workbook, which replaces the one that an earlier run left as it was."""
    with atomic_replacement(path) as temporary:
        with rollup_book(temporary, as_of) as book:
            yield book
        seal_in_place(temporary)
        require_own_file(path, is_sealed)  # somebody may have opened or edited it in the meantime


@contextmanager
def _folder_lock(to: Path) -> Iterator[None]:
    """Hold the lock of a folder, and remove the leftovers of a killed run."""
    to.mkdir(parents=True, exist_ok=True)
    try:
        with file_lock(to / ".zwgk-lock", 2.0):
            remove_temporary_files(to)
            yield
    except LedgerBusyError:
        raise UserError(f"另一个 zwgk 正在往“{to}”里汇总；请等它完成后再试。") from None


def _check(places: Sequence[CountySource], to: Path) -> None:
    if importlib.util.find_spec("pyarrow") is None:
        raise UserError('汇总多个工作区还需要 pyarrow；请运行 pip install "zwgk-excel[rollup]"。')
    target = to.resolve()
    folders = [each for each in places if isinstance(each, Path)]
    if is_workspace(target) or enclosing_workspace(to) or any(target.is_relative_to(each) for each in folders):
        raise UserError(f"“{to}”在工作区里；请另选一个文件夹存放汇总结果。")


def _refuse_none(sources: Sequence[CountyResult]) -> None:
    if all(each.reason for each in sources):
        raise UserError(f"没有一个工作区能汇总，原有的汇总结果未改动。{sources[0].place}：{sources[0].reason}")


def _read(place: CountySource, as_of: date, moment: datetime, workers: ReaderPool) -> _CountyData | CountyResult:
    """All of a workspace, or why it cannot be read."""
    found = workers.run(_gathered, place, as_of, moment, _passwords(place))
    if isinstance(found, _CountyData):
        return found
    if isinstance(found, Problem):  # of the worker
        reason = _TOO_SLOW.format(seconds=f"{workers.seconds:g}") if found.code == "file_too_slow" else _ENDED
        found = _Unreadable(reason, str(found))
    if found.trace:
        _log.error("reading %s failed\n%s", source_shown(place), found.trace)
    # What is wrong with its data need not be wrong with its settings, which say what others call it.
    named = workers.run(_named, place, moment, _passwords(place))
    county = named if isinstance(named, str) and named else name_of(place)
    return CountyResult(county, source_shown(place), as_of, reason=found.reason)


def _passwords(place: CountySource) -> Mapping[str, str]:
    """What is needed to open a URL, as environment: the password of its server alone, and what libpq takes of ours."""
    if isinstance(place, Path):
        return {}
    try:
        login = ledger_login(place)
        given = dict(zip(LEDGER_VARIABLES, (find_password(login)[0], login.server), strict=True))
    except (LedgerError, UserError):
        return {}  # told when it is opened
    return given | {name: each for name, each in os.environ.items() if name.startswith("PG")}


def _add(found: _CountyData | CountyResult, taken: set[str], book: RollupBook, data: DataSet) -> CountyResult:
    """Add one workspace; everything is read before anything is written, so that a broken one is not added in part."""
    if isinstance(found, CountyResult):
        return found
    if found.source.county in taken:
        return CountyResult(found.source.county, found.source.place, found.source.as_of, reason=_SAME_NAME)
    book.add(found.source.county, found.view)
    data.add(found.tables)
    return found.source


_TOO_SLOW = "读取超过 {seconds} 秒，已中止；请该地区检查数据库。"
_ENDED = "读取时程序中断或内存不足，已中止；请该地区检查数据库。"
_TOO_MANY = "数据超过 {most:,} 行，没有汇总；请该地区检查数据库。"
_SAME_NAME = f"已有同名的地区；请在其中一个工作区的 {SETTINGS_FILE} 里写上 [office] region。"


# --- within a worker ---------------------------------------------------------------------------


def _gathered(
    place: CountySource, as_of: date, moment: datetime, passwords: Mapping[str, str]
) -> _CountyData | _Unreadable:
    os.environ.update(passwords)  # this process was forked from one that may be older than they are
    try:
        return _gather(place, as_of, moment)
    except UserError as error:
        return _Unreadable(str(error))
    except MemoryError:
        return _Unreadable(_ENDED, traceback.format_exc())
    except Exception:  # whatever a ledger of others may hold
        return _Unreadable("读取时出错，数据异常；请该地区检查数据库。", traceback.format_exc())


def _named(place: CountySource, moment: datetime, passwords: Mapping[str, str]) -> str:
    os.environ.update(passwords)
    try:
        return region_of(place, now=lambda: moment)
    except Exception as error:  # as above: the county failed already, and for its name there is another way
        _log.warning("the name of %s cannot be read: %r", source_shown(place), error)
        return ""


def _gather(place: CountySource, as_of: date, moment: datetime) -> _CountyData | _Unreadable:
    with open_county(place, now=lambda: moment) as county:
        found = office_statuses(county.office, as_of)
        source = CountyResult(
            county=county.name,
            place=source_shown(place),
            as_of=as_of,
            obligations=len(found.rows),
            items=found.contents.items,
            problems=sum(each.counts for each in found.problems),
            receipts=len(found.receipts),
        )
        if source.obligations + source.items + len(found.problems) + source.receipts > MOST_ROWS:
            return _Unreadable(_TOO_MANY.format(most=MOST_ROWS))
        return _CountyData(source, _view(county, found), tables_of(county.name, found))


def _view(county: County, found: Statuses) -> TrackerView:
    settings = county.office.workspace.settings
    return TrackerView(
        office=settings.office.name,
        as_of=found.as_of,
        live=False,
        due_soon_days=settings.policy.due_soon_days,
        rows=found.rows,
        units=county.office.units(),
        contents=(),  # no sheet of the rollup shows items
        item_count=found.contents.items,
        problems=found.problems,
        receipts=found.receipts,
    )

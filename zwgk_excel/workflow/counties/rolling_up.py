"""``zwgk rollup``: the trackers of many counties in one workbook and one data set, with each county's figures."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from zwgk_excel.layout.columns import layout
from zwgk_excel.ledger import LedgerBusyError, file_lock
from zwgk_excel.workbooks.rollup.rollup_workbook import CountyResult, RollupBook, rollup_book
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.writing.files import atomic_replacement, remove_temporary_files
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.counties.county import County, CountySource, name_of, open_county, source_shown
from zwgk_excel.workflow.counties.data_set import ArrowTables, DataSet, new_data_set, tables_of
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.context import Progress, no_progress
from zwgk_excel.workflow.office.workspace import SETTINGS_FILE, enclosing_workspace, is_workspace
from zwgk_excel.workflow.tracking.statuses import Statuses, office_statuses

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
) -> Rollup:
    """Collect workspaces as of a day (today where None) in ``to``, one in memory at a time, each opened read-only.

    A workspace that cannot be read is listed in the result and the workbook, and the others are processed. Raises
    UserError when none can be read or ``to`` cannot be written; then ``to`` is unchanged.
    """
    _check(places, to)
    on = as_of or now().date()
    book_path, data_path = to / layout("rollup").file_name, to / layout("rollup").settings["data_folder"]
    sources: list[CountyResult] = []
    try:
        with (
            _folder_lock(to),
            new_data_set(data_path, {"as_of": on}) as data,
            atomic_replacement(book_path) as temporary,
            rollup_book(temporary, on) as book,
        ):
            for count, place in enumerate(places):
                progress(count, len(places), name_of(place))
                sources.append(_add(place, on, now, {each.county for each in sources}, book, data))
            progress(len(places), len(places), "")
            _refuse_none(sources)
            book.close(sources)
    except OSError as error:
        raise UserError(f"无法写入“{to}”：{reason_of(error)}；如已在 Excel 中打开，请先关闭。") from None
    return Rollup(on, tuple(sources), book_path, data_path)


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


def _add(
    place: CountySource, as_of: date, now: Callable[[], datetime], taken: set[str], book: RollupBook, data: DataSet
) -> CountyResult:
    """Add one workspace; everything is read before anything is written, so that a broken one is not added in part."""
    try:
        found = _gather(place, as_of, now)
    except UserError as error:
        return CountyResult(name_of(place), source_shown(place), as_of, reason=str(error))
    except Exception as error:  # whatever a ledger of others may hold: the other counties must not suffer
        _log.exception("reading %s failed", source_shown(place))
        return CountyResult(
            name_of(place), source_shown(place), as_of, reason=f"读取时出错（{type(error).__name__}）。"
        )
    if found.source.county in taken:
        return CountyResult(found.source.county, found.source.place, as_of, reason=_SAME_NAME)
    book.add(found.source.county, found.view)
    data.add(found.tables)
    return found.source


_SAME_NAME = f"已有同名的地区；请在其中一个工作区的 {SETTINGS_FILE} 里写上 [office] region。"


def _gather(place: CountySource, as_of: date, now: Callable[[], datetime]) -> _CountyData:
    with open_county(place, now=now) as county:
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
        contents=found.contents,
        item_count=found.contents.items,
        problems=found.problems,
        receipts=found.receipts,
    )

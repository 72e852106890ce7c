"""``zwgk rollup``: the trackers of many counties in one workbook and one data set, with the counties' own figures."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from zwgk_excel.layout.columns import layout
from zwgk_excel.ledger import LedgerBusy, file_lock
from zwgk_excel.workbooks.files import replacing, sweep
from zwgk_excel.workbooks.rollup.workbook import RollupBook, Source, rollup_book
from zwgk_excel.workbooks.tracker.view import TrackerView
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.counties import County, Place, name_of, open_county, place_shown
from zwgk_excel.workflow.data_set import DataSet, Tables, new_data_set, tables_of
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office import Progress, silent
from zwgk_excel.workflow.status import Standings, standings
from zwgk_excel.workflow.workspace import SETTINGS_FILE

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rollup:
    """What was gathered, and where it is."""

    as_of: date
    sources: tuple[Source, ...]
    workbook: Path
    data_set: Path

    @property
    def failed(self) -> tuple[Source, ...]:
        """The workspaces that could not be read."""
        return tuple(each for each in self.sources if each.reason)


@dataclass(frozen=True, slots=True)
class _Gathered:
    """Everything of one county, read and ready to be written."""

    source: Source
    view: TrackerView
    tables: Tables


def rollup(
    places: Sequence[Place],
    to: Path,
    *,
    as_of: date | None = None,
    now: Callable[[], datetime] = clock.now,
    progress: Progress = silent,
) -> Rollup:
    """Gather workspaces as of a day (today where None) into ``to``, one in memory at a time, each only read.

    A workspace that cannot be read is told in the result and in the workbook, and the rest goes on. Raises UserError
    when not one can be read or ``to`` cannot be written; then what was there stays.
    """
    _check(places, to)
    on = as_of or now().date()
    book_path, data_path = to / layout("rollup").file_name, to / layout("rollup").settings["data_folder"]
    sources: list[Source] = []
    try:
        with (
            _alone(to),
            new_data_set(data_path, {"as_of": on}) as data,
            replacing(book_path) as temporary,
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
def _alone(to: Path) -> Iterator[None]:
    """Be the only one who writes to a folder, and remove what a killed run left there."""
    to.mkdir(parents=True, exist_ok=True)
    try:
        with file_lock(to / ".zwgk-lock", 2.0):
            sweep(to)
            yield
    except LedgerBusy:
        raise UserError(f"另一个 zwgk 正在往“{to}”里汇总；请等它完成后再试。") from None


def _check(places: Sequence[Place], to: Path) -> None:
    if importlib.util.find_spec("pyarrow") is None:
        raise UserError('汇总多个工作区还需要 pyarrow；请运行 pip install "zwgk-excel[rollup]"。')
    target = to.resolve()
    folders = [each for each in places if isinstance(each, Path)]
    if (target / SETTINGS_FILE).exists() or any(target.is_relative_to(each) for each in folders):
        raise UserError(f"“{to}”在工作区里；请另选一个文件夹存放汇总结果。")


def _refuse_none(sources: Sequence[Source]) -> None:
    if all(each.reason for each in sources):
        raise UserError(f"没有一个工作区能汇总，原有的汇总结果未改动。{sources[0].place}：{sources[0].reason}")


def _add(
    place: Place, as_of: date, now: Callable[[], datetime], taken: set[str], book: RollupBook, data: DataSet
) -> Source:
    """Gather one workspace; everything is read before anything is written, so that a broken one leaves no half."""
    try:
        found = _gather(place, as_of, now)
    except UserError as error:
        return Source(name_of(place), place_shown(place), as_of, reason=str(error))
    except Exception as error:  # whatever a ledger of others may hold: the other counties must not suffer
        _log.exception("reading %s failed", place_shown(place))
        return Source(name_of(place), place_shown(place), as_of, reason=f"读取时出错（{type(error).__name__}）。")
    if found.source.county in taken:
        return Source(found.source.county, found.source.place, as_of, reason=_SAME_NAME)
    book.add(found.source.county, found.view)
    data.add(found.tables)
    return found.source


_SAME_NAME = f"已有同名的地区；请在其中一个工作区的 {SETTINGS_FILE} 里写上 [office] region。"


def _gather(place: Place, as_of: date, now: Callable[[], datetime]) -> _Gathered:
    with open_county(place, now=now) as county:
        found = standings(county.office, as_of)
        source = Source(
            county=county.name,
            place=place_shown(place),
            as_of=as_of,
            obligations=len(found.rows),
            items=found.contents.items,
            problems=sum(each.counts for each in found.problems),
            receipts=len(found.receipts),
        )
        return _Gathered(source, _view(county, found), tables_of(county.name, found))


def _view(county: County, found: Standings) -> TrackerView:
    settings = county.office.workspace.settings
    return TrackerView(
        office=settings.office.name,
        as_of=found.as_of,
        live=False,
        due_soon_days=settings.policy.due_soon_days,
        rows=found.rows,
        units=county.office.roster.units,
        contents=found.contents,
        item_count=found.contents.items,
        problems=found.problems,
        receipts=found.receipts,
    )

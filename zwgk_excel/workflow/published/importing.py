"""An export of the website's back office: what it would change is shown first, then it is taken in.

The same export again changes nothing. Names that nobody knows keep their rows on record without a unit or a duty, until
the office has said what they mean and the export is imported again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from zwgk_excel.domain.acts import Change
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.published import ListChanges, PublishedItem, PublishedSpan, compare
from zwgk_excel.workbooks.opening.bounded_files import read_file
from zwgk_excel.workbooks.opening.rejected import RejectedFileError
from zwgk_excel.workbooks.reading.published_list import (
    ExportedList,
    NoTableError,
    UnknownHeadingsError,
    read_published_list,
)
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.context import Office, find_unit
from zwgk_excel.workflow.published.mapping import ListMapping, note_unknown, read_mapping

_HEADINGS, _NO_TABLE, _UNREADABLE = "list_headings", "list_no_table", "list_unreadable"
"""Codes of the problems with a file as a whole."""
_LIMITS = frozenset({"rows_too_many", "sheet_too_large", "file_too_large"})
"""Codes of problems of which the limit is told, too."""
_OWNERS = ("~$", ".")
"""How files begin that a program leaves beside one that it has open, and hidden ones."""


@dataclass(frozen=True, slots=True)
class PublishedImport:
    """What an import would do, or did."""

    files: tuple[str, ...]
    rows: tuple[PublishedItem, ...]
    """Those that could be used, with units and duties."""
    changes: ListChanges
    span: PublishedSpan | None
    """None where no row could be used."""
    unknown_departments: Mapping[str, int]
    """Name → rows, the most frequent first."""
    unknown_columns: Mapping[tuple[str, str], int]
    """(栏目, unit) → rows."""
    unpublished: int = 0
    """Rows that are not on the site by their state."""
    ignored: int = 0
    """Rows that the office does not count."""
    act: int | None = None
    """The number of the act; None where nothing was taken in, or all was already."""
    problems: tuple[Problem, ...] = ()
    """Of files that could not be read or were not understood, of rows and of cells that could not be used."""
    absent: tuple[str, ...] = ()
    """Keys of columns that a list has not, where that leaves rows without a unit or a task."""
    unsure: tuple[str, ...] = ()
    """Units of which a row could not be used: what the list has not of them may be that."""

    @property
    def is_known(self) -> bool:
        """Whether the ledger has it all already."""
        return not self.changes.written

    @property
    def needs_names(self) -> bool:
        """Whether the office is to say what some names mean."""
        return bool(self.unknown_departments or self.unknown_columns or self.needs_headings)

    @property
    def listed(self) -> bool:
        """Whether the office's workbook asks what they mean; a cell that is empty in the list it cannot ask about."""
        columns = {column for column, _ in self.unknown_columns}
        return any(self.unknown_departments) or any(columns) or bool(self.absent) or self.needs_headings

    @property
    def needs_headings(self) -> bool:
        """Whether the columns of a file were not recognised."""
        return any(each.code == _HEADINGS for each in self.problems)

    @property
    def is_partial(self) -> bool:
        """Whether a file could not be read: then nothing is taken to have vanished, and all files count as new."""
        return any(each.code in {_HEADINGS, _NO_TABLE, _UNREADABLE} for each in self.problems)


def plan_import(
    office: Office,
    paths: Sequence[Path],
    *,
    unit: str = "",
    part: bool = False,
    whole: bool = False,
    first: date | None = None,
    last: date | None = None,
) -> PublishedImport:
    """What importing exports together would change; nothing is written.

    ``unit`` is whose they are where they do not say it. They cover all that the units in them published from ``first``
    to ``last``, by default the first and the last day in them, and no later than today (a day far before all others is
    told, and is not the first); with ``part`` only of the duties that occur in them, with ``whole`` (the list of the
    whole site) of all units, those too that do not occur. Units of which a row could not be used are not covered.
    A file that cannot be read is a problem beside the others. Raises UserError where none can be read, for an unknown
    unit, days the wrong way round, and where the office's mapping is wrong.
    """
    if part and whole:
        raise UserError("清单不能既是“只有一部分栏目”的，又是“全站”的；请只留一个。")
    mapping, of_unit = read_mapping(office), find_unit(office, unit) if unit else ""
    today = office.now().date()
    lists, problems, digests = _read_lists(paths, mapping, today, owned=bool(of_unit))
    if not lists and not any(each.code == _HEADINGS for each in problems):
        raise UserError("\n".join(map(str, problems)))
    rows, unknown_departments, unknown_columns, left_out = _resolved(lists, mapping, of_unit)
    everyone = tuple(each.name for each in office.units()) if whole else ()
    early = {} if first else {source: told for each in lists for source, told in each.early.items()}
    listed = [each for each in rows if each.source not in early] or rows
    span = _span(listed, everyone, part=part, first=first, last=min(last, today) if last else None)
    unsure = _unsure(lists, mapping, of_unit, span.units if span else ())
    if span and problems:
        span = replace(span, units=())  # what is missing may stand in the files that were not read
    elif span and not (unknown_departments or unknown_columns):
        span = replace(span, files=digests)
    if span and unsure:
        span = replace(span, units=tuple(each for each in span.units if each not in unsure))
    changes = compare(office.ledger.published().items, rows, span) if span else ListChanges()
    unsaid = {"department": "" in unknown_departments, "column": any(not column for column, _ in unknown_columns)}
    absent = {key: told for each in lists for key, told in each.absent.items() if unsaid[key]}
    return PublishedImport(
        files=tuple(path.name for path in paths),
        rows=tuple(rows),
        changes=changes,
        span=span,
        unknown_departments=dict(unknown_departments.most_common()),
        unknown_columns=dict(unknown_columns.most_common()),
        unpublished=sum(each.unpublished for each in lists),
        ignored=left_out,
        problems=(
            *problems,
            *absent.values(),
            *(found for each in lists for found in each.problems),
            *early.values(),
        ),
        absent=tuple(absent),
        unsure=unsure,
    )


def _read_lists(
    paths: Sequence[Path], mapping: ListMapping, today: date, *, owned: bool
) -> tuple[list[ExportedList], list[Problem], tuple[tuple[str, str], ...]]:
    """(What the files say, a problem for each that could not be read, (name, sha256) of those that could)."""
    lists: list[ExportedList] = []
    problems: list[Problem] = []
    digests: list[tuple[str, str]] = []
    for path in paths:
        try:
            data = read_file(path)
            lists.append(read_published_list(data, path.name, by=today, headings=mapping.headings, owned=owned))
        except OSError as error:
            found = f"无法读取：{reason_of(error)}"
            problems.append(problem(_UNREADABLE, CellRef(path.name), found=found))
        except (UnknownHeadingsError, NoTableError) as unknown:
            problems.append(unknown.problem)
        except RejectedFileError as rejected:
            # The remedies of the catalogue are those of a report.
            own = rejected.problem
            found = own.cause if own.code in _LIMITS else own.found
            problems.append(problem(_UNREADABLE, own.place, found=found))
        else:
            digests.append((path.name, _digest(data)))
    return lists, problems, tuple(digests)


def new_lists(office: Office) -> tuple[Path, ...]:
    """The files in 网站清单 that no import in force has, the oldest first.

    One with names that nobody knew is among them until they are known, one that cannot be read until it is gone.
    """
    folder = office.workspace.website_lists
    if not folder.is_dir():
        return ()
    known = {digest for span in office.ledger.published().spans for _, digest in span.files}
    files = [path for path in folder.iterdir() if path.is_file() and not path.name.startswith(_OWNERS)]
    new = [path for path in files if _digest_of(path) not in known]
    return tuple(sorted(new, key=lambda path: (path.stat().st_mtime, path.name)))


def _digest_of(path: Path) -> str:
    """Empty for one that cannot be read, which the import then tells."""
    try:
        return _digest(read_file(path))
    except OSError:
        return ""


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _resolved(
    lists: Sequence[ExportedList], mapping: ListMapping, of_unit: str
) -> tuple[list[PublishedItem], Counter[str], Counter[tuple[str, str]], int]:
    """(Rows with units and duties, unknown departments, unknown columns, rows that are not counted)."""
    rows: list[PublishedItem] = []
    departments: Counter[str] = Counter()
    columns: Counter[tuple[str, str]] = Counter()
    left_out = 0
    # A site has a few hundred columns and some sixty departments, in thousands of rows.
    known: dict[tuple[str, str], tuple[str | None, tuple[str, ...] | None]] = {}
    for row in (row for each in lists for row in each.rows):
        department = row.department or of_unit
        place = department, row.column
        if place not in known:
            unit = mapping.unit_of(department) if department else ""
            known[place] = unit, mapping.duties_of(row.column, unit or "")
        unit, duties = known[place]
        if unit is None or duties is None:
            left_out += 1
            continue
        if not unit:
            departments[department] += 1
        if not duties:
            columns[row.column, unit] += 1
        rows.append(replace(row, department=department, unit=unit, duties=duties))
    return rows, departments, columns, left_out


def _unsure(
    lists: Sequence[ExportedList], mapping: ListMapping, of_unit: str, units: Sequence[str]
) -> tuple[str, ...]:
    """The units of a span of which a row could not be used; all where a row does not say whose it is."""
    names = {name or of_unit for each in lists for name in each.left}
    if "" in names:
        return tuple(units)
    found = {mapping.unit_of(name) for name in names}
    return tuple(each for each in units if each in found)


def _span(
    rows: Sequence[PublishedItem], everyone: Sequence[str], *, part: bool, first: date | None, last: date | None
) -> PublishedSpan | None:
    if not rows:
        return None
    days = [each.published_on for each in rows]
    units = tuple(dict.fromkeys((*(each.unit for each in rows if each.unit), *everyone)))
    duties = tuple(sorted({duty for each in rows for duty in each.duties})) if part else None
    span = PublishedSpan(first or min(days), last or max(days), units, duties)
    if span.last < span.first:
        raise UserError(f"起止日期颠倒了：清单到 {span.last} 止，早于开始的 {span.first}；请核对起止日期和清单。")
    return span


def import_published(office: Office, planned: PublishedImport, *, who: str) -> PublishedImport:
    """Take in what was planned, which the caller has shown; returns what it came to by then.

    Names that nobody knows are added to the office's workbook. An import that changes nothing and covers no more than
    an earlier one is no act. Raises UserError where that workbook is open or cannot be written; nothing is recorded
    then.
    """
    with office.ledger.exclusive():
        if planned.needs_names:
            note_unknown(
                office,
                planned.unknown_departments,
                planned.unknown_columns,
                head=planned.needs_headings,
                absent=planned.absent,
            )
        span = planned.span
        if span is None:
            return planned
        record = office.ledger.published()
        done = replace(planned, changes=compare(record.items, planned.rows, span))
        if not done.is_known or all(replace(each, at=None) != span for each in record.spans):
            told = Change("、".join(done.files), "", change_words(done.changes))
            act = office.ledger.import_published(done.changes.written, span, told, who=who)
            done = replace(done, act=act)
    return done


def change_words(changes: ListChanges) -> str:
    """What an import changes, in words: ``新增 12 条，改动 1 条，网站上已没有 2 条``."""
    counts = {"新增": len(changes.new), "改动": len(changes.corrected), "网站上已没有": len(changes.vanished)}
    told = "，".join(f"{name} {count} 条" for name, count in counts.items() if count)
    return told or f"{changes.same} 条都已导入过"

"""``zwgk catalogue import``: published tables into 标准目录.xlsx; first what would change, then the change."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zwgk_excel.domain.acts import Change
from zwgk_excel.domain.catalogue.proposals import Proposals
from zwgk_excel.domain.catalogue.updates import CatalogueUpdate, plan_update
from zwgk_excel.domain.lint.catalogue import unnumbered
from zwgk_excel.domain.lint.tables import TableRow
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.table_edits import CellEdit
from zwgk_excel.layout import seed
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import code_of
from zwgk_excel.workbooks.catalogue.book import (
    CHOSEN,
    PROPOSED,
    CatalogueRows,
    Choices,
    cell_edits,
    new_catalogue,
    read_catalogue,
    updated_catalogue,
)
from zwgk_excel.workbooks.catalogue.official_tables import (
    MOST_ENTRIES,
    PublishedTables,
    distinct,
    read_published,
    repeated,
)
from zwgk_excel.workbooks.opening.bounded_files import TooLargeError, read_file
from zwgk_excel.workbooks.opening.guard import RejectedFileError, too_large
from zwgk_excel.workbooks.tables.edit_table import TableNotEditableError
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.errors import UserError, reason_of, remedy_of
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.open_files import require_not_open

_OWNERS = ("~$", ".")
"""How files begin that a program leaves beside one that it has open, and hidden ones."""


@dataclass(frozen=True, slots=True)
class CatalogueImport:
    """What an import would do, or did."""

    path: Path
    """The catalogue."""
    files: tuple[tuple[str, str], ...]
    """(Name, sha256) of the published tables."""
    update: CatalogueUpdate
    problems: tuple[Problem, ...]
    """What of the published tables was not understood, cell by cell."""
    ties: Mapping[str, Mapping[str, str]]
    """Id of an entry → column key → text, of what is proposed and, with ``adopt``, chosen."""
    tables: int
    """Tables that were found in the files."""
    before: bytes
    """The catalogue as it is; empty for none."""
    data: bytes
    """The catalogue as it will be."""
    edits: tuple[CellEdit, ...]
    """What becomes different in its rows; none where only the lists of its dropdowns do."""
    act: int | None = None
    """The number of the act; None before it, and where no row changes."""

    @property
    def is_change(self) -> bool:
        """Whether anything of the workbook becomes different."""
        return self.data != self.before

    @property
    def adopted(self) -> int:
        """Entries whose proposals become the office's choice."""
        return sum(any(key in cells for key in CHOSEN) for cells in self.ties.values())


def plan_import(office: Office, files: Sequence[Path], *, domain: str = "", adopt: bool = False) -> CatalogueImport:
    """What importing the files changes; nothing is written yet.

    ``domain`` is that of tables which name none. With ``adopt`` what is proposed is also chosen, where the office has
    chosen nothing yet. Raises UserError for a file that cannot be read, tables without an entry, and a catalogue that
    cannot be read or is open.
    """
    published: list[TableRow] = []
    problems: list[Problem] = []
    digests: list[tuple[str, str]] = []
    tables = 0
    for file in files:
        data = _bytes(file)
        digests.append((file.name, _digest(data)))
        found = _published(data, file.name, domain.strip())
        published += found.rows
        problems += found.problems
        tables += found.tables
    problems += repeated(published)
    published = distinct(published)
    if not published:
        told = next((f"{each}" for each in problems if each.is_error), f"{problems[0]}" if problems else "")
        raise UserError(f"没有读到目录事项；{told or '请核对文件。'}")
    if len(published) > MOST_ENTRIES:
        raise UserError(f"这些文件共有事项 {len(published)} 条，一次不超过 {MOST_ENTRIES} 条；请分几次导入。")
    path = office.workspace.catalogue
    rows, data = catalogue_rows(path)
    recorded = office.ledger.imported_catalogue_texts() if data and not rows.imported else {}
    imported = [*rows.imported, *(TableRow(CellRef(path.name), cells, {}) for cells in recorded.values())]
    numbered = [row for row in rows.entries if row["id"]]
    update = plan_update(numbered, imported, published)
    taken = [*update.read, *(row["id"] for row in (*imported, *numbered))]
    problems += [each for each in rows.problems if each.counts]
    problems += unnumbered(_standing(rows), taken, layout("catalogue")["entries"].heading("id"))
    ties = _ties(office, rows, update, adopt=adopt)
    written = _written(office, path, rows, data, update, ties, recorded)
    edits = cell_edits(rows, read_catalogue(written, path.name)) if written != data else ()
    return CatalogueImport(path, tuple(digests), update, tuple(problems), ties, tables, data, written, edits)


def new_tables(office: Office) -> tuple[Path, ...]:
    """The files in 标准目录 that no import in force took in, by name."""
    folder = office.workspace.published_catalogues
    if not folder.is_dir():
        return ()
    known = office.ledger.imported_catalogue_files()
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith(_OWNERS))
    return tuple(path for path in files if _digest(_bytes(path)) not in known)


def _published(data: bytes, name: str, domain: str) -> PublishedTables:
    try:
        return read_published(data, name, domain=domain)
    except RejectedFileError as rejected:
        raise UserError(f"“{name}”不能导入：{rejected.problem.found}；请打开检查，另存后再导入。") from None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def carry_out_import(office: Office, plan: CatalogueImport, *, who: str) -> CatalogueImport:
    """Record the act and write the catalogue; the office has its entries afterwards.

    A run that is killed in between is finished when the office is opened next. Raises UserError, and changes nothing,
    where the catalogue is open or was changed meanwhile.
    """
    with office.ledger.exclusive():
        require_not_open(plan.path, "重新导入")
        if (_bytes(plan.path) if plan.path.exists() else b"") != plan.before:
            raise UserError(f"“{plan.path.name}”刚刚有改动；什么也没有写入，请重新导入。")
        if plan.edits:
            told = Change("、".join(name for name, _ in plan.files), "", import_words(plan))
            changes = [each.change for each in plan.edits]
            plan = replace(plan, act=office.ledger.import_catalogue(plan.files, changes, told, who=who))
        try:
            write_atomic(plan.path, plan.data)
        except OSError as error:
            why = f"{reason_of(error)}；{remedy_of(error)}后再运行一次。"
            raise UserError(f"无法写入“{plan.path.name}”：{why}") from None
        office.ledger.end_table_edit()
        office.reload_tables()
    return plan


def import_words(plan: CatalogueImport) -> str:
    """What an import changes, in words: ``新增 12 个事项，更新 3 个``."""
    changed = {each.id for each in plan.update.changed if not each.kept}
    counts = (("新增", len(plan.update.added)), ("更新", len(changed)), ("采用建议", plan.adopted))
    told = "，".join(f"{name} {count} 个事项" for name, count in counts if count)
    return told or "建议或导入原文有变化"


def catalogue_rows(path: Path) -> tuple[CatalogueRows, bytes]:
    """The rows of the office's catalogue and its bytes; none, and empty bytes, where there is no such file yet.

    Raises UserError where it cannot be read, and where two rows have one number. Single cells that cannot be read are
    no hindrance: nothing is written into them.
    """
    if not path.exists():
        return CatalogueRows(), b""
    require_not_open(path, "重新导入")
    data = _bytes(path)
    rows = read_catalogue(data, path.name)
    if errors := [each for each in rows.problems if each.is_error]:
        raise UserError(f"{errors[0]}")
    counted = Counter(row["id"] for row in rows.entries if row["id"])
    if again := next((row for row in rows.entries if counted[row["id"]] > 1), None):
        raise UserError(f"{problem('catalogue_id', again.at('id'), value=again['id'])}")
    return rows, data


def _standing(rows: CatalogueRows) -> Iterator[TableRow]:
    """The rows that are not ended."""
    return (row for row in rows.entries if code_of("yes_no", row["cancelled"]) != "yes")


def _bytes(path: Path) -> bytes:
    try:
        return read_file(path)
    except TooLargeError as error:
        raise UserError(f"{too_large(error.size, path.name)}") from None
    except OSError as error:
        raise UserError(f"“{path.name}”不能读取：{reason_of(error)}；{remedy_of(error)}后再运行。") from None


def _ties(
    office: Office, rows: CatalogueRows, update: CatalogueUpdate, *, adopt: bool
) -> dict[str, dict[str, str]]:
    words = layout("catalogue").settings["proposals"]
    proposals = Proposals(office.duties, office.roster, Month.of(office.now().date()), **words)
    known = {row["id"]: row for row in rows.entries}
    found: dict[str, dict[str, str]] = {}
    for id_, row in update.read.items():
        if id_ not in known and id_ not in {each.id for each in update.added}:
            continue
        units = proposals.units(row["owner"])
        duties = proposals.duties_for(row.cells, units)
        texts = ("、".join(f"{each.id} {each.column}" for each in duties), "、".join(units))
        cells = dict(zip(PROPOSED, texts, strict=True))
        if adopt:
            own = known.get(id_)
            cells |= {
                key: text
                for key, text in zip(CHOSEN, texts, strict=True)
                if text and not (own and (own[key] or key in own.unread))
            }
        found[id_] = cells
    return found


def _written(
    office: Office,
    path: Path,
    rows: CatalogueRows,
    data: bytes,
    update: CatalogueUpdate,
    ties: Mapping[str, Mapping[str, str]],
    recorded: Mapping[str, Mapping[str, str]],
) -> bytes:
    choices = _choices(office)
    if not data:
        return new_catalogue(update, ties, choices)
    try:
        return updated_catalogue(data, path.name, rows, update, ties, choices, recorded)
    except TableNotEditableError as error:
        raise UserError(f"{error}什么也没有改动。") from None
    except RejectedFileError as rejected:
        raise UserError(f"{rejected.problem}") from None


def _choices(office: Office) -> Choices:
    groups = [*office.roster.kind_groups, *seed.office_groups()]
    duties = tuple(f"{each.id} {each.column}" for each in office.duties if each.valid_to is None)
    units = tuple(dict.fromkeys([*groups, *(unit.name for unit in office.roster if unit.valid_to is None)]))
    return Choices(duties, units)

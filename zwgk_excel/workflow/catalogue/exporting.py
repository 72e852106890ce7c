"""``zwgk catalogue export``: the catalogue in the form in which counties publish theirs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from zwgk_excel.domain.catalogue.coverage import EntryCoverage
from zwgk_excel.domain.catalogue.updates import OFFICIAL
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import code_of, word
from zwgk_excel.workbooks.catalogue.official_form import ExtraColumn, official_form, rows_of
from zwgk_excel.workbooks.ooxml.edit_fingerprint import is_unedited
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.catalogue.importing import catalogue_rows
from zwgk_excel.workflow.errors import UserError, reason_of, remedy_of
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.replaceable_files import require_own_file, require_replaceable


def export_coverage(office: Office, to: Path, found: Sequence[EntryCoverage]) -> int:
    """Write the catalogue with a column of what was published of each entry; returns the number of entries.

    Raises UserError as :func:`export_catalogue` does.
    """
    told: dict[str, list[str]] = {}
    for each in found:
        last = f"（最近 {each.last}）" if each.last else ""
        told.setdefault(each.entry.id, []).append(f"{each.unit} {word('coverage', each.state)}{last}")
    texts = {id_: "\n".join(lines) for id_, lines in told.items()}
    heading = layout("tracker")["coverage"].heading("state")
    return export_catalogue(office, to, [ExtraColumn(heading, 30, texts)])


def export_catalogue(office: Office, to: Path, extra: Sequence[ExtraColumn] = ()) -> int:
    """Write the catalogue's entries that are not ended into ``to``; returns their number.

    ``extra`` are columns behind those of the form. Raises UserError where there is no catalogue, it has no entry, or
    the file cannot be written: what belongs to the workspace, or was not exported by us, is not replaced.
    """
    require_replaceable(to, office.workspace)
    if to.suffix.lower() != ".xlsx":
        raise UserError(f"“{to}”应以 .xlsx 结尾；请写成 公布.xlsx 的形式。")
    require_own_file(to, is_unedited)
    rows, _ = catalogue_rows(office.workspace.catalogue)
    standing = [row for row in rows.entries if code_of("yes_no", row["cancelled"]) != "yes"]
    for row in standing:
        if unread := sorted(row.unread.intersection(OFFICIAL)):
            raise UserError(f"{row.at(unread[0])} 读不出来，公布的表会缺这一格；没有写出，请改成文字后再导出。")
    entries = [row.cells for row in standing]
    if not entries:
        raise UserError(f"“{office.workspace.catalogue.name}”中没有事项；请先运行 zwgk catalogue import 文件。")
    try:
        write_atomic(to, official_form(rows_of(entries), extra))
    except OSError as error:
        raise UserError(f"无法写入“{to}”：{reason_of(error)}；{remedy_of(error)}后再运行一次。") from None
    return len(entries)

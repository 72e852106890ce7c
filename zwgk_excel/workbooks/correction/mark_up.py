"""Marks a unit's own workbook: problem cells formatted and commented, all problems listed on a first sheet.

What is marked is an inert copy of it, because the office sends it on. Works on the package itself: openpyxl loses rich
text, and rules that a later Excel writes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.domain.problems import Problem
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.contract.correction_sheet import is_correction_sheet
from zwgk_excel.workbooks.correction.complaints import by_cell, by_severity
from zwgk_excel.workbooks.correction.correction_workbook import SEVERITY_LABELS, correction_workbook
from zwgk_excel.workbooks.correction.inert_copy import WORKSHEET, inert_copy
from zwgk_excel.workbooks.correction.own_values import renew_own_values
from zwgk_excel.workbooks.ooxml.addresses import Cell
from zwgk_excel.workbooks.ooxml.cell_styles import CellStyles
from zwgk_excel.workbooks.ooxml.comments import SheetComments, wrapped
from zwgk_excel.workbooks.ooxml.merged_styles import Styles
from zwgk_excel.workbooks.ooxml.package import RELATION, OoxmlPackage, main, parse, serialise, sheets_of
from zwgk_excel.workbooks.ooxml.sheet_cells import SheetCells
from zwgk_excel.workbooks.opening.guard import RejectedFileError, check
from zwgk_excel.workbooks.writing.style import cell_text

_AFTER_NAMES = frozenset(
    main(each) for each in ("calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "fileRecoveryPr", "extLst")
)
_LARGEST_PART = 32 << 20
"""Bytes; a part taken apart needs ten times its size in memory, and the largest of ours has 1 MB."""
_FAULTS = (etree.LxmlError, zipfile.BadZipFile, LookupError, ValueError, TypeError, AttributeError, StopIteration)
"""Exceptions of editing a workbook that violates the standard: missing parts, invalid numbers."""


class NotEditableError(ZwgkError):
    """The file is no .xlsx workbook, or too damaged to be edited: its problems can only be listed."""


def correction_copy(
    data: bytes, problems: Sequence[Problem], *, title: str = "", author: str = "", notes: Sequence[str] = ()
) -> bytes:
    """A copy of a returned workbook with its problems marked; always an .xlsx, equal bytes for equal input.

    Every cell with an error or a warning gets a fill, a border and a comment (found, expected, action); the first
    sheet, 修改意见, lists all problems with links. Notes are left out. Marks of an earlier copy are removed first.
    The rest is kept as far as it does nothing (see :func:`inert_copy`); the first sheet names what is missed.
    ``problems`` may be merged ones. ``title`` names the return, ``author`` the author of the comments; ``notes``
    are lines above the list. Raises :class:`NotEditableError`.
    """
    try:
        return _marked_up(data, by_severity(problems), title, author, notes)
    except RejectedFileError as rejected:
        raise NotEditableError(str(rejected)) from rejected
    except _FAULTS as error:
        raise NotEditableError(f"{type(error).__name__}: {error}") from error


def _marked_up(
    data: bytes, problems: Sequence[Problem], title: str, author: str, notes: Sequence[str]
) -> bytes:
    check(data, "")
    settings, source = layout("markup").settings, OoxmlPackage(data)
    if max(map(len, source.parts.values())) > _LARGEST_PART:
        raise NotEditableError("too large to be edited")
    copy = inert_copy(source)
    package = copy.package
    for sheet in sheets_of(package):
        if is_correction_sheet(sheet.name, _rows(package, copy.sheets[sheet.part])):
            _remove_sheet(package, sheet.name)
    renew_own_values(package, copy.sheets)
    looks = CellStyles(package)
    marker = _Marker(package, looks, looks.marked(), cell_text(author or settings["author"]))
    marks = by_cell(problems, settings["limits"]["comments"])
    for sheet in sheets_of(package):
        _mark_sheet(marker, sheet.part, copy.sheets[sheet.part], marks.get(sheet.name, {}))
    looks.save()
    sheets = [sheet.name for sheet in sheets_of(package)]
    first = correction_workbook(problems, title=title, sheets=sheets, removed=copy.removed, notes=notes)
    _put_first(package, OoxmlPackage(first))
    return package.write()


def _rows(package: OoxmlPackage, root: Any) -> Iterator[list[str]]:
    """The texts of a worksheet, row by row."""
    strings = package.find("sharedStrings")
    shared = [_text(each) for each in parse(package.parts[strings])] if strings else []
    for row in root.iter(main("row")):
        values = ((cell.get("t"), _text(cell)) for cell in row.iter(main("c")))
        yield [shared[int(text)] if kind == "s" and text else text for kind, text in values]


def _text(node: Any) -> str:
    return "".join(each.text or "" for each in node.iter(main("t"), main("v")))


# --- a sheet with its marks --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Marker:
    """The styles and texts shared by all sheets of a workbook."""

    package: OoxmlPackage
    looks: CellStyles
    unmarked: Mapping[int, int]
    """Format with a mark of an earlier time → the format without."""
    author: str


def _mark_sheet(marker: _Marker, part: str, root: Any, marks: Mapping[Cell, Sequence[Problem]]) -> None:
    """Write a sheet without its old marks and comments and with the new ones."""
    package, looks = marker.package, marker.looks
    views = [view for group in root.findall(main("sheetViews")) for view in group if view.get("tabSelected")]
    for view in views:
        # Two selected sheets would be edited together.
        del view.attrib["tabSelected"]
    sheet = SheetCells(root)
    sheet.restyle(marker.unmarked)
    notes = SheetComments(package, part, sheet)
    notes.remove_ours()
    for cell, problems in marks.items():
        sheet.set_style(cell, looks.mark(sheet.style(cell), error=any(each.is_error for each in problems)))
        notes.add(cell, wrapped(_comment(problems)), author=marker.author)
    notes.save()
    package.parts[part] = serialise(root)


def _comment(problems: Sequence[Problem]) -> str:
    texts = layout("markup").settings["comment"]
    parts = (
        texts["problem"].format(
            mark=SEVERITY_LABELS[each.is_error],
            severity=word("severity", each.severity),
            found=each.found,
            expected=texts["expected"].format(expected=each.expected) if each.expected else "",
            action=each.action,
        )
        for each in problems
    )
    return cell_text("\n".join(dict.fromkeys(parts)))


# --- the first sheet ---------------------------------------------------------------------------


def _put_first(package: OoxmlPackage, source: OoxmlPackage) -> None:
    """Insert the only sheet of ``source`` before the sheets of a workbook, as the active one."""
    (sheet,) = sheets_of(source)
    styles, root = Styles(package, source), parse(source.parts[sheet.part])
    texts = parse(source.parts[str(source.find("sharedStrings"))])
    for element in root.iter(main("col"), main("row"), main("c")):
        attribute = "style" if element.tag == main("col") else "s"
        if element.get(attribute) is not None:
            element.set(attribute, str(styles.cell(int(element.get(attribute)))))
    for cell in root.iter(main("c")):
        _write_out(cell, texts)
    styles.save()
    part = package.fresh_name("xl/worksheets/sheet1.xml")
    package.add(part, serialise(root), WORKSHEET)
    book = parse(package.parts[package.workbook_name])
    listed = book.find(main("sheets"))
    _renumber(book, {place: place + 1 for place in range(len(listed))})
    number = max(int(each.get("sheetId", "0")) for each in listed) + 1
    entry = etree.Element(main("sheet"), name=_free_name(listed, sheet.name), sheetId=str(number))
    entry.set(f"{{{RELATION}}}id", package.relate(package.workbook_name, f"{RELATION}/worksheet", part))
    listed.insert(0, entry)
    _add_names(book, parse(source.parts[source.workbook_name]))
    for view in book.iter(main("workbookView")):
        view.attrib.pop("firstSheet", None)
        view.attrib.pop("activeTab", None)
    package.parts[package.workbook_name] = serialise(book)


def _write_out(cell: Any, texts: Any) -> None:
    """Replace a shared string by an inline string, so that the workbook's shared strings need no change."""
    if cell.get("t") != "s":
        return
    value = cell.find(main("v"))
    inline = etree.SubElement(cell, main("is"))
    inline.extend(list(parse(etree.tostring(texts[int(value.text)]))))
    cell.remove(value)
    cell.set("t", "inlineStr")


def _free_name(listed: Any, wanted: str) -> str:
    taken = {each.get("name", "").casefold() for each in listed}
    number, name = 1, wanted
    while name.casefold() in taken:
        number += 1
        name = f"{wanted}{number}"
    return name


def _add_names(book: Any, source: Any) -> None:
    """Add the names of the inserted sheet: its print titles."""
    names = book.find(main("definedNames"))
    if names is None:
        names = etree.Element(main("definedNames"))
        place = next((n for n, child in enumerate(book) if child.tag in _AFTER_NAMES), len(book))
        book.insert(place, names)
    wanted, given = layout("markup")["opinions"].name, book.find(main("sheets"))[0].get("name")
    for each in list(source.iter(main("definedName"))):
        each.text = (each.text or "").replace(wanted, given)
        names.append(each)


def _remove_sheet(package: OoxmlPackage, name: str) -> None:
    book = parse(package.parts[package.workbook_name])
    listed = book.find(main("sheets"))
    place = next(n for n, each in enumerate(listed) if each.get("name") == name)
    entry = listed[place]
    _renumber(book, {n: n - (n > place) for n in range(len(listed)) if n != place})
    listed.remove(entry)
    relations = package.relations(package.workbook_name)
    relation = next(each for each in relations if each.id == entry.get(f"{{{RELATION}}}id"))
    package.set_relations(package.workbook_name, [each for each in relations if each is not relation])
    package.remove(relation.target)
    package.parts[package.workbook_name] = serialise(book)


def _renumber(book: Any, places: Mapping[int, int]) -> None:
    """Adjust sheet-local names to the new positions (old → new); names of a sheet without one are removed."""
    for each in list(book.iter(main("definedName"))):
        if (old := each.get("localSheetId")) is None:
            continue
        if int(old) in places:
            each.set("localSheetId", str(places[int(old)]))
        else:
            each.getparent().remove(each)

"""Takes out of a Word document what acts or leads out: a bulletin goes to every unit, its template came from anywhere.

Word loads an attached template and runs its macros, fetches linked pictures, and fills in fields from other files and
programs. Kept are the parts that show something, and links that a reader has to click.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.workbooks.ooxml.package import RELATION, OoxmlPackage, Relation, parse, serialise

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ACTING = tuple(f"{_WORD}{name}" for name in ("mailMerge", "entryMacro", "exitMacro"))
_VML = "urn:schemas-microsoft-com:"
_LINK = re.compile(r"(https?://|mailto:).", re.IGNORECASE | re.DOTALL)
_RELATIONS = """
    officeDocument core-properties styles stylesWithEffects settings fontTable theme themeOverride numbering footnotes
    endnotes header footer comments image chart package chartStyle chartColorStyle diagramData diagramLayout
    diagramQuickStyle diagramColors diagramDrawing
"""
_KEPT = frozenset(_RELATIONS.split())
"""The last words of the types of relations to parts that show something."""
_DATA_OF_CHART = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FIELDS = """
    PAGE NUMPAGES SECTION SECTIONPAGES DATE TIME CREATEDATE SAVEDATE PRINTDATE EDITTIME TITLE SUBJECT AUTHOR
    LASTSAVEDBY KEYWORDS COMMENTS DOCPROPERTY FILENAME NUMWORDS NUMCHARS REVNUM STYLEREF REF PAGEREF NOTEREF TOC TC SEQ
    LISTNUM QUOTE SYMBOL EQ ADVANCE IF =
"""
_SHOWING = frozenset(_FIELDS.split())
"""Fields that read nothing but the document itself (ISO/IEC 29500-1, 17.16.5)."""
_CLICKED = re.compile(r'HYPERLINK\s+("(https?://|mailto:)|\\l\s)', re.IGNORECASE)
_ADDRESSES = re.compile(rf"(\{{{_VML}[\w:]*\}})?(href|althref|src|dmessagehref)")


class ActingFieldError(ZwgkError):
    """A field reads other files or runs something; the argument is its first word."""


def make_inert(package: OoxmlPackage) -> None:
    """Remove relations that lead out or to parts that act, what points to them, and all parts that nothing needs.

    Raises :class:`ActingFieldError`, and what lxml raises.
    """
    kept: list[str] = []
    waiting = [""]
    while waiting:
        owner = waiting.pop()
        relations = package.relations(owner)
        stay = [each for each in relations if _stays(package, owner, each)]
        if len(stay) < len(relations):
            package.set_relations(owner, stay)
        if owner.endswith(".xml"):
            _clean(package, owner, {each.id for each in stay})
        inside = (each.target for each in stay if each.inside)
        new = [name for name in dict.fromkeys(inside) if name in package.parts and name not in kept]
        kept += new
        waiting += new
    package.keep_only(kept)


def _stays(package: OoxmlPackage, owner: str, relation: Relation) -> bool:
    if not relation.inside:
        return relation.type == "hyperlink" and (relation.target.startswith("#") or bool(_LINK.match(relation.target)))
    if relation.type == "package":
        return "/charts/" in owner and package.content_type(relation.target) == _DATA_OF_CHART
    return relation.type in _KEPT


def _clean(package: OoxmlPackage, part: str, relations: set[str]) -> None:
    root = parse(package.parts[part])
    _check_fields(root)
    removed = [*_loose(root, relations), *root.iter(*_ACTING)]
    for each in removed:
        if each.getparent() is not None:
            each.getparent().remove(each)
    addresses = [(each, key) for each in _of_old_drawings(root) for key in each.attrib if _ADDRESSES.fullmatch(key)]
    for element, key in addresses:
        del element.attrib[key]
    if removed or addresses or package.relations(part):
        package.parts[part] = serialise(root)


def _loose(root: Any, relations: set[str]) -> Iterator[Any]:
    """Elements whose only relation is none of these. A link loses it and shows its text all the same."""
    for element in list(root.iter(etree.Element)):
        pointers = [key for key in element.attrib if key.startswith(f"{{{RELATION}}}")]
        loose = [key for key in pointers if element.get(key) not in relations]
        for key in loose:
            del element.attrib[key]
        if loose and len(loose) == len(pointers) and element.tag != f"{_WORD}hyperlink":
            yield element


def _of_old_drawings(root: Any) -> Iterator[Any]:
    return iter(root.iter(f"{{{_VML}vml}}*", f"{{{_VML}office:office}}*"))


def _check_fields(root: Any) -> None:
    """Raise ActingFieldError for a field of a kind that is not listed."""
    open_fields: list[str] = []
    for element in root.iter(f"{_WORD}fldChar", f"{_WORD}instrText", f"{_WORD}fldSimple"):
        kind = element.get(f"{_WORD}fldCharType")
        if element.tag == f"{_WORD}fldSimple":
            _check_field(element.get(f"{_WORD}instr", ""))
        elif element.tag == f"{_WORD}instrText":
            if not open_fields:
                _check_field(element.text or "")
            else:
                open_fields[-1] += element.text or ""
        elif kind == "begin":
            open_fields.append("")
        elif open_fields:
            _check_field(open_fields[-1])
            open_fields[-1] = ""
            if kind == "end":
                open_fields.pop()


def _check_field(instruction: str) -> None:
    kind = next(iter(instruction.split()), "=")
    if kind.upper() not in _SHOWING and not kind.startswith("=") and not _CLICKED.match(instruction.lstrip()):
        raise ActingFieldError(kind)

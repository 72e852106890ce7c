"""What the parts of a stranger's workbook may hold in a copy that leaves the office: nothing that acts.

Only the elements that are named here stay. The names and their places are those of SpreadsheetML (ISO/IEC 29500-1,
18.2 to 18.8) and, of the theme, of DrawingML (20.1.6).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from lxml import etree

from zwgk_excel.workbooks.correction.own_formulas import FORMULAS, OwnFormulas, is_constant, is_place
from zwgk_excel.workbooks.ooxml.addresses import areas_in
from zwgk_excel.workbooks.ooxml.package import MAIN, RELATION, main
from zwgk_excel.workbooks.ooxml.threads import Thread, thread_of, without_preamble
from zwgk_excel.workbooks.writing.style import cell_text

_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_XM = "http://schemas.microsoft.com/office/excel/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def _named(text: str) -> frozenset[str]:
    return frozenset(map(main, text.split()))


_FONT = "b i strike condense extend outline shadow u vertAlign sz color family charset scheme"
_TEXT = f"t r rPr rFont rPh phoneticPr {_FONT}"
_SHEET = _named(
    f"""
    worksheet sheetPr tabColor outlinePr pageSetUpPr dimension sheetViews sheetView pane selection sheetFormatPr cols
    col sheetData row c f v is {_TEXT} sheetProtection autoFilter filterColumn filters filter dateGroupItem
    customFilters customFilter dynamicFilter top10 colorFilter iconFilter sortState sortCondition mergeCells mergeCell
    conditionalFormatting cfRule formula colorScale cfvo dataBar iconSet dataValidations dataValidation formula1
    formula2 hyperlinks hyperlink printOptions pageMargins pageSetup headerFooter oddHeader oddFooter evenHeader
    evenFooter firstHeader firstFooter rowBreaks colBreaks brk ignoredErrors ignoredError
    """
)
_STYLES = _named(
    f"""
    styleSheet numFmts numFmt fonts font name {_FONT} fills fill patternFill fgColor bgColor gradientFill stop borders
    border left right start end top bottom diagonal vertical horizontal cellStyleXfs cellXfs xf alignment protection
    cellStyles cellStyle dxfs dxf tableStyles tableStyle tableStyleElement colors indexedColors rgbColor mruColors
    """
)
_STRINGS = _named(f"sst si {_TEXT}")
_COMMENTS = _named(f"comments authors author commentList comment text {_TEXT}")
_ATTRIBUTES: Mapping[str, Collection[str]] = {
    "c": ("r", "s", "t"),
    "f": ("t", "ref", "si"),
    "sheetPr": ("filterMode",),
    "hyperlink": ("ref", "location", "tooltip", "display"),
    "comment": ("ref", "authorId"),
}
"""Of these elements no other attribute stays; of all others those of the standard itself."""
_OTHER_ATTRIBUTES = {
    name: etree.XPath(
        f"//m:{name}/@*[not({' or '.join(f'name()={each!r}' for each in allowed)})]", namespaces={"m": MAIN}
    )
    for name, allowed in _ATTRIBUTES.items()
}
_FOREIGN_ATTRIBUTES = etree.XPath("//@*[namespace-uri() and name()!='xml:space']")
_AFTER_VALIDATIONS = _named(
    "hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks ignoredErrors"
)


def clean_sheet(root: Any, own: OwnFormulas) -> set[str]:
    """Leave in a worksheet cells, looks, our own formulas and rules, and links within the workbook.

    Other formulas become their values, other rules with formulas go. Returns keys of ``removed`` in ``markup.toml`` for
    what its unit would miss. Raises ValueError for a part that is no worksheet.
    """
    removed = {"rules" for _ in root.iter(f"{{{_X14}}}cfRule", f"{{{_X14}}}sparklineGroup")}
    _take_validations_in(root)
    if _remove_links(root):
        removed.add("links")
    _keep_only(root, _SHEET)
    if _remove_formulas(root, own):
        removed.add("formulas")
    if _remove_rules(root, own):
        removed.add("rules")
    _drop_empty(root)
    # Some readers know the relation of comments by this prefix alone.
    etree.cleanup_namespaces(root, top_nsmap={"r": RELATION}, keep_ns_prefixes=["r"])
    return removed


def clean_styles(root: Any) -> None:
    """Leave in a style sheet what gives cells their looks."""
    _keep_only(root, _STYLES)
    etree.cleanup_namespaces(root)


def clean_strings(root: Any) -> None:
    """Leave in the shared strings text and its looks."""
    _keep_only(root, _STRINGS)
    etree.cleanup_namespaces(root)


def clean_comments(root: Any) -> None:
    """Leave in the comments of a sheet one text with its looks for a cell."""
    _keep_only(root, _COMMENTS)
    etree.cleanup_namespaces(root)
    authors = len(root.findall(f"{main('authors')}/{main('author')}"))
    seen: set[str] = set()
    for each in list(root.iter(main("comment"))):
        cells = [str(area) for area in areas_in(each.get("ref", "")) if area.size == 1]
        if len(cells) != 1 or cells[0] in seen or int(each.get("authorId", "0")) not in range(authors):
            each.getparent().remove(each)
        else:
            seen.add(cells[0])
            each.set("ref", cells[0])


def write_out_threads(root: Any, threads: Mapping[str, Thread]) -> None:
    """Make notes of what was said in threads, in the comments of their sheet, in place of the notes beside them.

    A program that knows threads would write its own note over what is added to such a one, and shows the others a
    paragraph about its version.
    """
    authors = _child(root, "authors")
    names = [each.text or "" for each in authors]
    beside = {id_: n for n, name in enumerate(names) if (id_ := thread_of(name))}
    written = set()
    for note in root.iter(main("comment")):
        number = int(note.get("authorId", "0"))
        id_ = next((each for each, place in beside.items() if place == number), "")
        if id_:
            written.add(id_)
            text = threads[id_].text if id_ in threads else without_preamble(_text_of(note))
            _write_note(note, text, str(len(authors)))
            etree.SubElement(authors, main("author")).text = _first_author(threads.get(id_))
    for id_, thread in threads.items():
        if id_ not in written:
            note = etree.SubElement(_child(root, "commentList"), main("comment"), ref=thread.ref)
            _write_note(note, thread.text, str(len(authors)))
            etree.SubElement(authors, main("author")).text = _first_author(thread)


def _child(root: Any, name: str) -> Any:
    found = root.find(main(name))
    return found if found is not None else etree.SubElement(root, main(name))


def _text_of(note: Any) -> str:
    return "".join(each.text or "" for each in note.iter(main("t")))


def _first_author(thread: Thread | None) -> str:
    return thread.said[0].who if thread else ""


def _write_note(note: Any, text: str, author: str) -> None:
    note.set("authorId", author)
    for each in list(note):
        note.remove(each)
    node = etree.SubElement(etree.SubElement(note, main("text")), main("t"))
    node.text = cell_text(text)
    node.set(_SPACE, "preserve")


def clean_theme(root: Any) -> bool:
    """Leave in a theme its colours, fonts and patterns; False for one that needs pictures or other parts for them."""
    wanted = f"{{{_DRAWING}}}themeElements"
    for each in [child for child in root if child.tag != wanted]:
        root.remove(each)
    inside = all(isinstance(each.tag, str) and each.tag.startswith(f"{{{_DRAWING}}}") for each in root.iter())
    return inside and not _FOREIGN_ATTRIBUTES(root) and not any(True for _ in root.iter(f"{{{_DRAWING}}}ext"))


def _keep_only(root: Any, names: Collection[str]) -> None:
    """Remove every element of another name, with all that is in it, and every attribute of another namespace.

    Raises ValueError for a root of another name.
    """
    if root.tag not in names:
        raise ValueError("a part of another kind")
    for each in [node for node in root.iter() if node.tag not in names]:
        each.getparent().remove(each)
    others = [_FOREIGN_ATTRIBUTES(root), *(find(root) for find in _OTHER_ATTRIBUTES.values())]
    for attribute in (each for found in others for each in found):
        attribute.getparent().attrib.pop(attribute.attrname, None)  # both kinds find the same


# --- a worksheet -------------------------------------------------------------------------------


def _remove_formulas(root: Any, own: OwnFormulas) -> bool:
    """Replace formulas that are not ours by their values; True when there was one."""
    texts: set[str | None] = set()
    shared: set[str] = set()
    foreign: list[Any] = []
    for formula in root.iter(main("f")):
        kind, text = formula.get("t", "normal"), formula.text
        if kind in ("normal", "shared") and (text in texts or (text and own.has(text))):
            texts.add(text)  # thousands of rows have the same
            shared.add(formula.get("si", ""))
        elif kind != "shared" or text or formula.get("si", "") not in shared:
            foreign.append(formula)
    for formula in foreign:
        cell = formula.getparent()
        cell.remove(formula)
        _write_out(cell)
    return bool(foreign)


def _write_out(cell: Any) -> None:
    """The text that a formula gave, as a text that was typed."""
    value = cell.find(main("v"))
    if cell.get("t") != "str" or value is None:
        return
    cell.set("t", "inlineStr")
    cell.remove(value)
    text = etree.SubElement(etree.SubElement(cell, main("is")), main("t"))
    text.text = value.text
    text.set(_SPACE, "preserve")


def _remove_rules(root: Any, own: OwnFormulas) -> bool:
    """Remove conditional formats and validations that compute something of their own; True when there was one."""
    rules = list(root.iter(main("cfRule"), main("dataValidation")))
    foreign = [rule for rule in rules if not all(_allowed(text, own) for text in _formulas_of(rule))]
    for rule in foreign:
        rule.getparent().remove(rule)
    return bool(foreign)


def _formulas_of(rule: Any) -> Iterator[str]:
    yield from (each.text or "" for each in rule.iter(*FORMULAS))
    yield from (each.get("val", "") for each in rule.iter(main("cfvo")) if each.get("type") == "formula")


def _allowed(formula: str, own: OwnFormulas) -> bool:
    return own.has(formula) or is_constant(formula) or is_place(formula)


def _take_validations_in(root: Any) -> None:
    """Write validations with lists of other sheets as Excel 2007 knows them: later ones keep them in an extension."""
    newer = list(root.iter(f"{{{_X14}}}dataValidation"))
    if not newer:
        return
    group = root.find(main("dataValidations"))
    if group is None:
        group = etree.Element(main("dataValidations"))
        place = next((n for n, child in enumerate(root) if child.tag in _AFTER_VALIDATIONS), len(root))
        root.insert(place, group)
    for old in newer:
        rule = etree.SubElement(group, main("dataValidation"), dict(old.attrib))
        rule.set("sqref", old.findtext(f"{{{_XM}}}sqref", ""))
        for name in ("formula1", "formula2"):
            text = old.findtext(f"{{{_X14}}}{name}/{{{_XM}}}f")
            if text is not None:
                etree.SubElement(rule, main(name)).text = text


def _remove_links(root: Any) -> bool:
    """Remove links that lead out of the workbook; True when there was one. The texts of their cells stay."""
    links = root.iter(main("hyperlink"))
    leaving = [
        link for link in links if link.get(f"{{{RELATION}}}id") is not None or not is_place(link.get("location", ""))
    ]
    for link in leaving:
        link.getparent().remove(link)
    return bool(leaving)


def _drop_empty(root: Any) -> None:
    """Remove collections with nothing left in them, which the standard does not allow; others count what they have."""
    for name, inner in (("conditionalFormatting", "cfRule"), ("dataValidations", "dataValidation")):
        for group in list(root.iter(main(name))):
            if group.find(main(inner)) is None:
                root.remove(group)
            elif group.get("count") is not None:
                group.set("count", str(len(group)))
    for group in root.findall(main("hyperlinks")):
        if not len(group):
            root.remove(group)

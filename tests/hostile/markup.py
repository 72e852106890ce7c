"""Attacks in XML: entities, DTDs, encodings, depth."""

from __future__ import annotations

import re

from tests.hostile.cases import case
from tests.hostile.reports import Report

LAUGHS = (
    '<!DOCTYPE x [<!ENTITY l0 "ha">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)
_QUADRATIC = f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>'
_XXE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
_PARAMETER = '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>'


def _with_dtd(report: Report, part: str, dtd: str, reference: str) -> bytes:
    """A DTD in front of a part's root, and a reference to its entity in the first text (or name) there is."""

    def change(text: str) -> str:
        declared = re.sub(r"^(<\?xml.*?\?>)?", lambda found: found[0] + dtd, text, count=1)
        return re.sub(r"(<t\b[^>]*>|<sheet name=\")", lambda found: found[0] + reference, declared, count=1)

    return report.edited(part, change).bytes()


@case("laughs_strings.xlsx", "file_unsafe")
def laughs_strings(report: Report) -> bytes:
    return _with_dtd(report, report.STRINGS, LAUGHS, "&l9;")


@case("laughs_sheet.xlsx", "file_unsafe")
def laughs_sheet(report: Report) -> bytes:
    return _with_dtd(report, report.ITEMS, LAUGHS, "&l9;")


@case("laughs_workbook.xlsx", "file_unsafe")
def laughs_workbook(report: Report) -> bytes:
    return _with_dtd(report, report.WORKBOOK, LAUGHS, "&l9;")


@case("quadratic_strings.xlsx", "file_unsafe")
def quadratic(report: Report) -> bytes:
    return _with_dtd(report, report.STRINGS, _QUADRATIC, "&a;" * 50_000)


@case("external_entity_strings.xlsx", "file_unsafe")
def xxe_strings(report: Report) -> bytes:
    return _with_dtd(report, report.STRINGS, _XXE, "&f;")


@case("external_entity_sheet.xlsx", "file_unsafe")
def xxe_sheet(report: Report) -> bytes:
    return _with_dtd(report, report.ITEMS, _XXE, "&f;")


@case("external_entity_types.xlsx", "file_unsafe")
def xxe_types(report: Report) -> bytes:
    return _with_dtd(report, report.TYPES, _PARAMETER, "")


@case("utf16_sheet.xlsx", "file_unsafe")
def utf16(report: Report) -> bytes:
    """The reader would see a sheet without rows."""
    text = report.parts[report.ITEMS].decode().replace("UTF-8", "UTF-16")
    return report.with_parts({report.ITEMS: text.encode("utf-16")}).bytes()


@case("invalid_utf8_strings.xlsx", "file_unreadable")
def invalid_utf8(report: Report) -> bytes:
    head, start, tail = report.parts[report.STRINGS].partition(b"<si><t>")
    return report.with_parts({report.STRINGS: head + start + b"\xd6\xd0\xb9\xfa\xff\xfe" + tail}).bytes()


@case("deep_nesting.xlsx", "accepted")
def deep(report: Report) -> bytes:
    return report.after_rows("<a>" * 300_000 + "</a>" * 300_000).bytes()


@case("deep_nesting_in_a_cell.xlsx", "returned:item_field_missing")
def deep_in_a_cell(report: Report) -> bytes:
    """Well-formed, but no text where the officer's name should be."""
    return report.with_cell("officer", f'<c r="{{at}}" t="inlineStr">{"<is>" * 50_000}{"</is>" * 50_000}</c>').bytes()

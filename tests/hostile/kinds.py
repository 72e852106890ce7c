"""Files that are something else than their name says."""

from __future__ import annotations

from tests.hostile.cases import ACCEPTED, case
from tests.hostile.reports import Report
from tests.hostile.zips import zipped

_NOISE = bytes(number * 7919 >> 3 & 0xFF for number in range(500))


@case("empty.xlsx", "file_kind")
def empty(report: Report) -> bytes:
    return b""


@case("zip_of_nothing.xlsx", "file_kind|archive_without_report")
def empty_zip(report: Report) -> bytes:
    return b"PK\x05\x06" + b"\0" * 18


@case("picture.xlsx", "file_pictured")
def picture(report: Report) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + _NOISE


@case("pdf.xlsx", "file_pictured")
def pdf(report: Report) -> bytes:
    return b"%PDF-1.4\n" + _NOISE


@case("program.xlsx", "file_kind")
def program(report: Report) -> bytes:
    return b"MZ\x90\0\x03\0\0\0" + _NOISE


@case("word.xlsx", "file_kind")
def word(report: Report) -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"})


@case("xlsx_named.xls", ACCEPTED)
def named_xls(report: Report) -> bytes:
    return report.bytes()


@case("xlsx_named.et", ACCEPTED)
def named_et(report: Report) -> bytes:
    return report.bytes()


@case("xlsx_named.csv", ACCEPTED)
def named_csv(report: Report) -> bytes:
    return report.bytes()

"""Workbooks with parts that point nowhere, are gone, or were cut off on the way."""

from __future__ import annotations

import re

from tests.hostile.cases import ACCEPTED, case
from tests.hostile.reports import Report

_STYLED = re.compile(r'(<c r="[A-Z]+4" s=)"\d+"')


@case("good.xlsx", ACCEPTED)
def good(report: Report) -> bytes:
    return report.bytes()


@case("strings_index_out_of_range.xlsx", "returned:cell_error")
def string_out_of_range(report: Report) -> bytes:
    return report.with_cell("remark", '<c r="{at}" t="s"><v>999999</v></c>').bytes()


@case("strings_index_negative.xlsx", "returned:cell_error")
def string_negative(report: Report) -> bytes:
    return report.with_cell("remark", '<c r="{at}" t="s"><v>-1</v></c>').bytes()


@case("strings_index_no_number.xlsx", "returned:cell_error")
def string_no_number(report: Report) -> bytes:
    return report.with_cell("remark", '<c r="{at}" t="s"><v>abc</v></c>').bytes()


@case("strings_missing.xlsx", "identity_missing")
def strings_missing(report: Report) -> bytes:
    return report.without(report.STRINGS).bytes()


@case("strings_count_lie.xlsx", "file_unsafe")
def strings_count(report: Report) -> bytes:
    """The reader would reserve room for four billion strings, and abort."""
    lie = 'uniqueCount="4294967295"'
    return report.edited(report.STRINGS, lambda text: re.sub(r'uniqueCount="\d+"', lie, text)).bytes()


@case("style_index_out_of_range.xlsx", ACCEPTED)
def style_out_of_range(report: Report) -> bytes:
    """The day that was a date is a number now; it is understood as the day it is."""
    return report.edited(report.ITEMS, lambda text: _STYLED.sub(r'\1"4000000000"', text)).bytes()


@case("sheet_part_missing.xlsx", "file_unreadable")
def sheet_missing(report: Report) -> bytes:
    return report.without(report.ITEMS).bytes()


@case("relation_to_another_host.xlsx", "file_unreadable")
def relation_outside(report: Report) -> bytes:
    target = 'Target="http://127.0.0.1:9/sheet3.xml" TargetMode="External"'
    return report.replaced(report.RELATIONS, 'Target="worksheets/sheet3.xml"', target).bytes()


@case("relation_to_a_file.xlsx", "file_unreadable")
def relation_traversal(report: Report) -> bytes:
    target = 'Target="../../../../../../etc/hostname"'
    return report.replaced(report.RELATIONS, 'Target="worksheets/sheet3.xml"', target).bytes()


@case("truncated_half.xlsx", "file_unreadable")
def cut_in_half(report: Report) -> bytes:
    data = report.bytes()
    return data[: len(data) // 2]


@case("truncated_by_100_bytes.xlsx", "file_unreadable")
def cut_at_the_end(report: Report) -> bytes:
    return report.bytes()[:-100]


@case("junk_in_front.xlsx", "file_protected")
def junk_in_front(report: Report) -> bytes:
    return b"\r\n" * 50 + report.bytes()


@case("junk_behind.xlsx", ACCEPTED)
def junk_behind(report: Report) -> bytes:
    """Mail gateways do this."""
    return report.bytes() + b"\0" * 3_000


@case("flipped_bits.xlsx", "file_unreadable|file_unsafe")  # as what lies there is a size or a text
def flipped(report: Report) -> bytes:
    data = bytearray(report.bytes())
    middle = len(data) // 2
    data[middle : middle + 100] = bytes(byte ^ 0xFF for byte in data[middle : middle + 100])
    return bytes(data)

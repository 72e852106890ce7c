"""Files that unfold: gigabytes in a part, thousands of members, lies about sizes."""

from __future__ import annotations

from tests.hostile.cases import case
from tests.hostile.reports import Report
from tests.hostile.zips import MB, Member, packed, raw_zip, repeated, zipped

_ROW = b"<row><c><v>0</v></c></row>"
_STRING = "<si><t>一个长长的共享字符串</t></si>".encode()


def _bomb(report: Report, block: bytes, megabytes: int, *, lying: bool = False) -> bytes:
    """The item sheet with a block of up to a megabyte again and again behind its rows."""
    head, end, tail = report.parts[report.ITEMS].partition(b"</sheetData>")
    return _swollen(report, report.ITEMS, (head, end + tail), block, megabytes, lying=lying)


def _swollen(
    report: Report, part: str, ends: tuple[bytes, bytes], block: bytes, count: int, *, lying: bool = False
) -> bytes:
    swollen = repeated(ends[0], block * (MB // len(block)), count, ends[1])
    others = [Member(name, packed(data)) for name, data in report.parts.items() if name != part]
    return raw_zip([*others, Member(part, swollen, 2000 if lying else None)])


@case("bomb_4g_spaces.xlsx", "file_unsafe")
def spaces(report: Report) -> bytes:
    return _bomb(report, b" ", 4096)


@case("bomb_4g_spaces_lying_size.xlsx", "file_unsafe")
def spaces_lying(report: Report) -> bytes:
    return _bomb(report, b" ", 4096, lying=True)


@case("bomb_4g_nul.xlsx", "file_unsafe")
def nul(report: Report) -> bytes:
    return _bomb(report, b"\0", 4096)


@case("bomb_4g_rows.xlsx", "file_unsafe")
def rows(report: Report) -> bytes:
    return _bomb(report, _ROW, 4096)


@case("bomb_400m_rows.xlsx", "file_unsafe")
def fewer_rows(report: Report) -> bytes:
    return _bomb(report, _ROW, 400)


@case("bomb_400m_rows_lying_size.xlsx", "file_unsafe")
def fewer_rows_lying(report: Report) -> bytes:
    return _bomb(report, _ROW, 400, lying=True)


@case("bomb_100m_rows_within_every_limit.xlsx", "sheet_too_large|file_too_slow")
def rows_within_the_limits(report: Report) -> bytes:
    """Rows that hardly compress: no limit of the zip directory stops them."""
    row = "<row>" + "".join(f"<c><v>{number * 7919 % 10_007}</v></c>" for number in range(4_000)) + "</row>"
    return _bomb(report, row.encode(), 100)


@case("bomb_strings_2g.xlsx", "file_unsafe")
def strings(report: Report) -> bytes:
    head, end, tail = report.parts[report.STRINGS].rpartition(b"</sst>")
    return _swollen(report, report.STRINGS, (head, end + tail), _STRING, 2048)


@case("bomb_one_string_2g.xlsx", "file_unsafe")
def one_string(report: Report) -> bytes:
    head, end, tail = report.parts[report.STRINGS].rpartition(b"</t></si></sst>")
    return _swollen(report, report.STRINGS, (head, end + tail), b"a", 2048)


@case("bomb_overlap_2000.xlsx", "file_unsafe")
def overlapping(report: Report) -> bytes:
    """One blob of 64 MB that 1,900 members share: 120 GB in 100 KB."""
    blob = repeated(b"<x>", b" " * MB, 64, b"</x>")
    shared = [Member(f"xl/media/a{n}.xml", blob, shares=n > 0) for n in range(1900)]
    return raw_zip([*(Member(name, packed(data)) for name, data in report.parts.items()), *shared])


@case("bomb_overlap_one_name.xlsx", "file_unsafe")
def overlapping_under_one_name(report: Report) -> bytes:
    blob = repeated(b"<x>", b" " * MB, 4, b"</x>")
    shared = [Member("xl/media/a.xml", blob, shares=n > 0) for n in range(1900)]
    return raw_zip([*(Member(name, packed(data)) for name, data in report.parts.items()), *shared])


@case("members_60000.xlsx", "file_unsafe")
def many_members(report: Report) -> bytes:
    nothing = packed(b"")
    members = [Member(name, packed(data)) for name, data in report.parts.items()]
    return raw_zip([*members, *(Member(f"x/{number}", nothing) for number in range(60_000))])


@case("path_traversal.xlsx", "file_unsafe")
def traversal(report: Report) -> bytes:
    names = ("../../../evil.txt", "/etc/evil", "..\\..\\evil.txt", "xl/../../evil")
    return zipped(report.parts, [(name, b"evil") for name in names])


@case("duplicate_members.xlsx", "file_unsafe")
def duplicates(report: Report) -> bytes:
    return zipped(report.parts, [(report.ITEMS, report.titled("第二份").parts[report.ITEMS])])


@case("duplicate_members_by_case.xlsx", "file_unsafe")
def duplicates_by_case(report: Report) -> bytes:
    return zipped(report.parts, [(report.ITEMS.upper(), report.titled("第二份").parts[report.ITEMS])])


@case("backslash_names.xlsx", "accepted")
def backslashes(report: Report) -> bytes:
    """Some programs of Windows write their paths so, and Excel opens them."""
    return zipped({name.replace("/", "\\"): data for name, data in report.parts.items()})


# --- as large as the limits allow --------------------------------------------------------------


@case("bomb_290m_sheets_within_every_limit.xlsx", "file_too_slow|file_crashed")
def sheets_within_the_limits(report: Report) -> bytes:
    """Two sheets of 145 MB and five million cells each: only the limits of a worker, of time or memory, end this."""
    row = "<row>" + "".join(f"<c><v>{n * 7919 + 10**13}</v></c>" for n in range(60)) + "</row>"
    swollen = []
    for part in (report.ITEMS, "xl/worksheets/sheet2.xml"):
        head, end, tail = report.parts[part].partition(b"</sheetData>")
        swollen.append(Member(part, repeated(head, row.encode() * 600, 136, end + tail)))
    held = {member.name for member in swollen}
    return raw_zip([*(Member(name, packed(data)) for name, data in report.parts.items() if name not in held), *swollen])


@case("bomb_strings_145m_within_every_limit.xlsx", "accepted|file_too_slow")
def strings_within_the_limits(report: Report) -> bytes:
    """Four million strings that no cell uses."""
    strings = "".join(f"<si><t>{n * 7919 % 1_000_003}</t></si>" for n in range(40_000)).encode()
    head, end, tail = report.parts[report.STRINGS].rpartition(b"</sst>")
    swollen = repeated(head, strings * (MB // len(strings)), 144, end + tail)
    others = [Member(name, packed(data)) for name, data in report.parts.items() if name != report.STRINGS]
    return raw_zip([*others, Member(report.STRINGS, swollen)])

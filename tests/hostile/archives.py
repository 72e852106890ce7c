"""Archives of files: names that lead outside, archives in archives, and killers among good ones."""

from __future__ import annotations

from tests.hostile.bombs import spaces
from tests.hostile.cases import ACCEPTED, case
from tests.hostile.contents import corners
from tests.hostile.reports import Report
from tests.hostile.zips import MB, Member, packed, raw_zip, repeated, zipped


def _one(report: Report, number: int) -> bytes:
    """One of several reports, told apart by their titles."""
    return report.titled(f"{report.title}·{number}").bytes()


@case("archive.zip", "accepted+accepted+accepted")
def archive(report: Report) -> bytes:
    return zipped({f"回复{number}.xlsx": _one(report, number) for number in (1, 2)})


@case("archive_with_killers.zip", "accepted+accepted+file_unsafe+sheet_too_large+accepted")
def killers(report: Report) -> bytes:
    files = (_one(report, 1), spaces(report), corners(report), _one(report, 4))
    return zipped({f"{number}.xlsx": data for number, data in enumerate(files, 1)})


@case("archive_of_gbk_names.zip", f"{ACCEPTED}+{ACCEPTED}")
def gbk_names(report: Report) -> bytes:
    """As the archiver of Chinese Windows writes them: no flag says what the bytes are."""
    name = "市财政局报送".encode("gbk")
    data = zipped({"x" * len(name) + ".xlsx": _one(report, 1)})
    return data.replace(b"x" * len(name), name)


@case("archive_of_paths.zip", "archive_unsafe")
def paths(report: Report) -> bytes:
    return zipped({"../../../回复.xlsx": _one(report, 1), "/etc/回复.xlsx": _one(report, 2)})


@case("archive_bomb.zip", "archive_unsafe")
def bomb(report: Report) -> bytes:
    huge = repeated(b"", b" " * MB, 4096, b"")
    return raw_zip([Member("回复.xlsx", packed(_one(report, 1))), Member("清单.csv", huge)])


@case("archive_bomb_lying.zip", "archive_unsafe|file_unsafe")
def lying_bomb(report: Report) -> bytes:
    return raw_zip([Member("清单.csv", repeated(b"", b" " * MB, 4096, b""), claimed=1000)])


@case("archive_in_archives.zip", "archive_without_report+archive_nested")
def nested(report: Report) -> bytes:
    data = _one(report, 1)
    for depth in range(20):
        data = zipped({f"{depth}.zip" if depth else "回复.xlsx": data})
    return data


@case("archive_of_itself_many_times.zip", "archive_without_report+archive_nested" + "+duplicate" * 35)
def many_nested(report: Report) -> bytes:
    """Six of six, five deep: it is opened twice, and what is then left are copies of one archive."""
    data = zipped({"空.csv": b"a,b\n"})
    for _ in range(5):
        data = zipped({f"{number}.zip": data for number in range(6)})
    return data


@case("archive_encrypted.zip", "archive_encrypted")
def encrypted(report: Report) -> bytes:
    """Only the flags say so; the data could not be read anyway."""
    data = bytearray(zipped({"回复.xlsx": _one(report, 1)}))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@case("archive_of_noise.rar", "file_unreadable")
def rar(report: Report) -> bytes:
    return b"Rar!\x1a\x07\x00" + bytes(number * 7919 >> 3 & 0xFF for number in range(2_000))


@case("archive_of_noise.7z", "file_unreadable|archive_no_tool")
def seven_zip(report: Report) -> bytes:
    return b"7z\xbc\xaf\x27\x1c" + bytes(2_000)

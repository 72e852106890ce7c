"""Archives: names as Chinese programs write them, one level within, and limits that no archive of returns breaks."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import sys
import tarfile
import zipfile
import zlib

import pytest

from tests.work import peak_of
from tests.workbooks.sheets import book, zipped
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.workbooks.opening import archives
from zwgk_excel.workbooks.opening.archives import Member, is_archive, open_archive
from zwgk_excel.workbooks.opening.guard import RejectedFileError, check
from zwgk_excel.workbooks.opening.open_book import open_book

BOOK = book({"S": [["甲"]]})


def members(data: bytes, name: str) -> list[Member] | None:
    found = open_archive(data, name)
    assert found is None or not found.is_mail
    return None if found is None else list(found.members)


def names(data: bytes, name: str = "件.zip") -> list[str]:
    return [each.name for each in members(data, name) or []]


def rejection(data: bytes, name: str = "件.zip") -> str:
    with pytest.raises(RejectedFileError) as caught:
        members(data, name)
    assert caught.value.problem.place.file == name
    return caught.value.problem.code


def gbk_zipped(content: dict[str, bytes], encoding: str = "gbk") -> bytes:
    """As Windows makes it: names in the code page, and no flag that says so."""
    stand_ins = {f"{number:04}".ljust(len(name.encode(encoding)), "_"): name for number, name in enumerate(content)}
    data = zipped({stand_in: content[name] for stand_in, name in stand_ins.items()})
    for stand_in, name in stand_ins.items():
        assert data.count(stand_in.encode()) == 2
        data = data.replace(stand_in.encode(), name.encode(encoding))
    return data


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8"])
def test_names_without_a_flag_are_understood(encoding: str):
    data = gbk_zipped({"市教育局_2026-11_信息报送表.xlsx": BOOK, "子目录/金湖街道.xls": b"x"}, encoding)
    assert members(data, "件.zip") == [Member("市教育局_2026-11_信息报送表.xlsx", BOOK), Member("金湖街道.xls", b"x")]


def test_names_with_the_flag_are_taken_as_they_are():
    assert names(zipped({"回复/市财政局.xlsx": BOOK})) == ["市财政局.xlsx"]


def test_equal_names_of_different_folders_get_a_number_and_noise_is_left_out():
    data = zipped({"甲/表.xlsx": b"1", "乙/表.xlsx": b"2", "__MACOSX/甲/._表.xlsx": b"", "Thumbs.db": b"", "空/": b""})
    assert members(data, "件.zip") == [Member("表.xlsx", b"1"), Member("表（2）.xlsx", b"2")]


def test_what_programs_left_in_a_zipped_folder_is_left_out():
    debris = ["~$表.xlsx", "._表.xlsx", ".~lock.表.xlsx#", ".~表.xlsx", "__MACOSX/x", "Thumbs.db", "$RECYCLE.BIN/x"]
    data = zipped({"报送/表.xlsx": BOOK, **{f"报送/{name}": b"x" for name in debris}, "报送/快捷方式.lnk": b"L"})
    assert names(data) == ["表.xlsx", "快捷方式.lnk.隔离"]


def test_archives_within_are_opened_one_level_deep():
    inner = zipped({"里.xlsx": BOOK, "更里.zip": zipped({"最里.xlsx": BOOK})})
    assert names(zipped({"外.xlsx": BOOK, "包.zip": inner})) == ["外.xlsx", "里.xlsx", "更里.zip"]


def test_an_archive_within_that_cannot_be_opened_is_given_as_it_is():
    locked = encrypted(zipped({"里.xlsx": BOOK}))
    assert members(zipped({"外.xlsx": BOOK, "包.zip": locked}), "件.zip") == [
        Member("外.xlsx", BOOK),
        Member("包.zip", locked),
    ]


@pytest.mark.parametrize(
    "data",
    [
        BOOK,
        b"",
        b"%PDF-1.7",
        "甲,乙".encode(),
        zipped({"word/document.xml": "<a/>"}),
        b"PK\x05\x06" + b"\0" * 18,
        BOOK[:200],
    ],
)
def test_what_is_no_archive_of_files_is_left_to_the_reader(data: bytes):
    assert members(data, "x.zip") is None
    assert not is_archive(data, "x.zip")


def encrypted(data: bytes) -> bytes:
    """Only the flags say so; the data could not be read anyway."""
    changed = bytearray(data)
    changed[6] |= 1
    changed[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


def stored_many(count: int) -> bytes:
    return zipped({f"{number}.txt": b"" for number in range(count)})


def lying(data: bytes) -> bytes:
    """The directory says that the member has 5 bytes."""
    place = data.rindex(b"PK\x01\x02") + 24
    return data[:place] + struct.pack("<I", 5) + data[place + 4 :]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (encrypted(zipped({"表.xlsx": BOOK})), "archive_encrypted"),
        (stored_many(archives.LIMITS.members + 1), "archive_unsafe"),
        (zipped({"炸.bin": b"\0" * (archives.LIMITS.ratio_floor + 1)}), "archive_unsafe"),
        (zipped({f"{n}": b"\0" * (4 << 20) for n in range(26)}), "archive_unsafe"),
        (
            zipped({f"{n}.zip": zipped({"a": b"\0" * (4 << 20), "b": b"\0" * (4 << 20)}) for n in range(20)}),
            "archive_unsafe",
        ),
        (zipped({f"{n}.zip": zipped({"a": b"x"}) for n in range(51)}), "archive_unsafe"),
        (zipped({"../../逃.xlsx": BOOK}), "archive_unsafe"),
        (zipped({"/绝对.xlsx": BOOK}), "archive_unsafe"),
        (zipped({"C:\\绝对.xlsx": BOOK}), "archive_unsafe"),
        (lying(zipped({"表.xlsx": BOOK})), "file_unsafe"),
        (b"7z\xbc\xaf\x27\x1c" + b"\0" * 50, "file_unreadable"),
        (b"PK\x07\x08PK\x03\x04" + b"\0" * 50, "archive_volume"),
        (b"MSCF\0\0\0\0" + b"\0" * 50, "archive_no_tool"),
        (gzip.compress(b"\0" * (10 << 20)), "archive_unsafe"),
        (bz2.compress(b"\0" * (120 << 20)), "archive_unsafe"),
        (lzma.compress(b"\0" * (10 << 20)), "archive_unsafe"),
        (gzip.compress(BOOK)[:-20], "file_unreadable"),
        (lzma.compress(BOOK)[:-20], "file_unreadable"),
        (bz2.compress(BOOK)[:-20], "file_unreadable"),
        (b"\x1f\x8b\x08" + b"\xff" * 50, "file_unreadable"),
        (b"Rar!\x1a\x07\x00" + bytes(range(256)), "file_unreadable"),
    ],
)
def test_bad_archives_are_refused_with_a_reason(data: bytes, code: str):
    assert rejection(data) == code


def test_a_compression_that_nobody_sends_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("表.xlsx", BOOK)
    assert rejection(stream.getvalue()) == "archive_unsafe"


# --- tar and what compresses one file, 7z, folders that are documents, mails ---------------------


def tar(content: dict[str, bytes], encoding: str = "utf-8", kind: int = tarfile.GNU_FORMAT) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=kind, encoding=encoding) as archive:
        for name, data in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("链接.xlsx")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return stream.getvalue()


PACKED = {"tar": lambda data: data, "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("kind", [tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT, tarfile.PAX_FORMAT])
def test_a_tar_is_opened_packed_or_not(pack, encoding, kind):
    data = pack(tar({"回复/市财政局.xlsx": BOOK, "回复/.DS_Store": b"x", "说明.txt": b"t"}, encoding, kind))
    assert members(data, "件") == [Member("市财政局.xlsx", BOOK), Member("说明.txt", b"t")]


@pytest.mark.parametrize(("suffix", "pack"), list(PACKED.items())[1:])
def test_a_single_file_is_unpacked_under_its_name(suffix, pack):
    assert members(pack(BOOK), f"市财政局.xlsx.{suffix}") == [Member("市财政局.xlsx", BOOK)]
    assert members(pack(BOOK) + pack(b"") + b"\0" * 20, "没有后缀") == [Member("没有后缀", BOOK)]


def test_a_tar_may_not_lead_out_or_be_endless():
    assert names(tar({"../../逃.xlsx": BOOK, "/绝对.xlsx": BOOK}), "件.tar") == ["逃.xlsx", "绝对.xlsx"]
    assert rejection(tar({f"{n}": b"" for n in range(archives.LIMITS.members + 1)})) == "archive_unsafe"
    assert rejection(gzip.compress(tar({f"{n}": b"\0" * (4 << 20) for n in range(26)}))) == "archive_unsafe"
    assert rejection(tar({"表.xlsx": BOOK * 9})[:2000]) == "file_unreadable"


def seven_zip(content: dict[str, bytes], password: str | None = None) -> bytes:
    import py7zr

    stream = io.BytesIO()
    with py7zr.SevenZipFile(stream, "w", password=password) as archive:
        for name, data in content.items():
            archive.writestr(data, name)
    return stream.getvalue()


def test_a_7z_is_opened_within_the_same_bounds():
    data = seven_zip({"回复/市财政局.xlsx": BOOK, "Thumbs.db": b"x", "空.txt": b""})
    assert members(data, "件.7z") == [Member("市财政局.xlsx", BOOK), Member("空.txt", b"")]
    assert rejection(seven_zip({"表.xlsx": BOOK}, password="秘密"), "件.7z") == "archive_encrypted"
    assert rejection(seven_zip({"炸": b"\0" * (6 << 20)}), "件.7z") == "archive_unsafe"
    assert rejection(seven_zip({f"{n}": b"" for n in range(501)}), "件.7z") == "archive_unsafe"
    assert rejection(data[:-30], "件.7z") == "file_unreadable"


def test_without_its_library_a_7z_is_named(monkeypatch):
    data = seven_zip({"表.xlsx": BOOK})
    monkeypatch.setitem(sys.modules, "py7zr", None)
    assert rejection(data, "件.7z") == "archive_no_tool"


NUMBERS = {"Index/Document.iwa": b"1", "Index/Tables/Tile.iwa": b"2", "preview.jpg": b"3", "Metadata/x.plist": b"4"}


@pytest.mark.parametrize("pack", [zipped, tar])
@pytest.mark.parametrize("folder", ["报送表.numbers", "回复/报送表.pages", "回复/Old.Numbers"])
def test_a_folder_that_is_one_document_is_one_file(pack, folder: str):
    data = pack({"甲.xlsx": BOOK, **{f"{folder}/{part}": content for part, content in NUMBERS.items()}})
    found = members(data, "件.zip")
    assert found is not None
    assert [each.name for each in found] == ["甲.xlsx", folder.rpartition("/")[2]]
    assert rejected_as(found[1]) == "file_convertible"


def test_a_numbers_file_is_one_file_and_no_archive():
    assert members(zipped(NUMBERS), "报送表.numbers") is None


def rejected_as(member: Member) -> str:
    with pytest.raises(RejectedFileError) as caught:
        open_book(member.data, member.name)
    return caught.value.problem.code


def test_a_saved_mail_is_opened_by_who_knows_mails():
    saved = b"From: a@b.cn\r\nTo: c@d.cn\r\n\r\n"
    inner = zipped({"里.xlsx": BOOK})
    note = problem("mail_signed", CellRef("件.eml"))

    def open_mail(data: bytes, name: str):
        assert data == saved
        return [("外.xlsx", BOOK), ("包.zip", inner), ("Thumbs.db", b"x")], [note]

    found = open_archive(saved, "件.eml", open_mail)
    assert found is not None
    assert [each.name for each in found.members] == ["外.xlsx", "里.xlsx"]
    assert (found.is_mail, found.notes) == (True, (note,))
    packed = open_archive(zipped({"件.eml": saved}), "包.zip", open_mail)
    assert packed is not None
    assert ([each.name for each in packed.members], packed.is_mail) == (["外.xlsx", "包.zip"], False)
    with pytest.raises(RejectedFileError, match="邮件损坏"):
        open_archive(saved, "件.eml", lambda data, name: None)


# --- rar ---------------------------------------------------------------------------------------


def vint(number: int) -> bytes:
    """A number as RAR 5.0 writes it."""
    low = b""
    while number > 0x7F:
        low += bytes([number & 0x7F | 0x80])
        number >>= 7
    return low + bytes([number])


def block(kind: int, flags: int, fields: bytes, data: bytes = b"") -> bytes:
    size = vint(len(data)) if data else b""
    body = vint(kind) + vint(flags | (2 if data else 0)) + size + fields
    header = vint(len(body)) + body
    return struct.pack("<I", zlib.crc32(header)) + header + data


def rar(content: dict[str, bytes], *, method: int = 0, claimed: int | None = None) -> bytes:
    """A RAR 5.0 archive as https://www.rarlab.com/technote.htm describes it; method 0 stores."""
    files = b""
    for name, data in content.items():
        size = len(data) if claimed is None else claimed
        raw = name.encode()
        fields = vint(4) + vint(size) + vint(0x20) + struct.pack("<I", zlib.crc32(data))
        files += block(2, 0, fields + vint(method << 7) + vint(1) + vint(len(raw)) + raw, data)
    return b"Rar!\x1a\x07\x01\x00" + block(1, 0, vint(0)) + files + block(5, 0, vint(0))


def test_a_rar_that_stores_is_read_by_the_library_alone():
    data = rar({"甲/市教育局.xlsx": BOOK, "说明.txt": b"x"})
    assert members(data, "件.rar") == [Member("市教育局.xlsx", BOOK), Member("说明.txt", b"x")]


def test_a_rar_that_needs_a_program_nobody_installed_asks_for_a_zip(monkeypatch: pytest.MonkeyPatch):
    import rarfile

    def absent(*_: object, **__: object) -> None:
        raise rarfile.RarCannotExec("none of unrar, unar, 7z, bsdtar")

    monkeypatch.setattr(rarfile, "tool_setup", absent)
    assert rejection(rar({"表.xlsx": BOOK}, method=3), "件.rar") == "archive_no_tool"


def test_a_rar_bomb_is_refused_before_it_is_unpacked():
    assert rejection(rar({"表.xlsx": BOOK}, method=3, claimed=1 << 40), "件.rar") == "archive_unsafe"


def test_a_rar_within_a_zip_is_opened_too():
    assert names(zipped({"包.rar": rar({"表.xlsx": BOOK})})) == ["表.xlsx"]


@pytest.mark.parametrize("inner", [2, 40])
def test_archives_within_share_the_room_of_the_archive(inner: int):
    """Forty of them may hold 4 GB, each within its own limits; no more than the room of one is ever unpacked."""
    full = zipped({f"{number}.bin": bytes(5 << 20) for number in range(16)})  # 80 MB
    nested = zipped({f"{number}.zip": full for number in range(inner)})
    assert len(nested) < 30 << 20
    assert rejection(nested) == "archive_unsafe"
    assert peak_of(lambda: rejection(nested)) < 300 << 20


def test_the_members_of_archives_within_are_counted_together():
    many = zipped({f"{number}.txt": b"x" for number in range(300)})
    assert len(names(zipped({"甲.zip": many}))) == 300
    assert rejection(zipped({"甲.zip": many, "乙.zip": many})) == "archive_unsafe"


def test_a_directory_of_half_a_million_entries_is_not_made_into_objects():
    entry = struct.Struct("<4s6H3L5H2L").pack(b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = entry * 500_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(directory), 0, 0)
    data = directory + end
    assert peak_of(lambda: is_archive(data, "件.zip")) < 100 << 20
    assert not is_archive(b"PK\x03\x04" + data, "件.zip")
    with pytest.raises(RejectedFileError) as caught:
        check(b"PK\x03\x04" + data, "件.zip")
    assert caught.value.problem.code == "file_unsafe"

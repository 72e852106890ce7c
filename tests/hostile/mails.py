"""Mails saved as files, and archives of other programs: bombs, loops and depths in them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile

from tests.hostile.cases import ACCEPTED, case
from tests.hostile.reports import Report
from tests.mail.compound import attached, attached_mail, compound, msg
from tests.mail.samples import OCTETS, mail, multipart, part, quoted
from tests.mail.test_mail_files import ENVELOPED, ber, der, signed

_OPENED = f"{ACCEPTED}+{ACCEPTED}"
_MB = 1 << 20


@case("outlook.msg", _OPENED)
def outlook(report: Report) -> bytes:
    return compound(msg(attached("回复.xlsx", report.bytes()), text="见附件"))


@case("outlook_many_levels.msg", "mail_without_report")
def many_levels(report: Report) -> bytes:
    """Deeper than anybody forwards: what is that deep is not looked for."""
    tree = msg(attached("回复.xlsx", report.bytes()), top=False)
    for _ in range(9):
        tree = msg(attached_mail(tree), top=False)
    return compound(tree)


@case("outlook_in_a_ring.msg", "file_unreadable|mail_without_report+file_unreadable")
def ring(report: Report) -> bytes:
    """The tables of sectors lead back to themselves."""
    data = bytearray(compound(msg(attached("回复.xlsx", report.bytes()))))
    table = int.from_bytes(data[76:80], "little")
    start = 512 + table * 512
    data[start : start + 400] = b"\0\0\0\0" * 100
    return bytes(data)


@case("outlook_cut.msg", "file_unreadable|mail_without_report|file_kind")
def cut(report: Report) -> bytes:
    data = compound(msg(attached("回复.xlsx", report.bytes())))
    return data[: len(data) // 2]


@case("saved.eml", _OPENED)
def saved(report: Report) -> bytes:
    return mail(multipart(part(OCTETS + b"\r\nContent-Disposition: " + quoted(b"a.xlsx"), report.bytes())))


@case("saved_of_parts.eml", "mail_without_report")
def of_parts(report: Report) -> bytes:
    return mail(b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n" * 200_000)


@case("signed.p7m", _OPENED)
def signed_file(report: Report) -> bytes:
    inner = multipart(part(OCTETS + b"\r\nContent-Disposition: " + quoted(b"a.xlsx"), report.bytes()))
    return signed(inner, whole=ber, pieces=1000)


@case("signed_in_a_million_pieces.p7m", "file_unreadable")
def in_pieces(report: Report) -> bytes:
    return signed(b"\1\2\3\0" * 250_000, whole=ber, pieces=1)


@case("signed_without_end.p7m", "file_unreadable")
def without_end(report: Report) -> bytes:
    return signed(b"", whole=ber)[:30] + b"\x24\x80" * 500_000


@case("encrypted.p7m", "mail_encrypted")
def encrypted_mail(report: Report) -> bytes:
    return der(0x30, bytes.fromhex(ENVELOPED), der(0xA0, der(0x30, b"x" * 5000)))


@case("gzip_bomb.gz", "archive_unsafe")
def gzip_bomb(report: Report) -> bytes:
    return gzip.compress(b"\0" * (200 * _MB), mtime=0)


@case("bzip2_bomb.bz2", "archive_unsafe")
def bzip2_bomb(report: Report) -> bytes:
    return bz2.compress(b"\0" * (200 * _MB))


@case("xz_bomb.xz", "archive_unsafe")
def xz_bomb(report: Report) -> bytes:
    return lzma.compress(b"\0" * (200 * _MB), preset=1)


@case("tar_in_gzip.tar.gz", _OPENED)
def tar_in_gzip(report: Report) -> bytes:
    return gzip.compress(_tar([("回复.xlsx", report.bytes())]), mtime=0)


@case("tar_of_many.tar", "archive_unsafe")
def tar_of_many(report: Report) -> bytes:
    return _tar([(f"{number}", b"") for number in range(20_000)])


@case("tar_that_lies.tar", "file_unreadable|archive_without_report|archive_unsafe")
def tar_that_lies(report: Report) -> bytes:
    info = tarfile.TarInfo("回复.xlsx")
    info.size = 8 << 30
    return info.tobuf(tarfile.GNU_FORMAT) + b"x" * 2000


def _tar(files: list[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()

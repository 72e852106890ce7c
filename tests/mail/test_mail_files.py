"""Mails saved as files: what is attached to them comes out, whoever saved them."""

from __future__ import annotations

import base64
import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.mail.compound import attached, attached_mail, compound, msg
from tests.mail.samples import FILE, NAMED, OCTETS, TEXT, VARIANTS, mail, multipart, part, quoted, tnef, with_file
from zwgk_excel.mail.cms import is_enveloped, signed_content
from zwgk_excel.mail.mail_files import MailFile, open_mail_file
from zwgk_excel.mail.read_mail import read_mail

LONG = FILE * 4
"""Longer than what a compound file keeps among its small streams."""


def files(data: bytes) -> list[tuple[str, bytes]]:
    found = open_mail_file(data)
    assert found is not None
    return list(found.files)


# --- .msg --------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [FILE, LONG, b"x"])
@pytest.mark.parametrize("ansi", [False, True])
def test_an_attachment_of_outlook_comes_out(data: bytes, ansi: bool):
    saved = compound(msg(attached("市教育局_2026-11_信息报送表（㈱）.xlsx", data, ansi=ansi), ansi=ansi))
    assert files(saved) == [("市教育局_2026-11_信息报送表（㈱）.xlsx", data)]


def test_several_come_out_in_order_and_pictures_in_the_text_do_not():
    logo = attached("image001.png", b"\x89PNG", mime="image/png", content_id="image001@x")
    saved = compound(msg(attached("甲.xlsx", FILE), logo, attached("乙.xlsx", LONG), attached("名片.vcf", b"x")))
    assert files(saved) == [("甲.xlsx", FILE), ("乙.xlsx", LONG)]


def test_those_of_attached_mails_come_out_too():
    inner = msg(attached("里.xlsx", FILE), attached_mail(msg(attached("最里.xlsx", LONG), top=False)), top=False)
    assert files(compound(msg(attached_mail(inner), attached("外.xlsx", FILE)))) == [
        ("里.xlsx", FILE),
        ("最里.xlsx", LONG),
        ("外.xlsx", FILE),
    ]


def test_an_attachment_without_a_name_gets_one():
    assert files(compound(msg(attached("", FILE)))) == [("附件.xlsx", FILE)]


def test_a_mail_that_only_links_to_a_file_says_where():
    texts = {"text": "见 https://www.kdocs.cn/l/abc", "html": '<a href="https://docs.qq.com/sheet/D?tab=1">表</a>'.encode()}
    found = [open_mail_file(compound(msg(**{key: value}))) for key, value in texts.items()]  # type: ignore[arg-type]
    assert [str(each and each.link) for each in found] == [
        "金山文档（WPS 云文档）：https://www.kdocs.cn/l/abc",
        "腾讯文档：https://docs.qq.com/sheet/D?tab=1",
    ]


def test_a_signed_mail_of_outlook_is_opened():
    entity = multipart(TEXT, part(OCTETS + b"\r\nContent-Disposition: " + NAMED, FILE))
    opaque = compound(msg(attached("smime.p7m", signed(entity)), kind="IPM.Note.SMIME"))
    apart = compound(msg(attached("smime.p7m", entity, mime="multipart/signed"), kind="IPM.Note.SMIME.MultipartSigned"))
    for saved in (opaque, apart):
        found = open_mail_file(saved)
        assert found is not None
        assert (found.signed, [data for _, data in found.files]) == (True, [FILE])


@pytest.mark.parametrize("tree", [{}, {"Workbook": LONG}, {"a": {"__properties_version1.0": b""}}])
def test_a_compound_file_that_is_no_mail_is_none(tree):
    assert open_mail_file(compound(tree)) is None


SAVED = compound(msg(attached("甲.xlsx", LONG), attached_mail(msg(attached("乙.xlsx", FILE), top=False)), text="正文"))


@settings(max_examples=examples(150), deadline=None)
@given(st.integers(0, len(SAVED) - 1), st.binary(min_size=1, max_size=8), st.booleans())
def test_damage_ends_as_less_and_never_as_an_error(place: int, damage: bytes, cut: bool):
    damaged = SAVED[:place] if cut else SAVED[:place] + damage + SAVED[place + len(damage) :]
    found = open_mail_file(damaged)
    assert found is None or len(found.files) <= 3


# --- .eml and winmail.dat ----------------------------------------------------------------------


@pytest.mark.parametrize("variant", VARIANTS, ids=[each.what for each in VARIANTS])
def test_a_saved_mail_gives_what_a_fetched_one_gives(variant):
    assert [data for _, data in files(variant.raw)] == [variant.data]


def test_winmail_dat_by_itself_is_opened():
    assert files(tnef("报表.xlsx", FILE)) == [("报表.xlsx", FILE)]


# --- S/MIME ------------------------------------------------------------------------------------

SIGNED, SIGNED_SM2 = "06092a864886f70d010702", "060a2a811ccf550601040202"
DATA, DATA_SM2 = "06092a864886f70d010701", "060a2a811ccf550601040201"
ENVELOPED = "06092a864886f70d010703"


def der(tag: int, *inner: bytes) -> bytes:
    content = b"".join(inner)
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x84]) + size.to_bytes(4, "big")
    return bytes([tag]) + length + content


def ber(tag: int, *inner: bytes) -> bytes:
    """The same with the length left open."""
    return bytes([tag, 0x80]) + b"".join(inner) + b"\0\0"


def signed(content: bytes, *, kind: str = SIGNED, inner: str = DATA, whole=der, pieces: int = 0) -> bytes:
    """A signed message whose signature nobody could verify."""
    octets = der(4, content)
    if pieces:
        octets = whole(0x24, *(der(4, content[at : at + pieces]) for at in range(0, len(content), pieces)))
    info = whole(0x30, bytes.fromhex(inner), whole(0xA0, octets))
    data = whole(0x30, der(2, b"\1"), der(0x31), info, der(0xA0, b"\x30\0"), der(0x31))
    return whole(0x30, bytes.fromhex(kind), whole(0xA0, data))


@pytest.mark.parametrize("pieces", [0, 7, 1000])
@pytest.mark.parametrize("whole", [der, ber])
@pytest.mark.parametrize(("kind", "inner"), [(SIGNED, DATA), (SIGNED_SM2, DATA_SM2)])
def test_the_content_of_a_signed_message_is_found_in_every_encoding(kind, inner, whole, pieces):
    assert signed_content(signed(LONG, kind=kind, inner=inner, whole=whole, pieces=pieces)) == LONG


def test_a_message_may_be_signed_twice_compressed_and_armoured():
    assert signed_content(signed(signed(FILE))) == FILE
    packed = der(0x30, der(2, b"\0"), der(0x30), der(0x30, bytes.fromhex(DATA), der(0xA0, der(4, zlib.compress(FILE)))))
    compressed = der(0x30, bytes.fromhex("060b2a864886f70d0109100109"), der(0xA0, packed))
    assert signed_content(compressed) == FILE
    armour = b"-----BEGIN PKCS7-----\n" + base64.encodebytes(signed(FILE)) + b"-----END PKCS7-----\n"
    assert signed_content(armour) == FILE


def test_what_is_not_signed_is_none():
    enveloped = der(0x30, bytes.fromhex(ENVELOPED), der(0xA0, der(0x30, der(2, b"\0"))))
    assert (signed_content(enveloped), is_enveloped(enveloped)) == (None, True)
    for data in (
        b"",
        b"\x30",
        b"\x30\x80",
        FILE,
        signed(FILE)[:50],
        b"\x30\x80" * 5000,
        b"\x24\x80" * 5000,
        b"\x3f" * 40,
    ):
        assert (signed_content(data), is_enveloped(data)) == (None, False)
    apart = der(0x30, der(2, b"\1"), der(0x31), der(0x30, bytes.fromhex(DATA)))
    assert signed_content(der(0x30, bytes.fromhex(SIGNED), der(0xA0, apart))) == b""


@given(st.integers(0, 400), st.binary(min_size=1, max_size=6))
def test_a_damaged_signature_raises_nothing(place: int, damage: bytes):
    sound = signed(FILE, whole=ber, pieces=100)
    signed_content(sound[:place] + damage + sound[place + len(damage) :])


P7M = b'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"'
INNER = multipart(TEXT, part(OCTETS + b"\r\nContent-Disposition: " + NAMED, FILE))


@pytest.mark.parametrize(
    "head",
    [
        P7M,
        P7M.replace(b"pkcs7", b"x-pkcs7"),
        b"Content-Type: application/pkcs7-mime",
        OCTETS + b"\r\nContent-Disposition: " + quoted(b"smime.p7m"),
    ],
)
def test_a_signed_mail_is_opened_and_told(head: bytes):
    read = read_mail(mail(part(head, signed(INNER, whole=ber, pieces=1000))))
    assert [(each.data, each.decoration) for each in read.attachments] == [(FILE, False)]
    assert (read.signed, read.text) == (True, "见附件㈱")
    assert not read_mail(with_file(OCTETS, NAMED)).signed


def test_an_encrypted_mail_is_one_file_that_says_so():
    enveloped = der(
        0x30, bytes.fromhex(ENVELOPED), der(0xA0, der(0x30, der(2, b"\0"), random.Random(1).randbytes(3000)))
    )
    read = read_mail(mail(part(P7M.replace(b"signed", b"enveloped"), enveloped)))
    assert [(each.name, each.data, each.decoration) for each in read.attachments] == [("smime.p7m", enveloped, False)]
    pgp = multipart(
        part(b"Content-Type: application/pgp-encrypted", b"Version: 1", "7bit"),
        part(OCTETS + b"; name=encrypted.asc", b"-----BEGIN PGP MESSAGE-----\r\n\r\nx", "7bit"),
        kind=b"encrypted",
    )
    assert [each.name for each in read_mail(mail(pgp)).attachments if not each.decoration] == ["encrypted.asc"]


def test_a_signed_message_saved_as_a_file_is_opened():
    assert open_mail_file(signed(INNER)) == MailFile((read_file(),), None, True)
    assert open_mail_file(signed(FILE)) == MailFile((("附件.xlsx", FILE),), None, True)


def read_file() -> tuple[str, bytes]:
    (only,) = read_mail(mail(INNER)).attachments
    return only.name, only.data

"""Which MIME parts are attachments, their file names, and which of them may be returns.

Signatures, inline images and calendar entries are no returns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from zwgk_excel.mail.parts import MimePart, cut_name
from zwgk_excel.mail.tnef import is_tnef, tnef_attachments

_DECORATION_TYPES = frozenset(
    {
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
        "application/pgp-keys",
        "application/pgp-encrypted",
        "text/calendar",
        "text/vcard",
        "text/x-vcard",
        "text/directory",
        "message/delivery-status",
        "message/disposition-notification",
        "text/rfc822-headers",
    }
)
"""Signatures, visiting cards, invitations and automatic reports, which are never returns."""
_DECORATION_NAMES = re.compile(r".*\.(p7s|vcf|ics|asc)", re.IGNORECASE | re.DOTALL)
_TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_PGP = b"-----BEGIN PGP MESSAGE"
_NAMELESS = "附件"
_SUFFIXES = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel.sheet.macroenabled.12": ".xlsm",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.ms-works": ".xls",
    "application/kset": ".et",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/msword": ".doc",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
    "application/x-rar": ".rar",
    "application/x-rar-compressed": ".rar",
    "application/vnd.rar": ".rar",
    "application/x-7z-compressed": ".7z",
    "message/rfc822": ".eml",
    "application/vnd.ms-outlook": ".msg",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
    "text/csv": ".csv",
    "text/html": ".htm",
    "text/plain": ".txt",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
}
_MAGIC = ((b"PK\x03\x04", ".zip"), (b"\xd0\xcf\x11\xe0", ".xls"), (b"%PDF", ".pdf"), (b"Rar!", ".rar"))
_XLSX_MARK = b"xl/workbook"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attached file of a mail."""

    original: str
    """The name the sender gave it, decoded; empty for none. Not safe as a file name."""
    name: str
    """The same, or one made from its type; not safe as a file name either."""
    data: bytes = field(repr=False)
    decoration: bool
    """An inline image, a signature, a visiting card or the like: to be listed, but no return."""
    mail_id: str = ""
    """Message id of the forwarded mail it was in; empty for the message's own."""


def is_text(part: MimePart) -> bool:
    """Whether a part is the text of the mail rather than a file."""
    return part.type in {"text/plain", "text/html"} and part.disposition != "attachment" and not part.name


def attachments_of(parts: Sequence[MimePart]) -> Iterator[Attachment]:
    """The attachments among the parts of a message; those inside winmail.dat one by one."""
    shown = _shown_images(parts)
    for part in parts:
        if not is_text(part):
            yield from _attachments(part, shown)


def is_decoration_name(name: str) -> bool:
    """Whether a file of this name is a signature, a visiting card or an invitation, and no return."""
    return _DECORATION_NAMES.fullmatch(name) is not None


def made_name(data: bytes) -> str:
    """A name for a file that has none, by its first bytes."""
    return _made_name("", data)


def _attachments(part: MimePart, shown: frozenset[str]) -> Iterator[Attachment]:
    data, original = part.content(), part.name
    mail_id = part.mails[-1].get("message-id", "").strip() if len(part.mails) > 1 else ""
    if is_tnef(data) and (part.type in _TNEF_TYPES or original.lower().endswith((".dat", ".tnef", ""))):
        packed = tnef_attachments(data)
        for each in packed:
            given = cut_name(each.name)
            name = given or _made_name("", each.data)
            yield Attachment(given, name, each.data, bool(_DECORATION_NAMES.fullmatch(name)), mail_id)
        if packed:
            return
    if not data and not original:
        return
    name = original or _made_name(part.type, data)
    is_encrypted = data.lstrip()[:40].startswith(_PGP)  # a text, named as a signature is
    yield Attachment(original, name, data, not is_encrypted and _is_decoration(part, name, shown), mail_id)


def _is_decoration(part: MimePart, name: str, shown: frozenset[str]) -> bool:
    if part.type in _DECORATION_TYPES or _DECORATION_NAMES.fullmatch(name):
        return True
    content_id = part.headers.get("content-id", "").strip("<> ")
    return part.type.startswith("image/") and ("multipart/related" in part.path or content_id in shown)


def _shown_images(parts: Iterable[MimePart]) -> frozenset[str]:
    """Content ids of images that the HTML text embeds."""
    found: set[str] = set()
    for part in parts:
        if part.type == "text/html" and is_text(part):
            source = part.content(1 << 20).decode("latin-1")
            found.update(each for each in re.findall(r"cid:([^\s\"'>)]{1,200})", source))
    return frozenset(found)


def _made_name(kind: str, data: bytes) -> str:
    """A name for an unnamed attachment: its suffix from the content type, else from the first bytes."""
    suffix = _SUFFIXES.get(kind) or next((each for magic, each in _MAGIC if data.startswith(magic)), ".bin")
    if suffix == ".zip" and _XLSX_MARK in data:
        suffix = ".xlsx"
    return _NAMELESS + suffix

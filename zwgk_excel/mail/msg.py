"""Reads what Outlook saves as ``.msg`` ([MS-OXMSG]): the attachments, those of attached mails, and the text.

The libraries for it on PyPI are under the GPL (extract-msg) or without a release for years (msg-parser, outlook-msg);
the compound file is olefile's, the few properties that matter here are read by name.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zwgk_excel.mail.charsets import decoded

if TYPE_CHECKING:
    from olefile import OleFileIO

_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ATTACHMENT = re.compile(r"__attach_version1\.0_#[0-9a-f]{8}", re.IGNORECASE)
_MOST, _DEEPEST = 200, 5
_UNICODE, _STRING, _BINARY, _OBJECT = "001F", "001E", "0102", "000D"
_LONG_NAME, _NAME, _SHOWN_NAME, _DATA = "3707", "3704", "3001", "3701"
_CONTENT_ID, _MIME_TYPE = "3712", "370E"
_CLASS, _SUBJECT, _TEXT, _HTML = "001A", "0037", "1000", "1013"
_LARGEST = 30 << 20
"""Bytes of one property; no attachment that we read is larger."""
_TEXT_BYTES = 64 << 10

_Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MsgAttachment:
    """One attachment of a saved mail."""

    name: str
    """As the sender gave it; empty for none."""
    data: bytes = field(repr=False)
    type: str
    """The content type; empty for none."""
    is_shown: bool
    """Whether the text shows it: a picture in it."""


@dataclass(frozen=True, slots=True)
class MsgFile:
    """A mail as Outlook saves it."""

    kind: str
    """The message class in lower case, such as ``ipm.note.smime``."""
    text: str
    """Its beginning, with tags where it is HTML."""
    attachments: tuple[MsgAttachment, ...]


def may_be_msg(data: bytes) -> bool:
    """Whether the bytes are a compound file, as every ``.msg`` is."""
    return data.startswith(_MARK)


def read_msg(data: bytes) -> MsgFile | None:
    """The mail in a ``.msg``; None for a compound file that is none, or too damaged to be one."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as compound:
            if not compound.exists("__properties_version1.0"):
                return None
            kind = _text(compound, (), _CLASS).lower()
            words = _text(compound, (), _TEXT) or _html(compound)
            return MsgFile(kind, words[:_TEXT_BYTES], tuple(_attachments(compound, (), 0))[:_MOST])
    except MemoryError:
        raise
    except Exception:  # the library raises whatever a damaged file makes of it; the caller says so
        return None


def _attachments(compound: OleFileIO, mail: _Path, depth: int) -> Iterator[MsgAttachment]:
    """The attachments of the mail in a storage, those of attached mails in their places."""
    for storage in _storages(compound, mail):
        here = (*mail, storage)
        embedded = (*here, f"__substg1.0_{_DATA}{_OBJECT}")
        if compound.exists("/".join(embedded)):
            if depth < _DEEPEST:
                yield from _attachments(compound, embedded, depth + 1)
            continue
        name = next(filter(None, (_text(compound, here, each) for each in (_LONG_NAME, _NAME, _SHOWN_NAME))), "")
        content = _property(compound, here, _DATA, _BINARY)
        if content is None and not name:
            continue
        kind = _text(compound, here, _MIME_TYPE).lower()
        shown = kind.startswith("image/") and bool(_text(compound, here, _CONTENT_ID))
        yield MsgAttachment(name, content or b"", kind, shown)


def _storages(compound: OleFileIO, mail: _Path) -> list[str]:
    """The names of the storages of a mail's attachments, in order."""
    size = len(mail)
    inside = {each[size] for each in compound.listdir() if len(each) > size and tuple(each[:size]) == mail}
    return sorted(filter(_ATTACHMENT.fullmatch, inside))[:_MOST]


def _html(compound: OleFileIO) -> str:
    return decoded(_property(compound, (), _HTML, _BINARY) or b"") or _text(compound, (), _HTML)


def _text(compound: OleFileIO, where: _Path, name: str) -> str:
    """A property that is a text; empty for none."""
    if (wide := _property(compound, where, name, _UNICODE)) is not None:
        return wide.decode("utf-16-le", "replace").rstrip("\0")
    narrow = _property(compound, where, name, _STRING)
    return "" if narrow is None else decoded(narrow).rstrip("\0")


def _property(compound: OleFileIO, where: _Path, name: str, kind: str) -> bytes | None:
    path = "/".join((*where, f"__substg1.0_{name}{kind}"))
    if not compound.exists(path):
        return None
    with compound.openstream(path) as stream:
        return bytes(stream.read(_LARGEST + 1))

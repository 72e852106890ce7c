"""Decrypts Office files with the passwords that the office knows.

A workbook whose structure only is protected is encrypted by Excel with the default password VelvetSweatshop.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.workbooks.opening.file_kinds import FileKind, kind_of
from zwgk_excel.workbooks.opening.guard import check_size
from zwgk_excel.workbooks.opening.rejected import RejectedFileError, unreadable

DEFAULT = "VelvetSweatshop"


def decrypted_if_needed(
    data: bytes, name: str, passwords: Sequence[str]
) -> tuple[bytes, FileKind, tuple[Problem, ...]]:
    """(Data decrypted if necessary, its kind, notes about the decryption).

    Raises as :func:`decrypt`, and RejectedFileError (file_too_large).
    """
    check_size(data, name)
    kind = kind_of(data)
    if kind is not FileKind.ENCRYPTED and not (kind is FileKind.XLS and _is_locked_xls(data)):
        return data, kind, ()
    plain, note = decrypt(data, name, passwords)
    return plain, kind_of(plain), (note,)


def _is_locked_xls(data: bytes) -> bool:
    from zwgk_excel.workbooks.opening import biff

    return biff.is_encrypted(data)


def decrypt(data: bytes, name: str, passwords: Sequence[str]) -> tuple[bytes, Problem]:
    """(The decrypted file, a note that says with which password).

    Raises RejectedFileError: file_encrypted where no password fits, file_unreadable where the encryption is damaged.
    """
    # Word and PowerPoint files can be encrypted too; what is within shows when it is opened.
    for password, which in ((DEFAULT, "默认密码"), *((each, "办公室登记的密码") for each in passwords)):
        plain = _with_password(data, password, name)
        if plain is not None:
            return plain, problem("file_decrypted", CellRef(name), which=which)
    raise RejectedFileError(problem("file_encrypted", CellRef(name)))


def _with_password(data: bytes, password: str, name: str) -> bytes | None:
    """The decrypted file; None where the password does not fit."""
    import msoffcrypto
    from msoffcrypto.exceptions import InvalidKeyError

    target = io.BytesIO()
    try:
        file = msoffcrypto.OfficeFile(io.BytesIO(data))
        # .xls files always check the password, the others only when asked.
        check = {"verify_password": True} if file.format == "ooxml" else {}
        file.load_key(password=password, **check)
        file.decrypt(target)
    except InvalidKeyError:
        return None
    except MemoryError:
        raise
    except Exception as error:  # whatever a damaged header makes of the library: no list of its errors exists
        raise unreadable(name, "加密信息损坏") from error
    plain = target.getvalue()
    check_size(plain, name)
    return plain

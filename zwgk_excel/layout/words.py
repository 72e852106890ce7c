"""The Chinese labels of dropdowns and statuses, and their codes (``lists.toml``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from zwgk_excel.domain.acts import ActKind
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.domain.text import fold
from zwgk_excel.layout.resources import read_toml


@cache
def words(name: str) -> Mapping[str, str]:
    """A list of ``lists.toml`` as code → label, in its order."""
    return dict(read_toml("lists.toml")[name])


def word(name: str, code: str) -> str:
    """The label of a code; empty for an empty code (a status that does not apply)."""
    return words(name)[code] if code else ""


def verdict_word(receipt: Receipt) -> str:
    """The verdict on a received file as people read it: 作废 for one in quarantine that somebody has set aside."""
    return word("act", ActKind.SET_ASIDE) if receipt.is_set_aside else word("verdict", receipt.verdict)


def code_of(name: str, text: str) -> str | None:
    """The code of a label as typed (spaces, width and case ignored); None where the list has no such label."""
    wanted = fold(text)
    return next((code for code, shown in words(name).items() if fold(shown) == wanted), None)


def meant_code(name: str, text: str) -> str | None:
    """The code of a label as :func:`code_of`, or of what units type in its place (``report.toml`` [also]).

    None for neither.
    """
    if code := code_of(name, text):
        return code
    wanted = fold(text).rstrip("。.！!")
    return next((code for code in words(name) if wanted in map(fold, meanings(name, code)[1:])), None)


def meanings(name: str, code: str) -> tuple[str, ...]:
    """The texts that are understood as a code of a list: its label, then what units type in its place."""
    return (words(name)[code], *_also().get(name, {}).get(code, ()))


@cache
def _also() -> Mapping[str, Mapping[str, list[str]]]:
    """List → code → what units type in place of its label."""
    return dict(read_toml("report.toml")["also"])

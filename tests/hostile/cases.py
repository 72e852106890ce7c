"""The register of hostile files: a name, what should become of it, and the function that makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.hostile.reports import Report

Maker = Callable[[Report], bytes]
ACCEPTED = "accepted"
"""Nothing is wrong with the file: its item comes through."""


@dataclass(frozen=True)
class Case:
    """One hostile file."""

    name: str
    outcome: str
    """``accepted``, ``returned:CODE``, or the code it is quarantined with; of an archive those of the files in it, with
    ``+`` between them. Where it depends on the machine which limit is met first, both with ``|`` between them."""
    make: Maker


CASES: dict[str, Case] = {}


def case(name: str, outcome: str) -> Callable[[Maker], Maker]:
    """Register the maker of a file."""

    def register(make: Maker) -> Maker:
        assert name not in CASES, name
        CASES[name] = Case(name, outcome, make)
        return make

    return register


def made(case: Case, report: Report) -> bytes:
    """The file itself; its item, if it can be read, has the file's name as title."""
    return case.make(report.titled(case.name))

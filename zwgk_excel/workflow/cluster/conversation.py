"""What the office and a node say to each other, as plain data: a greeting, then files and what was read in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zwgk_excel.domain.problems import Problem
from zwgk_excel.workbooks.opening.guard import FILE_BYTES
from zwgk_excel.workbooks.reading.read_return import ParsedReturn
from zwgk_excel.workflow.cluster.wire import Limits

GREETING = Limits(64 << 10)
REQUEST = Limits(1 << 20, 2 * FILE_BYTES)
"""A batch is at most 20 files or 4 MB, unless it is a single file."""
ANSWER = Limits(16 << 20)
"""What was read in a batch: the largest return that is accepted takes a quarter of it."""
SECONDS, MEMORY, PASSWORDS = 60.0, 4 << 30, 100
"""The most that a node grants for one file, whatever the office asks for."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The office's greeting: how it wants files to be read."""

    version: str
    milliseconds: int
    """The time limit of one file."""
    memory: int
    """The bytes of address space of a reading process."""
    passwords: tuple[str, ...]
    """For encrypted workbooks."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """The node's greeting; of nodes with another version nothing is wanted."""

    version: str
    workers: int


@dataclass(frozen=True, slots=True)
class SentFile:
    """One file of a request; its bytes follow those of the files before it."""

    name: str
    by: date
    size: int


Request = tuple[SentFile, ...]
Answer = tuple[ParsedReturn | Problem, ...]
"""As many as files were sent, in their order."""

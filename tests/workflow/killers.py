"""What a worker may meet, for tests of isolation: each is a parser that does it to the file with that name."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.workbooks.reading.read_return import ParsedReturn
from zwgk_excel.workflow.workers import readers
from zwgk_excel.workflow.workers.readers import MarkupJob, ReadingJob, parse_return


class Panic(BaseException):
    """As the bulk reader's panics: no ``Exception``."""


def leisurely(job: ReadingJob, passwords: Sequence[str]) -> ParsedReturn | Problem:
    """Read the file, but slowly enough that something may happen meanwhile."""
    time.sleep(0.2)
    return parse_return(job, passwords)


def tell_process(job: ReadingJob, passwords: Sequence[str]) -> ParsedReturn | Problem:
    """Say which process reads."""
    return problem("file_crashed", CellRef(job.name), obligation=str(os.getpid()), reason="")


def parse(job: ReadingJob, passwords: Sequence[str]) -> ParsedReturn | Problem:
    """Read the file, unless its name says what shall happen instead."""
    match job.name.removesuffix(".xlsx"):
        case "abort":
            os.abort()
        case "exit":
            os._exit(0)
        case "hang":
            time.sleep(3600)
        case "wait":
            time.sleep(1.5)
        case "spin":
            _spin()
        case "memory":
            return parse_return(ReadingJob(b"x" * (1 << 40), job.name, job.by), passwords)
        case "large":
            bytearray(300 << 20)
        case "panic":
            raise Panic("not an exception")
        case "bug":
            raise KeyError("what nobody thought of")
        case "slow":
            time.sleep(0.4)
    return parse_return(job, passwords)


def _spin() -> None:
    while True:
        pass


def mail_or_die(data: bytes, seconds: float) -> object:
    """Parse a mail, unless its subject says what shall happen instead."""
    if b"Subject: abort" in data:
        os.abort()
    if b"Subject: hang" in data:
        time.sleep(3600)
    if b"Subject: spin" in data:
        readers._within(seconds, _spin)
    if b"Subject: memory" in data:
        raise MemoryError  # as where there is no room to hand over what was parsed
    return readers._mail(data, seconds)


def mark_or_die(marking: MarkupJob, seconds: float) -> object:
    """Mark a return up, unless it is 回复.xlsx, which ends the process."""
    if marking.name == "回复.xlsx":
        os.abort()
    return readers._mark(marking, seconds)

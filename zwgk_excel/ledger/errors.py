"""Errors of the ledger; each is one Chinese sentence with the cause and the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Self

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.text import one_line


class LedgerError(ZwgkError):
    """A ledger operation failed; its transaction was rolled back."""


class LedgerMissingError(LedgerError):
    """No ledger at the given location."""

    def __init__(self, where: str) -> None:
        self.where = where
        super().__init__(f"找不到数据库“{where}”；请核对工作区，从备份恢复，或先运行 zwgk init。")


class LedgerTooNewError(LedgerError):
    """The ledger has migrations that this version of the program does not know."""

    def __init__(self, unknown: Iterable[str]) -> None:
        self.unknown = tuple(unknown)
        names = "、".join(self.unknown)
        super().__init__(f"数据库由更新版本的程序写成（{names}），本程序不能使用；请先升级 zwgk-excel。")


class LedgerTooOldError(LedgerError):
    """The ledger lacks migrations and was opened read-only, so they cannot be applied."""

    def __init__(self, missing: Iterable[str]) -> None:
        self.missing = tuple(missing)
        super().__init__("数据库由较早版本的程序写成；请先在该工作区用本版本的程序运行一次 zwgk consolidate。")


class LedgerBusyError(LedgerError):
    """Another process holds the lock."""

    def __init__(self) -> None:
        super().__init__("另一个 zwgk 正在处理本工作区；请等它完成后再试。")


class LedgerFailedError(LedgerError):
    """The database failed: disk full, read-only, damaged, server not reachable."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"数据库出错：{reason}。未完成的一步没有写入，排除后重新运行即可。")

    @classmethod
    def quoting(cls, error: BaseException) -> LedgerFailedError:
        """The error for a failure that nobody foresaw, with the database's own words, which are seldom Chinese."""
        return LedgerFailedError(f"原因不明，请把数据库的原话告诉信息技术人员：“{one_line(str(error))}”")


class LedgerPasswordError(LedgerFailedError):
    """The database's server wants a password, and none was given."""

    def __init__(self) -> None:
        super().__init__("需要密码")


class LedgerDamagedError(LedgerFailedError):
    """The database holds what no version of the program wrote: bytes changed on the disk, a copy cut short."""

    def __init__(self) -> None:
        super().__init__("数据库文件已损坏，请停止使用，从备份恢复，办法见 zwgk doctor")


@contextmanager
def damage_told() -> Iterator[None]:
    """What is read out of the ledger in this block was written by this program: what cannot be read is damage.

    Raises LedgerDamagedError in place of the errors of conversions.
    """
    try:
        yield
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:
        raise LedgerDamagedError from error


class CycleClosedError(LedgerError):
    """The cycle is closed already; its figures do not change."""

    def __init__(self, cycle: Month, closed_at: datetime, closed_by: str) -> None:
        self.cycle, self.closed_at, self.closed_by = cycle, closed_at, closed_by
        super().__init__(f"{cycle} 已于 {closed_at:%Y-%m-%d} 由 {closed_by} 结账，不能重复结账。")


class NotUndoableError(LedgerError):
    """An act cannot be undone: there is none of the number, it is undone already, or it has no undoing."""

    @classmethod
    def of(cls, number: int, reason: str, otherwise: str) -> Self:
        """The error for an act that has no undoing: why, and what to do instead."""
        return cls(f"第 {number} 号办理不能撤销：{reason}；{otherwise}。")

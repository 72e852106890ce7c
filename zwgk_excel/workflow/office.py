"""The office at work: workspace, ledger, duty table, roster, policy and calendar, opened together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from zwgk_excel.domain.decisions import Standing, merged_places, standing
from zwgk_excel.domain.duties import Duty, Roster
from zwgk_excel.domain.obligations import Listed, Obligation, listing, plan
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import Problem, with_severities
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.domain.tracking import SATISFIED, Outcome, Status, Tracking, track
from zwgk_excel.domain.workdays import Workdays
from zwgk_excel.ledger import Ledger, LedgerError, open_ledger
from zwgk_excel.workbooks.tables.reading import load_tables
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.calendars import workdays_of
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.workspace import Workspace, open_workspace

Progress = Callable[[int, int, str], None]
"""Called with what is done, how many there are, and the name of the one being worked on."""


def silent(done: int, total: int, name: str) -> None:
    """A progress callback that shows nothing."""


@dataclass(frozen=True, slots=True)
class Office:
    """Everything a use case works with."""

    workspace: Workspace
    ledger: Ledger
    duties: tuple[Duty, ...]
    roster: Roster
    workdays: Workdays
    problems: tuple[Problem, ...]
    """What ``zwgk check`` finds in the duty table and the roster."""
    now: Callable[[], datetime]
    _plans: dict[Month, tuple[Obligation, ...]] = field(default_factory=dict, repr=False)

    def plan(self, cycle: Month) -> tuple[Obligation, ...]:
        """The obligations of a cycle by itself."""
        if cycle not in self._plans:
            policy = self.workspace.settings.policy
            self._plans[cycle] = plan(self.duties, self.roster, policy, self.workdays, cycle)
        return self._plans[cycle]

    def issued(self) -> tuple[Month, ...]:
        """The cycles for which workbooks went out, oldest first."""
        return tuple(sorted(record.cycle for record in self.ledger.cycles() if record.issued_on))

    def obligations(self, *more: Month) -> tuple[Obligation, ...]:
        """Every obligation of the cycles issued so far and of ``more``, each once, oldest cycle first."""
        cycles = sorted({*self.issued(), *more})
        return tuple({each.key: each for cycle in cycles for each in self.plan(cycle)}.values())

    def standings(self) -> dict[str, Standing]:
        """What the office decided, by obligation key."""
        return standing(self.ledger.decisions())

    def track(self, obligations: tuple[Obligation, ...], as_of: date, receipts: tuple[Receipt, ...]) -> Tracking:
        """Where the obligations stand as of a day."""
        soon = self.workspace.settings.policy.due_soon_days
        merged = merged_places(self.ledger.mergings())
        found = track(obligations, receipts, self.standings(), as_of=as_of, due_soon_days=soon, merged=merged)
        return replace(found, problems=self.weighed(found.problems))

    def weighed(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The problems with the office's own severities."""
        return tuple(with_severities(problems, self.workspace.settings.policy.severities))

    def listing(self, cycle: Month, as_of: date) -> tuple[Listed, ...]:
        """What the workbooks of a cycle carry, given what is still unsatisfied on a day."""
        history = self.obligations(cycle)
        older = tuple(o for o in history if o.cycle < cycle)
        statuses = self.track(older, as_of, self.ledger.receipts()).statuses if older else ()
        return listing(self.plan(cycle), [s.obligation for s in statuses if _owed(s)], self.roster, cycle)


def _owed(status: Status) -> bool:
    return status.obligation.mandatory and status.outcome not in SATISFIED | {Outcome.WAIVED}


@contextmanager
def open_office(root: Path, *, now: Callable[[], datetime] = clock.now, strict: bool = True) -> Iterator[Office]:
    """Open a workspace for work; ``strict`` refuses a duty table or roster with errors.

    Raises UserError for whatever keeps it from being opened.
    """
    workspace = open_workspace(root)
    duty_data, roster_data = (_read(path) for path in (workspace.duty_table, workspace.roster))
    policy = workspace.settings.policy
    names = workspace.duty_table.name, workspace.roster.name
    tables = load_tables(duty_data, names[0], roster_data, names[1], policy=policy)
    errors = [each for each in tables.problems if each.is_error]
    if strict and errors:
        more = f"（共 {len(errors)} 处错误，请运行 zwgk check 查看全部）" if len(errors) > 1 else ""
        raise UserError(f"{errors[0]}{more}")
    try:
        with open_ledger(workspace.ledger_url, create=False, now=now) as ledger:
            calendar = workdays_of(workspace.settings.calendar)
            yield Office(workspace, ledger, tables.duties, tables.roster, calendar, tables.problems, now)
    except LedgerError as error:
        raise UserError(f"{error}（数据库：{shown_place(workspace.ledger_url)}）") from error


def shown_place(url: str | Path) -> str:
    """A ledger's place for a message: without the password that a URL may hold."""
    return str(url.name if isinstance(url, Path) else url.rpartition("@")[2])


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"工作区里没有“{path.name}”；请从备份恢复，或运行 zwgk init 补上预置的表。") from None
    except OSError as error:
        raise UserError(f"无法读取“{path.name}”：{reason_of(error)}；如已在 Excel 中打开，请先关闭。") from None

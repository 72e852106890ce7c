"""``zwgk receive``: every file that arrives becomes a receipt with a verdict."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from zwgk_excel.domain.identity import holds
from zwgk_excel.domain.obligations import Listed, label, listing
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import Place, Problem, merged, one_per_cell, problem
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.domain.review import Tasks, review
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.files import write_atomic
from zwgk_excel.workbooks.guard import Rejected
from zwgk_excel.workbooks.returns import Claim, Reading, read_return
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office import Office, Progress, silent

_SKIPPED_PREFIXES = ("~$", ".~", ".")
"""Owner files of Excel and LibreOffice, temporary and hidden files: nobody sent these."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file in 收件箱 with what is known of when and how it came."""

    path: Path
    received_at: datetime
    estimated: bool
    source: str
    """``inbox``: dropped there; ``command``: given to ``zwgk receive``."""


@dataclass
class _Known:
    """What the ledger had, kept up to date while files are taken in."""

    files: set[tuple[str, str]]
    first: dict[str, str]
    """sha256 → the first file with that content."""
    tasks: dict[tuple[str, Month], Tasks] = field(default_factory=dict)


def receive(
    office: Office, paths: Sequence[Path], *, received_at: datetime | None = None, progress: Progress = silent
) -> tuple[Receipt, ...]:
    """Take files (or folders of files) in: copy them to 收件箱 unless they lie there, read them, record them.

    ``received_at`` is local time; without it the file's modification time counts, marked as estimated. Raises
    UserError for a path that does not exist, before anything is taken in.
    """
    files = _files(paths)
    with office.ledger.exclusive():
        arrivals = [_arrival(office, path, received_at, "command") for path in files]
        return take_in(office, arrivals, progress=progress)


def take_in_new(office: Office, *, progress: Progress = silent) -> tuple[Receipt, ...]:
    """Take in whatever is new in 收件箱; the caller holds the ledger's lock."""
    files = _files([office.workspace.inbox]) if office.workspace.inbox.is_dir() else []
    return take_in(office, [_arrival(office, path, None, "inbox") for path in files], progress=progress)


def take_in(office: Office, arrivals: Sequence[Arrival], *, progress: Progress = silent) -> tuple[Receipt, ...]:
    """Record each arrival that the ledger does not know yet, oldest first; one transaction each."""
    known = _Known(set(office.ledger.known()), dict(office.ledger.hashes()))
    taken: list[Receipt] = []
    for count, arrival in enumerate(sorted(arrivals, key=lambda a: (a.received_at, a.path.name))):
        progress(count, len(arrivals), arrival.path.name)
        if receipt := _take_in_one(office, arrival, known):
            taken.append(receipt)
    progress(len(arrivals), len(arrivals), "")
    return tuple(taken)


def _files(paths: Iterable[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith(_SKIPPED_PREFIXES))
        elif path.is_file():
            files.append(path)
        else:
            raise UserError(f"找不到文件“{path}”；请核对路径。")
    return files


def _arrival(office: Office, path: Path, received_at: datetime | None, source: str) -> Arrival:
    modified = min(clock.from_timestamp(path.stat().st_mtime), office.now())
    return Arrival(_in_inbox(office, path), received_at or modified, received_at is None, source)


def _in_inbox(office: Office, path: Path) -> Path:
    """The file itself where it lies in 收件箱, else a copy there under a name of its own."""
    inbox = office.workspace.inbox
    if path.resolve().is_relative_to(inbox.resolve()):
        return path
    data = path.read_bytes()
    target, number = inbox / path.name, 1
    while target.exists() and target.read_bytes() != data:
        number += 1
        target = inbox / f"{path.stem}（{number}）{path.suffix}"
    write_atomic(target, data)
    return target


def _take_in_one(office: Office, arrival: Arrival, known: _Known) -> Receipt | None:
    file = office.workspace.relative(arrival.path)
    data = arrival.path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    if (file, sha256) in known.files:
        return None
    receipt = Receipt(file, sha256, arrival.received_at, Verdict.QUARANTINED, arrival.estimated)
    if sha256 in known.first:
        receipt = replace(receipt, verdict=Verdict.DUPLICATE)
    else:
        receipt = _read(office, receipt, data, known)
        known.first[sha256] = file
    known.files.add((file, sha256))
    office.ledger.add_receipt(receipt, source=arrival.source)
    return receipt


def _read(office: Office, receipt: Receipt, data: bytes, known: _Known) -> Receipt:
    received_on = receipt.received_at.date()
    try:
        reading = read_return(data, receipt.name, by=received_on)
    except Rejected as rejected:
        return replace(receipt, problems=(rejected.problem,))
    claim = _identified(office, reading, receipt.name)
    if isinstance(claim, Problem):
        return replace(receipt, problems=(claim, *merged(reading.content.problems)))
    content = review(
        replace(reading.content, unit=claim.unit, cycle=claim.cycle),
        _tasks(office, claim, known),
        reading.locator,
        required=[column.key for column in layout("report")["items"] if column.required],
        received_on=received_on,
        policy=office.workspace.settings.policy,
        workdays=office.workdays,
    )
    problems = tuple(merged(one_per_cell(content.problems)))
    return replace(
        receipt,
        verdict=_verdict(problems),
        unit=claim.unit,
        cycle=claim.cycle,
        items=len(content.items),
        problems=problems,
        content=replace(content, problems=()),
    )


def _identified(office: Office, reading: Reading, name: str) -> Claim | Problem:
    """The unit and cycle that the file's signature settles, or why it settles nothing."""
    claim, place = reading.identity, Place(name)
    if claim is None:
        return problem("identity_missing", place)
    schemas = layout("report").settings["schemas_read"]
    if not holds(claim.signature, office.ledger.key, claim.schema, claim.unit, claim.cycle, claim.issued_on):
        return problem("identity_forged", place, claim=f"{claim.unit} {claim.cycle}")
    if claim.schema not in schemas:
        expected = "、".join(str(schema) for schema in schemas)
        return problem("schema_unknown", place, value=claim.schema, expected_versions=expected)
    if office.roster.name_of(claim.unit) is None:
        return problem("unit_unknown", place, value=claim.unit)
    if claim.cycle not in office.issued():
        return problem("cycle_unissued", place, value=claim.cycle)
    return claim


def _tasks(office: Office, claim: Claim, known: _Known) -> Tasks:
    """The obligations the unit may answer: its own of the cycle, then those of every other cycle issued so far."""
    place = claim.unit, claim.cycle
    if place not in known.tasks:
        current = office.plan(claim.cycle)
        keys = {each.key for each in current}
        mine = [each for each in listing(current, (), office.roster, claim.cycle) if each.unit == claim.unit]
        others = [
            Listed(each, claim.unit, label(each, plain=False), backlog=True)
            for each in office.obligations(claim.cycle)
            if each.key not in keys and office.roster.successor(each.unit, claim.cycle) == claim.unit
        ]
        known.tasks[place] = Tasks(mine, others)
    return known.tasks[place]


def _verdict(problems: Iterable[Problem]) -> Verdict:
    """Returned when an error stands, accepted otherwise."""
    found = list(problems)
    if any(each.is_error for each in found):
        return Verdict.RETURNED
    return Verdict.ACCEPTED_WITH_PROBLEMS if any(each.counts for each in found) else Verdict.ACCEPTED

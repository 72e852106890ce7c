"""What an import changes in the catalogue that the office keeps: nothing that the office has changed itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from zwgk_excel.domain.lint.tables import TableRow
from zwgk_excel.domain.text import fold

OFFICIAL = (
    *("domain", "primary", "secondary", "content", "basis", "limit", "owner"),
    *("channels", "audience", "mode", "level"),
)
"""Keys of the columns that the published tables have."""
_ID = re.compile(r"M(\d+)")
_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry that the catalogue does not have."""

    id: str
    row: TableRow
    """As the published table has it."""


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """A cell whose text in the published table is not that of the last import."""

    id: str
    key: str
    before: str
    """As the catalogue has it."""
    after: str
    """As the published table has it."""
    kept: bool
    """Whether the office has changed it, so that it stays as it is."""


@dataclass(frozen=True, slots=True)
class CatalogueUpdate:
    """What an import does to the catalogue."""

    added: tuple[NewEntry, ...]
    changed: tuple[ChangedCell, ...]
    unchanged: int
    """Entries that the published tables have as the last import had them."""
    absent: tuple[TableRow, ...]
    """Entries of the imported domains that the published tables do not have any more; they stay."""
    removed: tuple[TableRow, ...]
    """Published entries that the office has taken out of its catalogue; they stay out."""
    read: Mapping[str, TableRow]
    """Id of an entry, new or known → its row in the published tables."""


def plan_update(
    entries: Sequence[TableRow], imported: Sequence[TableRow], published: Sequence[TableRow]
) -> CatalogueUpdate:
    """How ``published`` rows change the catalogue.

    ``entries`` are its numbered rows, ``imported`` what the last import said of them. An entry is the same where
    domain, items and content are those of the last import; else where domain and items are, and no other entry has
    them. Of what no import is known to have written only empty cells are filled, and none that could not be read.
    """
    current = {row["id"]: row for row in entries}
    before = {row["id"]: row for row in imported}
    origin = {id_: before.get(id_, row) for id_, row in current.items()} | before
    read = _matched(origin, published)
    fresh = [row for row in published if not any(row is each for each in read.values())]
    added = [NewEntry(id_, row) for id_, row in zip(free_ids(origin), fresh, strict=False)]
    changed = [
        each
        for id_, row in read.items()
        if id_ in current
        for each in _changes(id_, current[id_], before.get(id_), row)
    ]
    moved = {each.id for each in changed}
    domains = {fold(row["domain"]) for row in published}
    return CatalogueUpdate(
        tuple(added),
        tuple(changed),
        sum(id_ in current and id_ not in moved for id_ in read),
        tuple(row for id_, row in current.items() if id_ not in read and fold(origin[id_]["domain"]) in domains),
        tuple(row for id_, row in read.items() if id_ not in current),
        {**read, **{each.id: each.row for each in added}},
    )


def free_ids(taken: Iterable[str]) -> Iterator[str]:
    """The numbers for new entries, behind all that are or were in use."""
    numbers = (int(found[1]) for id_ in taken if (found := _ID.fullmatch(id_)))
    return (f"M{number:03}" for number in count(max(numbers, default=0) + 1))


def _changes(id_: str, now: TableRow, before: TableRow | None, published: TableRow) -> Iterable[ChangedCell]:
    for key in OFFICIAL:
        known = before[key] if before else ""
        if published[key] != (before or now)[key] and now[key] != published[key]:
            yield ChangedCell(id_, key, now[key], published[key], kept=now[key] != known or key in now.unread)


def _matched(origin: Mapping[str, TableRow], published: Sequence[TableRow]) -> dict[str, TableRow]:
    """Id → the published row that is the same entry."""
    found: dict[str, TableRow] = {}
    taken: set[int] = set()
    for key in (_whole, _named):
        ids = _by_key({id_: row for id_, row in origin.items() if id_ not in found}, key)
        rows = [row for row in published if id(row) not in taken]
        often = Counter(map(key, rows))
        for row in rows:
            of_key = ids.get(key(row), [])
            if key is _named and (often[key(row)] > 1 or len(of_key) > 1):
                continue
            if of_key:
                found[of_key.pop(0)] = row
                taken.add(id(row))
    return found


def _by_key(rows: Mapping[str, TableRow], key: Callable[[TableRow], _Key]) -> dict[_Key, list[str]]:
    found: dict[_Key, list[str]] = {}
    for id_, row in rows.items():
        found.setdefault(key(row), []).append(id_)
    return found


def _whole(row: TableRow) -> _Key:
    return tuple(fold(row[key]) for key in ("domain", "primary", "secondary", "content"))


def _named(row: TableRow) -> _Key:
    return _whole(row)[:3]

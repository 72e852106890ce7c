"""Entries of the catalogue (目录事项) as the office tied them, and as a month was issued with them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zwgk_excel.domain.duties import Roster
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.text import clean, fold

ENTRY = "entry"
"""Key of the column of 信息明细 that names one."""
NONE_OF_THEM = "M000 不属于目录事项"
"""The choice beside the entries, so that leaving the cell blank always means that nobody has chosen yet."""
_LABEL = re.compile(r"M\d+ \S.*")
_NUMBERS = re.compile(r"(?:^|(?<=[\s、,;/+(\[【和及与]))M\d+")
"""The numbers in what somebody typed: where it begins, and behind what parts several."""
_LONGEST = 60
"""Characters of a label: it stands in a dropdown."""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One row of 标准目录.xlsx that is tied to duties and owners."""

    id: str
    domain: str
    item: str
    """二级事项, or 一级事项 where it has none."""
    limit: str
    """公开时限, as written."""
    duties: tuple[str, ...]
    """Ids of the duties whose tasks offer it."""
    owners: tuple[str, ...]
    """Units and groups that publish it; in :class:`zwgk_excel.domain.issues.Issue` the units of its month."""

    @property
    def label(self) -> str:
        """Its name in dropdowns: ``M012 义务教育·学区划分``."""
        return clean(f"{self.id} {'·'.join(filter(None, (self.domain, self.item)))}")[:_LONGEST].rstrip()


def offered(entries: Iterable[CatalogueEntry]) -> tuple[str, ...]:
    """The labels of a dropdown of entries; empty for none."""
    labels = tuple(each.label for each in entries)
    return (*labels, NONE_OF_THEM) if labels else ()


def is_entry_label(text: str) -> bool:
    """Whether a text is written as the label of an entry, of this catalogue or another."""
    return _LABEL.fullmatch(text) is not None


def entry_id(label: str) -> str:
    """The id of the entry that a label begins with."""
    return label.partition(" ")[0].upper()


def entry_ids(typed: str, labels: Mapping[str, str]) -> tuple[str, ...]:
    """The ids that a cell names, known or not, in its order; empty where it has none.

    A number alone, with other words behind it, in full-width characters, and several in one cell are understood.
    ``labels`` is id → label: what is a label as a whole names that entry alone, whatever its words are.
    """
    plain = unicodedata.normalize("NFKC", typed).upper()
    named = tuple(dict.fromkeys(_NUMBERS.findall(plain)))
    whole = len(named) > 1 and fold(labels.get(named[0], "")) == fold(typed)
    return named[:1] if whole else named


def entries_of_month(entries: Iterable[CatalogueEntry], roster: Roster, month: Month) -> tuple[CatalogueEntry, ...]:
    """The entries with the units that their owners mean in a month; without those that nobody owns then."""
    found = []
    for each in entries:
        units = tuple(dict.fromkeys(unit for owner in each.owners for unit in roster.members(owner, month)))
        if units:
            found.append(CatalogueEntry(each.id, each.domain, each.item, each.limit, each.duties, units))
    return tuple(found)

"""The units and months proposed for files in quarantine, kept from their intake until somebody decides.

They follow from the files, which are not read again for that; so they are notes of the ledger, and may be missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from zwgk_excel.domain.periods import Month
from zwgk_excel.ledger import damage_told
from zwgk_excel.workflow.intake.identification import Proposal
from zwgk_excel.workflow.office.context import Office

_NOTE = "proposals"


def remember_proposals(office: Office, proposals: Mapping[str, Proposal]) -> None:
    """Keep the proposals for files by their paths, beside those that are kept already."""
    new = {file: [each.unit, str(each.cycle or "")] for file, each in proposals.items() if str(each)}
    known = _noted(office) if new else {}
    if new and known | new != known:
        office.ledger.set_note(_NOTE, json.dumps(known | new, ensure_ascii=False))


def known_proposals(office: Office, files: Iterable[str]) -> dict[str, tuple[str, Month | None]]:
    """File → proposed unit (may be empty) and month (may be None), of the files for which any was kept."""
    known = _noted(office)
    found: dict[str, tuple[str, Month | None]] = {}
    for file in files:
        if file in known:
            with damage_told():
                unit, cycle = known[file]
                found[file] = unit, Month.parse(cycle) if cycle else None
    return found


def _noted(office: Office) -> dict[str, list[str]]:
    with damage_told():
        return dict(json.loads(office.ledger.get_note(_NOTE) or "{}"))

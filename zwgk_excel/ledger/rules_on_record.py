"""The rules in force as last recorded, and the act where they were found to be others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from zwgk_excel.domain.acts import Act, ActKind, ActSource
from zwgk_excel.domain.rules_in_force import rule_changes
from zwgk_excel.ledger import meta
from zwgk_excel.ledger.acts import append_act
from zwgk_excel.ledger.errors import damage_told

FOUND_AT = "运行时发现评分、督促、时限或日历与上次不同"
"""The reason of the act: who changed the settings, and why, the program does not know."""


def select_rules(connection: Connection) -> dict[str, str] | None:
    """Path → text as last recorded; None in a ledger that has not recorded any."""
    stored = meta.select_value(connection, meta.RULES)
    if stored is None:
        return None
    with damage_told():
        return dict(json.loads(stored))


def record_rules(connection: Connection, rules: Mapping[str, str], source: ActSource, at: datetime) -> Act | None:
    """Record the rules in force; where others are on record, an act says which settings changed, and is returned.

    Writers come one after the other: of two programs that notice a change the second finds it recorded.
    """
    before = select_rules(connection)
    if before == dict(rules):
        return None
    meta.replace_value(connection, meta.RULES, json.dumps(dict(rules)))
    if before is None:
        return None
    act = Act(ActKind.CHANGE_RULES, at, "", FOUND_AT, source, changes=rule_changes(before, rules))
    return replace(act, number=append_act(connection, act))

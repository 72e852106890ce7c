"""The person who acts: named for one command, for this computer's user, or for the workspace."""

from __future__ import annotations

import os

from zwgk_excel.workflow.errors import UserError

NOBODY = "未署名"
"""Who did what nobody put a name to."""
VARIABLE = "ZWGK_WHO"
"""The environment variable with the name of the person who uses this login."""


def acting_person(named: str, office_person: str) -> str:
    """The name given, else :data:`VARIABLE`, else that of the settings; 未署名 for none.

    A login name is no person: ``root`` and ``Administrator`` sign nothing.
    """
    names = (named, os.environ.get(VARIABLE, ""), office_person)
    return next((each.strip() for each in names if each.strip()), NOBODY)


def deciding_person(named: str, office_person: str) -> str:
    """The same for a decision, which must have a name; raises UserError that says how to set it once."""
    found = acting_person(named, office_person)
    if found == NOBODY:
        raise UserError(
            "请写明由谁决定：加 --who 姓名。以后不想每次都写，可在 zwgk.toml 的 [office] 下写 person = \"姓名\"；"
            f"几个人共用一个工作区的，各自设环境变量 {VARIABLE}。"
        )
    return found

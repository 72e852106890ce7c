"""Who decides, where a button does what must be signed."""

from __future__ import annotations

from zwgk_excel.addin.host.session import Session
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.users import NOBODY, acting_person, deciding_person


def decided_by(session: Session, office: Office) -> str | None:
    """The person of this login or of the settings, else the one who is typed; None where the user gives up.

    Raises UserError where nobody can be asked.
    """
    person = office.workspace.settings.office.person
    if acting_person("", person) == NOBODY:
        typed = session.ask_text("由谁决定？请输入姓名（在“设置”中填写经办人后不再询问）：")
        return None if not typed else deciding_person(typed, person)
    return deciding_person("", person)

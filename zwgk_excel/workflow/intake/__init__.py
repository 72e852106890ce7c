"""收件: a file becomes a receipt with a verdict, and where something is to be corrected, a marked-up copy.

    inbox            the file is copied into 收件箱 under a safe name, archives are opened
    (workers)        it is read in a process of its own
    identification   whose return it is: signature, then proposals
    validation       the rules applied, the verdict
    receiving        all of it for many files; what is recorded, in which order
    corrections      退回修改: the copy with what is to be corrected
"""

from __future__ import annotations

from zwgk_excel.workflow.intake.corrections import write_markups
from zwgk_excel.workflow.intake.receiving import IntakeResult, import_arrivals, import_new, receive

__all__ = [
    "IntakeResult",
    "import_arrivals",
    "import_new",
    "receive",
    "write_markups",
]

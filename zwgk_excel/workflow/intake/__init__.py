"""收件: a file gets a receipt with a verdict and, where something is to be corrected, a marked-up copy.

inbox            the file is copied into 收件箱 under a safe name, archives are opened
(workers)        it is parsed in a separate process
identification   its unit and cycle: by signature, else proposed
validation       rules and verdict
receiving        all of it for many files, recorded in transactions
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

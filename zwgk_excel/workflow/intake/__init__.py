"""收件: a file gets a receipt with a verdict and, where something is to be corrected, a marked-up copy.

inbox            the file is copied into 收件箱 under a safe name, archives are opened
(workers)        it is parsed in a separate process
identification   its unit and cycle: by signature, else proposed
validation       rules and verdict
receiving        all of it for many files, recorded in transactions
corrections      退回修改: the copy with what is to be corrected
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zwgk_excel.workflow.intake.corrections import write_markups
    from zwgk_excel.workflow.intake.receiving import IntakeResult, import_arrivals, import_new, receive

__all__ = [
    "IntakeResult",
    "import_arrivals",
    "import_new",
    "receive",
    "write_markups",
]

if not TYPE_CHECKING:  # or a type checker would let any name pass

    def __getattr__(name: str) -> object:
        """A name of this room, from its module: what waits in 收件箱 is listed without all that reads it."""
        from importlib import import_module

        if name not in __all__:
            raise AttributeError(name)
        home = "corrections" if name == "write_markups" else "receiving"
        return getattr(import_module(f"{__name__}.{home}"), name)

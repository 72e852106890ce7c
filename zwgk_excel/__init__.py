"""zwgk_excel: the monthly 政务公开 reporting cycle of a county-level city, on Excel workbooks.

    from zwgk_excel import Outcome, open_office, status

    with open_office("政务公开") as office:
        missing = [row for row in status(office, "2026-11").rows if row.status.outcome is Outcome.MISSING]

Every name of ``__all__`` and the module ``frames`` are imported when they are first asked for, so that importing the
package costs nothing. docs/python-api.md explains them.
"""

from zwgk_excel.version import __version__ as __version__

# Nothing of the standard library: python -m zwgk_excel still has the current folder on its path here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType
    from typing import Any

    from zwgk_excel import frames as frames
    from zwgk_excel.api.errors import *
    from zwgk_excel.api.results import *
    from zwgk_excel.api.use_cases import *
    from zwgk_excel.api.values import *

__all__ = [
    "Act",
    "ActKind",
    "ActSource",
    "ActiveDecisions",
    "AdjustmentEffect",
    "AnswerStatus",
    "Assessment",
    "Cadence",
    "Cancellation",
    "CellRef",
    "Change",
    "Closing",
    "ConsolidationResult",
    "CycleClosedError",
    "CycleStatus",
    "Decision",
    "DecisionKind",
    "DeliveryMethod",
    "DeliveryRun",
    "DemoResult",
    "Duty",
    "Escalation",
    "EscalationCandidate",
    "EscalationLevel",
    "Export",
    "Fetched",
    "Generated",
    "Generation",
    "ImapError",
    "IntakeResult",
    "IssueChange",
    "IssueDifference",
    "Item",
    "LedgerBusyError",
    "LedgerError",
    "LedgerFailedError",
    "LedgerMissingError",
    "LedgerTooNewError",
    "LedgerTooOldError",
    "LetterState",
    "LinkCheck",
    "LinkVerdict",
    "ManualOverride",
    "MergeDecision",
    "Month",
    "MonthRange",
    "NotEditableError",
    "NoteKind",
    "Obligation",
    "ObligationStatus",
    "Office",
    "Outcome",
    "OutgoingMessage",
    "OverrideKind",
    "PdfError",
    "Period",
    "Problem",
    "Progress",
    "Published",
    "Receipt",
    "ReceiptEffect",
    "Rectification",
    "RejectedFileError",
    "ReminderRun",
    "RenewedCorrections",
    "Reopening",
    "ReportTask",
    "Return",
    "ReturnRun",
    "Rollup",
    "Roster",
    "Score",
    "ScoreLine",
    "SendRun",
    "Severity",
    "TaskAnswer",
    "TaskDone",
    "Timeliness",
    "TrackerRow",
    "TransportFault",
    "UndoEffect",
    "Unit",
    "UnitKind",
    "UnitReminder",
    "UnitReturn",
    "UnitSending",
    "UnitSheets",
    "UserError",
    "Verdict",
    "VerificationPlan",
    "Workspace",
    "ZwgkError",
    "__version__",
    "accept_take_back",
    "add_task",
    "adjust",
    "amend",
    "assess",
    "assign",
    "bulletin",
    "cancel_issue",
    "cancel_task",
    "close",
    "consolidate",
    "correct_time",
    "demo",
    "end_unit",
    "escalate",
    "export",
    "extend",
    "fetch",
    "generate",
    "history",
    "init_workspace",
    "keep_report",
    "mark_sent",
    "merge",
    "merge_units",
    "note_rectification",
    "open_office",
    "plan",
    "plan_closing",
    "planned_reminders",
    "planned_returns",
    "planned_sendings",
    "planned_verification",
    "preview_adjustment",
    "preview_reopen",
    "preview_undo",
    "reassign_duty",
    "receive",
    "rectify",
    "remind",
    "rename_unit",
    "reopen",
    "rollup",
    "send",
    "send_back",
    "set_aside",
    "status",
    "undo",
    "unit_sheets",
    "verify",
    "waive",
    "withdraw",
]

if not TYPE_CHECKING:  # or a type checker would let any name pass

    def __getattr__(name: str) -> "Any":
        """A public name, or the module ``frames``; raises AttributeError for any other."""
        if name == "frames":
            import zwgk_excel.frames as found

            return found
        if name in __all__:
            found = next(getattr(room, name) for room in _rooms() if hasattr(room, name))
            globals()[name] = found
            return found
        raise AttributeError(f"module 'zwgk_excel' has no attribute {name!r}")

    def _rooms() -> "Iterator[ModuleType]":
        """The modules that have the names, each imported when the one before it did not have the name."""
        from zwgk_excel.api import values

        yield values
        from zwgk_excel.api import use_cases

        yield use_cases
        from zwgk_excel.api import errors

        yield errors
        from zwgk_excel.api import results

        yield results

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__, "frames"})

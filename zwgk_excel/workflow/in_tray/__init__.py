"""待处理: what waits for the office, and what it chose about each, carried out as acts.

gathering      what waits, from the records
returns        the faulty returns among it, and sending them back
carrying_out   what was typed in the tracker's sheet, by the use cases of the commands
"""

from __future__ import annotations

from zwgk_excel.workflow.in_tray.carrying_out import NO_OUTCOME, TrayOutcome, carry_out, tray_rows_of
from zwgk_excel.workflow.in_tray.gathering import TrayFacts, what_waits

__all__ = ["NO_OUTCOME", "TrayFacts", "TrayOutcome", "carry_out", "tray_rows_of", "what_waits"]

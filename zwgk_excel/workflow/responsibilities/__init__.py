"""职责调整: units renamed, merged and ended, duties given to other units, from a month on that is not issued yet.

planning     what each of them would write into the tables, and whose tasks that changes
carrying_out the act, recorded and written
"""

from __future__ import annotations

from zwgk_excel.workflow.responsibilities.carrying_out import carry_out
from zwgk_excel.workflow.responsibilities.planning import (
    TablePlan,
    plan_end,
    plan_merger,
    plan_reassignment,
    plan_renaming,
)

__all__ = ["TablePlan", "carry_out", "plan_end", "plan_merger", "plan_reassignment", "plan_renaming"]

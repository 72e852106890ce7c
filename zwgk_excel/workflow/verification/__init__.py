"""链接核验: whether the links of the items that count show what was reported.

reported_links  the items of a month that count and have a link
verifying       which links are visited, and the visits, each recorded as it comes
checked_months  what the visits so far say, month by month
link_files      the same by way of another computer: a list that leaves, results that come back
"""

from __future__ import annotations

from zwgk_excel.workflow.verification.link_files import export_links, import_visits, visit_links
from zwgk_excel.workflow.verification.verifying import plan_verification, verify

__all__ = ["export_links", "import_visits", "plan_verification", "verify", "visit_links"]

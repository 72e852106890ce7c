"""网站整改: faults on the website, from the list that a unit gets to what came of each.

finding    what is wrong, from the visits so far; every source gives the same kind of value
asking     each unit's faults put on record and mailed as a 整改链接表, once
judging    the office's word on an explanation

What comes back is taken in as every file is (:mod:`zwgk_excel.workflow.intake`); whether it was put right is seen by
the next verification (:mod:`zwgk_excel.workflow.verification`).
"""

from __future__ import annotations

from zwgk_excel.workflow.site_faults.asking import ask, planned_askings
from zwgk_excel.workflow.site_faults.judging import judge_explanation

__all__ = ["ask", "judge_explanation", "planned_askings"]

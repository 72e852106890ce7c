"""Processes that read, mark up and make workbooks: a file that crashes, hangs or devours memory costs that one file.

:class:`ReaderPool` reads returned files and marks them up. Report workbooks are made by
:func:`zwgk_excel.workflow.workers.reports.build_reports`, which the readers' processes do not load.
"""

from __future__ import annotations

from zwgk_excel.workflow.workers.readers import ParseReturn, ReaderPool, ReadingJob

__all__ = [
    "ParseReturn",
    "ReaderPool",
    "ReadingJob",
]

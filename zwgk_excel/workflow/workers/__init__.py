"""Worker processes that parse, mark up and make workbooks: a crash, hang or memory error costs one file.

:class:`ReaderPool` parses returned files and marks them up. Report workbooks are made by
:func:`zwgk_excel.workflow.workers.reports.build_reports`, which the readers' processes do not load.
"""

from __future__ import annotations

from zwgk_excel.workflow.workers.readers import ParseReturn, ReaderPool, ReadingJob

__all__ = [
    "ParseReturn",
    "ReaderPool",
    "ReadingJob",
]

"""The manuals for staff that the program ships, as Word documents."""

from __future__ import annotations

from zwgk_excel.layout.resources import folder

OFFICE, REPORT = "办公室手册", "填报手册"
"""For the office, and for the units' officers, to whom the office passes it on."""
MANUALS = (OFFICE, REPORT)
REPORT_FILE = f"{REPORT}.docx"
"""Its name beside the report workbooks, in mails and in 发件箱."""
_FILES = {OFFICE: "manual_office.docx", REPORT: "manual_report.docx"}
"""The file of ``workbook_templates/`` of each; ``docs/make_manuals.py`` makes them of the Markdown."""


def manual_bytes(title: str) -> bytes:
    """The document with this title; raises KeyError for another title, OSError where it cannot be read."""
    return (folder("workbook_templates") / _FILES[title]).read_bytes()

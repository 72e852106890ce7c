"""Odd public spreadsheets: none is a report, and each ends in quarantine with the right reason."""

from __future__ import annotations

import pytest

from tests.tools import ROOT
from tests.verdicts import taken_by_command, within_limits

CORPUS = ROOT.parent / "shared/corpus"

pytestmark = [
    pytest.mark.slow,
    # It lies beside the project where it was developed, and cannot be had by a tool: nothing to require.
    pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}"),
]

READ = "not_a_report"
"""The file was opened and read; it is just not ours."""
EXCEPTIONS = {
    "exceljs-4bc565c4ed.xlsx": "archive_without_report",  # two parts of a workbook, none of which says it is one
    "openpyxl-691e1f89c3.xlsx": "archive_without_report",  # a zip of an empty file
    "exceldatareader-558886ecd7.xls": "file_convertible",  # BIFF4, of 1992
    "exceldatareader-14a6416203.xlsb": "archive_without_report",  # a zip of a text
}


def expected(name: str) -> str:
    """The code a file is quarantined with: everything we read is not_a_report, .xlsb is not read."""
    return EXCEPTIONS.get(name, "file_convertible" if name.endswith(".xlsb") else READ)


def test_every_file_has_a_receipt_with_the_right_reason():
    taken = {each.file: each for each in taken_by_command(CORPUS)}
    assert taken.keys() == {path.name for path in CORPUS.iterdir() if path.suffix != ".tsv"}
    found = {name: each.outcome.partition("+")[0] for name, each in taken.items()}
    assert {name: code for name, code in found.items() if code != expected(name)} == {}
    assert [each for each in taken.values() if not within_limits(each)] == []
    assert [each.file for each in taken.values() if each.titles] == []

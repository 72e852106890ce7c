"""What cannot be edited says so, and macros do not come back."""

from __future__ import annotations

import pytest

from tests.workbooks.correction.marked import PROBLEMS, parts
from tests.workbooks.report_sample import content
from tests.workbooks.sheets import zipped
from zwgk_excel.workbooks.correction.mark_up import NotEditableError, correction_copy
from zwgk_excel.workbooks.report.report_workbook import report_workbook


def without(data: bytes, name: str) -> bytes:
    return zipped({key: body for key, body in parts(data).items() if key != name})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "单位,月份\n市教育局,2026-11".encode("gb18030"),
        without(report_workbook(content()), "xl/styles.xml"),
        without(report_workbook(content()), "xl/_rels/workbook.xml.rels"),
        without(report_workbook(content()), "_rels/.rels"),
        report_workbook(content())[:20_000],
        zipped({**parts(report_workbook(content())), "xl/workbook.xml": b"<workbook"}),
        zipped({**parts(report_workbook(content())), "xl/styles.xml": b"<styleSheet/>"}),
    ],
)
def test_what_cannot_be_edited_says_so(data):
    with pytest.raises(NotEditableError):
        correction_copy(data, PROBLEMS)


def test_macros_do_not_come_back():
    before = parts(report_workbook(content()))
    relations = before["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rIdX" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
        b'Target="vbaProject.bin"/></Relationships>',
    )
    main_type = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    types = before["[Content_Types].xml"].replace(main_type, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    default = b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    types = types.replace(b"</Types>", default)
    changed = {"xl/_rels/workbook.xml.rels": relations, "[Content_Types].xml": types, "xl/vbaProject.bin": b"macro"}
    after = parts(correction_copy(zipped({**before, **changed}), PROBLEMS))
    assert "xl/vbaProject.bin" not in after
    assert b"vbaProject" not in after["xl/_rels/workbook.xml.rels"]
    assert main_type in after["[Content_Types].xml"]
    assert b"macroEnabled" not in after["[Content_Types].xml"]

"""Where cells lead, from parts as programs write them, and as nobody should."""

from __future__ import annotations

import pytest

from zwgk_excel.workbooks.opening.cell_links import cell_links

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = (
    f'<Relationships><Relationship Id="rId1" Type="{_OFFICE}/hyperlink" Target="http://a.cn/1?x=1&amp;y=2" '
    f'TargetMode="External"/><Relationship Id="rId2" Type="{_OFFICE}/drawing" Target="../d.xml"/></Relationships>'
).encode()


def sheet(cells: str = "", links: str = "") -> bytes:
    return f"<worksheet><sheetData>{cells}</sheetData>{links}</worksheet>".encode()


@pytest.mark.parametrize(
    "link",
    [
        '<hyperlink ref="B3" r:id="rId1"/>',
        '<x:hyperlink r:id="rId1" tooltip="看" ref="B3:B9"/>',
        "<hyperlink display='a' ref='B3' rel:id='rId1' />",
    ],
)
def test_a_hyperlink(link):
    assert cell_links(sheet(links=f"<hyperlinks>{link}</hyperlinks>"), RELATIONS) == {(2, 1): "http://a.cn/1?x=1&y=2"}


def test_a_formula():
    cells = '<row r="2"><c r="C2"><f>HYPERLINK("http://a.cn/2","查""看")</f><v>查看</v></c><c><f>HYPERLINK(A1,"x")</f></c></row>'
    assert cell_links(sheet(cells), b"") == {(1, 2): "http://a.cn/2"}


@pytest.mark.parametrize(
    ("link", "relations"),
    [
        ('<hyperlink ref="B3" r:id="rId2"/>', RELATIONS),  # no address
        ('<hyperlink ref="B3" r:id="rId9"/>', RELATIONS),
        ('<hyperlink ref="B3" location="Sheet2!A1"/>', RELATIONS),
        ('<hyperlink ref="3B" r:id="rId1"/>', RELATIONS),
        ('<hyperlink ref="B3" r:id="rId1"/>', RELATIONS[:60]),
        ('<hyperlink ref="B3" r:id="rId1"/>', b'<!DOCTYPE a [<!ENTITY b "c">]>' + RELATIONS),
    ],
)
def test_what_is_not_understood_is_no_link(link, relations):
    assert cell_links(sheet(links=link), relations) == {}

"""A command that writes a file under the user's name replaces nothing of a workspace and nothing of others."""

from __future__ import annotations

import sys

import pytest

from tests.workflow.desk import Desk, copied_desk
from zwgk_excel.cli.main import run
from zwgk_excel.workbooks.catalogue.sample import sample_catalogue

MONTH = "2026-12"
BOOKS = (("catalogue", "export"), ("coverage", "--export"), ("escalate", MONTH, "--out"))
"""The commands that write a workbook where the user says."""
LINKS = ("verify", MONTH, "--export")
ADDIN, EXTENSION = ("addin", "build"), ("addin", "build", "--libreoffice")
OWN = (
    *("总台账.xlsx", "责任分工表.xlsx", "单位通讯录.xlsx", "标准目录.xlsx", "zwgk.db", "zwgk.toml", "zwgk.id"),
    *("网站清单对照.xlsx", "收件箱/原件.xlsx", "发件箱/2026-12/表.xlsx", "退回修改/意见.xlsx"),
    *("通报/2026-12/名单.xlsx", "网站清单/十一月.xlsx", "网页存档/页.html", "模板/通报.docx", "日志/zwgk.log"),
)


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Desk:
    """A workspace with a catalogue, a month issued with it, and something in every folder of its own."""
    place = tmp_path_factory.mktemp("office")
    desk = copied_desk(place)
    published = place / "样表.xlsx"
    published.write_bytes(sample_catalogue())
    (desk.root / "zwgk.toml").write_text('[verify]\nhosts = ["www.example.gov.cn"]\n', "utf-8")
    here = ("-w", str(desk.root))
    assert run(["catalogue", "import", str(published), "--adopt", "--yes", *here]) == 0
    assert run(["generate", MONTH, *here]) == 0
    for name in OWN:
        path = desk.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return desk


def write(desk: Desk, command, to) -> int:
    return run([*command, str(to), *(() if command[0] == "addin" else ("-w", str(desk.root)))])


def content(desk: Desk) -> dict[str, bytes]:
    return {f"{path}": path.read_bytes() for path in desk.root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("command", [*BOOKS, LINKS], ids=" ".join)
def test_nothing_of_the_workspace_is_replaced(office, command, capsys):
    before = content(office)
    for name in OWN:
        assert write(office, command, office.root / name) == 2, name
        assert "工作区自己的" in capsys.readouterr().err, name
    assert content(office) == before


@pytest.mark.parametrize("command", [*BOOKS, LINKS], ids=" ".join)
def test_nor_by_another_spelling(office, command, tmp_path, capsys):
    spelled = [office.root / "导出/../收件箱/新.xlsx", office.root / "ZWGK.DB"]
    if sys.platform != "win32":  # there a link needs a privilege, and wine shows none as such
        (tmp_path / "链.xlsx").symlink_to(office.root / "责任分工表.xlsx")
        spelled.append(tmp_path / "链.xlsx")
    for to in spelled:
        assert write(office, command, to) == 2
        assert "工作区自己的" in capsys.readouterr().err


@pytest.mark.parametrize("command", [*BOOKS, LINKS], ids=" ".join)
def test_nothing_of_another_workspace(office, command, tmp_path, capsys):
    other = copied_desk(tmp_path)
    assert write(office, command, other.root / "总台账.xlsx") == 2
    assert "工作区自己的" in capsys.readouterr().err


@pytest.mark.parametrize(("command", "name"), [(ADDIN, "附件.xlam"), (EXTENSION, "附件.oxt")])
def test_the_add_in_is_not_built_over_what_was_received(office, command, name, capsys):
    original = office.root / "收件箱" / name
    original.write_bytes(b"received")
    assert write(office, command, original) == 2
    assert "工作区自己的" in capsys.readouterr().err
    assert original.read_bytes() == b"received"


@pytest.mark.parametrize(
    ("command", "name"),
    [
        *((command, "论文.xlsx") for command in BOOKS),
        *[(LINKS, "论文.json"), (ADDIN, "别的.xlam"), (EXTENSION, "别的.oxt")],
    ],
)
def test_what_we_wrote_is_replaced_and_what_others_wrote_is_not(office, command, name, tmp_path, capsys):
    to = tmp_path / name
    assert write(office, command, to) in {0, 1}
    assert write(office, command, to) in {0, 1}, "ours, once more"
    to.write_bytes(b"years of work")
    capsys.readouterr()
    assert write(office, command, to) == 2
    assert "没有替换它" in capsys.readouterr().err
    assert to.read_bytes() == b"years of work"


@pytest.mark.parametrize("command", BOOKS, ids=" ".join)
def test_what_was_edited_since_is_not_replaced(office, command, tmp_path, capsys):
    from openpyxl import load_workbook

    to = tmp_path / "公布.xlsx"
    write(office, command, to)
    book = load_workbook(to)
    book.worksheets[0]["A1"] = "批示"
    book.save(to)
    edited = to.read_bytes()
    assert write(office, command, to) == 2
    assert to.read_bytes() == edited


@pytest.mark.parametrize("command", BOOKS, ids=" ".join)
def test_a_folder_and_another_ending(office, command, tmp_path, capsys):
    for to, told in ((tmp_path, ".xlsx"), (tmp_path / "表.docx", ".xlsx")):
        assert write(office, command, to) == 2
        assert told in capsys.readouterr().err.replace("\n", "")
    assert list(tmp_path.iterdir()) == []

"""What the office sees of files that arrived, on the terminal and as JSON."""

import json
import sys
import zipfile
from typing import Any

import openpyxl
import pytest

from tests.workflow.desk import CYCLE, Desk, item, new_desk, nil
from zwgk_excel.cli import taken
from zwgk_excel.cli.main import run
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.mailing.reminding import quarantined_count

pytestmark = pytest.mark.slow


@pytest.fixture
def desk(tmp_path) -> Desk:
    made = new_desk(tmp_path)
    with made.open() as office:
        generate(office, CYCLE, as_of=made.now.date())
    return made


@pytest.fixture
def zwgk(desk, capsys):
    """Run a command in the workspace: its exit code, its output (parsed where it is JSON), and its complaints."""

    def call(*arguments):
        code = run([*map(str, arguments), "-w", str(desk.root)])
        said = capsys.readouterr()
        return code, json.loads(said.out) if "--json" in arguments and said.out else said.out, said.err.strip()

    return call


def nameless(desk):
    """市财政局's return without its hidden sheet."""
    path = desk.reply(
        "市财政局", "财政.xlsx", answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购", title="目录")]
    )
    book = openpyxl.load_workbook(path)
    book.remove(book[layout("report")["identity"].name])
    book.save(path)
    return path


AT = ("--received-at", "2026-11-20T10:00")


def test_what_waits_is_proposed_and_assigned_by_the_command_shown(desk, zwgk):
    code, (entry,), _ = zwgk("receive", nameless(desk), *AT, "--json")
    assert (code, entry["verdict"], entry["proposal"]) == (
        1,
        "quarantined",
        {"unit": "市财政局", "cycle": "2026-11"},
    )
    code, shown, _ = zwgk("receive", "--assign", "市财政局", "--cycle", "2026-11", entry["file"], "--who", "科长")
    assert code == 0
    assert "由科长认定为市财政局 2026-11" in shown
    code, status, _ = zwgk("status", "2026-11", "--as-of", "2026-12-03", "--json")
    assert [r["verdict"] for r in status["receipts"]] == ["accepted"]


def test_the_proposal_is_a_command_to_copy(desk, zwgk):
    _, shown, _ = zwgk("receive", nameless(desk), *AT)
    assert "收件 1 核实后可运行：zwgk receive --receipt 1 --assign 市财政局 --cycle 2026-11" in shown
    assert "待核实" in shown


def test_every_problem_that_is_counted_is_listed_and_of_many_warnings_the_first(desk, zwgk, monkeypatch):
    def shown():
        number = taken._WARNED
        path = desk.reply("市财政局", f"{number}.xlsx", items=[item("D02 政府采购", doc_no=f"{number}号")])
        return zwgk("receive", path, *AT)[1]

    said = shown()
    assert "提醒" in said
    assert "没有填报" in said
    monkeypatch.setattr(taken, "_WARNED", 0)
    said = shown()
    assert "没有填报" not in said
    assert "还有提醒 1 条没有列出，汇总后见总台账“问题清单”。" in said


def test_a_receipt_is_called_by_its_number_wherever_it_is_shown(desk, zwgk):
    _, (entry,), _ = zwgk("receive", nameless(desk), *AT, "--json")
    other = desk.reply("市人社局", "人社.xlsx", items=[item("D04 稳岗就业")])
    zwgk("receive", other, *AT)
    _, status, _ = zwgk("status", "2026-11", "--as-of", "2026-12-03", "--json")
    numbers = {each["file"]: each["number"] for each in status["receipts"]}
    assert (entry["number"], numbers) == (1, {entry["file"]: 1, "收件箱/人社.xlsx": 2})
    zwgk("consolidate")
    sheet = layout("tracker")["receipts"]
    rows = openpyxl.load_workbook(desk.root / "总台账.xlsx")[sheet.name].iter_rows(values_only=True)
    listed = {row[sheet.index("file")]: row[sheet.index("number")] for row in rows}
    assert (listed["财政.xlsx"], listed["人社.xlsx"]) == (1, 2)


def test_files_are_assigned_and_set_aside_by_number(desk, zwgk):
    zwgk("receive", nameless(desk), *AT)
    plain = desk.root.parent / "通知.txt"
    plain.write_text("不是报送表", "utf-8")
    zwgk("receive", plain, *AT)
    code, shown, _ = zwgk("receive", "--receipt", "1", "--assign", "市财政局", "--cycle", "2026-11", "--who", "科长")
    assert (code, "由科长认定为市财政局 2026-11" in shown) == (0, True)
    code, shown, _ = zwgk("receive", "--receipt", "2", "--set-aside", "--who", "科长")
    assert (code, "科长已核实：不是报送件" in shown) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--receipt", "9", "--assign", "市财政局", "--cycle", "2026-11"], "没有收件号 9"),
        (["--receipt", "1"], "--receipt 只与 --assign 或 --set-aside 同用"),
        ([], "请写明收到的文件"),
    ],
)
def test_what_a_number_cannot_say(desk, zwgk, arguments, words):
    zwgk("receive", nameless(desk), *AT)
    code, shown, err = zwgk("receive", *arguments)
    assert (code, shown, words in err) == (2, "", True)


NASTY = (
    *("$(touch X).xlsx", "`touch X`.xlsx", "a;touch X;.xlsx", "a & touch X &.xlsx"),
    *("a|touch X|.xlsx", "a'b\"c.xlsx", "%PATH%.xlsx", "a\ntouch X.xlsx", "--help.xlsx", "!calc!^.xlsx", "#.xlsx"),
)


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows does not allow, and a POSIX shell")
@pytest.mark.parametrize("name", [*NASTY, "a b（1）.xlsx"])
@pytest.mark.parametrize("way", ["archive", "file", "dropped"])
def test_the_command_shown_does_what_it_says_whatever_the_file_is_called(desk, zwgk, tmp_path, name, way):
    """Its line has no word of a stranger; a number is what sh, cmd and PowerShell leave alone."""
    source = tmp_path / "s.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr(name, nameless(desk).read_bytes())
    if way != "archive":
        source = (desk.root / "收件箱" if way == "dropped" else tmp_path) / name
        source.parent.mkdir(exist_ok=True)
        source.write_bytes(nameless(desk).read_bytes())
    _, shown, _ = zwgk("receive", source, *AT)
    (line,) = [line for line in shown.splitlines() if "核实后可运行：" in line]
    number = line.partition(" ")[2].partition(" ")[0]
    assert line == f"收件 {number} 核实后可运行：zwgk receive --receipt {number} --assign 市财政局 --cycle 2026-11"
    arguments = line.partition("：zwgk ")[2].split()
    code, _, err = zwgk(*arguments)
    assert (code, err) == (0, "")
    _, status, _ = zwgk("status", "2026-11", "--as-of", "2026-12-03", "--json")
    assert {each["number"]: each["verdict"] for each in status["receipts"]}[int(number)] == "accepted"


def test_a_unit_that_no_shell_takes_is_named_in_words():
    shown = "zwgk receive --receipt 3 --assign 单位名称 --cycle 2026-11"
    assert taken._suggested(3, "$(touch X)`局\n", CYCLE) == shown
    assert "'" in taken._suggested(3, "$(touch X)`局", CYCLE) or sys.platform == "win32"


def test_one_person_in_all_three_reviews_is_sent_back_unless_the_office_softens_it(desk, zwgk):
    signed: dict[str, Any] = {"first_review": "李明局长", "second_review": "李 明", "final_review": "李明（副主任）"}
    answers = {("D04", "2026-11"): nil()}
    path = desk.reply("市财政局", "财政.xlsx", answers=answers, items=[item("D02 政府采购", **signed)])
    _, (found,), _ = zwgk("receive", path, *AT, "--json")
    codes = [each["code"] for each in found["problems"]]
    assert (found["verdict"], codes) == ("returned", ["item_reviewer_repeated"] * 2)
    settings = desk.root / "zwgk.toml"
    softened = '\n[severities]\nitem_reviewer_repeated = "warning"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + softened, encoding="utf-8")
    again = desk.reply("市财政局", "再报.xlsx", answers=answers, items=[item("D02 政府采购", **signed, remark="再报")])
    _, (found,), _ = zwgk("receive", again, "--received-at", "2026-11-20T11:00", "--json")
    assert found["verdict"] == "accepted_with_problems"


def test_where_the_marked_up_copy_lies(desk, zwgk):
    bad = desk.reply("市人社局", "缺.xlsx", items=[item("D04 稳岗就业", final_review=None)])
    code, (entry,), _ = zwgk("receive", bad, *AT, "--json")
    assert (code, entry["verdict"]) == (1, "returned")
    (path,) = (desk.root / "退回修改" / "2026-11").iterdir()
    assert entry["markup"] == str(path)
    again = desk.reply("市人社局", "缺2.xlsx", items=[item("D04 稳岗就业", 2, final_review=None)])
    assert f"修改意见：{path}" in zwgk("receive", again, *AT)[1].replace("\n", "")


def test_what_cannot_be_read_is_not_called_registered(zwgk):
    _, told, _ = zwgk("receive", "/dev/null")
    assert "尚未登记" in told
    assert "都已登记过" not in told


def test_an_archive_and_its_files(desk, zwgk, tmp_path):
    good = desk.reply("市政府办", "办.xlsx", items=[item("D24 基层信息公开")])
    with zipfile.ZipFile(tmp_path / "材料.zip", "w") as archive:
        archive.write(good, "办.xlsx")
    _, entries, _ = zwgk("receive", tmp_path / "材料.zip", *AT, "--json")
    assert [(e["file"], e["unit"]) for e in entries] == [
        ("收件箱/材料.zip", "市政府办"),
        ("收件箱/材料.zip_解压/办.xlsx", "市政府办"),
    ]


def test_setting_aside(desk, zwgk, tmp_path):
    photo = tmp_path / "照片.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0")
    assert zwgk("receive", photo, *AT)[0] == 1
    code, shown, _ = zwgk("receive", "--set-aside", "照片.jpg", "--reason", "误发", "--who", "科长")
    assert code == 0
    assert "科长已核实：不是报送件，误发" in shown
    listed = zwgk("receipt", "list")[1]
    with desk.open() as office:
        assert quarantined_count(office) == 0  # no reminder says that a file waits
    assert all(("作废" in each, "待核实" in each) == (True, False) for each in (shown, listed))
    assert zwgk("consolidate", "2026-11", "--json")[0] == 0


def test_merging(desk, zwgk):
    for number in (1, 2):
        path = desk.reply("市财政局", f"{number}.xlsx", items=[item("D02 政府采购", number)])
        zwgk("receive", path, "--received-at", f"2026-11-2{number}T10:00")
    code, files, _ = zwgk("merge", "2026-11", "--unit", "市财政局", "--json")
    assert (code, files) == (0, ["收件箱/1.xlsx", "收件箱/2.xlsx"])
    _, status, _ = zwgk("status", "2026-11", "--as-of", "2026-12-03", "--json")
    (purchases,) = (o for o in status["obligations"] if o["key"] == "D02/市财政局/2026-11")
    assert purchases["items"] == 2
    code, shown, _ = zwgk("merge", "2026-11", "--unit", "市财政局", "--cancel")
    assert (code, "已取消合并" in shown) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["receive", "x.xlsx", "--assign", "市财政局"], "--cycle"),
        (["receive", "x.xlsx", "--cycle", "2026-11"], "--assign"),
        (["receive", "x.xlsx", "--force"], "--force"),
        (["receive", "x.xlsx", "--set-aside", "--assign", "市财政局", "--cycle", "2026-11"], "--set-aside"),
        (["receive", "没有.xlsx", "--assign", "市财政局", "--cycle", "2026-11"], "找不到文件"),
        (["receive", "没有.xlsx", "--assign", "市菜政局", "--cycle", "2026-11"], "是不是“市财政局”"),
        (["merge", "2026-11", "--unit", "市财政局"], "没有可合并的"),
    ],
)
def test_wrong_usage_is_one_sentence(zwgk, arguments, words):
    code, out, err = zwgk(*arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert "\n" not in err


def test_the_workspace_has_received_nothing_of_its_own(desk, zwgk, monkeypatch):
    monkeypatch.chdir(desk.root)
    before = sorted(desk.root.rglob("*.xlsx"))
    for place in (".", "发件箱", "发件箱/2026-11", "单位通讯录.xlsx", "..", desk.root):
        code, _, told = zwgk("receive", place)
        assert code == 2, place
        assert "是工作区自己的文件，不是收到的报送表，一个也没有登记" in told
    assert (sorted(desk.root.rglob("*.xlsx")), zwgk("status", "2026-11", "--json")[1]["receipts"]) == (before, [])
    beside = desk.reply("市财政局", "好.xlsx", items=[item("D02 政府采购")])
    saved = desk.root / "市财政局.xlsx"
    saved.write_bytes(beside.read_bytes())
    assert zwgk("receive", saved, "--json")[1][0]["unit"] == "市财政局"

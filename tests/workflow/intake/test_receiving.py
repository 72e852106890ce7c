import shutil
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.tools import posix_only
from tests.workflow.desk import CYCLE, item, nil
from zwgk_excel.domain.file_names import acts
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake import inbox
from zwgk_excel.workflow.intake.receiving import import_new, receive
from zwgk_excel.workflow.intake.waiting import in_quarantine
from zwgk_excel.workflow.office.workspace import open_workspace
from zwgk_excel.workflow.tracking.statuses import cycle_status

pytestmark = pytest.mark.slow

forbidden = posix_only("a name that Windows forbids")
AT = datetime(2026, 11, 20, 10, 30)


@pytest.fixture(autouse=True)
def _end_of_november(sent):
    sent.now = datetime(2026, 12, 3, 9)


def take(desk, *paths, at=AT):
    with desk.open() as office:
        return receive(office, paths, received_at=at)


def outcomes(desk, unit, as_of=date(2026, 12, 3)):
    with desk.open() as office:
        rows = cycle_status(office, CYCLE, as_of).rows
    return {
        row.status.obligation.duty.id: (row.status.outcome, row.status.timeliness)
        for row in rows
        if row.status.obligation.unit == unit
    }


def purchases(desk, name="回复.xlsx", **values):
    """市财政局's answer: items for D02, nothing new for D04."""
    return desk.reply(
        "市财政局", name, answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购", **values)]
    )


def test_a_sound_return(sent):
    (receipt,) = take(sent, purchases(sent))
    assert (receipt.verdict, receipt.unit, receipt.cycle, receipt.items) == (Verdict.ACCEPTED, "市财政局", CYCLE, 1)
    assert receipt.problems == ()
    assert (sent.root / receipt.file).read_bytes() == purchases(sent).read_bytes()
    assert outcomes(sent, "市财政局") == {
        "D02": ("reported", "on_time"),
        "D04": ("nil", "on_time"),
        "D24": ("missing", "on_demand"),
    }


def test_a_year_that_nobody_typed_is_told_where_it_makes_the_day_wrong(sent):
    (receipt,) = take(sent, purchases(sent, formed_on="12月5日"))
    assert [(each.code, each.found, each.action) for each in receipt.problems] == [
        (
            "item_published_future",
            "形成日期 2026-12-05 晚于收件日期 2026-11-20（形成日期填的是“12月5日”，没有写年份，已按 2026-12-05 理解）",
            "请核对日期；意思是别的年份的，请写上年份",
        )
    ]


def test_the_file_name_does_not_matter(sent):
    (receipt,) = take(sent, purchases(sent, "报表 最终版(2) 改.XLSX"))
    assert receipt.unit == "市财政局"


def test_errors_send_it_back_and_the_rest_counts(sent):
    path = sent.reply(
        "市财政局",
        "回复.xlsx",
        answers={("D04", "2026-11"): nil()},
        items=[item("D02 政府采购", final_review=None)],
    )
    (receipt,) = take(sent, path)
    assert receipt.verdict is Verdict.RETURNED
    assert [(p.code, p.place.sheet) for p in receipt.problems] == [("item_field_missing", "信息明细")]
    assert outcomes(sent, "市财政局")["D02"] == ("returned", "overdue")
    assert outcomes(sent, "市财政局")["D04"] == ("nil", "on_time")


def test_warnings_are_accepted(sent):
    (receipt,) = take(sent, purchases(sent, formed_on=date(2026, 9, 1)))
    assert receipt.verdict is Verdict.ACCEPTED_WITH_PROBLEMS


def test_the_same_file_again(sent):
    path = purchases(sent)
    take(sent, path)
    assert not take(sent, path)
    copy = shutil.copy(path, path.with_name("又发一遍.xlsx"))
    (receipt,) = take(sent, path.with_name("又发一遍.xlsx"))
    assert copy
    assert (receipt.verdict, receipt.content) == (Verdict.DUPLICATE, None)
    assert (receipt.unit, receipt.cycle) == ("市财政局", CYCLE)
    assert [(p.code, "收件箱/回复.xlsx" in p.found) for p in receipt.problems] == [("file_duplicate", True)]


def test_two_files_of_one_name_are_both_kept(sent):
    first = take(sent, purchases(sent))
    second = take(sent, purchases(sent, title="改过的标题"))
    assert [r.name for r in (*first, *second)] == ["回复.xlsx", "回复（2）.xlsx"]
    assert len(list((sent.root / "收件箱").iterdir())) == 2


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_kind"),
        (b"hello", "not_a_report"),
        (b"PK\x03\x04broken", "file_unreadable"),
        (b"%PDF-1.7", "file_pictured"),
    ],
)
def test_what_cannot_be_read_waits_in_quarantine(sent, tmp_path, data, code):
    path = tmp_path / "附件.xlsx"
    path.write_bytes(data)
    (receipt,) = take(sent, path)
    assert (receipt.verdict, [p.code for p in receipt.problems]) == (Verdict.QUARANTINED, [code])


def test_another_workbook_waits_in_quarantine(sent, tmp_path):
    (receipt,) = take(sent, shutil.copy(sent.root / "单位通讯录.xlsx", tmp_path / "各局电话.xlsx"))
    assert (receipt.verdict, [p.code for p in receipt.problems]) == (Verdict.QUARANTINED, ["not_a_report"])


def test_a_workbook_of_another_office_waits_in_quarantine(sent, tmp_path):
    """Its signature was made with another key."""
    from tests.workflow.desk import new_desk
    from zwgk_excel.workflow.issuing.generation import generate

    other = new_desk(tmp_path / "另一个办公室")
    with other.open() as office:
        generate(office, CYCLE, as_of=other.now.date())
    (receipt,) = take(sent, other.sent("市财政局"))
    assert (receipt.verdict, receipt.unit, [p.code for p in receipt.problems]) == (
        Verdict.QUARANTINED,
        "",
        ["identity_forged"],
    )


def test_without_a_told_time_it_is_received_now(sent):
    (receipt,) = take(sent, purchases(sent), at=None)
    assert (receipt.received_at, receipt.estimated) == (sent.now, False)


@posix_only("a name that Windows forbids: Icon with a carriage return, of macOS")
def test_folders_are_taken_whole_and_owner_files_left_alone(sent):
    path = purchases(sent)
    path.with_name("~$回复.xlsx").write_bytes(b"owner")
    (path.parent / "$RECYCLE.BIN").mkdir()
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "Icon\r", "$RECYCLE.BIN/desktop.ini", "~WRL0001.tmp"):
        (path.parent / name).write_bytes(b"x")
    assert [r.name for r in take(sent, path.parent)] == ["回复.xlsx"]


def test_a_missing_path_is_refused_before_anything_is_taken(sent):
    with pytest.raises(UserError, match="找不到"):
        take(sent, purchases(sent), sent.root / "没有.xlsx")
    assert take(sent, purchases(sent))


def test_a_correction_replaces_the_content_and_keeps_the_time(sent):
    take(sent, purchases(sent))
    take(sent, purchases(sent, "更正.xlsx", title="更正后的标题"), at=datetime(2026, 12, 1, 9))
    with sent.open() as office:
        rows = cycle_status(office, CYCLE, date(2026, 12, 3)).rows
    (row,) = (r for r in rows if r.status.obligation.key == "D02/市财政局/2026-11")
    assert (row.status.received_at, row.status.timeliness, row.status.items) == (AT, "on_time", 1)


def zipped(path, **files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_the_files_of_an_archive_are_taken_in_with_its_time(sent, tmp_path):
    good = purchases(sent).read_bytes()
    path = zipped(tmp_path / "各科室.zip", **{"采购科/表.xlsx": good, "预算科/表.xlsx": b"%PDF-1.7"})
    archive, first, second = take(sent, path)
    assert [r.file for r in (archive, first, second)] == [
        "收件箱/各科室.zip",
        "收件箱/各科室.zip_解压/表.xlsx",
        "收件箱/各科室.zip_解压/表（2）.xlsx",
    ]
    assert [r.verdict for r in (archive, first, second)] == [
        Verdict.ACCEPTED,
        Verdict.ACCEPTED,
        Verdict.QUARANTINED,
    ]
    assert {r.received_at for r in (archive, first, second)} == {AT}
    assert [p.code for p in archive.problems] == ["archive_opened"]
    assert "表（2）.xlsx" in archive.problems[0].found
    assert second.problems[0].place.file == "各科室.zip_解压/表（2）.xlsx"
    assert not take(sent, path)
    with sent.open() as office, office.ledger.exclusive():
        assert not import_new(office)


def test_two_archives_with_files_of_one_name_are_told_apart(sent, tmp_path):
    for number, title in enumerate(("甲", "乙")):
        (tmp_path / str(number)).mkdir()
        data = purchases(sent, title=title).read_bytes()
        take(sent, zipped(tmp_path / str(number) / f"{title}.zip", **{"表.xlsx": data}))
    with sent.open() as office:
        names = [r.name for r in office.ledger.receipts() if r.content]
    assert sorted(names) == ["乙.zip_解压/表.xlsx", "甲.zip_解压/表.xlsx"]


@pytest.mark.parametrize("held", [{"照片.png": b"\x89PNG\r\n\x1a\n"}, {"说明.txt": b"1", "空.xlsx": b""}])
def test_an_archive_without_a_report_waits_in_quarantine(sent, tmp_path, held):
    receipts = take(sent, zipped(tmp_path / "空.zip", **held))
    assert [r.verdict for r in receipts] == [Verdict.QUARANTINED] * (1 + len(held))
    assert receipts[0].problems[0].code == "archive_without_report"


def test_what_is_no_table_beside_a_report_in_an_archive_waits_for_nobody(sent, tmp_path):
    beside = {"说明.txt": "请查收。".encode(), "依据.pdf": b"%PDF-1.7\n", "照片.png": b"\x89PNG\r\n\x1a\n"}
    held = {"表.xlsx": purchases(sent).read_bytes(), **beside, "别的.xlsx": b"%PDF-1.6\n"}
    archive, *members = take(sent, zipped(tmp_path / "报送.zip", **held))
    told = {each.name.rpartition("/")[2]: [p.code for p in each.problems] for each in members if each.is_set_aside}
    assert told == {name: ["file_beside_report"] for name in beside}
    assert [p.found for p in archive.problems] == [f"压缩包中有 5 个文件：{'、'.join(held)}"]
    with sent.open() as office:
        assert [each.name for each in in_quarantine(office, AT.date())] == ["报送.zip_解压/别的.xlsx"]


def test_an_archive_too_deep_is_named_and_kept(sent, tmp_path):
    inner = zipped(tmp_path / "里.zip", **{"表.xlsx": purchases(sent).read_bytes()})
    middle = zipped(tmp_path / "中.zip", **{"里.zip": inner.read_bytes()})
    outer, deepest = take(sent, zipped(tmp_path / "外.zip", **{"中.zip": middle.read_bytes()}))
    assert [p.code for p in deepest.problems] == ["archive_nested"]
    assert (outer.verdict, deepest.verdict) == (Verdict.QUARANTINED, Verdict.QUARANTINED)
    assert (sent.root / deepest.file).read_bytes() == inner.read_bytes()


ATTACK = ("zwgk.toml", "zwgk.db", "zwgk.db-wal", "ca.pem", "multiprocessing.py", "zwgk_excel.pyc", "点我.lnk", "表.hta")


def acting_files(desk):
    return [path for path in (desk.root / "收件箱").rglob("*") if acts(path.name)]


def test_an_archive_with_a_workspace_in_it_makes_none(sent, tmp_path):
    held = {name: name.encode() for name in ATTACK} | {"表.xlsx": purchases(sent).read_bytes()}
    receipts = take(sent, zipped(tmp_path / "报送.zip", **held))
    assert acting_files(sent) == []
    assert [r.name for r in receipts if r.verdict is Verdict.ACCEPTED] == ["报送.zip", "报送.zip_解压/表.xlsx"]
    told = [p.found for r in receipts for p in r.problems if p.code == "file_renamed"]
    assert len(told) == len(ATTACK)
    assert "“zwgk.toml”" in "".join(told)
    with pytest.raises(UserError):
        open_workspace(sent.root / "收件箱" / "报送.zip_解压")


def test_a_folder_with_a_workspace_in_it_that_somebody_drops_makes_none(sent):
    folder = sent.root / "收件箱" / "报送"
    folder.mkdir()
    for name in ATTACK:
        (folder / name).write_bytes(name.encode())
    (folder / "ca.pem.隔离").write_bytes(b"1")
    (folder / "表.xlsx").write_bytes(purchases(sent).read_bytes())
    with pytest.raises(UserError, match="里面"):
        open_workspace(folder)
    with sent.open() as office, office.ledger.exclusive():
        taken = import_new(office)
        assert len(taken) == len(ATTACK) + 2
        assert not import_new(office), "each once, under its new name"
    assert acting_files(sent) == []
    assert (folder / "ca.pem（2）.隔离").read_bytes() == b"ca.pem"
    renamed = {r.name: [p.code for p in r.problems] for r in taken}
    assert "file_renamed" in renamed["报送/zwgk.toml.隔离"]


def test_system_files_that_somebody_drops_are_neither_opened_nor_registered(sent, monkeypatch):
    folder = sent.root / "收件箱" / "报送"
    folder.mkdir()
    for name in ("desktop.ini", "Thumbs.db", "~$表.xlsx", ".隐藏.xlsx", "$RECYCLE.BIN/表.xlsx", "__MACOSX/表.xlsx"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"x")
    (folder / "表.xlsx").write_bytes(purchases(sent).read_bytes())
    opened, load = [], inbox.load

    def watched(office, arrival):
        opened.append(arrival.path.name)
        return load(office, arrival)

    monkeypatch.setattr(inbox, "load", watched)
    with sent.open() as office, office.ledger.exclusive():
        taken = import_new(office)
    assert [receipt.file for receipt in taken] == ["收件箱/报送/表.xlsx"]
    assert (opened, taken.unread) == (["表.xlsx"], ())
    assert (folder / "desktop.ini").exists()


@pytest.mark.parametrize(
    "name", ["通知\u202excod.xlsx", "表\u200b\u2066.xlsx", pytest.param("报\x07送.xlsx", marks=forbidden)]
)
def test_a_name_with_unseen_characters_that_somebody_drops_is_shown_as_it_is(sent, name):
    folder = sent.root / "收件箱" / "报送"
    folder.mkdir()
    (folder / name).write_bytes(purchases(sent).read_bytes())
    with sent.open() as office, office.ledger.exclusive():
        (receipt,) = import_new(office)
        assert not import_new(office)
    plain = "".join(char for char in name if char.isprintable())
    assert (receipt.verdict, receipt.file) == (Verdict.ACCEPTED, f"收件箱/报送/{plain}")
    assert [path.name for path in folder.iterdir()] == [plain]


def test_a_file_named_like_the_settings_is_not_copied_under_that_name(sent, tmp_path):
    path = tmp_path / "桌面" / "zwgk.toml"
    path.parent.mkdir()
    path.write_bytes(purchases(sent).read_bytes())
    (receipt,) = take(sent, path)
    assert (receipt.verdict, receipt.name) == (Verdict.ACCEPTED, "zwgk.toml.隔离"), "a return all the same"
    assert [p.code for p in receipt.problems] == ["file_renamed"]
    assert not take(sent, path)


def test_an_archive_sent_twice_is_a_duplicate_and_not_opened_again(sent, tmp_path):
    path = zipped(tmp_path / "一.zip", **{"表.xlsx": purchases(sent).read_bytes()})
    take(sent, path)
    (again,) = take(sent, Path(shutil.copy(path, tmp_path / "二.zip")))
    assert (again.verdict, again.unit) == (Verdict.DUPLICATE, "市财政局")
    assert not (sent.root / "收件箱" / "二.zip_解压").exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        pytest.param("CON.xlsx", "_CON.xlsx", marks=forbidden),
        pytest.param("表\n\x07.xlsx", "表.xlsx", marks=forbidden),
        pytest.param("a:b?.xlsx.", "a_b_.xlsx", marks=forbidden),
        ("长" * 80 + ".xlsx", "长" * 65 + ".xlsx"),
        pytest.param(b"\xff\xfe.xlsx".decode(errors="surrogateescape"), "_.xlsx", marks=forbidden),
        (".~lock.xlsx", "_.~lock.xlsx"),
    ],
)
def test_names_from_outside_are_made_safe(sent, tmp_path, name, kept):
    path = tmp_path / "外来"
    path.mkdir()
    (path / name).write_bytes(purchases(sent).read_bytes())
    (receipt,) = take(sent, path / name)
    assert (receipt.file, receipt.name, receipt.unit) == (f"收件箱/{kept}", kept, "市财政局")
    assert (sent.root / "收件箱" / kept).is_file()


@forbidden
def test_odd_names_dropped_into_the_inbox_get_a_receipt_and_a_tracker(sent):
    """Names that no office program makes, but a mail program on Linux may."""
    data = purchases(sent).read_bytes()
    for number, name in enumerate(("坏\x01名.xlsx", b"\xd6\xd0.xlsx".decode(errors="surrogateescape"), "=1+1.xlsx")):
        (sent.root / "收件箱" / name).write_bytes(data + b"\0" * number)
    (sent.root / "收件箱" / "链接.xlsx").symlink_to(purchases(sent, "别处.xlsx", title="别的"))
    with sent.open() as office:
        done = consolidate(office, as_of=date(2026, 12, 3), who="科员")
    assert len(done.taken) == 4
    assert done.written


def test_the_offices_severities_hold_for_what_waits_in_quarantine_too(sent, tmp_path):
    settings = sent.root / "zwgk.toml"
    ours = 'severities.file_pictured = "warning"\n'
    settings.write_text(ours + settings.read_text(encoding="utf-8"), encoding="utf-8")
    path = tmp_path / "照片.xlsx"
    path.write_bytes(b"%PDF-1.7")
    (receipt,) = take(sent, path)
    assert (receipt.verdict, [p.severity for p in receipt.problems]) == (Verdict.QUARANTINED, ["warning"])


def test_what_was_recorded_is_not_kept_in_memory(sent):
    (receipt,) = take(sent, purchases(sent))
    assert receipt.content is None
    with sent.open() as office:
        (recorded,) = office.ledger.receipts()
    assert recorded.content is not None
    assert len(recorded.content.items) == receipt.items == 1

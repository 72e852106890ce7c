"""What doctor finds in a workspace and on a computer."""

import os
import shutil
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from tests.tools import ROOT, posix_only
from tests.workflow.desk import new_desk
from tests.workflow.keyrings import InMemory
from zwgk_excel.domain.periods import CHINA
from zwgk_excel.workflow.doctor import diagnostics, excel_policy, program, surroundings, workspace
from zwgk_excel.workflow.doctor.mail import settings_checks
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.office.passwords import store_password
from zwgk_excel.workflow.office.server_logins import mail_login
from zwgk_excel.workflow.office.trust import trust_workspace
from zwgk_excel.workflow.office.workspace import open_workspace
from zwgk_excel.workflow.scheduling.installing import install
from zwgk_excel.workflow.scheduling.systems import Computer

elsewhere = posix_only("a requirement that is none on another system")
NOW = datetime(2026, 11, 22, 9, 0)


@pytest.fixture
def desk(tmp_path):
    return new_desk(tmp_path)


def codes(desk, **options):
    return {each.code: each for each in diagnostics.run_diagnostics(desk.root, now=NOW, **options)}


def of_workspace(desk):
    return [each.code for each in workspace.workspace_checks(open_workspace(desk.root), NOW)]


def test_a_new_workspace_without_mail(desk):
    found = codes(desk)
    assert {"python_ok", "tables_to_check", "ledger_ok", "disk_ok", "tracker_none", "mail_unused"} <= found.keys()
    assert not any(each.failed for each in found.values())


def test_only_mail_and_all_but_mail(desk):
    assert list(codes(desk, computer=False)) == ["mail_unused"]
    assert "mail_unused" not in codes(desk, mail=False)


def test_settings_that_cannot_be_read_are_a_finding(desk, tmp_path):
    (desk.root / "zwgk.toml").write_text("[mail\n", encoding="utf-8")
    found = codes(desk)
    assert found["workspace_wrong"].failed
    assert "python_ok" in found
    assert "zwgk init" in next(each for each in diagnostics.run_diagnostics(tmp_path, computer=False, now=NOW)).found


def test_tables_with_errors(desk):
    desk.set_units([{"name": "市财政局", "kind": "科室"}])
    assert "tables_wrong" in of_workspace(desk)
    (desk.root / "单位通讯录.xlsx").unlink()
    assert "tables_unreadable" in of_workspace(desk)


def test_files_in_the_inbox_that_nobody_sent_are_named_together(desk):
    assert "inbox_left" not in of_workspace(desk)
    folder = desk.root / "收件箱" / "报送"
    folder.mkdir()
    for name in ("desktop.ini", "Thumbs.db", "~$表.xlsx", ".隐藏", "表.xlsx", "._\u202e表.xlsx", "1a2b3c4d.tmp"):
        (folder / name).write_bytes(b"[.ShellClassInfo]\r\nIconResource=\\\\evil.example\\x.ico")
    (told,) = (each for each in workspace.workspace_checks(open_workspace(desk.root), NOW) if each.code == "inbox_left")
    assert "6 个" in told.found
    assert "报送/desktop.ini" in told.found
    assert "\u202e" not in told.found


def test_a_ledger_that_is_gone(desk):
    (desk.root / "zwgk.db").unlink()
    assert "ledger_unusable" in of_workspace(desk)
    (desk.root / "zwgk.db").write_bytes(b"not a database at all" * 100)
    assert "ledger_damaged" in of_workspace(desk)


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files")
def test_a_ledger_that_others_may_read(desk):
    (desk.root / "zwgk.db").chmod(0o644)
    assert "ledger_exposed" in of_workspace(desk)
    with desk.open():
        pass
    assert "ledger_ok" in of_workspace(desk)


def test_a_tracker_open_in_excel(desk):
    (desk.root / "总台账.xlsx").write_bytes(b"x")
    assert "tracker_ok" in of_workspace(desk)
    (desk.root / "~$总台账.xlsx").write_bytes(b"x")
    assert "tracker_open" in of_workspace(desk)


def test_what_runs_by_itself(desk, tmp_path):
    table = [b""]

    def crontab(command, given):
        if command[-1] == "-":
            table[0] = given
        return 0, table[0]

    def of(computer):
        return workspace.schedule(open_workspace(desk.root), computer).code

    computer = Computer("cron", tmp_path, "u", crontab)
    assert of(computer) == "schedule_none"
    install(open_workspace(desk.root), computer)
    assert of(computer) == "schedule_ok"
    (desk.root / "zwgk.toml").write_text('[schedule]\ndaily_at = "07:00"\n', encoding="utf-8")
    assert of(computer) == "schedule_stale"

    def nothing(command, given):
        raise FileNotFoundError(command[0])

    assert of(Computer("cron", tmp_path, "u", nothing)) == "schedule_unknown"


@pytest.mark.parametrize(("free", "code"), [(2**31, "disk_ok"), (2**29, "disk_low"), (2**20, "disk_full")])
def test_room_on_the_disk(desk, monkeypatch, free, code):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": free})())
    assert workspace.disk(desk.root).code == code


def test_a_folder_that_is_gone(tmp_path):
    assert workspace.disk(tmp_path / "gone").code == "disk_refused"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        pytest.param(["openpyxl>=3.1", "xlwings>=99; sys_platform == 'win32'"], "libraries_ok", marks=elsewhere),
        (["openpyxl>=3.1", "no-such-library>=1"], "library_missing"),
        (["openpyxl>=3.1,<4", "no-such-library>=1; extra == 'more'"], "libraries_ok"),
        (["openpyxl>=99.1"], "library_unfit"),
        (["openpyxl>=1,<2"], "library_unfit"),
    ],
)
def test_libraries(asked, code):
    found = program.compared(asked)
    assert found.code == code
    assert ("no-such-library" in found.found) == (code == "library_missing")


def test_the_library_that_compares_versions_is_missed_as_any_other():
    """In a process of its own: LibreOffice's bridge, once loaded here, finds modules that are said to be missing."""
    code = """
import sys
sys.modules["packaging.requirements"] = None
from zwgk_excel.workflow.doctor.program import compared
found = compared(["openpyxl>=3.1"])
print(found.code, "packaging" in found.found)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["library_missing", "True"]


def test_the_computers_zone():
    assert program.time_zone(NOW, timedelta(hours=8)).code == "zone_ok"
    other = program.time_zone(NOW, timedelta(hours=-5, minutes=-30))
    assert (other.code, "UTC-5.5" in other.found) == ("zone_other", True)


def test_where_to_send_and_whom_to_ask_are_asked_for(desk):
    assert {"mailbox_missing", "contact_missing"} <= {*of_workspace(desk)}
    text = '[office]\nmailbox = "zwgk@example.gov.cn"\ntelephone = "12345"\n'
    (desk.root / "zwgk.toml").write_text(text, encoding="utf-8")
    assert {"mailbox_ok", "contact_ok"} <= {*of_workspace(desk)}


@pytest.mark.parametrize(
    ("day", "announced", "code"),
    [
        (date(2026, 3, 1), (), "calendar_ok"),
        (date(2026, 11, 1), (), "calendar_provisional"),  # 2027 is not announced
        (date(2029, 3, 1), (), "calendar_unknown"),
        (date(2028, 12, 1), (2028,), "calendar_provisional"),
        (date(2028, 12, 1), (2028, 2029), "calendar_ok"),
    ],
)
def test_days_off_of_this_year_and_towards_its_end_of_the_next(desk, day, announced, code):
    """Of 2028 on nothing is known when this is written; the office enters what it knows."""
    off = ", ".join(f"{year}-01-03" for year in announced)
    text = f"[calendar]\noff = [{off}]\nannounced = [{', '.join(map(str, announced))}]\n"
    (desk.root / "zwgk.toml").write_text(text, encoding="utf-8")
    assert workspace.calendar(open_workspace(desk.root), day).code == code


def test_who_acts_is_asked_for(desk, monkeypatch):
    monkeypatch.delenv("ZWGK_WHO", raising=False)
    assert "person_missing" in of_workspace(desk)
    monkeypatch.setenv("ZWGK_WHO", "王芳")
    assert "person_ok" in of_workspace(desk)


def test_a_workspace_that_is_copied_to_a_server_or_can_be_taken_out(tmp_path):
    def found(root, **environment):
        return [each.code for each in surroundings.place(root, environment)]

    assert found(tmp_path) == []
    assert found(tmp_path / "我的坚果云" / "政务公开") == ["place_synced"]
    assert found(tmp_path / "政务公开", OneDrive=str(tmp_path)) == ["place_synced"]


@elsewhere
def test_a_stick_is_no_place_for_a_workspace():
    assert [each.code for each in surroundings.place(Path("/media/usb/政务公开"), {})] == ["place_removable"]


def test_the_offices_own_texts_are_named_and_must_be_readable(desk):
    assert not {"templates_own", "templates_wrong"} & set(of_workspace(desk))
    texts = open_workspace(desk.root).mail_texts
    texts.mkdir(parents=True)
    (texts / "mail_issue.txt").write_text("主题：{{month}}", encoding="utf-8")
    assert "mail_issue.txt" in codes(desk)["templates_own"].found
    (texts / "mail_issue.txt").write_bytes("主题".encode("gb18030"))
    assert "UTF-8" in codes(desk)["templates_wrong"].found


def test_a_tracker_that_windows_takes_for_one_from_outside(desk, monkeypatch):
    monkeypatch.setattr(surroundings, "is_from_web", lambda path: path.name == "责任分工表.xlsx")
    assert "责任分工表.xlsx" in codes(desk)["from_web"].found


def test_whether_the_command_typed_is_this_program(tmp_path):
    own = str(Path(sys.executable).with_name("zwgk"))
    found = [surroundings.command(each).code for each in (own, str(tmp_path / "zwgk"), "")]
    assert found == ["command_ok", "command_elsewhere", "command_missing"]


def test_what_waits_in_the_inbox_and_in_quarantine(desk):
    assert "waiting_none" in of_workspace(desk)
    (desk.root / "收件箱/统计.xlsx").write_bytes((desk.root / "单位通讯录.xlsx").read_bytes())
    (desk.root / "收件箱/~$统计.xlsx").write_bytes(b"x")
    told = workspace.waiting(open_workspace(desk.root))
    assert (told.code, "文件 1 个" in told.found, "报送件 0 个" in told.found) == ("waiting", True, True)
    desk.now = NOW
    with desk.open() as office:
        receive(office, [desk.root / "收件箱/统计.xlsx"], received_at=NOW)
    told = workspace.waiting(open_workspace(desk.root))
    assert ("文件 0 个" in told.found, "报送件 1 个" in told.found) == (True, True)
    (desk.root / "zwgk.db").write_bytes(b"not a database at all" * 100)
    assert not {"waiting", "waiting_none"} & {*of_workspace(desk)}


def test_whether_passwords_can_be_kept():
    before = keyring.get_keyring()
    try:
        keyring.set_keyring(InMemory())
        assert program.keyring().code == "keyring_ok"
        keyring.set_keyring(fail.Keyring())
        assert program.keyring().code == "keyring_none"
    finally:
        keyring.set_keyring(before)


_SECURITY = r"{}\Microsoft\Office\{}\Excel\Security{}"
_OFF = {"AllLocationsDisabled": 1}


@pytest.mark.parametrize(
    ("by_user", "by_policy", "code"),
    [
        ({}, {}, "macros_ok"),
        ({"VBAWarnings": 4}, {}, "macros_ok"),  # the add-in lies in a trusted location
        (_OFF, {}, "locations_off"),
        (_OFF | {"VBAWarnings": 4}, {}, "macros_off"),
        (_OFF, {"VBAWarnings": 3}, "macros_off"),
        (_OFF, {"AllLocationsDisabled": 0}, "macros_ok"),  # what an administrator set counts
        ({}, {"DisableAllAddins": 1}, "addins_off"),
    ],
)
def test_what_excel_lets_the_add_in_do(by_user, by_policy, code):
    def read(key, name):
        folder = r"\Trusted Locations" if name == "AllLocationsDisabled" else ""
        places = {
            _SECURITY.format("Software", "15.0", folder): by_user,
            _SECURITY.format(r"Software\Policies", "15.0", folder): by_policy,
        }
        return places.get(key, {}).get(name)

    (found,) = excel_policy.macros(read)
    assert found.code == code
    assert ("Excel 2013" in found.found) == found.counts


@pytest.mark.skipif(sys.platform == "win32", reason="where there is no Excel")
def test_where_there_is_no_excel_its_policy_is_not_told():
    assert [*excel_policy.macros()] == []


def of_backup(desk, text, *, now=NOW):
    (desk.root / "zwgk.toml").write_text(text, encoding="utf-8")
    return workspace.backup(open_workspace(desk.root), now).code


def test_how_old_the_backup_is(desk, tmp_path):
    """A copy is as old as its ledger, and old enough only if the ledger was written since."""
    place = tmp_path / "备份"
    named = f"[office]\nbackup = '{place}'\n"
    assert of_backup(desk, "") == "backup_unset"
    assert of_backup(desk, named) == "backup_gone"
    place.mkdir()
    (place / "别的").mkdir()
    (place / "别的/zwgk.db").write_bytes(b"")
    (place / "别的/zwgk.id").write_text("0" * 32)
    assert of_backup(desk, named) == "backup_none"  # another workspace's
    copied = shutil.copytree(desk.root, place / "十一月")
    assert of_backup(desk, named) == "backup_ok"  # nothing happened since
    last = NOW.replace(tzinfo=CHINA).timestamp()
    for path, days in ((desk.root, 0), (copied, 8)):
        os.utime(path / "zwgk.db", (last - days * 86400,) * 2)
    assert of_backup(desk, named) == "backup_old"
    assert of_backup(desk, named, now=NOW - timedelta(days=2)) == "backup_ok"
    assert of_backup(desk, named + '[ledger]\nurl = "postgresql://u@localhost/d"\n') == "backup_of_database"


@pytest.fixture
def own_keyring():
    """The keyring of a computer, and how to have another's."""
    before = keyring.get_keyring()
    keyring.set_keyring(InMemory())
    yield lambda: keyring.set_keyring(InMemory())
    keyring.set_keyring(before)


def test_restored_on_another_computer_it_is_confirmed_and_its_password_stored_again(desk, tmp_path, own_keyring):
    def of_mail(root):
        return {each.code for each in settings_checks(open_workspace(root))}

    settings = desk.root / "zwgk.toml"
    named = settings.read_text("utf-8").replace('mailbox = ""', 'mailbox = "zwgk@example.cn"')
    settings.write_text(f'{named}\n[mail.smtp]\nhost = "smtp.example.cn"\n', "utf-8")
    store_password(mail_login(open_workspace(desk.root), "smtp"), "abcd")
    assert "password_ok" in of_mail(desk.root)

    root = shutil.copytree(desk.root, tmp_path / "新电脑" / "政务公开")
    own_keyring()
    (untrusted,) = diagnostics.run_diagnostics(root, computer=False, now=NOW)
    assert untrusted.code == "workspace_untrusted"
    trust_workspace(root)
    assert open_workspace(root).settings == open_workspace(desk.root).settings
    assert "password_missing" in of_mail(root)


def test_a_workspace_is_no_backup_of_itself(desk):
    assert of_backup(desk, '[office]\nbackup = "."\n') == "backup_none"

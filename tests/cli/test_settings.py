"""Every setting that an office may change has an effect that the command line shows, and a test named for it."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from email import message_from_bytes
from pathlib import Path
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel

from tests.clock import in_december
from tests.mail.account import HOST
from tests.tools import ROOT
from tests.workflow.desk import CYCLE, DUTIES, Desk, item, new_desk, nil
from tests.workflow.mail_setup import MAILS, address_book
from zwgk_excel.cli.main import run
from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.policy import POLICY_KEYS
from zwgk_excel.layout.resources import read_toml
from zwgk_excel.mail.smtp import SmtpTransport
from zwgk_excel.workbooks.report.fill_in import InputValue
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.office.settings import Settings
from zwgk_excel.workflow.office.trust import trust_workspace
from zwgk_excel.workflow.scheduling import installing
from zwgk_excel.workflow.scheduling.systems import Computer

pytestmark = pytest.mark.slow
F = TypeVar("F", bound=Callable[..., Any])
MONTH = str(CYCLE)
SHOWN: dict[str, str] = {
    "mail.answers": "tests/cli/test_fetch.py::test_units_are_answered_where_the_office_wants_it",
    "mail.answers_per_day": "tests/cli/test_fetch.py::test_a_unit_gets_so_many_answers_a_day",
    "mail.authentication_server": (
        "tests/cli/test_fetch.py::test_what_waits_for_its_senders_sake_and_how_the_office_takes_it"
    ),
    "mail.manual": "tests/workflow/mailing/test_sending.py::test_the_manual_goes_out_once_a_year_once_or_never",
    **dict.fromkeys(
        ["verify.hosts", "verify.networks", "verify.per_minute"], "tests/cli/test_verify.py::test_where_visits_may_lead"
    ),
    "verify.again_after_days": "tests/cli/test_verify.py::test_once_more_after_a_time_or_when_asked",
    "verify.ca_file": "tests/workflow/verification/test_verifying.py::test_a_file_that_is_no_certificate",
    "office.person": "tests/cli/test_acts.py::test_the_name_in_the_settings_is_enough",
    "office.backup": "tests/workflow/doctor/test_diagnostics.py::test_how_old_the_backup_is",
    "extend_within_days": "tests/workflow/decisions/test_extend_and_waive.py::test_the_office_may_set_how_far",
    **dict.fromkeys(
        [f"published_from.{each}" for each in ("monthly", "quarterly", "yearly", "annual_report", "on_demand")],
        "tests/workflow/intake/test_what_satisfies.py::test_each_cadence_has_a_first_day_of_its_own",
    ),
    "column_updates.confirmed": "tests/cli/test_columns.py::test_units_hear_of_it_once_the_limits_are_the_offices",
    **dict.fromkeys(
        ["column_updates.duties", "column_updates.dynamic"],
        "tests/cli/test_columns.py::test_a_limit_of_its_own_and_none",
    ),
    **dict.fromkeys(
        ["column_updates.regular", "column_updates.documents", "column_updates.cadences"],
        "tests/cli/test_columns.py::test_kinds_go_with_cadences",
    ),
    "nil_reports.cadences": "tests/domain/test_nil_reports.py::test_the_office_changes_it",
    "nil_reports.never": (
        "tests/workflow/intake/test_answers.py::test_what_was_allowed_when_a_month_was_issued_stays_allowed"
    ),
    "policy_columns.satisfied_by": (
        "tests/workflow/intake/test_answers.py::test_what_was_allowed_when_a_month_was_issued_stays_allowed"
    ),
    "nil_reports.in_a_row": "tests/domain/test_nil_reports.py::test_the_office_changes_it",
    "mail.folder": "tests/cli/test_fetch.py::test_another_folder_is_fetched_from",
    "mail.ca_file": "tests/cli/test_doctor.py::test_a_file_that_is_no_certificate",
    "mail.smtp.host": "tests/cli/test_doctor.py::test_each_server_has_its_own_fault",
    "mail.smtp.port": "tests/cli/test_doctor.py::test_each_server_has_its_own_fault",
    "mail.smtp.security": "tests/cli/test_doctor.py::test_each_server_has_its_own_fault",
    "mail.imap.host": "tests/cli/test_doctor.py::test_all_is_well",
    "mail.imap.port": "tests/cli/test_doctor.py::test_all_is_well",
    "mail.imap.security": "tests/cli/test_doctor.py::test_settings_that_are_not_enough",
}
"""Setting → the test that shows its effect; those of this module are added by :func:`shows`."""


def shows(*settings: str) -> Callable[[F], F]:
    """The test below shows the effect of these settings."""

    def named(test: F) -> F:
        SHOWN.update(dict.fromkeys(settings, f"tests/cli/test_settings.py::{test.__name__}"))
        return test

    return named


def fields(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """The dotted names of all settings of a model and the models in it."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from fields(kind, f"{before}{name}.")
        elif before:
            yield f"{before}{name}"


def policy_settings() -> Iterator[str]:
    """The tables and values of policy.toml that zwgk.toml may overlay."""
    for key, value in read_toml("policy.toml").items():
        yield from (f"{key}.{name}" for name in value) if isinstance(value, Mapping) and value else [key]


def every_setting() -> set[str]:
    return {*fields(Settings), *policy_settings()}


# --- a desk whose settings are tried ------------------------------------------------------------


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with addresses and duties of every cadence, November issued."""
    desk = new_desk(tmp_path_factory.mktemp("issued"))
    address_book(desk, MAILS)
    more = [
        {"id": "D19", "column": "年度预算", "owners": "市财政局", "cadence": "每年"},
        {"id": "D41", "column": "年度报告", "owners": "市政府办", "cadence": "年度报告"},
    ]
    desk.set_duties([*DUTIES, *more])
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    return desk.root


@pytest.fixture
def tried(issued: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command in a copy of the workspace whose zwgk.toml has these settings: all that is said."""
    root = tmp_path / "试"

    def call(settings: str, *command: str) -> str:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(issued, root)
        trust_workspace(root)
        (root / "zwgk.toml").write_text(settings, encoding="utf-8")
        capsys.readouterr()
        assert run([word.format(root=root, out=tmp_path / "出") for word in command]) in (0, 1, 2)
        said = capsys.readouterr()
        return said.out + said.err

    return call


PLAN = [("plan", f"{month}", "-w", "{root}", "--json") for month in ("2026-10", MONTH, "2026-12", "2027-01", "2027-02")]
STATUS = ("status", MONTH, "--as-of", "2026-11-12", "-w", "{root}", "--json")
REMIND = ("remind", "-w", "{root}", "--json", "--as-of")

CERTIFICATES = ("ca_file", "certificate", "key")
MAILBOX = 'office.mailbox = "zwgk@example.cn"\n'
CASES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "shift": ('shift = "next_workday"', PLAN[0], '"due": "2026-10-26"'),
    "calendar.off": ('shift = "next_workday"\ncalendar.off = [2026-10-26]', PLAN[0], '"due": "2026-10-27"'),
    "calendar.announced": (
        'shift = "next_workday"\ncalendar.announced = [2027]\ncalendar.off = [2027-01-04]\n'
        "deadlines.monthly.due = { months = 0, day = 1 }",
        PLAN[3],
        '"due": "2027-01-01"',
    ),
    "calendar.worked": ('shift = "previous_workday"\ncalendar.worked = [2026-10-24]', PLAN[0], '"due": "2026-10-24"'),
    "deadlines.monthly": ("deadlines.monthly.due = { months = 0, day = 20 }", PLAN[2], '"due": "2026-12-20"'),
    "deadlines.quarterly": ("deadlines.quarterly.due = { months = 0, day = 19 }", PLAN[2], '"due": "2026-12-19"'),
    "deadlines.yearly": ("deadlines.yearly.due = { months = 2, day = 9 }", PLAN[4], '"due": "2027-02-09"'),
    "deadlines.annual_report": (
        "deadlines.annual_report.due = { months = 1, day = 9 }",
        PLAN[3],
        '"due": "2027-01-09"',
    ),
    "own_deadlines": (
        '[[own_deadlines]]\nduty = "D02"\ndue = { months = 0, day = 10 }',
        PLAN[2],
        '"due": "2026-12-10"',
    ),
    "extra_subjects": (
        '[[extra_subjects]]\ncadence = "monthly"\nunit = "市财政局"\nsubject = "分管"\n'
        "due = { months = 0, day = 10 }\nfinal = { months = 0, day = 11 }",
        PLAN[2],
        "D02/市财政局/2026-12 分管",
    ),
    "carry_months": ("carry_months = 1", ("plan", "2027-01", "-w", "{root}"), "carry_months"),
    "due_soon_days": ("due_soon_days = 15", STATUS, '"timeliness": "due_soon"'),
    "reminders.due_soon": ("reminders.due_soon = { days = 20, every = 3 }", (*REMIND, "2026-11-10"), '"due_soon"'),
    "reminders.urge": ("reminders.urge = { days = 3, every = 2 }", (*REMIND, "2026-11-26"), '"units": []'),
    "reminders.supervise": ("reminders.supervise = { days = 1, every = 5 }", (*REMIND, "2026-12-02"), '"supervise"'),
    "severities": ('severities.duty_due_conflict = "note"', ("check", "-w", "{root}", "--json"), '"severity": "note"'),
    "office.region": ('office.region = "某县"', ("rollup", "{root}", "--to", "{out}", "--json"), '"county": "某县"'),
    "mail.user": (
        'mail = { address = "a@example.cn", user = "denglu", imap = { host = "127.0.0.1", port = 9 } }',
        ("doctor", "--mail", "--timeout", "1", "-w", "{root}"),
        "denglu",
    ),
    **{
        f"cluster.{name}": (
            "\n".join(f'cluster.{each} = "{"没有.pem" if each == name else "zwgk.toml"}"' for each in CERTIFICATES),
            ("receive", "{root}/单位通讯录.xlsx", "--cluster", "tls://127.0.0.1:9", "-w", "{root}"),
            "没有.pem",
        )
        for name in CERTIFICATES
    },
}
SHOWN |= dict.fromkeys(CASES, "tests/cli/test_settings.py::test_what_it_changes")


@pytest.mark.parametrize("setting", CASES)
def test_what_it_changes(tried, setting):
    text, command, word = CASES[setting]
    assert word not in tried(MAILBOX, *command)
    assert word in tried(f"{MAILBOX}{text}", *command)


@shows("deadlines.on_demand")
def test_when_a_task_without_a_date_is_listed_first(tried):
    listed = [tried(text, *PLAN[2]) for text in ("", "deadlines.on_demand.opens = { months = 1, day = 1 }")]
    references = [{each["reference"] for each in json.loads(text) if each["duty"] == "D24"} for text in listed]
    assert references[0] != references[1]


@shows("office.name", "office.mailbox", "office.contact", "office.telephone", "mail.address", "mail.copies")
def test_whose_mails_they_are(tried, tmp_path):
    asked = 'contact = "李科员"\ntelephone = "0714-0000000"\n'
    settings = f'[office]\nname = "某某办公室"\nmailbox = "shou@example.cn"\n{asked}[mail]\naddress = "fa@example.cn"\n'
    tried(f'{settings}copies = ["chao@example.cn"]', "send", MONTH, "--eml", "--yes", "-w", "{root}")
    mails = [message_from_bytes(path.read_bytes()) for path in (tmp_path / "试").rglob("*.eml")]
    assert len(mails) == len(MAILS)
    for mail in mails:
        assert (mail["From"].endswith("<fa@example.cn>"), mail["Cc"]) == (True, "chao@example.cn")
        (text,) = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
        said = text.get_payload(decode=True).decode("utf-8")  # type: ignore[union-attr]
        assert ("某某办公室" in said, "shou@example.cn" in said) == (True, True)
        assert "联系人：李科员，联系电话 0714-0000000" in said


@shows("mail.per_minute")
def test_how_many_mails_a_minute(tried, smtp_server, monkeypatch):
    waits: list[float] = []
    monkeypatch.setitem(SmtpTransport.__init__.__kwdefaults__, "wait", waits.append)
    server = f'mail.smtp = {{ host = "{HOST}", port = {smtp_server.port}, security = "none" }}\n'
    for many, most in ((0, 0), (6, 30)):
        waits.clear()
        settings = f"{MAILBOX}{server}mail.per_minute = {many}"
        assert "已发出 4 封" in tried(settings, "send", MONTH, "--yes", "-w", "{root}")
        assert [wait <= most for wait in waits] == [True] * (3 if many else 0)
        assert (max(waits, default=0) > 9) is bool(many)


@shows("ledger.url")
def test_where_the_ledger_is(tried, tmp_path, issued):
    other = tmp_path / "别处.db"
    shutil.copy(issued / "zwgk.db", other)
    extend = ("extend", MONTH, "--unit", "市财政局", "--until", "2026-12-20", "-w", "{root}")
    said = tried(f'ledger.url = "sqlite:///{other}"', *extend)
    assert "已延期" in said
    assert other.read_bytes() != (issued / "zwgk.db").read_bytes()
    assert (tmp_path / "试" / "zwgk.db").read_bytes() == (issued / "zwgk.db").read_bytes()


@shows(*(f"schedule.{name}" for name in ("monthly", "monthly_day", "monthly_at", "daily", "daily_at", "mails")))
def test_when_the_computer_does_what(tried, tmp_path, monkeypatch):
    computer = Computer("cron", tmp_path / "home", "u", lambda command, given: (0, b""))
    monkeypatch.setattr(installing, "this_computer", lambda system="": computer)
    show = ("schedule", "show", "-w", "{root}")
    said = tried("", *show)
    assert ("每月 1 日 09:00：generate（" in said, "每天 08:30：consolidate（" in said) == (True, True)
    changed = 'monthly = ["generate"]\nmonthly_day = 7\nmonthly_at = "07:15"\ndaily = ["remind"]\ndaily_at = "06:45"'
    said = tried(f"[schedule]\n{changed}\n", *show)
    assert ("每月 7 日 07:15：generate（" in said, "每天 06:45" in said, "不执行 send" in said) == (True, False, False)
    servers = '[mail]\naddress = "a@example.cn"\n[mail.smtp]\nhost = "127.0.0.1"\nsecurity = "none"\n'
    assert "每天 06:45：remind（" in tried(f"{servers}[schedule]\nmails = true\n{changed}\n", *show)


# --- scores -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A quarter in which every rule of the scores has found something."""
    desk: Desk = new_desk(tmp_path_factory.mktemp("judged"))
    october = Month(2026, 10)
    for cycle in (october, CYCLE):
        with desk.open() as office:
            generate(office, cycle, as_of=date(cycle.year, cycle.month, 2))
    early: dict[str, InputValue] = {"published_on": date(2026, 11, 4), "draft_note": "http://a.cn/q", "reading": "http://a.cn/j"}
    policies = [item("D01 政策文件", number, **early) for number in range(4)]
    stale = item("D02 政府采购", 7, formed_on=date(2026, 9, 1))
    in_october = item("D02 政府采购", formed_on="3月", published_on=date(2026, 10, 13))
    answer = {("D04", MONTH): nil()}
    sent = [
        ("市财政局", "2026-10-20T09:00", {"items": [in_october], "cycle": october}),
        ("市政府办", "2026-11-05T09:00", {"items": policies}),
        ("市人社局", "2026-11-20T09:00", {"items": [item("D04 稳岗就业", type="新闻动态")]}),
        ("市财政局", "2026-11-26T09:00", {"answers": answer}),
        ("市财政局", "2026-12-02T09:00", {"answers": answer, "items": [stale]}),
    ]
    for number, (unit, at, filled) in enumerate(sent):
        file = desk.reply(unit, f"{number}.xlsx", **filled)  # type: ignore[arg-type]
        with pytest.MonkeyPatch.context() as patch:
            in_december(patch)
            assert run(["receive", str(file), "--received-at", at, "-w", str(desk.root)]) in (0, 1)
    return desk.root


SCORING = {
    "confirmed": "true",
    "base": "90",
    "floor": "99",
    "cap": "100",
    "quarter": '"sum"',
    "year": '"sum"',
    "weights": "{ department = 2, township = 1 }",
    "bands": "{ excellent = 99.9, good = 99.8, pass = 99.7 }",
    "missing": "{ points = 7 }",
    "late": "{ bands = [{ points = 4 }] }",
    "grace": "{ points = 0.25 }",
    "returned": "{ points = 2 }",
    "news": "{ points = 2 }",
    "late_item": "{ points = 1 }",
    "formal": "{ points = 2, per_task = 4 }",
    "early": "{ days = 30 }",
    "quality": "{ items = 50 }",
}
ALSO = "scoring.confirmed = true\n"
"""Both must be confirmed before the list no longer says that it is a sample."""
JUDGED = {
    **{f"scoring.{name}": f"scoring.{name} = {value}" for name, value in SCORING.items()},
    "publish_within_workdays": "publish_within_workdays = 200",
    "ladder.confirmed": f"{ALSO}ladder.confirmed = true",
    "ladder.rules": '[[ladder.rules]]\ncode = "any"\nstep = "interview"\ncounts = ["missing"]',
}
SHOWN |= dict.fromkeys(JUDGED, "tests/cli/test_settings.py::test_what_it_does_to_the_scores")
SHOWN["feedback_within_workdays"] = (
    "tests/workflow/tracking/test_feedback.py::test_the_term_is_policy_and_a_closed_month_keeps_its_own"
)
SHOWN["mend_site_within_workdays"] = "tests/cli/test_fault.py::test_until_when_is_a_setting"
SHOWN["scoring.site_fault"] = "tests/workflow/site_faults/test_loop.py::test_from_a_dead_link_to_the_score"
SHOWN["scoring.corrections"] = "tests/cli/test_closing.py::test_a_correction_counts_where_the_settings_say_so"


@pytest.mark.parametrize("setting", JUDGED)
def test_what_it_does_to_the_scores(judged, setting, capsys):
    periods = ("2026-11", "2026Q4", "2026")
    commands = [["assess", period] for period in periods] + [["escalate", MONTH]]

    def said(text: str) -> list[str]:
        (judged / "zwgk.toml").write_text(text, encoding="utf-8")
        capsys.readouterr()
        found = []
        for command in commands:
            assert run([*command, "--as-of", "2026-12-03", "--json", "-w", str(judged)]) == 0
            found.append(capsys.readouterr().out)
        return found

    assert said(JUDGED[setting]) != said(ALSO if setting == "ladder.confirmed" else "")


@shows("scoring.fair")
def test_rules_by_which_a_report_costs_more_than_silence_are_refused(judged, capsys):
    for written, named in (
        ("scoring.fair = false", "scoring.fair = false"),
        ("scoring.late_item.points = 9", "scoring.late_item.points = 9 不正确：应不多于未报 scoring.missing.points"),
        ("scoring.formal.per_task = 9", "scoring.formal.per_task = 9 不正确：应不多于未报"),
    ):
        (judged / "zwgk.toml").write_text(written, encoding="utf-8")
        for command in (["check"], ["assess", MONTH]):
            assert run([*command, "-w", str(judged)]) == 2
            assert named in capsys.readouterr().err.replace("\n", "")


# --- all of them --------------------------------------------------------------------------------


def test_every_setting_has_a_test_of_its_effect():
    assert set(SHOWN) == every_setting()
    assert set(read_toml("policy.toml")) - {"scoring", "ladder"} == POLICY_KEYS


@pytest.mark.parametrize("setting", SHOWN)
def test_the_test_of_a_setting_is_there_and_names_it(setting):
    path, _, name = SHOWN[setting].partition("::")
    text = (ROOT / path).read_text(encoding="utf-8")
    assert name in {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}
    assert setting.rpartition(".")[2] in text

"""What zwgk.toml may say, and what a person is told who writes something else."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import time

import pytest
from pydantic import BaseModel

from zwgk_excel.domain.deadlines import OwnDeadline
from zwgk_excel.domain.periods import MonthDay
from zwgk_excel.layout.policy import POLICY_KEYS, shipped_policy
from zwgk_excel.layout.resources import read_text
from zwgk_excel.layout.words import words
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.settings import Settings, read_settings


def keys(model: type[BaseModel], *tables: str) -> Iterator[tuple[str, str]]:
    """Every setting of a model as its table's name and its own; those of the whole file have no table."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from keys(field.annotation, *tables, name)
        else:
            yield ".".join(tables), name


def told(text: str) -> set[tuple[str, str]]:
    """The settings that a zwgk.toml shows, whether in force or as an example behind a #, with their tables."""
    table, found = "", set()
    for line in text.splitlines():
        if head := re.match(r"(?:# )?\[+([a-z_.]+)\]", line):
            table = head[1]
        elif setting := re.match(r"(?:# )?([a-z_]+) = ", line):
            found.add((table, setting[1]))
    return found


@pytest.fixture
def read(tmp_path):
    def written(text):
        path = tmp_path / "zwgk.toml"
        path.write_text(text, encoding="utf-8")
        return read_settings(path)

    return written


def test_the_sender_is_the_mailbox_unless_said_otherwise(read):
    assert read('[office]\nmailbox = "a@example.gov.cn"').login == "a@example.gov.cn"
    both = read('[office]\nmailbox = "a@example.gov.cn"\n[mail]\naddress = "b@example.gov.cn"\nuser = "b"')
    assert (both.sender, both.login) == ("b@example.gov.cn", "b")


def test_every_setting_is_told_in_the_shipped_settings():
    described = {(table, name) for table, name in keys(Settings) if table}
    assert ("mail", "answers_per_day") in described
    assert described - told(read_text("zwgk.toml")) == set()


def test_every_kind_of_rule_is_told_in_the_shipped_settings():
    found = told(read_text("zwgk.toml"))
    tops = {table.partition(".")[0] or name for table, name in found}
    assert {*POLICY_KEYS, *Settings.model_fields} - tops == {"policy"}


def test_the_shipped_settings_with_every_example_taken_up(read):
    """Whoever deletes the # in front of the examples gets settings that are read."""
    # An example starts right after "# "; what is Chinese is an explanation.
    settings = read(re.sub(r"(?m)^# (?=\[|[a-z_]+ = )", "", read_text("zwgk.toml")))
    assert settings.mail.smtp.host == "smtp.example.gov.cn"
    assert settings.mail.imap.security == "tls"
    assert settings.schedule.daily_at == time(8, 30)
    assert not settings.schedule.mails
    own = OwnDeadline("D02", unit="市财政局", due=MonthDay(0, 20))
    unfit = frozenset(words("item_type")) - {"normative", "policy", "reading"}
    shipped = shipped_policy()
    assert settings.policy == replace(
        shipped,
        unfit_types=unfit,
        column_updates=replace(shipped.column_updates, confirmed=True),
        own_deadlines=(own,),
        severities={"sender_differs": "note"},
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[mail]\naddress = "a@b"', 'mail.address = "a@b".*邮箱地址'),
        ('[mail]\naddress = "a@example.cn\\nBcc: b@example.cn"', "邮箱地址"),
        ('[mail]\naddress = "a@example.cn, b@example.cn"', "邮箱地址"),
        ('[mail]\ncopies = ["a@example.cn", "张某"]', r'mail\.copies\[2\] = "张某".*邮箱地址'),
        ('[mail.smtp]\nhost = "https://smtp.example.cn"', "不带 https://"),
        ('[mail.smtp]\nhost = "smtp.example.cn:465"', "端口写在 port"),
        ('[mail.smtp]\nhost = "zwgk@example.cn"', "不是邮箱地址"),
        ('[mail.imap]\nhost = "imap。example.cn"', "全角"),
        ("[mail.smtp]\nport = 70000", "不能大于 65535"),
        ('[mail.smtp]\nport = "many"', "应为整数"),
        ('[mail.smtp]\nsecurity = "ssl"', '应为 "tls"、"starttls" 或 "none"'),
        ('[mail.smtp]\nhost = "smtp.example.cn"\nsecurity = "none"', "只允许用于本机"),
        ('[mail.imap]\nhost = "10.0.0.1"\nsecurity = "none"', "只允许用于本机"),
        ("[mail]\nper_minute = -1", "不能小于 0"),
        ('[mail]\npassword = "abc"', "mail.password：密码不写在文件里.*zwgk password"),
        ('[mail]\nhost = "smtp.example.cn"', "mail.host.*没有这个设置项"),
        ('[calendar]\noff = ["国庆"]', r"calendar.off\[1\] = .*应为日期"),
        ("[calendar]\nannounced = [2027]", "calendar 不正确：announced 里有 2027，off 里却没有这一年放假的日子"),
        ("[calendar]\noff = [2027-01-01]\nannounced = [2020, 2027]", "announced 里有 2020，.*程序已有放假安排"),
        ('[schedule]\ndaily = ["fetch", "close"]', r'schedule.daily\[2\] = "close".*"remind"'),
        ("[schedule]\nmonthly_day = 31", "不能大于 28"),
        ('[schedule]\ndaily_at = "8点"', '"08:30"'),
        ('[schedule]\nmails = "是"', "true 或 false"),
        ('[schedule]\ndaily = "fetch"', "应为列表"),
        ("severities = 3", "severities = 3 不正确"),
        ("own_deadlines = 3", "own_deadlines = 3 不正确"),
        ("office = 3", "office = 3 不正确"),
        ("scoring = 3", "scoring = 3 不正确"),
        ("ladder = 3", "ladder = 3 不正确"),
        ('[scoring]\nbands = "a"', 'bands = "a" 不正确：应为一组设置'),
        ("[reminders]\nurge = 1", "reminders.urge = 1 不正确"),
        ("due_soon_days = true", "due_soon_days = true 不正确：应为不小于 0 的整数"),
        ("[[ladder.rules]]\ncode = 'x'\nstep = 'urge'\ncounts = [[1]]", r"\[ladder\] 中有一项写法不对"),
        ("[nil_reports]\nin_a_row = 3", "nil_reports.in_a_row = 3 不正确"),
        ("[scoring.overdue_publication]\npoints = 9", r"\.overdue_publication = .* 不正确：没有这一项，可以写的有"),
        ("[scoring.base]\npoints = 9", r"中 scoring\.base = { points = 9 } 不正确"),
        ("[deadlines]\nmonthly_day = 20", r"deadlines\.monthly_day = 20 不正确：没有这一项，可以写的有 monthly、"),
    ],
)
def test_what_is_wrong_is_told_with_its_key(read, text, told):
    with pytest.raises(UserError, match=f"(?s){told}") as raised:
        read(text)
    assert "abc" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[office]\nname = 市政府办\n", "zwgk.toml 第 2 行第 8 列附近写法不对；请用文本编辑器改正"),
        ('[office]\nname = "甲" "乙"\n', "第 2 行第 12 列附近写法不对"),
        ('[office]\nname = "甲', "末尾写法不对"),
        ('[office]\nname = "甲"\nname = "乙"\n', "第 3 行.*附近的设置写了两次"),
        ("[office]\n[office]\n", "第 2 行.*附近的设置写了两次"),
    ],
)
def test_what_is_no_toml_is_told_in_chinese_with_its_place(read, text, told):
    with pytest.raises(UserError, match=told) as raised:
        read(text)
    assert not re.search(r"[Ee]xpected|line|column|Cannot|Invalid|Unterminated", str(raised.value))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "LOCALHOST"])
def test_this_machine_needs_no_encryption(read, host):
    assert read(f'[mail.smtp]\nhost = "{host}"\nsecurity = "none"').mail.smtp.security == "none"


@pytest.mark.parametrize("host", ["smtp.example.gov.cn", "mail", "10.0.0.1", "mail_1.example.cn", "fd00::1"])
def test_names_and_addresses_of_servers(read, host):
    assert read(f'[mail.imap]\nhost = "{host}"').mail.imap.host == host

"""What zwgk.toml may say, and what a person is told who writes something else."""

from datetime import time

import pytest

from zwgk_excel.layout.resources import read_text
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.settings import read_settings


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


def test_the_shipped_settings_with_every_example_taken_up(read):
    """Whoever deletes the # in front of the mail and schedule examples gets settings that are read."""
    lines = read_text("zwgk.toml").split("[mail]", 1)[1].split("# 时限")[0].splitlines()
    # An example starts right after "# "; what is Chinese is an explanation.
    examples = [line[2:] for line in lines if line.startswith("# ") and line[2:3] in "[abcdefghijklmnopqrstuvwxyz"]
    settings = read("\n".join(["[mail]", *examples]))
    assert settings.mail.smtp.host == "smtp.example.gov.cn"
    assert settings.mail.imap.security == "tls"
    assert settings.schedule.daily_at == time(8, 30)
    assert not settings.schedule.mails


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[mail]\naddress = "a@b"', "mail.address = 'a@b'.*邮箱地址"),
        ('[mail]\naddress = "a@example.cn\\nBcc: b@example.cn"', "邮箱地址"),
        ('[mail]\naddress = "a@example.cn, b@example.cn"', "邮箱地址"),
        ('[mail]\ncopies = ["a@example.cn", "张某"]', r"mail\.copies\.1 = '张某'.*邮箱地址"),
        ('[mail.smtp]\nhost = "https://smtp.example.cn"', "不带 https://"),
        ('[mail.smtp]\nhost = "smtp.example.cn:465"', "端口写在 port"),
        ('[mail.smtp]\nhost = "zwgk@example.cn"', "不是邮箱地址"),
        ('[mail.imap]\nhost = "imap。example.cn"', "全角"),
        ("[mail.smtp]\nport = 70000", "不能大于 65535"),
        ('[mail.smtp]\nport = "many"', "应为整数"),
        ('[mail.smtp]\nsecurity = "ssl"', "应为 'tls', 'starttls' 或 'none'"),
        ('[mail.smtp]\nhost = "smtp.example.cn"\nsecurity = "none"', "只允许用于本机"),
        ('[mail.imap]\nhost = "10.0.0.1"\nsecurity = "none"', "只允许用于本机"),
        ("[mail]\nper_minute = -1", "不能小于 0"),
        ('[mail]\npassword = "abc"', "mail.password：密码不写在文件里.*zwgk password"),
        ('[mail]\nhost = "smtp.example.cn"', "mail.host.*没有这个设置项"),
        ('[calendar]\noff = ["国庆"]', "calendar.off.0.*应为日期"),
        ('[schedule]\ndaily = ["fetch", "close"]', "schedule.daily.1 = 'close'.*'remind'"),
        ("[schedule]\nmonthly_day = 31", "不能大于 28"),
        ('[schedule]\ndaily_at = "8点"', '"08:30"'),
        ('[schedule]\nmails = "是"', "true 或 false"),
        ('[schedule]\ndaily = "fetch"', "应为列表"),
    ],
)
def test_what_is_wrong_is_told_with_its_key(read, text, told):
    with pytest.raises(UserError, match=f"(?s){told}") as raised:
        read(text)
    assert "abc" not in str(raised.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "LOCALHOST"])
def test_this_machine_needs_no_encryption(read, host):
    assert read(f'[mail.smtp]\nhost = "{host}"\nsecurity = "none"').mail.smtp.security == "none"


@pytest.mark.parametrize("host", ["smtp.example.gov.cn", "mail", "10.0.0.1", "mail_1.example.cn", "fd00::1"])
def test_names_and_addresses_of_servers(read, host):
    assert read(f'[mail.imap]\nhost = "{host}"').mail.imap.host == host

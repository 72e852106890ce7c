"""One rule of what a mail address is: the settings, the roster, the mails we send and the names we find agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from zwgk_excel.domain.addresses import is_address
from zwgk_excel.domain.lint.directory import Directory
from zwgk_excel.domain.lint.roster import read_units
from zwgk_excel.domain.lint.tables import TableRow
from zwgk_excel.domain.problems import CellRef
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import words
from zwgk_excel.mail.compose import address
from zwgk_excel.mail.headers import addresses_in
from zwgk_excel.mail.mailboxes import Mailboxes, read_mailboxes
from zwgk_excel.workflow.office.settings import Address

ROSTER = layout("roster")["units"]
_ATOM = st.text("abzAZ09!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=33)
_LABEL = st.from_regex(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,20}[a-zA-Z0-9])?", fullmatch=True)
NEARLY = st.builds(
    "{}@{}".format,
    st.lists(_ATOM, min_size=1, max_size=3).map(".".join),
    st.lists(_LABEL, min_size=1, max_size=4).map(".".join),
)
"""Most are addresses; some have a domain of one label, end in a number, or are too long."""
BROKEN = st.text("a.@-_ 张1\u200e\"<>,\n", max_size=12)


@pytest.mark.parametrize(
    "text",
    [
        "zwgk@example.gov.cn",
        "zhang.san+zwgk@mail.example.cn",
        "13800000000@139.com",
        "o'neill_{x}@a-b.cn",
        "x" * 64 + "@b.cn",
        "a@" + "b" * 63 + ".cn",
        "a@xn--fsqu00a.xn--fiqs8s",
    ],
)
def test_addresses(text):
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "zwgk@gov", "a..b@c.cn", ".a@b.cn", "a.@b.cn", "a@b..cn", "a@.cn", "a@b.cn.", "a@-b.cn", "a@b-.cn", "a@b_c.cn",
        "a@192.0.2.1", "a@[192.0.2.1]", '"a b"@c.cn', "张三@example.cn", "a@例子.cn", "a@b@c.cn", "a", "@b.cn", "a@",
        "a@b.cn\n", "a@b.cn\r\nBcc: x@y.cn", "a@b.cn, x@y.cn", "<a@b.cn>", "甲 <a@b.cn>", "a@b.cn\u200e",
        "x" * 65 + "@b.cn", "a@" + "b" * 64 + ".cn", "a@" + "bbbbbbbbb." * 26 + "cn", "",
    ],
)  # fmt: skip
def test_what_is_none(text):
    assert not is_address(text)


@given(NEARLY | BROKEN | st.emails())
def test_settings_roster_and_mails_agree(text):
    taken = is_address(text)
    assert in_settings(text) == (text if taken or not text else None)
    assert in_mails(text) == taken
    if taken and "/" not in text:  # which stands between two addresses in a cell
        assert in_roster(text) == (text,)


@given(NEARLY | BROKEN)
def test_what_the_roster_takes_can_be_sent_to(text):
    assert all(in_mails(each) for each in in_roster(text))


@given(NEARLY.filter(is_address))
def test_an_address_is_found_whole_where_it_stands(text):
    assert read_mailboxes(f"报送员 <{text}>") == read_mailboxes(text) == Mailboxes((text.lower(),))
    assert addresses_in(f"收件人 {text} 不存在。") == (text.lower(),)


def in_settings(text):
    try:
        return TypeAdapter(Address).validate_python(text)
    except ValidationError:
        return None


def in_mails(text):
    try:
        return address(text) == text
    except ValueError:
        return False


def in_roster(text):
    """The addresses of a unit whose row has this in its cell."""
    cells = {column.key: "" for column in ROSTER} | {"name": "市水利局", "kind": words("unit_kind")["department"]}
    row = TableRow(CellRef("单位通讯录.xlsx"), cells | {"mails": text}, {})
    headings = {column.key: column.heading for column in ROSTER}
    (unit,), _, _ = read_units([row], Directory({}), words("unit_kind"), headings, {})
    return unit.mails

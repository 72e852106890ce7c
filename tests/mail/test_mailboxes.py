"""Who a header names: the addresses in it, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mail.samples import TEXT, mail, word
from zwgk_excel.mail.mailboxes import Mailboxes, read_mailboxes
from zwgk_excel.mail.read_mail import read_mail

UNIT, OTHER = "jy@example.gov.cn", "me@evil.example"


@pytest.mark.parametrize(
    "value",
    [
        UNIT,
        f"<{UNIT}>",
        f"教育局 <{UNIT}>",
        f"教育局<{UNIT.upper()}>",
        f'"教育局, 报送员" <{UNIT}>',
        f"教育局, 报送员 <{UNIT}>",
        f'"{UNIT}" <{UNIT}>',
        f"{UNIT} (教育局)",
        f"报送员 {UNIT}",
        f"{UNIT}, {UNIT.upper()}",
        f"{word('教育局', 'gb18030').decode()} <{UNIT}>",
        f'"{word("教育局", "utf-8").decode()}" <{UNIT}>',
        f'张"三 <{UNIT}>',
        f"市教育局:报送员 <{UNIT}>",
        f":-) <{UNIT}>",
    ],
)
def test_one_address_is_one_whatever_stands_around_it(value):
    assert read_mailboxes(value) == Mailboxes((UNIT,))


@pytest.mark.parametrize(
    "value",
    [
        f"{UNIT}, {OTHER}",
        f"教育局 <{UNIT}>, 别人 <{OTHER}>",
        f"<{UNIT}> <{OTHER}>",
        f"{UNIT} {OTHER}",
        f"{UNIT}; {OTHER}",
    ],
)
def test_several_addresses_are_several(value):
    assert read_mailboxes(value).addresses == (UNIT, OTHER)


@pytest.mark.parametrize(
    "value",
    [
        f'"{UNIT}" <{OTHER}>',
        f"{UNIT} <{OTHER}>",
        f"{OTHER} ({UNIT})",
        f"{OTHER} (a (b) {UNIT})",
        f"{word(UNIT, 'utf-8').decode()} <{OTHER}>",
        f"{word(UNIT, 'utf-8', 'Q').decode()} <{OTHER}>",
        f'"{word(f"教育局 {UNIT}", "gb18030").decode()}" <{OTHER}>',
        f'"jy\u200b@example.gov.cn" <{OTHER}>',
    ],
)
def test_an_address_in_a_name_is_shown_and_is_no_sender(value):
    assert read_mailboxes(value) == Mailboxes((OTHER,), (UNIT,))


@pytest.mark.parametrize(
    "value",
    [
        f"{UNIT}@evil.example",
        f"<{UNIT}@evil.example>",
        f"<аdmin{UNIT}>",  # a Cyrillic а before the unit's address
        f"а{UNIT}",
        "<j\u200by@example.gov.cn>",
        '"jy"@example.gov.cn',
        'x"jy"@example.gov.cn',
        "jy(x)@example.gov.cn",
        f"<@relay.example:{UNIT}>",
        f"{word(UNIT, 'utf-8').decode()}@evil.example\u200b",
        f"<{word(UNIT, 'utf-8', 'Q').decode()}>",
        f"各位: {UNIT};",
        f"各位: {UNIT}, {OTHER};",
        f"<{UNIT}",
    ],
)
def test_what_is_no_plain_address_is_told(value):
    assert read_mailboxes(value).malformed


@pytest.mark.parametrize("value", ["", "nobody", "undisclosed-recipients:;", "<>", '""', "()"])
def test_nobody_is_nobody(value):
    assert read_mailboxes(value).addresses == ()


@given(st.text('a@.<>"(),;: \\张=?', max_size=40))
def test_anything_is_read(value):
    found = read_mailboxes(value)
    assert len(set(found.addresses)) == len(found.addresses)


def test_every_from_of_a_mail_counts_and_what_is_said_beside_it():
    more = f"From: {OTHER}\r\nSender: a@x.cn\r\nReply-To: b@x.cn, c@x.cn\r\n".encode()
    claimed = read_mail(mail(TEXT, sender=UNIT.encode(), more=more)).senders
    assert (claimed.fields, claimed.addresses) == (2, (UNIT, OTHER))
    assert (claimed.sent_by, claimed.answers_to) == (("a@x.cn",), ("b@x.cn", "c@x.cn"))


def test_headers_of_a_mail_within_a_mail_say_nothing_of_it():
    inner = b"Content-Type: message/rfc822\r\n\r\n" + mail(TEXT, sender=OTHER.encode())
    claimed = read_mail(mail(inner, sender=UNIT.encode())).senders
    assert (claimed.fields, claimed.addresses) == (1, (UNIT,))

"""Mails as bytes: what old Chinese mail programs can read, and what nobody can slip in through a name."""

import email
import email.policy
import re
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zwgk_excel.domain.text import one_line
from zwgk_excel.mail.compose import AutoSubmitted, MailAttachment, OutgoingMail, address, build_message

NAME = "市教育局_2026-11_信息报送表.xlsx"
MAIL = OutgoingMail(
    sender="zwgk@example.gov.cn",
    sender_name="市政务公开领导小组办公室",
    to=("a@example.gov.cn", "b@example.gov.cn"),
    copies=("c@example.gov.cn",),
    subject="2026年11月政务公开信息报送表，请按时报送 [市教育局 2026-11 ZW-K7Q2MZ4A]",
    plain="市教育局：\n\n见附件。\n",
    html="<p>市教育局：</p>",
    message_id="<abc@example.gov.cn>",
    at=datetime(2026, 11, 2, 9),
    attachments=(MailAttachment(NAME, b"PK\x03\x04" * 500),),
)
OURS = {
    "Content-Type", "MIME-Version", "From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To",
    "References", "Auto-Submitted", "Precedence", "X-Auto-Response-Suppress", "X-Unsent",
}  # fmt: skip


def parsed(mail, **options):
    return email.message_from_bytes(build_message(mail, **options), policy=email.policy.default)


def test_what_is_said_is_read():
    found = parsed(MAIL)
    assert found["Subject"] == MAIL.subject
    assert [(each.display_name, each.addr_spec) for each in found["From"].addresses] == [
        ("市政务公开领导小组办公室", "zwgk@example.gov.cn")
    ]
    assert [each.addr_spec for each in found["To"].addresses] == list(MAIL.to)
    assert [each.addr_spec for each in found["Cc"].addresses] == list(MAIL.copies)
    assert found["Date"].datetime.isoformat() == "2026-11-02T09:00:00+08:00"
    assert found.get_body(("plain",)).get_content() == MAIL.plain
    assert found.get_body(("html",)).get_content() == MAIL.html
    (part,) = found.iter_attachments()
    assert part.get_content() == MAIL.attachments[0].data


def test_a_name_is_written_in_both_ways():
    (part,) = parsed(MAIL).iter_attachments()
    assert part["Content-Disposition"].params["filename"] == NAME
    assert part["Content-Type"].params["name"] == NAME
    raw = build_message(MAIL).decode("ascii")
    assert re.search(r"filename\*=utf-8''%E5%B8%82", raw)
    assert re.search(r'\r\n name="=\?utf-8\?b\?', raw)


@pytest.mark.parametrize("length", [1, 20, 60, 90])
def test_long_names_too(length):
    name = "报" * length + ".xlsx"
    (part,) = parsed(replace(MAIL, attachments=(MailAttachment(name, b"x"),))).iter_attachments()
    assert part.get_filename() == part["Content-Type"].params["name"]
    assert part.get_filename().endswith(".xlsx")


def test_it_goes_through_any_server():
    data = build_message(MAIL)
    assert data.isascii()
    assert data.count(b"\n") == data.count(b"\r\n")
    assert max(map(len, data.split(b"\r\n"))) < 998
    assert build_message(MAIL) == data


def test_a_draft_opens_as_one_and_a_mail_does_not():
    assert parsed(MAIL, draft=True)["X-Unsent"] == "1"
    assert parsed(MAIL)["X-Unsent"] is None


def test_an_answer_says_that_a_machine_wrote_it():
    found = parsed(
        replace(MAIL, automatic=AutoSubmitted.REPLIED, in_reply_to="<x@y.cn>", reply_to="office@example.gov.cn")
    )
    assert (found["Auto-Submitted"], found["Precedence"]) == ("auto-replied", "auto_reply")
    assert (found["In-Reply-To"], found["References"]) == ("<x@y.cn>", "<x@y.cn>")
    assert found["Reply-To"] == "office@example.gov.cn"


@pytest.mark.parametrize(
    "text",
    [
        "a@b.cn\r\nBcc: x@y.cn", "a@b.cn\nBcc: x@y.cn", "a@b.cn, x@y.cn", "a@b.cn x@y.cn", "<a@b.cn>", "甲 <a@b.cn>",
        "张三@example.cn", "a@例子.cn", "a@b@c.cn", "a", "@b.cn", "a@", "a@-b.cn", "a..b@c.cn", '"a b"@c.cn',
        "a@b.cn\x00", "a@b.cn>", "x" * 250 + "@b.cn", "",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_everywhere(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the argument is the address
        address(text)
    for field in ("sender", "reply_to"):
        if text:
            with pytest.raises(ValueError):  # noqa: PT011
                build_message(replace(MAIL, **{field: text}))
    for mail in (replace(MAIL, to=(text,)), replace(MAIL, copies=(text,))):
        with pytest.raises(ValueError):  # noqa: PT011
            build_message(mail)


@pytest.mark.parametrize(
    "text",
    [
        "报送表\r\nBcc: evil@example.com",
        "报送表\nX: y",
        "a\rBcc: evil@example.com",
        "a\u2028Bcc: evil@example.com",
        "a\x85Bcc: evil@example.com",
        "a\x0b\x0c\x00b",
        "=?utf-8?b?DQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?=",
        '"; filename=evil.exe; x="',
        "a.xlsx\r\n\r\n<script>",
        "\ud800",
        "\xa0",
    ],
)
def test_nothing_slips_in_through_a_name_or_a_subject(text):
    mail = replace(MAIL, subject=text, sender_name=text, attachments=(MailAttachment(text, b"x"),), in_reply_to=text)
    only_ours(mail)


@given(st.text(), st.text(), st.text(), st.text())
@example("", ".", "", "")  # no name of a sender that a mail may have as it is
def test_no_text_makes_a_header(subject, sender_name, name, body):
    attachments = (MailAttachment(name, b"x"),)
    found = only_ours(
        replace(MAIL, subject=subject, sender_name=sender_name, plain=body, html=body, attachments=attachments)
    )
    assert found.get("Subject", "").strip() == one_line(subject)


def only_ours(mail):
    """The mail parsed: our headers once each, our recipients, one attachment, no line too long."""
    data = build_message(mail)
    found = email.message_from_bytes(data, policy=email.policy.default)
    assert set(found.keys()) <= OURS
    assert len(set(found.keys())) == len(found.keys())
    assert [each.addr_spec for each in found["To"].addresses] == list(MAIL.to)
    assert [each.addr_spec for each in found["From"].addresses] == [MAIL.sender]
    assert [each.addr_spec for each in found["Cc"].addresses] == list(MAIL.copies)
    (part,) = found.iter_attachments()
    assert set(part.keys()) == {"MIME-Version", "Content-Transfer-Encoding", "Content-Type", "Content-Disposition"}
    assert set(part["Content-Disposition"].params) == {"filename"}
    assert set(part["Content-Type"].params) == {"name"}
    assert not re.search(r'[\x00-\x1f/\\:*?"<>|]', str(part.get_filename()))
    assert max(map(len, data.split(b"\r\n"))) < 998
    return found

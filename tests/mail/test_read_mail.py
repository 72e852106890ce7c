"""What a mail is, from its raw bytes: names, texts, kinds; and whatever the bytes are, nothing breaks or is lost."""

import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.mail.samples import (
    FILE,
    HOSTILE,
    HTML_CID,
    LONG_NAME,
    OCTETS,
    TEXT,
    VARIANTS,
    Variant,
    bounce,
    extended,
    mail,
    multipart,
    part,
    quoted,
    tnef,
    with_file,
    word,
)
from tests.work import is_linear
from zwgk_excel.domain.correspondence import MessageKind
from zwgk_excel.domain.file_names import safe_name
from zwgk_excel.mail import parts as mail_parts
from zwgk_excel.mail.headers import split_headers
from zwgk_excel.mail.parts import DEEPEST, LONGEST_NAME, MOST_PARTS
from zwgk_excel.mail.read_mail import headers_alone, read_mail
from zwgk_excel.mail.tnef import tnef_attachments


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.what)
def test_every_way_to_write_a_name(variant: Variant):
    (attachment,) = read_mail(variant.raw).attachments
    assert (attachment.original, attachment.decoration) == (variant.name, False)
    assert attachment.data == variant.data


def test_a_file_without_a_name_gets_one_from_its_type_or_what_it_is():
    def name(kind: bytes, data: bytes = FILE) -> str:
        return read_mail(with_file(kind, b"attachment", data)).attachments[0].name

    assert name(b"Content-Type: application/vnd.ms-excel") == "附件.xls"
    assert name(OCTETS) == "附件.xlsx"
    assert name(OCTETS, b"PK\x03\x04 some other archive") == "附件.zip"
    assert name(OCTETS, b"?") == "附件.bin"


@pytest.mark.parametrize("name", [rb"..\..\/etc/cron.d/x.xlsx", rb"C:\temp\x.xlsx", b"/x.xlsx", b"a/../x.xlsx"])
def test_of_a_path_only_the_name_is_left(name):
    (attachment,) = read_mail(with_file(OCTETS, quoted(name))).attachments
    assert safe_name(attachment.name) == "x.xlsx"


def test_sender_subject_ids_and_text():
    raw = with_file(OCTETS, quoted(b"a.xlsx")).replace(
        b"Subject: =?utf-8?B?5rWL6K+V?=",
        b"Subject: " + "回复：三月报送".encode("gbk") + b"\r\nIn-Reply-To: <a@x>\r\nReferences: <b@x>\r\n <a@x>",
    )
    read = read_mail(raw)
    assert (read.sender, read.subject) == ("caizheng@example.gov.cn", "回复：三月报送")
    assert (read.message_id, read.in_reply_to) == ("<v@example.gov.cn>", ("<a@x>", "<b@x>"))
    assert (read.text, read.kind) == ("见附件㈱", MessageKind.REPLY)


@pytest.mark.parametrize(
    ("header", "address"),
    [
        (b"a@example.gov.cn", "a@example.gov.cn"),
        (b"A@Example.GOV.cn (Zhang)", "a@example.gov.cn"),
        (b'"jiaoyu@example.gov.cn" <other@example.com>', "other@example.com"),
        (word("<jiaoyu@example.gov.cn>", "utf-8") + b" <other@example.com>", "other@example.com"),
        ("教育局 <jy@example.gov.cn>".encode("gbk"), "jy@example.gov.cn"),
        (b"nobody", ""),
    ],
)
def test_the_address_behind_a_name(header, address):
    assert read_mail(mail(TEXT, sender=header)).sender == address


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        (b"Content-Type: text/plain; charset=gb2312", "㈱".encode("gb18030"), "㈱"),
        (b"Content-Type: text/plain; charset=x-unheard-of", "正文".encode(), "正文"),
        (b"Content-Type: text/plain; charset=utf-8", "正文".encode("gbk"), "正文"),
        (b"Content-Type: text/plain; charset=us-ascii", "正文".encode("gbk"), "正文"),
        (b"Content-Type: text/plain; charset=base64", "正文".encode("gbk"), "正文"),
        (b"Content-Type: text/plain; charset=utf-16-le", "正文".encode("utf-16-le"), "正文"),
        (b"Content-Type: text/html", "<style>p{}</style><p>正文&amp;一</p><p>二</p>".encode(), "正文&一\n二"),
    ],
)
def test_a_text_in_any_charset(head, body, text):
    assert read_mail(mail(part(head, body))).text == text


def test_the_own_words_come_before_those_of_a_forwarded_mail():
    inner = mail(part(b"Content-Type: text/plain; charset=utf-8", "里面".encode(), "8bit"))
    outer = part(b"Content-Type: text/html; charset=utf-8", "<b>外面</b>".encode(), "8bit")
    forwarded = b"Content-Type: message/rfc822\r\n\r\n" + inner
    assert read_mail(mail(multipart(forwarded, outer))).text in {"外面", "里面"}


def test_signatures_cards_and_pictures_within_the_text_are_no_returns():
    logo = b'Content-Type: image/png; name="logo.png"\r\nContent-ID: <logo@x>\r\nContent-Disposition: attachment'
    related = multipart(
        part(b"Content-Type: text/html; charset=utf-8", HTML_CID, "8bit"),
        part(b'Content-Type: image/gif; name="line.gif"\r\nContent-ID: <l@x>', b"GIF89a"),
        boundary=b"RR",
        kind=b"related",
    )
    raw = mail(
        multipart(
            related,
            part(logo, b"\x89PNG"),
            part(b'Content-Type: image/jpeg; name="scan.jpg"\r\nContent-Disposition: attachment', b"\xff\xd8"),
            part(b'Content-Type: application/pkcs7-signature; name="smime.p7s"', b"0"),
            part(OCTETS + b"\r\nContent-Disposition: " + quoted(b"me.VCF"), b"BEGIN:VCARD"),
            part(b"Content-Type: text/calendar; method=REQUEST", b"BEGIN:VCALENDAR", "8bit"),
        )
    )
    listed = {each.name: each.decoration for each in read_mail(raw).attachments}
    assert listed == {
        "line.gif": True,
        "logo.png": True,
        "scan.jpg": False,
        "smime.p7s": True,
        "me.VCF": True,
        "附件.bin": True,
    }


def test_a_file_in_a_forwarded_mail_tells_which_mail_that_was():
    (own,) = read_mail(with_file(OCTETS, quoted(b"a.xlsx"))).attachments
    forwarded = next(each for each in VARIANTS if each.what == "forwarded")
    (inner,) = read_mail(forwarded.raw).attachments
    assert (own.mail_id, inner.mail_id) == ("", "<v@example.gov.cn>")


@pytest.mark.parametrize(
    "text",
    [
        "从QQ邮箱发来的超大附件",
        '<a href="https://wx.mail.qq.com/ftn/download?k=1">表</a>',
        "https://pan.baidu.com/s/1a",
    ],
)
def test_a_file_that_is_only_linked_to(text):
    kind = b"Content-Type: text/html; charset=utf-8"
    read = read_mail(mail(part(kind, text.encode())))
    assert (read.link is not None, read.attachments) == (True, ())


# --- kinds -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "subject", "kind"),
    [
        (b"", "回复：11月", MessageKind.REPLY),
        (b"Auto-Submitted: no\r\n", "x", MessageKind.REPLY),
        (b"", "回复：自动回复：11月", MessageKind.REPLY),
        (b"", "自动回复：11月", MessageKind.AUTO_REPLY),
        (b"", "Automatic reply: x", MessageKind.AUTO_REPLY),
        (b"Auto-Submitted: auto-replied (vacation)\r\n", "x", MessageKind.AUTO_REPLY),
        (b"X-Autoreply: yes\r\n", "x", MessageKind.AUTO_REPLY),
        (b"Precedence: auto_reply\r\n", "x", MessageKind.AUTO_REPLY),
        (b"Precedence: bulk\r\n", "x", MessageKind.LIST),
        (b"List-Id: <all.example.gov.cn>\r\n", "x", MessageKind.LIST),
        (b"Return-Path: <>\r\n", "x", MessageKind.REPLY),
        (b"Return-Path: <>\r\n", "系统退信", MessageKind.BOUNCE),
    ],
)
def test_kinds(more, subject, kind):
    assert read_mail(mail(TEXT, more=more, subject=word(subject, "utf-8"))).kind is kind


def test_a_bounce_tells_whom_it_was_for_and_which_mail_it_was():
    read = read_mail(bounce("jiaoyu@example.gov.cn", "<letter@example.gov.cn>"))
    assert read.kind is MessageKind.BOUNCE
    assert read.bounce is not None
    assert read.bounce.recipients == ("jiaoyu@example.gov.cn",)
    assert read.bounce.returned == ("<letter@example.gov.cn>",)
    assert "550 5.1.1 User unknown" in read.bounce.reason


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_a_report_of_anything_but_failure_is_no_bounce(action):
    read = read_mail(bounce("jiaoyu@example.gov.cn", "<a@x>", action=action))
    assert (read.kind, read.bounce) == (MessageKind.AUTO_REPLY, None)


def test_a_bounce_of_a_server_that_writes_no_report():
    text = "抱歉，您的邮件被退回来了。收件人 jiaoyu@example.gov.cn 不存在。\nMessage-ID: <letter@x>"
    body = part(b"Content-Type: text/plain; charset=utf-8", text.encode())
    read = read_mail(mail(body, sender=b"PostMaster@163.com", subject=word("系统退信", "utf-8")))
    assert read.bounce is not None
    assert (read.bounce.recipients, read.bounce.returned) == (("jiaoyu@example.gov.cn",), ("<letter@x>",))


def test_a_receipt_for_reading_is_an_automatic_answer():
    body = multipart(TEXT, kind=b"report; report-type=disposition-notification")
    assert read_mail(mail(body)).kind is MessageKind.AUTO_REPLY


# --- limits and hostility ----------------------------------------------------------------------


def test_mails_within_mails_are_opened_to_a_depth_and_then_kept_whole():
    raw = with_file(OCTETS, quoted(b"deep.xlsx"))
    for number in range(DEEPEST + 1):
        raw = mail(multipart(b"Content-Type: message/rfc822\r\n\r\n" + raw, boundary=b"D%d" % number))
    (kept,) = read_mail(raw).attachments
    assert kept.name == "附件.eml"
    assert b"deep.xlsx" in kept.data


def test_more_parts_than_anybody_attaches_are_counted():
    head = OCTETS + b"\r\nContent-Disposition: " + quoted(b"a.bin")
    read = read_mail(mail(multipart(*[part(head, b"x", "8bit")] * (MOST_PARTS + 7))))
    assert (len(read.attachments), read.left_out) == (MOST_PARTS, 7)


def nested(levels: int, width: int) -> bytes:
    """Multiparts within multiparts, each with so many parts."""
    inner = b"Content-Type: text/x\r\n\r\nx"
    for level in range(levels):
        inner = multipart(*[inner] * width, boundary=b"L%d" % level)
    return mail(inner)


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        (mail(multipart(*[b"Content-Type: a/b; name=" + b"x" * 280 + b"\r\n\r\nx"] * 100_000)), 100_000),
        (mail(multipart(*[b"\r\n"] * 1_000_000)), 1_000_000),
        (nested(3, 40), None),
        (mail(multipart(*[b"Content-Type: message/rfc822\r\n\r\n" + mail(TEXT)] * 50_000)), 50_000),
    ],
    ids=["tiny", "empty", "nested", "mails"],
)
def test_parts_are_counted_before_anything_of_them_is_parsed(raw, parts, monkeypatch):
    """A hundred thousand tiny parts took 44 seconds and half a gigabyte."""
    parsed = []

    def counting(data, *where):
        parsed.append(where)
        return split_headers(data, *where)

    monkeypatch.setattr(mail_parts, "split_headers", counting)
    read = read_mail(raw)
    assert len(parsed) <= 3 * MOST_PARTS
    assert read.left_out > 0
    if parts:
        assert read.left_out == parts - MOST_PARTS


def test_the_headers_of_parts_are_bounded_and_those_of_the_mail_too():
    long = b"X-Pad: " + b"y" * 900 + b"\r\n"
    wide = part(OCTETS + b"\r\n" + long * 100 + b"Content-Disposition: " + quoted(b"late.bin"), b"x", "8bit")
    read = read_mail(mail(multipart(*[wide] * 50), more=long * 1000))
    assert (read.sender, read.subject) == ("caizheng@example.gov.cn", "测试")
    assert all(each.original != "late.bin" for each in read.attachments)
    early = part(OCTETS + b"\r\nContent-Disposition: " + quoted(b"early.bin") + b"\r\n" + long * 10, b"x", "8bit")
    (attachment,) = read_mail(mail(multipart(early))).attachments
    assert attachment.name == "early.bin"


@pytest.mark.parametrize("length", [1_001, 15_000])
def test_names_of_kilobytes_keep_their_beginning_and_their_end(length):
    given = b"a" * (length - 5) + b".xlsx"
    (attachment,) = read_mail(with_file(OCTETS, b"attachment; filename=" + given)).attachments
    assert len(attachment.name) == len(attachment.original) == LONGEST_NAME
    assert attachment.name.endswith(".xlsx")
    packed = tnef("b" * length + ".xlsx", b"PK\x03\x04")
    (unpacked,) = read_mail(with_file(b"Content-Type: application/ms-tnef", quoted(b"winmail.dat"), packed)).attachments
    assert len(unpacked.original) <= LONGEST_NAME
    assert unpacked.name.endswith(".xlsx")


def test_a_mail_that_answers_everything_answers_the_first():
    many = b" ".join(b"<%d@x>" % number for number in range(5_000))
    read = read_mail(mail(TEXT, more=b"References: " + many + b"\r\n"))
    assert read.in_reply_to[0] == "<0@x>"
    assert len(read.in_reply_to) <= 200


@pytest.mark.parametrize("raw", [mail(TEXT), with_file(OCTETS, quoted(b"a.bin")), b"", b"\r\n", b"\0" * 1000, b"From"])
def test_the_headers_alone_are_a_mail_without_its_files(raw):
    whole, alone = read_mail(raw), read_mail(headers_alone(raw))
    assert (alone.sender, alone.subject, alone.message_id) == (whole.sender, whole.subject, whole.message_id)
    assert alone.attachments == ()


def test_padding_in_the_middle_of_base64_ends_nothing():
    head = OCTETS + b"\r\nContent-Disposition: " + quoted(b"a.bin") + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    (attachment,) = read_mail(mail(multipart(head + b"QUI=\r\nQ0Q=\r\nRQ"))).attachments
    assert attachment.data == b"ABCDE"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_mails_cost_no_more_than_their_size(hostile: str):
    assert is_linear(lambda size: read_mail(HOSTILE[hostile](size)), 2000)


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", *(make(20_000) for make in HOSTILE.values())])
def test_hostile_mails_give_no_more_than_others(raw):
    read = read_mail(raw)
    assert len(read.attachments) <= MOST_PARTS
    assert max(len(read.text), len(read.subject)) <= 500


def test_a_large_attachment_is_in_memory_once_as_sent_and_once_as_meant():
    size = 20 << 20
    raw = with_file(OCTETS, quoted(b"a.bin"), bytes(size))
    tracemalloc.start()
    (attachment,) = read_mail(raw).attachments
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(attachment.data) == size
    assert peak < 1.7 * size  # beside the raw mail itself; a buffer that grows has slack


_RAWS = [each.raw for each in VARIANTS] + [bounce("a@b.cn", "<m@x>")]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A sound mail with some bytes cut out, put in, or written over."""
    raw = bytearray(draw(st.sampled_from(_RAWS)))
    for _ in range(draw(st.integers(1, 6))):
        at, length = draw(st.integers(0, len(raw))), draw(st.integers(0, 40))
        raw[at : at + length] = draw(st.binary(max_size=40) | st.sampled_from([b"--BB\r\n", b"\r\n\r\n", b'"', b"\0"]))
    return bytes(raw)


@given(st.binary(max_size=2000) | mutated())
@example(b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n")
def test_any_bytes_at_all_are_a_mail(raw):
    read = read_mail(raw)
    assert len(read.attachments) <= MOST_PARTS
    assert all(each.name for each in read.attachments)
    assert read.text.replace("\n", "").isprintable()
    assert read.subject.isprintable()


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=6), st.sampled_from(["base64", "binary"]))
def test_the_bytes_of_every_attachment_are_accounted_for(files, encoding):
    parts = [
        part(OCTETS + b"\r\nContent-Disposition: " + quoted(b"%d" % number), data, encoding)
        for number, data in enumerate(files)
    ]
    raw = mail(multipart(TEXT, *parts, boundary=b"=_a boundary that no file has"))
    assert [each.data for each in read_mail(raw).attachments] == files


@given(st.binary(max_size=400), st.binary(min_size=1, max_size=60))
def test_damaged_winmail_ends_early_and_breaks_nothing(noise, data):
    sound = tnef(LONG_NAME, data)
    assert [(each.name, each.data) for each in tnef_attachments(sound)] == [(LONG_NAME, data)]
    tnef_attachments(sound[:6] + noise)
    for at in range(6, len(sound), 7):
        tnef_attachments(sound[:at] + noise)


def test_winmail_that_cannot_be_opened_is_kept_as_it_is():
    head = b"Content-Type: application/ms-tnef"
    (attachment,) = read_mail(with_file(head, quoted(b"winmail.dat"), b"not TNEF")).attachments
    assert (attachment.name, attachment.decoration) == ("winmail.dat", False)


def test_a_name_by_rfc_2231_is_believed_before_a_plain_one():
    disposition = extended(LONG_NAME, "utf-8") + b'; filename="?????.xlsx"'
    assert read_mail(with_file(OCTETS, disposition)).attachments[0].name == LONG_NAME

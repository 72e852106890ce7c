"""Authentication-Results: whose fields count, what they say, and what a sender can write into them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mail.samples import TEXT, mail
from zwgk_excel.domain.authentication import AuthenticationResult, SenderProof, judge, results_in_words
from zwgk_excel.mail.authentication import fields_of_server, parse_field
from zwgk_excel.mail.read_mail import read_mail

SERVER, DOMAIN = "mx.city.gov.cn", "jy.gov.cn"
PASS = "dmarc=pass header.from=jy.gov.cn"


def proof(*trace: str, server: str = SERVER) -> SenderProof:
    """What is made of header lines, the topmost first; a text without a name is a field of our server."""
    lines = [each if ": " in each else f"Authentication-Results: {SERVER}; {each}" for each in trace]
    raw = "".join(f"{line}\r\n" for line in lines).encode() + mail(TEXT, sender=b"a@jy.gov.cn")
    return judge(fields_of_server(read_mail(raw).trace, server), DOMAIN)


@pytest.mark.parametrize(
    ("results", "found"),
    [
        (PASS, SenderProof.PROVED),
        ("dmarc=pass", SenderProof.PROVED),
        ("DMARC = PASS (p=none) header.from = JY.gov.cn", SenderProof.PROVED),
        ("dmarc=pass header.from=evil.example", SenderProof.OTHER),
        ("dmarc=fail (p=none dis=none) header.from=jy.gov.cn", SenderProof.FAILED),
        ("dmarc=fail; spf=pass smtp.mailfrom=a@jy.gov.cn; dkim=pass header.d=jy.gov.cn", SenderProof.FAILED),
        ("dmarc=none; spf=pass smtp.mailfrom=a@jy.gov.cn", SenderProof.PROVED),
        ("dmarc=bestguesspass; spf=none", SenderProof.UNPROVED),
        ("spf=pass smtp.mailfrom=a@jy.gov.cn", SenderProof.PROVED),
        ("spf=pass smtp.mailfrom=jy.gov.cn", SenderProof.PROVED),
        ("spf=pass smtp.mailfrom=bounce@mail.jy.gov.cn", SenderProof.PROVED),
        ("spf=pass smtp.mailfrom=a@evil.example", SenderProof.OTHER),
        ("spf=pass smtp.mailfrom=a@evil-jy.gov.cn", SenderProof.OTHER),
        ("spf=pass smtp.mailfrom=a@jy.gov.cn.evil.example", SenderProof.OTHER),
        ("spf=pass smtp.helo=jy.gov.cn", SenderProof.UNPROVED),
        ("spf=softfail smtp.mailfrom=a@jy.gov.cn; dkim=none", SenderProof.FAILED),
        ("spf=fail smtp.mailfrom=a@jy.gov.cn; dkim=fail header.d=jy.gov.cn", SenderProof.FAILED),
        ("spf=fail; dkim=pass header.d=jy.gov.cn", SenderProof.PROVED),
        ("dkim=fail header.d=jy.gov.cn; dkim=pass header.i=@jy.gov.cn", SenderProof.PROVED),
        ("dkim=pass header.i=@evil.example header.s=s1", SenderProof.OTHER),
        ("dkim=pass header.d=jy.gov.cn; dmarc=fail", SenderProof.FAILED),
        ("auth=pass smtp.auth=a@jy.gov.cn", SenderProof.PROVED),
        ("spf=none; dkim=none; dmarc=none", SenderProof.UNPROVED),
        ("spf=temperror; dkim=neutral", SenderProof.UNPROVED),
        ("none", SenderProof.UNPROVED),
        ("", SenderProof.UNPROVED),
    ],
)
def test_what_one_field_says(results, found):
    assert proof(results) is found


@pytest.mark.parametrize(
    "forged",
    [
        f"spf=none (sent by x; {PASS})",
        f"spf=none (a (b) ; {PASS}",
        f'spf=none reason="x; {PASS}"',
        f'spf=none smtp.mailfrom="x; {PASS}"@evil.example',
        f'spf=none reason="\\"; {PASS}"',
        "spf=none smtp.mailfrom=x;xdmarc=pass header.from=jy.gov.cn",
        "spf=none smtp.mailfrom=a@evil.example.dmarc=pass",
    ],
)
def test_what_a_sender_gets_quoted_is_no_result(forged):
    assert proof(forged) is SenderProof.UNPROVED


RECEIVED = "Received: from mail.example by mx.city.gov.cn; Thu, 05 Mar 2026 10:00:00 +0800"
OWN = f"Authentication-Results: {SERVER}; {PASS}"


@pytest.mark.parametrize(
    ("trace", "found"),
    [
        ([f"Authentication-Results: mx.evil.example; {PASS}"], SenderProof.UNPROVED),
        ([f"Authentication-Results: {SERVER}.evil.example; {PASS}"], SenderProof.UNPROVED),
        ([f"X-Authentication-Results: {SERVER}; {PASS}"], SenderProof.UNPROVED),
        (["dmarc=fail", RECEIVED, OWN], SenderProof.FAILED),
        (["dmarc=fail", OWN], SenderProof.FAILED),
        (["spf=none", OWN], SenderProof.UNPROVED),
        (["none", OWN], SenderProof.UNPROVED),
        (["spf=pass smtp.mailfrom=a@evil.example", OWN], SenderProof.OTHER),
        ([RECEIVED, "Authentication-Results: other.example; none", "dmarc=fail", OWN], SenderProof.FAILED),
        ([PASS, "dkim=fail header.d=jy.gov.cn"], SenderProof.PROVED),
        ([PASS, RECEIVED, "dmarc=fail"], SenderProof.PROVED),
        (["spf=none", "dmarc=fail header.from=jy.gov.cn"], SenderProof.FAILED),
        ([RECEIVED, PASS], SenderProof.PROVED),
        ([], SenderProof.UNPROVED),
    ],
)
def test_only_what_our_server_put_on_top_counts(trace, found):
    assert proof(*trace) is found


def test_the_name_of_the_server_is_compared_like_a_domain():
    assert proof(f"Authentication-Results: MX.City.GOV.cn 1; {PASS}") is SenderProof.PROVED
    assert proof(f'Authentication-Results: "{SERVER}" (x); {PASS}') is SenderProof.PROVED
    folded = f"Authentication-Results:\r\n {SERVER};\r\n\tdmarc=pass\r\n header.from=jy.gov.cn"
    assert proof(f"X: {folded}".replace("X: ", "X: 1\r\n")) is SenderProof.PROVED


@given(st.text('a.;=()"\\\\ /@dmarcpsx-', max_size=60))
def test_anything_is_read(value):
    assert parse_field(value).server == parse_field(value).server.lower()


def test_a_field_is_read_as_the_standard_writes_it():
    field = parse_field('a.example 1; dkim/1=pass (good) reason="x" header.d=b.cn header.i=@b.cn; spf=none')
    told = (("header.d", "b.cn"), ("header.i", "@b.cn"))
    assert field.results == (AuthenticationResult("dkim", "pass", told), AuthenticationResult("spf", "none"))
    assert results_in_words([field]) == "spf=none、dkim=pass（b.cn）"

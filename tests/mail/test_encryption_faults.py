"""Encrypted connections that did not come about, in Chinese whatever OpenSSL says."""

import errno
import smtplib
import ssl

import pytest

from zwgk_excel.mail.encryption_faults import tls_fault
from zwgk_excel.mail.imap_errors import connection_error
from zwgk_excel.mail.smtp_line import reason_of


def distrusted(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, "certificate is not to our liking"
    return error


def failed(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}] {reason.lower()} (_ssl.c:1006)")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (distrusted(10), "服务器证书不可信：已过期"),
        (distrusted(66), "服务器证书不可信：OpenSSL 代码 66"),
        (failed("WRONG_VERSION_NUMBER"), "这个端口不是直接加密的"),
        (failed("TLSV1_ALERT_PROTOCOL_VERSION"), "双方没有共同的加密方式"),
        (failed("BAD_SIGNATURE"), "OpenSSL 代码 BAD_SIGNATURE"),
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), "对方中断了加密连接"),
    ],
)
def test_both_ways_of_the_mail_tell_it_alike(error, told):
    assert tls_fault(error) == told
    assert connection_error(error, "mail.example.gov.cn", 993).reason == told
    assert reason_of(error) == told


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.EHOSTUNREACH, "No route to host"), "主机不可达"),
        (smtplib.SMTPNotSupportedError("SMTP AUTH extension not supported by server."), "服务器不支持所要的功能"),
        (smtplib.SMTPException("No suitable authentication method found."), "服务器的应答无法识别"),
    ],
)
def test_the_words_of_the_system_and_of_smtplib_are_not_shown(error, told):
    assert reason_of(error) == told

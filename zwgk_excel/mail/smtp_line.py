"""Opens an SMTP connection: TLS, certificate check, login; raises TransportFault with a Chinese reason."""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

from zwgk_excel.domain.system_errors import system_reason
from zwgk_excel.domain.text import one_line
from zwgk_excel.mail.charsets import decoded
from zwgk_excel.mail.encryption_faults import certificate_fault, tls_fault
from zwgk_excel.mail.servers import GREETING_NAME, is_loopback, ssl_context, usual_port
from zwgk_excel.mail.transport import TransportFault

PAUSES = (2.0, 10.0, 30.0)
"""Seconds before the second and each further attempt at what failed for the moment."""
_TIMEOUT = 60.0
_LONGEST_WORDS = 300


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Server and login for sending."""

    host: str
    port: int
    security: str
    """``tls``, ``starttls`` or ``none``."""
    user: str
    password: str
    """Empty where the server asks for none."""
    per_minute: int
    """So many mails a minute at most; 0 for no limit."""
    trusted: ssl.SSLContext | None = None
    """Whom certificates are checked against (``servers.trust``); the system's authorities where None."""
    timeout: float = _TIMEOUT
    """Seconds to wait for any one answer."""
    no_password: str = "请运行 zwgk password 保存密码或客户端授权码。"
    """What the user is told where the server wants a login and ``password`` is empty."""


def connect(server: SmtpSettings, *, wait: Callable[[float], None] = time.sleep) -> smtplib.SMTP:
    """An encrypted connection, logged in; a server that does not respond is retried after a pause.

    Raises TransportFault with the reason. A refused certificate or login is not retried, because that could lock the
    account.
    """
    for pause in (*PAUSES[:2], None):
        try:
            return _connected(server)
        except TransportFault:
            raise
        except ssl.SSLCertVerificationError as error:
            raise TransportFault(_certificate(server, error)) from error
        except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
            raise TransportFault(_no_encryption(server, error)) from error
        except smtplib.SMTPAuthenticationError as error:
            raise TransportFault(_no_login(server, error)) from error
        except socket.gaierror as error:
            raise TransportFault(
                f"找不到发件服务器“{server.host}”；请核对 zwgk.toml 中 [mail.smtp] 的 host，并检查网络。"
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            if pause is None:
                raise TransportFault(
                    f"无法连接发件服务器 {server.host}:{port_of(server)}（{reason_of(error)}）；"
                    "请检查网络、端口和防火墙，排除后再次运行即可，已发出的不会重发。"
                ) from error
            wait(pause)
    raise AssertionError("the last attempt returns or raises")


def port_of(server: SmtpSettings) -> int:
    """The port to connect to: as set, or the usual one."""
    return server.port or usual_port("smtp", server.security)


def _connected(server: SmtpSettings) -> smtplib.SMTP:
    if server.security == "none" and not is_loopback(server.host):
        raise TransportFault(
            f"发件服务器“{server.host}”设为不加密（security = \"none\"），这只允许用于本机；"
            "请在 zwgk.toml 的 [mail.smtp] 中改为 tls 或 starttls。"
        )
    context = server.trusted or ssl_context()
    place = server.host, port_of(server), GREETING_NAME
    line: smtplib.SMTP
    if server.security == "tls":
        line = smtplib.SMTP_SSL(*place, timeout=server.timeout, context=context)
    else:
        line = smtplib.SMTP(*place, timeout=server.timeout)
    try:
        if server.security == "starttls":
            line.starttls(context=context)
        _log_in(line, server)
    except BaseException:
        line.close()
        raise
    return line


def _log_in(line: smtplib.SMTP, server: SmtpSettings) -> None:
    line.ehlo_or_helo_if_needed()
    if not line.has_extn("auth"):
        return
    if not server.password:
        raise TransportFault(f"发件服务器要求登录，没有“{server.user}”的密码：{server.no_password}")
    try:
        line.login(server.user, server.password)
    except smtplib.SMTPResponseException:
        raise
    except smtplib.SMTPException as error:
        raise TransportFault(
            f"发件服务器“{server.host}”的登录方式本程序不支持；请联系邮件管理员。"
        ) from error


def response_text(code: int, said: bytes | str) -> str:
    """A server's response as one line."""
    text = said if isinstance(said, str) else decoded(said)
    return f"{code} {one_line(text)}"[:_LONGEST_WORDS].strip()


def reason_of(error: Exception) -> str:
    """Why a connection failed, as a few Chinese words."""
    match error:
        # smtplib tells a time-out as a line that was dropped.
        case TimeoutError() | smtplib.SMTPServerDisconnected(__context__=TimeoutError()):
            return "服务器长时间没有应答"
        case ConnectionRefusedError():
            return "连接被拒绝"
        case smtplib.SMTPServerDisconnected() | ConnectionError():
            return "服务器中断了连接"
        case smtplib.SMTPResponseException():
            return response_text(error.smtp_code, error.smtp_error)
        case smtplib.SMTPNotSupportedError():
            return "服务器不支持所要的功能"
        case ssl.SSLError():
            return tls_fault(error)
        case OSError() if not isinstance(error, smtplib.SMTPException):
            return system_reason(error)
    return "服务器的应答无法识别"


def _certificate(server: SmtpSettings, error: ssl.SSLCertVerificationError) -> str:
    return (
        f"发件服务器“{server.host}”的证书不可信（{certificate_fault(error)}），没有登录，也没有发出任何邮件；"
        "请核对服务器名称，单位自建 CA 的，请在 zwgk.toml 的 [mail] 中设置 ca_file。"
    )


def _no_encryption(server: SmtpSettings, error: Exception) -> str:
    return (
        f"与发件服务器 {server.host}:{port_of(server)} 不能建立加密连接（{reason_of(error)}）；"
        "请核对端口与 security：465 一般用 tls，587 或 25 一般用 starttls。"
    )


def _no_login(server: SmtpSettings, error: smtplib.SMTPAuthenticationError) -> str:
    return (
        f"发件服务器拒绝登录“{server.user}”（{response_text(error.smtp_code, error.smtp_error)}）；"
        "多数邮箱要先在网页上开通 SMTP，用客户端授权码作密码，再运行 zwgk password 保存。"
    )

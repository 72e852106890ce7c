"""ImapError: the stage at which IMAP failed, and a reason in Chinese.

Failures of sending are :class:`zwgk_excel.mail.transport.TransportFault`.
"""

from __future__ import annotations

import imaplib
import socket
import ssl
from enum import StrEnum

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.domain.system_errors import system_reason
from zwgk_excel.domain.text import one_line
from zwgk_excel.mail.charsets import decoded
from zwgk_excel.mail.encryption_faults import tls_fault
from zwgk_excel.mail.refusals import Refusal, classify_refusal


class ImapStage(StrEnum):
    """The stages of an IMAP connection, in order."""

    NAME = "name"
    """The server's name is not known."""
    CONNECT = "connect"
    """No response at the port, or not in time."""
    TLS = "tls"
    """The line cannot be encrypted, or the certificate is not to be trusted."""
    LOGIN = "login"
    FOLDER = "folder"
    PROTOCOL = "protocol"
    """The response is invalid, or an unexpected refusal."""
    LINE = "line"
    """The line broke down during the work."""


_WORDS = {
    ImapStage.NAME: "找不到邮件服务器“{host}”：{reason}；请核对服务器名称和本机网络（DNS）",
    ImapStage.CONNECT: "无法连接邮件服务器 {host}:{port}：{reason}；请核对端口，或咨询网络管理员是否放行",
    ImapStage.TLS: "与邮件服务器 {host}:{port} 不能建立加密连接：{reason}；请核对端口和 security，证书请咨询邮箱管理员",
    ImapStage.LOGIN: "邮件服务器 {host} 不接受登录：{reason}",
    ImapStage.FOLDER: "邮件服务器 {host} 上无法打开文件夹：{reason}；请核对 zwgk.toml 中 [mail] 的 folder",
    ImapStage.PROTOCOL: "邮件服务器 {host}:{port} 的回答无法识别：{reason}；请核对端口是否正确",
    ImapStage.LINE: "与邮件服务器 {host}:{port} 的连接中断：{reason}；请稍后再运行一次",
}

_REASONS: tuple[tuple[type[OSError], str], ...] = (
    (socket.gaierror, "域名无法解析"),
    (TimeoutError, "等待超时"),
    (ConnectionRefusedError, "连接被拒绝"),
    (ConnectionResetError, "连接被对方重置"),
    (ConnectionAbortedError, "连接被对方中止"),
    (BrokenPipeError, "连接已断开"),
)
_LONGEST = 200


_REFUSALS = {
    Refusal.WRONG: (
        "登录名、密码或授权码不正确",
        "请核对登录名，运行 zwgk password 重新保存；很多邮箱要先开通 IMAP，用“授权码”代替密码",
    ),
    Refusal.EXPIRED: ("密码或授权码已过期", "请换新的，再运行 zwgk password 保存"),
    Refusal.DISABLED: (
        "邮箱没有开通 IMAP 服务，或不允许使用",
        "请在邮箱网页的设置中开通 IMAP，开通后多用“授权码”代替密码",
    ),
    Refusal.BLOCKED: ("登录过于频繁，或邮箱被临时限制", "请稍后再运行；经常如此的，请登录邮箱网页查看"),
    Refusal.UNAVAILABLE: ("服务器暂时不能核对密码", "请稍后再运行"),
    Refusal.ENCRYPTION: ("服务器要求先加密", "请把 zwgk.toml 中 [mail.imap] 的 security 改为 tls 或 starttls"),
    Refusal.ADMINISTRATOR: ("邮箱要由管理员处理", "请联系邮箱管理员"),
}
"""Why we were not let in, and what to do."""


class ImapError(ZwgkError):
    """The mailbox could not be used; ``kind`` is the stage that failed."""

    def __init__(self, kind: ImapStage, host: str, port: int, reason: str) -> None:
        self.kind, self.host, self.port, self.reason = kind, host, port, reason
        super().__init__(f"{_WORDS[kind].format(host=host, port=port, reason=reason)}。")

    @property
    def passing(self) -> bool:
        """Whether a retry may succeed without user action: no connection, or a lost one."""
        return self.kind in {ImapStage.CONNECT, ImapStage.LINE}


def connection_error(error: OSError, host: str, port: int) -> ImapError:
    """The error of a connection that could not be opened, from an error of the system or of TLS."""
    kind = ImapStage.CONNECT
    if isinstance(error, socket.gaierror):
        kind = ImapStage.NAME
    elif isinstance(error, ssl.SSLError):
        kind = ImapStage.TLS
    return ImapError(kind, host, port, _reason(error))


def lost_connection_error(error: OSError, host: str, port: int) -> ImapError:
    """The error of a connection that was lost."""
    return ImapError(ImapStage.LINE, host, port, _reason(error))


def said(answer: object) -> str:
    """A server's response as one readable line of limited length."""
    text = decoded(answer) if isinstance(answer, bytes) else str(answer)
    return one_line(text)[:_LONGEST] or "没有说明原因"


def login_reason(error: BaseException, secret: str) -> str:
    """Reason and remedy of a failed login, then the server's response in brackets, never with ``secret`` in it."""
    answer = _answer_of(error)
    if answer is None:
        return f"登录名或密码中有这个服务器不能接受的字符；{_REFUSALS[Refusal.WRONG][1]}"
    words = said(answer.replace(secret, "***") if secret else answer)
    why, what = _REFUSALS[classify_refusal(answer)]
    return f"{why}（服务器回答：{words}）；{what}"


def _answer_of(error: BaseException) -> str | None:
    """The server's response, from imaplib's error, which holds its bytes; None where there was no request."""
    original = error.__context__ if isinstance(error.__context__, imaplib.IMAP4.error) else error
    if not isinstance(original, imaplib.IMAP4.error):
        return None
    answer = original.args[0] if original.args else ""
    return decoded(answer) if isinstance(answer, bytes) else str(answer)


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return tls_fault(error)
    for kind, words in _REASONS:
        if isinstance(error, kind):
            return words
    return system_reason(error)

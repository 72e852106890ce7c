"""Encrypted connections to a cluster (``tls://``): our certificates, and the reason where a connection fails."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.workspace import Workspace

if TYPE_CHECKING:
    from distributed.security import Security

_SECONDS = 3.0
"""The time-out of the scheduler's response on a test connection."""
_WHERE = "请核对 zwgk.toml 的 [cluster]（没有写明的，取 Dask 自己的配置），见 docs/cluster.md。"
_EXPIRED, _NOT_YET = 10, 9
"""OpenSSL's codes of a certificate whose time is over, or has not come (X509_V_ERR_…)."""


def security_of(workspace: Workspace) -> Security:
    """The certificates of [cluster], else those of Dask's configuration, all verified to be usable.

    Dask accepts every client with a certificate of the authority in ``ca_file``, whatever its name. Raises UserError
    where a certificate is missing, unreadable or does not fit the others, and for a key with a password, which Dask
    does not support.
    """
    from distributed.security import Security

    settings = workspace.settings.cluster
    given = {"tls_ca_file": settings.ca_file, "tls_client_cert": settings.certificate, "tls_client_key": settings.key}
    paths = {field: str(workspace.root / name) for field, name in given.items() if name}
    security = Security(**paths)  # type: ignore[no-untyped-call]
    files: list[str | None] = [getattr(security, field) for field in given]
    for value in filter(None, files):
        _refuse_password(value)
    try:
        context = _context(security)
    except ssl.SSLError as error:
        raise UserError(f"{_fault_of(error, own_key=files[-1] is not None)}；{_WHERE}") from error
    if context is None:
        raise UserError(f"tls:// 集群要用证书，但没有设置 ca_file 和 certificate；{_WHERE}")
    return security


def fault(address: str, security: Security) -> str:
    """Why a connection to ``address`` (``tls://host:port``) fails, in Chinese; empty where no reason is found.

    Opens one connection without sending data, because Dask's errors do not distinguish a refused certificate from a
    lost connection.
    """
    host, _, port = address.partition("://")[2].rpartition(":")
    context = _context(security)
    assert context is not None, "certificates were there when the cluster was opened"
    try:
        where = host.strip("[]"), int(port)
        with socket.create_connection(where, _SECONDS) as plain, context.wrap_socket(plain) as line:
            line.recv(1)  # TLS 1.3 tells only now whether our own certificate is accepted
    except ssl.SSLCertVerificationError as error:
        return _distrusted(error)
    except ssl.SSLError as error:
        return _refused(error)
    except OSError:
        return ""  # nobody there, or silent: that is told elsewhere
    return ""


def _context(security: Security) -> ssl.SSLContext | None:
    """The TLS context that Dask would use; None without an authority or a certificate."""
    found: dict[str, ssl.SSLContext | None] = security.get_connection_args("client")  # type: ignore[no-untyped-call]
    return found["ssl_context"]


def _refuse_password(value: str) -> None:
    """Load a certificate or key (a path, or its text); one with a password would prompt on the terminal."""
    try:
        text = value if "\n" in value else Path(value).read_text("ascii", errors="replace")
    except OSError as error:
        raise UserError(f"集群的证书文件“{value}”读不了（{reason_of(error)}）；{_WHERE}") from error
    if "ENCRYPTED" in text:
        raise UserError("集群的私钥带有密码，Dask 不支持；请改用不带密码的私钥，并只让本人可以读取。")


def _fault_of(error: ssl.SSLError, *, own_key: bool) -> str:
    """Why certificates cannot be used, in Chinese."""
    if error.reason == "KEY_VALUES_MISMATCH":
        return "集群的证书（certificate）与私钥（key）不是一对"
    key = "" if own_key else "；没有设置 key 时，私钥应与证书在同一个文件里"
    return f"集群的证书或私钥不能用，内容应为 PEM 格式{key}（{error.reason or '不是证书'}）"


def _distrusted(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code == _EXPIRED:
        return "调度程序的证书已过期，请换新证书"
    if error.verify_code == _NOT_YET:
        return "调度程序的证书还没有生效，请核对两台机器的日期"
    return "调度程序的证书不是 [cluster] ca_file 中的机构签发的，请核对地址和 ca_file"


def _refused(error: ssl.SSLError) -> str:
    reason = error.reason or ""
    if "ALERT" in reason:  # what the other side says of us
        told = "，它已过期" if "EXPIRED" in reason else ""
        return f"调度程序不接受本机的证书{told}；请用调度程序所信任的机构签发的证书（certificate、key）"
    if reason in {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNEXPECTED_MESSAGE"}:
        return "那里没有加密（TLS）；不加密的集群只能用于本机，地址以 tcp:// 开头"
    return f"加密连接没有建立（{reason or '原因不明'}）"

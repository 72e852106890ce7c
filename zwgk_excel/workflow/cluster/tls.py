"""Encrypted connections between the office and its nodes (``tls://``): both sides show a certificate.

Only certificates of the authority that the other side names are accepted, the system's authorities count for nothing
here; and the office checks that a node's certificate is made out to the host it connects to.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from pathlib import Path

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.workspace import Workspace

_SETTINGS = "请核对 zwgk.toml 的 [cluster]，见 docs/cluster.md。"
_OPTIONS = "请核对 --ca-file、--certificate 和 --key，见 docs/cluster.md。"
_EXPIRED, _NOT_YET, _OTHER_HOST, _OTHER_IP = 10, 9, 62, 64
"""OpenSSL's codes of a certificate that is over, not valid yet, or made out to another host (X509_V_ERR_…)."""



class NotEncryptedError(ZwgkError, ConnectionError):
    """The other side hung up when it was greeted with TLS."""


_NOT_ENCRYPTED = "那里没有加密（TLS）；不加密的计算节点只能用于本机，地址以 tcp:// 开头"
_REASONS: Mapping[type[Exception], str] = {
    NotEncryptedError: _NOT_ENCRYPTED,
    ConnectionRefusedError: "那里没有程序在等待连接",
    ConnectionError: "它结束了连接",
    TimeoutError: "它没有回应",
    socket.gaierror: "找不到这台主机",
}


def client_context(workspace: Workspace) -> ssl.SSLContext:
    """The office's side, with the certificates of [cluster]; raises UserError where they cannot be used."""
    settings = workspace.settings.cluster
    if not settings.ca_file or not settings.certificate:
        raise UserError(f"tls:// 要用证书，但没有设置 ca_file 和 certificate；{_SETTINGS}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    key = workspace.root / settings.key if settings.key else None
    _load(context, workspace.root / settings.ca_file, workspace.root / settings.certificate, key, _SETTINGS)
    return context


def node_context(authority: Path | None, certificate: Path | None, key: Path | None) -> ssl.SSLContext:
    """A node's side; raises UserError where the certificates cannot be used."""
    if authority is None or certificate is None:
        raise UserError(f"tls:// 要用证书；{_OPTIONS}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    _load(context, authority, certificate, key, _OPTIONS)
    return context


def _load(context: ssl.SSLContext, authority: Path, certificate: Path, key: Path | None, where: str) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for path in filter(None, (authority, certificate, key)):
        try:
            text = path.read_text("ascii", errors="replace")
        except OSError as error:
            raise UserError(f"证书文件“{path}”无法读取（{reason_of(error)}）；{where}") from error
        if "ENCRYPTED" in text:  # OpenSSL would ask for its password on the terminal
            raise UserError(f"私钥“{path}”带有密码；请改用不带密码的私钥，并只让本人可以读取。")
    try:
        context.load_verify_locations(authority)
        context.load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        raise UserError(f"{_fault_of(error, own_key=key is not None)}；{where}") from error


def _fault_of(error: ssl.SSLError, *, own_key: bool) -> str:
    """Why certificates cannot be used, in Chinese."""
    if error.reason == "KEY_VALUES_MISMATCH":
        return "证书（certificate）与私钥（key）不是一对"
    key = "" if own_key else "；没有写明 key 时，私钥应与证书在同一个文件里"
    return f"证书或私钥不能用，内容应为 PEM 格式{key}（{error.reason or '不是证书'}）"


def encrypted(plain: socket.socket, context: ssl.SSLContext, host: str) -> ssl.SSLSocket:
    """The encrypted line over a connection to a host; raises OSError (ssl.SSLError among them)."""
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except (ConnectionError, ssl.SSLEOFError) as error:  # as who expects something else does
        raise NotEncryptedError(str(error)) from error


def fault(error: Exception) -> str:
    """Why a connection to a node did not come about, in Chinese."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _distrusted(error)
    if isinstance(error, ssl.SSLError):
        return _refused(error)
    for kind, reason in _REASONS.items():
        if isinstance(error, kind):
            return reason
    return reason_of(error) if isinstance(error, OSError) else "那里运行的不是 zwgk node"


def _distrusted(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code == _EXPIRED:
        return "它的证书已过期，请换新证书"
    if error.verify_code == _NOT_YET:
        return "它的证书还没有生效，请核对两台机器的日期"
    if error.verify_code in {_OTHER_HOST, _OTHER_IP}:
        return "它的证书不是发给这个地址的，请核对地址，或用写有该主机名或 IP 的证书"
    return "它的证书不是 [cluster] ca_file 中的机构签发的，请核对地址和 ca_file"


def _refused(error: ssl.SSLError) -> str:
    reason = error.reason or ""
    if "ALERT" in reason:  # what the other side says of us
        told = "，它已过期" if "EXPIRED" in reason else ""
        return f"它不接受本机的证书{told}；请用它所信任的机构签发的证书（certificate、key）"
    if reason in {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNEXPECTED_MESSAGE"}:
        return _NOT_ENCRYPTED
    return f"加密连接没有建立（{reason or '原因不明'}）"

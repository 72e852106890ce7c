"""Why an encrypted connection to a mail server did not come about, in Chinese: OpenSSL's own words are English."""

from __future__ import annotations

import ssl

_CERTIFICATE = {
    9: "尚未生效",
    10: "已过期",
    18: "自签名",
    19: "证书链中有自签名的根证书",
    20: "签发机构未知",
    21: "签发机构未知",
    23: "已被吊销",
    62: "名称与服务器不符",
    64: "地址与服务器不符",
}
"""OpenSSL's verification codes: https://docs.openssl.org/master/man1/openssl-verification-options/."""
NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "UNKNOWN_PROTOCOL"})
"""OpenSSL's words for an answer that is no TLS record; they differ between its versions."""
_NOTHING_SHARED = ("PROTOCOL", "VERSION", "HANDSHAKE_FAILURE", "CIPHER", "INSUFFICIENT_SECURITY")


def certificate_fault(error: ssl.SSLCertVerificationError) -> str:
    """Why a server's certificate is not trusted; of what is not known here OpenSSL's number, to look it up."""
    return _CERTIFICATE.get(error.verify_code, f"OpenSSL 代码 {error.verify_code}")


def tls_fault(error: ssl.SSLError) -> str:
    """Why there is no encrypted connection."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"服务器证书不可信：{certificate_fault(error)}"
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return "对方中断了加密连接"
    reason = error.reason or ""
    if reason in NOT_TLS:
        return "这个端口不是直接加密的"
    if any(each in reason for each in _NOTHING_SHARED):
        return "双方没有共同的加密方式"
    return f"OpenSSL 代码 {reason}" if reason else "原因不明"

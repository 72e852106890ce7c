"""What a mail address and the name of a server may look like."""

from __future__ import annotations

import ipaddress
import re

# One bare address: nothing that could become a second address, a display name or a header.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")


def is_address(text: str) -> bool:
    """Whether a text is one bare mail address in ASCII."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def host_fault(text: str) -> str:
    """What is wrong with the name or address of a server, in Chinese; empty for nothing."""
    if not text or _is_ip(text) or (len(text) <= 253 and all(map(_LABEL.fullmatch, text.removesuffix(".").split(".")))):
        return ""
    if "@" in text:
        return "这里填服务器名称，如 smtp.example.gov.cn，不是邮箱地址"
    if "://" in text or "/" in text or ":" in text:
        return "只写服务器名称，如 smtp.example.gov.cn，不带 https:// 和端口；端口写在 port"
    return "应为服务器名称，如 smtp.example.gov.cn；请检查空格、全角字符和标点"


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True

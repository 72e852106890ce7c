"""Addresses of nodes: ``tls://host:port``, and ``tcp://`` on this computer alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zwgk_excel.mail.servers import is_loopback
from zwgk_excel.workflow.errors import UserError

_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9A-Fa-f:.]+\]|[^\s/\[\]:@,]+):(\d{1,5})")
_PORTS = 1 << 16


@dataclass(frozen=True, slots=True)
class Address:
    """Where a node listens."""

    encrypted: bool
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'tls' if self.encrypted else 'tcp'}://{host}:{self.port}"


def address_of(text: str) -> Address:
    """One address as typed. Raises UserError, also for ``tcp://`` to or on any other than this computer."""
    found = _ADDRESS.fullmatch(text.strip())
    if not found or int(found[3]) >= _PORTS:
        raise UserError(f"“{text}”不是计算节点的地址；应如 tls://192.0.2.10:8790。")
    address = Address(found[1] == "tls", found[2].strip("[]"), int(found[3]))
    if not address.encrypted and not is_loopback(address.host):
        raise UserError(
            f"{address} 不加密，也不核对对方是谁，只能用于本机；请按 docs/cluster.md 设好证书，地址以 tls:// 开头。"
        )
    return address


def addresses_of(text: str) -> tuple[Address, ...]:
    """The addresses of several nodes, with commas between; each once. Raises UserError."""
    return tuple(dict.fromkeys(address_of(each) for each in re.split(r"[,，]", text) if each.strip()))

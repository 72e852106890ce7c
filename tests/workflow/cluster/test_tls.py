"""Nodes on encrypted lines: real certificates, and a sentence for each way in which they can be wrong."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from tests.cluster import LocalNodes, Tls, noted_names, running
from tests.mail.authority import Authority
from tests.workflow.desk import Desk, item, new_desk
from zwgk_excel.cli.main import run
from zwgk_excel.workflow.cluster import connection
from zwgk_excel.workflow.cluster.cluster_readers import ClusterReaders
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.workspace import open_workspace

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="processes are killed by group")]


@dataclass(frozen=True)
class Certificates:
    """An authority, and a node that trusts it."""

    authority: Authority
    nodes: LocalNodes


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Certificates]:
    authority = Authority(tmp_path_factory.mktemp("authority"))
    with running(1, Tls(authority.file, authority.certificate("node"))) as started:
        yield Certificates(authority, started)


@pytest.fixture
def desk(tmp_path: Path, encrypted: Certificates) -> Desk:
    """A workspace with a certificate that the node accepts."""
    made = new_desk(tmp_path)
    put(made, encrypted.authority)
    settings = made.root / "zwgk.toml"
    own = '\n[cluster]\nca_file = "ca.pem"\ncertificate = "证书/own.pem"\nkey = "证书/own.key"\n'
    settings.write_text(settings.read_text("utf-8") + own, "utf-8")
    return made


def put(
    desk: Desk, authority: Authority, *, trusted: Authority | None = None, days: tuple[int, int] = (-1, 30)
) -> None:
    """Put our certificate by an authority into the workspace, beside the one that is trusted."""
    own = authority.certificate("own", days=days)
    (desk.root / "证书").mkdir(exist_ok=True)
    shutil.copy(own.certificate, desk.root / "证书/own.pem")
    shutil.copy(own.key, desk.root / "证书/own.key")
    shutil.copy((trusted or authority).file, desk.root / "ca.pem")


@pytest.fixture
def other(tmp_path: Path) -> Authority:
    """An authority that no node trusts."""
    return Authority(tmp_path / "other")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_CONNECT_SECONDS", 3.0)


def opened(desk: Desk, address: str) -> None:
    ClusterReaders(address, open_workspace(desk.root)).close()


def test_a_command_works_over_an_encrypted_line(
    encrypted: Certificates, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = noted_names(monkeypatch)
    assert run(["generate", "2026-11", "-w", str(desk.root), "--as-of", "2026-11-02"]) == 0
    reply = desk.reply("市财政局", "回复.xlsx", items=[item("D02 政府采购")])
    run(["receive", str(reply), "-w", str(desk.root), "--cluster", encrypted.nodes.address])
    assert read == ["回复.xlsx"]


def test_no_certificate_at_all(encrypted: Certificates, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = new_desk(tmp_path)
    assert run(["consolidate", "-w", str(desk.root), "--cluster", encrypted.nodes.address]) == 2
    said = capsys.readouterr().err.replace("\n", "")
    assert "没有设置 ca_file 和 certificate" in said
    assert "Traceback" not in said


def test_a_node_whose_authority_we_do_not_trust(encrypted: Certificates, desk: Desk, other: Authority) -> None:
    put(desk, encrypted.authority, trusted=other)
    with pytest.raises(UserError, match="它的证书不是"):
        opened(desk, encrypted.nodes.address)


def test_our_certificate_is_not_of_the_nodes_authority(
    encrypted: Certificates, desk: Desk, other: Authority
) -> None:
    put(desk, other, trusted=encrypted.authority)
    with pytest.raises(UserError, match="不接受本机的证书；"):
        opened(desk, encrypted.nodes.address)


def test_our_certificate_has_expired(encrypted: Certificates, desk: Desk) -> None:
    put(desk, encrypted.authority, days=(-9, -2))
    with pytest.raises(UserError, match="不接受本机的证书，它已过期"):
        opened(desk, encrypted.nodes.address)


@pytest.mark.parametrize(
    ("names", "days", "sentence"),
    [
        (("node.example.cn", "192.0.2.11"), (-1, 30), "不是发给这个地址的"),
        (("127.0.0.1",), (-9, -2), "它的证书已过期"),
        (("127.0.0.1",), (3, 9), "还没有生效"),
    ],
)
def test_a_nodes_certificate_that_is_not_right(
    names: tuple[str, ...], days: tuple[int, int], sentence: str, encrypted: Certificates, desk: Desk
) -> None:
    """A certificate of the right authority is not enough: each node has its own name."""
    wrong = encrypted.authority.certificate("wrong", names=names, days=days)
    with (
        running(1, Tls(encrypted.authority.file, wrong)) as own,
        pytest.raises(UserError, match=sentence),
    ):
        opened(desk, own.address)


def test_a_node_that_does_not_encrypt(desk: Desk) -> None:
    with running() as plain, pytest.raises(UserError, match="没有加密"):
        opened(desk, plain.address.replace("tcp:", "tls:"))


def test_a_stranger_without_a_certificate_is_told_nothing(encrypted: Certificates) -> None:
    host, port = "127.0.0.1", next(iter(encrypted.nodes.running))
    context = ssl.create_default_context(cafile=str(encrypted.authority.file))
    with socket.create_connection((host, port), 5) as plain, context.wrap_socket(plain, server_hostname=host) as line:
        line.settimeout(5)
        with pytest.raises(ssl.SSLError, match=r"(?i)certificate"):
            line.recv(1)


def test_nobody_at_the_address(desk: Desk) -> None:
    with pytest.raises(UserError, match="没有程序在等待连接"):
        opened(desk, "tls://127.0.0.1:1")


@pytest.mark.parametrize("name", ["ca.pem", "证书/own.pem", "证书/own.key"])
@pytest.mark.parametrize(("data", "sentence"), [(None, "无法读取（找不到文件或文件夹）"), (b"\xff\x00", "PEM")])
def test_a_file_that_is_no_certificate(desk: Desk, name: str, data: bytes | None, sentence: str) -> None:
    path = desk.root / name
    path.unlink() if data is None else path.write_bytes(data)
    with pytest.raises(UserError, match=sentence):
        opened(desk, "tls://127.0.0.1:1")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "要用证书"),
        (("--ca-file", "ca.pem"), "要用证书"),
        (("--ca-file", "ca.pem", "--certificate", "没有.pem"), "无法读取"),
        (("--ca-file", "ca.pem", "--certificate", "证书/own.pem"), "私钥应与证书在同一个文件里"),
    ],
)
def test_a_node_without_its_certificates_does_not_start(
    options: tuple[str, ...], sentence: str, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [each if each.startswith("--") else str(desk.root / each) for each in options]
    assert run(["node", "tls://127.0.0.1:0", *given]) == 2
    assert sentence in capsys.readouterr().err.replace("\n", "")


def test_a_key_that_belongs_to_another_certificate(desk: Desk, other: Authority) -> None:
    shutil.copy(other.certificate("another").key, desk.root / "证书/own.key")
    with pytest.raises(UserError, match="不是一对"):
        opened(desk, "tls://127.0.0.1:1")


def test_a_key_with_a_password_is_not_asked_for_on_the_terminal(desk: Desk) -> None:
    path = desk.root / "证书/own.key"
    key = load_pem_private_key(path.read_bytes(), None)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"not-a-secret")))
    with pytest.raises(UserError, match="带有密码"):
        opened(desk, "tls://127.0.0.1:1")

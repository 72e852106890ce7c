"""A cluster with an encrypted line: real certificates, and a sentence for each way in which they can be wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dask
import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from tests.cluster import LocalCluster, Tls, noted_tasks, running
from tests.mail.authority import Authority
from tests.workflow.desk import Desk, new_desk
from zwgk_excel.cli.main import run
from zwgk_excel.workflow.cluster import connection
from zwgk_excel.workflow.cluster.connection import Cluster, open_cluster
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.workspace import open_workspace

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="processes are killed by group")]


@dataclass(frozen=True)
class Certificates:
    """An authority, and the scheduler and worker that trust it."""

    authority: Authority
    cluster: LocalCluster


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Certificates]:
    authority = Authority(tmp_path_factory.mktemp("authority"))
    with running(1, Tls(authority.file, authority.certificate("node"))) as started:
        yield Certificates(authority, started)


@pytest.fixture
def desk(tmp_path: Path, encrypted: Certificates) -> Desk:
    """A workspace with a certificate that the cluster accepts."""
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
    """An authority that nobody in the cluster trusts."""
    return Authority(tmp_path / "other")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_CONNECT_SECONDS", 3.0)


def opened(desk: Desk, address: str) -> Cluster:
    return open_cluster(address, open_workspace(desk.root))


def generate(desk: Desk, *options: str) -> int:
    return run(["generate", "2026-11", "-w", str(desk.root), "--as-of", "2026-11-02", *options])


def test_a_command_works_over_an_encrypted_line(
    encrypted: Certificates, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = noted_tasks(monkeypatch)
    twin = Desk(Path(shutil.copytree(desk.root, tmp_path / "别处")))
    assert generate(desk, "--cluster", encrypted.cluster.address) == 0
    assert set(sent) == {"_make"}
    assert generate(twin) == 0
    paths = sorted((twin.root / "发件箱/2026-11").iterdir())
    assert [(desk.root / "发件箱/2026-11" / path.name).read_bytes() for path in paths] == [
        path.read_bytes() for path in paths
    ]


def test_the_certificates_of_dasks_own_configuration(encrypted: Certificates, tmp_path: Path) -> None:
    bare, own = new_desk(tmp_path), encrypted.authority.certificate("dask")
    set_ = {"ca-file": encrypted.authority.file, "client.cert": own.certificate, "client.key": own.key}
    tls = {f"distributed.comm.tls.{name}": str(path) for name, path in set_.items()}
    with dask.config.set(tls), opened(bare, encrypted.cluster.address) as cluster:
        assert cluster.threads() == 1


def test_no_certificate_at_all(encrypted: Certificates, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate(new_desk(tmp_path), "--cluster", encrypted.cluster.address) == 2
    said = capsys.readouterr().err.replace("\n", "")
    assert "没有设置 ca_file 和 certificate" in said
    assert "Traceback" not in said


def test_a_scheduler_whose_authority_we_do_not_trust(encrypted: Certificates, desk: Desk, other: Authority) -> None:
    put(desk, encrypted.authority, trusted=other)
    with pytest.raises(UserError, match="调度程序的证书不是"):
        opened(desk, encrypted.cluster.address)


def test_our_certificate_is_not_of_the_clusters_authority(
    encrypted: Certificates, desk: Desk, other: Authority
) -> None:
    put(desk, other, trusted=encrypted.authority)
    with pytest.raises(UserError, match="不接受本机的证书；"):
        opened(desk, encrypted.cluster.address)


def test_our_certificate_has_expired(encrypted: Certificates, desk: Desk) -> None:
    put(desk, encrypted.authority, days=(-9, -2))
    with pytest.raises(UserError, match="不接受本机的证书，它已过期"):
        opened(desk, encrypted.cluster.address)


def test_a_scheduler_that_does_not_encrypt(desk: Desk) -> None:
    with running(0) as plain, pytest.raises(UserError, match="没有加密"):
        opened(desk, plain.address.replace("tcp:", "tls:"))


def test_nobody_at_the_address(desk: Desk) -> None:
    with pytest.raises(UserError, match="核对地址和调度程序"):
        opened(desk, "tls://127.0.0.1:1")


def test_a_plain_line_where_dask_is_told_to_encrypt(encrypted: Certificates, desk: Desk) -> None:
    with (
        dask.config.set({"distributed.comm.require-encryption": True}),
        pytest.raises(UserError, match="应以 tls:// 开头"),
    ):
        opened(desk, encrypted.cluster.address.replace("tls:", "tcp:"))


@pytest.mark.parametrize("name", ["ca.pem", "证书/own.pem", "证书/own.key"])
@pytest.mark.parametrize(("data", "sentence"), [(None, "读不了（文件已不存在）"), (b"\xff\x00", "PEM")])
def test_a_file_that_is_no_certificate(desk: Desk, name: str, data: bytes | None, sentence: str) -> None:
    path = desk.root / name
    path.unlink() if data is None else path.write_bytes(data)
    with pytest.raises(UserError, match=sentence):
        opened(desk, "tls://127.0.0.1:1")


def test_a_key_that_belongs_to_another_certificate(desk: Desk, other: Authority) -> None:
    shutil.copy(other.certificate("another").key, desk.root / "证书/own.key")
    with pytest.raises(UserError, match="不是一对"):
        opened(desk, "tls://127.0.0.1:1")


def test_a_key_with_a_password_is_not_asked_for_on_the_terminal(desk: Desk) -> None:
    path = desk.root / "证书/own.key"
    key = load_pem_private_key(path.read_bytes(), None)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"not-a-secret")))
    with pytest.raises(UserError, match="私钥带有密码"):
        opened(desk, "tls://127.0.0.1:1")

"""Whatever arrives instead of a report: one file, one receipt, one sentence; what holds a report is opened."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.mail.compound import attached, attached_mail, compound, msg
from tests.mail.samples import OCTETS, TEXT, mail, multipart, part, quoted, tnef
from tests.mail.test_mail_files import ENVELOPED, der, signed
from tests.tools import ROOT
from tests.workbooks.opening.test_archives import NUMBERS, seven_zip, tar
from tests.workbooks.sheets import zipped
from tests.workflow.desk import Desk, item, nil
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.workflow.intake.receiving import receive

pytestmark = pytest.mark.slow

AT = datetime(2026, 11, 20, 10, 30)
NOISE = random.Random(3).randbytes(6000)


@pytest.fixture(autouse=True)
def _end_of_november(sent):
    sent.now = datetime(2026, 12, 3, 9)


@pytest.fixture
def report(sent) -> bytes:
    answers = {("D04", "2026-11"): nil()}
    return sent.reply("市财政局", "回复.xlsx", answers=answers, items=[item("D02 政府采购")]).read_bytes()


def take(desk: Desk, folder: Path, name: str, data: bytes) -> list[Receipt]:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    with desk.open() as office:
        return list(receive(office, [folder / name], received_at=AT))


def entity(report: bytes) -> bytes:
    return multipart(TEXT, part(OCTETS + b"\r\nContent-Disposition: " + quoted(b"report.xlsx"), report))


HOLDERS: dict[str, Callable[[bytes], bytes]] = {
    "件.msg": lambda data: compound(msg(attached("市财政局.xlsx", data), text="见附件")),
    "转发.msg": lambda data: compound(msg(attached_mail(msg(attached("市财政局.xlsx", data), top=False)))),
    "签名.msg": lambda data: compound(msg(attached("smime.p7m", signed(entity(data))), kind="IPM.Note.SMIME")),
    "件.eml": lambda data: mail(entity(data)),
    "winmail.dat": lambda data: tnef("市财政局.xlsx", data),
    "smime.p7m": lambda data: signed(entity(data)),
    "件.tar": lambda data: tar({"市财政局.xlsx": data}),
    "件.tar.gz": lambda data: gzip.compress(tar({"回复/市财政局.xlsx": data})),
    "市财政局.xlsx.gz": gzip.compress,
    "市财政局.xlsx.bz2": bz2.compress,
    "市财政局.xlsx.xz": lzma.compress,
    "件.7z": lambda data: seven_zip({"市财政局.xlsx": data}),
    "件.zip": lambda data: zipped({"件.msg": compound(msg(attached("市财政局.xlsx", data)))}),
}


@pytest.mark.parametrize("name", HOLDERS)
def test_what_holds_a_report_is_opened(sent, tmp_path, report, name):
    outer, inner = take(sent, tmp_path / "来件", name, HOLDERS[name](report))
    assert (outer.verdict, outer.unit) == (Verdict.ACCEPTED, "市财政局")
    assert (inner.verdict, inner.unit, inner.items) == (Verdict.ACCEPTED, "市财政局", 1)
    assert (sent.root / inner.file).read_bytes() == report
    is_mail = name.endswith((".msg", ".eml", ".dat", ".p7m"))
    assert outer.problems[0].code == ("mail_opened" if is_mail else "archive_opened")
    is_signed = name in {"签名.msg", "smime.p7m"}
    assert [each.code for each in outer.problems[1:]] == (["mail_signed"] if is_signed else [])


REFUSED: dict[str, tuple[bytes, str, str]] = {
    "报送表.numbers": (zipped(NUMBERS), "file_convertible", "iWork"),
    "亿赛通.xlsx": (b"\x62\x14\x23\x65\2\5\0\0\0\0\0\0E-SafeNet\0\0\0LOCK" + NOISE, "file_protected", "亿赛通"),
    "绿盾.xlsx": (b"%TSD-Header-###%" + NOISE, "file_protected", "加密软件"),
    "别家.xlsx": (NOISE, "file_protected", "加密软件"),
    "标签.xlsx": (
        compound({"\x06DataSpaces": {"DRMEncryptedDataSpace": b"x"}, "EncryptedPackage": NOISE}),
        "file_protected",
        "敏感度标签",
    ),
    "smime.p7m": (der(0x30, bytes.fromhex(ENVELOPED), der(0xA0, der(0x30, NOISE))), "mail_encrypted", "加密的邮件"),
    "扫描件.pdf": (b"%PDF-1.7\n" + NOISE, "file_pictured", "PDF"),
    "微信图片.jpg": (b"\xff\xd8\xff\xe0" + NOISE, "file_pictured", "图片"),
    "报送表.lnk": (b"L\0\0\0\1\x14\2\0" + NOISE, "file_shortcut", "快捷方式"),
    "报送表.url": (
        b"[InternetShortcut]\r\nURL=https://docs.qq.com/sheet/D\r\n",
        "file_shortcut",
        "docs.qq.com/sheet/D",
    ),
    "报送表.z01": (b"PK\x07\x08PK\x03\x04" + NOISE, "archive_volume", "分卷"),
    "报送表.cab": (b"MSCF\0\0\0\0" + NOISE, "archive_no_tool", "CAB"),
    "坏邮件.msg": (compound({"__properties_version1.0": b"x"})[:-600], "file_unreadable", "邮件损坏"),
    "空邮件.msg": (compound(msg(text="见附件")), "mail_without_report", "邮件中没有"),
    "链接.eml": (
        mail(part(b"Content-Type: text/plain", b"https://www.kdocs.cn/l/c", "7bit")),
        "mail_without_report",
        "邮件",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_holds_none_is_one_receipt_that_says_what_it_is(sent, tmp_path, name):
    data, code, word = REFUSED[name]
    (receipt,) = take(sent, tmp_path / "来件", name, data)
    assert receipt.verdict is Verdict.QUARANTINED
    (problem,) = (each for each in receipt.problems if each.is_error)
    assert (problem.code, word in problem.found) == (code, True)
    assert problem.action.startswith("请")


def test_a_link_in_a_saved_mail_is_told(sent, tmp_path):
    (receipt,) = take(sent, tmp_path / "来件", "链接.eml", REFUSED["链接.eml"][0])
    assert [each.code for each in receipt.problems] == ["mail_without_report", "mail_linked"]
    assert "https://www.kdocs.cn/l/c" in receipt.problems[1].found


def test_what_systems_leave_in_a_folder_is_no_return(sent, tmp_path, report):
    folder = tmp_path / "来件"
    for name in ("__MACOSX", "$RECYCLE.BIN", "子"):
        (folder / name).mkdir(parents=True)
    left = ["Thumbs.db", "desktop.ini", "~$表.xlsx", "._表.xlsx", ".~表.xlsx", ".DS_Store", ".~lock.表.xlsx#", "Icon\r"]
    for name in [*left, "__MACOSX/._表.xlsx", "$RECYCLE.BIN/x.xlsx", "子/ehthumbs.db", "子/~WRL0001.tmp"]:
        (folder / name).write_bytes(b"x")
    (folder / "子" / "市财政局.xlsx").write_bytes(report)
    with sent.open() as office:
        assert [each.name for each in receive(office, [folder], received_at=AT)] == ["市财政局.xlsx"]


def test_the_command_says_it_in_one_line_each(sent, tmp_path):
    folder = tmp_path / "来件"
    folder.mkdir()
    for name, (data, _, _) in REFUSED.items():
        (folder / name).write_bytes(data)
    command = [
        sys.executable,
        "-m",
        "zwgk_excel",
        "receive",
        folder,
        "--received-at",
        "2026-11-20",
        "--json",
        "-w",
        sent.root,
    ]
    run = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (1, "")
    told = {each["file"].rpartition("/")[2]: each for each in json.loads(run.stdout)}
    assert {name.removesuffix(".隔离") for name in told} == REFUSED.keys()
    assert all([each["severity"] for each in receipt["problems"]].count("error") == 1 for receipt in told.values())

"""Real mail servers on loopback: aiosmtpd, which wants STARTTLS and a login, hands over to Dovecot, read by IMAPS."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.mail.authority import Certificate

HOST = "127.0.0.1"
USER, PASSWORD = "zwgk@example.gov.cn", "geheim-1234"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Dovecot(AbstractContextManager["Dovecot"]):
    """A Dovecot 2.3 of our own, unprivileged; every recipient has a mailbox, ``USER`` may log in.

    ``imaps`` and ``imap`` (plain, offering STARTTLS) are ports; mails arrive at ``lmtp``.
    """

    def __init__(self, program: str, certificate: Certificate) -> None:
        self._program, self._certificate = program, certificate
        self.imaps, self.imap, self.lmtp = free_port(), free_port(), free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="zwgk-dovecot-"))
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._write()
        command = [self._program, "-F", "-c", str(self.folder / "dovecot.conf")]
        if os.getuid() == 0:
            _, uid, gid = _owner()
            command = ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", *command]
        with (self.folder / "out").open("wb") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        for port in (self.imap, self.lmtp):
            self._wait(port)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def mails(self, address: str) -> list[bytes]:
        """Everything that arrived for an address, oldest first."""
        new = self.folder / "home" / address / "Maildir" / "new"
        paths = sorted(new.iterdir(), key=lambda path: path.stat().st_mtime_ns) if new.is_dir() else []
        return [path.read_bytes() for path in paths]

    def hand_over(self, sender: str, recipients: list[str], content: bytes) -> None:
        """Deliver a mail."""
        with smtplib.LMTP(HOST, self.lmtp) as lmtp:
            lmtp.sendmail(sender, recipients, content)

    def _wait(self, port: int) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                with socket.create_connection((HOST, port), 1) as line:
                    if line.recv(10):
                        return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"dovecot did not start: {(self.folder / 'out').read_text(errors='replace')}")

    def _write(self) -> None:
        user, uid, gid = _owner()
        for name in ("run", "state", "home"):
            (self.folder / name).mkdir()
        for each in (self._certificate.certificate, self._certificate.key):
            shutil.copy(each, self.folder / each.name)
        (self.folder / "passwd").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        names = {"certificate": self._certificate.certificate.name, "key": self._certificate.key.name}
        ports = {"imaps": self.imaps, "imap": self.imap, "lmtp": self.lmtp}
        values = {
            "base": self.folder,
            "user": user,
            "group": grp.getgrgid(gid).gr_name,
            "uid": uid,
            "gid": gid,
            **names,
            **ports,
        }
        (self.folder / "dovecot.conf").write_text(_CONFIGURATION.format(**values))
        if os.getuid() == 0:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, uid, gid)


class Relay(AbstractContextManager["Relay"]):
    """An SMTP server that wants STARTTLS and a login, and hands over to ``deliver(sender, recipients, content)``.

    ``answers`` are faults on demand, such as ``{"a@example.cn": "550 no such user"}`` for a recipient or a sender;
    ``login`` is what a wrong password is told; ``accepted`` counts what was handed over.
    """

    def __init__(self, certificate: Certificate, deliver: Callable[[str, list[str], bytes], None]) -> None:
        self.port = free_port()
        self.answers: dict[str, str] = {}
        self.login = ""
        self.accepted: list[tuple[str, tuple[str, ...]]] = []
        self._deliver = deliver
        self._controller = Controller(
            self,
            hostname=HOST,
            port=self.port,
            authenticator=self._authenticate,
            auth_required=True,
            auth_require_tls=True,
            tls_context=certificate.context(),
            require_starttls=True,
            data_size_limit=50 * 2**20,
        )

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    def _authenticate(self, server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        if isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode()):
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False, message=self.login or "535 5.7.8 authentication failed")

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """aiosmtpd's hook: a sender is named."""
        envelope.mail_from = address
        return self.answers.get(address, "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """aiosmtpd's hook: a recipient is named."""
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        """aiosmtpd's hook: a mail is there."""
        self._deliver(envelope.mail_from, envelope.rcpt_tos, envelope.content)
        self.accepted.append((envelope.mail_from, tuple(envelope.rcpt_tos)))
        return "250 OK"


def _owner() -> tuple[str, int, int]:
    entry = pwd.getpwuid(65534 if os.getuid() == 0 else os.getuid())
    return entry.pw_name, entry.pw_uid, entry.pw_gid


_CONFIGURATION = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{base}/{certificate}
ssl_key = <{base}/{key}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_chars =
auth_failure_delay = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_fsync = never
mail_plugins = quota
passdb {{
  driver = passwd-file
  args = username_format=%u {base}/passwd
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/home/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox 报送 {{
    auto = create
  }}
}}
plugin {{
  quota = maildir:all
  quota_rule = *:storage=1G
}}
protocol imap {{
  mail_plugins = quota imap_quota
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""

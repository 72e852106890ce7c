"""A real IMAP server on loopback for the tests: Dovecot, unprivileged, in a folder of its own, with its own CA."""

from __future__ import annotations

import os
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from tests.listeners import stop_listening
from tests.mail.account import HOST, PASSWORD
from tests.mail.authority import Authority
from tests.tools import free_port, require
from zwgk_excel.mail.imap import ImapLogin
from zwgk_excel.workflow import clock

_NOBODY = 65534
_SECONDS_TO_START = 20

_CONFIGURATION = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
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
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/home/%u
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
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service anvil {{
  chroot =
  # Tests log in wrongly on purpose: no growing pauses after that.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
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
"""


@dataclass
class Server:
    """Dovecot: any name may log in with the one password, and has an empty mailbox."""

    base: Path
    authority: Path
    """The certificate of the CA that signed the server's own."""
    imap: int
    imaps: int
    lmtp: int
    uid: int
    gid: int
    _numbers: Iterator[int]

    @property
    def trusting(self) -> ssl.SSLContext:
        """A context that trusts this CA and nobody else."""
        return ssl.create_default_context(cafile=str(self.authority))

    def account(self, user: str = "") -> ImapLogin:
        """An account with TLS from the first byte; by default one that nobody has used."""
        return ImapLogin("localhost", self.imaps, "tls", user or f"zwgk{next(self._numbers)}@example.gov.cn", PASSWORD)

    def plain_account(self, user: str = "") -> ImapLogin:
        """The same with a line that is plain to begin with."""
        return replace(self.account(user), port=self.imap, security="starttls")

    def deliver(self, user: str, raw: bytes, at: datetime, folder: str = "") -> Path:
        """Put a mail into a mailbox as if it had been received then (China's local time); unread."""
        place = self._maildir(user, folder) / "new" / f"{next(self._numbers):012}.test"
        place.write_bytes(raw)
        os.utime(place, (clock.to_timestamp(at),) * 2)
        self._own(place)
        return place

    def hand_over(self, sender: str, recipients: list[str], content: bytes) -> None:
        """Deliver a mail as an SMTP server does that received it just now."""
        with smtplib.LMTP(HOST, self.lmtp) as lmtp:
            lmtp.sendmail(sender, recipients, content)

    def renumber(self, user: str) -> None:
        """Lose the mailbox's numbering, as a move to another server does: a new UIDVALIDITY, new UIDs."""
        for path in self._maildir(user, "").glob("dovecot*"):
            path.unlink()
        # The number is made from the clock, in seconds.
        time.sleep(1.1)

    def flags(self, user: str) -> list[str]:
        """The flags of all mails of a user, as Maildir writes them: empty for an unread one."""
        return sorted(path.name.partition(":2,")[2] for path in self.mails(user))

    def mails(self, user: str) -> list[Path]:
        """The files of a user's mails, in the order they were received."""
        root = self._maildir(user, "")
        return sorted((*(root / "new").iterdir(), *(root / "cur").iterdir()), key=_received)

    def _maildir(self, user: str, folder: str) -> Path:
        from imapclient.imap_utf7 import encode

        home = self.base / "home" / user
        root = home / "Maildir"
        if folder:
            root /= "." + encode(folder).decode()
        for path in (home, home / "Maildir", root, *(root / name for name in ("new", "cur", "tmp"))):
            path.mkdir(exist_ok=True)
            self._own(path)
        return root

    def _own(self, path: Path) -> None:
        if os.getuid() == 0:
            os.chown(path, self.uid, self.gid)


def _received(path: Path) -> tuple[int, str]:
    return path.stat().st_mtime_ns, path.name


@contextmanager
def running(authority: Authority) -> Iterator[Server]:
    """A server that runs until the end; ends the test where Dovecot is missing."""
    (dovecot,) = require("dovecot")
    import pwd  # only where Dovecot runs; Windows has none

    base = Path(tempfile.mkdtemp(prefix="zwgk-dovecot-"))
    uid = _NOBODY if os.getuid() == 0 else os.getuid()
    user = pwd.getpwuid(uid)
    server = Server(base, authority.file, free_port(), free_port(), free_port(), uid, user.pw_gid, count(1))
    process = None
    try:
        _prepare(server, user.pw_name, authority)
        process = _start(dovecot, server)
        yield server
    finally:
        if process is not None:
            process.terminate()
            process.wait(timeout=30)
        shutil.rmtree(base)


def _prepare(server: Server, user: str, authority: Authority) -> None:
    import grp

    base = server.base
    base.chmod(0o755)
    for name in ("run", "state", "home"):
        (base / name).mkdir()
    certificate = authority.certificate("dovecot")
    shown = {"certificate": base / "server.pem", "key": base / "server.key"}
    shutil.copy(certificate.certificate, shown["certificate"])
    shutil.copy(certificate.key, shown["key"])
    values = {"base": base, "user": user, "group": grp.getgrgid(server.gid).gr_name, "password": PASSWORD}
    ports = {"imap": server.imap, "imaps": server.imaps, "lmtp": server.lmtp, "uid": server.uid, "gid": server.gid}
    (base / "dovecot.conf").write_text(_CONFIGURATION.format(**values, **shown, **ports))
    for path in (base, *base.rglob("*")):
        server._own(path)


def _start(dovecot: str, server: Server) -> subprocess.Popen[bytes]:
    command = [dovecot, "-F", "-c", str(server.base / "dovecot.conf")]
    if os.getuid() == 0:
        command = ["setpriv", f"--reuid={server.uid}", f"--regid={server.gid}", "--clear-groups", *command]
    with (server.base / "out").open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    until = time.monotonic() + _SECONDS_TO_START
    while not (_answers(server.imap) and _answers(server.lmtp)):
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            pytest.fail(f"Dovecot does not start: {(server.base / 'out').read_text()}", pytrace=False)
        time.sleep(0.02)
    return process


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as line:
        return bool(line.recv(100))
    return False


class CutLine:
    """A line to a server that is cut, each time after so many bytes have come from the server; then it holds.

    ``cuts`` are the numbers of bytes. As a context manager it gives the port to connect to.
    """

    def __init__(self, port: int, *cuts: int) -> None:
        self.port, self.cuts, self.connections = port, list(cuts), 0
        self._listener = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> int:
        threading.Thread(target=self._serve, daemon=True).start()
        port: int = self._listener.getsockname()[1]
        return port

    def __exit__(self, *_: object) -> None:
        stop_listening(self._listener)

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            left = self.cuts.pop(0) if self.cuts else None
            far = socket.create_connection(("127.0.0.1", self.port))
            for source, target, most in ((near, far, None), (far, near, left)):
                threading.Thread(target=_pump, args=(source, target, most), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket, most: int | None) -> None:
    """Carry bytes until there are no more, or so many have passed; then close both ends."""
    with suppress(OSError):
        while data := source.recv(65536 if most is None else min(65536, most)):
            target.sendall(data)
            if most is not None:
                most -= len(data)
                if most <= 0:
                    break
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)

"""A real PostgreSQL server of our own on loopback: made anew for a test process, gone with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

from tests.tools import free_port, require

OWNER, PASSWORD = "zwgk", "not-a-secret:@/?"
"""The role that owns the databases; its password is awkward in URLs."""
_NOBODY = "postgres"
"""Whom the server runs as where we are root, which it refuses."""
_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
full_page_writes = off
shared_buffers = 32MB
"""
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int
    folder: Path
    programs: Path

    def url(self, schema: str = "", *, user: str = OWNER, database: str = OWNER, port: int = 0) -> str:
        """The ledger's URL without a password: of a schema, or of the database's first one."""
        query = f"?schema={schema}" if schema else ""
        return f"postgresql+psycopg://{user}@127.0.0.1:{port or self.port}/{database}{query}"

    def new_url(self) -> str:
        """The URL of a schema that nobody has used; it is made with the ledger."""
        return self.url(f"test_{next(_numbers)}")

    @contextmanager
    def connection(self, database: str = OWNER, user: str = "postgres") -> Iterator[psycopg.Connection]:
        """A connection past the program, of the server's administrator."""
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=user, password=PASSWORD, dbname=database, autocommit=True
        ) as opened:
            yield opened

    def password_file(self, path: Path) -> Path:
        """Write a ``.pgpass`` for this server."""
        password = PASSWORD.replace(":", r"\:")
        path.write_text(f"127.0.0.1:*:*:*:{password}\n", encoding="utf-8")
        path.chmod(0o600)
        return path

    def control(self, *arguments: str) -> None:
        """Run ``pg_ctl`` on it: stop, start, restart."""
        where = ("-D", str(self.folder / "data"), "-l", str(self.folder / "log"), "-w")
        _as_nobody(self.programs / "pg_ctl", *where, *arguments)


@contextmanager
def running() -> Iterator[Server]:
    """Start a server, with a role and a database of the same name; skipped or failed where there is none."""
    (programs,) = require("postgresql")
    folder = Path(tempfile.mkdtemp(prefix="zwgk-pg-"))
    server = Server(free_port(), folder, Path(programs))
    try:
        _make(server)
        server.control("start")
        try:
            with server.connection("postgres") as admin:
                admin.execute(f"CREATE ROLE {OWNER} LOGIN PASSWORD '{PASSWORD}'")
                admin.execute(f"CREATE DATABASE {OWNER} OWNER {OWNER}")
            yield server
        finally:
            server.control("stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(server: Server) -> None:
    if os.geteuid() == 0:
        shutil.chown(server.folder, _NOBODY)
    secret = server.folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    data = server.folder / "data"
    options = ("-D", str(data), "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8")
    _as_nobody(server.programs / "initdb", *options, "--locale=C.UTF-8", "--no-sync")
    with (data / "postgresql.conf").open("a") as config:
        config.write(f"{_SETTINGS}port = {server.port}\n")


def _as_nobody(program: Path, *arguments: str) -> None:
    """Run a program of the server's as somebody who is not root."""
    user = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run(
        [str(program), *arguments],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # pg_ctl's server would keep a pipe open
        stderr=subprocess.DEVNULL,
        check=False,
        timeout=60,
        **user,  # type: ignore[call-overload]
    )
    assert done.returncode == 0, f"{program.name} {' '.join(arguments)} ended with {done.returncode}"

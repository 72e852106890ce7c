"""``zwgk send`` killed at its n-th step, and run again: ``python -m tests.workflow.killed_sending ROOT POINT…``.

As :mod:`tests.workflow.killed`, with a mail server in a process of its own that outlives the killed run. One line of
JSON for each POINT: how many mails each address has, what is uncertain, and how many steps were made.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.mail.smtp_server import SmtpServer
from tests.workflow import killed
from tests.workflow.desk import CYCLE, Desk
from tests.workflow.mail_setup import set_server
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod
from zwgk_excel.workflow.mailing.sending import send
from zwgk_excel.workflow.office.context import Office, open_office


def send_all(office: Office) -> None:
    """Mail everybody theirs."""
    send(office, CYCLE, DeliveryMethod.SMTP)


killed.TASKS["send"] = send_all


def serve(folder: Path) -> None:
    """A mail server that keeps each mail as a file, until it is told to stop."""

    class Keeping(list):
        def append(self, taken):
            (folder / f"{len(list(folder.iterdir())):03}.mail").write_text(taken.recipients[0])

    with SmtpServer() as server:
        server.mails = Keeping()
        (folder / "port.tmp").write_text(str(server.port))
        (folder / "port.tmp").rename(folder / "port")
        signal.pause()


def start_server(folder: Path) -> tuple[int, int]:
    """Its process and its port."""
    folder.mkdir()
    child = os.fork()
    if child == 0:
        serve(folder)
    while not (folder / "port").exists():
        time.sleep(0.01)
    return child, int((folder / "port").read_text())


def outcome(root: Path, mails: Path) -> dict[str, object]:
    """What everybody has, and what the ledger says."""
    counts: dict[str, int] = {}
    for path in sorted(mails.glob("*.mail")):
        counts[path.read_text()] = counts.get(path.read_text(), 0) + 1
    with open_office(root, now=lambda: killed.NOW) as office:
        states = {each.to[0]: str(each.state) for each in office.ledger.letters()}
    return {"counts": counts, "states": states}


def write_outcome(root: Path, mails: Path, out: Path) -> None:
    """The outcome as JSON."""
    out.write_text(json.dumps(outcome(root, mails)))


def at_point(prepared: str, point: int, folder: Path) -> dict[str, object]:
    """Kill and recover once."""
    copy = Path(shutil.copytree(prepared, folder / "副本"))
    root, steps, mails = copy / "工作区", folder / "steps", folder / "mails"
    server, port = start_server(mails)
    try:
        place = type("Place", (), {"port": port})()
        set_server(Desk(root), place)
        died = killed.in_child(killed.dying, root, "send", point, steps)
        again = killed.in_child(killed.run, root, "send")
        out = folder / "outcome"
        killed.in_child(write_outcome, root, mails, out)
    finally:
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)
    return {"died": died, "again": again, "steps": int(steps.read_bytes()), **json.loads(out.read_text())}


def main(prepared: str, *points: str) -> None:
    """A line for each point."""
    for point in map(int, points):
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(at_point(prepared, point, Path(folder))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

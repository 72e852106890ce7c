"""What a large mailbox costs: ``python -m benchmarks.fetch [--json] [--mails N] [--files N]``.

A real Dovecot on loopback holds the mails; each way of reading them runs in a process of its own, so that its memory
is its own. The plain way is imaplib and the standard library's parser, as anybody would write it: nothing is saved,
checked or remembered. Memory is the highest resident size less what the process had before it connected.
"""

from __future__ import annotations

import argparse
import email
import email.policy
import imaplib
import json
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.mail.account import PASSWORD
from tests.mail.authority import Authority
from tests.mail.dovecot import Server, running
from tests.workflow.desk import CYCLE, Desk, item, new_desk, nil
from tests.workflow.mailbox import MAILS, letter, with_addresses
from zwgk_excel.mail.imap import ImapLogin, Mailbox
from zwgk_excel.mail.read_mail import read_mail
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.mailing.fetching import fetch_from
from zwgk_excel.workflow.office.context import open_office

PLAIN = "plain imaplib and email"
AT = datetime(2026, 11, 1, 8)
FINANCE = MAILS["市财政局"]


def fill(server: Server, user: str, desk: Desk, mails: int, files: int) -> None:
    """Put mails into the mailbox, every so many of them with a return of its own."""
    answers = {("D04", str(CYCLE)): nil()}
    data = desk.reply("市财政局", "回复.xlsx", answers=answers, items=[item("D02 政府采购")]).read_bytes()
    for number in range(mails):
        # A byte behind its end makes a file another one and leaves the workbook as it is.
        with_file = files and number % (mails // files) == 0
        attached = [("回复.xlsx", data + number.to_bytes(4, "big"))] if with_file else []
        raw = letter(FINANCE, *attached, subject=f"回复：{number}", number=number + 1)
        server.deliver(user, raw, AT + timedelta(minutes=number % 40_000))


# --- the ways, each in a process of its own ----------------------------------------------------


def plain(account: ImapLogin, context: ssl.SSLContext, root: Path) -> int:
    """Every mail fetched fifty at a time and parsed, its attachments decoded and forgotten."""
    line = imaplib.IMAP4_SSL(account.host, account.port, ssl_context=context)
    line.login(account.user, PASSWORD)
    line.select("INBOX", readonly=True)
    uids = line.uid("search", "ALL")[1][0].split()
    count = 0
    for start in range(0, len(uids), 50):
        for part in line.uid("fetch", b",".join(uids[start : start + 50]).decode(), "(BODY.PEEK[])")[1]:
            if isinstance(part, tuple):
                mail = email.message_from_bytes(part[1], policy=email.policy.default)
                count += 1 + 0 * sum(len(each.get_content()) for each in mail.iter_attachments())
    line.logout()
    return count


def read(account: ImapLogin, context: ssl.SSLContext, root: Path) -> int:
    """Every mail fetched and understood by us, nothing saved."""
    with Mailbox(account, "INBOX", context=context) as mailbox:
        return sum(bool(read_mail(raw.data)) for batch in mailbox.mails(mailbox.new(0)) for raw in batch)


def fetch(account: ImapLogin, context: ssl.SSLContext, root: Path) -> int:
    """``zwgk fetch``: files saved, read and validated, mails and receipts in the ledger."""
    with open_office(root) as office, Mailbox(account, "INBOX", context=context) as mailbox:
        return len(fetch_from(office, mailbox).messages)


def fetch_again(account: ImapLogin, context: ssl.SSLContext, root: Path) -> int:
    """``zwgk fetch`` where nothing is new."""
    return fetch(account, context, root)


WAYS: dict[str, Callable[[ImapLogin, ssl.SSLContext, Path], int]] = {
    PLAIN: plain,
    "our reader": read,
    "zwgk fetch": fetch,
    "zwgk fetch again": fetch_again,
}


def child(way: str, port: str, user: str, authority: str, root: str) -> None:
    """Go one way, and print what it took."""
    account = ImapLogin("localhost", int(port), "tls", user, PASSWORD)
    context = ssl.create_default_context(cafile=authority)
    before, started = _highest(), time.perf_counter()
    count = WAYS[way](account, context, Path(root))
    seconds = time.perf_counter() - started
    print(json.dumps({"mails": count, "seconds": seconds, "mb": (_highest() - before) / 1024}))


def _highest() -> int:
    """The highest resident size of this process so far, in kilobytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


# --- measuring ---------------------------------------------------------------------------------


def measure(mails: int, files: int) -> dict[str, dict[str, Any]]:
    """Way → mails, seconds and megabytes, and the ratio of its time to the plain way's."""
    with tempfile.TemporaryDirectory() as folder, running(Authority(Path(folder) / "authority")) as server:
        desk = new_desk(Path(folder))
        with_addresses(desk)
        with desk.open() as office:
            generate(office, CYCLE, as_of=desk.now.date())
        user = server.account().user
        fill(server, user, desk, mails, files)
        given = [str(server.imaps), user, str(server.authority), str(desk.root)]
        found = {way: _run(way, given) for way in (PLAIN, *WAYS)}
    for values in found.values():
        values["ratio"] = values["seconds"] / found[PLAIN]["seconds"]
    return found


def _run(way: str, given: list[str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.fetch", "--child", way, *given]
    done: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return done


def main() -> None:
    """Measure and print."""
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description="Cost of a large mailbox.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--files", type=int, default=500, help="how many of them bring a return")
    options = parser.parse_args()
    found = measure(options.mails, options.files)
    if options.json:
        print(json.dumps({"mails": options.mails, "files": options.files, "ways": found}, ensure_ascii=False, indent=1))
        return
    print(f"{options.mails} mails, {options.files} of them with a return\n")
    print(f"{'':<26}{'seconds':>10}{'ms a mail':>11}{'ratio':>8}{'MB more':>9}")
    for way, values in found.items():
        each = values["seconds"] * 1000 / options.mails
        print(f"{way:<26}{values['seconds']:10.1f}{each:11.2f}{values['ratio']:8.2f}{values['mb']:9.1f}")


if __name__ == "__main__":
    main()

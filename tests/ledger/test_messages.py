"""Mails in the ledger: each once, found again under a new number, and told apart from copies."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError

from tests.ledger.deaths import deaths
from tests.ledger.samples import MAILBOX, message, now, texts
from tests.tools import posix_only
from zwgk_excel.domain.correspondence import IncomingMessage, SavedAttachment
from zwgk_excel.ledger import Ledger, open_ledger


def test_what_is_recorded_is_given_back_in_the_order_of_receipt(ledger: Ledger):
    assert ledger.add_messages([message(9), message(3)]) == 2
    assert ledger.messages() == (message(3), message(9))


def test_a_message_is_recorded_once(ledger: Ledger):
    assert ledger.add_messages([message(1)]) == 1
    assert ledger.add_messages([message(1, subject="another")]) == 0
    assert ledger.messages() == (message(1),)


def test_the_last_uid_is_that_of_the_mailbox_as_it_is_numbered_now(ledger: Ledger):
    ledger.add_messages([message(1), message(5), message(90, uidvalidity=6), message(91, mailbox="other/INBOX")])
    assert ledger.last_uid(MAILBOX, 7) == 5
    assert ledger.last_uid(MAILBOX, 8) == 0
    assert ledger.last_uid("nobody/INBOX", 7) == 0


@pytest.mark.parametrize(("mailbox", "uidvalidity"), [(MAILBOX, 8), ("zwgk@example.gov.cn/报送", 7)])
def test_a_mail_under_a_new_number_is_the_same_mail(ledger: Ledger, mailbox: str, uidvalidity: int):
    ledger.add_messages([message(1), message(2)])
    moved_to = replace(message(1), mailbox=mailbox, uidvalidity=uidvalidity, uid=41)
    again = replace(moved_to, received_at=datetime(2026, 12, 1))
    assert ledger.messages_elsewhere(again.mailbox, again.uidvalidity)[again.digest] == 1
    assert ledger.add_messages([again]) == 0
    found = {each.message_id: each for each in ledger.messages()}
    moved = found["<1@example.gov.cn>"]
    assert (len(found), moved.identity, moved.received_at) == (2, again.identity, message(1).received_at)


def test_two_copies_in_one_mailbox_stay_two(ledger: Ledger):
    copy = replace(message(1), uid=2)
    assert ledger.add_messages([message(1), copy]) == 2
    moved = [replace(each, uidvalidity=8) for each in (message(1), copy)]
    assert ledger.add_messages([*moved, replace(copy, uidvalidity=8, uid=3)]) == 1
    assert [each.uid for each in ledger.messages()] == [1, 2, 3]


@pytest.mark.parametrize("field", ["sender", "subject", "message_id", "text"])
def test_whatever_differs_makes_another_mail(ledger: Ledger, field):
    ledger.add_messages([message(1)])
    assert ledger.add_messages([message(1, uidvalidity=8, **{field: "其他"})]) == 1


@posix_only("forks of one process, a copy for each statement")
def test_a_recording_killed_at_any_statement_leaves_nothing(path: Path, ledger: Ledger):
    for _, left in deaths(path, "add_messages", 1, 3):
        assert left.messages() == ()
        assert left.add_messages([message(number) for number in (1, 2, 3)]) == 3


def test_a_batch_with_a_message_that_cannot_be_recorded_leaves_nothing(ledger: Ledger):
    foreign = message(2, received_at=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises((StatementError, ValueError), match="local time without a zone"):
        ledger.add_messages([message(1), foreign])
    assert ledger.messages() == ()


_enclosed = st.builds(SavedAttachment, texts, texts, texts)


@given(st.builds(replace, st.just(message(1)), sender=texts, subject=texts, text=texts, unit=texts,
                 attachments=st.lists(_enclosed, max_size=3).map(tuple)))  # fmt: skip
def test_any_text_is_given_back(made: IncomingMessage):
    with open_ledger("sqlite://", create=True, now=now) as fresh:
        assert fresh.add_messages([made]) == 1
        assert fresh.messages() == (made,)


def test_who_sent_a_file_and_when_the_newest_mail_came(ledger: Ledger):
    assert (ledger.newest_message(), ledger.senders_of(["a"])) == (None, {})
    named = [f"收件箱/邮件/{number}.xlsx" for number in range(3)]
    files = [SavedAttachment(name, "", "a.xlsx") for name in named]
    first, second = message(1, attachments=tuple(files[:2])), message(2, attachments=tuple(files[2:]))
    ledger.add_messages([second, first])
    assert ledger.newest_message() == max(first.received_at, second.received_at)
    assert ledger.senders_of([*named, "收件箱/别的.xlsx"]) == dict.fromkeys(named, first.sender)

"""Which units a mail address sends for, and the problem where a sender is not one of the unit's addresses."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from zwgk_excel.domain.authentication import SenderProof
from zwgk_excel.domain.duties import Roster
from zwgk_excel.domain.problems import CellRef, Problem, problem

HELD_FOR_SENDER = frozenset({"sender_unknown", "sender_unclear", "sender_failed", "sender_takes_back"})
"""Codes of the problems for which a file waits for its sender's sake: the same file from a better sender is new."""


@dataclass(frozen=True, slots=True)
class SenderFields:
    """What the headers of a mail say about its sender; addresses in lower case."""

    addresses: tuple[str, ...] = ()
    """In From, all of them."""
    shown: tuple[str, ...] = ()
    """In the names and comments of From: what a program may show in place of the address."""
    sent_by: tuple[str, ...] = ()
    """In Sender: who sent it for the one in From."""
    answers_to: tuple[str, ...] = ()
    """In Reply-To."""
    malformed: bool = False
    """Whether something in From stands for an address and is none, or is a group of them."""
    fields: int = 1
    """How many fields From it has."""


def contradictions(roster: Roster, claimed: SenderFields, *, office: Collection[str]) -> Iterator[str]:
    """Why it is not clear who sent a mail, in words; nothing where it is.

    Programs differ in which of several addresses they show, and servers in which they check. Sender and Reply-To may
    name another address of the same unit, or one of the ``office``'s own.
    """
    if claimed.fields != 1:
        yield f"有 {claimed.fields} 个发件人栏（From）"
    if len(claimed.addresses) > 1:
        yield f"发件人写了 {len(claimed.addresses)} 个地址：{'、'.join(claimed.addresses)}"
    if claimed.malformed or (claimed.fields == 1 and not claimed.addresses):
        yield "发件人的地址写法不对"
    if claimed.shown:
        yield f"发件人的名称里是另一个地址：{'、'.join(claimed.shown)}"
    own = {claimed.addresses[0], *office} if claimed.addresses else set(office)
    for unit in units_of(roster, claimed.addresses[0]) if claimed.addresses else ():
        own |= addresses_of(roster, unit)
    for title, given in (("代发人（Sender）", claimed.sent_by), ("回复地址（Reply-To）", claimed.answers_to)):
        if others := [each for each in given if each not in own]:
            yield f"{title}是 {'、'.join(others)}"


def check_claims(
    roster: Roster,
    claimed: SenderFields,
    proof: SenderProof,
    place: CellRef,
    *,
    office: Collection[str],
    results: str = "",
) -> Iterator[Problem]:
    """The problems with what a mail says of its sender, whoever that is; ``results`` are the server's, in words.

    The office's own address is everybody's to see: it counts only where it is proved, if the server says so of mails.
    """
    sender = claimed.addresses[0] if claimed.addresses else "没有写明的地址"
    if reasons := "；".join(contradictions(roster, claimed, office=office)):
        yield problem("sender_unclear", place, reason=reasons)
    failed = proof in {SenderProof.FAILED, SenderProof.OTHER}
    if failed or (proof is SenderProof.UNPROVED and sender in office):
        yield problem("sender_failed", place, sender=sender, results=results or "没有核验结果")
    elif proof is SenderProof.UNPROVED:
        yield problem("sender_unproved", place, sender=sender, results=results or "没有核验结果")


def addresses_of(roster: Roster, unit: str) -> frozenset[str]:
    """The addresses that send for a unit, in lower case: of all its roster rows, of its officers for single duties, and
    of units it took over."""
    found: set[str] = set()
    names, waiting = {unit}, [unit]
    while waiting:
        name = waiting.pop()
        for row in (each for each in roster if each.name == name):
            found |= {address.strip().lower() for address in (*row.mails, *row.copies)}
            new = set(row.predecessors) - names
            names |= new
            waiting += sorted(new)
    found |= {mail.strip().lower() for each in roster.duty_officers if each.unit in names for mail in each.mails}
    return frozenset(found - {""})


def units_of(roster: Roster, sender: str) -> tuple[str, ...]:
    """The units that an address sends for, in roster order; several where one officer serves several."""
    names = dict.fromkeys(each.name for each in roster)
    return tuple(name for name in names if sender and sender.lower() in addresses_of(roster, name))


def check_sender(roster: Roster, sender: str, unit: str, place: CellRef, *, office: Collection[str]) -> Problem | None:
    """The problem with a return of ``unit`` mailed by ``sender``; None where it is an address of the unit.

    ``office`` are the office's own addresses in lower case; mails that it forwards are accepted. ``unit`` is empty
    where it is not known; then only an unknown sender is reported. The code is sender_unknown for an address of no
    unit, unless ``unit`` has no addresses to compare with.
    """
    if sender in office:
        return problem("sender_office", place, sender=sender)
    theirs = addresses_of(roster, unit) if unit else frozenset()
    if sender and sender in theirs:
        return None
    others = units_of(roster, sender)
    shown = sender or "没有写明的地址"
    if not others and unit and not theirs:
        return problem("sender_unchecked", place, sender=shown, unit=unit)
    if not others:
        return problem("sender_unknown", place, sender=shown)
    if unit:
        return problem("sender_differs", place, sender=shown, other="、".join(others), unit=unit)
    return None

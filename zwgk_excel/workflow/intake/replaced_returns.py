"""Compares a return with the one it would replace.

What another sender takes back waits for the office; of what the unit takes back it is told, and the office asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence

from zwgk_excel.domain.authentication import SenderProof
from zwgk_excel.domain.decisions import merged_cycles
from zwgk_excel.domain.effective_receipts import BLANK_CODES, effective_receipts
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import AnswerStatus, Receipt
from zwgk_excel.domain.taken_back import TakenBack, taken_back
from zwgk_excel.layout.words import word
from zwgk_excel.workflow.intake.inbox import UNPACKED_FOLDER, MailOrigin
from zwgk_excel.workflow.office.context import Office

_Place = tuple[str, Month | None]
_NAMED = 3


class ReplacedReturns:
    """The returns of a run and of the ledger, by unit and cycle, with their senders."""

    def __init__(self, office: Office, places: Collection[_Place]) -> None:
        """``places`` are the units and cycles of which the ledger has something; the caller keeps it up to date."""
        self._office, self._places = office, places
        self._merged = merged_cycles(office.ledger.mergings())
        self._unrecorded: dict[_Place, list[Receipt]] = defaultdict(list)
        self._senders: dict[str, str] = {}

    def note(self, receipt: Receipt, origin: MailOrigin | None) -> None:
        """Remember an accepted return of this run until it is recorded."""
        self._unrecorded[receipt.unit, receipt.cycle].append(receipt)
        if origin:
            self._senders[receipt.file] = origin.sender

    def recorded(self) -> None:
        """Forget the contents that are in the ledger by now; who sent them it may not know yet."""
        self._unrecorded.clear()

    def taken_back_by(
        self, receipt: Receipt, origin: MailOrigin, is_void: Callable[[str], bool], *, own: bool
    ) -> Problem | None:
        """The problem with a mailed return that takes back what was accepted, unless its sender may do so.

        He may who sent what it replaces, with an address of the unit (``own``: nothing is to be told of it), and, where
        the office's server checks senders, proved. For what came without a mail he has to be proved.
        ``is_void`` is that of :func:`zwgk_excel.domain.taken_back.taken_back`.
        """
        former = self._replaced_by(receipt)
        contents = [each.content for each in former if each.content is not None]
        assert receipt.content is not None
        taken = taken_back(contents, receipt.content, is_void)
        if not taken:
            return None
        why = _objection(origin, self._senders_of(former), receipt.unit, own=own)
        if not why:
            return None
        values = {"sender": origin.sender, "what": _in_words(taken), "why": why}
        return problem("sender_takes_back", CellRef(receipt.name), unit=receipt.unit, cycle=receipt.cycle, **values)

    def emptied_by(self, receipt: Receipt, is_void: Callable[[str], bool]) -> tuple[TakenBack, ...]:
        """What a return takes back of which it has nothing any more: no item, and no word or 未报送.

        ``is_void`` is that of :func:`zwgk_excel.domain.taken_back.taken_back`.
        """
        contents = [each.content for each in self._replaced_by(receipt) if each.content is not None]
        assert receipt.content is not None
        taken = taken_back(contents, receipt.content, is_void) if contents else ()
        return tuple(each for each in taken if each.after in {None, AnswerStatus.PENDING})

    def unrecorded(self, unit: str) -> list[Receipt]:
        """The returns of a unit in this run that are not recorded yet."""
        return [each for (name, _), some in self._unrecorded.items() if name == unit for each in some]

    def _replaced_by(self, receipt: Receipt) -> list[Receipt]:
        """The receipts with content that count now and no longer would; none where all of them go on counting."""
        place = receipt.unit, receipt.cycle
        blank = any(each.code in BLANK_CODES for each in receipt.problems)
        if place in self._merged or blank or not (place in self._places or place in self._unrecorded):
            return []
        stored = self._office.ledger.receipts(unit=receipt.unit, cycle=receipt.cycle) if place in self._places else ()
        read = {(each.file, each.sha256): each for each in (*stored, *self._unrecorded[place]) if each.was_read}
        history = sorted(read.values(), key=lambda each: each.order)
        if not history or history[-1].order > receipt.order:
            return []
        return effective_receipts(history, merged=False)

    def _senders_of(self, receipts: Sequence[Receipt]) -> set[str]:
        """Who sent files; an empty text stands for one that came without a mail, or whose mail is not known."""
        files = {each.file: _attached_as(each.file) for each in receipts}
        known = self._office.ledger.senders_of(files.values()) | self._senders
        return {known.get(file) or known.get(attached, "") for file, attached in files.items()}


def _objection(origin: MailOrigin, former: Collection[str], unit: str, *, own: bool) -> str:
    """Why a sender may not take back what the ``former`` ones sent, in words; empty where he may."""
    if origin.proof not in {SenderProof.PROVED, SenderProof.UNASKED}:
        return "发件人没有经过核验"
    if origin.sender not in former and (any(former) or origin.proof is not SenderProof.PROVED):
        others = "、".join(sorted(filter(None, former)))
        return f"原来的由 {others} 发来" if others else "原来的不是邮件发来的"
    return "" if own else f"发件人不是“{unit}”登记的邮箱"


def _attached_as(file: str) -> str:
    """The file that was attached: the archive of a member, else the file itself."""
    head, unpacked, _ = file.partition(f"{UNPACKED_FOLDER}/")
    return head if unpacked else file


def _in_words(taken: Sequence[TakenBack]) -> str:
    told = [_one_in_words(each) for each in taken[:_NAMED]]
    return "、".join(told) + (f" 等 {len(taken)} 项" if len(taken) > _NAMED else "")


def _one_in_words(taken: TakenBack) -> str:
    duty, reference = taken.obligation.partition("/")[0], taken.obligation.rpartition("/")[2]
    after = word("answer", taken.after or AnswerStatus.PENDING)
    if taken.before is AnswerStatus.NIL:
        return f"{duty} {reference} 由“{word('answer', taken.before)}”改为“{after}”"
    lost = f"少了 {len(taken.items)} 条信息（如“{taken.items[0].title or taken.items[0].url}”）"
    changed = "" if taken.after is AnswerStatus.REPORTED else f"，改为“{after}”"
    return f"{duty} {reference} {lost}{changed}"

"""The ledger about what people decided: decisions, scores, rectifications, tables, rules, and taking it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from zwgk_excel.domain.acts import Act, ActKind, ActSource, Change
from zwgk_excel.domain.adjustments import Adjustment
from zwgk_excel.domain.decisions import Decision
from zwgk_excel.domain.escalation import Rectification, RectificationNote
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.site_faults import ExplanationWord, FaultCase, SiteFault
from zwgk_excel.ledger import (
    acts,
    adjustments,
    catalogue_imports,
    decisions,
    in_tray,
    rectifications,
    site_faults,
    table_edits,
)
from zwgk_excel.ledger.transactions import LedgerTransactions
from zwgk_excel.ledger.undoing import undo


class ActStore(LedgerTransactions):
    """Acts, and the records that they made."""

    def acts(self) -> tuple[Act, ...]:
        """Everything that people decided, by number."""
        return self._read(acts.select_acts)

    def undo(self, number: int, *, who: str, reason: str) -> Act:
        """Undo an act by a new one, which is returned; later acts about the same stay in force.

        Raises NotUndoableError for an unknown number, one undone already, and what cannot be undone.
        """
        return self._write(undo, Act(ActKind.UNDO, self._now(), who, reason, self.source, undoes=number))

    def reopen(self, number: int, *, who: str, reason: str) -> Act:
        """:meth:`undo` of a closing, as an act that says so."""
        return self._write(undo, Act(ActKind.REOPEN, self._now(), who, reason, self.source, undoes=number))

    def decide(self, taken: Iterable[Decision], source: ActSource | None = None, *, cycle: Month | None = None) -> None:
        """Append decisions; they are superseded by later ones, never changed. ``cycle`` is the month they were about.

        Their acts are one for each cell of the tracker, else one for what was decided together.
        """
        self._write(decisions.append_decisions, taken, source or self.source, cycle, self._now())

    def decisions(self, *, source: str = "", after: int = 0) -> tuple[Decision, ...]:
        """The decisions in the order recorded: all, or those of a ``source`` after its first ``after`` ones."""
        return self._read(decisions.select_decisions, source=source, after=after)

    def adjust(self, adjustment: Adjustment) -> Adjustment:
        """Append an adjustment of a score, by an act; returns it with its number."""
        return self._write(adjustments.append_adjustment, replace(adjustment, at=self._now()), self.source)

    def adjustments(self) -> tuple[Adjustment, ...]:
        """The adjustments in force, by number."""
        return self._read(adjustments.select_adjustments)

    def raise_rectifications(self, raised: Iterable[Rectification]) -> tuple[Rectification, ...]:
        """Insert rectifications, all or none; returns them with their numbers."""
        return self._write(rectifications.raise_rectifications, raised, self.source, self._now())

    def note(self, number: int, note: RectificationNote) -> Rectification:
        """Append a note; LedgerError where the number does not exist or its rectification is closed or withdrawn."""
        (noted,) = self.add_notes([(number, note)])
        return noted

    def add_notes(
        self, notes: Iterable[tuple[int, RectificationNote]], source: ActSource | None = None
    ) -> tuple[Rectification, ...]:
        """Append (number, note) pairs, all or none; returns the rectifications concerned, each once, notes applied."""
        return self._write(rectifications.append_notes, notes, source or self.source, self._now())

    def rectifications(self, *, shown: int | None = None) -> tuple[Rectification, ...]:
        """All rectifications with their notes applied, by number.

        With ``shown``, all notes so far, but without the undoings after that act: as a tracker of then may show them.
        """
        return self._read(rectifications.select_rectifications, shown=shown)

    def raise_faults(
        self, faults: Sequence[SiteFault], cycle: Month, mend_by: date, *, who: str, reason: str = ""
    ) -> tuple[FaultCase, ...]:
        """Insert the faults of one unit that it is asked to put right, by one act; returns the cases with numbers."""
        act = Act(ActKind.RAISE_FAULTS, self._now(), who, reason, self.source)
        return self._write(site_faults.raise_faults, faults, cycle, mend_by, act)

    def judge_explanation(self, number: int, *, accepted: bool, who: str, reason: str) -> None:
        """Append the office's word on the explanation of a fault, by an act."""
        kind = ActKind.ACCEPT_EXPLANATION if accepted else ActKind.REFUSE_EXPLANATION
        at = self._now()
        word = ExplanationWord(accepted, at, who, reason)
        self._write(site_faults.append_word, number, word, Act(kind, at, who, reason, self.source))

    def fault_cases(self) -> tuple[FaultCase, ...]:
        """All faults on the website that units were asked to put right, by number."""
        return self._read(site_faults.select_fault_cases)

    def ignore(
        self, marks: Mapping[str, str], *, cycle: Month | None, units: Iterable[str], who: str, reason: str
    ) -> None:
        """Append the act that things in the in-tray are ignored as long as the marks of their facts are the same.

        ``marks`` are by their keys.
        """
        changes = tuple(Change(key, "", mark) for key, mark in marks.items())
        act = Act(ActKind.IGNORE, self._now(), who, reason, self.source, cycle, tuple(units), changes)
        self._write(in_tray.append_ignoring, act)

    def ignored(self) -> dict[str, str]:
        """Key of what is ignored → the mark of its facts of then."""
        return self._read(in_tray.select_ignored)

    def record_table_edit(
        self, kind: ActKind, changes: Iterable[Change], *, cycle: Month, units: Iterable[str], who: str, reason: str
    ) -> Act:
        """Append an act that edits the duty table or the roster from ``cycle`` on; :meth:`table_edit` keeps it."""
        act = Act(kind, self._now(), who, reason, self.source, cycle, tuple(units), tuple(changes))
        return self._write(table_edits.append_table_edit, act)

    def table_edit(self) -> tuple[int, tuple[Change, ...]] | None:
        """The act whose changes are still to be written into the tables, and these; None for none."""
        return self._read(table_edits.select_table_edit)

    def end_table_edit(self) -> None:
        """Note that the tables say what the last act about them wants."""
        self._write(table_edits.end_table_edit)

    def import_catalogue(
        self, files: Sequence[tuple[str, str]], edits: Iterable[Change], told: Change, *, who: str
    ) -> int:
        """Append the act that tables were taken into the catalogue; :meth:`table_edit` keeps ``edits``, its cells.

        ``files`` are (name, sha256), ``told`` the act's change: the files, and in words what they changed. Returns the
        act's number.
        """
        act = Act(ActKind.IMPORT_CATALOGUE, self._now(), who, source=self.source, changes=(told,))
        return self._write(catalogue_imports.append_catalogue_import, act, files, edits)

    def imported_catalogue_files(self) -> frozenset[str]:
        """The sha256 of the tables that imports of the catalogue in force took in."""
        return self._read(catalogue_imports.select_imported_files)

    def imported_catalogue_texts(self) -> dict[str, dict[str, str]]:
        """Id of an entry → column key → text, as the imports of the catalogue in force wrote it into 导入原文."""
        return self._read(catalogue_imports.select_imported_texts)

    def later_catalogue_import(self, number: int) -> int | None:
        """The newest import in force after ``number``, an import, that changed one of the same cells; None for none."""
        return self._read(catalogue_imports.select_later_import, number)

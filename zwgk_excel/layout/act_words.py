"""What an act was about and what it did, in words, for 办理记录 and ``zwgk history`` (``tracker.toml`` [acts])."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from zwgk_excel.domain.acts import (
    DECIDED,
    OF_FAULTS,
    OF_FILES,
    OF_MERGING,
    OF_RECTIFICATIONS,
    OF_TABLES,
    Act,
    ActKind,
    Change,
    root_of,
)
from zwgk_excel.domain.decisions import DecisionKind
from zwgk_excel.domain.scoring import signed_points
from zwgk_excel.domain.table_edits import CellEdit
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.rule_change_words import rule_change_words
from zwgk_excel.layout.table_sheets import sheet_of
from zwgk_excel.layout.words import word, words


@dataclass(frozen=True, slots=True)
class ActWords:
    """An act in words."""

    subject: str
    """办理事项: tasks, files, a rectification, what is undone."""
    change: str
    """办理内容: what became different."""


_BY_PROGRAM, _NOBODY = "程序", "未署名"


def person_words(act: Act) -> str:
    """Who did it, as 经办人 shows it: a change of rules is found by the program, others may have nobody's name."""
    return act.who or (_BY_PROGRAM if act.kind is ActKind.CHANGE_RULES else _NOBODY)


def act_words(act: Act, acts: Mapping[int, Act]) -> ActWords:
    """An act in words; ``acts`` are all acts by number."""
    root = root_of(act, acts)
    subject, change = _WORDS[root.kind](act, root)
    if act.undoes:
        undone = acts[act.undoes]
        shown = _texts()["undone"].format(number=act.undoes, kind=word("act", undone.kind))
        subject = f"{shown}：{subject}" if subject else shown
        change = change or _texts()["unchanged"]
    return ActWords(subject, change)


def _texts() -> Mapping[str, str]:
    found: Mapping[str, str] = layout("tracker").settings["acts"]
    return found


def _decided(act: Act, root: Act) -> tuple[str, str]:
    kind = DECIDED[root.kind]
    tasks = [_task(each.subject, act) for each in act.changes or root.changes]
    return "、".join(tasks), _each(act.changes, lambda change: decision_words(kind, change))


def _task(obligation: str, act: Act) -> str:
    """``D02`` for ``D02/市财政局/2026-11``, with unit and period where the act does not say them once for all."""
    duty, _, rest = obligation.partition("/")
    unit, _, reference = rest.rpartition("/")
    period = "" if reference == str(act.cycle) else f"（{reference}）"
    return f"{unit if len(act.units) > 1 else ''}{duty}{period}"


def decision_words(kind: DecisionKind, change: Change) -> str:
    """What a decision comes to: ``延期至 2026-12-05``."""
    if kind is DecisionKind.OPINION and change.after:
        return change.after
    if kind is DecisionKind.TAKE_BACK:
        said, _, number = (change.after or change.before).partition("/")
        return _texts()[said if change.after else "take_back_open"].format(number=number)
    keys = {
        DecisionKind.EXTENSION: ("extended", "extension_changed", "extension_ended"),
        DecisionKind.WAIVER: ("waived", "waived", "waiver_ended"),
        DecisionKind.OPINION: ("", "", "opinion_ended"),
    }[kind]
    key = keys[2] if not change.after else keys[1] if change.before else keys[0]
    return _filled(key, change)


def _of_files(act: Act, root: Act) -> tuple[str, str]:
    names = (each.subject.rpartition("/")[2] for each in act.changes or root.changes)
    return "、".join(names), _each(act.changes, _receipt)


def _timed(act: Act, root: Act) -> tuple[str, str]:
    subject, _ = _of_files(root, root)
    return subject, _each(act.changes, lambda change: _filled("moved", Change("", *map(_moment, _sides(change)))))


def _sides(change: Change) -> tuple[str, str]:
    return change.before, change.after


def _moment(text: str) -> str:
    """``2026-11-20T09:30:00`` as people write it."""
    return text.replace("T", " ")[:16]


def _receipt(change: Change) -> str:
    shown = Change("", _receipt_state(change.before), _receipt_state(change.after))
    return _filled("moved" if change.before else "arrived", shown)


def _receipt_state(text: str) -> str:
    """``accepted/市财政局/2026-11`` with the verdict as its word."""
    verdict, _, rest = text.partition("/")
    shown = words("verdict").get(verdict) or words("act").get(verdict, verdict)
    return f"{shown} {rest.replace('/', ' ')}".strip()


def _merged(act: Act, root: Act) -> tuple[str, str]:
    return "", _each(act.changes, lambda change: _filled("merged" if change.after else "merging_ended", change))


def _of_rectification(act: Act, root: Act) -> tuple[str, str]:
    (first,) = root.changes
    return _texts()["rectification"].format(number=first.subject), _each(act.changes, _rectified)


def _rectified(change: Change) -> str:
    if not change.before:
        return words("step").get(change.after) or change.after
    states = (words("mending").get(each, each) for each in (change.before, change.after))
    return _filled("moved", Change("", *states))


def _of_faults(act: Act, root: Act) -> tuple[str, str]:
    numbers = [each.subject for each in root.changes]
    about = _texts()["faults"].format(first=numbers[0], last=numbers[-1], count=len(numbers))
    subject = _texts()["fault"].format(number=numbers[0]) if len(numbers) == 1 else about
    return subject, _each(act.changes, _fault_moved)


def _fault_moved(change: Change) -> str:
    before, after = (words("fault_outcome").get(each, each) for each in (change.before, change.after))
    return _filled("moved" if change.before else "arrived", Change("", before, after or _texts()["nothing"]))


def _closed(act: Act, root: Act) -> tuple[str, str]:
    return "", _each(act.changes, lambda change: _filled("closed_as_of" if change.after else "reopened", change))


def _issued(act: Act, root: Act) -> tuple[str, str]:
    return "", ""


def _amended(act: Act, root: Act) -> tuple[str, str]:
    """How many tasks were added, removed and changed."""
    sides = [(bool(each.before), bool(each.after)) for each in act.changes]
    counts = {
        "tasks_added": sides.count((False, True)),
        "tasks_removed": sides.count((True, False)),
        "tasks_changed": sides.count((True, True)),
    }
    return "", "，".join(_texts()[key].format(count=count) for key, count in counts.items() if count)


def _taken_back(act: Act, root: Act) -> tuple[str, str]:
    return "", _each(act.changes, lambda change: _filled("issue_ended", change))


def _of_table(act: Act, root: Act) -> tuple[str, str]:
    edits = [CellEdit.of(each) for each in act.changes or root.changes]
    whole = {each.row for each in edits if each.column == each.table.key}
    rows = dict.fromkeys(each.row for each in edits)
    told = ((row, [_edited(each) for each in edits if each.row == row and _is_told(each, whole)]) for row in rows)
    return "", "；".join(f"{'' if row in whole else row + ' '}{'，'.join(cells)}" for row, cells in told)


def _is_told(edit: CellEdit, whole: Collection[str]) -> bool:
    """Of a row that came or went, its name says enough."""
    return edit.row not in whole or edit.column == edit.table.key


def _edited(edit: CellEdit) -> str:
    if edit.column == edit.table.key:
        return _filled("row_removed" if edit.before else "row_added", edit.change)
    before, after = edit.before or _texts()["nothing"], edit.after or _texts()["nothing"]
    return _texts()["cell"].format(heading=sheet_of(edit.table).heading(edit.column), before=before, after=after)


def _adjusted(act: Act, root: Act) -> tuple[str, str]:
    return "", _each(act.changes, lambda change: _filled(_moved_points(change), _with_signs(change)))


def _moved_points(change: Change) -> str:
    return "adjusted" if change.after else "adjustment_ended"


def _with_signs(change: Change) -> Change:
    shown = (signed_points(Decimal(each)) if each else "" for each in (change.before, change.after))
    return Change(change.subject, *shown)


def _rules_changed(act: Act, root: Act) -> tuple[str, str]:
    return "", "；".join(rule_change_words(act.changes))


def _ignored(act: Act, root: Act) -> tuple[str, str]:
    """What is ignored, by its kind and subject: ``待核实的文件（收件 12）``."""
    kind, _, subject = root.changes[0].subject.partition("/")
    told = f"{words('waiting').get(kind, kind)}（{subject}）"
    return told, _each(act.changes, lambda change: _texts()["ignored" if change.after else "ignored_no_more"])


def _imported(act: Act, root: Act) -> tuple[str, str]:
    """The files of an import, and what they changed."""
    files = "、".join(each.subject for each in root.changes)
    told = _each(act.changes, lambda each: _filled("imported" if each.after else "import_undone", each))
    return files, told


def _each(changes: Iterable[Change], told: Callable[[Change], str]) -> str:
    """What all changes come to, equal ones once."""
    return "；".join(dict.fromkeys(told(each) for each in changes))


def _filled(key: str, change: Change) -> str:
    return _texts()[key].format(before=change.before, after=change.after)


_WORDS: Mapping[ActKind, Callable[[Act, Act], tuple[str, str]]] = {
    **dict.fromkeys(DECIDED, _decided),
    **dict.fromkeys(OF_FILES, _of_files),
    ActKind.RECEIPT_TIME: _timed,
    **dict.fromkeys(OF_MERGING, _merged),
    **dict.fromkeys(OF_RECTIFICATIONS, _of_rectification),
    **dict.fromkeys(OF_FAULTS, _of_faults),
    **dict.fromkeys(OF_TABLES, _of_table),
    ActKind.CLOSE: _closed,
    ActKind.ADJUST: _adjusted,
    ActKind.IGNORE: _ignored,
    ActKind.CHANGE_RULES: _rules_changed,
    ActKind.ISSUE: _issued,
    ActKind.AMEND: _amended,
    ActKind.CANCEL_ISSUE: _taken_back,
    ActKind.IMPORT_PUBLISHED: _imported,
    ActKind.IMPORT_CATALOGUE: _imported,
}

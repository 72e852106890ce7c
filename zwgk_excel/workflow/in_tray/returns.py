"""待退回 in the in-tray: the faulty returns of a month in one row, and what becomes of them when they are sent back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from zwgk_excel.domain.correspondence import LetterState, OutgoingMessage
from zwgk_excel.domain.in_tray import Waiting, WaitingKind
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workflow.intake.corrections import markup_path
from zwgk_excel.workflow.intake.mend_times import cost_words, until_words
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod, delivery_method
from zwgk_excel.workflow.mailing.returning import ReturnAction, UnitReturn, not_sent_back, return_folder, send_back
from zwgk_excel.workflow.office.context import Office

_NAMED = 3
_UNITS_NAMED = 10
"""Units that are named where many returns wait: the row stays as high as its neighbours."""
_DONE_NAMED = 5
"""Units that are named of those that something was done about."""


def receipt_words(number: int) -> str:
    """A receipt as the subject of a row."""
    return f"收件 {number}"


def waiting_returns(
    office: Office, months: Sequence[Month], as_of: date, ignored: Mapping[str, str]
) -> Iterator[Waiting]:
    """The returns with errors of open months whose units have not been told of them: those of a month together."""
    waiting: dict[Month, list[tuple[Waiting, UnitReturn]]] = defaultdict(list)
    for each in not_sent_back(office, months, as_of):
        part = _return(office, each)
        if part.month and ignored.get(part.key) != part.fingerprint:
            waiting[part.month].append((part, each))
    for month, found in sorted(waiting.items()):
        parts, returns = zip(*found, strict=True)
        yield _returns_of(month, parts, returns, as_of)


def _return(office: Office, found: UnitReturn) -> Waiting:
    """One return, as it is ignored."""
    receipt = found.receipt
    return Waiting(
        WaitingKind.RETURN,
        receipt_words(receipt.number),
        f"{receipt.unit}：{receipt.name}：错误 {found.errors} 处" + (f"，{found.detail}" if found.detail else ""),
        "",
        since=receipt.received_at.date(),
        unit=receipt.unit,
        month=receipt.cycle,
        facts=(receipt.sha256,),
        number=receipt.number,
        file=_markup(office, receipt),
    )


def _returns_of(month: Month, parts: Sequence[Waiting], returns: Sequence[UnitReturn], as_of: date) -> Waiting:
    """The row of a month; its unit is left empty, which means all."""
    alone = len(parts) == 1
    tracker = layout("tracker")
    return Waiting(
        WaitingKind.RETURN,
        f"{month} 的报送件",
        parts[0].told if alone else _told_returns(parts, returns),
        f"{_mend_dates(returns, as_of)}{_returns_advice(returns)}",
        since=min(filter(None, (each.since for each in parts)), default=None),
        month=month,
        facts=tuple(fact for each in parts for fact in each.facts),
        parts=tuple(parts),
        file=parts[0].file if alone else tracker.file_name,
        sheet="" if alone else tracker["problems"].name,
    )


def _told_returns(parts: Sequence[Waiting], returns: Sequence[UnitReturn]) -> str:
    """Which they are; by the number of the last receipt it tells whether another came since."""
    named = "、".join(f"{each.unit} {each.errors} 处" for each in returns[:_UNITS_NAMED])
    more = f" 等 {len(returns)} 个单位" if len(returns) > _UNITS_NAMED else ""
    last = max(each.number for each in parts)
    errors = sum(each.errors for each in returns)
    return f"{len(returns)} 份（到收件 {last}）有错误，共 {errors} 处：{named}{more}"


def _mend_dates(returns: Sequence[UnitReturn], as_of: date) -> str:
    """Until when they are to be corrected, as a sentence: with what it costs where it is one."""
    times = [replace(each.time, as_of=as_of) for each in returns if each.time.until]
    if not times:
        return "没有改正时限。"
    first = min(times, key=lambda time: (time.is_over, time.until or date.max))
    if len(returns) == 1:
        return f"改正时限 {until_words(first)}。{cost_words(first)}"
    passed = sum(each.is_over for each in times)
    gone = f"，{passed} 份已过" if 0 < passed < len(times) else ""
    return f"改正时限{'最早 ' if len({each.until for each in times}) > 1 else ' '}{until_words(first)}{gone}。"


def _returns_advice(returns: Sequence[UnitReturn]) -> str:
    missing = [each.unit for each in returns if not each.to]
    if len(missing) == len(returns):
        return "单位通讯录中没有邮箱：补填后退回，或把修改意见另行送达后忽略"
    one = "；只办一个单位的填单位" if len(returns) > 1 else ""
    more = f"等 {len(missing)} 个单位" if len(missing) > _NAMED else ""
    absent = f"；{'、'.join(missing[:_NAMED])}{more}没有邮箱，请在单位通讯录中补填" if missing else ""
    return f"把修改意见发给单位的退回；已另行告知的忽略{one}{absent}"


def _markup(office: Office, receipt: Receipt) -> str:
    """The marked-up copy of a return, relative to the workspace; the return itself while there is none."""
    path = markup_path(office, receipt)
    return path.relative_to(office.workspace.root).as_posix() if path.is_file() else receipt.file


def send_back_all(office: Office, month: Month, units: Sequence[str]) -> tuple[str, list[str]]:
    """Mail the units of a month their marked-up copies; the caller holds the run lock.

    Returns what was done, beginning with a comma, empty where no unit got its mail; and what could not be done, a
    sentence for each reason. Raises UserError where nothing can be sent at all.
    """
    way = delivery_method(office.workspace.settings)
    run = send_back(office, month, way, units=units)
    planned = {each.unit: each for each in run.returns}
    letters = {each.unit: each for each in run.delivery_run.letters}
    sent: list[tuple[OutgoingMessage, UnitReturn]] = []
    left: dict[str, list[str]] = defaultdict(list)
    for unit in units:
        letter, found = letters.get(unit), planned.get(unit)
        if letter is not None and found is not None and letter.state is LetterState.SENT:
            sent.append((letter, found))
        else:
            left[_not_sent(letter, found, run.delivery_run.fault)].append(unit)
    folder = return_folder(office, office.now().date()).relative_to(office.workspace.root).as_posix()
    told = _sent_back(sent, "" if way is DeliveryMethod.SMTP else folder) if sent else ""
    return told, [why if len(units) == 1 else f"{'、'.join(them)}：{why}" for why, them in left.items()]


def _sent_back(sent: Sequence[tuple[OutgoingMessage, UnitReturn]], folder: str) -> str:
    """What was done about returns, beginning with a comma; ``folder`` has their mails where no server took them."""
    if len(sent) == 1:
        ((letter, found),) = sent
        to = f"{found.unit}（{'、'.join(letter.to)}）"
        until = f"，改正时限 {until_words(found.time)}" if found.time.until else ""
        missed = f"，{letter.detail}" if letter.detail and not folder else ""
    else:
        to, until = named_units([found.unit for _, found in sent]), ""
        missed = "".join(f"；{found.unit}：{letter.detail}" for letter, found in sent if letter.detail and not folder)
    if folder:
        return f"，给{to}的邮件已写成文件，在“{folder}”，请用邮件程序打开发出{until}"
    return f"，已发给{to}{until}{missed}"


def named_units(units: Sequence[str]) -> str:
    """The first of several units, with how many they are."""
    more = f"等 {len(units)} 个单位" if len(units) > _DONE_NAMED else ""
    return f"{'、'.join(units[:_DONE_NAMED])}{more}"


def _not_sent(letter: OutgoingMessage | None, found: UnitReturn | None, fault: str) -> str:
    """Why a return did not go back."""
    if letter is not None and letter.state is not LetterState.PREPARED:
        return f"{word('letter_state', letter.state)}：{letter.detail}"
    if found is None:
        return "刚登记到这个单位改正后的报送件，不必退回"
    if found.action is ReturnAction.NO_ADDRESS:
        return "单位通讯录中没有这个单位的邮箱；请补填，或把“退回修改”文件夹中的修改意见另行送达后选忽略"
    if letter is None and not fault:
        return word("return_action", found.action)
    return fault or (letter.detail if letter else "")

"""发送, 退回修改 and 催报: who would get a mail is shown first, and nothing goes out before somebody has agreed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from zwgk_excel.addin.buttons.months import choose_issued
from zwgk_excel.addin.buttons.persons import decided_by
from zwgk_excel.addin.host import workspace_choice
from zwgk_excel.addin.host.opened import office_at
from zwgk_excel.addin.host.session import CANCELLED, Session, listed, named
from zwgk_excel.domain.correspondence import LetterState
from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.words import word
from zwgk_excel.workflow.intake.mend_times import until_short
from zwgk_excel.workflow.mailing import reminding, returning, sending
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod, DeliveryRun, delivered_to_all, delivery_method
from zwgk_excel.workflow.mailing.reminding import ReminderAction, ReminderRun, UnitReminder
from zwgk_excel.workflow.mailing.returning import MAILED_RETURNS, ReturnAction, UnitReturn
from zwgk_excel.workflow.mailing.sending import ATTENTION_ACTIONS, MAILED_ACTIONS, UnitSending
from zwgk_excel.workflow.office.context import Office

_Planned = TypeVar("_Planned", UnitSending, UnitReturn)
_Row = UnitSending | UnitReturn | UnitReminder
_ASKED: Mapping[DeliveryMethod, str] = {
    DeliveryMethod.SMTP: "确定现在发出这 {count} 封邮件吗？",
    DeliveryMethod.FILES: "没有设置发信服务器：这 {count} 封邮件将写成 .eml 文件，再用邮件程序打开发送。确定吗？",
    DeliveryMethod.OUTLOOK: "确定在 Outlook 中建这 {count} 封草稿吗？",
}
_DONE: Mapping[DeliveryMethod, str] = {
    DeliveryMethod.SMTP: "已发出 {count} 封邮件。",
    DeliveryMethod.FILES: "已写成 {count} 个 .eml 文件，在“{folder}”。",
    DeliveryMethod.OUTLOOK: "已在 Outlook 中建 {count} 封草稿。",
}
_NEXT: Mapping[DeliveryMethod, str] = {
    DeliveryMethod.SMTP: "下一步：各单位回信后按“收取”。",
    DeliveryMethod.FILES: "下一步：用邮件程序逐个打开这些文件，核对后点“发送”。",
    DeliveryMethod.OUTLOOK: "下一步：在 Outlook 的草稿中逐封核对后发送。",
}
_ADVICE: Mapping[sending.SendAction, str] = {
    sending.SendAction.CHANGED: "要再发的，再按一次“发送”，选择作为更正发出。",
    sending.SendAction.UNCERTAIN: "请向单位核实，再按“发送”，逐个选择。",
    sending.SendAction.NO_ADDRESS: "请在单位通讯录中补填邮箱，保存后再按“发送”；"
    "已用其他方式送达的，按“发送”时选择记为已发。",
    sending.SendAction.NO_WORKBOOK: "请按“生成报送表”。",
    sending.SendAction.ALTERED: "发件箱中的文件不是生成时的那份，请按“生成报送表”恢复。",
}


def send(session: Session) -> str:
    """Mail this month's or the next month's report workbooks to the units that do not have them yet."""
    with office_at(workspace_choice.workspace_of(session)) as office:
        cycle = choose_issued(session, office, "发送哪个月的报送表？", first=_newest(office))
        if cycle is None:
            return CANCELLED
        rows = sending.planned_sendings(office, cycle)
        answers = _settled(session, office, cycle, rows)
        if answers is None:
            return CANCELLED
        again = _not_there(answers)
        if answers:
            rows = _with_again(sending.planned_sendings, office, cycle, again)
        changed = [each.unit for each in rows if each.action is sending.SendAction.CHANGED]
        correction = _corrects(session, cycle, changed)
        if correction is None:
            return CANCELLED
        if correction:
            rows = _with_again(sending.planned_sendings, office, cycle, again, correction=True)
        return _send(session, office, cycle, rows, correction=correction, again=again)


def _settled(
    session: Session, office: Office, cycle: Month, rows: Sequence[UnitSending]
) -> dict[str, bool] | None:
    """Of whom it is not known whether they have their workbook, a person says: unit → whether it does.

    Those who have it are recorded so, and, where there is nothing else to send, those without an address who got it in
    another way. None where the user gives up.
    """
    uncertain = [each.unit for each in rows if each.action is sending.SendAction.UNCERTAIN]
    found = _arrived(session, uncertain, f"{cycle} 的报送表发给{{unit}}时中断", "记为已发")
    if found is None:
        return None
    lacking = [each.unit for each in rows if each.action is sending.SendAction.NO_ADDRESS]
    if lacking and not _not_there(found) and not any(each.action in MAILED_ACTIONS for each in rows):
        told = f"单位通讯录中没有邮箱的单位 {len(lacking)} 个：{named(lacking)}。"
        question = f"是：{cycle} 的报送表都已用其他方式送达，记为已发\n否：还没有送达"
        answer = session.choose(f"{told}\n{question}")
        if answer is None:
            return None
        found |= dict.fromkeys(lacking if answer else (), True)
    had = [unit for unit, there in found.items() if there]
    who = decided_by(session, office) if had else ""
    if who is None:
        return None
    for unit in had:
        sending.mark_sent(office, cycle, unit, who=who)
    return found


def _arrived(session: Session, units: Sequence[str], interrupted: str, if_so: str) -> dict[str, bool] | None:
    """Of each of the units, whose mail was ``interrupted``, whether it has it; None where the user gives up."""
    found: dict[str, bool] = {}
    for unit in units:
        told = f"{interrupted.format(unit=unit)}，不知道是否发出，请向该单位核实。"
        answer = session.choose(f"{told}\n是：已经收到，{if_so}\n否：没有收到，再发一次")
        if answer is None:
            return None
        found[unit] = answer
    return found


def _not_there(answers: Mapping[str, bool]) -> tuple[str, ...]:
    """The units that get their mail again."""
    return tuple(unit for unit, there in answers.items() if not there)


def _with_again(
    plan: Callable[..., Sequence[_Planned]], office: Office, cycle: Month, again: Sequence[str], **how: bool
) -> tuple[_Planned, ...]:
    """What is planned for all units, those of ``again`` once more."""
    repeated = {each.unit: each for each in plan(office, cycle, resend=again, **how)} if again else {}
    return tuple(repeated.get(each.unit, each) for each in plan(office, cycle, **how))


def _newest(office: Office) -> Month | None:
    """The newest month that was issued: the one just made is what is to be sent."""
    return max(office.issued(), default=None)


def _corrects(session: Session, cycle: Month, changed: Sequence[str]) -> bool | None:
    """Whether workbooks that have changed since they went out go again; None where the user gives up."""
    if not changed:
        return False
    found = f"{cycle} 的报送表发出以后有变化的单位 {len(changed)} 个：{named(changed)}。"
    return session.choose(f"{found}\n是：作为更正再发给这些单位\n否：只发给还没有收到的单位")


def _send(
    session: Session,
    office: Office,
    cycle: Month,
    rows: Sequence[UnitSending],
    *,
    correction: bool,
    again: Sequence[str],
) -> str:
    going = [each for each in rows if each.action in MAILED_ACTIONS]
    troubles = _troubles(cycle, rows)
    had = sum(each.action is sending.SendAction.SENT for each in rows)
    already = f"此前已发过、不再发的单位 {had} 个。" if had else ""
    if not going:
        return listed([f"{cycle} 的报送表没有要发的。{already}", *troubles])
    way = delivery_method(office.workspace.settings)
    manuals = sum(bool(each.manual) for each in going)
    beside = f"其中 {manuals} 个单位随信附填报手册。" if manuals else ""
    found = [f"{cycle} 的报送表将发给 {len(going)} 个单位。{already}{beside}", *troubles]
    found += [f"{each.unit}：{_recipients(each.to, each.copies)}" for each in going]
    if not session.confirm(found, _ASKED[way].format(count=len(going))):
        return CANCELLED
    # Only those that were shown: what somebody else changes meanwhile was not agreed to.
    units = [each.unit for each in going]
    show = session.progress("发送")
    done = sending.send(
        office, cycle, way, units=units, correction=correction, resend=again, progress=show
    ).delivery_run
    return "\n".join([*_told(done, way, office.workspace.outbox(cycle), "发送"), *troubles])


def _troubles(cycle: Month, rows: Iterable[UnitSending]) -> list[str]:
    """What a person has to look at, a line for each kind."""
    advice = {action: words.format(cycle=cycle) for action, words in _ADVICE.items()}
    return _by_action("send_action", (each for each in rows if each.action in ATTENTION_ACTIONS), advice)


def send_back(session: Session) -> str:
    """Mail the units what they have to correct, with the marked-up copies and the last day."""
    with office_at(workspace_choice.workspace_of(session)) as office:
        cycle = choose_issued(session, office, "退回哪个月有错误的报送件？", first=_newest_to_send_back(office))
        if cycle is None:
            return CANCELLED
        rows = returning.planned_returns(office, cycle)
        uncertain = [each.unit for each in rows if each.action is ReturnAction.UNCERTAIN]
        answers = _arrived(session, uncertain, "退回{unit}的邮件发送时中断", "不再发")
        if answers is None:
            return CANCELLED
        if again := _not_there(answers):
            rows = _with_again(returning.planned_returns, office, cycle, again)
        warnings = _sends_warnings(session, [each.unit for each in rows if each.action is ReturnAction.LOOK])
        if warnings is None:
            return CANCELLED
        if warnings:
            rows = _with_again(returning.planned_returns, office, cycle, again, warnings=True)
        return _send_back(session, office, cycle, rows, warnings=warnings, again=again)


def _newest_to_send_back(office: Office) -> Month | None:
    """The newest month of which something is still to be sent back, else of which something was; None for neither."""
    had = None
    for month in islice(reversed(office.issued()), _MONTHS_BACK):
        rows = returning.planned_returns(office, month)
        if any(each.action in MAILED_RETURNS for each in rows):
            return month
        had = had or (month if rows else None)
    return had


_MONTHS_BACK = 3
"""So many months are looked through for what is to be proposed; any can be typed."""


def _sends_warnings(session: Session, units: Sequence[str]) -> bool | None:
    """Whether returns with warnings only go back too; None where the user gives up."""
    if not units:
        return False
    found = f"只有提醒、没有错误的报送件 {len(units)} 份：{named(units)}。"
    return session.choose(f"{found}\n是：也请这些单位核对\n否：只退回有错误的")


def _send_back(
    session: Session,
    office: Office,
    cycle: Month,
    rows: Sequence[UnitReturn],
    *,
    warnings: bool,
    again: Sequence[str],
) -> str:
    going = [each for each in rows if each.action in MAILED_RETURNS]
    unknown = reminding.not_taken_in(office)
    first = [f"收件箱中有 {unknown} 个文件还没有登记，退回前会先登记，已改正的不退回。"] if unknown else []
    held = _held_returns(rows)
    if not going:
        told = "没有要退回的报送件。" if rows else "没有需要改正的报送件。"
        return listed([f"{cycle} {told}", *held, *first])
    way = delivery_method(office.workspace.settings)
    found = [f"{cycle} 将退回 {len(going)} 个单位的报送件，附修改意见。", *held, *first]
    found += [f"{each.unit}：{_faults(each)}，{_mend_by(each)}；{_recipients(each.to, each.copies)}" for each in going]
    if not session.confirm(found, _ASKED[way].format(count=len(going))):
        return CANCELLED
    units = [each.unit for each in going]
    show = session.progress("退回修改")
    done = returning.send_back(office, cycle, way, units=units, warnings=warnings, resend=again, progress=show)
    folder = returning.return_folder(office, office.now().date())
    back = {each.unit for each in done.returns if each.action in MAILED_RETURNS}
    mended = [unit for unit in units if unit not in back]
    gone = [f"{named(mended)}刚登记到改正后的报送件，没有退回；按“汇总”更新台账。"] if mended else []
    return "\n".join([*_told(done.delivery_run, way, folder, "退回修改"), *gone, *held])


def _faults(row: UnitReturn) -> str:
    parts = [f"错误 {row.errors} 处"] if row.errors else []
    return "，".join(parts + ([f"提醒 {row.warnings} 处"] if row.warnings else []))


def _mend_by(row: UnitReturn) -> str:
    return f"改正时限 {until_short(row.time)}" if row.time.until else "没有改正时限"


def _held_returns(rows: Iterable[UnitReturn]) -> list[str]:
    """Whose return does not go back, and why."""
    advice = {
        ReturnAction.NO_ADDRESS: "请在单位通讯录中补填邮箱，或把“退回修改”文件夹中的修改意见另行送达。",
        ReturnAction.UNCERTAIN: "请向单位核实；没收到的，再按“退回修改”时选择再发。",
    }
    return _by_action("return_action", (each for each in rows if each.action not in MAILED_RETURNS), advice)


def remind(session: Session) -> str:
    """Mail the units that owe something a list of it."""
    with office_at(workspace_choice.workspace_of(session)) as office:
        rows = reminding.planned_reminders(office, office.now().date())
        notes = _open_questions(reminding.not_taken_in(office), reminding.quarantined_count(office))
        if not rows:
            return "\n".join(["没有需要催报的单位。", *notes])
        going = [each for each in rows if each.action is ReminderAction.SEND]
        held = _held(rows)
        if not going:
            return listed([f"欠报的单位 {len(rows)} 个，现在没有要发的催报。", *held, *notes])
        way = delivery_method(office.workspace.settings)
        found = [f"将催报 {len(going)} 个单位（{_levels(going)}）。", *held, *notes]
        found += [f"{each.unit}（{word('reminder_level', each.reminder.level)}）：{_tasks(each)}" for each in going]
        if not session.confirm(found, _ASKED[way].format(count=len(going))):
            return CANCELLED
        units = [each.unit for each in going]
        done = reminding.remind(office, way, units=units, progress=session.progress("催报"))
        folder = reminding.folder_of(office, office.now().date())
    return "\n".join([*_told(done.delivery_run, way, folder, "催报"), *_delivered(units, done), *held])


def _held(rows: Iterable[UnitReminder]) -> list[str]:
    """Who owes something and gets no mail, and why."""
    advice = {ReminderAction.NO_ADDRESS: "请电话催报，并在单位通讯录中补填邮箱。"}
    return _by_action("remind_action", (each for each in rows if each.action is not ReminderAction.SEND), advice)


def _open_questions(unknown: int, waiting: int) -> list[str]:
    """Files that one of the units may have delivered with."""
    told = [f"收件箱中有 {unknown} 个文件还没有登记，催报前会先登记，已报送的不催。"] if unknown else []
    if waiting:
        told.append(f"有 {waiting} 个文件待核实，可能是这些单位的报送件；请先在“收件登记”中核实。")
    return told


def _levels(rows: Iterable[UnitReminder]) -> str:
    counts = Counter(each.reminder.level for each in rows)
    return "，".join(f"{word('reminder_level', level)} {count} 个" for level, count in counts.items())


def _tasks(row: UnitReminder) -> str:
    owed = (*row.reminder.late, *row.reminder.upcoming)
    feedback = [f"征集结果 {len(row.reminder.feedback)} 次"] if row.reminder.feedback else []
    faults = [f"网站整改 {len(row.reminder.faults)} 处"] if row.reminder.faults else []
    tasks = (f"{each.obligation.duty.id} {each.obligation.duty.column}" for each in owed)
    return "、".join([*tasks, *feedback, *faults])


def _delivered(units: Sequence[str], done: ReminderRun) -> list[str]:
    """Who turned out to have delivered when the files of 收件箱 had been taken in."""
    owing = {each.unit for each in done.remindings}
    gone = [unit for unit in units if unit not in owing]
    return [f"{named(gone)}刚登记到报送件，没有催报；按“汇总”更新台账。"] if gone else []


# --- who gets none -----------------------------------------------------------------------------


def _by_action(list_name: str, rows: Iterable[_Row], advice: Mapping[Any, str]) -> list[str]:
    """A line for each action: the units that it is about, and the advice for it; labels are in ``lists.toml``."""
    found: dict[str, list[str]] = {}
    for each in rows:
        found.setdefault(each.action, []).append(each.unit)
    return [
        f"{word(list_name, action)} {len(units)} 个：{named(units)}。{advice.get(action, '')}"
        for action, units in found.items()
    ]


# --- what was posted ---------------------------------------------------------------------------


def _told(done: DeliveryRun, way: DeliveryMethod, folder: Path, button: str) -> list[str]:
    """What became of the mails, and what to do next."""
    sent = sum(each.state is LetterState.SENT for each in done.letters)
    odd = [each for each in done.letters if not delivered_to_all(each)]
    lines = [_DONE[way].format(count=sent, folder=folder)]
    if odd:
        lines.append(listed([f"{each.unit}：{word('letter_state', each.state)}，{each.detail}" for each in odd]))
    if any(each.state is LetterState.UNCERTAIN for each in odd):
        lines.append("不确定的，请向单位或在邮箱“已发送”中核实是否发出。")
    if any(each.state is LetterState.REFUSED for each in odd):
        lines.append(f"被拒收的，请核对单位通讯录中的邮箱，改正后再按“{button}”。")
    if done.fault:
        return [*lines, f"没有发完：{done.fault}", f"下一步：排除后再按一次“{button}”，已发出的不会重发。"]
    return [*lines, _NEXT[way]] if sent else lines


def _recipients(to: Sequence[str], copies: Sequence[str]) -> str:
    return "、".join(to) + (f"，抄送 {'、'.join(copies)}" if copies else "")

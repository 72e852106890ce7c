"""链接核验: which websites would be visited is shown first, and none is before somebody has agreed.

What was found goes to the units (网站整改) where somebody agrees to that too.
"""

from __future__ import annotations

from collections.abc import Sequence

from zwgk_excel.addin.buttons.months import choose_issued
from zwgk_excel.addin.buttons.persons import decided_by
from zwgk_excel.addin.host import workspace_choice
from zwgk_excel.addin.host.opened import office_at
from zwgk_excel.addin.host.session import CANCELLED, Session, listed
from zwgk_excel.domain.correspondence import LetterState
from zwgk_excel.domain.link_checks import LinkCheck
from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.link_words import told, verdict_of
from zwgk_excel.workflow import verification
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod, delivery_method
from zwgk_excel.workflow.mailing.sending import missing_sender
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.site_faults import ask, planned_askings
from zwgk_excel.workflow.site_faults.asking import MAILED_ASKINGS
from zwgk_excel.workflow.verification.verdict_words import counted, silent_hosts
from zwgk_excel.workflow.verification.verifying import VerificationPlan


def verify(session: Session) -> str:
    """Visit the links of a month that count, and say which do not show what was reported."""
    with office_at(workspace_choice.workspace_of(session)) as office:
        cycle = choose_issued(session, office, "核验哪个月的链接？")
        if cycle is None:
            return CANCELLED
        plan = verification.plan_verification(office, cycle)
        if not plan.due:
            return _words(plan, plan.checks) + _asked(session, office, cycle)
        hosts = [f"{host}：{number} 条" for host, number in plan.hosts.items()]
        if not session.confirm(hosts, f"现在访问这些网站，核验 {len(plan.due)} 条链接吗？其间不能用 Excel。"):
            return CANCELLED
        checks = verification.verify(office, plan, progress=session.progress("核验"))
        return _words(plan, checks) + _asked(session, office, cycle)


def _asked(session: Session, office: Office, cycle: Month) -> str:
    """Offer to send each unit its faults; what came of it, beginning with a line break, or nothing."""
    going = [each for each in planned_askings(office, cycle) if each.action in MAILED_ASKINGS]
    if not going or missing_sender(office):
        return ""
    lines = [f"{each.unit}：{len(each.faults)} 处" for each in going]
    way = delivery_method(office.workspace.settings)
    how = "" if way is DeliveryMethod.SMTP else "（没有设置发信服务器，写成 .eml 文件）"
    if not session.confirm(lines, f"把这些问题登记为网站整改，每个单位发一份整改链接表{how}吗？"):
        return "\n没有发给单位整改。"
    who = decided_by(session, office)
    if who is None:
        return "\n没有发给单位整改。"
    done = ask(office, cycle, way, who=who, progress=session.progress("网站整改"))
    sent = sum(each.state is LetterState.SENT for each in done.delivery_run.letters)
    fault = f"{done.delivery_run.fault}" if done.delivery_run.fault else ""
    return f"\n网站整改登记 {len(done.raised)} 处，发出 {sent} 封邮件。{fault}"


def _words(plan: VerificationPlan, checks: Sequence[LinkCheck]) -> str:
    faulty = [each for each in checks if each.is_faulty]
    lines = [f"{each.link.unit}“{each.link.item.title}”：{_verdict(each)}" for each in faulty]
    silent = [f"{host} 一条也没有打开，请先用浏览器试一试。" for host in silent_hosts(checks)]
    left = sum(plan.unlisted.values())
    unlisted = [f"有 {left} 条的网站不在允许访问之列，没有访问：{'、'.join(list(plan.unlisted)[:3])}。"] if left else []
    return "\n".join(
        [
            f"{plan.cycle} 计入的链接 {len(checks)} 条{f'：{counted(checks)}' if checks else ''}。",
            *([listed(lines)] if lines else []),
            *silent,
            *unlisted,
        ]
    )


def _verdict(check: LinkCheck) -> str:
    return f"{verdict_of(check)}，{told(check)}"

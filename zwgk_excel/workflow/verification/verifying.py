"""``zwgk verify`` (链接核验): visits the links of a month that count, records each visit as it comes, and judges.

A run that was killed goes on with what is not decided. Only the listed hosts are visited, and only when asked to.
"""

from __future__ import annotations

import ssl
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from zwgk_excel.domain.link_checks import LinkCheck, ReportedLink, Visit, judge
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.site_faults import FaultKind, FaultOutcome
from zwgk_excel.web.addresses import NotVisitedError, Reach, target_of
from zwgk_excel.web.crawling import Pace, visit_all
from zwgk_excel.web.exchange import tls_context
from zwgk_excel.web.visiting import Visited, Visitor
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.errors import UserError, reason_of, remedy_of
from zwgk_excel.workflow.office.context import Office, Progress, find_unit, no_progress
from zwgk_excel.workflow.office.workspace import Workspace
from zwgk_excel.workflow.verification.reported_links import answered_cases, reported_links


@dataclass(frozen=True, slots=True)
class VerificationPlan:
    """The links of a month with what is known of them, and those that a run would visit."""

    cycle: Month
    links: tuple[ReportedLink, ...]
    checks: tuple[LinkCheck, ...]
    """One for each link, in the same order, by the newest visits."""
    due: tuple[str, ...]
    """Addresses to visit, each once."""
    unlisted: Mapping[str, int]
    """Host (the whole link where it names none) → links that are not visited because it is not listed."""

    @property
    def hosts(self) -> dict[str, int]:
        """Host → how many addresses of it are due, the most first."""
        return dict(Counter(host_of(url) for url in self.due).most_common())


def plan_verification(
    office: Office, cycle: Month, *, units: Collection[str] = (), again: bool = False
) -> VerificationPlan:
    """What a run would visit, nothing is visited; ``again`` also what was decided a short time ago.

    Raises UserError for an unknown unit, a cycle that was not issued, and where no host is listed.
    """
    reach = reach_of(office.workspace)
    names = [find_unit(office, each) for each in units]
    links = reported_links(office, cycle, names)
    answered = answered_cases(office, cycle, names)
    seen = {each.item.url for each in links}
    moved = (each.case.link for each in answered if each.case.fault.kind is FaultKind.LINK)
    links += tuple(each for each in moved if each.item.url not in seen)
    known = office.ledger.visits(list({each.item.url for each in links}))
    rules = office.rules_of(cycle)
    checks = tuple(judge(each, known.get(each.item.url), rules.workdays, rules.publish_within) for each in links)
    # What is said to be put right is visited again, however short a time ago it was not.
    asked = {each.case.link.item.url for each in answered if each.outcome is FaultOutcome.ANSWERED}
    given = dict.fromkeys(each.case.link.item.url for each in answered if each.case.link.item.url)
    addresses = list(dict.fromkeys([*(each.item.url for each in links), *given]))
    allowed = [url for url in addresses if _is_listed(reach, url)]
    oldest = office.now() - timedelta(days=office.workspace.settings.verify.again_after_days)
    due = tuple(url for url in allowed if again or url in asked or not _is_recent(known.get(url), oldest))
    elsewhere = [*(each.item.url for each in links), *(given.keys() - {each.item.url for each in links})]
    unlisted = Counter(host_of(url) for url in elsewhere if not _is_listed(reach, url))
    return VerificationPlan(cycle, links, checks, due, dict(unlisted.most_common()))


def verify(
    office: Office, plan: VerificationPlan, *, keep: bool = False, progress: Progress = no_progress
) -> tuple[LinkCheck, ...]:
    """Visit what a plan says, each visit recorded as it comes; the checks of all its links afterwards.

    With ``keep`` the pages lie in 网页存档 as they were, by their hash. Raises UserError where one cannot be written.
    """
    workspace, settings = office.workspace, office.workspace.settings.verify
    known = office.ledger.visits(plan.due)
    pace = Pace(settings.per_minute)
    visitor = Visitor(reach_of(workspace), _context(workspace), office.now, wait=pace.wait)
    # A page that is to be kept must be sent once more.
    asked = [(url, None if keep else known.get(url)) for url in plan.due]
    with closing(visit_all(asked, visitor, pace)) as visits:
        for done, each in enumerate(visits, 1):
            if keep:
                _keep(workspace, each)
            office.ledger.add_visits([each.visit])
            progress(done, len(asked), host_of(each.visit.url))
    found = office.ledger.visits(list({each.item.url for each in plan.links}))
    rules = office.rules_of(plan.cycle)
    judged = partial(judge, workdays=rules.workdays, publish_within=rules.publish_within)
    return tuple(judged(each, found.get(each.item.url)) for each in plan.links)


def reach_of(workspace: Workspace) -> Reach:
    """Where the office lets us go; raises UserError where it lists no host."""
    settings = workspace.settings.verify
    if not settings.hosts:
        raise UserError(
            "还没有写明可以访问哪些网站；请在 zwgk.toml 的 [verify] 中填写 hosts，如 hosts = [\"www.example.gov.cn\"]。"
        )
    return Reach(settings.hosts, settings.networks)


def host_of(url: str) -> str:
    """The host of a link, with a port that is not the usual one; the link itself where it names none."""
    try:
        return target_of(url).host_field
    except NotVisitedError:
        return url


def _place(workspace: Workspace, visit: Visit) -> Path:
    """A text to whatever opens it: a page opened in a browser would run its scripts."""
    return workspace.kept_pages / f"{visit.sha256}.txt"


def _keep(workspace: Workspace, visited: Visited) -> None:
    if not visited.body:
        return
    path = _place(workspace, visited.visit)
    try:
        write_atomic(path, visited.body)
    except OSError as error:
        raise UserError(f"网页存不下来：“{path}”写不了（{reason_of(error)}）；{remedy_of(error)}后再次运行。") from None


def _is_listed(reach: Reach, url: str) -> bool:
    try:
        return reach.lists(target_of(url))
    except NotVisitedError:
        return False


def _is_recent(visit: Visit | None, oldest: datetime) -> bool:
    return visit is not None and visit.is_decided and visit.at > oldest


def _context(workspace: Workspace) -> ssl.SSLContext:
    name = workspace.settings.verify.ca_file
    try:
        return tls_context(str(workspace.root / name) if name else "")
    except OSError as error:
        raise UserError(
            f"[verify] ca_file 的证书“{name}”无法读取（{reason_of(error)}）；"
            "请核对 zwgk.toml 中的文件名，内容应为 PEM 格式的证书。"
        ) from error

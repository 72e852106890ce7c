"""``verify``: the links of a month, here or by way of another computer."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.options import HERE, Json, Units, Workspace, cycle
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zwgk_excel.domain.link_checks import LinkCheck, Visit
    from zwgk_excel.domain.periods import Month
    from zwgk_excel.workflow.verification.link_files import LinkList
    from zwgk_excel.workflow.verification.verifying import VerificationPlan

_What = Annotated[
    str, typer.Argument(metavar="月份或文件", help="报送月份，如 2026-11；或别的电脑导出的链接文件。")
]
_Yes = Annotated[bool, typer.Option("--yes", metavar="", help="真正访问；不加则只列出将要访问哪些网站。")]
_Again = Annotated[bool, typer.Option("--again", metavar="", help="几天以内核验过的也再访问，如整改以后。")]
_Keep = Annotated[bool, typer.Option("--keep", metavar="", help="把看到的网页照原样存入“网页存档”。")]
_Export = Annotated[
    Path | None,
    typer.Option("--export", metavar="链接文件", help="不访问，把要核验的链接写成文件，拿到能上网的电脑上运行。"),
]
_Import = Annotated[Path | None, typer.Option("--import", metavar="结果文件", help="导入别的电脑核验的结果。")]
_LISTED = 200
_MONTH = re.compile(r"\d{4}-\d{1,2}")


def verify(
    what: _What = "",
    workspace: Workspace = HERE,
    unit: Units = None,
    yes: _Yes = False,
    again: _Again = False,
    keep: _Keep = False,
    to: _Export = None,
    results: _Import = None,
    json: Json = False,
) -> int:
    """Verify links."""
    chosen = (keep, again, bool(unit), to is not None)
    if results is not None:
        if what or yes or any(chosen):
            raise UserError("--import 只和 -w、--json 同用：文件里写明了是哪个月的。")
        return _import(workspace, results, json=json)
    if what and not _MONTH.fullmatch(what) and Path(what).is_file():
        if any(chosen):
            raise UserError("核验链接文件时只能加 --yes 和 --json；其余的在导出时已经定了。")
        return _visit_file(Path(what), yes=yes, json=json)
    if not what:
        raise UserError("请写明报送月份，如 zwgk verify 2026-11；或别的电脑导出的链接文件。")
    if not _MONTH.fullmatch(what) and not what.isdecimal():
        raise UserError(f"没有文件“{what}”；请写明报送月份，如 2026-11，或核对文件名。")
    return _month(workspace, cycle(what), unit or [], yes=yes, again=again, keep=keep, to=to, json=json)


def _month(
    workspace: Path,
    month: Month,
    units: Sequence[str],
    *,
    yes: bool,
    again: bool,
    keep: bool,
    to: Path | None,
    json: bool,
) -> int:
    from zwgk_excel.cli import show
    from zwgk_excel.workflow import verification as work
    from zwgk_excel.workflow.office.context import open_records

    with open_records(workspace) as office:
        plan = work.plan_verification(office, month, units=units, again=again)
        if to is not None:
            return _exported(work.export_links(office, plan, to), to, json=json)
        visited = yes and plan.due
        checks = plan.checks
        if visited:
            with show.progress("核验", quiet=json) as step:
                checks = work.verify(office, plan, keep=keep, progress=step)
        left = () if visited else plan.due
        return _told(plan, checks, left, visited=len(plan.due) if visited else 0, json=json)


def _exported(count: int, to: Path, *, json: bool) -> int:
    from zwgk_excel.cli import show

    if json:
        show.as_json({"file": to, "links": count})
    else:
        show.print_line(f"链接 {count} 条，已写入 {to}；拿到能上网的电脑上运行 zwgk verify 文件 --yes。", "green")
    return 0


def _import(workspace: Path, results: Path, *, json: bool) -> int:
    from zwgk_excel.cli import show
    from zwgk_excel.workflow import verification as work
    from zwgk_excel.workflow.office.context import open_records

    with open_records(workspace) as office:
        month, new, refused = work.import_visits(office, results)
        plan = work.plan_verification(office, month)
    if refused:
        show.warn(f"有 {refused} 行不是这份链接的结果，或被改动过，没有采用。")
    if not json:
        show.print_line(f"导入 {month} 的核验结果 {new} 条。", "green")
    return _told(plan, plan.checks, plan.due, visited=new, json=json)


def _visit_file(path: Path, *, yes: bool, json: bool) -> int:
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.verification import visit_links
    from zwgk_excel.workflow.verification.link_files import read_list, results_of

    asked = read_list(path)
    if not yes:
        return _preview_file(asked, json=json)
    with show.progress("核验", quiet=json) as step:
        visits = visit_links(path, asked, progress=step)
    if json:
        show.as_json({"file": results_of(path), "visits": [_visit_fields(each) for each in visits]})
    else:
        show.print_line(f"已访问 {len(visits)} 条，结果在 {results_of(path)}。", "green")
        show.print_line("带回办公室，运行 zwgk verify --import 文件。")
    return 0


def _preview_file(asked: LinkList, *, json: bool) -> int:
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.verification.verifying import host_of

    hosts = Counter(map(host_of, asked.links))
    if json:
        show.as_json({"hosts": asked.hosts, "links": len(asked.links), "cycle": asked.cycle})
        return 1
    show.print_line(f"{asked.cycle} 的链接 {len(asked.links)} 条，导出于 {asked.made_at:%Y-%m-%d %H:%M}。")
    show.print_line(f"只访问这些网站：{'、'.join(asked.hosts)}。")
    _print_hosts(hosts)
    show.print_line("以上还没有访问；确认是本办公室的文件后加 --yes。", "yellow")
    return 1


# --- what is told --------------------------------------------------------------------------------


def _told(
    plan: VerificationPlan, checks: Sequence[LinkCheck], left: Sequence[str], *, visited: int, json: bool
) -> int:
    from zwgk_excel.cli import show

    if json:
        show.as_json(_fields(plan, checks, left))
    else:
        _print(plan, checks, left, visited)
    return 1 if left or any(each.is_faulty for each in checks) else 0


def _print(plan: VerificationPlan, checks: Sequence[LinkCheck], left: Sequence[str], visited: int) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.layout.link_words import told, verdict_of
    from zwgk_excel.workflow.verification.verdict_words import counted, silent_hosts

    listed = [each for each in checks if each.verdict and each.verdict != "fine"]
    for each in sorted(listed[:_LISTED], key=lambda check: (not check.is_faulty, check.link.unit)):
        # Not a table: an address that is broken into lines cannot be copied.
        label = verdict_of(each), "red" if each.is_faulty else "yellow"
        show.print_line(f"{each.link.unit}“{each.link.item.title}”：{told(each)}", label=label)
        show.print_line(each.link.item.url, indent="  ")
    if len(listed) > _LISTED:
        show.print_line(f"…… 还有 {len(listed) - _LISTED} 条，用 --json 查看全部")
    show.print_line(f"计入的链接 {len(checks)} 条{'：' if checks else ''}{counted(checks)}。")
    for host in silent_hosts(checks) if visited else ():
        show.warn(f"{host} 一条也没有打开；可能是本机上不了这个网站，请先用浏览器试一试。")
    if plan.unlisted:
        hosts = "、".join(f"{host}（{number}）" for host, number in list(plan.unlisted.items())[:10])
        count = sum(plan.unlisted.values())
        show.print_line(f"有 {count} 条的网站不在 [verify] hosts 之列，没有访问：{hosts}", "yellow")
    if left:
        _print_hosts(plan.hosts)
        show.print_line(f"以上 {len(left)} 条还没有访问；核对后加 --yes。", "yellow")


def _print_hosts(hosts: Mapping[str, int]) -> None:
    from zwgk_excel.cli import show

    show.table("将要访问", ("网站", "链接"), list(hosts.items()))


def _fields(plan: VerificationPlan, checks: Sequence[LinkCheck], left: Sequence[str]) -> dict[str, Any]:
    return {
        "cycle": str(plan.cycle),
        "links": [_check_fields(each) for each in checks],
        "not_visited": list(left),
        "hosts": plan.hosts if left else {},
        "unlisted": plan.unlisted,
    }


def _check_fields(check: LinkCheck) -> dict[str, Any]:
    link, item = check.link, check.link.item
    return {
        "unit": link.unit,
        "file": link.file,
        "obligation": item.obligation,
        "row": item.row,
        "title": item.title,
        "published_on": item.published_on,
        "url": item.url,
        "verdict": check.verdict,
        "similarity": round(check.similarity, 3),
        "late_by": check.late_by or None,
        "visit": _visit_fields(check.visit) if check.visit else None,
    }


def _visit_fields(visit: Visit) -> dict[str, Any]:
    return {
        "at": visit.at.isoformat(),
        "finding": visit.finding,
        "status": visit.status or None,
        "final_url": visit.final_url or None,
        "titles": visit.titles,
        "published_on": visit.published_on,
        "sha256": visit.sha256 or None,
    }

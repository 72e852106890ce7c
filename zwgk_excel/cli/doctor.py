"""``doctor``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.options import HERE, Json, Workspace
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from zwgk_excel.layout.checkup import DiagnosticResult

_COLOURS = {"ok": "green", "note": "dim", "warning": "yellow", "failed": "red"}


def doctor(
    workspace: Workspace = HERE,
    mail: Annotated[
        bool | None, typer.Option("--mail/--no-mail", help="只检查邮箱，或不检查邮箱；默认全部检查。")
    ] = None,
    providers: Annotated[
        bool, typer.Option("--providers", metavar="", help="列出常用邮箱的服务器设置，不做检查。")
    ] = False,
    timeout: Annotated[float, typer.Option("--timeout", metavar="秒", help="邮件服务器每一步最多等多久。")] = 15.0,
    json: Json = False,
) -> int:
    """Run the checks and print what fails and what to do."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow import clock
    from zwgk_excel.workflow.doctor.diagnostics import run_diagnostics

    if not 0 < timeout <= 600:
        raise UserError("--timeout 应为 0 到 600 秒。")
    if providers:
        return _providers(json=json)
    found: list[DiagnosticResult] = []
    with show.progress("检查", quiet=json) as step:
        for each in run_diagnostics(
            workspace, computer=mail is not True, mail=mail is not False, timeout=timeout, now=clock.now()
        ):
            found.append(each)
            step(len(found), 0, f"{each.title} {each.step}")
    if json:
        show.as_json({"checks": [asdict(each) for each in found], "problems": sum(each.counts for each in found)})
    else:
        _print(found)
    return 1 if any(each.counts for each in found) else 0


def _print(found: Sequence[DiagnosticResult]) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.layout.words import word

    for title, checks in groupby(found, lambda each: each.title):
        show.print_line(title, "bold")
        for each in checks:
            label = word("check", each.state), _COLOURS[each.state]
            show.print_line(f"{each.step}：{each.found}", label=label, indent="  ")
            if each.action and each.state != "ok":
                show.print_line(f"       → {each.action}", _COLOURS[each.state])
    wrong = sum(each.counts for each in found)
    show.print_line(f"有 {wrong} 处需要处理。" if wrong else "没有发现问题。", "yellow" if wrong else "green")


def _providers(*, json: bool) -> int:
    from zwgk_excel.cli import show
    from zwgk_excel.layout.providers import providers

    if json:
        show.as_json([asdict(each) for each in providers()])
        return 0
    for each in providers():
        show.print_line(each.name, "bold")
        for protocol, place in (("smtp", each.smtp), ("imap", each.imap)):
            host = place.host or "（咨询邮箱管理员）"
            show.print_line(f'  [mail.{protocol}]  host = "{host}"  port = {place.port}  security = "{place.security}"')
        show.print_line(f"  密码：{each.password}")
        show.print_line(f"  注意：{each.note}")
        show.print_line(f"  出处：{each.reference}", "dim")
    return 0

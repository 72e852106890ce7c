"""``receive``: files registered by hand, at the time that a person says."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.options import (
    HERE,
    ClusterAddress,
    Json,
    Reason,
    Who,
    Workspace,
    cycle,
    moment,
    reader_pool,
    who,
    who_if_named,
)
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zwgk_excel.workflow.intake.receiving import IntakeResult
    from zwgk_excel.workflow.office.context import Office
    from zwgk_excel.workflow.workers.readers import ReaderPool

_NAMED = 10
"""So many files are listed in the question."""


def receive(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="文件…", help="收到的文件、压缩包或文件夹。")] = None,
    workspace: Workspace = HERE,
    received_at: Annotated[
        str, typer.Option("--received-at", metavar="时间", help="收到的时间，如 2026-11-20T09:30；默认为现在。")
    ] = "",
    use_file_time: Annotated[
        bool, typer.Option("--use-file-time", metavar="", help="以各文件自己的时间（最后保存的时间）为收件时间。")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", metavar="", help="不询问：文件自己的时间与现在不同的，也按现在收到登记。")
    ] = False,
    assign: Annotated[
        str, typer.Option("--assign", metavar="单位名称", help="认定这些文件是哪个单位的报送件，与 --cycle 同用。")
    ] = "",
    numbers: Annotated[
        list[int] | None,
        typer.Option("--receipt", metavar="号数", help="已登记的文件按收件号认定或作废，不用写文件名；可重复。"),
    ] = None,
    month: Annotated[str, typer.Option("--cycle", metavar="月份", help="认定是哪个报送月份的，如 2026-11。")] = "",
    force: Annotated[
        bool, typer.Option("--force", metavar="", help="身份标记属于别的单位或月份的，也照样认定。")
    ] = False,
    aside: Annotated[
        bool, typer.Option("--set-aside", metavar="", help="这些待核实的文件不是报送件，作废，不再提示。")
    ] = False,
    reason: Reason = "",
    name: Who = "",
    cluster: ClusterAddress = "",
    json: Json = False,
) -> int:
    """Import files, or assign or set aside files that were imported."""
    from zwgk_excel.workflow.decisions import overrides
    from zwgk_excel.workflow.office.context import open_records

    _check_options(assign, month, force=force, aside=aside, received_at=received_at, use_file_time=use_file_time)
    _check_files(paths, numbers, ruled=aside or bool(assign))
    at, wanted = moment(received_at), cycle(month) if month else None
    asks = not (at or use_file_time or yes or json)
    with open_records(workspace) as office, reader_pool(cluster, office) as readers:
        files = [*(paths or ()), *overrides.files_of(office, numbers or ())]
        if wanted:
            by = who(office, name)
            ruled = partial(overrides.assign, office, files, assign, wanted, force=force, received_at=at)
            taken = ruled(who=by, reason=reason, readers=readers)
        elif aside:
            taken = overrides.set_aside(office, files, who=who(office, name), reason=reason, readers=readers)
        else:
            when = asked_time(office, files) if asks else ReceiptTime(at, use_file_time)
            taken = _registered(office, files, when, name, readers, json=json)
    return _told(taken, json=json)


def _registered(
    office: Office, files: Sequence[Path], when: ReceiptTime, name: str, readers: ReaderPool | None, *, json: bool
) -> IntakeResult:
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.intake.receiving import receive as run

    with show.progress("收取", quiet=json) as progress:
        return run(
            office,
            files,
            received_at=when.at,
            use_file_time=when.of_file,
            who=who_if_named(office, name),
            progress=progress,
            readers=readers,
        )


def _told(taken: IntakeResult, *, json: bool) -> int:
    from zwgk_excel.cli import show
    from zwgk_excel.cli.taken import entries, exit_code, report

    if json:
        show.as_json(entries(taken))
    else:
        report(taken)
        if not (taken or taken.withdrawn or taken.unread):
            show.print_line("没有新文件：这些文件都已登记过。")
    return exit_code(taken)


@dataclass(frozen=True, slots=True)
class ReceiptTime:
    """When files are to have been received: at a time, when each was last written, or else now."""

    at: datetime | None = None
    of_file: bool = False


def asked_time(office: Office, files: Sequence[Path]) -> ReceiptTime:
    """What a person at the terminal says of files that were written more than a day ago, or are of a time to come.

    Now where there are none, or nobody to be asked.
    """
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.intake.receipt_times import files_written_apart

    apart = files_written_apart(office, files) if sys.stdin and sys.stdin.isatty() else []
    if not apart:
        return ReceiptTime()
    show.print_line(f"{len(apart)} 个文件自己的时间（最后保存的时间）与现在相差一天以上：", "bold")
    for path, written in apart[:_NAMED]:
        show.print_line(f"{written:%Y-%m-%d %H:%M}  {path.name}", indent="  ")
    if len(apart) > _NAMED:
        show.print_line(f"另有 {len(apart) - _NAMED} 个", indent="  ")
    show.print_line("文件的时间由发来的人决定，不一定是收到的时间。这一批登记为什么时间收到的？", "bold")
    given = show.answer("直接回车：现在；输入 w：各文件自己的时间；或输入时间，如 2026-11-20T09:30：")
    if given.lower() == "w":
        return ReceiptTime(of_file=True)
    return ReceiptTime(moment(given))


def _check_options(
    assign: str, month: str, *, force: bool, aside: bool, received_at: str, use_file_time: bool
) -> None:
    if bool(assign) != bool(month):
        raise UserError("认定要同时写明 --assign 单位 和 --cycle 月份。")
    if force and not assign:
        raise UserError("--force 只与 --assign 同用。")
    if aside and (assign or received_at):
        raise UserError("--set-aside 不与 --assign、--received-at 同用。")
    if use_file_time and (aside or assign or received_at):
        raise UserError("--use-file-time 不与 --received-at、--assign、--set-aside 同用。")


def _check_files(paths: list[Path] | None, numbers: list[int] | None, *, ruled: bool) -> None:
    if not paths and not numbers:
        raise UserError("请写明收到的文件；已登记的用 --receipt 写收件号。")
    if numbers and not ruled:
        raise UserError("--receipt 只与 --assign 或 --set-aside 同用。")

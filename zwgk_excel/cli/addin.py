"""``addin build``, ``install``, ``uninstall``, ``status`` and ``serve``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from zwgk_excel.cli.chinese import COMMANDS_WORD, OPTIONS_WORD, ChineseCommand, ChineseGroup, typer
from zwgk_excel.cli.options import Json
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from zwgk_excel.workflow.setup.addin_install import InstallStatus
    from zwgk_excel.workflow.setup.libreoffice_install import ExtensionStatus
    from zwgk_excel.workflow.wps.registration import WpsStatus

app = typer.Typer(
    cls=ChineseGroup,
    options_metavar=OPTIONS_WORD,
    subcommand_metavar=COMMANDS_WORD,
    help="按钮“政务公开”：Excel、WPS 加载项和 LibreOffice 扩展的生成、安装、卸载、查看。",
    no_args_is_help=True,
)


Wps = Annotated[bool, typer.Option("--wps", help="WPS 表格的加载项，而不是 Excel 的。")]
LibreOffice = Annotated[bool, typer.Option("--libreoffice", help="LibreOffice 的扩展，而不是 Excel 的加载项。")]


def build(
    out: Annotated[Path, typer.Argument(metavar="输出文件", help="文件名，如 zwgk.xlam；扩展如 zwgk.oxt。")],
    libreoffice: LibreOffice = False,
) -> int:
    """Write the add-in."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.setup.addin_build import build as build_addin
    from zwgk_excel.workflow.setup.libreoffice_build import build_extension

    changed = build_extension(out) if libreoffice else build_addin(out)
    what = "扩展" if libreoffice else "加载项"
    show.print_line(f"{what}{'已生成' if changed else '没有变化'}：{out}", "green")
    return 0


def install(libreoffice: LibreOffice = False, wps: Wps = False, json: Json = False) -> int:
    """Install for the current user."""
    _refuse_two(libreoffice=libreoffice, wps=wps)
    if libreoffice:
        from zwgk_excel.workflow.setup import libreoffice_install

        done = libreoffice_install.install_extension(libreoffice_install.this_libreoffice())
        return _report_extension(done, "已安装。重新打开 LibreOffice，工具栏中会有“政务公开”的按钮。", json=json)
    if wps:
        return _install_into_wps(json=json)
    from zwgk_excel.workflow.setup.addin_install import install as run
    from zwgk_excel.workflow.setup.addin_paths import this_computer

    found = run(this_computer())
    return _report_excel(found, "已安装。重新打开 Excel，功能区中会有“政务公开”选项卡。", json=json)


def uninstall(libreoffice: LibreOffice = False, wps: Wps = False, json: Json = False) -> int:
    """Remove what install wrote."""
    _refuse_two(libreoffice=libreoffice, wps=wps)
    from zwgk_excel.cli import show

    if libreoffice:
        return _uninstall_extension(json=json)
    from zwgk_excel.workflow.setup import addin_install
    from zwgk_excel.workflow.setup.addin_paths import this_computer
    from zwgk_excel.workflow.wps import registration

    done = registration.uninstall(this_computer()) if wps else addin_install.uninstall(this_computer())
    if json:
        show.as_json({"removed": done.removed, "restored": done.restored, "kept": done.kept})
        return 1 if done.kept else 0
    for word, paths in (("已删除", done.removed), ("已恢复", done.restored), ("安装后改动过，未删除", done.kept)):
        for path in paths:
            show.print_line(f"{word}：{path}", "yellow" if paths is done.kept else "")
    show.print_line("已卸载。", "green")
    return 1 if done.kept else 0


def _uninstall_extension(*, json: bool) -> int:
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.setup import libreoffice_install
    from zwgk_excel.workflow.setup.libreoffice_build import IDENTIFIER

    libreoffice_install.uninstall_extension(libreoffice_install.this_libreoffice())
    if json:
        show.as_json({"removed": [IDENTIFIER]})
    else:
        show.print_line("已卸载。重新打开 LibreOffice，按钮就没有了。", "green")
    return 0


def status(libreoffice: LibreOffice = False, wps: Wps = False, json: Json = False) -> int:
    """Show what is installed."""
    _refuse_two(libreoffice=libreoffice, wps=wps)
    if libreoffice:
        from zwgk_excel.workflow.setup import libreoffice_install

        found = libreoffice_install.extension_status(libreoffice_install.this_libreoffice())
        return _report_extension(found, "扩展、Python 与本程序的版本一致。", json=json)
    if wps:
        from zwgk_excel.workflow.setup.addin_paths import this_computer
        from zwgk_excel.workflow.wps.registration import status as look

        return _report_wps(look(this_computer()), "WPS 里的加载项与本程序的版本一致。", json=json)
    from zwgk_excel.workflow.setup.addin_install import status as run
    from zwgk_excel.workflow.setup.addin_paths import this_computer

    return _report_excel(run(this_computer()), "加载项、Python 与本程序的版本一致。", json=json)


def _refuse_two(*, libreoffice: bool, wps: bool) -> None:
    if libreoffice and wps:
        raise UserError("--wps 和 --libreoffice 一次只写一个；两个都要的，请分两次运行。")


def _report_extension(found: ExtensionStatus, sound: str, *, json: bool) -> int:
    lines = [
        f"LibreOffice：{found.libreoffice}",
        f"扩展：{found.installed or '（没有）'}",
        f"Python：{found.interpreter}",
        f"版本：zwgk-excel {found.version}",
    ]
    return _report(found, lines, sound, json=json)


def _report_excel(found: InstallStatus, sound: str, *, json: bool) -> int:
    lines = [
        f"加载项：{found.addin}{'' if found.installed else '（没有）'}",
        f"配置：{found.configuration}",
        f"Python：{found.interpreter or '（未配置）'}",
        f"版本：zwgk-excel {found.version}，xlwings {found.xlwings}",
    ]
    return _report(found, lines, sound, json=json)


def _report_wps(found: WpsStatus, sound: str, *, json: bool) -> int:
    lines = [
        f"WPS 加载项：{found.folder}",
        f"登记的版本：{found.version or '（没有）'}；WPS 的授权：{_GATES[found.gate]}",
    ]
    return _report(found, lines, sound, json=json)


def _report(
    found: ExtensionStatus | InstallStatus | WpsStatus, lines: Sequence[str], sound: str, *, json: bool
) -> int:
    """Print what is installed and each fault of it, else that it is sound; 1 where there are faults."""
    from dataclasses import asdict

    from zwgk_excel.cli import show

    if json:
        show.as_json(asdict(found))
        return 1 if found.faults else 0
    for line in lines:
        show.print_line(line)
    for fault in found.faults:
        show.print_line(fault, "yellow")
    if not found.faults:
        show.print_line(sound, "green")
    return 1 if found.faults else 0


def serve() -> int:
    """Run the service that the buttons in WPS call, until nobody has pressed one for half an hour."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.wps.service import serve as run

    def started(port: int) -> None:
        show.print_line(f"WPS 按钮的服务已启动：127.0.0.1:{port}，只供本人使用；半小时没有人按按钮就结束。", "green")

    if not run(started):
        show.print_line("WPS 按钮的服务已经在运行。", "green")
    return 0


def _install_into_wps(*, json: bool) -> int:
    from zwgk_excel.workflow.setup.addin_paths import this_computer
    from zwgk_excel.workflow.wps.registration import install as run

    told = "已安装。重新打开 WPS 表格，问是否信任时选“允许”，再关闭重新打开一次，功能区中会有“政务公开”选项卡。"
    return _report_wps(run(this_computer()), told, json=json)


_GATES = {"allowed": "已允许", "refused": "没有启用", "pending": "等待允许", "unknown": "还没有记录"}

COMMANDS = (
    ("build", build, "生成加载项或扩展的文件；在任何系统上均可运行。"),
    ("install", install, "为当前用户安装到 Excel（Windows；macOS 不保证可用），加选项装到 LibreOffice 或 WPS。"),
    ("uninstall", uninstall, "卸载：只删除安装时写入的文件，恢复原有配置。"),
    ("status", status, "查看安装的内容、位置，版本是否一致。"),
    ("serve", serve, "运行 WPS 按钮的服务；平时由按钮自己启动，只在查原因时用。"),
)

for _name, _function, _help in COMMANDS:
    app.command(_name, cls=ChineseCommand, help=_help, options_metavar=OPTIONS_WORD)(_function)

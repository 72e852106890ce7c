"""``addin build``, ``install``, ``uninstall`` and ``status``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from zwgk_excel.cli.chinese import COMMANDS_WORD, OPTIONS_WORD, ChineseCommand, ChineseGroup, typer
from zwgk_excel.cli.options import Json

if TYPE_CHECKING:
    from zwgk_excel.workflow.setup.addin_install import InstallStatus
    from zwgk_excel.workflow.setup.libreoffice_install import ExtensionStatus

app = typer.Typer(
    cls=ChineseGroup,
    options_metavar=OPTIONS_WORD,
    subcommand_metavar=COMMANDS_WORD,
    help="按钮“政务公开”：Excel 加载项和 LibreOffice 扩展的生成、安装、卸载、查看。",
    no_args_is_help=True,
)


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


def install(libreoffice: LibreOffice = False, json: Json = False) -> int:
    """Install for the current user."""
    if libreoffice:
        from zwgk_excel.workflow.setup import libreoffice_install

        done = libreoffice_install.install_extension(libreoffice_install.this_libreoffice())
        return _report_extension(done, "已安装。重新打开 LibreOffice，工具栏中会有“政务公开”的按钮。", json=json)
    from zwgk_excel.workflow.setup.addin_install import install as run
    from zwgk_excel.workflow.setup.addin_paths import this_computer

    found = run(this_computer())
    return _report(found, "已安装。重新打开 Excel，功能区中会有“政务公开”选项卡。", json=json)


def uninstall(libreoffice: LibreOffice = False, json: Json = False) -> int:
    """Remove what install wrote."""
    from zwgk_excel.cli import show

    if libreoffice:
        return _uninstall_extension(json=json)
    from zwgk_excel.workflow.setup.addin_install import uninstall as run
    from zwgk_excel.workflow.setup.addin_paths import this_computer

    done = run(this_computer())
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


def status(libreoffice: LibreOffice = False, json: Json = False) -> int:
    """Show what is installed."""
    if libreoffice:
        from zwgk_excel.workflow.setup import libreoffice_install

        found = libreoffice_install.extension_status(libreoffice_install.this_libreoffice())
        return _report_extension(found, "扩展、Python 与本程序的版本一致。", json=json)
    from zwgk_excel.workflow.setup.addin_install import status as run
    from zwgk_excel.workflow.setup.addin_paths import this_computer

    return _report(run(this_computer()), "加载项、Python 与本程序的版本一致。", json=json)


def _report_extension(found: ExtensionStatus, sound: str, *, json: bool) -> int:
    from dataclasses import asdict

    from zwgk_excel.cli import show

    if json:
        show.as_json(asdict(found))
        return 1 if found.faults else 0
    show.print_line(f"LibreOffice：{found.libreoffice}")
    show.print_line(f"扩展：{found.installed or '（没有）'}")
    show.print_line(f"Python：{found.interpreter}")
    show.print_line(f"版本：zwgk-excel {found.version}")
    return _verdict(found.faults, sound)


def _report(found: InstallStatus, sound: str, *, json: bool) -> int:
    from dataclasses import asdict

    from zwgk_excel.cli import show

    if json:
        show.as_json(asdict(found))
        return 1 if found.faults else 0
    show.print_line(f"加载项：{found.addin}{'' if found.installed else '（没有）'}")
    show.print_line(f"配置：{found.configuration}")
    show.print_line(f"Python：{found.interpreter or '（未配置）'}")
    show.print_line(f"版本：zwgk-excel {found.version}，xlwings {found.xlwings}")
    return _verdict(found.faults, sound)


def _verdict(faults: Sequence[str], sound: str) -> int:
    from zwgk_excel.cli import show

    for fault in faults:
        show.print_line(fault, "yellow")
    if not faults:
        show.print_line(sound, "green")
    return 1 if faults else 0


COMMANDS = (
    ("build", build, "生成加载项或扩展的文件；在任何系统上均可运行。"),
    ("install", install, "为当前用户安装到 Excel（Windows；macOS 不保证可用），加 --libreoffice 安装到 LibreOffice。"),
    ("uninstall", uninstall, "卸载：只删除安装时写入的文件，恢复原有配置。"),
    ("status", status, "查看安装的内容、位置，版本是否一致。"),
)

for _name, _function, _help in COMMANDS:
    app.command(_name, cls=ChineseCommand, help=_help, options_metavar=OPTIONS_WORD)(_function)

"""Presses every button of the ribbon by the way of a click, and writes what came of it.

    python -m tests.windows.click --report FILE            a stand-in for Excel, under wine (tests/windows/setup.sh)
    python -m tests.windows.click --first 8 --report FILE  the first presses only
    python -m tests.windows.click --excel --report FILE    a real Excel with the add-in installed, on Windows; elsewhere
                                                           the stand-in, pressed in the same way

The report is Markdown; exit 1 where a press did not do what it should.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.calc.office import Office
from tests.tools import OBJECT_MODEL, ROOT
from tests.windows.click import report
from tests.windows.click.presses import PRESSES
from tests.windows.click.recorder import command_lines
from tests.windows.click.wine import COMPUTER, LINES, REPORT
from tests.windows.workbooks import PLACE
from tests.workbooks.xlam.in_office import Computer
from zwgk_excel.layout.buttons import ribbon_tab

WORK = PLACE / "click"


def press_all(to: Path, first: int = len(PRESSES)) -> int:
    """Press all buttons in the stand-in, write the report, and say how many presses went wrong.

    ``first``: only so many presses, from the beginning of the month's work.
    """
    _prepared()
    _wine("play", str(first))
    told = json.loads((WORK / REPORT).read_text(encoding="utf-8"))
    found, took = told["presses"], told["milliseconds"]
    machine = (
        f"表格程序：wine 中 Excel 的替身（测试用的网格），{platform.system()} {platform.machine()}。"
        f"跨进程的调用：问一个属性 {took['property']} 毫秒，取一个对象 {took['object']} 毫秒，"
        f"3600 格一次写 {took['written']} 毫秒、一次读 {took['read']} 毫秒（各为最快的一批）。"
    )
    to.write_text("\n".join(report.lines(found, machine)) + "\n", encoding="utf-8")
    pressed = {each["button"] for each in found}
    left = ribbon_tab().buttons.keys() - pressed if first == len(PRESSES) else ()
    return sum(bool(report.faults(each)) for each in found) + len(left)


def press_in_excel(to: Path, first: int = len(PRESSES)) -> int:
    """The same in a real Excel; the way straight is the measure for it too."""
    from tests.windows.click import presses, real_excel
    from tests.windows.click.wine import compared, straight

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        clicked, other = Path(folder) / "一", Path(folder) / "二"
        name, found = real_excel.press_all(clicked, first)
        month = presses.new_place(other).month
        told = compared(found, straight(other, month, first), "messages", "saved")
    to.write_text("\n".join(report.lines(told, f"表格程序：{name}；{platform.platform()}")) + "\n", encoding="utf-8")
    return sum(bool(report.faults(each)) for each in told)


def press_as_in_excel(to: Path, first: int = len(PRESSES)) -> int:
    """What :func:`press_in_excel` does, under wine with the stand-in in Excel's place."""
    _prepared()
    _wine("excel", str(first))
    found = json.loads((WORK / REPORT).read_text(encoding="utf-8"))["presses"]
    told = report.lines(found, "表格程序：wine 中 Excel 的替身，像在 Excel 中那样按。")
    to.write_text("\n".join(told) + "\n", encoding="utf-8")
    return sum(bool(report.faults(each)) for each in found)


def _prepared() -> None:
    """Install the add-in under wine, and write down the command line of each of its buttons."""
    if not OBJECT_MODEL.is_dir():
        sys.exit("Excel's object model is not there: tests/setup.sh tools")
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir()
    _wine("prepare")
    told = json.loads((WORK / COMPUTER).read_text(encoding="utf-8"))
    computer = Computer(told, {"Z:": "", "C:": str(PLACE / "prefix/drive_c")}, "C:\\Office 16")
    with Office(shutil.which("soffice") or "soffice") as office:
        lines = command_lines(office, computer, WORK)
    (WORK / LINES).write_text(json.dumps(lines), encoding="utf-8")


def _wine(what: str, *more: str) -> None:
    folder = "Z:" + str(WORK).replace("/", "\\")
    command = [str(PLACE / "python"), "-m", "tests.windows.click.wine", what, folder, *more]
    if code := subprocess.run(command, cwd=ROOT, check=False).returncode:
        sys.exit(f"exit {code}: {' '.join(command)}")


def main() -> None:
    """Press, write, and say where it went."""
    parser = argparse.ArgumentParser(description="Every button of the ribbon by the way of a click.")
    parser.add_argument("--report", type=Path, default=WORK.with_name("click-report.md"))
    parser.add_argument("--excel", action="store_true", help="a real Excel on Windows; as there under wine")
    parser.add_argument("--first", type=int, default=len(PRESSES), help="only so many presses")
    options = parser.parse_args()
    pressed = (press_in_excel if sys.platform == "win32" else press_as_in_excel) if options.excel else press_all
    wrong = pressed(options.report, options.first)
    print(f"{options.report}: {wrong} wrong")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()

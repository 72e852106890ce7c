"""Every command of an installed ``zwgk``, run as a process: its help, and its real work on the month of the demo."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DONE, PROBLEMS, REFUSED = 0, 1, 2
CYCLE, AS_OF = "2026-11", "2026-12-03"
PAST = "2024-10"
"""A month that is over on whatever day this runs."""
CORRECTED, SILENT = "市教育局", "市应急局"
"""Units of the demo: one that returned two files, one that returned none."""


PERSON = "王芳"
LAST_ACT_OF_DEMO = "72"
"""The waiver with which the demo ends."""


class Step(NamedTuple):
    """A command line, the exit codes that are right for it, and a word that its output holds."""

    arguments: tuple[str, ...]
    codes: tuple[int, ...]
    says: str


def steps(folder: Path) -> Iterator[Step]:
    """What is run in order; every command of the program is among them (a test holds that)."""
    home = folder / "演示"
    here = ("-w", str(home))
    form = home / "发件箱" / CYCLE / f"{SILENT}_{CYCLE}_信息报送表.xlsx"
    yield Step(("--version",), (DONE,), "zwgk ")
    yield Step(("demo", str(home)), (DONE, PROBLEMS), "总台账.xlsx")
    yield Step(("init", str(folder / "新")), (DONE,), "责任分工表.xlsx")
    yield Step(("settings", "set", "联系人", PERSON, "-w", str(folder / "新")), (DONE,), PERSON)
    yield Step(("settings", "list", *here), (DONE,), "office.contact")
    yield Step(("trust", "-w", str(folder / "新")), (DONE,), "已确认")
    yield Step(("check", *here, "--json"), (DONE, PROBLEMS), "code")
    yield Step(("plan", CYCLE, *here, "--json"), (DONE,), "mandatory")
    yield Step(("generate", "2026-12", "--unit", SILENT, *here), (DONE,), "1")
    yield Step(("send", CYCLE, *here), (DONE, PROBLEMS), SILENT)
    yield Step(("return", CYCLE, *here), (DONE, PROBLEMS), "修改意见")
    yield Step(("remind", *here), (DONE, PROBLEMS), "催报")
    yield Step(("fetch", *here), (REFUSED,), "[mail.imap]")
    returned = folder / f"{SILENT}.xlsx"
    if form.is_file():  # where the steps are only listed there is none
        returned.write_bytes(form.read_bytes())
    yield Step(("receive", str(returned), *here, "--json"), (DONE, PROBLEMS), "verdict")
    by = ("--reason", "试", "--who", PERSON, *here)
    yield Step(("receipt", "list", *here), (DONE,), CORRECTED)
    yield Step(("receipt", "time", "1", "--at", "2026-11-20T09:30", *by, "--yes"), (DONE,), "已办理")
    yield Step(("receipt", "withdraw", "1", *by), (PROBLEMS,), "预览")
    yield Step(("receipt", "take-back", "1", *by), (REFUSED,), "没有撤回")
    yield Step(("receipt", "keep", "1", *by), (REFUSED,), "没有撤回")
    yield Step(("merge", CYCLE, "--unit", CORRECTED, *by), (DONE, PROBLEMS), CORRECTED)
    yield Step(("extend", CYCLE, "--unit", SILENT, "--until", "2026-12-20", *by), (DONE,), SILENT)
    yield Step(("waive", CYCLE, "--unit", SILENT, *by), (DONE,), SILENT)
    yield Step(("waive", CYCLE, "--unit", SILENT, "--reason", "试", *here), (REFUSED,), "--who")
    yield Step(("opinion", CYCLE, "--unit", SILENT, "--duty", "D14", "--text", "试", *by), (DONE,), SILENT)
    yield Step(("history", "--unit", SILENT, *here), (DONE,), PERSON)
    change = ("--from", "2027-01", *by)
    yield Step(("unit", "rename", SILENT, "市新名局", *change), (PROBLEMS,), "市新名局")
    yield Step(("unit", "merge", SILENT, "--into", CORRECTED, *change, "--yes"), (DONE,), "单位通讯录.xlsx 已改好")
    yield Step(("unit", "end", CORRECTED, *change), (PROBLEMS,), "2026-12")
    yield Step(("duty", "reassign", "D02", "--to", "市审计局", *change, "--json"), (PROBLEMS,), "reassign")
    yield Step(("task", "add", "试", "--unit", SILENT, "--due", "2099-01-10", *by, "--yes"), (DONE,), "责任分工表.xlsx")
    yield Step(("task", "list", *here), (DONE,), "T01")
    yield Step(("task", "cancel", "T01", *by), (PROBLEMS,), "预览")
    yield Step(("catalogue", "import", str(home / "单位通讯录.xlsx"), *here), (REFUSED,), "没有读到目录事项")
    yield Step(("catalogue", "export", str(folder / "公布.xlsx"), *here), (DONE,), "个目录事项写入")
    yield Step(("coverage", *here, "--as-of", AS_OF), (DONE, PROBLEMS), "目录")
    yield Step(("undo", LAST_ACT_OF_DEMO, *by, "--yes"), (DONE,), LAST_ACT_OF_DEMO)
    yield Step(("consolidate", CYCLE, *here, "--as-of", AS_OF), (DONE, PROBLEMS), "总台账.xlsx")
    yield Step(("status", CYCLE, *here, "--as-of", AS_OF, "--json"), (DONE, PROBLEMS), "timeliness")
    yield Step(("columns", *here, "--as-of", AS_OF, "--json"), (DONE, PROBLEMS), "days_since")
    yield Step(("assess", CYCLE, *here, "--as-of", AS_OF, "--json"), (DONE, PROBLEMS), "deductions")
    yield Step(("escalate", CYCLE, *here, "--as-of", AS_OF, "--export"), (DONE, PROBLEMS), ".xlsx")
    yield Step(("rectify", "list", *here), (DONE, PROBLEMS), "整改")
    # A month long over: what is closed lies in the past, whatever this computer's clock says.
    past = ("-w", str(folder / "新"))
    yield Step(("generate", PAST, *past), (DONE,), "新生成")
    yield Step(("close", PAST, *past, "--who", PERSON), (PROBLEMS,), "没有收到任何单位的报送件")
    yield Step(("close", PAST, *past, "--who", PERSON, "--yes"), (DONE,), "结账")
    yield Step(("reopen", PAST, *past, "--reason", "试", "--who", PERSON, "--yes"), (DONE,), "已撤销结账")
    objection = ("--unit", CORRECTED, "--points", "+2", "--reason", "申诉属实", "--who", PERSON)
    yield Step(("adjust", CYCLE, *objection, *here, "--yes"), (DONE,), CYCLE)
    yield Step(("verify", CYCLE, *here), (PROBLEMS,), "标题不符")
    yield Step(("fault", "send", CYCLE, *here, "--as-of", AS_OF), (PROBLEMS,), "标题不符")
    yield Step(("fault", "list", *here, "--as-of", AS_OF), (PROBLEMS,), "逾期未整改")
    yield Step(("fault", "refuse", "1", *by), (REFUSED,), "还没有收到说明")
    yield Step(("fault", "accept", "1", *by), (REFUSED,), "还没有收到说明")
    yield Step(("published", "import", *here), (REFUSED,), "没有新的清单")
    yield Step(("catalogue", "import", *here), (REFUSED,), "没有新的目录表")
    yield Step(("published", "reconcile", CYCLE, *here, "--as-of", AS_OF), (PROBLEMS,), "网站有未报")
    yield Step(("bulletin", CYCLE, *here), (DONE, PROBLEMS), ".docx")
    yield Step(("export", CYCLE, "--to", str(folder / "数据.xlsx"), *here), (DONE,), "数据.xlsx")
    yield Step(("rollup", str(home), "--to", str(folder / "全市")), (DONE, PROBLEMS), "全市")
    yield Step(("node", "tcp://192.0.2.1:8790"), (REFUSED,), "tls://")
    yield Step(("password", "--delete", *here), (DONE, REFUSED), "密")
    yield Step(("schedule", "show", *here), (DONE, PROBLEMS, REFUSED), "zwgk")
    yield Step(("doctor", "--no-mail", *here), (DONE, PROBLEMS), "依赖库")
    yield Step(("manual", *here), (DONE,), "办公室手册")
    yield Step(("addin", "build", str(folder / "zwgk.xlam")), (DONE,), "zwgk.xlam")
    yield Step(("addin", "build", "--libreoffice", str(folder / "zwgk.oxt")), (DONE,), "zwgk.oxt")
    yield Step(("addin", "status", "--wps"), (DONE, PROBLEMS), "WPS")


def run(zwgk: Path, folder: Path, step: Step) -> str:
    """What a step prints, away from this checkout; AssertionError with all of it where it is not as it should be."""
    done = process(zwgk, *step.arguments, cwd=folder)
    told = f"zwgk {' '.join(step.arguments)}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert done.returncode in step.codes, told
    assert step.says in done.stdout + done.stderr, f"{step.says!r} is missing from\n{told}"
    assert "Traceback" not in done.stderr, told
    return done.stdout


def process(*command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program with nothing of this environment's Python in it, no input and no service of the user's desktop.

    Which workspaces are trusted it remembers where the tests do.
    """
    strange, ours = ("PYTHON", "VIRTUAL_ENV", "ZWGK_", "DBUS_", "COVERAGE_", "COV_"), "ZWGK_CONFIG_DIR"
    inherited = {name: value for name, value in os.environ.items() if name == ours or not name.startswith(strange)}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=inherited | {"PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

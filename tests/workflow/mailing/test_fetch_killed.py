"""A run of fetch that is killed at any step: the next one makes good what it left, and nobody is taken in twice."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mail.samples import bounce, gbk_zip
from tests.tools import ROOT
from tests.workflow.desk import CYCLE, item, new_desk
from tests.workflow.killed import DIED, spread
from tests.workflow.mailbox import MAILS, STRANGER, letter, with_addresses
from zwgk_excel.workflow.issuing.generation import generate

POINTS = 9


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    """A workspace, and a mailbox beside it: a return, a copy of it, an archive, a stranger, a bounce, mere words."""
    folder = tmp_path_factory.mktemp("killed")
    desk = new_desk(folder)
    with_addresses(desk)
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    good = desk.reply("市财政局", "好.xlsx", items=[item("D02 政府采购", final_review=None)]).read_bytes()
    other = desk.reply("市政府办", "办.xlsx", items=[item("D01 政策文件")]).read_bytes()
    finance, government = MAILS["市财政局"], MAILS["市政府办"]
    mails = [
        letter(finance, ("好.xlsx", good), ("logo.vcf", b"1"), number=1),
        letter(finance, ("好.xlsx", good), number=2),
        letter(government, ("材料.zip", gbk_zip(**{"办.xlsx": other, "照片.jpg": b"\xff\xd8\xff"})), number=3),
        letter(STRANGER, ("生.xlsx", good + b"\0"), number=4),
        bounce(government, "<letter@example.gov.cn>"),
        letter(finance, subject="收到", number=6),
    ]
    (folder / "邮箱").mkdir()
    for number, raw in enumerate(mails):
        (folder / "邮箱" / f"{number}.eml").write_bytes(raw)
    return folder


def killed(folder: Path, *points: int) -> list[dict]:
    command = [sys.executable, "-m", "tests.workflow.killed", str(folder), "fetch", *map(str, points)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.slow
def test_killed_at_any_step_the_next_run_makes_it_good(prepared):
    (whole,) = killed(prepared, 0)
    state = whole["state"]
    assert (len(state["messages"]), len(state["receipts"])) == (6, 6)
    steps = whole["steps"]
    points = sorted(spread(steps, POINTS))
    assert len(points) == POINTS
    runs = killed(prepared, *points)
    assert [(each["died"], each["again"]) for each in runs] == [(DIED, 0)] * POINTS
    for point, each in zip(points, runs, strict=True):
        assert each["state"] == state, f"killed at step {point} of {steps}"

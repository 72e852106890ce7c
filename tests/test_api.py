"""``import zwgk_excel``: what it offers, what it loads, and one base for every error."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import zwgk_excel
from tests.workflow.desk import CYCLE, DUTIES, UNITS, Desk, item, new_desk
from zwgk_excel import api
from zwgk_excel.domain.errors import ZwgkError

PACKAGE = Path(zwgk_excel.__file__).parent
NAMES = [name for name in zwgk_excel.__all__ if name != "__version__"]


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after some code."""
    report = "import json, sys; print('\\n' + json.dumps(sorted(sys.modules)))"
    command = [sys.executable, "-c", f"{code}\n{report}"]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    return set(json.loads(done.stdout.splitlines()[-1]))


def of_others(modules: set[str]) -> set[str]:
    """The packages among modules that are neither Python's own nor ours."""
    tops = {name.partition(".")[0] for name in modules if not name.startswith("_")}
    return tops - set(sys.stdlib_module_names) - {"zwgk_excel"}


# --- what is loaded ----------------------------------------------------------------------------


def test_importing_the_package_loads_nothing() -> None:
    loaded = loaded_by("import zwgk_excel")
    assert {name for name in loaded if name.startswith("zwgk_excel")} == {"zwgk_excel", "zwgk_excel.version"}
    assert of_others(loaded) == of_others(loaded_by(""))


def test_values_and_functions_load_the_standard_library_only() -> None:
    names = "Month, Obligation, Outcome, Receipt, UserError, ZwgkError, generate, open_office, status"
    assert of_others(loaded_by(f"from zwgk_excel import {names}")) == of_others(loaded_by(""))


def test_pandas_is_loaded_by_frames_only() -> None:
    loading = "import zwgk_excel\nfor name in zwgk_excel.__all__: getattr(zwgk_excel, name)"
    assert {"sqlalchemy", "xlsxwriter"} <= of_others(loaded_by(loading))
    assert "pandas" not in loaded_by(loading)
    assert "pandas" in loaded_by("import zwgk_excel; zwgk_excel.frames")


def test_the_help_of_the_command_line_draws_and_nothing_else() -> None:
    """What makes ``zwgk --help`` slow is what it loads: the terminal's libraries, and of ours no workbook or ledger."""
    loaded = loaded_by("from zwgk_excel.cli.main import run; run(['--help'])")
    heavy = ("zwgk_excel.workbooks", "zwgk_excel.ledger", "zwgk_excel.mail", "zwgk_excel.addin", "zwgk_excel.api")
    assert [name for name in sorted(loaded) if name.startswith(heavy)] == []
    allowed = {"typer", "rich", "click", "shellingham", "pygments", "markdown_it", "mdurl", "annotated_doc", "attr"}
    assert of_others(loaded) - of_others(loaded_by("")) <= allowed | {"typing_extensions", "colorama"}


# --- the names ---------------------------------------------------------------------------------


def test_all_names_are_those_of_the_rooms() -> None:
    rooms = [importlib.import_module(f"{api.__name__}.{name}") for name in ("values", "use_cases", "errors", "results")]
    values, use_cases, *others = rooms
    offered = {name for room in (values, *others) for name in vars(room) if not name.startswith("_")}
    functions = {
        name for name, value in vars(use_cases).items() if inspect.isfunction(value) and not name.startswith("_")
    }
    assert sorted(NAMES) == sorted(offered | functions)
    assert len(NAMES) == len(offered) + len(functions)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_leads_to_something_documented(name: str) -> None:
    found = getattr(zwgk_excel, name)
    assert found is getattr(zwgk_excel, name)
    assert name == "Progress" or inspect.getdoc(found)


def test_other_names_are_none() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        zwgk_excel.nonsense  # type: ignore[attr-defined] # noqa: B018
    assert {"generate", "frames", "Month"} <= set(dir(zwgk_excel))


def test_no_name_is_hidden_by_a_room_of_the_package() -> None:
    rooms = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert rooms & set(zwgk_excel.__all__) == set()


def test_star_import_gives_every_name() -> None:
    known: dict[str, object] = {}
    exec("from zwgk_excel import *", known)
    assert set(zwgk_excel.__all__) <= set(known)


# --- errors ------------------------------------------------------------------------------------


def exceptions() -> list[tuple[str, str]]:
    """Module and name of every exception class of the package that is not private."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                bases = [ast.unparse(base) for base in node.bases]
                if any(base == "Exception" or base.endswith("Error") for base in bases):
                    found.append((".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts), node.name))
    return found


@pytest.mark.parametrize(("module", "name"), [each for each in exceptions() if each[1] != "ZwgkError"])
def test_every_exception_has_the_common_base(module: str, name: str) -> None:
    assert issubclass(getattr(importlib.import_module(module), name), ZwgkError)


def test_exceptions_are_found() -> None:
    names = {name for _, name in exceptions()}
    some = {"UserError", "LedgerBusyError", "CycleClosedError", "RejectedFileError", "PdfError", "TransportFault"}
    assert some | {"ImapError"} <= names


# --- the use cases -----------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with the small tables, nothing sent yet."""
    return new_desk(tmp_path)


def test_a_month_by_text_and_by_values(desk: Desk) -> None:
    with zwgk_excel.open_office(str(desk.root), now=lambda: desk.now) as office:
        made = zwgk_excel.generate(office, "2026-11")
        tasks = zwgk_excel.plan(office, CYCLE)
    assert {book.unit for book in made.workbooks} == {unit["name"] for unit in UNITS}
    assert {each.obligation.duty.id for each in tasks} <= {duty["id"] for duty in DUTIES}
    good = desk.reply("市财政局", "好.xlsx", items=[item("D02 政府采购")])
    desk.now = datetime(2026, 12, 3, 9)
    with zwgk_excel.open_office(desk.root, now=lambda: desk.now) as office:
        (receipt,) = zwgk_excel.receive(office, str(good), received_at=datetime(2026, 11, 20, 9))
        (moved,) = zwgk_excel.extend(office, "2026-11", "市财政局", date(2026, 12, 9), duties=["D04"], who="甲")
        zwgk_excel.waive(office, "2026-11", "市政府办", duties=["D01"], who="甲", reason="无")
        done = zwgk_excel.consolidate(office, who="甲")
        today, earlier = zwgk_excel.status(office, CYCLE), zwgk_excel.status(office, CYCLE, as_of=date(2026, 11, 19))
        closing = zwgk_excel.close(office, "2026-11", who="甲")
        score = zwgk_excel.assess(office, "2026q4").score("市财政局")
        published = zwgk_excel.bulletin(office, CYCLE)
        due = zwgk_excel.escalate(office, "2026-11")
    assert receipt.verdict is zwgk_excel.Verdict.ACCEPTED_WITH_PROBLEMS
    assert moved.key == "D04/市财政局/2026-11"
    assert done.written
    assert (today.as_of, closing.as_of) == (date(2026, 12, 3), date(2026, 12, 3))
    outcomes = [{row.status.obligation.key: row.status.outcome for row in each.rows} for each in (earlier, today)]
    assert [each["D02/市财政局/2026-11"] for each in outcomes] == ["missing", "reported"]
    assert score is not None
    assert published.path.is_file()
    assert {each.unit for each in due.due} == {"市人社局"}


def test_mails_go_as_the_settings_say(desk: Desk) -> None:
    settings = desk.root / "zwgk.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('mailbox = ""', 'mailbox = "zwgk@example.gov.cn"', 1), encoding="utf-8")
    desk.set_units([unit | {"mails": f"u{number}@example.gov.cn"} for number, unit in enumerate(UNITS)])
    with zwgk_excel.open_office(desk.root, now=lambda: desk.now) as office:
        zwgk_excel.generate(office, CYCLE)
        before = {each.action for each in zwgk_excel.planned_sendings(office, CYCLE)}
        (one,) = zwgk_excel.planned_sendings(office, CYCLE, units="市财政局")
        sent = zwgk_excel.send(office, CYCLE)
        after = {each.action for each in zwgk_excel.planned_sendings(office, CYCLE)}
        reminded = zwgk_excel.remind(office, way=zwgk_excel.DeliveryMethod.FILES)
    assert (before, one.unit, after) == ({"send"}, "市财政局", {"sent"})
    assert len(list((desk.root / "发件箱/2026-11").glob("*.eml"))) == len(sent.delivery_run.letters) == len(UNITS)
    assert [each.unit for each in reminded.remindings] == []


def test_a_file_that_nobody_could_be_named_for(desk: Desk) -> None:
    with zwgk_excel.open_office(desk.root, now=lambda: desk.now) as office:
        zwgk_excel.generate(office, CYCLE)
    path = desk.root.parent / "统计.xlsx"
    path.write_bytes((desk.root / "单位通讯录.xlsx").read_bytes())
    with zwgk_excel.open_office(desk.root, now=lambda: desk.now) as office:
        (receipt,) = zwgk_excel.receive(office, [path])
        (aside,) = zwgk_excel.set_aside(office, desk.root / receipt.file, who="甲", reason="不是报送表")
    assert receipt.verdict is zwgk_excel.Verdict.QUARANTINED
    assert [each.code for each in aside.problems] == ["file_set_aside"]


def test_texts_that_are_no_months(desk: Desk) -> None:
    with zwgk_excel.open_office(desk.root, now=lambda: desk.now) as office:
        for call in (zwgk_excel.status, zwgk_excel.assess, zwgk_excel.plan, zwgk_excel.frames.obligations):
            with pytest.raises(ValueError, match="十一月"):
                call(office, "十一月")


@pytest.mark.parametrize("wrong", ["202611", "2026-99", "", 202611, None, date(2026, 11, 1)])
def test_what_is_no_month_is_told_in_chinese(desk: Desk, wrong: Any) -> None:
    with zwgk_excel.open_office(desk.root, now=lambda: desk.now) as office:
        for call in (zwgk_excel.status, zwgk_excel.assess, zwgk_excel.generate, zwgk_excel.frames.items):
            with pytest.raises(zwgk_excel.UserError, match="请写成 2026-11") as caught:
                call(office, wrong)
            assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("wrong", ["2026-12..2026-01", "2026Q5", ".."])
def test_what_is_no_range_is_told_in_chinese(desk: Desk, tmp_path: Path, wrong: str) -> None:
    with zwgk_excel.open_office(desk.root, now=lambda: desk.now) as office:
        with pytest.raises(zwgk_excel.UserError, match="不是期间"):
            zwgk_excel.frames.frames(office, wrong)
        with pytest.raises(zwgk_excel.UserError, match="不是期间"):
            zwgk_excel.export(office, wrong, tmp_path / "数据.csv")


@pytest.mark.parametrize("nobody", ["", "  ", "\u3000", None])
def test_every_decision_has_a_person(desk: Desk, nobody: Any) -> None:
    with zwgk_excel.open_office(desk.root, now=lambda: desk.now) as office:
        zwgk_excel.generate(office, CYCLE)
        acts: list[Callable[[], object]] = [
            lambda: zwgk_excel.amend(office, CYCLE, who=nobody, reason="调整"),
            lambda: zwgk_excel.cancel_issue(office, CYCLE, who=nobody, reason="发早了"),
            lambda: zwgk_excel.add_task(office, "专题", "市财政局", "2026-11-20", who=nobody, reason="批示"),
            lambda: zwgk_excel.cancel_task(office, "T01", who=nobody, reason="不再要求"),
            lambda: zwgk_excel.mark_sent(office, CYCLE, "市财政局", who=nobody),
            lambda: zwgk_excel.assign(office, [], "市财政局", CYCLE, who=nobody),
            lambda: zwgk_excel.set_aside(office, [], who=nobody),
            lambda: zwgk_excel.merge(office, CYCLE, "市财政局", who=nobody),
            lambda: zwgk_excel.correct_time(office, 1, desk.now, who=nobody, reason="核实"),
            lambda: zwgk_excel.withdraw(office, 1, who=nobody, reason="发错了"),
            lambda: zwgk_excel.accept_take_back(office, 1, who=nobody, reason="已撤下"),
            lambda: zwgk_excel.keep_report(office, 1, who=nobody, reason="仍在"),
            lambda: zwgk_excel.consolidate(office, who=nobody),
            lambda: zwgk_excel.close(office, CYCLE, who=nobody),
            lambda: zwgk_excel.preview_reopen(office, CYCLE, who=nobody, reason="漏报"),
            lambda: zwgk_excel.reopen(office, CYCLE, who=nobody, reason="漏报"),
            lambda: zwgk_excel.preview_adjustment(office, CYCLE, "市财政局", 2, who=nobody, reason="申诉"),
            lambda: zwgk_excel.adjust(office, CYCLE, "市财政局", 2, who=nobody, reason="申诉"),
            lambda: zwgk_excel.extend(office, CYCLE, "市财政局", date(2026, 12, 9), who=nobody),
            lambda: zwgk_excel.waive(office, CYCLE, "市财政局", who=nobody, reason="无"),
            lambda: zwgk_excel.rectify(office, CYCLE, ["市财政局"], who=nobody),
            lambda: zwgk_excel.preview_undo(office, 1, who=nobody, reason="办错了"),
            lambda: zwgk_excel.undo(office, 1, who=nobody, reason="办错了"),
            lambda: zwgk_excel.rename_unit(office, "市财政局", "市财金局", CYCLE + 1, who=nobody, reason="改名"),
            lambda: zwgk_excel.merge_units(office, "市财政局", "市人社局", CYCLE + 1, who=nobody, reason="合并"),
            lambda: zwgk_excel.end_unit(office, "金湖街道", CYCLE + 1, who=nobody, reason="撤销"),
            lambda: zwgk_excel.reassign_duty(office, "D02", "市人社局", CYCLE + 1, who=nobody, reason="划转"),
            lambda: zwgk_excel.note_rectification(office, 1, zwgk_excel.NoteKind.CLOSED, "好", who=nobody),
        ]
        for act in acts:
            with pytest.raises(zwgk_excel.UserError, match="由谁决定"):
                act()
        assert zwgk_excel.frames.acts(office, CYCLE).act.tolist() == ["issue"]
        assert [each.source for each in zwgk_excel.history(office)] == ["api"]
    takers = [name for name in NAMES if "who" in signature_of(name)]
    takers.remove("receive")  # it need not be signed
    assert len(takers) == len(acts)


def test_a_receipt_by_the_api_has_its_person_and_its_acts(desk: Desk) -> None:
    with zwgk_excel.open_office(desk.root, now=lambda: desk.now) as office:
        zwgk_excel.generate(office, CYCLE)
    good = desk.reply("市财政局", "好.xlsx", items=[item("D02 政府采购")])
    desk.now = datetime(2026, 12, 3, 9)
    with zwgk_excel.open_office(desk.root, now=lambda: desk.now) as office:
        (receipt,) = zwgk_excel.receive(office, good, who="王芳")
        assert (receipt.received_at, zwgk_excel.history(office)[-1].who) == (desk.now, "王芳")
        told = datetime(2026, 11, 24, 9)
        effect = zwgk_excel.correct_time(office, receipt.number, told, who="王芳", reason="邮件时间", preview=True)
        assert (effect.done, effect.after.received_at) == (False, told)
        assert zwgk_excel.withdraw(office, receipt.number, who="王芳", reason="发错了").done


def signature_of(name: str) -> set[str]:
    """The parameters of a function among the names."""
    found = getattr(zwgk_excel, name)
    return set(inspect.signature(found).parameters) if inspect.isfunction(found) else set()


def test_a_one_off_task_comes_and_goes(desk: Desk) -> None:
    with zwgk_excel.open_office(desk.root, now=lambda: desk.now) as office:
        zwgk_excel.generate(office, CYCLE)
        done = zwgk_excel.add_task(office, "专题", "市财政局", "2026-11-20", who="甲", reason="批示", duty="D24")
        assert done.generation is not None
        assert [book.unit for book in done.generation.workbooks] == ["市财政局"]
        assert "D24/市财政局/2026-11 专题" in {each.obligation.key for each in zwgk_excel.plan(office, CYCLE)}
        zwgk_excel.cancel_task(office, "T01", who="甲", reason="不再要求")
        assert "D24/市财政局/2026-11 专题" not in {each.obligation.key for each in zwgk_excel.plan(office, CYCLE)}
        kinds = [each.kind for each in zwgk_excel.history(office)]
    assert kinds == ["issue", "add_task", "amend", "cancel_task", "amend"]


def test_one_unit_as_its_text(desk: Desk) -> None:
    with zwgk_excel.open_office(desk.root, now=lambda: desk.now) as office:
        assert [book.unit for book in zwgk_excel.generate(office, CYCLE, units="市财政局").workbooks] == ["市财政局"]
        moved = zwgk_excel.extend(office, CYCLE, "市财政局", "2026-12-09", duties="D04", who="甲")
        with pytest.raises(zwgk_excel.UserError, match="不是名称"):
            zwgk_excel.generate(office, CYCLE, units=[1])  # type: ignore[list-item]
    assert [each.key for each in moved] == ["D04/市财政局/2026-11"]


def test_days_as_text_and_as_moments(desk: Desk) -> None:
    night = datetime(2026, 11, 30, 20, tzinfo=UTC)  # December already in China
    with zwgk_excel.open_office(desk.root, now=lambda: desk.now) as office:
        zwgk_excel.generate(office, CYCLE)
        given = ("2026-12-01", "2026-12-01T09:30", datetime(2026, 12, 1, 9), night, date(2026, 12, 1))
        assert {zwgk_excel.status(office, CYCLE, as_of=each).as_of for each in given} == {date(2026, 12, 1)}
        assert zwgk_excel.frames.frames(office, CYCLE, as_of="2026-12-01").as_of == date(2026, 12, 1)
        for wrong in ("明天", "2026-13-01", 20261201):
            with pytest.raises(zwgk_excel.UserError, match="不是日期"):
                zwgk_excel.status(office, CYCLE, as_of=wrong)  # type: ignore[arg-type]


def test_an_error_of_the_ledger_says_what_to_do(desk: Desk) -> None:
    (desk.root / "zwgk.db").unlink()
    with pytest.raises(ZwgkError, match=r"zwgk\.db"), zwgk_excel.open_office(desk.root):
        raise AssertionError("opened")


def test_an_issued_month_is_amended_and_taken_back(desk: Desk) -> None:
    with zwgk_excel.open_office(desk.root, now=lambda: desk.now) as office:
        zwgk_excel.generate(office, "2026-11")
        with pytest.raises(zwgk_excel.UserError, match="不需要更正"):
            zwgk_excel.amend(office, "2026-11", who="甲", reason="调整")
    desk.set_duties([{**duty, "owners": "市人社局"} if duty["id"] == "D02" else dict(duty) for duty in DUTIES])
    with zwgk_excel.open_office(desk.root, now=lambda: desk.now) as office:
        with pytest.raises(zwgk_excel.UserError, match="理由"):
            zwgk_excel.amend(office, "2026-11", who="甲", reason=" ")
        changed = zwgk_excel.amend(office, CYCLE, who="甲", reason="调整")
        zwgk_excel.generate(office, CYCLE)
        done = zwgk_excel.cancel_issue(office, "2026-11", who="甲", reason="发早了")
        kinds = [(act.kind, act.who, act.source) for act in zwgk_excel.history(office)]
    assert {(each.unit, each.change) for each in changed} == {("市财政局", "removed"), ("市人社局", "added")}
    assert (done.cycle, done.removed, done.kept) == (CYCLE, 4, ())
    assert [kind for kind, _, _ in kinds] == ["issue", "amend", "cancel_issue"]
    assert {(who, source) for _, who, source in kinds[1:]} == {("甲", "api")}


def test_a_script_without_a_main_runs_once(desk: Desk, tmp_path: Path) -> None:
    """Workers import what they need, and never the script that started them."""
    with zwgk_excel.open_office(desk.root, now=lambda: desk.now) as office:
        zwgk_excel.generate(office, CYCLE, as_of=desk.now.date())
    good = desk.reply("市财政局", "好.xlsx", items=[item("D02 政府采购")])
    script = tmp_path / "script.py"
    script.write_text(
        "from datetime import datetime\n"
        "from zwgk_excel import open_office, receive\n"
        "print('once')\n"
        f"with open_office({str(desk.root)!r}) as office:\n"
        f"    (receipt,) = receive(office, {str(good)!r}, received_at=datetime(2026, 11, 20, 9))\n"
        "print(receipt.verdict, __file__.endswith('script.py'))\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["once", "accepted_with_problems", "True"]

"""Every use case that a room of the workflow offers has a test that shows what it does, through a command."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable
from functools import cache

import pytest

from tests.test_wired import FACES, MODULES, Place, offered, origin, uses
from tests.tools import ROOT
from tests.workflow.two_months import two_months
from zwgk_excel.cli import addin, catalogue, duty, fault, main, published, receipt, rectify, schedule, task, unit

COMMANDS: dict[str, Callable[..., object]] = {
    **{name: function for name, function, _ in main.COMMANDS},
    **{
        f"{group} {name}": function
        for group, module in {
            "receipt": receipt,
            "schedule": schedule,
            "published": published,
            "rectify": rectify,
            "fault": fault,
            "addin": addin,
            "unit": unit,
            "duty": duty,
            "task": task,
            "catalogue": catalogue,
        }.items()
        for name, function, _ in module.COMMANDS
    },
}
SHOWN = {
    "adjust": "test_adjust.py::test_first_shown_then_done_then_undone",
    "assess": "test_assess.py::test_scores_for_other_programs",
    "bulletin": "test_bulletin.py::test_every_figure_is_that_of_status",
    "catalogue import": "test_catalogue.py::test_imported_after_a_look_and_exported",
    "catalogue export": "test_catalogue.py::test_imported_after_a_look_and_exported",
    "coverage": "test_catalogue.py::test_what_was_published_and_what_never",
    "close": "test_closing.py::test_what_is_unusual_is_shown_and_asked_about",
    "reopen": "test_closing.py::test_reopened_after_a_look_at_what_it_changes",
    "columns": "test_columns.py::test_for_people_and_for_programs",
    "consolidate": "test_month.py::test_a_whole_month",
    "doctor": "test_doctor.py::test_all_is_well",
    "escalate": "test_assess.py::test_from_the_list_to_the_closed_rectification",
    "export": "test_export.py::test_what_was_written_as_json",
    "extend": "test_month.py::test_a_whole_month",
    "fetch": "test_fetch.py::test_for_other_programs",
    "generate": "test_month.py::test_a_whole_month",
    "init": "test_month.py::test_init_keeps_what_is_there",
    "check": "test_month.py::test_a_whole_month",
    "history": "test_acts.py::test_the_list_as_json_and_parts_of_it",
    "undo": "test_acts.py::test_undone_and_done_again",
    "node": "../workflow/cluster/test_cluster.py::test_the_commands_take_nodes",
    "merge": "test_intake.py::test_merging",
    "opinion": "test_decisions.py::test_an_opinion_is_noted_and_taken_back",
    "plan": "test_month.py::test_a_whole_month",
    "receipt keep": "test_receipt.py::test_what_is_taken_back_is_asked_and_decided",
    "receipt take-back": "test_receipt.py::test_what_is_taken_back_is_asked_and_decided",
    "receipt time": "test_receipt.py::test_a_time_is_looked_at_corrected_and_undone",
    "receipt withdraw": "test_receipt.py::test_a_receipt_is_withdrawn",
    "receive": "test_month.py::test_a_whole_month",
    "published import": "test_published.py::test_looked_at_then_imported_and_a_second_time_nothing_changes",
    "published reconcile": "test_published.py::test_reconciled",
    "rectify close": "test_assess.py::test_from_the_list_to_the_closed_rectification",
    "rectify raise": "test_assess.py::test_from_the_list_to_the_closed_rectification",
    "remind": "test_mail.py::test_reminders",
    "return": "test_mail.py::test_a_faulty_return_goes_back",
    "rollup": "test_settings.py::test_what_it_changes",
    "schedule install": "test_schedule.py::test_from_nothing_to_nothing",
    "schedule remove": "test_schedule.py::test_from_nothing_to_nothing",
    "schedule run": "test_use_cases.py::test_a_job_is_run_now",
    "schedule show": "test_schedule.py::test_from_nothing_to_nothing",
    "send": "test_mail.py::test_a_month_of_mails",
    "status": "test_month.py::test_a_whole_month",
    "fault send": "test_fault.py::test_from_the_fault_to_the_office_s_word",
    "fault accept": "test_fault.py::test_from_the_fault_to_the_office_s_word",
    "verify": "test_verify.py::test_by_way_of_another_computer",
    "unit rename": "test_units.py::test_a_unit_is_renamed_after_it_was_shown_what_changes",
    "unit merge": "test_units.py::test_units_are_merged",
    "unit end": "test_units.py::test_a_unit_ends",
    "task add": "test_task.py::test_a_task_for_a_month_that_is_out",
    "task list": "test_task.py::test_a_task_for_a_month_that_is_out",
    "task cancel": "test_task.py::test_one_for_a_month_to_come_is_cancelled",
    "duty reassign": "test_units.py::test_a_duty_is_reassigned",
    "waive": "test_month.py::test_a_whole_month",
    "manual": "test_month.py::test_the_manuals_are_put_into_the_workspace_once",
    "demo": "../test_packaging.py::test_the_installed_wheel_works_away_from_the_checkout",
}
"""Command → the test that shows what it does."""
BY_OPTION = {
    "assign": ("receive", "test_intake.py::test_files_are_assigned_and_set_aside_by_number"),
    "set_aside": ("receive", "test_intake.py::test_setting_aside"),
    "write_markups": ("receive", "test_intake.py::test_where_the_marked_up_copy_lies"),
    "send_acknowledgements": ("fetch", "test_fetch.py::test_units_are_answered_where_the_office_wants_it"),
    "behind_amendment": ("generate", "test_month.py::test_an_amendment_cut_short_is_finished_by_the_same_command"),
    "write_unit_sheets": ("bulletin", "test_bulletin.py::test_the_sheets_of_a_year"),
    "import_own_ledger": ("init", "test_use_cases.py::test_records_move_to_another_database"),
    "check_freshness": ("consolidate", "test_left_out.py::test_until_it_is_taken_in"),
    "delivery_method": ("send", "test_mail.py::test_files_instead_of_a_server"),
}
"""Use case that only an option, a setting or a state leads to → its command, and the test."""


@cache
def reached(command: str) -> frozenset[Place]:
    """Every definition that a command names, directly or over others."""
    function = COMMANDS[command]
    waiting, found = [(function.__module__, function.__name__)], set()
    while waiting:
        place = origin(waiting.pop())
        if place not in found and place[0] in MODULES:
            found.add(place)
            waiting += uses(place[0]).get(place[1], ())
    return frozenset(found)


USE_CASES = [(room, place) for room in FACES for place in offered(room)]


@pytest.mark.parametrize(("room", "place"), USE_CASES, ids=[f"{room}.{place[1]}" for room, place in USE_CASES])
def test_a_use_case_is_shown_through_a_command(room, place):
    if place[1] in BY_OPTION:
        command, test = BY_OPTION[place[1]]
        assert place in reached(command)
    else:
        command, test = next((name, SHOWN[name]) for name in SHOWN if place in reached(name))
    path, _, name = test.partition("::")
    text = (ROOT / "tests" / "cli" / path).resolve().read_text("utf-8")
    assert name in {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}
    assert f'"{command.split()[-1]}"' in text or path.startswith("..")


def test_the_tables_name_what_there_is():
    assert set(SHOWN) <= set(COMMANDS)
    assert set(BY_OPTION) <= {place[1] for _, place in USE_CASES}


@pytest.mark.slow
def test_records_move_to_another_database(tmp_path, zwgk, capsys):
    root, other = two_months(tmp_path).root, tmp_path / "别处.db"
    (root / "zwgk.toml").write_text(f'ledger.url = "sqlite:///{other}"\n', encoding="utf-8")
    assert main.run(["init", str(root)]) == 0
    assert "里的记录已转入数据库（收件 6 个）" in capsys.readouterr().out.replace("\n", "")
    shutil.move(root / "zwgk.db", tmp_path / "旧.db")
    assert main.run(["status", "2026-11", "-w", str(root)]) == 0
    assert "市财政局" in capsys.readouterr().out


@pytest.mark.slow
def test_a_job_is_run_now(desk, zwgk):
    (desk.root / "zwgk.toml").write_text('[schedule]\nmonthly = ["generate"]\n', encoding="utf-8")
    code, said = zwgk("schedule", "run", "monthly")
    assert (code, "完成" in said) == (0, True)
    assert any((desk.root / "发件箱").rglob("*.xlsx"))

"""The use cases for callers in Python: months and paths may be text, ``as_of`` is today unless given.

Each calls the use case that the command line runs; errors and results are documented there. Those that write to the
ledger take its run lock themselves. ``who`` (a person's name, recorded with the act) has no default and may not be
blank. One unit or duty may be given as its text, a day as ISO text; what cannot be read is an InvalidValueError.
"""

from zwgk_excel.api.use_cases.acts import extend as extend
from zwgk_excel.api.use_cases.acts import history as history
from zwgk_excel.api.use_cases.acts import preview_reopen as preview_reopen
from zwgk_excel.api.use_cases.acts import preview_undo as preview_undo
from zwgk_excel.api.use_cases.acts import reopen as reopen
from zwgk_excel.api.use_cases.acts import undo as undo
from zwgk_excel.api.use_cases.acts import waive as waive
from zwgk_excel.api.use_cases.assessment import adjust as adjust
from zwgk_excel.api.use_cases.assessment import assess as assess
from zwgk_excel.api.use_cases.assessment import escalate as escalate
from zwgk_excel.api.use_cases.assessment import note_rectification as note_rectification
from zwgk_excel.api.use_cases.assessment import preview_adjustment as preview_adjustment
from zwgk_excel.api.use_cases.assessment import rectify as rectify
from zwgk_excel.api.use_cases.intake import accept_take_back as accept_take_back
from zwgk_excel.api.use_cases.intake import assign as assign
from zwgk_excel.api.use_cases.intake import correct_time as correct_time
from zwgk_excel.api.use_cases.intake import keep_report as keep_report
from zwgk_excel.api.use_cases.intake import merge as merge
from zwgk_excel.api.use_cases.intake import receive as receive
from zwgk_excel.api.use_cases.intake import set_aside as set_aside
from zwgk_excel.api.use_cases.intake import withdraw as withdraw
from zwgk_excel.api.use_cases.issuing import add_task as add_task
from zwgk_excel.api.use_cases.issuing import amend as amend
from zwgk_excel.api.use_cases.issuing import cancel_issue as cancel_issue
from zwgk_excel.api.use_cases.issuing import cancel_task as cancel_task
from zwgk_excel.api.use_cases.issuing import generate as generate
from zwgk_excel.api.use_cases.issuing import plan as plan
from zwgk_excel.api.use_cases.mailing import fetch as fetch
from zwgk_excel.api.use_cases.mailing import mark_sent as mark_sent
from zwgk_excel.api.use_cases.mailing import planned_reminders as planned_reminders
from zwgk_excel.api.use_cases.mailing import planned_returns as planned_returns
from zwgk_excel.api.use_cases.mailing import planned_sendings as planned_sendings
from zwgk_excel.api.use_cases.mailing import remind as remind
from zwgk_excel.api.use_cases.mailing import send as send
from zwgk_excel.api.use_cases.mailing import send_back as send_back
from zwgk_excel.api.use_cases.publishing import bulletin as bulletin
from zwgk_excel.api.use_cases.publishing import export as export
from zwgk_excel.api.use_cases.publishing import rollup as rollup
from zwgk_excel.api.use_cases.publishing import unit_sheets as unit_sheets
from zwgk_excel.api.use_cases.tracking import close as close
from zwgk_excel.api.use_cases.tracking import consolidate as consolidate
from zwgk_excel.api.use_cases.tracking import plan_closing as plan_closing
from zwgk_excel.api.use_cases.tracking import status as status
from zwgk_excel.api.use_cases.units import end_unit as end_unit
from zwgk_excel.api.use_cases.units import merge_units as merge_units
from zwgk_excel.api.use_cases.units import reassign_duty as reassign_duty
from zwgk_excel.api.use_cases.units import rename_unit as rename_unit
from zwgk_excel.api.use_cases.verification import planned_verification as planned_verification
from zwgk_excel.api.use_cases.verification import verify as verify
from zwgk_excel.api.use_cases.workspaces import demo as demo
from zwgk_excel.api.use_cases.workspaces import init_workspace as init_workspace
from zwgk_excel.api.use_cases.workspaces import open_office as open_office

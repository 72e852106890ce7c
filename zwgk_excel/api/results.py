"""``Office`` and the results of the use cases, for annotations and ``isinstance``; loads the use cases."""

from zwgk_excel.domain.tracking import TrackerRow as TrackerRow
from zwgk_excel.workflow.acts.undoing import UndoEffect as UndoEffect
from zwgk_excel.workflow.analysis.exported import Export as Export
from zwgk_excel.workflow.assessment.adjusting import AdjustmentEffect as AdjustmentEffect
from zwgk_excel.workflow.assessment.closing import ClosedCycle as ClosedCycle
from zwgk_excel.workflow.bulletins.bulletin import Published as Published
from zwgk_excel.workflow.bulletins.unit_sheets import UnitSheets as UnitSheets
from zwgk_excel.workflow.consolidation.consolidating import ConsolidationResult as ConsolidationResult
from zwgk_excel.workflow.counties.rolling_up import Rollup as Rollup
from zwgk_excel.workflow.escalation.escalating import Escalation as Escalation
from zwgk_excel.workflow.intake.receiving import IntakeResult as IntakeResult
from zwgk_excel.workflow.issuing.generation import Generated as Generated
from zwgk_excel.workflow.issuing.generation import Generation as Generation
from zwgk_excel.workflow.issuing.issued_months import Cancellation as Cancellation
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod as DeliveryMethod
from zwgk_excel.workflow.mailing.delivery import DeliveryRun as DeliveryRun
from zwgk_excel.workflow.mailing.fetching import Fetched as Fetched
from zwgk_excel.workflow.mailing.reminding import ReminderRun as ReminderRun
from zwgk_excel.workflow.mailing.reminding import UnitReminder as UnitReminder
from zwgk_excel.workflow.mailing.sending import SendRun as SendRun
from zwgk_excel.workflow.mailing.sending import UnitSending as UnitSending
from zwgk_excel.workflow.office.context import Office as Office
from zwgk_excel.workflow.office.context import Progress as Progress
from zwgk_excel.workflow.office.workspace import Workspace as Workspace
from zwgk_excel.workflow.setup.demo import DemoResult as DemoResult
from zwgk_excel.workflow.tracking.statuses import CycleStatus as CycleStatus

"""发送, 退回修改, 催报, 收件回复, 收取: all sent and received mails.

templates       texts of our mails
asked_corrections   what they say about faulty returns
sending, returning, reminding, acknowledging    recipients, and why some get none
delivery        exactly-once delivery, for every transport
fetching        new mails of the mailbox, each once
incoming        one received mail: kind, files, unit
"""

from __future__ import annotations

from zwgk_excel.workflow.mailing.acknowledging import send_acknowledgements
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod, DeliveryRun, delivery_method
from zwgk_excel.workflow.mailing.fetching import fetch
from zwgk_excel.workflow.mailing.reminding import planned_reminders, remind
from zwgk_excel.workflow.mailing.returning import planned_returns, send_back
from zwgk_excel.workflow.mailing.sending import planned_sendings, send

__all__ = [
    "DeliveryMethod",
    "DeliveryRun",
    "delivery_method",
    "fetch",
    "planned_reminders",
    "planned_returns",
    "planned_sendings",
    "remind",
    "send",
    "send_acknowledgements",
    "send_back",
]

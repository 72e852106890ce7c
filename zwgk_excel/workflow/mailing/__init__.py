"""发送, 催报, 回执, 收取: every mail that leaves or arrives.

    templates       what our mails say
    sending, reminding, acknowledging    who gets one, and why not
    delivery        handed over exactly once, whichever transport is used
    fetching        what the mailbox holds, each mail once
    incoming        what one mail is, where its files go, whose it is
"""

from __future__ import annotations

from zwgk_excel.workflow.mailing.acknowledging import send_acknowledgements
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod, DeliveryRun, delivery_method
from zwgk_excel.workflow.mailing.fetching import fetch
from zwgk_excel.workflow.mailing.reminding import planned_reminders, remind
from zwgk_excel.workflow.mailing.sending import planned_sendings, send

__all__ = [
    "DeliveryMethod",
    "DeliveryRun",
    "delivery_method",
    "fetch",
    "planned_reminders",
    "planned_sendings",
    "remind",
    "send",
    "send_acknowledgements",
]

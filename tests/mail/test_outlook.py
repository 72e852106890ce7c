"""Drafts in Outlook: what we ask of it, seen by a stand-in (there is no Outlook where these tests run)."""

from datetime import datetime
from pathlib import Path

import pytest

from zwgk_excel.mail.compose import MailAttachment, OutgoingMail
from zwgk_excel.mail.outlook import OutlookTransport, open_outlook
from zwgk_excel.mail.transport import DeliveryStatus, TransportFault

MAIL = OutgoingMail(
    "zwgk@example.gov.cn",
    "办公室",
    ("a@example.gov.cn", "b@example.gov.cn"),
    ("c@example.gov.cn",),
    "报送表\r\nBcc: evil@example.com",
    "",
    "<p>正文</p>",
    "<1@example.gov.cn>",
    datetime(2026, 11, 2),
    (MailAttachment("报送表.xlsx", b"data"),),
)


class ComError(Exception):
    """What COM raises."""


class Item:
    """An Outlook item that remembers."""

    To = CC = Subject = HTMLBody = ""

    def __init__(self, failing=()):
        self.failing, self.attached, self.saved, self.Attachments = failing, {}, 0, self

    def Add(self, path):
        if "Add" in self.failing:
            raise ComError("附件被阻止")
        self.attached[Path(path).name] = Path(path).read_bytes()

    def Save(self):
        if "Save" in self.failing:
            raise ComError("邮箱已满")
        self.saved += 1


class Application:
    def __init__(self, item):
        self.item = item

    def CreateItem(self, kind):
        assert kind == 0
        return self.item


class Steps:
    handed = 0

    def handing_over(self):
        self.handed += 1

    def not_taken(self):
        raise AssertionError("Outlook never says so")


def delivered(item):
    steps = Steps()
    return OutlookTransport(Application(item), ComError).deliver(MAIL, "", steps), steps.handed


def test_a_draft_has_everything_and_is_not_sent():
    item = Item()
    delivery, handed = delivered(item)
    assert (delivery.status, handed, item.saved) == (DeliveryStatus.TAKEN, 1, 1)
    assert (item.To, item.CC) == ("a@example.gov.cn; b@example.gov.cn", "c@example.gov.cn")
    assert (item.Subject, item.HTMLBody) == ("报送表 Bcc: evil@example.com", "<p>正文</p>")
    assert item.attached == {"报送表.xlsx": b"data"}


@pytest.mark.parametrize(("failing", "fate"), [("Add", DeliveryStatus.NOT_NOW), ("Save", DeliveryStatus.UNKNOWN)])
def test_what_outlook_refuses_is_told(failing, fate):
    delivery, handed = delivered(Item({failing}))
    assert (delivery.status, handed) == (fate, fate is DeliveryStatus.UNKNOWN)
    assert delivery.detail


def test_there_is_none_here():
    with pytest.raises(TransportFault, match="--outlook"):
        open_outlook()


def test_what_outlook_says_is_told_where_it_is_chinese():
    class Full(Item):
        def Save(self):
            said = (4096, "Microsoft Outlook", "邮箱已满。", None, 0, -1)
            raise ComError(-2147352567, "Exception occurred.", said, None)

    class Silent(Item):
        def Save(self):
            raise ComError(-2147352567, "Exception occurred.", (4096, "Microsoft Outlook", None), None)

    full, silent = (delivered(item)[0].detail for item in (Full(), Silent()))
    assert (full, silent) == ("邮箱已满。", "Outlook 没有接受，也没有说明原因")

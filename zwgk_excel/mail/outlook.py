"""Drafts in Outlook on Windows, by COM; the user sends them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zwgk_excel.domain.file_names import safe_name
from zwgk_excel.domain.text import one_line
from zwgk_excel.mail.compose import OutgoingMail, address
from zwgk_excel.mail.transport import DeliveryLog, DeliveryResult, DeliveryStatus, TransportFault

_MAIL_ITEM = 0
"""OlItemType.olMailItem."""
_DRAFTED = "Outlook 草稿"
_CHINESE = re.compile("[\u4e00-\u9fff]")


class OutlookTransport:
    """Saves each mail as a draft in the installed Outlook."""

    def __init__(self, application: Any, error: type[Exception]) -> None:
        """``application`` is an ``Outlook.Application``, ``error`` the exception class of its calls."""
        self._application, self._error = application, error

    def deliver(self, mail: OutgoingMail, name: str, record: DeliveryLog) -> DeliveryResult:
        """Save a draft."""
        try:
            item = self._written(mail)
        except self._error as error:
            return DeliveryResult(DeliveryStatus.NOT_NOW, _said(error))
        record.handing_over()
        try:
            item.Save()
        except self._error as error:
            return DeliveryResult(DeliveryStatus.UNKNOWN, _said(error))
        return DeliveryResult(DeliveryStatus.TAKEN, _DRAFTED)

    def close(self) -> None:
        """Does nothing: Outlook belongs to the user."""
        self._application = None

    def _written(self, mail: OutgoingMail) -> Any:
        item = self._application.CreateItem(_MAIL_ITEM)
        item.To = "; ".join(address(each) for each in mail.to)
        item.CC = "; ".join(address(each) for each in mail.copies)
        item.Subject = one_line(mail.subject)
        item.HTMLBody = mail.html
        if mail.reply_to and mail.reply_to != mail.sender:
            item.ReplyRecipients.Add(address(mail.reply_to))
        with tempfile.TemporaryDirectory(prefix="zwgk-") as folder:
            for each in mail.attachments:
                path = Path(folder) / safe_name(each.name)
                path.write_bytes(each.data)
                item.Attachments.Add(str(path))
        return item


def open_outlook() -> OutlookTransport:
    """The Outlook of this computer; raises TransportFault where there is none."""
    try:
        import pythoncom
        from win32com.client import Dispatch
    except ImportError:
        raise TransportFault(
            "Outlook 草稿只能在装有 Outlook 的 Windows 电脑上生成；请去掉 --outlook，改用 .eml 文件。"
        ) from None
    try:
        return OutlookTransport(Dispatch("Outlook.Application"), pythoncom.com_error)
    except pythoncom.com_error as error:
        told = f"这台电脑上的 Outlook 无法打开（{_said(error)}）；请去掉 --outlook，改用 .eml 文件。"
        raise TransportFault(told) from error


def _said(error: BaseException) -> str:
    """What Outlook said, where that is Chinese: of the parts of COM's error the last, which tells most."""
    told = [one_line(each) for each in _texts(error.args) if _CHINESE.search(each)]
    return told[-1] if told else "Outlook 没有接受，也没有说明原因"


def _texts(parts: tuple[Any, ...]) -> Iterator[str]:
    for each in parts:
        if isinstance(each, tuple):
            yield from _texts(each)
        elif isinstance(each, str):
            yield each

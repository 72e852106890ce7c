"""Whom the office trusts: the system's authorities, and its own where it has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zwgk_excel.mail.servers import ssl_context
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.workspace import Workspace

if TYPE_CHECKING:
    import ssl


def trusted_certificates(workspace: Workspace) -> ssl.SSLContext:
    """What the certificates of mail servers are checked against.

    Raises UserError where the file of [mail] ca_file cannot be read.
    """
    try:
        return ssl_context(workspace.authority)
    except OSError as error:
        raise UserError(
            f"[mail] ca_file 的证书“{workspace.settings.mail.ca_file}”读不了（{reason_of(error)}）；"
            "请核对 zwgk.toml 中的文件名，内容应为 PEM 格式的证书。"
        ) from error

"""Checks of mail: settings, password, then each server step by step."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import datetime

from zwgk_excel.domain.addresses import is_address
from zwgk_excel.layout.checkup import DiagnosticResult, check
from zwgk_excel.layout.providers import Provider, provider_of
from zwgk_excel.mail.diagnosis import MailAccount, diagnose_server
from zwgk_excel.mail.servers import MailServer, server, ssl_context
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.passwords import KEYRING, find_password, missing
from zwgk_excel.workflow.office.server_logins import MAIL, ServerLogin, mail_login, mail_logins
from zwgk_excel.workflow.office.settings import Settings
from zwgk_excel.workflow.office.workspace import Workspace

_ABOUT_PASSWORDS = {"password_missing", "login_refused", "login_disabled", "login_blocked"}


def mail_checks(workspace: Workspace, *, timeout: float, now: datetime) -> Iterator[DiagnosticResult]:
    """The results from the settings to an open mailbox; ``timeout`` is in seconds per response."""
    settings, ready = workspace.settings, False
    for each in settings_checks(workspace):
        ready = ready or each.code == "sender_ok"
        yield each
    if not ready:
        return
    provider, trusted = _provider(settings), _trust(workspace)
    if isinstance(trusted, DiagnosticResult):
        yield trusted
        return
    for protocol in MAIL:
        place = _server(settings, protocol)
        if place is None:
            yield _unset(settings, protocol, provider)
            continue
        password, folder = _password(workspace, protocol), settings.mail.folder
        proving = settings.mail.authentication_server
        account = MailAccount(settings.sender, settings.login, password, folder, proving)
        for found in diagnose_server(place, account, trusted, timeout=timeout, now=now):
            yield _hinted(found, provider)


def settings_checks(workspace: Workspace) -> Iterator[DiagnosticResult]:
    """The results for mail settings and keyring; connects to no server."""
    settings = workspace.settings
    if not (settings.mail.smtp.host or settings.mail.imap.host):
        yield check("mail", "mail_unused")
        return
    sender = _sender(settings)
    yield sender
    if not sender.failed:
        for login in mail_logins(workspace):
            yield _hinted(password_check(login, "mail"), _provider(settings))
    if settings.mail.imap.host and not settings.mail.authentication_server:
        yield check("mail", "authentication_unset")


def password_check(login: ServerLogin, area: str) -> DiagnosticResult:
    """Whether there is a password for a server, and where; never the password."""
    try:
        password, source = find_password(login)
    except UserError as error:
        return check(area, "password_missing", reason=str(error))
    if not password:
        return check(area, "password_missing", reason=missing(login))
    where = "系统密钥库" if source == KEYRING else f"环境变量 {source}"
    return check(area, "password_ok", where=where, server=login.shown)


def _provider(settings: Settings) -> Provider | None:
    return provider_of(settings.sender, settings.mail.smtp.host, settings.mail.imap.host)


def _server(settings: Settings, protocol: str) -> MailServer | None:
    place = settings.mail.smtp if protocol == "smtp" else settings.mail.imap
    return server(protocol, place.host, place.port, place.security) if place.host else None


def _unset(settings: Settings, protocol: str, provider: Provider | None) -> DiagnosticResult:
    place = provider and (provider.smtp if protocol == "smtp" else provider.imap)
    if not provider or not place or not place.host:
        return check(protocol, "server_none")
    known = {"host": place.host, "port": place.port, "security": place.security}
    return check(protocol, "server_hint", address=settings.sender, provider=provider.name, **known)


def _sender(settings: Settings) -> DiagnosticResult:
    if not settings.sender:
        return check("mail", "sender_missing")
    if not is_address(settings.sender):
        return check("mail", "sender_wrong", address=settings.sender)
    return check("mail", "sender_ok", address=settings.sender, user=settings.login)


def _password(workspace: Workspace, protocol: str) -> str:
    """The password for a server; empty where it is missing, which was told."""
    try:
        return find_password(mail_login(workspace, protocol))[0]
    except UserError:
        return ""


def _trust(workspace: Workspace) -> ssl.SSLContext | DiagnosticResult:
    path = workspace.authority
    try:
        return ssl_context(path)
    except ssl.SSLError:
        return check("mail", "authority_wrong", path=path, reason="不是 PEM 格式的证书")
    except OSError as error:
        return check("mail", "authority_wrong", path=path, reason=reason_of(error))


def _hinted(found: DiagnosticResult, provider: Provider | None) -> DiagnosticResult:
    if provider is None or found.code not in _ABOUT_PASSWORDS:
        return found
    return found.advised(f"{provider.name}的密码：{provider.password}（{provider.reference}）")

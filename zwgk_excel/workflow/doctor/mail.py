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
from zwgk_excel.workflow.office.passwords import MAIL_VARIABLE, found_mail_password, mail_password
from zwgk_excel.workflow.office.settings import Settings
from zwgk_excel.workflow.office.workspace import Workspace

_ABOUT_PASSWORDS = {"password_missing", "login_refused", "login_disabled", "login_blocked"}


def mail_checks(workspace: Workspace, *, timeout: float, now: datetime) -> Iterator[DiagnosticResult]:
    """The results from the settings to an open mailbox; ``timeout`` is in seconds per response."""
    settings = workspace.settings
    ready = {}
    for each in settings_checks(settings):
        ready[each.code] = each
        yield each
    if "sender_ok" not in ready:
        return
    mail, provider = settings.mail, _provider(settings)
    password = mail_password(settings) if "password_ok" in ready else ""
    trusted = _trust(workspace)
    if isinstance(trusted, DiagnosticResult):
        yield trusted
        return
    account = MailAccount(settings.sender, settings.login, password, mail.folder, mail.authentication_server)
    for protocol in ("smtp", "imap"):
        place = _server(settings, protocol)
        if place is None:
            yield _unset(settings, protocol, provider)
            continue
        for found in diagnose_server(place, account, trusted, timeout=timeout, now=now):
            yield _hinted(found, provider)


def settings_checks(settings: Settings) -> Iterator[DiagnosticResult]:
    """The results for mail settings and keyring; connects to no server."""
    if not (settings.mail.smtp.host or settings.mail.imap.host):
        yield check("mail", "mail_unused")
        return
    sender = _sender(settings)
    yield sender
    if not sender.failed:
        yield _hinted(_password(settings), _provider(settings))
    if settings.mail.imap.host and not settings.mail.authentication_server:
        yield check("mail", "authentication_unset")


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


def _password(settings: Settings) -> DiagnosticResult:
    try:
        mail_password(settings)
    except UserError as error:
        return check("mail", "password_missing", reason=str(error))
    _, where = found_mail_password(settings)
    return check("mail", "password_ok", where=f"环境变量 {where}" if where == MAIL_VARIABLE else "系统密钥库")


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
    return found.advised(f"{provider.name}用{provider.password}（{provider.reference}）")

"""Whether Excel may run the add-in's macros: what this user or an administrator set in Windows' registry."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

from zwgk_excel.layout.checkup import DiagnosticResult, check

Read = Callable[[str, str], int | None]
"""A number below HKEY_CURRENT_USER by key and name; None where there is none."""
VERSIONS = {"16.0": "Excel 2016 以后", "15.0": "Excel 2013", "14.0": "Excel 2010"}
_USER, _POLICY = r"Software\Microsoft\Office", r"Software\Policies\Microsoft\Office"
_SIGNED_ONLY, _NONE = 3, 4
"""Values of VBAWarnings with which our macros, which nobody signs, run only in a trusted location."""


def macros(read: Read | None = None) -> Iterator[DiagnosticResult]:
    """Whether macros run from Excel's start folder, which is a trusted location unless those are switched off.

    ``read`` is Windows' registry by default; on other systems nothing is looked at. Of Excel's versions only those are
    looked at that have left something there.
    """
    if read is None and sys.platform != "win32":
        return
    found = [result for version in VERSIONS if (result := _of(version, read or _registry))]
    yield from found or [check("program", "macros_ok")]


def _of(version: str, read: Read) -> DiagnosticResult | None:
    """What stops the macros in one version of Excel; None for nothing."""
    name, by_policy = VERSIONS[version], rf"{_POLICY}\{version}\Excel\Security"

    def value(folder: str, named: str) -> int | None:
        """What an administrator set counts, else what the user did."""
        ruled = read(rf"{by_policy}{folder}", named)
        return read(rf"{_USER}\{version}\Excel\Security{folder}", named) if ruled is None else ruled

    if value("", "DisableAllAddins"):
        return check("program", "addins_off", name=name)
    warnings, untrusted = value("", "VBAWarnings"), value(r"\Trusted Locations", "AllLocationsDisabled")
    if untrusted and warnings in (_SIGNED_ONLY, _NONE):
        return check("program", "macros_off", name=name)
    if untrusted:
        return check("program", "locations_off", name=name)
    return None


def _registry(key: str, name: str) -> int | None:
    value = None
    if sys.platform == "win32":
        import winreg

        with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:  # neither key nor value
            value, _ = winreg.QueryValueEx(opened, name)
    return value if isinstance(value, int) else None

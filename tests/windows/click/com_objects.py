"""The stand-in's objects as COM objects, with a type library made of the published object model.

xlwings needs the library: pywin32 takes the names of parameters from it, and what is a property. So nothing is there
that Excel does not have, and a member that the stand-in lacks is told apart from one that Excel lacks.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import pythoncom
import pywintypes
import win32timezone
import winerror
from win32com.server import util
from win32com.server.exception import COMException
from win32com.server.policy import BasicWrapPolicy
from xlwings import XlwingsError

from tests.windows.click.face import ExcelError, Face
from tests.windows.click.face.base import Collection
from tests.windows.click.object_model import Member, classes

_REFUSED = 0x800A03EC - (1 << 32)
"""Excel's error 1004."""
_PUT = 4 | 8
_PROPERTIES = frozenset({"Address", "International", "Item", "Range"})
"""Members with arguments that are properties in Excel's own library; the published declarations do not tell."""
_ENTRY = 0x40000
"""Where the numbers of members begin, apart from those that COM has for its own."""
_GUID = "{{6B1A2C58-5B0F-4E0B-9C58-{:012X}}}"


class Gateway(BasicWrapPolicy):  # type: ignore[misc]
    """Between COM and one object: members by their numbers, objects wrapped and unwrapped, errors as Excel's."""

    asked: ClassVar[Counter[str]] = Counter()
    """How often each member of any object was asked for or called, by class and name."""
    lacking: ClassVar[list[str]] = []
    """Members of Excel's that somebody asked for and the stand-in does not have."""

    def _wrap_(self, face: Face) -> None:
        self._obj_ = face
        self._com_interfaces_ = [pythoncom.IID_IDispatch]
        self._names = _numbers(face.of_class())

    def _GetTypeInfoCount_(self) -> int:
        return 1

    def _GetTypeInfo_(self, index: int, lcid: int) -> tuple[int, Any]:
        return 0, _types()[self._obj_.of_class()]

    def _GetIDsOfNames_(self, names: Sequence[str], lcid: int) -> tuple[int, ...]:
        found = {name.lower(): number for number, name in self._names.items()}.get(names[0].lower())
        if found is None:
            raise COMException(scode=winerror.DISP_E_UNKNOWNNAME, desc=names[0])
        return (found,)

    def _Invoke_(self, number: int, lcid: int, flags: int, arguments: Sequence[Any]) -> tuple[int, int, Any]:
        given = [_taken(each) for each in arguments]
        name = {pythoncom.DISPID_VALUE: "Item", pythoncom.DISPID_NEWENUM: "__iter__"}.get(number) or self._names[number]
        Gateway.asked[f"{self._obj_.of_class()}.{name}"] += 1
        try:
            return winerror.S_OK, -1, _shown(self._do(name, flags, given))
        except (ExcelError, XlwingsError, KeyError, OSError) as error:
            raise COMException(description=str(error), scode=_REFUSED, hresult=winerror.DISP_E_EXCEPTION) from error

    def _do(self, name: str, flags: int, given: list[Any]) -> Any:
        kind = type(self._obj_)
        if name == "__iter__" and isinstance(self._obj_, Collection):
            return _Enumerated(self._obj_)
        if not hasattr(kind, name):
            Gateway.lacking.append(f"{self._obj_.of_class()}.{name}")
            raise COMException(scode=winerror.E_NOTIMPL, desc=f"the stand-in has no {name}")
        if flags & _PUT:
            setattr(self._obj_, name, given[-1])
            return None
        found = getattr(self._obj_, name)
        if not callable(found):
            return found
        try:
            return found(**_named(self._obj_.of_class(), name, given))
        except TypeError as error:
            if given:
                raise
            raise COMException(scode=winerror.DISP_E_BADPARAMCOUNT, desc=str(error)) from error


class _Enumerated(list[Any]):
    """What is handed out one by one."""


def _named(kind: str, name: str, given: Sequence[Any]) -> dict[str, Any]:
    """The arguments by the names that the model has for them, those left out not among them."""
    takes = classes()[kind][name].takes
    return {key: value for key, value in zip(takes, given, strict=False) if value is not _LEFT_OUT}


_LEFT_OUT = object()


def _taken(value: Any) -> Any:
    """What came over COM, as the grid has it."""
    if value is pythoncom.Missing or (type(value) is int and value == winerror.DISP_E_PARAMNOTFOUND):
        return _LEFT_OUT
    if isinstance(value, pythoncom.TypeIIDs[pythoncom.IID_IDispatch]):
        return util.unwrap(value)
    if isinstance(value, tuple | list):
        return tuple(map(_taken, value))
    if isinstance(value, dt.datetime):
        return dt.datetime(*value.timetuple()[:6], value.microsecond)
    return value


def _shown(value: Any) -> Any:
    """What goes over COM: objects wrapped, moments with a zone, or pywin32 would move them, and rows as lists, since
    of a tuple it takes the first for the result and the rest for what was handed over to be filled."""
    if isinstance(value, _Enumerated):
        return util.NewEnum([_shown(each) for each in value])
    if isinstance(value, Face):
        return wrapped(value)
    if isinstance(value, tuple):
        return list(map(_shown, value))
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=win32timezone.TimeZoneInfo.utc())
    return value


def wrapped(face: Face) -> Any:
    """A COM object that shows it."""
    return util.wrap(face, usePolicy=Gateway)


@cache
def _numbers(kind: str) -> Mapping[int, str]:
    """The number of each member of a class."""
    return {_ENTRY + place: name for place, name in enumerate(sorted(filter(None, classes()[kind])))}


@cache
def _types() -> Mapping[str, Any]:
    """Class → its description in a type library, made for this process."""
    path = Path(tempfile.mkdtemp(prefix="zwgk-types-")) / "excel.tlb"
    library = pythoncom.CreateTypeLib2(3 if sys.maxsize > 1 << 32 else 1, str(path))
    library.SetName("Excel")
    library.SetGuid(pywintypes.IID(_GUID.format(0)))
    library.SetVersion(1, 9)
    kinds = sorted({each.of_class() for each in _every(Face)} & classes().keys())
    for number, kind in enumerate(kinds, 1):
        info = library.CreateTypeInfo(kind.replace(".", "_"), pythoncom.TKIND_DISPATCH)
        info.SetGuid(pywintypes.IID(_GUID.format(number)))
        _describe(info, kind)
        info.LayOut()
    library.SaveAllChanges()
    made = pythoncom.LoadTypeLib(str(path))
    return {kind: made.GetTypeInfo(number) for number, kind in enumerate(kinds)}


def _every(kind: type[Face]) -> list[type[Face]]:
    return [each for sub in kind.__subclasses__() for each in (sub, *_every(sub))]


def _describe(info: Any, kind: str) -> None:
    place = 0
    for number, name in _numbers(kind).items():
        member = classes()[kind][name]
        method = member.called and name not in _PROPERTIES
        kinds = [pythoncom.INVOKE_FUNC] if method else [pythoncom.INVOKE_PROPERTYGET]
        if not member.called and not member.readonly:
            kinds.append(pythoncom.INVOKE_PROPERTYPUT)
        for invoked in kinds:
            takes = ("value",) if invoked == pythoncom.INVOKE_PROPERTYPUT else member.takes
            info.AddFuncDesc(place, _function(number, invoked, takes, member))
            info.SetFuncAndParamNames(place, (name,) if invoked == pythoncom.INVOKE_PROPERTYPUT else (name, *takes))
            place += 1


def _function(number: int, invoked: int, takes: Sequence[str], member: Member) -> Any:
    made = pythoncom.FUNCDESC()
    made.memid, made.funckind, made.callconv, made.invkind = number, 4, 4, invoked
    made.rettype = (pythoncom.VT_VARIANT, 0, None)
    made.args = tuple(
        (pythoncom.VT_VARIANT, 1 | (0 if place < member.needs or (len(takes) == 1 and invoked > 2) else 16), None)
        for place in range(len(takes))
    )
    return made

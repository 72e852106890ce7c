"""A private headless LibreOffice: its own profile, its own pipe, gone when the test process is.

Values come out as a reader would see them: text, numbers (dates are serial numbers, booleans 0.0 and 1.0), ``None``
for a cell that shows nothing, and Excel's text (``"#N/A"``) for an error. See :func:`to_date` for dates.

LibreOffice is not Excel: frozen panes, table styles, priorities of conditional formats and the "very hidden" state of
sheets get lost when it saves. It proves formulas, not fidelity.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import functools
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

Value = str | float | None
Input = str | float | dt.date | None

START_SECONDS = 60
RESTART_ME = 81  # soffice's exit status after it has laid out a fresh profile

_FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xls": "MS Excel 97",
    ".ods": "calc8",
    ".csv": "Text - txt - csv (StarCalc)",
    ".pdf": "calc_pdf_Export",
}
_ERRORS = {
    503: "#NUM!",
    519: "#VALUE!",
    521: "#NULL!",
    524: "#REF!",
    525: "#NAME?",
    532: "#DIV/0!",
    32767: "#N/A",
}
_CALC = "/org.openoffice.Office.Calc/Formula"
_SETTINGS = [
    # English function names, Excel's A1 notation and separators
    (f"{_CALC}/Syntax", "Grammar", "1"),
    (f"{_CALC}/Syntax", "EnglishFunctionName", "true"),
    (f"{_CALC}/Syntax", "SeparatorArg", ","),
    (f"{_CALC}/Syntax", "SeparatorArrayCol", ","),
    (f"{_CALC}/Syntax", "SeparatorArrayRow", ";"),
    # 0: always compute on load; what we write holds no computed values
    (f"{_CALC}/Load", "OOXMLRecalcMode", "0"),
    (f"{_CALC}/Load", "ODFRecalcMode", "0"),
    ("/org.openoffice.Setup/L10N", "ooSetupSystemLocale", "en-US"),
    ("/org.openoffice.Office.Common/Misc", "UseLocking", "false"),
    ("/org.openoffice.Office.Common/Misc", "UseDocumentOOoLockFile", "false"),
]


class OfficeError(RuntimeError):
    """LibreOffice did not start, could not open a file, or wrote none."""


class ProtectedCellError(OfficeError):
    """A locked cell of a protected sheet was written to."""


def _plain_errors(method: Callable[P, R]) -> Callable[P, R]:
    """Turn LibreOffice's exceptions into :class:`OfficeError`: they break Python code that sets a traceback."""

    @functools.wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        from com.sun.star.uno import Exception as UnoException

        try:
            return method(*args, **kwargs)
        except UnoException as error:
            raise OfficeError(f"LibreOffice: {type(error).__name__}: {error}") from None

    return call


def to_date(serial: Value) -> dt.date | None:
    """The day that a cell's number stands for in Excel's 1900 system; ``None`` for an empty cell."""
    if serial is None:
        return None
    if isinstance(serial, str):
        raise ValueError(f"not a date but text: {serial!r}")
    return dt.date(1899, 12, 30) + dt.timedelta(days=int(serial))


class Office:
    """One running soffice. Use it as a context manager; opening a document takes 0.1 s, starting 1 s.

    With ``faketime``, the path of libfaketime, its clock starts at noon of ``today``, so that TODAY() is that day.
    """

    def __init__(self, soffice: str, *, today: dt.date | None = None, faketime: str | None = None) -> None:
        if (today is None) != (faketime is None):
            raise ValueError("today and faketime go together")
        self._clock = clock_on(today, faketime) if today and faketime else {}
        self._program = _program(soffice)
        self._profile = Path(tempfile.mkdtemp(prefix="zwgk-office-"))
        self._pipe = f"zwgk{uuid.uuid4().hex}"
        self._documents: list[Document] = []
        _write_profile(self._profile)
        self._process = self._launch()
        try:
            self._desktop = self._connect()
        except BaseException:
            self._end()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def desktop(self) -> Any:
        """UNO's desktop, for what wants the raw interface (the xlwings engine)."""
        return self._desktop

    @property
    def pid(self) -> int:
        """The id of the soffice process."""
        return self._process.pid

    @_plain_errors
    def open(self, path: str | os.PathLike[str]) -> Document:
        """Open ``path`` and compute its formulas. Raises :class:`OfficeError` when it cannot be read."""
        import uno

        url = uno.systemPathToFileUrl(str(Path(path).resolve(strict=True)))
        # Hidden loses the frozen panes on save, but a shown document can crash a headless LibreOffice 7.4.
        model = self._desktop.loadComponentFromURL(url, "_blank", 0, _properties(Hidden=True, MacroExecutionMode=0))
        if model is None or not model.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
            raise OfficeError(f"LibreOffice cannot open {path} as a workbook")
        document = Document(model, self._documents.remove)
        self._documents.append(document)
        return document

    def close(self) -> None:
        """Close all documents and end the process; safe to call twice."""
        for document in list(self._documents):
            document.close()
        try:
            self._desktop.terminate()
        except Exception:  # any UNO exception: the process may be gone already
            self._process.kill()
        self._end()

    def _launch(self) -> subprocess.Popen[bytes]:
        # soffice has a Python of its own, which must not see the virtual environment's variables.
        foreign = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
        return subprocess.Popen(
            [
                str(self._program),
                "--headless",
                "--invisible",
                "--norestore",
                "--nologo",
                "--nodefault",
                "--nolockcheck",
                "--nofirststartwizard",
                f"-env:UserInstallation={self._profile.as_uri()}",
                f"--accept=pipe,name={self._pipe};urp;StarOffice.ComponentContext",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if name not in foreign} | self._clock,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - one system call, and no threads at that time
        )

    def _connect(self) -> Any:
        import uno
        from com.sun.star.connection import NoConnectException

        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                context = resolver.resolve(f"uno:pipe,name={self._pipe};urp;StarOffice.ComponentContext")
                return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
            except NoConnectException:
                self._wait_for_start(deadline)

    def _wait_for_start(self, deadline: float) -> None:
        status = self._process.poll()
        if status == RESTART_ME:
            self._process = self._launch()
        elif status is not None:
            raise OfficeError(f"soffice ended with status {status} before it could be used")
        elif time.monotonic() > deadline:
            raise OfficeError(f"soffice did not answer within {START_SECONDS} s")
        time.sleep(0.05)

    @property
    def cpu_seconds(self) -> float:
        """The processor's time that the program has taken so far, of Linux: what else runs does not count."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _end(self) -> None:
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._profile, ignore_errors=True)


class Document:
    """One open workbook. Cells and areas are named as in Excel, ``"B5"`` and ``"A1:Z99"``."""

    def __init__(self, model: Any, on_close: Any) -> None:
        self._model = model
        self._on_close = on_close

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close without saving; safe to call twice."""
        if self._model is None:
            return
        self._on_close(self)
        self._model.close(True)
        self._model = None

    # --- reading -------------------------------------------------------------------------------

    @_plain_errors
    def sheet_names(self) -> list[str]:
        """All sheets in order, hidden ones too."""
        return list(self._model.Sheets.ElementNames)

    @_plain_errors
    def visible_sheet_names(self) -> list[str]:
        """The sheets a reader sees, in order."""
        return [name for name in self.sheet_names() if self._sheet(name).IsVisible]

    @_plain_errors
    def value(self, sheet: str, cell: str) -> Value:
        """What one cell holds."""
        return self.values(sheet, cell)[0][0]

    @_plain_errors
    def values(self, sheet: str, area: str | None = None) -> list[list[Value]]:
        """The rows of ``area``, or of everything from A1 to the last cell in use."""
        cells = self._range(sheet, area) if area else self._used(sheet)
        return [
            [self._clean(cells, x, y, value) for x, value in enumerate(row)]
            for y, row in enumerate(cells.getDataArray())
        ]

    @_plain_errors
    def formula(self, sheet: str, cell: str) -> str:
        """A cell's formula in Excel's notation with its leading ``=``; the typed content where it has none."""
        return str(self._range(sheet, cell).FormulaLocal)

    @_plain_errors
    def is_locked(self, sheet: str, cell: str) -> bool:
        """Whether a user is kept from typing into the cell: it is locked and its sheet is protected."""
        return bool(self._sheet(sheet).isProtected() and self._range(sheet, cell).CellProtection.IsLocked)

    # --- writing -------------------------------------------------------------------------------

    @_plain_errors
    def recalculate(self) -> None:
        """Compute every formula anew, also those whose inputs did not change."""
        self._model.calculateAll()

    @_plain_errors
    def set(self, sheet: str, cell: str, value: Input, *, force: bool = False) -> None:
        """Type ``value`` into one cell: text stays text, ``None`` empties the cell.

        A date gets a date format where the cell has none, as it would in Excel. Raises :class:`ProtectedCellError`
        for a locked cell of a protected sheet unless ``force`` is set.
        """
        if not force and self.is_locked(sheet, cell):
            raise ProtectedCellError(f"{sheet}!{cell} is locked")
        target = self._range(sheet, cell)
        if value is None or isinstance(value, str):
            target.setString(value or "")
        elif isinstance(value, bool):
            raise TypeError("booleans are not typed into our workbooks")
        elif isinstance(value, dt.date):
            self._set_date(target, value)
        else:
            target.setValue(float(value))

    @_plain_errors
    def insert_row(self, sheet: str, row: int) -> None:
        """Insert an empty row above a row, counted from 1, as its menu does."""
        self._sheet(sheet).Rows.insertByIndex(row - 1, 1)

    def save_as(self, path: str | os.PathLike[str], *, sheet: str | None = None) -> Path:
        """Write a copy in the format that the suffix names: .xlsx, .xls, .ods, .csv (UTF-8) or .pdf.

        ``sheet`` limits a PDF to one sheet and picks the sheet of a CSV file (else the first). Raises
        :class:`OfficeError` when nothing was written.
        """
        import uno

        target = Path(path).resolve()
        suffix = target.suffix.lower()
        if suffix not in _FILTERS:
            raise ValueError(f"no format for {target.name}; use one of {', '.join(_FILTERS)}")
        target.unlink(missing_ok=True)
        options = _properties(FilterName=_FILTERS[suffix], **self._options(suffix, sheet))
        self._model.storeToURL(uno.systemPathToFileUrl(str(target)), options)
        if suffix == ".csv" and sheet:  # LibreOffice adds the sheet's name to the file's
            target.with_name(f"{target.stem}-{sheet}.csv").rename(target)
        if not target.is_file() or target.stat().st_size == 0:
            raise OfficeError(f"LibreOffice did not write {target.name}")
        return target

    # --- inside --------------------------------------------------------------------------------

    def _sheet(self, name: str) -> Any:
        if not self._model.Sheets.hasByName(name):
            raise KeyError(f"no sheet {name!r}; there are {self.sheet_names()}")
        return self._model.Sheets.getByName(name)

    def _range(self, sheet: str, area: str) -> Any:
        cells = self._sheet(sheet).getCellRangeByName(area.replace("$", ""))
        return cells.getCellByPosition(0, 0) if ":" not in area else cells

    def _used(self, sheet: str) -> Any:
        page = self._sheet(sheet)
        cursor = page.createCursor()
        cursor.gotoEndOfUsedArea(False)
        end = cursor.RangeAddress
        return page.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow)

    @staticmethod
    def _clean(cells: Any, x: int, y: int, value: Any) -> Value:
        if value is None:  # LibreOffice delivers an error as nothing
            code = cells.getCellByPosition(x, y).getError()
            return _ERRORS.get(code, f"Err:{code}")
        return None if value == "" else value

    def _set_date(self, target: Any, day: dt.date) -> None:
        zero = self._model.NullDate
        since = dt.datetime(day.year, day.month, day.day) - dt.datetime(zero.Year, zero.Month, zero.Day)
        fraction = 0.0
        if isinstance(day, dt.datetime):
            fraction = (day.hour * 3600 + day.minute * 60 + day.second) / 86400
        target.setValue(since.days + fraction)
        formats = self._model.NumberFormats
        if formats.getByKey(target.NumberFormat).FormatString == "General":
            target.NumberFormat = _format_key(formats, "YYYY-MM-DD")

    def _options(self, suffix: str, sheet: str | None) -> dict[str, Any]:
        if suffix == ".csv":
            number = self.sheet_names().index(sheet) + 1 if sheet else 0
            # separator, quote, UTF-8, first line, columns, language, quote all, detect, as shown, formulas, trim, sheet
            return {"FilterOptions": f"44,34,76,1,,0,false,true,true,false,false,{number}"}
        if suffix == ".pdf" and sheet:
            return {"FilterData": _any_properties(Selection=self._sheet(sheet))}
        return {}


def _program(soffice: str) -> Path:
    """The program behind the start script, so that signals reach it; the script where there is none."""
    script = Path(soffice).resolve()
    program = script.with_name("soffice.bin")
    return program if program.is_file() else script


def clock_on(today: dt.date, faketime: str) -> dict[str, str]:
    """The environment in which libfaketime sets a program's clock; time-outs keep running on real time."""
    return {"LD_PRELOAD": faketime, "FAKETIME": f"@{today:%Y-%m-%d} 12:00:00", "DONT_FAKE_MONOTONIC": "1"}


def _write_profile(profile: Path) -> None:
    items = "\n".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    user = profile / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n{items}\n</oor:items>\n',
        encoding="utf-8",
    )


def _end_with_parent() -> None:
    """Runs in the child: ask Linux to end it when its parent ends, however that comes about."""
    set_death_signal = 1
    ctypes.CDLL(None).prctl(set_death_signal, signal.SIGTERM)


def _format_key(formats: Any, code: str) -> int:
    from com.sun.star.lang import Locale

    key = formats.queryKey(code, Locale(), False)
    return int(key if key != -1 else formats.addNew(code, Locale()))


def _properties(**values: Any) -> tuple[Any, ...]:
    from com.sun.star.beans import PropertyValue

    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


def _any_properties(**values: Any) -> Any:
    """Properties as a value of another property, typed as UNO wants it."""
    import uno

    return uno.Any("[]com.sun.star.beans.PropertyValue", _properties(**values))

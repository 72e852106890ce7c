"""Conditional formats and validations."""

from __future__ import annotations

from typing import Any

from tests.windows.click.face.base import Collection, ExcelError, Face
from tests.windows.click.object_model import constants

_RULES = {"cell_value": "xlCellValue", "custom": "xlExpression"}
_KINDS = {
    "whole_number": "xlValidateWholeNumber",
    "list": "xlValidateList",
    "date": "xlValidateDate",
    "text_length": "xlValidateTextLength",
    "custom": "xlValidateCustom",
}


class FormatConditions(Collection):
    """The rules that reach a block; ``of`` are the grid's."""

    def all(self) -> list[FormatCondition]:
        return [FormatCondition(self._application, each) for each in self.of]

    def Add(
        self, Type: int, Operator: int | None = None, Formula1: str = "", Formula2: str | None = None
    ) -> FormatCondition:
        (kind,) = (each for each, name in _RULES.items() if constants()[name] == Type)
        return FormatCondition(self._application, self.of._add(kind, Formula1, {"operator": Operator}))


class FormatCondition(Face):
    """One rule. What it looks like is kept and never asked for."""

    @property
    def Type(self) -> int:
        """Of rules that nobody here makes it is one that xlwings does not know."""
        return constants()[_RULES[self.of.type]] if self.of.type in _RULES else 99

    @property
    def Formula1(self) -> str:
        return str(self.of._rule.formula)

    @property
    def Interior(self) -> Look:
        return Look(self._application, self.of._rule.looks)

    @property
    def Font(self) -> Look:
        return Look(self._application, self.of._rule.looks)

    @property
    def StopIfTrue(self) -> bool:
        return bool(self.of._rule.looks.get("stop_if_true", True))

    @StopIfTrue.setter
    def StopIfTrue(self, on: bool) -> None:
        self.of._rule.looks["stop_if_true"] = on

    @property
    def NumberFormat(self) -> str:
        return str(self.of._rule.looks.get("NumberFormat", "General"))

    @NumberFormat.setter
    def NumberFormat(self, code: str) -> None:
        self.of._rule.looks["NumberFormat"] = code

    def SetFirstPriority(self) -> None:
        rules = self.of._page.rules
        rules.remove(self.of._rule)
        rules.insert(0, self.of._rule)

    def Delete(self) -> None:
        self.of.delete()


class Look(Face):
    """The fill or the letters of a rule."""

    kind = "Font"

    Color: Any = None
    Bold: Any = None
    Italic: Any = None


def _option(name: str) -> Any:
    def read(self: Validation) -> str:
        return str(self.of.api._options.get(name, ""))

    def write(self: Validation, text: str) -> None:
        setattr(self.of.api, name, text)

    return property(read, write)


class Validation(Face):
    """What may be typed into a block; ``of`` is the grid's."""

    @property
    def Type(self) -> int:
        """Where cells of a block differ, Excel refuses to say."""
        if self.of.type not in _KINDS:
            raise ExcelError("no validation that all of these cells have")
        return constants()[_KINDS[self.of.type]]

    def Add(
        self,
        Type: int,
        AlertStyle: int | None = None,
        Operator: int | None = None,
        Formula1: str = "",
        Formula2: str | None = None,
    ) -> None:
        (kind,) = (each for each, name in _KINDS.items() if constants()[name] == Type)
        self.of._set(kind, {"operator": Operator, "formula1": Formula1, "formula2": Formula2})

    Modify = Add

    def Delete(self) -> None:
        self.of.delete()

    InCellDropdown = IgnoreBlank = ShowInput = ShowError = True
    InputTitle, InputMessage = _option("InputTitle"), _option("InputMessage")
    ErrorTitle, ErrorMessage = _option("ErrorTitle"), _option("ErrorMessage")

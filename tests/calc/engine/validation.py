"""Data validation of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import base_classes as base

from tests.calc.engine.errors import CalcError
from tests.calc.engine.values import to_calc

if TYPE_CHECKING:
    from tests.calc.engine.range import Range

_TYPES = {
    "whole_number": "WHOLE",
    "decimal": "DECIMAL",
    "list": "LIST",
    "date": "DATE",
    "time": "TIME",
    "text_length": "TEXT_LEN",
    "custom": "CUSTOM",
}
_OPERATORS = {
    "between": "BETWEEN",
    "equal_to": "EQUAL",
    "greater_than_or_equal": "GREATER_EQUAL",
    "less_than_or_equal": "LESS_EQUAL",
}


class DataValidation(base.DataValidation):
    """What may be typed, with the prompts of Excel's own Validation through ``api``."""

    def __init__(self, block: Range) -> None:
        self._block = block

    @property
    def api(self) -> ValidationApi:
        return ValidationApi(self._block)

    @property
    def type(self) -> str:
        if self._block.uno.getPropertyState("Validation").value == "AMBIGUOUS_VALUE":
            return self._mixed()
        word = self._block.uno.Validation.Type.value
        return next((name for name, each in _TYPES.items() if each == word), "none")

    def _mixed(self) -> str:
        """xlwings' words for Excel's answer to cells with several validations, or with and without one."""
        block = self._block
        kinds = {block(number).data_validation.type for number in range(1, len(block) + 1)}
        return "mixed_criteria" if "none" in kinds else "inconsistent"

    def set_list(self, source: Any, in_cell_dropdown: bool) -> None:
        formula = to_calc(source).removeprefix("=") if isinstance(source, str) else ";".join(f'"{s}"' for s in source)
        self._set("list", "equal_to", formula, None)

    def set_rule(self, kind: str, operator: str | None, first: str, second: str | None) -> None:
        self._set(kind, operator or "equal_to", first, second)

    def _set(self, kind: str, operator: str, first: str, second: str | None) -> None:
        import uno

        self._block.refuse_protected()
        rule = self._block.uno.Validation
        rule.Type = uno.Enum("com.sun.star.sheet.ValidationType", _TYPES[kind])
        rule.setOperator(uno.Enum("com.sun.star.sheet.ConditionOperator", _OPERATORS[operator]))
        rule.setFormula1(to_calc(first).removeprefix("="))
        rule.setFormula2(to_calc(second or "").removeprefix("="))
        self._block.uno.Validation = rule

    def delete(self) -> None:
        import uno

        rule = self._block.uno.Validation
        rule.Type = uno.Enum("com.sun.star.sheet.ValidationType", "ANY")
        self._block.uno.Validation = rule


class ValidationApi:
    """Titles and texts, which xlwings reads but does not write."""

    _block: Range

    def __init__(self, block: Range) -> None:
        self.__dict__["_block"] = block

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in {"InputTitle", "InputMessage", "ErrorTitle", "ErrorMessage"}:
            raise CalcError(f"no member {name} here")
        rule = self._block.uno.Validation
        setattr(rule, name, value)
        self._block.uno.Validation = rule

"""A small published catalogue, for demonstrations."""

from __future__ import annotations

from zwgk_excel.layout.resources import read_toml
from zwgk_excel.workbooks.catalogue.official_form import official_form, rows_of


def sample_catalogue() -> bytes:
    """A catalogue of three domains as a county would publish it (.xlsx), to be imported."""
    return official_form(rows_of(read_toml("sample_catalogue.toml")["entries"]))

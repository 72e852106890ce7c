"""标准目录: published tables imported into the office's workbook, exported again, and what of it was published.

importing    what an import would change, and the import
exporting    the catalogue in the official form
coverage     what of it each unit published, when, and what never
"""

from __future__ import annotations

from zwgk_excel.workflow.catalogue.coverage import never_filled, office_coverage
from zwgk_excel.workflow.catalogue.exporting import export_catalogue, export_coverage
from zwgk_excel.workflow.catalogue.importing import (
    CatalogueImport,
    carry_out_import,
    import_words,
    new_tables,
    plan_import,
)

__all__ = [
    "CatalogueImport",
    "carry_out_import",
    "export_catalogue",
    "export_coverage",
    "import_words",
    "never_filled",
    "new_tables",
    "office_coverage",
    "plan_import",
]

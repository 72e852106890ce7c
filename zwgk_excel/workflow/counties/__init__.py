"""Many counties: other workspaces opened read-only, rolled up into one workbook and one data set."""

from __future__ import annotations

from zwgk_excel.workflow.counties.county import County, CountySource, open_county, sources_of
from zwgk_excel.workflow.counties.rolling_up import Rollup, rollup

__all__ = [
    "County",
    "CountySource",
    "Rollup",
    "open_county",
    "rollup",
    "sources_of",
]

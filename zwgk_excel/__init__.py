"""zwgk_excel: the monthly 政务公开 reporting cycle of a county-level city, on Excel workbooks."""

__version__ = "0.1.0"

"""Definitions that the writer and the reader of report workbooks share."""

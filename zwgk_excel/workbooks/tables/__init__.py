"""The duty table and the roster as the office edits them in Excel."""

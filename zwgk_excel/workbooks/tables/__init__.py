"""The duty table and the roster as workbooks that the office edits."""

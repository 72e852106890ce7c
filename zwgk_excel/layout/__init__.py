"""What the workbooks look like: columns, words and policy, read once from ``workbook_templates/``."""

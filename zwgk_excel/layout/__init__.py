"""The definitions of the workbooks: columns, labels and policy, read once from ``workbook_templates/``."""

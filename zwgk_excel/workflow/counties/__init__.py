"""Many counties: other workspaces read, rolled up into one workbook and one data set."""

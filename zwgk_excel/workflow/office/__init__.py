"""What every use case works with: the workspace, its settings, the ledger, the two tables, passwords."""

"""The program that a button was pressed in: its verbs, one click and its failures, its workspace."""

"""The program that a button was pressed in: one click, its failures, its workspace, and the way without the program."""

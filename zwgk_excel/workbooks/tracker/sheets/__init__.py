"""The sheets of the tracker, written."""

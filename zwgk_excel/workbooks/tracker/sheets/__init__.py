"""The writers of the tracker's sheets."""

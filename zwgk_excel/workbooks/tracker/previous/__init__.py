"""The tracker as it was found: what the office typed and added, to be kept in the new one."""

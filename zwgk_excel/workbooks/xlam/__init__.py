"""Builds the Excel add-in: VBA sources and ribbon text to one deterministic ``.xlam``, without Excel."""

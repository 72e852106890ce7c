"""The Excel add-in as a file: VBA sources and ribbon text in, one deterministic ``.xlam`` out, without Excel."""

"""The use cases, one module each: what the command line and the ribbon both call."""

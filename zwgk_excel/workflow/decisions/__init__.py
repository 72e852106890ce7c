"""What the office decides: extensions, waivers, whose file it is, which returns count together."""

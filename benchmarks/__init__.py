"""Measurements of the project against plain use of the libraries it stands on; run by hand, never by the tests."""

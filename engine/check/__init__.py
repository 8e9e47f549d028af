"""Checks of what was read, in an ordered tuple; one check a file."""

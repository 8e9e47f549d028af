"""Quotewright's engine: rule files and a catalogue become a snapshot; a quote runs through it once."""

"""Quotewright's engine: rule files and a catalogue become a snapshot; a quote runs through it once."""

from engine.native_build import refuse_stale_build

refuse_stale_build()

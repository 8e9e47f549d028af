"""Importers: files of several layouts become a catalogue, or findings that say everything there is to mend."""

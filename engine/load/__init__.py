"""Readers: files become schema objects with a place for everything, mistakes become findings."""

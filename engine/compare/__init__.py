"""What changed between two rulebooks, or two catalogues: meaning is compared, not text."""

"""Approval of quotes: which people must approve, in which order and why, and the life of a quote until they did."""

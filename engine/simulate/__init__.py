"""Stored quotes decided under two versions of rules and catalogue: what a change does before anybody meets it."""

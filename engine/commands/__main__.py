"""Runs the command line as `python -m engine.commands`."""

from engine.commands import main

main(prog_name="quotewright")

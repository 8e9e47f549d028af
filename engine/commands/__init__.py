"""The command line: one command a file, imported when it is called."""

from __future__ import annotations

import importlib

import click

from engine.native_build import is_compiled

COMMANDS = (
    "price",
    "configure",
    "solve",
    "new",
    "check",
    "test",
    "diff",
    "simulate",
    "table",
    "catalog",
    "reconcile",
    "conformance",
    "demo",
    "approvals",
    "renew",
    "release",
    "decisions",
    "replay",
    "keys",
)
"""The commands, in the order of the help text: each is the function of that name in the module of that name."""

BUILD = ", hot path compiled" if is_compiled() else ""


class _Commands(click.Group):
    """A group that imports a command's module when it is asked for, so that one command does not load the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"engine.commands.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="quotewright", message=f"%(prog)s %(version)s{BUILD}")
def main() -> None:
    """Quotewright: rules and pricing for quotes, every figure explained."""

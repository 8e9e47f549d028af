"""The command `new`: a folder with a small rulebook, its catalogue, quotes, tests and a gate, to begin with."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from engine.commands.failure import BAD_FILES, fail
from engine.commands.samples import ROOT

STARTER = ROOT / "rules" / "starter"


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
def new(folder: Path) -> None:
    """Write a small rulebook to begin with into FOLDER, or here: rules, a catalogue, quotes, tests, all explained.

    Nothing that is there already is written over. Exit codes: 0 where it was written, 2 where it could not be.
    """
    files = sorted(path.relative_to(STARTER) for path in STARTER.rglob("*") if path.is_file())
    taken = [name for name in files if (folder / name).exists()]
    if taken:
        fail(f"{folder / taken[0]} is there already, and nothing was written; choose another folder", BAD_FILES)
    try:
        for name in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(STARTER / name, folder / name)
    except OSError as error:
        fail(f"{error.filename}: cannot be written: {error.strerror}", BAD_FILES)
    click.echo(f"{len(files)} files written to {folder.resolve()}:")
    for name in files:
        click.echo(f"  {name.as_posix()}")
    here = "" if folder == Path() else f"cd {folder} && "
    click.echo(f"\nNext: {here}quotewright check rules --catalog catalog")

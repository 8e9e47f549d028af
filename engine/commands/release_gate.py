"""A release compared with the one it is to replace, over stored quotes, before it is activated."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import click
from quotewright_client.releases import ReleaseClient

from engine.commands.failure import BAD_FILES, fail
from engine.commands.release_access import Where
from engine.commands.simulate import simulate
from engine.service.rulebook_files import write_files
from engine.store.contents import CATALOGUE_FILE, RULES_FOLDER, DamagedContentError
from engine.store.database import StoreError
from engine.store.release import UnknownReleaseError
from engine.store.releases import materialise
from engine.store.schema import open_database


def hold_to_gates(
    where: Where,
    client: ReleaseClient,
    number: int,
    baseline: int,
    gate: Path,
    against: tuple[Path, ...],
    catalog: Path,
) -> None:
    """Simulate a release against the one that is active; ends the command where a gate fails.

    Args:
        where: the server or database of the releases; a database has their catalogues too.
        client: the calls to it.
        number: the release to be activated.
        baseline: the release that is active.
        gate: file of gates.
        against: stored quotes.
        catalog: of both, where a server is asked, which does not give catalogues away.
    """
    if not baseline:
        fail("--gate compares with the active release, and none is active", BAD_FILES)
    with tempfile.TemporaryDirectory(prefix="quotewright-gate-") as folder:
        new, old = (Path(folder, str(release)) for release in (number, baseline))
        catalogs: tuple[Path, Path] = (catalog, catalog)
        try:
            if where.database is not None:
                database = open_database(where.database)
                for release, place in ((number, new), (baseline, old)):
                    materialise(database, release, place)
                database.close()
                catalogs = new / CATALOGUE_FILE, old / CATALOGUE_FILE
            else:
                for release, place in ((number, new), (baseline, old)):
                    write_files(_files(client, release), place / RULES_FOLDER)
        except (OSError, StoreError, DamagedContentError, UnknownReleaseError) as error:
            fail(f"the releases to be compared cannot be had: {error}", BAD_FILES)
        click.get_current_context().invoke(
            simulate,
            rules=new / RULES_FOLDER,
            baseline=old / RULES_FOLDER,
            against=against,
            catalog=catalogs[0],
            baseline_catalog=catalogs[1],
            gate=gate,
        )


def _files(client: ReleaseClient, number: int) -> Mapping[str, bytes]:
    return {file.name: file.content for file in client.get(number, with_files=True).files}

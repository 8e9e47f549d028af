"""How commands about releases and decisions reach them: a server, or a database in this process."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click
import grpc
from quotewright_client import DeadlineExceededError, InvalidRequestError, QuotewrightError, UnavailableError
from quotewright_client.releases import ReleaseClient, ReleaseConflictError, connect, refused

from engine.commands.failure import BAD_FILES, BAD_QUOTE, NO_SERVER, fail
from engine.commands.samples import CATALOG, RULES
from engine.commands.server_access import AUTHORITY, TOKEN, credentials
from engine.service.local_calls import LocalCalls
from engine.store.database import StoreError
from engine.store.schema import open_database

F = TypeVar("F", bound=Callable[..., Any])

DATABASE_FILE = click.Path(dir_okay=False, path_type=Path)


def where_options(command: F) -> F:
    """Decorator: where releases and decisions are; gives the command `where`, what `reached` takes."""

    def gathered(server: str, token: str, authority: Path | None, database: Path | None, **others: Any) -> Any:
        if bool(server) == (database is not None):
            raise click.UsageError("say where: either --server ADDRESS or --database FILE")
        return command(where=Where(server, token, authority, database), **others)

    gathered.__name__, gathered.__doc__ = command.__name__, command.__doc__
    gathered.__click_params__ = list(getattr(command, "__click_params__", []))  # type: ignore[attr-defined]
    options = (
        click.option("--server", metavar="ADDRESS", default="", help="Ask a server, for example localhost:50051."),
        click.option("--database", type=DATABASE_FILE, help="Work on a server's database, with or without a server."),
        TOKEN,
        AUTHORITY,
    )
    decorated: Any = gathered
    for option in reversed(options):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]  # the same command with options


class Where:
    """A server's address with what opens it, or a database."""

    def __init__(self, server: str, token: str, authority: Path | None, database: Path | None) -> None:
        self.server, self.token, self.authority, self.database = server, token, authority, database

    def acting(self, person: str) -> str:
        """Who acts: the person given, or who is logged in; "" where the token says it."""
        if person or self.token:
            return person
        try:
            return getpass.getuser()
        except (OSError, KeyError):
            return ""

    @contextmanager
    def reached(self, catalog: Path = CATALOG, rules: Path = RULES, *, new: bool = False) -> Iterator[ReleaseClient]:
        """The calls; what fails in them ends the command with its message.

        Args:
            catalog: that rulebooks are checked with, where a database is worked on.
            rules: what is served today where no release is active, likewise.
            new: whether the database may be made.
        """
        try:
            with self._client(catalog, rules, new=new) as client:
                yield client
        except ReleaseConflictError as error:
            active = error.active.id if error.active is not None else 0
            look = f"look at it (release show {active}) and " if active else ""
            fail(f"{error}\nto go on all the same, {look}say --expected {active}", BAD_QUOTE)
        except InvalidRequestError as error:
            fail("\n".join(f"{item.field}: {item.message}" for item in error.violations) or str(error), BAD_FILES)
        except (UnavailableError, DeadlineExceededError) as error:
            fail(f"{self.server}: {error}", NO_SERVER)
        except QuotewrightError as error:
            unknown = error.code in (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.FAILED_PRECONDITION)
            fail(str(error), BAD_QUOTE if unknown else NO_SERVER if self.server else BAD_FILES)

    def _client(self, catalog: Path, rules: Path, *, new: bool) -> ReleaseClient:
        if self.database is None:
            return connect(self.server, credentials=credentials(self.authority), token=self.token)
        if not new and not self.database.exists():
            fail(f"{self.database} does not exist", BAD_FILES)
        try:
            database = open_database(self.database)
        except StoreError as error:
            fail(str(error), BAD_FILES)
        return ReleaseClient(LocalCalls(database, rules, catalog, refused), database.close)


def change_options(command: F) -> F:
    """Decorator: who acts, and why."""
    command = click.option("--reason", required=True, help="Why: it stays in the history.")(command)
    return click.option(
        "--person",
        default="",
        envvar="QUOTEWRIGHT_PERSON",
        help="Who acts; unless given, QUOTEWRIGHT_PERSON or who is logged in. With a token it is the token's owner.",
    )(command)


def shown_time(text: str) -> str:
    """A stored time as a person reads it, in this machine's time zone."""
    return "" if not text else datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")

"""The server's entry: options, log and port, then the supervisor that starts what serves."""

from __future__ import annotations

import contextlib
import logging
import os
import sys

from engine.service.listening import AddressInUseError, ReservedPort
from engine.service.logs import configure_logs
from engine.service.option_values import Address
from engine.service.options import OptionsError, print_config, read_options, unknown_variables
from engine.service.supervisor import Supervisor
from engine.service.wanted_files import Files, WantedFiles
from engine.service.watching import Watcher
from engine.store.database import StoreError
from engine.store.schema import open_database

LOG = logging.getLogger("quotewright")


def main() -> int:
    """Serve until SIGTERM or SIGINT. Gives the exit code: 0, or 2 where the server could not start."""
    try:
        chosen, flags = read_options(sys.argv[1:], os.environ)
    except OptionsError as error:
        print(error, file=sys.stderr)
        print("server.py --help tells the options", file=sys.stderr)
        return 2
    if flags.print_config:
        with contextlib.suppress(BrokenPipeError):
            print(print_config(chosen), flush=True)
        return 0
    options = chosen.options
    configure_logs(options.log_format)
    for told in unknown_variables(os.environ):
        LOG.warning("%s", told)
    try:
        port = ReservedPort(options.address)
    except AddressInUseError as error:
        LOG.error("not started: %s", error)  # noqa: TRY400  # the message says it all
        return 2
    files = Files(options.rules, options.catalog)
    watcher = wanted = None
    try:
        database = open_database(options.database) if options.database is not None else None
        if database is not None:
            database.require_writable()
        wanted = WantedFiles(files, database, str(port.address))
        supervisor = Supervisor(chosen, port, wanted)
        if options.metrics_address is not None:
            offer_metrics(supervisor, options.metrics_address)
        if options.watch:
            watcher = Watcher([options.rules, options.catalog], wanted.edited, supervisor.reload_soon)
        return supervisor.run()
    except (AddressInUseError, StoreError) as error:
        LOG.error("not started: %s", error)  # noqa: TRY400  # as above
        return 2
    finally:
        if watcher is not None:
            watcher.close()
        if wanted is not None:
            wanted.close()
        port.close()


def offer_metrics(supervisor: Supervisor, address: Address) -> None:
    """Let Prometheus ask for metrics.

    Raises:
        AddressInUseError: the address cannot be listened on.
    """
    from engine.service.metrics import Metrics  # noqa: PLC0415  # only for those who ask for it

    supervisor.metrics = Metrics(supervisor.state)
    try:
        port = supervisor.metrics.serve(address)
    except OSError as error:
        raise AddressInUseError(f"cannot listen on {address} for metrics: {error.strerror}") from None
    LOG.info("metrics on http://%s/metrics", Address(address.host, port))


if __name__ == "__main__":
    sys.exit(main())

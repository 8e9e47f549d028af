"""The server: arguments become a snapshot, the snapshot feeds the services, the services answer over gRPC."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import time
from pathlib import Path

from catalog.sample import FOLDER as SAMPLE_CATALOG
from engine.diagnostics import Findings, RejectedError, render
from engine.service.approval_setup import Approvals, webhook_url
from engine.service.grpc_server import AddressInUseError, Server
from engine.service.services import services
from engine.service.snapshot_source import SnapshotSource
from engine.snapshot import Snapshot, SnapshotHolder
from engine.store.database import StoreError

LOG = logging.getLogger("quotewright")
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
SAMPLE_RULES = Path(__file__).parent / "rules" / "sample"


def main() -> int:
    """Serve until SIGTERM or SIGINT. Gives the exit code: 0, or 2 where the server could not start."""
    arguments = parse_arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    # Blocked before any thread starts, so that signals come to `serve` and to nothing else.
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    source = SnapshotSource(arguments.rules, arguments.catalog)
    try:
        holder = SnapshotHolder(load(source))
        approvals = Approvals(holder, arguments.approvals, arguments.webhook)
        server = Server([*services(holder), *approvals.services()], workers=arguments.workers)
        port = server.start(arguments.address)
    except (RejectedError, AddressInUseError, StoreError) as error:
        tell(error.findings if isinstance(error, RejectedError) else Findings())
        LOG.error("not started: %s", error)  # noqa: TRY400  # the message says it all
        return 2
    LOG.info("serving on %s:%d", arguments.address.rpartition(":")[0], port)
    serve(source, holder)
    LOG.info("stopping: requests in flight finish")
    server.stop()
    approvals.close()
    return 0


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="server.py", description="Quotewright's gRPC server. SIGHUP reloads files.")
    parser.add_argument("--rules", type=Path, default=SAMPLE_RULES, help="folder of rule files (default: the sample)")
    parser.add_argument("--catalog", type=Path, default=SAMPLE_CATALOG, help="catalogue files (default: the sample)")
    parser.add_argument("--address", default="127.0.0.1:50051", help="host:port, port 0 for a free one (%(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="threads that answer unary calls (%(default)s)")
    parser.add_argument("--approvals", type=Path, help="database of quotes in approval, made where it is missing")
    parser.add_argument(
        "--webhook", type=webhook_url, default="", help="address that events of approvals are posted to"
    )
    arguments = parser.parse_args()
    if arguments.workers < 1:
        parser.error("--workers is at least 1")
    return arguments


def load(source: SnapshotSource) -> Snapshot:
    """The snapshot of the files as they are now; warnings are logged."""
    started = time.perf_counter()
    snapshot, warnings = source.load()
    tell(warnings)
    told = len(snapshot.rules), len(snapshot.catalog.products), snapshot.rulebook_version, snapshot.catalogue_version
    took = time.perf_counter() - started
    LOG.info("loaded %d rules, %d products in %.2f s: rulebook %s, catalogue %s", *told[:2], took, *told[2:])
    return snapshot


def serve(source: SnapshotSource, holder: SnapshotHolder) -> None:
    """Wait for signals: SIGHUP loads the files again, SIGTERM and SIGINT end."""
    while signal.sigwait(SIGNALS) == signal.SIGHUP:
        try:
            holder.swap(load(source))
        except RejectedError as error:
            tell(error.findings)
            LOG.error("not reloaded, the old versions go on serving: %s", error)  # noqa: TRY400
        except Exception:
            LOG.exception("not reloaded, the old versions go on serving")


def tell(findings: Findings) -> None:
    """Log findings, each with its source line."""
    for finding in findings.sorted():
        LOG.warning("%s", render(finding, findings.texts))


if __name__ == "__main__":
    sys.exit(main())

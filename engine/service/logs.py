"""What the server's processes log, and how."""

from __future__ import annotations

import logging


def configure_logs() -> None:
    """Log to standard error, a line each."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")

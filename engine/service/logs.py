"""What the server's processes log: lines for people, or JSON for programs."""

from __future__ import annotations

import logging
import sys


def configure_logs(style: str = "console") -> None:
    """Log to standard error, a record a line; "json" gives every record's fields by name."""
    handler = logging.StreamHandler(sys.stderr)
    if style == "json":
        handler.setFormatter(_json_formatter())
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def _json_formatter() -> logging.Formatter:
    import structlog  # noqa: PLC0415  # only for those who ask for it: it takes a while to import

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.add_log_level,
            structlog.processors.CallsiteParameterAdder([structlog.processors.CallsiteParameter.PROCESS]),
            structlog.stdlib.ExtraAdder(),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )

"""Which addresses stay on this machine, and which may be asked for keys."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Whether a host name or address stands for this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def stays_here(address: str) -> bool:
    """Whether what listens on an address ("host:port") can be reached from this machine alone."""
    if address.startswith(("unix:", "unix-abstract:")):
        return True
    return is_loopback(address.rpartition(":")[0])


def is_url(place: str) -> bool:
    """Whether `place` is an address rather than a path."""
    return "://" in place


def check_place_of_keys(place: str) -> None:
    """See that keys of tokens would not be fetched in the clear.

    Raises:
        ValueError: it is an address that is neither HTTPS nor of this machine.
    """
    if not is_url(place):
        return
    try:
        parts = urlsplit(place)
        host = parts.hostname or ""
    except ValueError:
        raise ValueError(f"{place!r} is no address") from None
    if host and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))):
        return
    raise ValueError(f"keys of tokens come from a file, https, or http on this machine alone, not {place!r}")

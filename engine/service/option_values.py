"""How the text of an option becomes its value: paths, numbers with their range, addresses, choices, texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from engine.diagnostics import did_you_mean


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen.

    Attributes:
        host: a name or a numeric address; without brackets where it is an IPv6 address.
        port: 0 for any free one.
    """

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def host_and_port(text: str) -> Address:
    """Text such as "host:port", with an IPv6 address in brackets.

    Raises:
        ValueError: it is none.
    """
    host, colon, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not colon or not host or (":" in host and not bracketed):
        raise ValueError("host:port is expected, for example 0.0.0.0:50051 or [::1]:50051")
    if not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"the port is a number from 0 to 65535, found {port!r}")
    return Address(host[1:-1] if bracketed else host, int(port))


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers in a range."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise ValueError(f"a whole number from {least:,} to {most:,} is expected") from None
        if not least <= number <= most:
            raise ValueError(f"it is from {least:,} to {most:,}")
        return number

    return read


def number(least: float, most: float) -> Callable[[str], float]:
    """A reader of numbers in a range."""

    def read(text: str) -> float:
        try:
            found = float(text)
        except ValueError:
            raise ValueError(f"a number from {least:,g} to {most:,g} is expected") from None
        if not least <= found <= most:  # not a number compares false
            raise ValueError(f"it is from {least:,g} to {most:,g}")
        return found

    return read


def choice(*known: str) -> Callable[[str], str]:
    """A reader of one of a few words."""

    def read(text: str) -> str:
        if text not in known:
            hint = did_you_mean(text, known)
            raise ValueError(f"one of {', '.join(known)} is expected" + (f"; {hint}" if hint else ""))
        return text

    return read


def yes_or_no(text: str) -> bool:
    """What "true" or "false" says.

    Raises:
        ValueError: it is neither.
    """
    if text not in ("true", "false"):
        raise ValueError("true or false is expected")
    return text == "true"


def web_address(text: str) -> str:
    """An http or https address with a host.

    Raises:
        ValueError: it is none.
    """
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an http or https address is expected, for example https://example.com/events")
    return text


def word(text: str) -> str:
    """Any text that is not empty.

    Raises:
        ValueError: it is empty.
    """
    if not text.strip():
        raise ValueError("a text is expected")
    return text


def path(text: str) -> Path:
    """A file or folder.

    Raises:
        ValueError: the text is empty.
    """
    if not text:
        raise ValueError("a path is expected")
    return Path(text)

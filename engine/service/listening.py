"""The port of a server: reserved by the supervisor, shared by its workers, refused to everybody else."""

from __future__ import annotations

import socket
import sys

from engine.service.option_values import Address


class AddressInUseError(Exception):
    """The address cannot be listened on."""


class ReservedPort:
    """A port that only processes of this user which ask for sharing can listen on while it is held.

    The socket is bound and never listens, so that the kernel gives it no connection. It is bound without SO_REUSEPORT,
    which fails where anybody has the port, and shares it only from then on.

    Attributes:
        address: with the numeric host and the port that workers bind.
    """

    def __init__(self, wanted: Address) -> None:
        """Take the port.

        Raises:
            AddressInUseError: somebody has it, or the host is none of this machine.
        """
        if not hasattr(socket, "SO_REUSEPORT"):
            raise AddressInUseError(f"{sys.platform} cannot share a port between processes")
        try:
            family, _, _, _, place = socket.getaddrinfo(
                wanted.host, wanted.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            self._socket = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            raise AddressInUseError(f"cannot listen on {wanted}: {error.strerror}") from None
        try:
            # Lets a server start again while old connections time out; taken back at once, or a second server that
            # binds before this one's workers listen would succeed.
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind(place)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        except OSError:
            self._socket.close()
            raise AddressInUseError(
                f"cannot listen on {wanted}: the port is in use or the address is not of this machine"
            ) from None
        host, port = self._socket.getsockname()[:2]
        self.address = Address(host, port)

    def close(self) -> None:
        """Let others have it."""
        self._socket.close()

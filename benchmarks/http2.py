"""The few parts of HTTP/2 that a load driver needs to send gRPC calls without a gRPC library: frames, windows, replies.

Request headers never change, so that they are encoded once, without HPACK's table; response headers are not decoded:
whether a call went well is told by its bytes, which the driver compares with what they must be.
Sources: RFC 9113 (frames, flow control), RFC 7541 (literal header fields), gRPC over HTTP/2.
"""

from __future__ import annotations

import socket
import struct
from collections import deque
from collections.abc import Iterator

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
ACK, END_STREAM, END_HEADERS = 0x1, 0x1, 0x4
INITIAL_WINDOW_SIZE, INITIAL_WINDOW = 4, 65_535
LARGEST_WINDOW = 2**31 - 1
LARGEST_FRAME = 16_384
HEAD = struct.Struct(">IBI")  # length and type share the first four bytes


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """One frame."""
    return HEAD.pack(len(payload) << 8 | kind, flags, stream) + payload


def literal(name: bytes | int, value: bytes) -> bytes:
    """A header field without indexing; `name` may be an index of HPACK's static table."""
    shown = _integer(name, 4) if isinstance(name, int) else b"\x00" + _integer(len(name), 7) + name
    return shown + _integer(len(value), 7) + value


def _integer(value: int, bits: int) -> bytes:
    most = (1 << bits) - 1
    if value < most:
        return bytes([value])
    value -= most
    out = bytearray([most])
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def call_headers(method: str, authority: str) -> bytes:
    """The header block of a gRPC call: `method` is "/package.Service/Method"."""
    return b"".join([
        b"\x83\x86",  # :method POST, :scheme http
        literal(4, method.encode()),
        literal(1, authority.encode()),
        literal(31, b"application/grpc"),
        literal(b"te", b"trailers"),
    ])  # fmt: skip


def grpc_message(data: bytes) -> bytes:
    """A message as gRPC sends it: not compressed, its length before it."""
    return b"\x00" + len(data).to_bytes(4, "big") + data


class Connection:
    """A client's connection with any number of calls in flight; the caller waits for the socket.

    Attributes:
        socket: non-blocking; readable when `receive` has something to do.
        broken: why the connection cannot be used any more; "" while it can.
        is_leaving: the server takes no further calls on it, and answers those that it has.
    """

    def __init__(self, host: str, port: int, method: str) -> None:
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.broken = ""
        self.is_leaving = False
        self._headers = call_headers(method, f"{host}:{port}")
        self._next_stream = 1
        self._window = INITIAL_WINDOW
        self._waiting: deque[tuple[bytes, int]] = deque()
        self._unreturned = 0
        self._received = bytearray()
        self._messages: dict[int, bytearray] = {}
        settings = struct.pack(">HI", INITIAL_WINDOW_SIZE, LARGEST_WINDOW)
        widen = struct.pack(">I", LARGEST_WINDOW - INITIAL_WINDOW)
        self.socket.sendall(PREFACE + frame(SETTINGS, 0, 0, settings) + frame(WINDOW_UPDATE, 0, 0, widen))
        self.socket.setblocking(False)

    def call(self, message: bytes) -> int:
        """Send a unary call with a framed message; gives its stream."""
        return self._open(message, END_STREAM)

    def open_stream(self, message: bytes) -> int:
        """Begin a streaming call with its first framed message; gives its stream."""
        return self._open(message, 0)

    def _open(self, message: bytes, last: int) -> int:
        stream = self._next_stream
        self._next_stream += 2
        self._send(frame(HEADERS, END_HEADERS, stream, self._headers), message, stream, last)
        return stream

    def send_message(self, stream: int, message: bytes) -> None:
        """Send a further framed message on a stream."""
        self._send(b"", message, stream, 0)

    def _send(self, before: bytes, message: bytes, stream: int, last: int) -> None:
        parts = [before]
        for start in range(0, len(message), LARGEST_FRAME):
            part = message[start : start + LARGEST_FRAME]
            parts.append(frame(DATA, last if start + LARGEST_FRAME >= len(message) else 0, stream, part))
        self._waiting.append((b"".join(parts), len(message)))
        self._flush()

    def _flush(self) -> None:
        # Whole messages wait for the connection's window. A stream's own window is not watched: it holds any message
        # that is sent here, and a server widens it before it answers.
        while self._waiting and self._window >= self._waiting[0][1]:
            out, size = self._waiting.popleft()
            self._window -= size
            self._write(out)

    def _write(self, out: bytes) -> None:
        try:
            sent = self.socket.send(out)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self.broken = str(error)
            return
        if sent < len(out):
            self.socket.setblocking(True)
            try:
                self.socket.sendall(out[sent:])
            except OSError as error:
                self.broken = str(error)
            self.socket.setblocking(False)

    def receive(self) -> Iterator[tuple[int, bytes | None]]:
        """What has arrived: (stream, message) for each whole message, (stream, None) when a call has ended."""
        try:
            arrived = self.socket.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError as error:
            self.broken = str(error)
            return
        if not arrived:
            self.broken = self.broken or "the server closed the connection"
            return
        self._received += arrived
        at, received = 0, self._received
        while len(received) - at >= 9:
            length_and_kind, flags, stream = HEAD.unpack_from(received, at)
            length, kind = length_and_kind >> 8, length_and_kind & 255
            if len(received) - at - 9 < length:
                break
            payload = bytes(received[at + 9 : at + 9 + length])
            at += 9 + length
            if kind == DATA:
                yield from self._data(stream, payload)
            elif kind == WINDOW_UPDATE:
                if stream == 0:
                    self._window += int.from_bytes(payload, "big") & LARGEST_WINDOW
                    self._flush()
            elif kind not in (HEADERS, CONTINUATION, RST_STREAM):
                self._control(kind, flags, payload)
            if kind == RST_STREAM or (kind in (DATA, HEADERS) and flags & END_STREAM):
                self._messages.pop(stream, None)
                yield stream, None
        del received[:at]

    def _data(self, stream: int, payload: bytes) -> Iterator[tuple[int, bytes | None]]:
        held = self._messages.setdefault(stream, bytearray())
        held += payload
        self._unreturned += len(payload)
        if self._unreturned > LARGEST_WINDOW // 2:  # rarely: an update for each reply would be a system call more
            self._write(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", self._unreturned)))
            self._unreturned = 0
        while len(held) >= 5 and len(held) >= 5 + (size := int.from_bytes(held[1:5], "big")):
            message = bytes(held[5 : 5 + size])
            del held[: 5 + size]
            yield stream, message

    def _control(self, kind: int, flags: int, payload: bytes) -> None:
        if kind == SETTINGS and not flags & ACK:
            self._write(frame(SETTINGS, ACK, 0))
        elif kind == PING and not flags & ACK:
            self._write(frame(PING, ACK, 0, payload))
        elif kind == GOAWAY:
            self.is_leaving = True

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

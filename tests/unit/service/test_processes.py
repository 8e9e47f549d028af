"""What the server's processes share: channels that tell when the other end is gone, waits that grow, ports for one."""

import os
import signal
import socket
import time

import pytest

from engine.service.listening import AddressInUseError, ReservedPort
from engine.service.option_values import Address
from engine.service.processes import Backoff, Channel, end_with_parent


def everything(channel):
    """All messages until the end of file."""
    heard = []
    try:
        while True:
            heard.extend(channel.receive())
    except EOFError:
        channel.close()
        return heard


def test_messages_arrive_whole_and_in_order_and_then_the_end_of_file():
    one, other = Channel.pair()
    one.send("first", number=1)
    one.send("second", text="ü\n")
    one.close()
    assert everything(other) == [{"event": "first", "number": 1}, {"event": "second", "text": "ü\n"}]


FORKS = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # no thread is needed in these children


@FORKS
def test_a_long_message_comes_in_pieces():
    one, other = Channel.pair()
    if os.fork() == 0:
        one.send("long", text="x" * 1_000_000)
        os._exit(0)
    one.close()
    heard = everything(other)
    os.wait()
    assert [(message["event"], len(message["text"])) for message in heard] == [("long", 1_000_000)]


def test_nobody_is_told_when_nobody_listens():
    one, other = Channel.pair()
    other.close()
    one.send("lost")
    one.close()


def test_waits_grow_to_their_bound():
    backoff = Backoff(1.0)
    assert [backoff.ended() for _ in range(7)] == [0.0, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0]


def test_what_lived_long_is_started_again_at_once(monkeypatch):
    backoff = Backoff(1.0)
    for _ in range(4):
        backoff.ended()
    backoff.started()
    monkeypatch.setattr(Backoff, "STEADY_SECONDS", 0.0)
    assert backoff.ended() == 0.0


@FORKS
def test_a_process_ends_with_its_parent():
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        parent = os.getpid()
        if os.fork() == 0:
            end_with_parent(parent)
            os.write(writer, b"ready")
            time.sleep(60)
            os._exit(0)
        time.sleep(60)
        os._exit(0)
    os.close(writer)
    assert os.read(reader, 5) == b"ready"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    began = time.monotonic()
    assert os.read(reader, 1) == b"", "the end of file comes when the grandchild is gone"
    assert time.monotonic() - began < 5
    os.close(reader)


def test_a_reserved_port_is_shared_with_who_asks_and_refused_to_all_others():
    port = ReservedPort(Address("127.0.0.1", 0))
    place = (port.address.host, port.address.port)
    with pytest.raises(AddressInUseError, match="the port is in use"):
        ReservedPort(port.address)
    with socket.socket() as worker:
        worker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        worker.bind(place)
        worker.listen()
        with pytest.raises(AddressInUseError, match="the port is in use"):
            ReservedPort(port.address)
        for _ in range(20):  # the reserving socket never listens, so that the kernel gives it none
            socket.create_connection(place, 1).close()
    port.close()
    ReservedPort(port.address).close()


def test_names_that_nobody_knows():
    with pytest.raises(AddressInUseError, match=r"cannot listen on no-such-host\.invalid:1: "):
        ReservedPort(Address("no-such-host.invalid", 1))

"""Answers short calls on the thread of grpcio that receives their messages: no other thread has to wake up for them.

grpcio gives each call to an executor, whose thread then waits for the message and is woken when it is there. Threads
that wake each other take more of a short call's time than the answer. Here the message is asked for at once, whatever
the call; when it has come, the thread that received it answers a short call itself and gives any other to the executor.

This leans on how grpcio's server works inside. Where a release of it works otherwise, the executor is used as it is.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Collection
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import grpc

LOG = logging.getLogger("quotewright")

SHORT_BYTES = 8 * 1024
"""The longest message of a short call. A quote of so many bytes takes 3 milliseconds (350 lines of nothing but a
product and a quantity; 12 with its explanation), and Python lets a thread that wants to run wait for 5 anyway."""

_RESPOND = ["rpc_event", "state", "behavior", "argument_thunk", "request_deserializer", "response_serializer"]
_PARAMETERS = {
    "_abort": ["state", "call", "code", "details"],
    "_is_rpc_state_active": ["state"],
    "_receive_message": ["state", "call", "request_deserializer"],
    "_unary_response_in_pool": _RESPOND,
}
"""Of functions of grpcio's server, as they are from 1.76 to 1.85."""


@dataclass(frozen=True, slots=True)
class Inside:
    """What is used of grpcio's server, by what it does.

    Attributes:
        respond: calls a behaviour and sends its reply; an executor is given it for a unary call.
        receive: gives what notes the message of a call when it has come.
        is_active: whether a call goes on.
        abort: ends a call with a status.
        ask_for_message: makes the operation that receives a message.
        message_is_due: what a call is marked with while it waits for its message.
        closed: what a caller is that sends no more.
        unimplemented: the status.
    """

    respond: Callable[..., None]
    receive: Callable[..., Callable[[Any], Any]]
    is_active: Callable[[Any], bool]
    abort: Callable[..., None]
    ask_for_message: Callable[[int], Any]
    message_is_due: str
    closed: str
    unimplemented: Any


def inside(server: Any = None) -> Inside | None:
    """What the installed grpcio has (or another module in the place of its server), None where it is not as known."""
    try:
        server = server or import_module("grpc._server")
        core: Any = import_module("grpc._cython.cygrpc")
        functions = {name: getattr(server, name) for name in _PARAMETERS}
        if {name: list(inspect.signature(each).parameters) for name, each in functions.items()} != _PARAMETERS:
            return None
        return Inside(
            functions["_unary_response_in_pool"],
            functions["_receive_message"],
            functions["_is_rpc_state_active"],
            functions["_abort"],
            core.ReceiveMessageOperation,
            server._RECEIVE_MESSAGE_TOKEN,  # noqa: SLF001  # see the module's docstring
            server._CLOSED,  # noqa: SLF001
            core.StatusCode.unimplemented,
        )
    except (ImportError, AttributeError, TypeError, ValueError):
        return None


def answering(others: Executor, short: Collection[str], grpcio: Inside | None) -> Executor:
    """What a grpcio server gives its calls to.

    Args:
        others: takes the calls that are not short.
        short: full names ("/package.Service/Method") of unary methods that answer at once where their message is short.
        grpcio: its inside; without it, `others` takes all calls.
    """
    if grpcio is None:
        LOG.warning(
            "grpcio %s is not one of the releases that are known here (1.76 to 1.85): calls take longer, since all of "
            "them cross threads",
            getattr(grpc, "__version__", "of an unknown version"),
        )
        return others
    return _ShortCalls(others, short, grpcio)


class _ShortCalls(Executor):
    def __init__(self, others: Executor, short: Collection[str], grpcio: Inside) -> None:
        self._others = others
        self._short = frozenset(name.encode() for name in short)
        self._grpcio = grpcio
        self._asked: Future[Any] = Future()
        self._asked.set_result(None)

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Ask for the message of a unary call; what else is submitted is the other executor's."""
        if len(arguments) == 1 + len(_RESPOND) and arguments[0] is self._grpcio.respond:
            _, event, state, behaviour, _, deserializer, serializer = arguments
            self._ask(function, event, state, behaviour, deserializer, serializer)
            return self._asked
        return self._others.submit(function, *arguments, **named)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the other executor."""
        self._others.shutdown(wait, cancel_futures=cancel_futures)

    def _ask(
        self,
        in_context: Callable[..., Any],
        event: Any,
        state: Any,
        behaviour: Any,
        deserializer: Any,
        serializer: Any,
    ) -> None:
        """Ask for the message of a call, which is answered when it has come: grpcio then calls `come`."""
        grpcio, call = self._grpcio, event.call
        note = grpcio.receive(state, call, deserializer)
        is_short = event.call_details.method in self._short

        def come(received: Any) -> Any:
            done = note(received)
            message, state.request = state.request, None
            if message is None:
                self._refuse_without_message(state, call)
            elif is_short and len(message) <= SHORT_BYTES:
                in_context(grpcio.respond, event, state, behaviour, lambda: message, deserializer, serializer)
            else:
                self._others.submit(
                    in_context, grpcio.respond, event, state, behaviour, lambda: message, deserializer, serializer
                )
            return done

        with state.condition:
            if grpcio.is_active(state):
                call.start_server_batch((grpcio.ask_for_message(0),), come)
                state.due.add(grpcio.message_is_due)

    def _refuse_without_message(self, state: Any, call: Any) -> None:
        """End a call whose caller sent none; one who hung up hears nothing."""
        grpcio = self._grpcio
        with state.condition:
            if state.client is grpcio.closed:
                grpcio.abort(state, call, grpcio.unimplemented, b"a unary call needs exactly one message")

"""A server that asks who calls: every method for every role, real certificates, limits, refusals that tell nothing."""

from __future__ import annotations

import socket
import ssl
import sys
import threading
import time
from pathlib import Path

import grpc
import pytest
import trustme
from approval_calls import quote
from click.testing import CliRunner
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_status import rpc_status
from quotewright.v1 import approval_service_pb2 as pb
from quotewright.v1 import quote_service_pb2, rulebook_service_pb2

from engine.commands import main
from engine.security.api_keys import entry, new_key
from engine.security.identity import Role
from engine.security.roles import METHOD_ROLES

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "security"))  # tokens are made there
from token_maker import AUDIENCE, DOCUMENT, ISSUER, token

CODE = grpc.StatusCode
GET_RULEBOOK = "/quotewright.v1.RulebookService/GetRulebook"
PRICE_QUOTES = "/quotewright.v1.QuoteService/PriceQuotes"
STREAMS = {PRICE_QUOTES, "/quotewright.v1.ConfigurationService/Session"}
WATCHES = {"/quotewright.v1.ApprovalService/WatchEvents"}
PEOPLE = ("robin", "maria", "felix")


def replace(path, content):
    temporary = path.with_suffix(".new")
    temporary.write_bytes(content)
    temporary.replace(path)


def put(folder, certificate):
    replace(folder / "server.pem", b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    replace(folder / "key.pem", certificate.private_key_pem.bytes())


AUTHORITY = trustme.CA()
TRUSTED = AUTHORITY.cert_pem.bytes()


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Keys by role, and the file that they are in."""
    made = {role: new_key() for role in Role} | {name: new_key() for name in PEOPLE}
    file = tmp_path_factory.mktemp("keys") / "keys.yaml"
    text = "keys:\n" + "".join(entry(made[role], f"{role}-client", [role]) for role in Role)
    text += "".join(entry(made[name], name, [Role.PRICE, Role.APPROVE]) for name in PEOPLE)
    file.write_text(text)
    return made, file


PLAIN: set[str] = set()
"""Addresses of servers without TLS: the native transport has none."""


@pytest.fixture(scope="module", params=["grpcio", "native"])
def guarded(start, keys, tmp_path_factory, request):
    """A server with keys, tokens, a database and, by grpcio, TLS; gives its address and the folder of its certificate.

    The other transport asks the same of its callers, in plain text.
    """
    folder = tmp_path_factory.mktemp("guarded")
    put(folder, AUTHORITY.issue_cert("localhost", "127.0.0.1"))
    (folder / "jwks.json").write_bytes(DOCUMENT)
    tls = ["--tls-certificate", str(folder / "server.pem"), "--tls-key", str(folder / "key.pem")]
    server, address = start(
        "--transport", request.param, *(tls if request.param == "grpcio" else []),
        "--address", "127.0.0.1:0", "--workers", "1", "--database", str(folder / "all.db"), "--api-keys", str(keys[1]),
        "--token-issuer", ISSUER, "--token-audience", AUDIENCE, "--token-keys", str(folder / "jwks.json"),
        "--max-open-requests", "40", "--max-open-streams", "5", "--max-request-mib", "1",
    )  # fmt: skip
    if request.param == "native":
        PLAIN.add(address)
    return server, address, folder


WITH_TLS = pytest.mark.parametrize("guarded", ["grpcio"], indirect=True, scope="module")


def connect(address, client=None, options=()):
    if address in PLAIN:
        return grpc.insecure_channel(address, options=[*options, ("grpc.enable_retries", 0)])
    pair = (client.private_key_pem.bytes(), client.cert_chain_pems[0].bytes()) if client else (None, None)
    credentials = grpc.ssl_channel_credentials(TRUSTED, *pair)
    return grpc.secure_channel(address, credentials, options=[*options, ("grpc.enable_retries", 0)])


@pytest.fixture
def channel(guarded):
    with connect(guarded[1]) as channel:
        yield channel


def bearer(credential):
    return (("authorization", f"Bearer {credential}"),) if credential else ()


def ask(channel, method, request=b"", credential="", timeout=30):
    """The replies to one request as bytes."""
    metadata = bearer(credential)
    if method in STREAMS or "Reflection" in method:
        return list(channel.stream_stream(method)(iter([request]), metadata=metadata, timeout=timeout))
    if method in WATCHES:
        return [next(channel.unary_stream(method)(request, metadata=metadata, timeout=timeout))]
    return [channel.unary_unary(method)(request, metadata=metadata, timeout=timeout)]


def refusal(channel, method, request=b"", credential="", timeout=30):
    """The code with which a call ends, and the reason that programs read; None for one that is answered."""
    try:
        ask(channel, method, request, credential, timeout)
    except grpc.RpcError as error:
        status = rpc_status.from_call(error)
        info = error_details_pb2.ErrorInfo()
        if status is not None and status.details:
            status.details[0].Unpack(info)
        return error.code(), info.reason
    return None, ""


@pytest.mark.parametrize("role", Role)
def test_each_role_can_do_just_its_own(channel, keys, role):
    for method, roles in METHOD_ROLES.items():
        timeout = 1 if method in WATCHES else 30
        code, reason = refusal(channel, method, b"", keys[0][role], timeout)
        if role in roles:
            assert reason not in ("ROLE_MISSING", "CREDENTIALS_INVALID", "CREDENTIALS_MISSING"), method
            assert code is not CODE.UNAUTHENTICATED, method
        else:
            assert (code, reason) == (CODE.PERMISSION_DENIED, "ROLE_MISSING"), method


def test_without_a_key_or_token_nothing_answers_but_health(channel):
    for method in [*METHOD_ROLES, "/quotewright.v1.QuoteService/NoSuch", "/no.such.Service/Method"]:
        assert refusal(channel, method) == (CODE.UNAUTHENTICATED, "CREDENTIALS_MISSING"), method
    health = health_pb2_grpc.HealthStub(channel)
    serving = health_pb2.HealthCheckResponse.SERVING
    assert health.Check(health_pb2.HealthCheckRequest()).status == serving
    assert next(health.Watch(health_pb2.HealthCheckRequest())).status == serving


WRONG = {
    "unknown key": new_key,
    "noise": lambda: "noise",
    "expired": lambda: token(exp=int(time.time()) - 60),
    "of another issuer": lambda: token(iss="https://elsewhere.example"),
    "for another audience": lambda: token(aud="elsewhere"),
    "for later": lambda: token(nbf=int(time.time()) + 600),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_key_or_token_opens_nothing(channel, case):
    given = WRONG[case]()
    for method in (GET_RULEBOOK, "/quotewright.v1.QuoteService/PriceQuote", PRICE_QUOTES):
        assert refusal(channel, method, b"", given) == (CODE.UNAUTHENTICATED, "CREDENTIALS_INVALID")


def test_a_token_opens_what_its_roles_allow(channel):
    assert refusal(channel, GET_RULEBOOK, b"", token()) == (None, "")
    code, reason = refusal(channel, "/quotewright.v1.ApprovalService/Approve", b"", token())
    assert (code, reason) == (CODE.PERMISSION_DENIED, "ROLE_MISSING")


def test_a_refused_call_is_not_read(channel):
    """A message beyond all bounds is refused for want of a key, not for its size: nobody read it."""
    code, reason = refusal(channel, "/quotewright.v1.QuoteService/PriceQuote", b"\x0a" * (8 * 2**20))
    assert (code, reason) == (CODE.UNAUTHENTICATED, "CREDENTIALS_MISSING")


def test_a_message_beyond_the_bound_is_refused(channel, keys):
    code, _ = refusal(channel, "/quotewright.v1.QuoteService/PriceQuote", b"\x0a" * (2 * 2**20), keys[0][Role.PRICE])
    assert code is CODE.RESOURCE_EXHAUSTED


def approvals(channel, method, credential, **fields):
    request = getattr(pb, f"{method}Request")(**fields).SerializeToString()
    (reply,) = ask(channel, f"/quotewright.v1.ApprovalService/{method}", request, credential)
    return getattr(pb, f"{method}Response").FromString(reply)


def test_who_acts_is_who_calls(channel, keys):
    robin, maria, felix = (keys[0][name] for name in PEOPLE)
    submitted = approvals(channel, "SubmitQuote", robin, quote=quote("S-1"), idempotency_key="once")
    assert submitted.approval.requester == "robin"
    assert [found.quote_id for found in approvals(channel, "ListApprovals", maria).approvals] == ["S-1"]
    for method in ("Approve", "Reject", "Delegate", "Comment", "ListApprovals"):
        fields = {"person": "maria"} | ({} if method == "ListApprovals" else {"quote_id": "S-1", "comment": "x"})
        fields |= {"to": "marc"} if method == "Delegate" else {}
        request = getattr(pb, f"{method}Request")(**fields).SerializeToString()
        refused = refusal(channel, f"/quotewright.v1.ApprovalService/{method}", request, felix)
        assert refused == (CODE.PERMISSION_DENIED, "OTHER_PERSON"), method
    for fields in ({"person": "robin"}, {}):  # the same key and message from another person is another request
        request = pb.SubmitQuoteRequest(quote=quote("S-1"), idempotency_key="once", **fields).SerializeToString()
        code, _ = refusal(channel, "/quotewright.v1.ApprovalService/SubmitQuote", request, felix)
        assert code is (CODE.PERMISSION_DENIED if fields else CODE.INVALID_ARGUMENT)
    approved = approvals(channel, "Approve", maria, quote_id="S-1", comment="fine")
    assert approved.approval.steps[0].slots[0].decided_by == "maria"
    assert approvals(channel, "Comment", felix, quote_id="S-1", person="felix", comment="mine").approval


def test_one_client_cannot_open_all_streams(channel, keys):
    hold = threading.Event()

    def waits():
        hold.wait(30)
        yield from ()

    def hold_one():
        return channel.stream_stream(PRICE_QUOTES)(waits(), metadata=bearer(keys[0][Role.PRICE]), timeout=60)

    held = [hold_one() for _ in range(5)]
    try:
        until = time.monotonic() + 20
        while refusal(channel, PRICE_QUOTES, b"", keys[0][Role.PRICE])[1] != "TOO_MANY_OPEN":
            assert time.monotonic() < until
            time.sleep(0.05)
            # The call that looks may have come before one of them and taken its place.
            held = [call if call.is_active() else hold_one() for call in held]
        assert refusal(channel, PRICE_QUOTES, b"", keys[0]["robin"]) == (None, "")  # another client has room
        assert refusal(channel, GET_RULEBOOK, b"", keys[0][Role.PRICE]) == (None, "")
    finally:
        hold.set()
    assert [list(call) for call in held] == [[]] * 5
    until = time.monotonic() + 20
    while refusal(channel, PRICE_QUOTES, b"", keys[0][Role.PRICE])[1] and time.monotonic() < until:
        time.sleep(0.05)
    assert refusal(channel, PRICE_QUOTES, b"", keys[0][Role.PRICE]) == (None, "")


def test_a_thousand_calls_that_hang_up_leave_no_slot_taken(channel, keys):
    method = channel.unary_unary(GET_RULEBOOK)
    for _ in range(10):
        calls = [method.future(b"", metadata=bearer(keys[0][Role.RELEASE]), timeout=30) for _ in range(100)]
        for call in calls:
            call.cancel()
    until = time.monotonic() + 20
    while refusal(channel, GET_RULEBOOK, b"", keys[0][Role.RELEASE])[0] and time.monotonic() < until:
        time.sleep(0.05)
    for _ in range(50):  # more than the bound, one after the other
        assert refusal(channel, GET_RULEBOOK, b"", keys[0][Role.RELEASE]) == (None, "")


def test_keys_are_exchanged_while_serving(guarded, channel, keys):
    made, file = keys
    new, before = new_key(), file.read_text()
    try:
        replace(file, (before + entry(new, "newcomer", [Role.PRICE])).encode())
        until = time.monotonic() + 30
        while refusal(channel, GET_RULEBOOK, b"", new)[0] is not None:
            assert time.monotonic() < until
            time.sleep(0.2)
        replace(file, b"keys: [")
        guarded[0].wait_for("the old keys stay in force", seconds=30)
        assert refusal(channel, GET_RULEBOOK, b"", made[Role.PRICE]) == (None, "")
    finally:
        replace(file, before.encode())


def served_certificate(address):
    host, port = address.rsplit(":", 1)
    context = ssl.create_default_context(cadata=TRUSTED.decode())
    context.set_alpn_protocols(["h2"])
    with (
        socket.create_connection((host, int(port)), 10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        return connection.getpeercert(binary_form=True)


@WITH_TLS
def test_a_certificate_put_in_place_serves_new_connections(guarded, channel, keys):
    server, address, folder = guarded
    assert refusal(channel, GET_RULEBOOK, b"", keys[0][Role.PRICE]) == (None, "")
    before = served_certificate(address)
    put(folder, AUTHORITY.issue_cert("localhost", "127.0.0.1"))
    started = time.monotonic()
    after = served_certificate(address)
    assert after != before
    assert time.monotonic() - started < 60
    with connect(address) as fresh:
        assert refusal(fresh, GET_RULEBOOK, b"", keys[0][Role.PRICE]) == (None, "")
    assert refusal(channel, GET_RULEBOOK, b"", keys[0][Role.PRICE]) == (None, "")  # the old connection goes on
    replace(folder / "server.pem", (folder / "server.pem").read_bytes()[:200])
    assert served_certificate(address) == after
    server.wait_for("cannot be used, the old one goes on serving")


@WITH_TLS
def test_plain_text_does_not_reach_a_server_with_tls(guarded):
    with grpc.insecure_channel(guarded[1], options=[("grpc.enable_retries", 0)]) as plain:
        assert refusal(plain, GET_RULEBOOK, timeout=10)[0] in (CODE.UNAVAILABLE, CODE.DEADLINE_EXCEEDED)


def test_clients_of_other_authorities_do_not_connect(start, tmp_path):
    put(tmp_path, AUTHORITY.issue_cert("localhost", "127.0.0.1"))
    (tmp_path / "clients.pem").write_bytes(TRUSTED)
    _, address = start(
        "--transport", "grpcio", "--address", "127.0.0.1:0", "--workers", "1",
        "--tls-certificate", str(tmp_path / "server.pem"), "--tls-key", str(tmp_path / "key.pem"),
        "--tls-client-authority", str(tmp_path / "clients.pem"), "--reflection", "false",
    )  # fmt: skip
    with connect(address, AUTHORITY.issue_cert("client.example")) as known:
        assert refusal(known, GET_RULEBOOK) == (None, "")
        told = refusal(known, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
        assert told[0] is CODE.UNIMPLEMENTED
    for stranger in (None, trustme.CA().issue_cert("client.example")):
        with connect(address, stranger) as channel:
            assert refusal(channel, GET_RULEBOOK, timeout=10)[0] in (CODE.UNAVAILABLE, CODE.DEADLINE_EXCEEDED)
            assert refusal(channel, "/grpc.health.v1.Health/Check", timeout=10)[0] is not None


def test_reflection_needs_a_key(channel, keys):
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    (reply,) = stub.ServerReflectionInfo(iter([request]), metadata=bearer(keys[0][Role.PRICE]))
    assert "quotewright.v1.QuoteService" in [found.name for found in reply.list_services_response.service]


def test_a_server_of_one_tenant(start, tmp_path):
    ours, theirs, file = new_key(), new_key(), tmp_path / "keys.yaml"
    file.write_text("keys:\n" + entry(ours, "a", [Role.PRICE], "acme") + entry(theirs, "b", [Role.PRICE], "other"))
    _, address = start("--address", "127.0.0.1:0", "--workers", "1", "--api-keys", str(file), "--tenant", "acme")
    with grpc.insecure_channel(address) as channel:
        assert refusal(channel, GET_RULEBOOK, b"", ours) == (None, "")
        assert refusal(channel, GET_RULEBOOK, b"", theirs) == (CODE.PERMISSION_DENIED, "OTHER_TENANT")


REFUSED = {
    "plain text beyond this machine": (["--address", "0.0.0.0:0"], "--insecure"),
    "half of TLS": (["--transport", "grpcio", "--tls-certificate", "server.pem"], "--tls-key"),
    "no such certificate": (
        ["--transport", "grpcio", "--tls-certificate", "none.pem", "--tls-key", "none.pem"], "none.pem"
    ),
    "TLS that the transport has not": (
        ["--transport", "native", "--tls-certificate", "server.pem", "--tls-key", "key.pem"], "--transport grpcio"
    ),
    "no such keys": (["--api-keys", "none.yaml"], "none.yaml"),
    "token keys in the clear": (
        ["--token-issuer", "i", "--token-audience", "a", "--token-keys", "http://keys.example/jwks"], "https"
    ),
    "no token keys": (["--token-issuer", "i", "--token-audience", "a", "--token-keys", "none.json"], "none.json"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_server_that_would_not_be_safe_does_not_start(start, case):
    arguments, told = REFUSED[case]
    address = [] if "--address" in arguments else ["--address", "127.0.0.1:0"]
    server, _ = start(*address, "--workers", "1", *arguments, expect_serving=False)
    assert server.ended() == 2
    assert told in server.text
    assert "Traceback" not in server.text


def test_nothing_secret_is_in_the_log(guarded, keys):
    log = guarded[0].text
    assert "a call was refused" in log
    for secret in keys[0].values():
        assert secret not in log
        assert secret[3:20] not in log
    assert "eyJ" not in log  # how every token begins
    assert guarded[0].process.poll() is None


def test_a_quote_is_priced_with_a_key(channel, keys):
    request = quote_service_pb2.PriceQuoteRequest(quote=quote("P-1")).SerializeToString()
    (reply,) = ask(channel, "/quotewright.v1.QuoteService/PriceQuote", request, keys[0][Role.PRICE])
    assert quote_service_pb2.PriceQuoteResponse.FromString(reply).decision.totals.net_total
    (reply,) = ask(channel, GET_RULEBOOK, b"", keys[0][Role.PRICE])
    assert rulebook_service_pb2.GetRulebookResponse.FromString(reply).total_size


def test_commands_reach_a_guarded_server(guarded, keys, tmp_path):
    authority, file = tmp_path / "ca.pem", Path(__file__).parents[2] / "rules/sample/quotes/data-center.yaml"
    authority.write_bytes(TRUSTED)
    tls = [] if guarded[1] in PLAIN else ["--authority", str(authority)]
    arguments = ["price", str(file), "--server", guarded[1], *tls, "--json"]
    priced = CliRunner().invoke(main, arguments, env={"QUOTEWRIGHT_TOKEN": keys[0][Role.PRICE]})
    assert priced.exit_code == 0, priced.output
    assert '"totals"' in priced.output
    refused = CliRunner().invoke(main, arguments)
    assert refused.exit_code == 3
    assert "authorization" in refused.output

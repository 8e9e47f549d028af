"""Keys are read again when their files or addresses change, and stay in force when those break."""

import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests
from token_maker import AUDIENCE, DOCUMENT, ISSUER, OTHER_RSA_KEY, jwk, jwks, token

from engine.diagnostics import RejectedError
from engine.security import upkeep
from engine.security.api_keys import entry, new_key
from engine.security.identity import Role
from engine.security.jwks import MAX_BYTES, JwksError, fetch
from engine.security.options import SecurityOptions, SecurityOptionsError
from engine.security.refusals import UnauthenticatedError
from engine.security.upkeep import Upkeep

OTHERS = jwks(jwk(OTHER_RSA_KEY.public_key(), "RS256", "new"))


def bearer(credential):
    return (("authorization", f"Bearer {credential}"),)


def accepts(keeper, credential):
    try:
        keeper.guard.identify(bearer(credential))
    except UnauthenticatedError:
        return False
    return True


def put(path, content):
    temporary = path.with_suffix(".new")
    temporary.write_bytes(content.encode() if isinstance(content, str) else content)
    temporary.replace(path)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(upkeep, "LOOK_SECONDS", 0.0)


@contextmanager
def served(document, status=200, location=""):
    """An address of keys; the list `asked` grows with every request, `reply[0]` is what it answers."""
    asked, reply = [], [document]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(reply[0])

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/keys", asked, reply
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def tokens_from(place):
    return SecurityOptions(token_issuer=ISSUER, token_audience=AUDIENCE, token_keys=str(place))


def test_a_changed_file_of_keys_is_in_force(tmp_path):
    old, new, path = new_key(), new_key(), tmp_path / "keys.yaml"
    put(path, "keys:\n" + entry(old, "a", [Role.PRICE]))
    keeper = Upkeep(SecurityOptions(api_keys=path))
    assert accepts(keeper, old)
    put(path, "keys:\n" + entry(new, "b", [Role.PRICE]))
    keeper.look()
    assert (accepts(keeper, old), accepts(keeper, new)) == (False, True)


@pytest.mark.parametrize("broken", ["keys: [", "keys:\n- 7\n", None])
def test_a_broken_file_of_keys_leaves_the_old_ones(tmp_path, broken, caplog):
    key, path = new_key(), tmp_path / "keys.yaml"
    put(path, "keys:\n" + entry(key, "a", [Role.PRICE]))
    keeper = Upkeep(SecurityOptions(api_keys=path))
    if broken is None:
        path.unlink()
    else:
        put(path, broken)
    keeper.look()
    keeper.look()
    assert accepts(keeper, key)
    assert caplog.text.count("the old keys stay in force") == 1


def test_a_changed_file_of_token_keys_is_in_force(tmp_path):
    path = tmp_path / "jwks.json"
    put(path, DOCUMENT)
    keeper = Upkeep(tokens_from(path))
    first, second = token(), token(OTHER_RSA_KEY, kid="new")
    assert (accepts(keeper, first), accepts(keeper, second)) == (True, False)
    put(path, OTHERS)
    keeper.look()
    assert (accepts(keeper, first), accepts(keeper, second)) == (False, True)
    put(path, b"{")
    keeper.look()
    assert accepts(keeper, second)


def test_an_unknown_key_asks_the_address_early():
    with served(DOCUMENT) as (place, asked, reply):
        keeper = Upkeep(tokens_from(place))
        keeper.look()
        assert len(asked) == 1
        reply[0] = OTHERS
        second = token(OTHER_RSA_KEY, kid="new")
        assert not accepts(keeper, second)
        keeper.look()
        assert len(asked) == 2
        assert accepts(keeper, second)
        keeper.look()
        assert len(asked) == 2


def test_noise_does_not_make_the_server_ask_again():
    with served(DOCUMENT) as (place, asked, _):
        keeper = Upkeep(tokens_from(place))
        for noise in ("", "a.b.c", "x" * 100, new_key(), token(exp=1), token(OTHER_RSA_KEY)):
            assert not accepts(keeper, noise)
        keeper.look()
        assert len(asked) == 1


@pytest.mark.parametrize("reply", [b"{", b'{"keys": []}', b"x" * (MAX_BYTES + 1)], ids=["broken", "empty", "huge"])
def test_an_address_that_answers_badly_leaves_the_old_keys(reply, caplog, monkeypatch):
    monkeypatch.setattr(upkeep, "REFRESH_SECONDS", 0.0)
    with served(DOCUMENT) as (place, _, replies):
        keeper = Upkeep(tokens_from(place))
        replies[0] = reply
        keeper.look()
        assert accepts(keeper, token())
        assert "the old ones stay in force" in caplog.text


def test_an_address_that_is_gone_leaves_the_old_keys(caplog, monkeypatch):
    monkeypatch.setattr(upkeep, "REFRESH_SECONDS", 0.0)
    with served(DOCUMENT) as (place, _, _):
        keeper = Upkeep(tokens_from(place))
    keeper.look()
    assert accepts(keeper, token())
    assert "the old ones stay in force" in caplog.text


def test_redirects_are_not_followed():
    with served(DOCUMENT) as (end, asked, _), served(b"", 302, end) as (start, _, _):
        with pytest.raises(JwksError):
            fetch(start)
        assert not asked


def test_nothing_starts_without_its_keys(tmp_path):
    with pytest.raises(SecurityOptionsError):
        Upkeep(tokens_from(tmp_path / "missing.json"))
    with pytest.raises(RejectedError):
        Upkeep(SecurityOptions(api_keys=tmp_path / "missing.yaml"))


def test_the_thread_looks_until_it_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(upkeep, "LOOK_SECONDS", 0.01)
    key, path = new_key(), tmp_path / "keys.yaml"
    put(path, "keys: []\n")
    keeper = Upkeep(SecurityOptions(api_keys=path))
    keeper.start()
    put(path, "keys:\n" + entry(key, "a", [Role.PRICE]))
    until = time.monotonic() + 10
    while not accepts(keeper, key) and time.monotonic() < until:
        time.sleep(0.01)
    assert accepts(keeper, key)
    keeper.stop()
    assert not keeper._thread.is_alive()

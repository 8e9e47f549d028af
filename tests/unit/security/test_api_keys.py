"""API keys: found by hash, refused when expired or changed, and their file read with all its mistakes told."""

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagnostics import Code, RejectedError
from engine.security.api_keys import ApiKey, ApiKeys, entry, new_key, read_keys
from engine.security.identity import Role
from engine.security.roles import identity

KEY = new_key()
ANN = identity("ann", [Role.PRICE])
KEYS = ApiKeys([ApiKey(ANN, hashlib.sha256(KEY.encode()).digest())])


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def findings(path):
    with pytest.raises(RejectedError) as caught:
        read_keys(path)
    return [(item.code, item.span.line) for item in caught.value.findings.sorted()]


def test_a_key_says_who_calls():
    assert KEYS.find(KEY) is ANN


def test_keys_are_long_and_never_the_same():
    keys = {new_key() for _ in range(1000)}
    assert len(keys) == 1000
    assert all(len(key) == 46 and key.startswith("qw_") for key in keys)


@settings(deadline=None)
@given(st.text())
def test_no_text_is_a_key(text):
    assert KEYS.find(text) is None


@settings(deadline=None)
@given(st.integers(0, len(KEY) - 1), st.characters())
def test_a_key_with_one_character_changed_is_none(at, character):
    changed = KEY[:at] + character + KEY[at + 1 :]
    assert (KEYS.find(changed) is None) == (changed != KEY)


def test_the_hash_of_a_key_is_no_key():
    assert KEYS.find(hashlib.sha256(KEY.encode()).hexdigest()) is None


def test_an_expired_key_is_none():
    now = datetime.now(UTC).timestamp()
    digest = hashlib.sha256(KEY.encode()).digest()
    assert ApiKeys([ApiKey(ANN, digest, now + 60)]).find(KEY) is ANN
    assert ApiKeys([ApiKey(ANN, digest, now - 1)]).find(KEY) is None


@settings(deadline=None)
@given(
    name=st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=50),
    tenant=st.text(st.characters(categories=("L", "N", "P")), max_size=20),
    roles=st.sets(st.sampled_from(Role), min_size=1),
    days=st.none() | st.integers(0, 1000),
)
def test_an_entry_reads_back_as_written(tmp_path_factory, name, tenant, roles, days):
    expires = None if days is None else date(2027, 1, 1) + timedelta(days)
    path = tmp_path_factory.mktemp("keys") / "keys.yaml"
    path.write_text("keys:\n" + entry(KEY, name, roles, tenant, expires), encoding="utf-8")
    (read,) = read_keys(path)
    assert (read.identity.name, read.identity.tenant, read.identity.roles) == (name, tenant, roles)
    assert KEY not in path.read_text(encoding="utf-8")
    assert ApiKeys([read]).find(KEY) is read.identity


@pytest.mark.parametrize("text", ["keys:\n", "keys: []\n"])
def test_a_file_may_have_no_keys(tmp_path, text):
    assert read_keys(written(tmp_path / "keys.yaml", text)) == []


DIGEST = "0" * 63 + "1"
MISTAKES = {
    "no list": ("keys: 3\n", [(Code.WRONG_TYPE, 1)]),
    "empty": ("", [(Code.WRONG_TYPE, 0)]),
    "other word": ("key: []\n", [(Code.WRONG_TYPE, 1)]),
    "no mapping": ("keys:\n- 7\n", [(Code.WRONG_TYPE, 2)]),
    "nothing in it": ("keys:\n- {}\n", [(Code.MISSING_FIELD, 2)] * 3),
    "unknown role": (f"keys:\n- name: a\n  sha256: '{DIGEST}'\n  roles: [prize]\n", [(Code.UNKNOWN_NAME, 4)]),
    "role of another type": (f"keys:\n- name: a\n  sha256: '{DIGEST}'\n  roles: [[price]]\n", [(Code.UNKNOWN_NAME, 4)]),
    "no roles": (f"keys:\n- name: a\n  sha256: '{DIGEST}'\n  roles: []\n", [(Code.WRONG_VALUE, 4)]),
    "short hash": ("keys:\n- name: a\n  sha256: abcd\n  roles: [price]\n", [(Code.WRONG_VALUE, 3)]),
    "a key in place of its hash": (f"keys:\n- name: a\n  sha256: {KEY}\n  roles: [price]\n", [(Code.WRONG_VALUE, 3)]),
    "a number as name": (f"keys:\n- name: 7\n  sha256: '{DIGEST}'\n  roles: [price]\n", [(Code.WRONG_VALUE, 2)]),
    "a name of spaces": (f"keys:\n- name: ' '\n  sha256: '{DIGEST}'\n  roles: [price]\n", [(Code.WRONG_VALUE, 2)]),
    "no day": (
        f"keys:\n- name: a\n  sha256: '{DIGEST}'\n  roles: [price]\n  expires: soon\n",
        [(Code.WRONG_VALUE, 5)],
    ),
    "an unknown field": (
        f"keys:\n- name: a\n  sha256: '{DIGEST}'\n  roles: [price]\n  expire: 2027-01-01\n",
        [(Code.UNKNOWN_FIELD, 5)],
    ),
    "the same key twice": (
        "keys:\n" + "".join(f"- {{name: {name}, sha256: '{DIGEST}', roles: [price]}}\n" for name in "ab"),
        [(Code.DUPLICATE, 3)],
    ),
    "no YAML": ("keys: [\n", [(Code.SYNTAX, 2)]),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_every_mistake_is_told_with_its_place(tmp_path, case):
    text, expected = MISTAKES[case]
    assert findings(written(tmp_path / "keys.yaml", text)) == expected


def test_a_key_in_place_of_its_hash_is_not_repeated_in_messages(tmp_path):
    path = written(tmp_path / "keys.yaml", f"keys:\n- name: a\n  sha256: {KEY}\n  roles: [price]\n")
    with pytest.raises(RejectedError) as caught:
        read_keys(path)
    assert KEY not in str(caught.value)
    assert all(KEY not in item.message + item.hint for item in caught.value.findings)
    assert not caught.value.findings.texts


def test_files_that_cannot_be_read(tmp_path):
    assert findings(tmp_path / "missing.yaml") == [(Code.FILE_UNREADABLE, 0)]
    assert findings(tmp_path) == [(Code.FILE_UNREADABLE, 0)]
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    assert findings(tmp_path / "binary.yaml") == [(Code.FILE_UNREADABLE, 0)]

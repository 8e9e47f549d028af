"""`quotewright keys`: a key is shown once, its hash kept; files are changed whole or not at all."""

import stat

import pytest
from click.testing import CliRunner

from engine.commands import main
from engine.security.api_keys import ApiKeys, read_keys


def run(*arguments):
    return CliRunner().invoke(main, ["keys", *map(str, arguments)])


def test_a_new_key_is_shown_once_and_works(tmp_path):
    file = tmp_path / "keys.yaml"
    made = [
        run("new", file, "--name", "o'brien", "--role", "price", "--role", "approve"),
        run("new", file, "--name", "shop", "--role", "price", "--tenant", "acme", "--expires", "2999-01-31"),
    ]
    assert [result.exit_code for result in made] == [0, 0]
    keys = ApiKeys(read_keys(file))
    found = [keys.find(result.output.strip()) for result in made]
    assert [who.name for who in found] == ["o'brien", "shop"]
    assert all(result.output.strip() not in file.read_text() for result in made)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    listed = run("list", file)
    assert listed.exit_code == 0
    assert "2999-01-31" in listed.output
    assert all(result.output.strip() not in listed.output for result in made)


@pytest.mark.parametrize("text", ["", "keys:\n", "keys: []\n"])
def test_a_file_without_keys_takes_one(tmp_path, text):
    file = tmp_path / "keys.yaml"
    if text:
        file.write_text(text)
    assert run("new", file, "--name", "a", "--role", "price").exit_code == 0
    assert len(read_keys(file)) == 1


def test_the_indent_and_the_mode_of_a_file_are_kept(tmp_path):
    file = tmp_path / "keys.yaml"
    file.write_text(f"# ours\nkeys:\n- name: a\n  sha256: '{'0' * 64}'\n  roles: [price]")
    file.chmod(0o640)
    assert run("new", file, "--name", "b", "--role", "release").exit_code == 0
    assert [key.identity.name for key in read_keys(file)] == ["a", "b"]
    assert file.read_text().startswith("# ours\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.parametrize(
    "text", [f"keys: [{{name: a, sha256: '{'0' * 64}', roles: [price]}}]\n", "keys:\n- 7\n", "keys: [", "other: 1\n"]
)
def test_a_file_that_cannot_take_a_key_is_left_as_it_was(tmp_path, text):
    file = tmp_path / "keys.yaml"
    file.write_text(text)
    result = run("new", file, "--name", "a", "--role", "price")
    assert result.exit_code == 2
    assert "qw_" not in result.output
    assert file.read_text() == text
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--name", "", "--role", "price"),
        ("--name", "a\nb", "--role", "price"),
        ("--name", "a" * 201, "--role", "price"),
        ("--name", "a", "--role", "prize"),
        ("--name", "a"),
        ("--name", "a", "--role", "price", "--expires", "soon"),
    ],
)
def test_wrong_arguments_make_no_key(tmp_path, arguments):
    file = tmp_path / "keys.yaml"
    assert run("new", file, *arguments).exit_code == 2
    assert not file.exists()


def test_a_folder_that_is_not_there(tmp_path):
    result = run("new", tmp_path / "none" / "keys.yaml", "--name", "a", "--role", "price")
    assert result.exit_code == 2
    assert result.exception is None or isinstance(result.exception, SystemExit)

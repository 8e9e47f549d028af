"""The server's options: one name in three places, precedence, every mistake told, documented whole."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from engine.service.cores import usable_cores
from engine.service.option_values import Address, host_and_port
from engine.service.options import (
    Options,
    OptionsError,
    options_of,
    print_config,
    read_options,
    unknown_variables,
)

GUIDE = Path(__file__).parents[3] / "docs/server.md"


def options(*arguments, **environment):
    return read_options(arguments, environment)[0].options


def problems(*arguments, **environment):
    with pytest.raises(OptionsError) as caught:
        read_options(arguments, environment)
    return str(caught.value).splitlines()


def test_a_flag_wins_over_a_variable_a_variable_over_the_file_the_file_over_the_default(tmp_path):
    file = tmp_path / "server.toml"
    file.write_text("workers = 5\nthreads = 6\ndrain-seconds = 7.5\n")
    found = options("--config", str(file), "--workers", "3", QUOTEWRIGHT_WORKERS="4", QUOTEWRIGHT_THREADS="4")
    assert (found.workers, found.threads, found.drain_seconds) == (3, 4, 7.5)
    assert found.reload_drain_seconds == Options().reload_drain_seconds


def test_the_file_may_be_named_by_a_variable_and_its_paths_are_meant_from_its_folder(tmp_path):
    file = tmp_path / "server.toml"
    file.write_text('rules = "live"\ncatalog = "/srv/catalog.yaml"\nwatch = true\n')
    found = options(QUOTEWRIGHT_CONFIG=str(file))
    assert found.rules == tmp_path / "live"
    assert found.catalog == Path("/srv/catalog.yaml")
    assert found.watch


@pytest.mark.parametrize(
    ("arguments", "on"),
    [([], False), (["--watch"], True), (["--watch=true"], True), (["--watch=false"], False)],
)
def test_switches(arguments, on):
    assert options(*arguments).watch is on


def test_everything_wrong_is_told_at_once_with_its_place_and_the_nearest_name(tmp_path):
    file = tmp_path / "server.toml"
    file.write_text("worker = 5\nthreads = [1]\ndrain-seconds = -1\n")
    told = problems("--config", str(file), "--adress", "x", "--workers", "nine", QUOTEWRIGHT_SLOW_MS="soon")
    assert told == [
        "--adress is no option of the server; did you mean '--address'?",
        f"{file}: 'worker' is no option of the server; did you mean 'workers'?",
        f"{file}: threads: a text, a number, true or false is expected, found [1]",
        f"{file}: drain-seconds: it is from 0 to 3,600, found '-1'",
        "--workers: a whole number from 1 to 256 is expected, found 'nine'",
        "QUOTEWRIGHT_SLOW_MS: a number from 0 to 3.6e+06 is expected, found 'soon'",
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("stray",), "'stray' belongs to no option"),
        (("--config", "no/such.toml"), "no/such.toml: cannot be read: No such file or directory"),
        (("--drain-seconds", "nan"), "--drain-seconds: it is from 0 to 3,600, found 'nan'"),
        (("--webhook", "http://a.example"), "--webhook needs --database"),
        (("--webhook", "ftp://a.example", "--database", "d"), "--webhook: an http or https address is expected"),
        (
            ("--log-format", "jsno"),
            "--log-format: one of console, json is expected, found 'jsno'; did you mean 'json'?",
        ),
        (("--rules", ""), "--rules: a path is expected, found ''"),
        (("--watch=perhaps",), "--watch: true or false is expected, found 'perhaps'"),
    ],
)
def test_what_is_wrong_is_told(arguments, told):
    assert problems(*arguments)[0].startswith(told)


@pytest.mark.parametrize("text", ["no toml", "a = {"])
def test_a_file_that_is_no_toml(tmp_path, text):
    file = tmp_path / "server.toml"
    file.write_text(text)
    assert problems("--config", str(file))[0].startswith(f"{file}: cannot be read as TOML: ")


def test_a_file_of_other_bytes(tmp_path):
    file = tmp_path / "server.toml"
    file.write_bytes(b"\xff\xfe\x00")
    assert problems("--config", str(file))[0].startswith(f"{file}: cannot be read as TOML: ")


def test_variables_that_look_like_options_are_told():
    assert unknown_variables({"QUOTEWRIGHT_WORKRES": "1", "QUOTEWRIGHT_KEY": "k", "WORKRES": "1"}) == [
        "QUOTEWRIGHT_WORKRES is no option of the server; did you mean QUOTEWRIGHT_WORKERS?"
    ]


def test_what_is_printed_is_a_file_of_the_same_options(tmp_path):
    chosen, _ = read_options(["--workers", "3", "--log-calls", "--slow-ms", "2.5"], {"QUOTEWRIGHT_THREADS": "4"})
    printed = print_config(chosen)
    assert "workers = 3  # --workers" in printed
    assert "threads = 4  # QUOTEWRIGHT_THREADS" in printed
    assert "drain-seconds = 10  # default" in printed
    file = tmp_path / "server.toml"
    file.write_text(printed)
    assert options("--config", str(file)) == chosen.options


def test_another_process_reads_the_same_options():
    chosen, _ = read_options(["--address", "[::1]:0", "--watch", "--rules", "a"], {"QUOTEWRIGHT_DATABASE": "b"})
    assert options_of(chosen.texts) == chosen.options


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:50051", Address("127.0.0.1", 50051)),
        ("[::1]:0", Address("::1", 0)),
        ("localhost:1", Address("localhost", 1)),
    ],
)
def test_addresses(text, address):
    assert host_and_port(text) == address
    assert str(address) == text


@pytest.mark.parametrize(
    "text", ["", ":1", "localhost", "localhost:", "localhost:x", "localhost:65536", "::1:5", "a:-1"]
)
def test_texts_that_are_no_addresses(text):
    with pytest.raises(ValueError, match=r"expected|the port is"):
        host_and_port(text)


@pytest.mark.parametrize(
    ("quota", "least", "most"),
    [("max 100000", 1, 10_000), ("150000 100000", 1, 2), ("50000 100000", 1, 1), ("?", 1, 10_000)],
)
def test_cores_of_a_container(tmp_path, quota, least, most):
    file = tmp_path / "cpu.max"
    file.write_text(quota)
    assert least <= usable_cores(file) <= most


def test_the_guide_has_every_option_and_no_other():
    rows = re.findall(r"^\| `--([a-z-]+)` \|", GUIDE.read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(option.name.replace("_", "-") for option in fields(Options))

"""A small run of random files and requests; QUOTEWRIGHT_FUZZ=100 makes it a hundred times as long."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests
import mutation
from campaign import run_files, spoilt_file
from files import put, targets
from requests_to_fuzz import Requests, call, run_requests
from watchdog import HangsError, resident_bytes, time_limit

FACTOR = int(os.environ.get("QUOTEWRIGHT_FUZZ", "1"))
SEED = 2026
SECONDS = 10.0
MAY_GROW = 96 * 2**20


@pytest.fixture(scope="module")
def every_reader(tmp_path_factory):
    return targets(tmp_path_factory.mktemp("readers"))


@pytest.fixture(scope="module")
def requests(tmp_path_factory):
    made = Requests(tmp_path_factory.mktemp("requests"))
    yield made
    made.database.close()


def test_good_files_are_read(every_reader, tmp_path):
    """Without this the readers could refuse everything for another reason."""
    for target in every_reader:
        for seed in target.seeds:
            put(tmp_path / "input", seed)
            target.read(tmp_path / "input")


@pytest.mark.timeout(300 * FACTOR)
def test_spoilt_files_are_findings_and_nothing_else(every_reader, tmp_path):
    run_files(every_reader, 3, SEED + 1, tmp_path, SECONDS)
    before = resident_bytes()
    outcome = run_files(every_reader, 25 * FACTOR, SEED, tmp_path, SECONDS)
    assert not outcome.failures
    assert set(outcome.counts.values()) == {25 * FACTOR}
    assert resident_bytes() - before < MAY_GROW


@pytest.mark.timeout(300 * FACTOR)
def test_spoilt_requests_get_a_reply_or_a_status(requests):
    run_requests(requests, 300, SEED + 1, SECONDS)
    before = resident_bytes()
    outcome = run_requests(requests, 40 * len(requests.methods) * FACTOR, SEED, SECONDS)
    assert not outcome.failures
    assert resident_bytes() - before < MAY_GROW
    often = [name for name, count in outcome.answered.items() if count]
    assert len(often) > len(requests.methods) / 2  # input so spoilt that all is refused would try nothing


def test_seeds_are_answered(requests):
    priced = ("PriceQuote", "PriceQuotes", "SolveDiscount", "CheckCredit", "ProposeRenewal", "PutContract")
    others = ("Configure", "Complete", "Validate", "ListProducts", "GetRulebook", "ValidateRulebook")
    for method in requests.methods:
        if method.name.rpartition("/")[2] in (*priced, *others):
            assert any(call(method, seed.SerializeToString()) for seed in method.seeds), method.name


def test_the_same_number_is_the_same_input(every_reader, requests):
    target, method = every_reader[0], requests.methods[0]
    assert spoilt_file(target, 7, 1) == spoilt_file(target, 7, 1)
    assert requests.spoilt(method, 7, 1) == requests.spoilt(method, 7, 1)
    inputs = {requests.spoilt(method, number, 1) for number in range(100)}
    assert len(inputs) > 60


def never_ends():
    while True:
        mutation.EDGES.count("x")


def test_the_watchdog_barks():
    with pytest.raises(HangsError), time_limit(0.05):
        never_ends()

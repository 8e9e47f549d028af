"""A DMN file damaged at random is read or refused with findings, and what is left evaluates: nothing is raised."""

from __future__ import annotations

import random
import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dmn import load_model

CASES = Path(__file__).parents[2] / "cases/dmn"
ORIGINAL = (CASES / "boxed.dmn").read_text(encoding="utf-8")
TAGS = [match.span() for match in re.finditer(r"<[^!?][^>]*>", ORIGINAL)]
TEXTS = [match.span(1) for match in re.finditer(r"<text>([^<]*)</text>", ORIGINAL)]
NAMES = [match.span(1) for match in re.finditer(r'"([^"]*)"', ORIGINAL)]
SPANS = {"cut": TAGS, "text": TEXTS, "name": NAMES}
INPUTS = {"Customer": {"segment": "SMB"}, "Numbers": [1, 2], "Segments": None, "Tree": {"size": "x"}}


def damaged(kind: str, seed: int) -> str:
    """One span of the file emptied, or filled with another of its kind."""
    chosen = random.Random(seed)
    start, end = chosen.choice(SPANS[kind])
    other = chosen.choice(SPANS[kind])
    return ORIGINAL[:start] + chosen.choice(["", ORIGINAL[slice(*other)]]) + ORIGINAL[end:]


def check(path: Path) -> None:
    model, findings = load_model(path)
    assert model is not None or findings.errors
    if model is None:
        return
    for decision in model.decisions:
        model.evaluate(decision, INPUTS)
    for service in model.services:
        model.evaluate_service(service, INPUTS)
    for function in model.functions:
        model.evaluate_function(function, {"n": 1})


@given(kind=st.sampled_from(list(SPANS)), seed=st.integers(0, 10**9))
@settings(max_examples=120, deadline=None)
def test_a_damaged_element(tmp_path_factory, kind, seed):
    path = tmp_path_factory.mktemp("damaged") / "m.dmn"
    path.write_text(damaged(kind, seed), encoding="utf-8")
    check(path)


@given(start=st.integers(0, len(ORIGINAL)), length=st.integers(0, 40), filler=st.binary(max_size=8))
@settings(max_examples=60, deadline=None)
def test_damaged_bytes(tmp_path_factory, start, length, filler):
    data = ORIGINAL.encode()
    path = tmp_path_factory.mktemp("damaged") / "m.dmn"
    path.write_bytes(data[:start] + filler + data[start + length :])
    check(path)

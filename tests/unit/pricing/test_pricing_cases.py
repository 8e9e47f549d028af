"""Cases of pricing that a pricing manager could write, in tests/cases/pricing, each run through the whole engine."""

from __future__ import annotations

import re
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalog.importers.read import read_catalog
from engine.compile import load_snapshot
from engine.decision import decide
from engine.pricing.profiles import PROFILES
from engine.pricing.result import Offer, PricedLine, PricedQuote
from engine.quote import QuoteRejectedError
from engine.wire.quote_file import read_quote_file
from engine.wire.read_quote import read_quote

ROOT = Path(__file__).parents[3]
CASES = ROOT / "tests" / "cases" / "pricing"
GUIDE = ROOT / "docs" / "pricing.md"
EXAMPLES = tempfile.TemporaryDirectory()


def examples_of_the_guide() -> list[Path]:
    """The examples of the guide that have cases, each as a file of cases."""
    blocks = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    files = []
    for number, text in enumerate(block for block in blocks if "\ncases:\n" in block):
        files.append(Path(EXAMPLES.name) / f"guide-{number}.yaml")
        files[-1].write_text(text, encoding="utf-8")
    return files


FILES = [*sorted(CASES.glob("*.yaml")), *examples_of_the_guide()]


def load(path: Path) -> dict[str, Any]:
    # Every scalar stays text, so that no figure passes through a float.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def all_cases() -> list[Any]:
    return [
        pytest.param(path, number, id=f"{path.stem}: {case['name']}")
        for path in FILES
        for number, case in enumerate(load(path)["cases"])
    ]


@pytest.fixture(scope="module")
def snapshots(parts_of, tmp_path_factory):
    made: dict[Path, Any] = {}

    def snapshot(path: Path) -> Any:
        if path not in made:
            catalog, rules = parts_of(path, tmp_path_factory.mktemp(path.stem))
            made[path] = load_snapshot(rules, read_catalog(catalog).usable())
        return made[path]

    return snapshot


def quote_text(path: Path, number: int) -> str:
    """The quote of a case as it is written, for the reader of quotes."""
    top = dict_of(yaml.compose(path.read_text(encoding="utf-8")))
    return yaml.serialize(dict_of(top["cases"].value[number])["quote"], allow_unicode=True)


def dict_of(node: yaml.Node) -> dict[str, yaml.Node]:
    return {key.value: value for key, value in node.value}


@pytest.mark.parametrize(("path", "number"), all_cases())
def test_case(path, number, snapshots):
    case = load(path)["cases"][number]
    quote = read_quote(read_quote_file(quote_text(path, number), "case").message)
    if "refused" in case:
        with pytest.raises(QuoteRejectedError) as refusal:
            decide(snapshots(path), quote)
        found = [f"{violation.reason} {violation.field}" for violation in refusal.value.violations]
        assert found == [text.split(":")[0] for text in case["refused"]]
        for violation, expected in zip(refusal.value.violations, case["refused"], strict=True):
            assert expected.partition(": ")[2] in violation.message
        return
    priced = decide(snapshots(path), quote).pricing
    for name, figure in case["expect"].items():
        if name == "lines":
            for line, expected in zip(priced.lines, figure, strict=True):
                check_line(line, expected)
        elif name == "roundings":
            assert len(priced.roundings) == int(figure)
        elif name == "notices":
            assert [f"{notice.reason} {notice.field}" for notice in priced.notices] == [
                text.split(":")[0] for text in figure
            ]
            for notice, text in zip(priced.notices, figure, strict=True):
                assert text.partition(": ")[2] in notice.message
        else:
            assert getattr(priced.totals, name) == Decimal(figure), name
    check_sums(priced)


def check_line(line: PricedLine, expected: dict[str, Any]) -> None:
    for name, figure in expected.items():
        if name == "waterfall":
            assert [step.after for step in line.waterfall] == [Decimal(price) for price in figure], shown(line)
        elif name == "reasons":
            assert [step.reason for step in line.waterfall] == figure
        elif name in ("prices_lost", "rules_lost"):
            kind = name.removesuffix("s_lost")
            assert [f"{other.id}: {other.reason}" for other in line.alternatives if other.kind == kind] == figure
        elif name == "offers":
            assert [offer_text(offer) for offer in line.offers] == figure
        elif name == "steps":
            assert [step.origin.step for step in line.waterfall] == figure
        elif name == "prices_hidden":
            assert str(line.prices_hidden).lower() == figure
        elif name == "prior_prices":
            prior = line.prior_prices
            assert prior is not None
            assert [str(prior.since), prior.lowest, prior.highest] == [figure[0], *map(Decimal, figure[1:])]
        elif name == "rules":
            assert [
                step.origin.id for step in line.waterfall if step.origin.stacking_group or step.origin.line
            ] == figure
        elif name == "tier":
            assert [step.tier for step in line.waterfall if step.origin.step == "tiers"] == [int(figure)]
        elif name == "periods":
            assert line.term is not None
            assert line.term.explanation == figure
        elif isinstance(getattr(line, name), Decimal):
            assert getattr(line, name) == Decimal(figure), f"{name}: {shown(line)}"
        else:
            assert getattr(line, name) == figure


def offer_text(offer: Offer) -> str:
    change = f"{offer.term_months} months" if offer.quantity is None else f"{offer.quantity} units"
    return f"{change}: {offer.saving} saved, {offer.net_unit_price} a unit"


def check_sums(priced: PricedQuote) -> None:
    assert sum(line.net_total for line in priced.lines) == priced.totals.net_total
    assert sum(line.list_total for line in priced.lines) == priced.totals.list_total


def shown(line: PricedLine) -> str:
    return "; ".join(f"{step.origin.step} {step.before} -> {step.after} ({step.reason})" for step in line.waterfall)


def test_there_are_cases():
    assert len(list(CASES.glob("*.yaml"))) >= 10
    assert len(examples_of_the_guide()) >= 8


def test_the_guide_tells_the_profiles_as_they_are():
    rows = re.findall(r"^\| `(\w+)`: [^|]*\|(.*)\|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    told = {choice: [cell.strip().strip("`") for cell in cells.split("|")] for choice, cells in rows}
    for choice in ("bounds", "zero_quantity", "price_choice", "rounding"):
        held = [getattr(profile, choice) for profile in PROFILES.values()]
        assert told[choice] == ["price_list" if value is None else value.value for value in held]

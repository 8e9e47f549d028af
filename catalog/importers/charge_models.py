"""Records of prices become charge models, each with its own parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from catalog.importers.layout import BLOCK_TIERS, MODEL_FIELDS, TIERS
from catalog.importers.records import Fields, Names, Scalar, shown, shown_number
from catalog.price import (
    AttributePrice,
    Block,
    BlockStep,
    ChargeModel,
    CostPlus,
    Coverage,
    Graduated,
    Package,
    PackageRounding,
    Percentage,
    PercentBase,
    PercentOfTotal,
    PerUnit,
    PriceList,
    Tier,
    TierBasis,
    TierScope,
    Volume,
)
from engine.diagnostics import Code, did_you_mean
from engine.money import HUNDRED, ZERO, plain

_PARAMETERS = frozenset().union(*MODEL_FIELDS.values())


@dataclass(frozen=True, slots=True)
class ModelFields:
    """A price's fields with what its charge model is checked against.

    Attributes:
        fields: of the price.
        price_list: its list, whose precision prices keep; None where unknown.
        quantity_step: smallest step of the product's quantities.
        skus: known SKUs.
        categories: known category paths.
    """

    fields: Fields
    price_list: PriceList | None
    quantity_step: Decimal
    skus: Names
    categories: Names


def read_model(given: ModelFields) -> ChargeModel:
    """The charge model that the price names, per unit where it names none."""
    fields = given.fields
    name = fields.text("model", "per_unit")
    if name not in MODEL_FIELDS:
        fields.report(
            "model",
            f"model: expected one of {', '.join(MODEL_FIELDS)}; found {shown(name)}",
            hint=did_you_mean(name, MODEL_FIELDS),
        )
        return PerUnit(ZERO)
    own = MODEL_FIELDS[name]
    for field in fields.record.fields:
        if field in _PARAMETERS and field not in own:
            fields.report(field, f"{field} is not used by charge model {name}", code=Code.UNKNOWN_FIELD)
    return _MODELS[name](given)


def _per_unit(given: ModelFields) -> ChargeModel:
    return PerUnit(_required_price(given.fields, given.price_list, "unit_price"))


def _volume(given: ModelFields) -> ChargeModel:
    return Volume(_tiers(given), *_tier_measure(given.fields))


def _graduated(given: ModelFields) -> ChargeModel:
    return Graduated(_tiers(given), *_tier_measure(given.fields))


def _package(given: ModelFields) -> ChargeModel:
    fields = given.fields
    return Package(
        package_price=_required_price(fields, given.price_list, "package_price"),
        size=fields.required_decimal("package_size", above=ZERO),
        rounding=fields.choice("package_rounding", PackageRounding, PackageRounding.UP),
        minimum_packages=fields.integer("minimum_packages", low=0) or 0,
    )


def _block(given: ModelFields) -> ChargeModel:
    fields = given.fields
    steps = tuple(
        BlockStep(
            bound,
            _required_price(tier, given.price_list, "price"),
            list_price(tier, given.price_list, "unit_price") or ZERO,
        )
        for bound, tier in _bounds(given, BLOCK_TIERS)
    )
    overage = list_price(fields, given.price_list, "overage_price")
    if overage is not None and steps and steps[-1].up_to is None:
        fields.report("overage_price", "nothing is above the last block, which has no up_to")
    return Block(steps, overage, fields.choice("tier_scope", TierScope, TierScope.LINE))


def _percent(given: ModelFields) -> ChargeModel:
    fields = given.fields
    categories, skus = fields.texts("covered_categories"), fields.texts("covered_skus")
    tags = fields.texts("covered_tags")
    for category in categories:
        given.categories.check(category, fields.findings)
    for sku in skus:
        given.skus.check(sku, fields.findings)
    if not (categories or skus or tags):
        fields.findings.add(
            Code.MISSING_FIELD,
            "give what the percentage covers: covered_categories, covered_tags or covered_skus",
            fields.record.span,
        )
    low, high = _limits(given)
    return PercentOfTotal(
        percent=fields.required_decimal("percent"),
        coverage=Coverage(_unique(categories), _unique(tags), _unique(skus)),
        base=fields.choice("percent_of", PercentBase, PercentBase.NET),
        minimum=low,
        maximum=high,
    )


def _percentage(given: ModelFields) -> ChargeModel:
    fields = given.fields
    low, high = _limits(given)
    return Percentage(
        percent=fields.required_decimal("percent"),
        transaction_fee=list_price(fields, given.price_list, "transaction_fee") or ZERO,
        free_transactions=fields.integer("free_transactions", low=0),
        free_amount=list_price(fields, given.price_list, "free_amount"),
        minimum=low,
        maximum=high,
    )


def _limits(given: ModelFields) -> tuple[Decimal | None, Decimal | None]:
    """The least and the greatest amount of a percentage."""
    fields = given.fields
    low, high = list_price(fields, given.price_list, "minimum"), list_price(fields, given.price_list, "maximum")
    if low is not None and high is not None and low > high:
        fields.report("minimum", f"minimum {plain(low)} is above maximum {plain(high)}")
    return low, high


def _cost_plus(given: ModelFields) -> ChargeModel:
    fields = given.fields
    if ("markup" in fields) == ("margin" in fields):
        found = "both are given" if "markup" in fields else "neither is given"
        fields.findings.add(Code.MISSING_FIELD, f"cost_plus takes either markup or margin, {found}", fields.record.span)
    margin = fields.decimal("margin")
    if margin is not None and margin >= HUNDRED:
        fields.report("margin", f"a margin is below 100 percent, found {shown_number(margin)}")
        margin = ZERO
    return CostPlus(fields.decimal("markup"), margin)


def _attribute(given: ModelFields) -> ChargeModel:
    fields = given.fields
    return AttributePrice(fields.required_text("decision_table"), list_price(fields, given.price_list, "base_price"))


def _tiers(given: ModelFields) -> tuple[Tier, ...]:
    fields = given.fields
    tiers = []
    for bound, tier in _bounds(given, TIERS):
        if "unit_price" not in tier and "flat_fee" not in tier:
            fields.findings.add(Code.MISSING_FIELD, "a tier has a unit_price or a flat_fee", tier.record.span)
        unit_price = list_price(tier, given.price_list, "unit_price")
        flat_fee = list_price(tier, given.price_list, "flat_fee")
        size = tier.decimal("package_size", above=ZERO)
        tiers.append(Tier(bound, ZERO if unit_price is None else unit_price, flat_fee or ZERO, size))
    return tuple(tiers)


def _bounds(given: ModelFields, known: frozenset[str]) -> list[tuple[Decimal | None, Fields]]:
    """The tiers with their upper bounds, which rise without gap; only the last may be open."""
    fields = given.fields
    tiers = [Fields(record, known, fields.findings) for record in fields.records("tiers")]
    if not tiers:
        fields.findings.add(Code.MISSING_FIELD, "tiers are missing", fields.record.span)
    result: list[tuple[Decimal | None, Fields]] = []
    reached = ZERO
    for number, tier in enumerate(tiers, start=1):
        bound = tier.decimal("up_to", at_least=None)
        if bound is None and "up_to" not in tier and number < len(tiers):
            fields.findings.add(Code.MISSING_FIELD, "up_to is missing: only the last tier is open", tier.record.span)
        _check_from(tier, reached, given.quantity_step)
        if bound is not None:
            if bound < 0:
                tier.report("up_to", f"up_to must not be negative, found {shown_number(bound)}")
            elif bound <= reached:
                tier.report(
                    "up_to",
                    f"tier bounds must rise: {shown_number(bound)} comes after {shown_number(reached)}",
                )
            reached = max(reached, bound)
        result.append((bound, tier))
    return result


def _required_price(fields: Fields, price_list: PriceList | None, name: str) -> Decimal:
    if name not in fields:
        fields.findings.add(Code.MISSING_FIELD, f"{name} is missing", fields.record.span)
    return list_price(fields, price_list, name) or ZERO


def list_price(fields: Fields, price_list: PriceList | None, name: str) -> Decimal | None:
    """A price, of no more decimals than the list's unit prices have."""
    price = fields.decimal(name)
    if price is None or price_list is None:
        return price
    exponent = price.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > price_list.precision:
        fields.report(
            name,
            f"{name} {shown_number(price)} has {-exponent} decimals,"
            f" price list {price_list.id} has {price_list.precision} (its precision)",
        )
    return price


def _check_from(tier: Fields, reached: Decimal, step: Decimal) -> None:
    """`from` is for readers; it must fit the bound before, written as that bound or as the next quantity."""
    start = tier.decimal("from")
    if start is None or start in {reached, reached + step}:
        return
    what = "overlaps the tier before" if start < reached else "leaves a gap to the tier before"
    tier.report("from", f"the tier from {shown_number(start)} {what}, which ends at {shown_number(reached)}")


def _tier_measure(fields: Fields) -> tuple[TierBasis, TierScope]:
    return (
        fields.choice("tier_basis", TierBasis, TierBasis.QUANTITY),
        fields.choice("tier_scope", TierScope, TierScope.LINE),
    )


def _unique(scalars: list[Scalar]) -> tuple[str, ...]:
    return tuple(sorted({scalar.text for scalar in scalars}))


_MODELS: dict[str, Callable[[ModelFields], ChargeModel]] = {
    "per_unit": _per_unit,
    "volume": _volume,
    "graduated": _graduated,
    "package": _package,
    "block": _block,
    "percent_of_total": _percent,
    "percentage": _percentage,
    "cost_plus": _cost_plus,
    "attribute": _attribute,
}

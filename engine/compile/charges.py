"""Charge models of price entries: the catalogue's parameters, checked, become what pricing runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from catalog.price import (
    MODEL_NAMES,
    Block,
    CostPlus,
    Graduated,
    Package,
    Percentage,
    PercentOfTotal,
    PerUnit,
    PriceEntry,
    PriceList,
    Tier,
    TierBasis,
    TierBounds,
    TierScope,
    Volume,
)
from engine.diagnostics import Code, Findings
from engine.money import HUNDRED, ONE, ZERO
from engine.pricing import charges
from engine.pricing.problem import Problem
from engine.pricing.profiles import Profile
from engine.pricing.terms import proration_problems

Tiered = Volume | Graduated | Block


class CompiledCharge(NamedTuple):
    """What of an entry depends on the quantity.

    Attributes:
        model: None where the entry has a plain unit price, or is priced from cost, other lines or a table.
        scope: over which lines the quantity or amount for tiers is summed.
        by_amount: whether tiers are reached by amount.
        last_bound: quantity or amount after which there is no price; None for none.
        bounds: which tier holds a bound.
    """

    model: charges.ChargeModel | None
    scope: TierScope
    by_amount: bool
    last_bound: Decimal | None
    bounds: TierBounds


@dataclass(frozen=True, slots=True)
class ChargeCompiler:
    """Builds the charge of one entry; problems become findings at the entry.

    Attributes:
        price_list: of the entry.
        entry: the price.
        profile: settles what the trade disagrees on.
        whole_units: whether what the entry prices is sold in whole units.
        findings: receives what is wrong.
    """

    price_list: PriceList
    entry: PriceEntry
    profile: Profile
    whole_units: bool
    findings: Findings

    @property
    def bounds(self) -> TierBounds:
        """Which tier holds a bound: as the profile says, or else the price list."""
        return self.profile.bounds or self.price_list.bounds

    def compiled(self) -> CompiledCharge:
        """The charge, without a model where it has problems."""
        model = self.entry.model
        by_amount = isinstance(model, Volume | Graduated) and model.basis is TierBasis.AMOUNT
        scope = model.scope if isinstance(model, Tiered) else TierScope.LINE
        last = _last_bound(model) if isinstance(model, Tiered) else None
        built: charges.ChargeModel | None = None
        before = len(self.findings.errors)
        self._check_own_figures()
        if isinstance(model, Tiered):
            built = self._tiered(model, by_amount)
        elif isinstance(model, Package):
            least = Decimal(model.minimum_packages)
            self._tell(charges.package_problems(model.size, model.package_price, minimum_packages=least))
            built = charges.Package(model.size, model.package_price, rounding=model.rounding, minimum_packages=least)
        elif isinstance(model, Percentage):
            built = _percentage(model)
        elif isinstance(model, PerUnit) and self._is_usage:
            built = charges.PerUnit(model.unit_price)
        elif self._is_usage:
            message = f"cannot be given with the charge model {MODEL_NAMES[type(model)]}"
            self._tell([Problem(name, message) for name in self._usage_fields])
        if built is not None and self._is_usage:
            built = self._usage(built, scope)
        if len(self.findings.errors) > before:
            built = None
        return CompiledCharge(built, scope, by_amount, last, self.bounds)

    @property
    def _is_usage(self) -> bool:
        return bool(self._usage_fields)

    @property
    def _usage_fields(self) -> list[str]:
        """What is given of free units, commitment and limits, by name."""
        entry = self.entry
        names = ("free_units", "minimum_charge", "maximum_charge", "committed_quantity", "committed_amount")
        return [name for name in names if getattr(entry, name) not in (None, ZERO)]

    def _check_own_figures(self) -> None:
        """What is wrong with a unit price, a percentage, a markup or a margin, or with the way a term is counted."""
        entry, model = self.entry, self.entry.model
        method = entry.proration or self.price_list.proration
        if entry.billing_period is not None and method is not None:
            self._tell(proration_problems(method, entry.billing_period))
        if isinstance(model, PerUnit):
            self._tell(charges.unit_price_problems(model.unit_price))
        elif isinstance(model, PercentOfTotal | Percentage):
            rate = model.percent / HUNDRED
            self._tell(charges.percent_of_total_problems(rate, model.minimum or ZERO, model.maximum))
        elif isinstance(model, CostPlus):
            self._tell(charges.cost_plus_problems(fraction(model.markup), fraction(model.margin)))

    def _tiered(self, model: Tiered, by_amount: bool) -> charges.ChargeModel | None:
        tiers = _tiers(model)
        overage = model.overage_price if isinstance(model, Block) else None
        if _last_bound(model) is not None:
            # Nothing is charged above the last bound; the open tier only completes the model.
            tiers = [*tiers, tiers[-1]._replace(up_to=None)]
        if isinstance(model, Block):
            problems = charges.block_problems(tiers, overage)
            if model.scope is not TierScope.LINE and _falls(tiers):
                problems.append(Problem("tiers", "blocks over several lines cannot become cheaper as they grow"))
        else:
            problems = charges.tier_problems(tiers, step=self._step)
        if by_amount and any(tier.package_size is not None for tier in tiers):
            problems.append(Problem("tiers", "tiers by amount charge by the unit; found a package_size"))
        if by_amount and tiers and not tiers[0].unit_price:
            problems.append(Problem("tiers[0].unit_price", "tiers by amount need a first unit price above 0"))
        if self._tell(problems):
            return None
        zero = self.profile.zero_quantity
        if isinstance(model, Block):
            return charges.Block.compile(tiers, overage, self.bounds, zero)
        if isinstance(model, Volume):
            return charges.Volume.compile(tiers, self.bounds, zero)
        if not by_amount:
            return charges.Graduated.compile(tiers, self.bounds, zero, self._step)
        return charges.GraduatedByAmount.compile(tiers, self.bounds, zero)

    @property
    def _step(self) -> Decimal | None:
        """With lower-inclusive bounds the unit numbered by a bound is the first of the next tier."""
        model = self.entry.model
        by_amount = isinstance(model, Graduated) and model.basis is TierBasis.AMOUNT
        lower = self.bounds is TierBounds.LOWER_INCLUSIVE
        return ONE if lower and self.whole_units and isinstance(model, Graduated) and not by_amount else None

    def _usage(self, model: charges.ChargeModel, scope: TierScope) -> charges.ChargeModel:
        entry = self.entry
        units, amount = entry.committed_quantity or ZERO, entry.committed_amount
        usage = charges.Usage(
            model,
            entry.free_units,
            commitment=None if amount is None else charges.Commitment(units, amount),
            minimum_charge=entry.minimum_charge or ZERO,
            maximum_charge=entry.maximum_charge,
            minimum_quantity=units if amount is None else ZERO,
        )
        problems = charges.usage_problems(usage)
        tiered = self.entry.model
        if amount is not None and not units:
            problems.append(Problem("committed_amount", "it is what the committed units cost; give committed_quantity"))
        if isinstance(tiered, Percentage) and (entry.free_units or units):
            message = "what is free of a percentage is its free_transactions and its free_amount"
            problems.append(Problem("free_units" if entry.free_units else "committed_quantity", message))
        if scope is not TierScope.LINE:
            message = f"free units, minimum charge and commitment are each line's own; found tier_scope {scope.value}"
            problems.append(Problem("tier_scope", message))
        if isinstance(tiered, Volume | Graduated) and tiered.basis is TierBasis.AMOUNT:
            message = "free units, minimum charge and commitment count units; found tier_basis amount"
            problems.append(Problem("tier_basis", message))
        self._tell(problems)
        return usage

    def _tell(self, problems: Sequence[Problem]) -> bool:
        """Report problems; gives whether there were any."""
        named = f"price of {self.entry.sku or self.entry.category} in {self.price_list.id}"
        for problem in problems:
            self.findings.add(Code.WRONG_VALUE, f"{named}: {problem.field}: {problem.message}", self.entry.span)
        return bool(problems)


def fraction(percent: Decimal | None) -> Decimal | None:
    """Percent points as a fraction."""
    return None if percent is None else percent / HUNDRED


def _tiers(model: Tiered) -> list[charges.Tier]:
    if isinstance(model, Block):
        return [charges.Tier(step.up_to, step.unit_price, step.price) for step in model.steps]
    return [_tier(tier) for tier in model.tiers]


def _tier(tier: Tier) -> charges.Tier:
    return charges.Tier(tier.up_to, tier.unit_price, tier.flat_fee, tier.package_size)


def _last_bound(model: Tiered) -> Decimal | None:
    """The bound of the last tier, where nothing says what is charged above it."""
    if isinstance(model, Block):
        return model.steps[-1].up_to if model.steps and model.overage_price is None else None
    return model.tiers[-1].up_to if model.tiers else None


def _falls(blocks: Sequence[charges.Tier]) -> bool:
    """Whether a block starts with less than the one before it ends with."""
    start = ZERO
    for block, following in pairwise(blocks):
        end = start if block.up_to is None else block.up_to
        if following.flat_fee < block.flat_fee + (end - start) * block.unit_price:
            return True
        start = end
    return False


def _percentage(model: Percentage) -> charges.Percentage:
    return charges.Percentage(
        model.percent / HUNDRED,
        model.transaction_fee,
        model.free_transactions,
        model.free_amount,
        model.minimum or ZERO,
        model.maximum,
    )

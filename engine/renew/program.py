"""The compiled form of renewal rules: built when files are loaded, never changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.renew.contract import RenewalMethod, Uplift

PARAMETERS = ("customer", "contract", "line", "product")
"""What rules read, in the order in which compiled ones take it."""

FactPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompiledRenewalRule:
    """A renewal rule ready to act.

    Attributes:
        id: unique.
        file: where it stands.
        line: 1-based.
        condition: over PARAMETERS; None where it always holds.
        exclude: whether the line is left out.
        method: for lines on which nothing was agreed; None to leave it.
        uplift: for lines on which nothing was agreed; None to leave it.
        percent_off: taken off the new price, whatever was agreed; None for nothing.
        flag: what it says of the contract; "" for nothing.
        reason: text, or a function of PARAMETERS that gives it.
    """

    id: str
    file: str
    line: int
    condition: Callable[..., bool] | None
    exclude: bool
    method: RenewalMethod | None
    uplift: Uplift | None
    percent_off: Decimal | None
    flag: str
    reason: str | Callable[..., str]


@dataclass(frozen=True, slots=True)
class RenewalProgram:
    """Everything that a renewal needs.

    Attributes:
        method: where nothing else says.
        uplift: where nothing else says.
        term_months: of a renewal; None for as long as the line was.
        ramp_first: whether a ramp renews on its first segment instead of its last.
        co_term: whether all lines end together.
        auto_renew: whether contracts renew themselves.
        notice_days: before the end, by which notice is given.
        window_days: before the end, from which a renewal is proposed.
        quote_days: before the end, by which the customer has the quote.
        early_days: before the end, from which a renewal may begin early.
        indices: values in percent points by name and year.
        declared: facts of contracts that callers may state.
        deal_facts: facts that the proposed quote states, for example deal_type = "renewal".
        rules: in the order of the files.
    """

    method: RenewalMethod
    uplift: Uplift
    term_months: int | None
    ramp_first: bool
    co_term: bool
    auto_renew: bool
    notice_days: int
    window_days: int
    quote_days: int
    early_days: int
    indices: Mapping[str, Mapping[int, Decimal]]
    declared: Mapping[str, str | tuple[str, ...]]
    deal_facts: Mapping[str, Any]
    rules: tuple[CompiledRenewalRule, ...]

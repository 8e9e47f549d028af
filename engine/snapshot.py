"""The frozen result of loading: everything that a decision needs, named by its content, swapped in one step."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.model import Catalog
from engine.approve.route import Router
from engine.configure.configurator import Configurator
from engine.credit.program import CreditProgram
from engine.pricing.program import PricingProgram
from engine.renew.program import RenewalProgram


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """A rule as the rulebook's listing shows it.

    Attributes:
        id: unique in the rulebook.
        kind: kind of rule, for example "pricing".
        file: where it stands.
        line: 1-based.
        step: waterfall step.
        stacking_group: "" outside groups.
        priority: as written.
        description: for people.
        action: what it does, for example "percent_off".
        condition: its condition as written; "" where it always holds.
    """

    id: str
    kind: str
    file: str
    line: int
    step: str
    stacking_group: str
    priority: int
    description: str
    action: str
    condition: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of rulebook and catalogue, compiled; shared by all requests that started on it.

    Attributes:
        rulebook_version: content hash of the rule files.
        rulebook_name: as its settings say.
        catalog: as loaded.
        rules: every rule, for listings.
        pricing: the compiled pricing program.
        approval: routes quotes to approvers; None where the rulebook has no approval rules.
        credit: checks the credit of quotes; None where the rulebook has no credit rules.
        renewal: proposes renewals; None where the rulebook has no renewal rules.
        configuration: configurable products by SKU.
    """

    rulebook_version: str
    rulebook_name: str
    catalog: Catalog
    rules: tuple[RuleInfo, ...]
    pricing: PricingProgram
    approval: Router | None = None
    credit: CreditProgram | None = None
    renewal: RenewalProgram | None = None
    configuration: Mapping[str, Configurator] = field(default_factory=dict)

    @property
    def catalogue_version(self) -> str:
        """Content hash of the catalogue."""
        return self.catalog.version


class SnapshotHolder:
    """Holds the snapshot that new requests start on; those in flight finish on theirs."""

    __slots__ = ("current",)

    def __init__(self, snapshot: Snapshot) -> None:
        self.current = snapshot
        self.swap(snapshot)

    def swap(self, snapshot: Snapshot) -> None:
        """Serve `snapshot` from now on; its objects leave the garbage collector's sight, since they stay."""
        self.current = snapshot
        gc.collect()
        gc.freeze()

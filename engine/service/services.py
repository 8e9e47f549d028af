"""Every service that a server offers: those of the snapshot, and those that need the database too."""

from __future__ import annotations

import math

from engine.service.approval_desk import ApprovalDesk
from engine.service.approval_service import ApprovalService
from engine.service.aside import Aside
from engine.service.catalog_service import CatalogService
from engine.service.configuration_service import ConfigurationService
from engine.service.credit_service import CreditService
from engine.service.decision_service import DecisionService
from engine.service.method import Service
from engine.service.quote_notes import NO_NOTES, QuoteNotes
from engine.service.quote_service import QuoteService
from engine.service.renewal_service import RenewalService
from engine.service.rulebook_service import RulebookService
from engine.snapshot import SnapshotHolder
from engine.store.approvals import ApprovalStore
from engine.store.contracts import ContractStore
from engine.store.database import Database

SERVICES = (CatalogService, CreditService)


def services(
    holder: SnapshotHolder,
    database: Database | None = None,
    aside: Aside | None = None,
    notes: QuoteNotes = NO_NOTES,
    max_seconds: float = math.inf,
) -> list[Service]:
    """The services on the snapshots of a holder.

    Args:
        holder: rules and catalogue.
        database: of all that is kept; without one, the services that need none are offered.
        aside: what compiles in processes of its own; without it, no rulebooks are checked.
        notes: what is noted about each quote.
        max_seconds: that one call may work, where it could go on for long.
    """
    offered = [QuoteService(holder, notes).service()]
    offered += [maker(holder).service() for maker in SERVICES]
    offered.append(ConfigurationService(holder, max_seconds).service())
    offered.append(RulebookService(holder, aside, database).service())
    contracts = ContractStore(database) if database is not None else None
    offered.append(RenewalService(holder, contracts).service())
    if database is not None:
        if aside is not None:
            offered.append(DecisionService(aside, database).service())
        offered.append(ApprovalService(ApprovalDesk(holder, ApprovalStore(database))).service())
    return offered

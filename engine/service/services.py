"""Every service that needs the snapshot and nothing else, in the order in which a server offers them."""

from __future__ import annotations

from engine.service.catalog_service import CatalogService
from engine.service.configuration_service import ConfigurationService
from engine.service.credit_service import CreditService
from engine.service.method import Service
from engine.service.quote_service import QuoteService
from engine.service.renewal_service import RenewalService
from engine.service.rulebook_service import RulebookService
from engine.snapshot import SnapshotHolder

SERVICES = (QuoteService, CatalogService, RulebookService, ConfigurationService, CreditService, RenewalService)


def services(holder: SnapshotHolder) -> list[Service]:
    """The services on the snapshots of a holder."""
    return [maker(holder).service() for maker in SERVICES]

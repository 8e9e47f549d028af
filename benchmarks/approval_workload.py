"""The work of a full decision: ten lines, credit with a shared limit, three levels of approval among 100 rules."""

from __future__ import annotations

from pathlib import Path

from quotewright.v1 import quote_service_pb2

from catalog.sample import FOLDER

ROOT = Path(__file__).parents[1]
SKUS = ("SVC-INSTALL", "SVC-CONSULT", "CAB-FIB", "SVC-INSTALL", "CAB-FIB")


def write_rules(folder: Path, count: int) -> Path:
    """A rulebook with the sample's credit rules and `count` approval rules.

    Those are a ladder, and rules about segments, regions and sizes that fire for few quotes.
    """
    (folder / "approval").mkdir(parents=True)
    (folder / "credit").mkdir()
    (folder / "rulebook.yaml").write_text("name: bench\n", encoding="utf-8")
    (folder / "approval/rules.yaml").write_text(_approval(count), encoding="utf-8")
    for path in (ROOT / "rules/sample/credit").iterdir():
        (folder / "credit" / path.name).write_bytes(path.read_bytes())
    return folder


def full_request(variant: int) -> bytes:
    """A PriceQuoteRequest that asks for all parts; variants are of other quantities, discounts and open orders."""
    request = quote_service_pb2.PriceQuoteRequest()
    quote = request.quote
    quote.id, quote.currency, quote.price_date, quote.customer_id = f"B-{variant}", "EUR", "2026-03-16", "AURORA"
    for number in range(10):
        line = quote.lines.add(id=str(number), sku=SKUS[number % 5], quantity=str(1 + (number + variant) % 12))
        line.discount.percent = str(52 + variant % 7)
    request.credit.account = "AURORA"
    top = request.credit.accounts.add(id="AURORA", limit="5000")
    top.orders.add(amount=str(3000 + variant), ship_date="2026-04-01")
    below = request.credit.accounts.add(id="AURORA-FR", parent="AURORA", shares_limit=True)
    below.receivables.add(amount="900", due_date="2026-03-20")
    request.approval.requester = "robin"
    return request.SerializeToString()


def _approval(count: int) -> str:
    people = (FOLDER.parents[1] / "rules/sample/approval/people.yaml").read_text(encoding="utf-8")
    ladder = """
aggregates:
  - {id: worst, function: max, of: line.discount_percent}
chains:
  - id: discount
    order: 1
    steps:
      - {id: manager, roles: [sales_manager]}
      - {id: director, roles: [sales_director]}
      - {id: cfo, roles: [cfo]}
  - {id: desk, order: 2, steps: [{id: desk, roles: [deal_desk]}]}
rules:
  - {id: l1, when: quote.discount_percent > 10, then: {require: [discount.manager]}}
  - {id: l2, when: quote.discount_percent > 40, then: {require: [discount.director]}}
  - {id: l3, when: quote.discount_percent > 50, then: {require: [discount.cfo], derive: {deep: true}}}
  - {id: d1, when: derived.deep and credit.outcome = "refer", then: {require: [desk.desk]}}
"""
    segments, regions = ("SMB", "midmarket", "enterprise", "public"), ("EMEA", "AMER", "APAC")
    more = "".join(
        f'  - {{id: r{n}, when: \'customer.segment = "{segments[n % 4]}" and customer.region = "{regions[n % 3]}" '
        f"and quote.net_total > {100000 + 1000 * n}', then: {{require: [desk.desk]}}}}\n"
        for n in range(count - 4)
    )
    return people + ladder + more

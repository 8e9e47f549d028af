"""The work that benchmarks share: a rulebook and a catalogue of a given size, and quotes of a given number of lines."""

from __future__ import annotations

from pathlib import Path

from quotewright.v1 import quote_pb2, quote_service_pb2

CUSTOMER_FACTS = 15
LINE_FACTS = 5
ACTING_RULES = 3


def write_rules(folder: Path, count: int) -> Path:
    """A rulebook of `count` rules, of which three act on each line of the quotes below, after the list price."""
    (folder / "pricing").mkdir(parents=True)
    customer = "".join(f"    note_{number}: text\n" for number in range(CUSTOMER_FACTS - 1))
    line = "".join(f"    option_{number}: text\n" for number in range(LINE_FACTS))
    (folder / "rulebook.yaml").write_text(f"name: benchmark\nfacts:\n  customer:\n{customer}  line:\n{line}")
    rules = ["rules:\n"]
    for number in range(count):
        segment = "SMB" if number < ACTING_RULES else f"S{number % 97}"
        rules.append(
            f"  - id: rule-{number}\n"
            f'    when: customer.segment = "{segment}" and line.quantity >= {1 + number % 10}\n'
            f"    then: {{percent_off: {1 + number % 5}}}\n"
            f'    reason: "{1 + number % 5} % from {1 + number % 10} units on"\n'
        )
    (folder / "pricing" / "rules.yaml").write_text("".join(rules))
    return folder


def write_catalog(path: Path, count: int) -> Path:
    """A catalogue of `count` products with one price each."""
    products = [
        f"  - {{sku: SKU-{number:06}, name: Rack server {number}, category: hardware/servers, charge_type: one_time, "
        f"cost: 900.00, cost_currency: EUR}}\n"
        for number in range(count)
    ]
    prices = [f"      - {{sku: SKU-{number:06}, unit_price: {1000 + number % 900}.50}}\n" for number in range(count)]
    head = "price_lists:\n  - id: list-eur\n    name: List\n    currency: EUR\n    prices:\n"
    path.write_text("categories: [hardware/servers]\nproducts:\n" + "".join(products) + head + "".join(prices))
    return path


def request(lines: int, products: int, variant: int = 0) -> bytes:
    """A PriceQuoteRequest: 15 customer fields, 5 facts a line; about 1.2 KB at 10 lines.

    Variants are of other customers, with other products, quantities and options: a server that keeps what it has read
    before meets each customer's facts anew, but options, as in life, are chosen from a few.
    """
    quote = quote_pb2.Quote(id=f"Q-2026-{17 + variant:06}", currency="EUR", price_date="2026-03-16", channel="direct")
    quote.customer["segment"].text = "SMB"
    for number in range(CUSTOMER_FACTS - 1):
        quote.customer[f"note_{number}"].text = f"value {number * (variant + 1)}"
    for number in range(lines):
        chosen = number + variant * 31
        line = quote.lines.add(
            id=str(number + 1), sku=f"SKU-{chosen * 7919 % products:06}", quantity=str(10 + chosen % 9)
        )
        for option in range(LINE_FACTS):
            line.facts[f"option_{option}"].text = f"choice {(option + chosen * variant) % 12}"
    return quote_service_pb2.PriceQuoteRequest(quote=quote).SerializeToString()

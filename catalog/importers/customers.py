"""Records of attribute definitions, customers and exchange rates become what the model holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from catalog.customer import Customer
from catalog.importers.layout import ATTRIBUTES, CUSTOMERS, EXCHANGE_RATES
from catalog.importers.records import Fields, Names, Record, Scalar, shown, to_boolean, to_date
from catalog.price import ExchangeRate
from catalog.product import AttributeDefinition, AttributeOwner, AttributeType, AttributeValue, ancestors
from engine.diagnostics import Code, Findings, did_you_mean
from engine.money import ZERO, to_decimal

Definitions = Mapping[tuple[AttributeOwner, str], AttributeDefinition]


def read_attribute(record: Record, findings: Findings) -> AttributeDefinition:
    """An attribute definition; whether its category is known is checked when all products are read."""
    fields = Fields(record, ATTRIBUTES, findings)
    name = fields.required_text("name")
    kind = fields.choice("type", AttributeType, AttributeType.TEXT)
    owner = fields.choice("of", AttributeOwner, AttributeOwner.PRODUCT)
    category = fields.scalar("category")
    choices = fields.texts("choices")
    if "type" not in fields:
        findings.add(Code.MISSING_FIELD, "type is missing", record.span)
    if category is not None and owner is AttributeOwner.CUSTOMER:
        fields.report("category", "an attribute of customers has no category")
    if kind is AttributeType.CHOICE and not choices:
        findings.add(Code.MISSING_FIELD, "choices are missing: an attribute of type choice names them", record.span)
    if kind is not AttributeType.CHOICE and choices:
        fields.report("choices", f"only an attribute of type choice has choices, this is of type {kind.value}")
    for index, choice in enumerate(choices):
        if choice.text in {earlier.text for earlier in choices[:index]}:
            findings.add(Code.DUPLICATE, f"choice {shown(choice.text)} is given twice", choice.span)
    return AttributeDefinition(
        name=name,
        type=kind,
        owner=owner,
        category="" if category is None else category.text,
        choices=tuple(choice.text for choice in choices),
        unit=fields.text("unit"),
    )


def read_attribute_values(
    fields: Fields, owner: AttributeOwner, category: str, definitions: Definitions
) -> dict[str, AttributeValue]:
    """The values of `attributes`, typed as their definitions say."""
    values: dict[str, AttributeValue] = {}
    for name, scalar in sorted(fields.named("attributes").items()):
        definition = definitions.get((owner, name))
        if definition is None:
            known = [known for of, known in definitions if of is owner]
            fields.findings.add(
                Code.UNKNOWN_NAME,
                f"unknown attribute {shown(name)} of a {owner.value}",
                scalar.span,
                hint=did_you_mean(name, known),
            )
            continue
        if category and definition.category and definition.category not in ancestors(category):
            fields.findings.add(
                Code.WRONG_VALUE,
                f"attribute {name} belongs to category {definition.category}, the product to {category}",
                scalar.span,
            )
        value = _attribute_value(definition, scalar, fields.findings)
        if value is not None:
            values[name] = value
    return values


def _attribute_value(definition: AttributeDefinition, scalar: Scalar, findings: Findings) -> AttributeValue | None:
    text = scalar.text
    value: AttributeValue | None
    match definition.type:
        case AttributeType.TEXT:
            return text
        case AttributeType.CHOICE:
            if text not in definition.choices:
                findings.add(
                    Code.WRONG_VALUE,
                    f"{definition.name}: expected one of {', '.join(definition.choices)}; found {shown(text)}",
                    scalar.span,
                    hint=did_you_mean(text, definition.choices),
                )
            return text
        case AttributeType.NUMBER:
            try:
                return to_decimal(text)
            except ValueError as problem:
                findings.add(Code.WRONG_TYPE, f"{definition.name}: {problem}", scalar.span)
                return None
        case AttributeType.BOOLEAN:
            value, expected = to_boolean(text), "true or false"
        case AttributeType.DATE:
            value, expected = to_date(text), "a date such as 2026-03-01"
    if value is None:
        findings.add(Code.WRONG_TYPE, f"{definition.name}: expected {expected}, found {shown(text)}", scalar.span)
    return value


def read_customer(record: Record, currencies: Names, definitions: Definitions, findings: Findings) -> Customer:
    """A customer; whether its parent exists is checked when all are read."""
    fields = Fields(record, CUSTOMERS, findings)
    currency = fields.scalar("currency")
    if currency is not None:
        currencies.check(currency, findings)
    customer_id = fields.required_text("id")
    return Customer(
        id=customer_id,
        name=fields.text("name", customer_id),
        currency="" if currency is None else currency.text,
        group=fields.text("group"),
        segment=fields.text("segment"),
        channel=fields.text("channel"),
        country=fields.text("country"),
        region=fields.text("region"),
        parent=fields.text("parent"),
        attributes=read_attribute_values(fields, AttributeOwner.CUSTOMER, "", definitions),
    )


def read_exchange_rate(record: Record, currencies: Names, findings: Findings) -> ExchangeRate:
    """An exchange rate."""
    fields = Fields(record, EXCHANGE_RATES, findings)
    pair = []
    for name in ("from_currency", "to_currency"):
        scalar = fields.required(name)
        pair.append("" if scalar is None else scalar.text)
        if scalar is not None:
            currencies.check(scalar, findings)
    if pair[0] and pair[0] == pair[1]:
        fields.report("to_currency", f"a rate is between two currencies, both are {pair[0]}")
    if "valid_from" not in fields:
        findings.add(Code.MISSING_FIELD, "valid_from is missing", record.span)
    return ExchangeRate(
        from_currency=pair[0],
        to_currency=pair[1],
        valid_from=fields.day("valid_from") or date.min,
        rate=fields.required_decimal("rate", above=ZERO),
    )

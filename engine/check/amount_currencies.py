"""Check: amounts in rules, which without a currency would be taken in each of several."""

from __future__ import annotations

from engine.check.subject import Subject
from engine.diagnostics import Code, Findings, Severity, did_you_mean
from engine.money import currency_codes, to_decimal

AMOUNTS = ("amount_off", "set_price", "fee", "floor", "cap")


def amount_currencies(subject: Subject, findings: Findings) -> None:
    """A warning for plain amounts that act in several currencies, or in one that no price list has."""
    currencies = sorted({price_list.currency for price_list in subject.catalog.price_lists.values()})
    converted = subject.rulebook.settings.conversion is not None
    for rule in subject.pricing:
        loaded, then = rule.loaded, rule.loaded.rule.then
        if then.action not in AMOUNTS:
            continue
        if then.currency:
            if currencies and then.currency not in (currency_codes() if converted else currencies):
                message = f"rule {loaded.rule.id!r}: no quote is in {then.currency!r}, so that it never acts"
                place = loaded.span("then", "currency")
                hint = did_you_mean(then.currency, currencies) or f"price lists are in {', '.join(currencies)}"
                findings.add(Code.UNKNOWN_NAME, message, place, severity=Severity.WARNING, hint=hint)
        elif (
            len(currencies) > 1
            and ("quote", "currency") not in rule.split.tests
            and _is_amount(getattr(then, then.action))
        ):
            message = (
                f"rule {loaded.rule.id!r}: {getattr(then, then.action)} is taken in every currency, as many "
                f"{' as '.join(currencies[:3])}{' as ...' if len(currencies) > 3 else ''}"
            )
            hint = f"say which is meant, such as currency: {currencies[0]}"
            place = loaded.span("then", then.action)
            findings.add(Code.AMBIGUOUS, message, place, severity=Severity.WARNING, hint=hint)


def _is_amount(given: object) -> bool:
    """Whether a figure is a plain amount above zero; an expression may follow from amounts of the quote."""
    try:
        return not isinstance(given, str) and to_decimal(str(given)) > 0
    except ValueError:
        return False

"""Check: rules that can never apply to a product of the catalogue, found by trying every one of them."""

from __future__ import annotations

from engine.check.product_index import reads_only_product
from engine.check.subject import PricingCondition, Subject
from engine.diagnostics import Code, Findings, Severity
from engine.feel.tree import Node
from engine.source import Span
from engine.tables.conditions import conjuncts, split_condition


def product_reach(subject: Subject, findings: Findings) -> None:
    """A warning for every pricing rule whose condition on products no product passes, or only ones not for sale."""
    products = subject.products
    if not products.skus:
        return
    misspelt = {(item.span.file, item.span.line) for item in findings if item.code is Code.UNKNOWN_NAME}
    for rule in subject.pricing:
        if rule.condition is None or (rule.condition.span.file, rule.condition.span.line) in misspelt:
            continue  # a name that nothing has is reason enough
        mask, others = products.indexed(rule.split)
        if mask == products.everything and not others:
            continue
        if products.any_passes(mask & products.sold, others):
            continue
        if products.any_passes(mask, others):
            _tell_unsold(rule, subject, mask, findings)
        else:
            _tell_never(rule, subject, findings)
    if products.out_of_budget:
        message = "not every condition on products was tried on every product: there are too many of both"
        place = Span(subject.rulebook.settings_document.source.file)
        findings.add(Code.NOT_COMPLETE, message, place, severity=Severity.INFO)


def _tell_never(rule: PricingCondition, subject: Subject, findings: Findings) -> None:
    condition = rule.condition
    assert condition is not None
    parts = [part for part in conjuncts(condition.tree) if reads_only_product(part)]
    mask = subject.products.everything
    guilty: Node = condition.tree
    for part in parts:  # the first part that leaves nothing of what those before it left
        passing, others = subject.products.indexed(split_condition(part))
        mask &= passing
        guilty = part
        if not subject.products.any_passes(mask, others):
            break
    count = len(subject.products.skus)
    asked = condition.words(guilty) if len(parts) == 1 else " and ".join(condition.words(part) for part in parts)
    message = f"{condition.owner} can never apply: none of the {count:,} products of the catalogue passes {asked}"
    findings.add(Code.NEVER_APPLIES, message, condition.place(guilty), severity=Severity.WARNING)


def _tell_unsold(rule: PricingCondition, subject: Subject, mask: int, findings: Findings) -> None:
    condition = rule.condition
    assert condition is not None
    statuses = subject.catalog.products
    sample = subject.products.skus[(mask & -mask).bit_length() - 1]
    message = (
        f"{condition.owner} applies to nothing that is sold: what passes its condition is retired or a draft, "
        f"such as {sample} ({statuses[sample].status.value})"
    )
    place = condition.span
    findings.add(Code.NEVER_APPLIES, message, place, severity=Severity.WARNING, example=f'product.sku = "{sample}"')

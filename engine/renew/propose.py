"""A contract becomes the quote that renews it: a pure function of rules, contract and today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from engine.diagnostics import did_you_mean
from engine.money import HUNDRED, ZERO, currency, plain, round_to
from engine.quote import DiscountKind, Quote, QuoteLine, QuoteRejectedError, RequestedDiscount, Violation
from engine.renew.contract import Contract, ContractLine, RenewalMethod, RenewalRequest, Uplift
from engine.renew.program import CompiledRenewalRule, RenewalProgram
from engine.renew.result import ExcludedLine, RenewalProposal, RenewalReason, RenewedLine
from engine.renew.terms import ONE_DAY, end_after, months_between, notice, whole_months
from engine.renew.uplift import UnknownIndexError, explain, uplift_factor, uplift_rate

Facts = Mapping[str, Any]
FACT_KINDS: Mapping[str, type] = {"text": str, "number": Decimal, "boolean": bool, "date": date}
RECURRING = "recurring"
# Terms and notices are counted from the end of a contract, and all of their days must exist.
FIRST_YEAR, LAST_YEAR = 1900, 9000


@dataclass(slots=True)
class _Line:
    """A line on its way into the renewal."""

    line: ContractLine
    quantity: Decimal
    price: Decimal
    start: date
    end: date
    rules: list[CompiledRenewalRule]
    values: list[Any]


def propose(
    program: RenewalProgram, request: RenewalRequest, customer: Facts, products: Mapping[str, Facts]
) -> RenewalProposal:
    """The renewal of a contract.

    Args:
        program: compiled renewal rules.
        request: the contract and what is asked.
        customer: what rules read as customer.<name>.
        products: what rules read as product.<name>, by SKU; what is not in it is not sold any more.

    Raises:
        QuoteRejectedError: the request contradicts itself or the rulebook; carries every violation.
    """
    violations = request_violations(program, request)
    if violations:
        raise QuoteRejectedError(violations)
    return _Renewal(program, request, customer, products).proposal()


class _Renewal:
    """One renewal under way."""

    def __init__(
        self, program: RenewalProgram, request: RenewalRequest, customer: Facts, products: Mapping[str, Facts]
    ) -> None:
        self.program = program
        self.request = request
        self.contract = request.contract
        self.customer = customer
        self.products = products
        self.excluded: list[ExcludedLine] = []
        self.facts = _contract_facts(program, self.contract)
        self.flags: dict[str, RenewalReason] = {}

    def proposal(self) -> RenewalProposal:
        kept = [found for line in self.contract.lines if (found := self.eligible(line)) is not None]
        co_term = self.program.co_term if self.request.co_term is None else self.request.co_term
        if co_term and kept:
            end = self.request.end or max(line.end for line in kept)
            for line in list(kept):
                if line.start > end:
                    kept.remove(line)
                    told = f"runs until {line.line.end}, beyond the common end {end}"
                    self.excluded.append(ExcludedLine(line.line.id, line.line.sku, told))
                line.end = end
        renewed = [self.renewed(line) for line in kept]
        return RenewalProposal(
            contract_id=self.contract.id,
            quote=self.quote(renewed) if renewed or self.request.additions else None,
            lines=tuple(renewed),
            excluded=tuple(self.excluded),
            notice=notice(self.program, self.request),
            flags=tuple(self.flags.items()),
        )

    def eligible(self, line: ContractLine) -> _Line | None:
        """The line with what its rules say; None where it is excluded."""
        product = self.products.get(line.sku)
        quantity, price = line.quantity, line.unit_price
        if line.segments:
            segment = line.segments[0 if self.program.ramp_first else -1]
            quantity = segment.quantity
            price = segment.unit_price if segment.unit_price is not None else line.unit_price
        wanted = self.request.quantities.get(line.id, quantity)
        told = ""
        if product is None:
            told = f"{line.sku} is not sold any more"
        elif product["charge_type"] != RECURRING:
            told = f"{line.sku} is charged {str(product['charge_type']).replace('_', '-')}, it does not recur"
        elif line.renewable is False:
            told = "the customer does not renew it"
        elif not wanted:
            told = "the renewal asks for none of it"
        if told or product is None:
            self.excluded.append(ExcludedLine(line.id, line.sku, told))
            return None
        start = self.request.start or line.end + ONE_DAY
        months = self.request.term_months or self.program.term_months or whole_months(line.start, line.end)
        facts = {
            **line.facts,
            "id": line.id,
            "sku": line.sku,
            "quantity": quantity,
            "unit_price": price,
            "term_months": months_between(line.start, line.end),
        }
        values = [self.customer, self.facts, facts, product]
        rules = [rule for rule in self.program.rules if rule.condition is None or rule.condition(*values)]
        for rule in rules:
            if rule.flag:
                self.flags.setdefault(rule.flag, _reason(rule, values))
        excluding = next((rule for rule in rules if rule.exclude), None)
        if excluding is not None:
            self.excluded.append(ExcludedLine(line.id, line.sku, _reason(excluding, values).text, excluding.id))
            return None
        return _Line(line, quantity, price, start, end_after(start, months), rules, values)

    def renewed(self, found: _Line) -> RenewedLine:
        """The line with its new price."""
        method, uplift, decided_by = self.agreed(found)
        try:
            return self.priced(found, method, uplift, decided_by)
        except ArithmeticError:
            told = f"the renewed price of {plain(found.price)} has more digits than are computed with"
            raise QuoteRejectedError([Violation(f"contract.lines[{found.line.id!r}]", "OUT_OF_RANGE", told)]) from None

    def priced(self, found: _Line, method: RenewalMethod, uplift: Uplift, decided_by: str) -> RenewedLine:
        """The line with the price that its method gives."""
        line = found.line
        months = months_between(found.start, found.end)
        price: Decimal | None = found.price
        rate: Decimal | None = None
        explanation = f"the price of the contract, {plain(found.price)}"
        if method is RenewalMethod.LIST:
            price, explanation = None, "the price list of the day"
        elif method is RenewalMethod.UPLIFT:
            try:
                rate = uplift_rate(uplift, found.start.year, self.program.indices)
            except UnknownIndexError as error:
                raise QuoteRejectedError(
                    [Violation(f"contract.lines[{line.id!r}].uplift", "UNKNOWN_INDEX", str(error))]
                ) from None
            price = found.price * uplift_factor(uplift, rate, months)
            explanation = f"{plain(found.price)} and {explain(uplift, rate, months)}"
        off = [rule for rule in found.rules if rule.percent_off is not None]
        if price is not None:
            for rule in off:
                assert rule.percent_off is not None
                price -= price * rule.percent_off / HUNDRED
                explanation += f", less {plain(rule.percent_off)} %"
            price = round_to(price, currency(self.contract.currency).minor_digits)
            if price < ZERO:
                told = f"the renewed price would be {plain(price)}: {explanation}"
                raise QuoteRejectedError([Violation(f"contract.lines[{line.id!r}].uplift", "OUT_OF_RANGE", told)])
        return RenewedLine(
            contract_line=line.id,
            method=method,
            decided_by=decided_by,
            quantity_before=found.quantity,
            quantity=self.request.quantities.get(line.id, found.quantity),
            price_before=found.price,
            price=price,
            rate=rate,
            start=found.start,
            end=found.end,
            explanation=explanation,
            reasons=tuple(_reason(rule, found.values) for rule in found.rules),
            days_given_up=max(0, (line.end - found.start).days + 1),
        )

    def agreed(self, found: _Line) -> tuple[RenewalMethod, Uplift, str]:
        """Method and uplift: of the line, else of the contract, else of the first rule, else of the rulebook."""
        line, contract = found.line, self.contract
        method: RenewalMethod | None = None
        uplift: Uplift | None = None
        decided_by = ""
        sources: list[tuple[RenewalMethod | None, Uplift | None, str]] = [
            (line.method, line.uplift, "line"),
            (contract.method, contract.uplift, "contract"),
            *((rule.method, rule.uplift, rule.id) for rule in found.rules),
            (self.program.method, self.program.uplift, "rulebook"),
        ]
        for of_method, of_uplift, name in sources:
            if method is None and (of_method is not None or of_uplift is not None):
                # An uplift that is agreed without a method says the method.
                method, decided_by = of_method or RenewalMethod.UPLIFT, name
            if uplift is None:
                uplift = of_uplift
        assert method is not None
        assert uplift is not None
        return method, uplift, decided_by

    def quote(self, renewed: Sequence[RenewedLine]) -> Quote:
        """The quote that renews the contract."""
        request, contract = self.request, self.contract
        skus = {line.id: line.sku for line in contract.lines}
        stated = {line.id: line.facts for line in contract.lines}
        lines = [
            QuoteLine(
                id=line.contract_line,
                sku=skus[line.contract_line],
                quantity=line.quantity,
                start=line.start,
                end=line.end,
                facts=stated[line.contract_line],
                discount=None
                if line.price is None
                else RequestedDiscount(DiscountKind.PRICE, line.price, f"renewal: {line.explanation}"),
            )
            for line in renewed
        ]
        start = min((line.start for line in renewed), default=request.start or contract.end + ONE_DAY)
        end = max((line.end for line in renewed), default=None)
        for addition in request.additions:
            bounded = addition.end is not None or addition.term_months is not None or addition.segments
            recurring = self.products.get(addition.sku, {}).get("charge_type") == RECURRING
            if recurring and not bounded and end is not None:
                lines.append(replace(addition, start=addition.start or start, end=end))
            else:
                lines.append(addition)
        return Quote(
            currency=contract.currency,
            price_date=request.day,
            lines=tuple(lines),
            id=f"{contract.id}-R",
            customer_id=contract.customer_id,
            channel=contract.channel,
            facts=self.program.deal_facts,
        )


def _contract_facts(program: RenewalProgram, contract: Contract) -> dict[str, Any]:
    """What rules read as contract.<name>."""
    return {
        **dict.fromkeys(program.declared),
        **contract.facts,
        "id": contract.id,
        "currency": contract.currency,
        "start": contract.start,
        "end": contract.end,
        "term_months": months_between(contract.start, contract.end),
        "auto_renew": program.auto_renew if contract.auto_renew is None else contract.auto_renew,
        "line_count": Decimal(len(contract.lines)),
    }


def _reason(rule: CompiledRenewalRule, values: Sequence[Any]) -> RenewalReason:
    told = rule.reason if isinstance(rule.reason, str) else rule.reason(*values)
    return RenewalReason(rule.id, rule.file, rule.line, told)


def contract_violations(contract: Contract) -> list[Violation]:
    """Everything in a contract that no rulebook could renew."""
    found: list[Violation] = []
    if not contract.lines:
        found.append(Violation("contract.lines", "REQUIRED", "a contract has at least one line"))
    names: set[str] = set()
    for index, line in enumerate(contract.lines):
        at = f"contract.lines[{index}]"
        if line.id in names:
            found.append(Violation(f"{at}.id", "DUPLICATE", f"the line {line.id!r} is given twice"))
        names.add(line.id)
        if line.start > line.end:
            told = f"the line ends on {line.end}, before {line.start}"
            found.append(Violation(f"{at}.end_date", "OUT_OF_RANGE", told))
        if not FIRST_YEAR <= line.end.year <= LAST_YEAR:
            told = f"a line ends between the years {FIRST_YEAR} and {LAST_YEAR}, found {line.end}"
            found.append(Violation(f"{at}.end_date", "OUT_OF_RANGE", told))
        if line.quantity < ZERO or line.unit_price < ZERO:
            found.append(Violation(at, "OUT_OF_RANGE", "quantity and price of a line are not negative"))
    return found


def request_violations(program: RenewalProgram, request: RenewalRequest) -> list[Violation]:
    """Everything in a request that keeps it from being answered."""
    contract = request.contract
    found = contract_violations(contract)
    if not contract.lines:
        return found
    names = {line.id for line in contract.lines}
    for name, quantity in request.quantities.items():
        if name not in names:
            hint = did_you_mean(name, names)
            told = f"the contract has no line {name!r}" + (f"; {hint}" if hint else "")
            found.append(Violation(f"quantities[{name!r}]", "UNKNOWN_LINE", told))
        if quantity < ZERO:
            found.append(Violation(f"quantities[{name!r}]", "OUT_OF_RANGE", f"a quantity is not negative: {quantity}"))
    for index, addition in enumerate(request.additions):
        if addition.id in names:
            told = f"the id {addition.id!r} is already that of a line of the contract"
            found.append(Violation(f"additions[{index}].id", "DUPLICATE", told))
    if request.start is not None:
        found += _start_violations(program, request, request.start)
    for name, value in contract.facts.items():
        kind = program.declared.get(name)
        if kind is None:
            hint = did_you_mean(name, program.declared)
            told = f"the rulebook declares no contract fact {name!r}" + (f"; {hint}" if hint else "")
            found.append(Violation(f"contract.facts[{name!r}]", "UNKNOWN_FACT", told))
        elif value is not None and (
            value not in kind if isinstance(kind, tuple) else type(value) is not FACT_KINDS[kind]
        ):
            expected = f"one of {', '.join(kind)}" if isinstance(kind, tuple) else kind
            found.append(Violation(f"contract.facts[{name!r}]", "WRONG_FACT", f"expected {expected}, found {value!r}"))
    return found


def _start_violations(program: RenewalProgram, request: RenewalRequest, start: date) -> list[Violation]:
    end = request.contract.end
    if start > end + ONE_DAY:
        told = f"the renewal would begin on {start}, and leave a gap after the contract ends on {end}"
        return [Violation("start_date", "OUT_OF_RANGE", told)]
    if (end - start).days >= program.early_days:
        told = f"the rulebook lets a renewal begin at most {program.early_days} days before {end}, found {start}"
        return [Violation("start_date", "OUT_OF_RANGE", told)]
    return []

"""Answers of the configurator to messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from quotewright.v1 import configuration_pb2 as pb
from quotewright.v1 import configuration_service_pb2 as service_pb
from quotewright.v1 import quote_pb2

from catalog.product import AttributeValue
from engine.configure.answer import Answer, SetBy, State
from engine.configure.choices import Choice
from engine.configure.completion import WholeConfiguration
from engine.configure.explanation import Reason
from engine.configure.program import Constraint, Model, SoftRule
from engine.money import plain
from engine.wire.text import decimal_text

STATUS = {
    State.SELECTABLE: pb.OPTION_STATUS_SELECTABLE,
    State.SELECTED: pb.OPTION_STATUS_SELECTED,
    State.FORCED: pb.OPTION_STATUS_FORCED,
    State.EXCLUDED: pb.OPTION_STATUS_EXCLUDED,
    State.UNDETERMINED: pb.OPTION_STATUS_UNDETERMINED,
}
SET_BY = {
    SetBy.NOBODY: pb.SET_BY_UNSPECIFIED,
    SetBy.USER: pb.SET_BY_USER,
    SetBy.DEFAULT: pb.SET_BY_DEFAULT,
    SetBy.INFERRED: pb.SET_BY_INFERRED,
    SetBy.CONTEXT: pb.SET_BY_CONTEXT,
}
_STATUS = [STATUS[state] for state in State]
_SET_BY = [SET_BY[who] for who in SetBy]

WhyDecided = Callable[[int], Reason | None]
"""The reason for the state of an element; None where none is told."""


def write_answer(answer: Answer, why: WhyDecided, response: service_pb.ConfigureResponse) -> None:
    """Fill an empty response with the state of everything."""
    model = answer.model
    response.model_version = model.version
    response.exact = answer.exact
    for group in model.groups:
        message = response.groups.add(path=group.path, name=group.label, min_options=group.minimum)
        if group.maximum is not None:
            message.max_options = group.maximum
        for index in group.elements:
            _write_option(answer, index, why, message.options.add())
    for attribute in model.attributes:
        shown = response.attributes.add(
            path=attribute.path,
            name=attribute.label,
            type=attribute.kind.value,
            unit=attribute.unit,
            required=attribute.required,
        )
        for index in attribute.elements:
            value = shown.values.add(status=_STATUS[answer.states[index]], set_by=_SET_BY[answer.set_by[index]])
            write_attribute_value(model.elements[index].value, value.value)
            value.hidden = index in answer.hidden
            if (reason := why(index)) is not None:
                write_reason(reason, value.reason)
    write_notices(answer.spoken, model, response.notices.add)


def _write_option(answer: Answer, index: int, why: WhyDecided, message: pb.OptionState) -> None:
    element = answer.model.elements[index]
    message.path = element.path
    message.name = element.label
    message.sku = element.sku
    message.status = _STATUS[answer.states[index]]
    message.set_by = _SET_BY[answer.set_by[index]]
    if index in answer.hidden:
        message.hidden = True
    quantities = answer.quantities.get(index)
    if quantities is not None:
        message.min_quantity, message.max_quantity, message.quantity = quantities
    if (reason := why(index)) is not None:
        write_reason(reason, message.reason)


def write_reason(reason: Reason, message: pb.ConfigurationReason) -> None:
    """Fill an empty message with a reason; one without members still is one."""
    message.SetInParent()
    for constraint in reason.constraints:
        write_reference(constraint, message.constraints.add())
    for choice in reason.choices:
        write_choice(choice, message.choices.add())


def write_reference(item: Constraint | SoftRule, message: pb.ConstraintRef) -> None:
    """Fill an empty message with a constraint or a rule."""
    message.id = item.id
    message.text = item.text
    message.file = item.place.file
    message.line = item.place.line


def write_choice(choice: Choice, message: pb.Choice) -> None:
    """Fill an empty message with a choice."""
    message.name = choice.name
    if isinstance(choice.value, bool):
        message.selected = choice.value
    else:
        write_attribute_value(choice.value, message.value)
    message.quantity = choice.quantity or 0


def write_attribute_value(value: AttributeValue | None, message: quote_pb2.FactValue) -> None:
    """Fill an empty message with a value."""
    if isinstance(value, bool):
        message.boolean = value
    elif isinstance(value, Decimal):
        message.number = plain(value)
    elif value is not None:
        message.text = str(value)


def write_notices(rules: Iterable[SoftRule], model: Model, add: Callable[..., pb.ConfigurationNotice]) -> None:
    """Add what soft rules say."""
    for rule in rules:
        message = add(severity=rule.action.value, text=rule.text)
        write_reference(rule, message.rule)
        message.options.extend(model.elements[literal - 1].path for literal in rule.targets if literal > 0)


def write_whole(
    whole: WholeConfiguration,
    model: Model,
    price: Callable[[int], Decimal | None],
    response: service_pb.CompleteResponse,
) -> None:
    """Fill an empty response with a whole configuration; `price` gives the unit price of an element."""
    response.possible = True
    for item in whole.items:
        element = model.elements[item.element]
        if element.group >= 0:
            option = response.options.add(
                path=element.path, name=element.label, sku=element.sku, quantity=item.quantity
            )
            amount = price(item.element)
            option.unit_price = "" if amount is None else decimal_text(amount)
        else:
            attribute = model.attributes[element.attribute]
            value = response.values.add(path=attribute.path, name=attribute.label)
            write_attribute_value(element.value, value.value)
    if whole.currency:
        response.currency = whole.currency
        response.total = decimal_text(whole.total)
        response.lower_bound = decimal_text(whole.bound)
        response.proved = whole.proved
        response.unpriced.extend(model.elements[index].path for index in whole.unpriced)

"""Pass `configuration`: configurable products become models that can be propagated and solved."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date

from catalog.model import Catalog
from engine.check.configuration_model import check_model
from engine.compile.configuration_conditions import Conditions
from engine.compile.configuration_layout import Instance, LaidOption, Layout, read_days
from engine.compile.configuration_tables import CombinationTables, combinations_false
from engine.compile.feature_model import compile_feature_model
from engine.configure.build import RuleBuilder, TooLargeError, exactly
from engine.configure.choices import shown
from engine.configure.configurator import Configurator
from engine.configure.formula import TRUE, Formula, Literal, at_most, both, either, implies, negated
from engine.configure.program import (
    Attribute,
    AttributeKind,
    Constraint,
    ConstraintKind,
    Dated,
    Group,
    Model,
    RuleAction,
    SoftRule,
)
from engine.diagnostics import Code, Finding, Findings, did_you_mean
from engine.load.configuration import CONFIGURATION_FOLDER, LoadedProduct, load_feature_model, load_products
from engine.load.files import RuleFile
from engine.load.rulebook import LoadedRulebook
from engine.schema.configuration import ConstraintEntry, RuleEntry
from engine.source import Span


def compile_configuration(rulebook: LoadedRulebook, catalog: Catalog, findings: Findings) -> dict[str, Configurator]:
    """The configurable products of a rulebook by SKU, ready to answer, with the first clicks computed."""
    before = len(findings.errors)
    version = f"{rulebook.version} {catalog.version}"
    products = load_products(rulebook.files, findings)
    findings.texts.update({loaded.file: loaded.document.source for loaded in products})
    models = compile_products(products, rulebook.files, catalog, version, findings)
    for file in rulebook.files.values():
        source = load_feature_model(file, findings) if file.folder == CONFIGURATION_FOLDER else None
        if source is not None:
            models[source.name] = compile_feature_model(source, version + source.name)
    configurators = {name: Configurator(model) for name, model in models.items()}
    if len(findings.errors) == before:
        for configurator in configurators.values():
            configurator.precompute()
    return configurators


def compile_products(
    products: Iterable[LoadedProduct],
    files: dict[str, RuleFile],
    catalog: Catalog,
    version: str,
    findings: Findings,
) -> dict[str, Model]:
    """The models of configurable products by SKU; those with mistakes are left out and told of.

    Args:
        products: as loaded.
        files: of the rulebook, for tables that constraints name.
        catalog: for products and prices.
        version: names rulebook and catalogue; part of each model's version.
        findings: receives every mistake.
    """
    by_name: dict[str, LoadedProduct] = {}
    for loaded in products:
        name = loaded.entry.product
        if name in by_name:
            message = f"the product {name!r} is configured in {by_name[name].file} already"
            findings.add(Code.DUPLICATE, message, loaded.span("product"))
        else:
            by_name[name] = loaded
    models: dict[str, Model] = {}
    told: set[Finding] = set()
    for name, loaded in by_name.items():
        own = Findings()
        compiler = _Compiler(by_name, files, catalog, own)
        model = compiler.compiled(loaded, version)
        if not own.errors:
            check_model(model, own, frozenset(compiler.layout.queried))
        if not own.errors:
            models[name] = model
        # A nested product is compiled wherever it is nested: its mistakes are told once.
        findings.extend(dict.fromkeys(finding for finding in own if finding not in told))
        told.update(own)
    return models


class _Compiler:
    """Compiles one product, with those nested in it."""

    def __init__(
        self,
        products: Mapping[str, LoadedProduct],
        files: dict[str, RuleFile],
        catalog: Catalog,
        findings: Findings,
    ) -> None:
        self.builder = RuleBuilder()
        self.layout = Layout(products, catalog, self.builder, findings)
        self.tables = CombinationTables(files, findings)
        self.findings = findings
        self.constraints: list[Constraint] = []
        self.soft_rules: list[SoftRule] = []
        self.dated: dict[tuple[date | None, date | None, bool], Dated] = {}

    def compiled(self, loaded: LoadedProduct, version: str) -> Model:
        """The model of a product."""
        layout = self.layout
        layout.lay_out(loaded)
        tracked = self.builder.variables
        self._definitions()
        for instance in layout.instances:
            self._groups(instance)
            self._attributes(instance)
            self._options(instance)
            conditions = Conditions(instance.scope, self.findings)
            for position, entry in enumerate(instance.loaded.entry.constraints):
                self._constraint(instance, position, entry, conditions)
            for position, rule in enumerate(instance.loaded.entry.rules):
                self._rule(instance, position, rule, conditions)
        name = loaded.entry.product
        return Model(
            product=name,
            version=hashlib.sha256(f"{name}\0{version}".encode()).hexdigest()[:32],
            groups=tuple(layout.groups),
            attributes=tuple(layout.attributes),
            elements=tuple(layout.elements),
            constraints=tuple(self.constraints),
            soft_rules=tuple(self.soft_rules),
            dated=tuple(self.dated.values()),
            rules=self.builder.rules(tracked),
            names=_names(layout),
        )

    def _definitions(self) -> None:
        """What quantities and numbers mean: nobody wrote it, and no reason names it."""
        builder, definition = self.builder, -1
        for index, element in enumerate(self.layout.elements):
            lower = index + 1
            for step in element.ladder:
                builder.require(either(-step, lower), definition)
                lower = step
        for attribute in self.layout.attributes:
            variables = [index + 1 for index in attribute.elements]
            if attribute.kind is AttributeKind.NUMBER:
                for position, step in enumerate(attribute.ladder):
                    builder.define(step, either(*variables[position + 1 :][:1], *attribute.ladder[position + 1 :][:1]))
            builder.require(at_most([(1, variable) for variable in variables], 1), definition)

    def _add(
        self, instance: Instance, id_: str, text: str, kind: ConstraintKind, place: Span, formula: Formula
    ) -> None:
        """A constraint that holds where its product is there at all."""
        whole = implies(instance.scope.active, formula)
        self.constraints.append(Constraint(instance.prefix + id_, text, kind, place, whole))
        try:
            self.builder.require(whole, len(self.constraints) - 1)
        except TooLargeError as error:
            self.findings.add(Code.LIMIT, str(error), place)

    def _groups(self, instance: Instance) -> None:
        for position, group in instance.groups:
            size = len(group.elements)
            if group.minimum > size:
                message = (
                    f"the group {group.path!r} needs {group.minimum} options and has {size}: it can never be filled"
                )
                place = group.place if position < 0 else instance.loaded.span("groups", position, "min")
                self.findings.add(Code.NEVER_APPLIES, message, place)
                continue
            literals = [index + 1 for index in group.elements]
            formula = exactly(literals, group.minimum, group.maximum)
            if formula != TRUE:
                id_ = f"group {group.path.removeprefix(instance.prefix)}"
                self._add(instance, id_, _cardinality_text(group), ConstraintKind.CARDINALITY, group.place, formula)
            self._inside(instance, literals, group.place)

    def _attributes(self, instance: Instance) -> None:
        for position, number in instance.attributes:
            attribute = self.layout.attributes[number]
            literals = [index + 1 for index in attribute.elements]
            if attribute.required and literals:
                text = f"{attribute.label} needs a value"
                id_ = f"attribute {attribute.path.removeprefix(instance.prefix)}"
                self._add(instance, id_, text, ConstraintKind.ATTRIBUTE, attribute.place, either(*literals))
            self._inside(instance, literals, attribute.place)
            self._default_value(instance, position, attribute)

    def _inside(self, instance: Instance, literals: list[Literal], place: Span) -> None:
        """What is nested in an option is chosen only with it."""
        if instance.parent < 0 or not literals:
            return
        outer = self.layout.elements[instance.parent]
        formula = both(*(either(-literal, instance.parent + 1) for literal in literals))
        id_ = f"inside {self.layout.elements[literals[0] - 1].path.rsplit('/', 1)[0]}"
        text = f"belongs to {outer.label}, which must be chosen with it"
        self.constraints.append(Constraint(id_, text, ConstraintKind.STRUCTURE, place, formula))
        self.builder.require(formula, len(self.constraints) - 1)

    def _default_value(self, instance: Instance, position: int, attribute: Attribute) -> None:
        default = instance.loaded.entry.attributes[position].default
        if default is None:
            return
        place = instance.loaded.span("attributes", position, "default")
        elements = self.layout.elements
        text = shown(default) if not isinstance(default, int) or isinstance(default, bool) else str(default)
        found = [index + 1 for index in attribute.elements if shown(elements[index].value) == text]
        if not found:
            known = [shown(elements[index].value) for index in attribute.elements]
            message = f"attribute {attribute.path!r} has no value {text!r}"
            self.findings.add(Code.UNKNOWN_NAME, message, place, hint=did_you_mean(text, known))
            return
        self.soft_rules.append(
            SoftRule(
                f"default {attribute.path}", RuleAction.DEFAULT, f"{attribute.label} is {text} by default", place,
                instance.scope.active, (found[0],),
            )
        )  # fmt: skip

    def _options(self, instance: Instance) -> None:
        for option in instance.options:
            element = self.layout.elements[option.element]
            if option.valid_from or option.valid_to:
                guard = self._guard(option.valid_from, option.valid_to, undated=True)
                text = f"{element.label} is sold {_days_text(option.valid_from, option.valid_to)}"
                formula = either(-(option.element + 1), guard)
                constraint = Constraint(
                    f"validity {element.path}", text, ConstraintKind.VALIDITY, element.place, formula
                )
                self.constraints.append(constraint)
                self.builder.require(formula, len(self.constraints) - 1)
            self._option_defaults(instance, option)

    def _option_defaults(self, instance: Instance, option: LaidOption) -> None:
        element = self.layout.elements[option.element]
        if option.default:
            text = f"{element.label} is chosen by default"
            self.soft_rules.append(
                SoftRule(f"default {element.path}", RuleAction.DEFAULT, text, element.place, instance.scope.active,
                         (option.element + 1,))
            )  # fmt: skip
        if option.default_quantity is not None:
            steps = option.default_quantity - element.min_quantity
            targets = (*element.ladder[:steps], *(-step for step in element.ladder[steps:]))
            text = f"{option.default_quantity} of {element.label} by default"
            self.soft_rules.append(
                SoftRule(
                    f"quantity {element.path}", RuleAction.DEFAULT, text, element.place, option.element + 1, targets
                )
            )

    def _guard(self, first: date | None, last: date | None, *, undated: bool) -> Literal:
        """The variable that holds on the days of a validity."""
        key = (first, last, undated)
        if key not in self.dated:
            self.dated[key] = Dated(self.builder.variable(), first, last, undated)
        return self.dated[key].variable

    def _constraint(self, instance: Instance, position: int, entry: ConstraintEntry, conditions: Conditions) -> None:
        loaded = instance.loaded
        place = loaded.span("constraints", position)
        broken = self._broken(instance, position, entry, conditions)
        if broken is None:
            return
        if entry.when:
            when = conditions.read(entry.when, loaded.span("constraints", position, "when"))
            if when is None:
                return
            broken = both(when.true, broken)
        first, last = read_days(entry.valid, loaded.span("constraints", position, "valid"), self.findings)
        formula = negated(broken)
        if first or last:
            formula = implies(self._guard(first, last, undated=False), formula)
        kind = ConstraintKind.CONDITION if entry.kind == "must" else ConstraintKind(entry.kind)
        self._add(instance, entry.id, entry.message or _text_of(entry), kind, place, formula)

    def _broken(
        self, instance: Instance, position: int, entry: ConstraintEntry, conditions: Conditions
    ) -> Formula | None:
        """Where the constraint does not hold."""
        loaded = instance.loaded
        if entry.must:
            truth = conditions.read(entry.must, loaded.span("constraints", position, "must"))
            return None if truth is None else truth.false
        if entry.table:
            span = loaded.span("constraints", position, "table")
            table = self.tables.table(entry.table, loaded.file, span)
            return None if table is None else combinations_false(table, conditions, self.findings)
        if entry.excludes is not None:
            found = [
                self._named(instance, name, loaded.span("constraints", position, "excludes", number))
                for number, name in enumerate(entry.excludes)
            ]
            if None in found:
                return None
            return negated(at_most([(1, literal) for literal in found if literal is not None], 1))
        assert entry.requires is not None
        at = ("constraints", position, "requires")
        option = self._named(instance, entry.requires.option, loaded.span(*at, "option"))
        all_of = [
            self._named(instance, name, loaded.span(*at, "all_of", number))
            for number, name in enumerate(entry.requires.all_of)
        ]
        any_of = [
            self._named(instance, name, loaded.span(*at, "any_of", number))
            for number, name in enumerate(entry.requires.any_of)
        ]
        if option is None or None in all_of or None in any_of:
            return None
        needed = both(*(literal for literal in all_of if literal is not None))
        if any_of:
            needed = both(needed, either(*(literal for literal in any_of if literal is not None)))
        return both(option, negated(needed))

    def _named(self, instance: Instance, name: str, span: Span) -> Literal | None:
        """The literal of an option, of `group/option`, or of `attribute=value`; None with a finding."""
        scope = instance.scope
        if name in scope.options:
            return scope.options[name] + 1
        path = instance.prefix + name.replace(" = ", "=")
        for index, element in enumerate(self.layout.elements):
            if element.path == path:
                return index + 1
        known = [*scope.options, *(element.path.removeprefix(instance.prefix) for element in self.layout.elements)]
        self.findings.add(
            Code.UNKNOWN_NAME, f"there is no option {name!r}", span, hint=did_you_mean(name, dict.fromkeys(known))
        )
        return None

    def _rule(self, instance: Instance, position: int, entry: RuleEntry, conditions: Conditions) -> None:
        loaded = instance.loaded
        condition: Formula = instance.scope.active
        if entry.when:
            truth = conditions.read(entry.when, loaded.span("rules", position, "when"))
            if truth is None:
                return
            condition = both(condition, truth.true)
        action = RuleAction(entry.action)
        written = getattr(entry, entry.action)
        names = written if isinstance(written, list) else entry.options
        key = entry.action if isinstance(written, list) else "options"
        targets: list[Literal] = []
        for number, name in enumerate(names):
            span = loaded.span("rules", position, key, number)
            if action is RuleAction.HIDE and (hidden := self._hidden(instance, name)):
                targets += hidden
            elif (literal := self._named(instance, name, span)) is not None:
                targets.append(literal)
        text = written if isinstance(written, str) else entry.message or entry.id
        place = loaded.span("rules", position)
        self.soft_rules.append(SoftRule(instance.prefix + entry.id, action, text, place, condition, tuple(targets)))

    def _hidden(self, instance: Instance, name: str) -> list[Literal]:
        """Everything in a group or an attribute of that name."""
        if name in instance.scope.groups:
            return [index + 1 for index in instance.scope.groups[name].elements]
        if name in instance.scope.attributes:
            attribute = self.layout.attributes[instance.scope.attributes[name]]
            return [index + 1 for index in attribute.elements]
        return []


def _names(layout: Layout) -> dict[str, int]:
    """Paths, and short names that stand for one option only."""
    names = {element.path: index for index, element in enumerate(layout.elements)}
    for instance in layout.instances:
        for short, index in instance.scope.options.items():
            name = instance.prefix + short
            if name not in names:
                names[name] = index
    return names


def _cardinality_text(group: Group) -> str:
    if group.maximum is None:
        return f"{group.label}: at least {group.minimum}"
    if group.minimum == group.maximum:
        return f"{group.label}: exactly {group.minimum}"
    if group.minimum == 0:
        return f"{group.label}: at most {group.maximum}"
    return f"{group.label}: {group.minimum} to {group.maximum}"


def _days_text(first: date | None, last: date | None) -> str:
    if first is None:
        return f"until {last}"
    return f"from {first}" if last is None else f"from {first} to {last}"


def _text_of(entry: ConstraintEntry) -> str:
    """What a constraint says, where its writer did not say it in words."""
    if entry.requires is not None:
        parts = [*entry.requires.all_of, *([" or ".join(entry.requires.any_of)] if entry.requires.any_of else [])]
        return f"{entry.requires.option} needs {' and '.join(parts)}"
    if entry.excludes is not None:
        return f"{' and '.join(entry.excludes)} do not go together"
    text = f"only combinations of {entry.table}" if entry.table else entry.must
    return f"where {entry.when}: {text}" if entry.when else text

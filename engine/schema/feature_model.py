"""A feature model as UVL and DIMACS files write it: a tree of features in groups, and propositions over them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.source import Span


@dataclass(frozen=True, slots=True)
class Proposition:
    """A formula over features.

    Attributes:
        operator: "feature", "not", "and", "or", "implies" or "equals".
        parts: its operands; none for a feature.
        feature: index of the feature, where it is one.
    """

    operator: str
    parts: tuple[Proposition, ...] = ()
    feature: int = -1


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature; `parent` is the index of the one above it, -1 at the root and where there is no tree."""

    name: str
    span: Span
    parent: int = -1


@dataclass(frozen=True, slots=True)
class FeatureGroup:
    """Children of a feature of which between `minimum` and `maximum` (None: any number) come with it."""

    parent: int
    minimum: int
    maximum: int | None
    members: tuple[int, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class FeatureConstraint:
    """A proposition that must hold, with the text it was written in."""

    text: str
    proposition: Proposition
    span: Span


@dataclass(frozen=True, slots=True)
class FeatureModel:
    """A feature model.

    Attributes:
        name: for people.
        features: the root first.
        groups: in the order of the file.
        constraints: in the order of the file.
        has_root: the first feature is the root of a tree and always there; False for plain clauses.
    """

    name: str
    features: tuple[Feature, ...]
    groups: tuple[FeatureGroup, ...]
    constraints: tuple[FeatureConstraint, ...]
    has_root: bool

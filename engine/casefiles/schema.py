"""The form of a file of test cases in YAML, checked while it is read."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from engine.schema.rulebook import Name, Strict

Base = str | dict[str, Any]
"""A quote or contract by the name of its file, or written out."""


class Common(Strict):
    """What a case may say itself, or its file for all its cases.

    Attributes:
        quote: name of a file of the folder `quotes`, or a quote written out.
        contract: the same for a contract whose renewal is proposed.
        configure: SKU of a configurable product.
        credit: account and accounts, as a request states them; asks for the credit check.
        requester: who submits; asks for the approval route. "" asks for it without saying who.
        day: today, for the renewal of a contract.
    """

    quote: Base | None = None
    contract: Base | None = None
    configure: Name | None = None
    credit: dict[str, Any] | None = None
    requester: str | None = None
    day: str | None = None


class CaseEntry(Common):
    """A case.

    Attributes:
        name: for people.
        choose: for a configuration: options, "2 x OPTION", "not OPTION", "attribute = value".
        change: values for parts of what it starts from, by dotted names.
        expect: what is expected, nested or by dotted names.
    """

    name: Name
    choose: list[str] = Field(default_factory=list)
    change: dict[str, Any] = Field(default_factory=dict)
    expect: Annotated[dict[str, Any], Field(min_length=1)]


class TableEntry(Common):
    """A table of cases: one a row.

    Attributes:
        name: for people.
        given: dotted names of what each row changes.
        expect: dotted names of what each row expects.
        rows: for each case the given values, then the expected ones; null: as it is, and nothing expected.
    """

    name: Name
    given: list[Name]
    expect: Annotated[list[Name], Field(min_length=1)]
    rows: Annotated[list[list[Any]], Field(min_length=1)]


class CaseFileEntry(Common):
    """The whole of a file."""

    cases: list[CaseEntry] = Field(default_factory=list)
    tables: list[TableEntry] = Field(default_factory=list)

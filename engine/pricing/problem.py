"""What is wrong with the parameters of a charge, a term, a stacking group or a rate table."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing to mend in parameters that someone wrote down.

    Attributes:
        field: path inside the parameters, for example "tiers[2].up_to"; the caller knows where that stands in a file.
        message: what was found and what was expected.
    """

    field: str
    message: str

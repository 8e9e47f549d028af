from quotewright.v1 import approval_pb2 as _approval_pb2
from quotewright.v1 import credit_pb2 as _credit_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ChargeType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHARGE_TYPE_UNSPECIFIED: _ClassVar[ChargeType]
    CHARGE_TYPE_ONE_TIME: _ClassVar[ChargeType]
    CHARGE_TYPE_RECURRING: _ClassVar[ChargeType]
    CHARGE_TYPE_USAGE: _ClassVar[ChargeType]

class BillingPeriod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BILLING_PERIOD_UNSPECIFIED: _ClassVar[BillingPeriod]
    BILLING_PERIOD_MONTH: _ClassVar[BillingPeriod]
    BILLING_PERIOD_QUARTER: _ClassVar[BillingPeriod]
    BILLING_PERIOD_HALF_YEAR: _ClassVar[BillingPeriod]
    BILLING_PERIOD_YEAR: _ClassVar[BillingPeriod]
    BILLING_PERIOD_DAY: _ClassVar[BillingPeriod]
    BILLING_PERIOD_WEEK: _ClassVar[BillingPeriod]

class AdjustmentKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ADJUSTMENT_KIND_UNSPECIFIED: _ClassVar[AdjustmentKind]
    ADJUSTMENT_KIND_SET: _ClassVar[AdjustmentKind]
    ADJUSTMENT_KIND_PERCENT: _ClassVar[AdjustmentKind]
    ADJUSTMENT_KIND_AMOUNT: _ClassVar[AdjustmentKind]
    ADJUSTMENT_KIND_MARKUP: _ClassVar[AdjustmentKind]
    ADJUSTMENT_KIND_FLOOR: _ClassVar[AdjustmentKind]
    ADJUSTMENT_KIND_CAP: _ClassVar[AdjustmentKind]
    ADJUSTMENT_KIND_FREE_UNITS: _ClassVar[AdjustmentKind]
    ADJUSTMENT_KIND_FEE: _ClassVar[AdjustmentKind]
    ADJUSTMENT_KIND_ALLOCATION: _ClassVar[AdjustmentKind]

class AlternativeKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ALTERNATIVE_KIND_UNSPECIFIED: _ClassVar[AlternativeKind]
    ALTERNATIVE_KIND_PRICE: _ClassVar[AlternativeKind]
    ALTERNATIVE_KIND_RULE: _ClassVar[AlternativeKind]

class RoundingMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROUNDING_MODE_UNSPECIFIED: _ClassVar[RoundingMode]
    ROUNDING_MODE_HALF_UP: _ClassVar[RoundingMode]
    ROUNDING_MODE_HALF_EVEN: _ClassVar[RoundingMode]
    ROUNDING_MODE_HALF_DOWN: _ClassVar[RoundingMode]
    ROUNDING_MODE_UP: _ClassVar[RoundingMode]
    ROUNDING_MODE_DOWN: _ClassVar[RoundingMode]
CHARGE_TYPE_UNSPECIFIED: ChargeType
CHARGE_TYPE_ONE_TIME: ChargeType
CHARGE_TYPE_RECURRING: ChargeType
CHARGE_TYPE_USAGE: ChargeType
BILLING_PERIOD_UNSPECIFIED: BillingPeriod
BILLING_PERIOD_MONTH: BillingPeriod
BILLING_PERIOD_QUARTER: BillingPeriod
BILLING_PERIOD_HALF_YEAR: BillingPeriod
BILLING_PERIOD_YEAR: BillingPeriod
BILLING_PERIOD_DAY: BillingPeriod
BILLING_PERIOD_WEEK: BillingPeriod
ADJUSTMENT_KIND_UNSPECIFIED: AdjustmentKind
ADJUSTMENT_KIND_SET: AdjustmentKind
ADJUSTMENT_KIND_PERCENT: AdjustmentKind
ADJUSTMENT_KIND_AMOUNT: AdjustmentKind
ADJUSTMENT_KIND_MARKUP: AdjustmentKind
ADJUSTMENT_KIND_FLOOR: AdjustmentKind
ADJUSTMENT_KIND_CAP: AdjustmentKind
ADJUSTMENT_KIND_FREE_UNITS: AdjustmentKind
ADJUSTMENT_KIND_FEE: AdjustmentKind
ADJUSTMENT_KIND_ALLOCATION: AdjustmentKind
ALTERNATIVE_KIND_UNSPECIFIED: AlternativeKind
ALTERNATIVE_KIND_PRICE: AlternativeKind
ALTERNATIVE_KIND_RULE: AlternativeKind
ROUNDING_MODE_UNSPECIFIED: RoundingMode
ROUNDING_MODE_HALF_UP: RoundingMode
ROUNDING_MODE_HALF_EVEN: RoundingMode
ROUNDING_MODE_HALF_DOWN: RoundingMode
ROUNDING_MODE_UP: RoundingMode
ROUNDING_MODE_DOWN: RoundingMode

class Decision(_message.Message):
    __slots__ = ("quote_id", "currency", "rulebook_version", "catalogue_version", "lines", "totals", "roundings", "origins", "credit", "approval", "notices")
    QUOTE_ID_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    RULEBOOK_VERSION_FIELD_NUMBER: _ClassVar[int]
    CATALOGUE_VERSION_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    ROUNDINGS_FIELD_NUMBER: _ClassVar[int]
    ORIGINS_FIELD_NUMBER: _ClassVar[int]
    CREDIT_FIELD_NUMBER: _ClassVar[int]
    APPROVAL_FIELD_NUMBER: _ClassVar[int]
    NOTICES_FIELD_NUMBER: _ClassVar[int]
    quote_id: str
    currency: str
    rulebook_version: str
    catalogue_version: str
    lines: _containers.RepeatedCompositeFieldContainer[PricedLine]
    totals: Totals
    roundings: _containers.RepeatedCompositeFieldContainer[Rounding]
    origins: _containers.RepeatedCompositeFieldContainer[Origin]
    credit: _credit_pb2.CreditResult
    approval: _approval_pb2.ApprovalRoute
    notices: _containers.RepeatedCompositeFieldContainer[Notice]
    def __init__(self, quote_id: _Optional[str] = ..., currency: _Optional[str] = ..., rulebook_version: _Optional[str] = ..., catalogue_version: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[PricedLine, _Mapping]]] = ..., totals: _Optional[_Union[Totals, _Mapping]] = ..., roundings: _Optional[_Iterable[_Union[Rounding, _Mapping]]] = ..., origins: _Optional[_Iterable[_Union[Origin, _Mapping]]] = ..., credit: _Optional[_Union[_credit_pb2.CreditResult, _Mapping]] = ..., approval: _Optional[_Union[_approval_pb2.ApprovalRoute, _Mapping]] = ..., notices: _Optional[_Iterable[_Union[Notice, _Mapping]]] = ...) -> None: ...

class Notice(_message.Message):
    __slots__ = ("field", "reason", "message")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    field: str
    reason: str
    message: str
    def __init__(self, field: _Optional[str] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class PricedLine(_message.Message):
    __slots__ = ("id", "parent_id", "sku", "name", "quantity", "unit_of_measure", "charge_type", "price_list", "charge_model", "list_unit_price", "net_unit_price", "list_total", "net_total", "cost_total", "term", "waterfall", "alternatives", "first_year_total", "monthly_recurring", "offers", "prior_prices", "prices_hidden")
    ID_FIELD_NUMBER: _ClassVar[int]
    PARENT_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    UNIT_OF_MEASURE_FIELD_NUMBER: _ClassVar[int]
    CHARGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    PRICE_LIST_FIELD_NUMBER: _ClassVar[int]
    CHARGE_MODEL_FIELD_NUMBER: _ClassVar[int]
    LIST_UNIT_PRICE_FIELD_NUMBER: _ClassVar[int]
    NET_UNIT_PRICE_FIELD_NUMBER: _ClassVar[int]
    LIST_TOTAL_FIELD_NUMBER: _ClassVar[int]
    NET_TOTAL_FIELD_NUMBER: _ClassVar[int]
    COST_TOTAL_FIELD_NUMBER: _ClassVar[int]
    TERM_FIELD_NUMBER: _ClassVar[int]
    WATERFALL_FIELD_NUMBER: _ClassVar[int]
    ALTERNATIVES_FIELD_NUMBER: _ClassVar[int]
    FIRST_YEAR_TOTAL_FIELD_NUMBER: _ClassVar[int]
    MONTHLY_RECURRING_FIELD_NUMBER: _ClassVar[int]
    OFFERS_FIELD_NUMBER: _ClassVar[int]
    PRIOR_PRICES_FIELD_NUMBER: _ClassVar[int]
    PRICES_HIDDEN_FIELD_NUMBER: _ClassVar[int]
    id: str
    parent_id: str
    sku: str
    name: str
    quantity: str
    unit_of_measure: str
    charge_type: ChargeType
    price_list: str
    charge_model: str
    list_unit_price: str
    net_unit_price: str
    list_total: str
    net_total: str
    cost_total: str
    term: Term
    waterfall: _containers.RepeatedCompositeFieldContainer[Adjustment]
    alternatives: _containers.RepeatedCompositeFieldContainer[Alternative]
    first_year_total: str
    monthly_recurring: str
    offers: _containers.RepeatedCompositeFieldContainer[Offer]
    prior_prices: PriorPrices
    prices_hidden: bool
    def __init__(self, id: _Optional[str] = ..., parent_id: _Optional[str] = ..., sku: _Optional[str] = ..., name: _Optional[str] = ..., quantity: _Optional[str] = ..., unit_of_measure: _Optional[str] = ..., charge_type: _Optional[_Union[ChargeType, str]] = ..., price_list: _Optional[str] = ..., charge_model: _Optional[str] = ..., list_unit_price: _Optional[str] = ..., net_unit_price: _Optional[str] = ..., list_total: _Optional[str] = ..., net_total: _Optional[str] = ..., cost_total: _Optional[str] = ..., term: _Optional[_Union[Term, _Mapping]] = ..., waterfall: _Optional[_Iterable[_Union[Adjustment, _Mapping]]] = ..., alternatives: _Optional[_Iterable[_Union[Alternative, _Mapping]]] = ..., first_year_total: _Optional[str] = ..., monthly_recurring: _Optional[str] = ..., offers: _Optional[_Iterable[_Union[Offer, _Mapping]]] = ..., prior_prices: _Optional[_Union[PriorPrices, _Mapping]] = ..., prices_hidden: bool = ...) -> None: ...

class Offer(_message.Message):
    __slots__ = ("quantity", "term_months", "net_unit_price", "net_total", "saving")
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    TERM_MONTHS_FIELD_NUMBER: _ClassVar[int]
    NET_UNIT_PRICE_FIELD_NUMBER: _ClassVar[int]
    NET_TOTAL_FIELD_NUMBER: _ClassVar[int]
    SAVING_FIELD_NUMBER: _ClassVar[int]
    quantity: str
    term_months: int
    net_unit_price: str
    net_total: str
    saving: str
    def __init__(self, quantity: _Optional[str] = ..., term_months: _Optional[int] = ..., net_unit_price: _Optional[str] = ..., net_total: _Optional[str] = ..., saving: _Optional[str] = ...) -> None: ...

class PriorPrices(_message.Message):
    __slots__ = ("since", "lowest", "highest")
    SINCE_FIELD_NUMBER: _ClassVar[int]
    LOWEST_FIELD_NUMBER: _ClassVar[int]
    HIGHEST_FIELD_NUMBER: _ClassVar[int]
    since: str
    lowest: str
    highest: str
    def __init__(self, since: _Optional[str] = ..., lowest: _Optional[str] = ..., highest: _Optional[str] = ...) -> None: ...

class Term(_message.Message):
    __slots__ = ("start_date", "end_date", "billing_period", "proration", "periods", "explanation", "months", "periods_numerator", "periods_denominator")
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    BILLING_PERIOD_FIELD_NUMBER: _ClassVar[int]
    PRORATION_FIELD_NUMBER: _ClassVar[int]
    PERIODS_FIELD_NUMBER: _ClassVar[int]
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    MONTHS_FIELD_NUMBER: _ClassVar[int]
    PERIODS_NUMERATOR_FIELD_NUMBER: _ClassVar[int]
    PERIODS_DENOMINATOR_FIELD_NUMBER: _ClassVar[int]
    start_date: str
    end_date: str
    billing_period: BillingPeriod
    proration: str
    periods: str
    explanation: str
    months: str
    periods_numerator: int
    periods_denominator: int
    def __init__(self, start_date: _Optional[str] = ..., end_date: _Optional[str] = ..., billing_period: _Optional[_Union[BillingPeriod, str]] = ..., proration: _Optional[str] = ..., periods: _Optional[str] = ..., explanation: _Optional[str] = ..., months: _Optional[str] = ..., periods_numerator: _Optional[int] = ..., periods_denominator: _Optional[int] = ...) -> None: ...

class Adjustment(_message.Message):
    __slots__ = ("origin", "value", "before", "after", "reason", "tier", "per_line")
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    TIER_FIELD_NUMBER: _ClassVar[int]
    PER_LINE_FIELD_NUMBER: _ClassVar[int]
    origin: int
    value: str
    before: str
    after: str
    reason: str
    tier: int
    per_line: bool
    def __init__(self, origin: _Optional[int] = ..., value: _Optional[str] = ..., before: _Optional[str] = ..., after: _Optional[str] = ..., reason: _Optional[str] = ..., tier: _Optional[int] = ..., per_line: bool = ...) -> None: ...

class Origin(_message.Message):
    __slots__ = ("step", "kind", "id", "file", "line", "cell", "stacking_group")
    STEP_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    CELL_FIELD_NUMBER: _ClassVar[int]
    STACKING_GROUP_FIELD_NUMBER: _ClassVar[int]
    step: str
    kind: AdjustmentKind
    id: str
    file: str
    line: int
    cell: str
    stacking_group: str
    def __init__(self, step: _Optional[str] = ..., kind: _Optional[_Union[AdjustmentKind, str]] = ..., id: _Optional[str] = ..., file: _Optional[str] = ..., line: _Optional[int] = ..., cell: _Optional[str] = ..., stacking_group: _Optional[str] = ...) -> None: ...

class Alternative(_message.Message):
    __slots__ = ("kind", "id", "file", "line", "reason")
    KIND_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    kind: AlternativeKind
    id: str
    file: str
    line: int
    reason: str
    def __init__(self, kind: _Optional[_Union[AlternativeKind, str]] = ..., id: _Optional[str] = ..., file: _Optional[str] = ..., line: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class Totals(_message.Message):
    __slots__ = ("list_total", "net_total", "discount_total", "one_time_total", "recurring_total", "usage_total", "first_year_total", "monthly_recurring", "annual_recurring", "cost_total", "margin", "margin_percent")
    LIST_TOTAL_FIELD_NUMBER: _ClassVar[int]
    NET_TOTAL_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_TOTAL_FIELD_NUMBER: _ClassVar[int]
    ONE_TIME_TOTAL_FIELD_NUMBER: _ClassVar[int]
    RECURRING_TOTAL_FIELD_NUMBER: _ClassVar[int]
    USAGE_TOTAL_FIELD_NUMBER: _ClassVar[int]
    FIRST_YEAR_TOTAL_FIELD_NUMBER: _ClassVar[int]
    MONTHLY_RECURRING_FIELD_NUMBER: _ClassVar[int]
    ANNUAL_RECURRING_FIELD_NUMBER: _ClassVar[int]
    COST_TOTAL_FIELD_NUMBER: _ClassVar[int]
    MARGIN_FIELD_NUMBER: _ClassVar[int]
    MARGIN_PERCENT_FIELD_NUMBER: _ClassVar[int]
    list_total: str
    net_total: str
    discount_total: str
    one_time_total: str
    recurring_total: str
    usage_total: str
    first_year_total: str
    monthly_recurring: str
    annual_recurring: str
    cost_total: str
    margin: str
    margin_percent: str
    def __init__(self, list_total: _Optional[str] = ..., net_total: _Optional[str] = ..., discount_total: _Optional[str] = ..., one_time_total: _Optional[str] = ..., recurring_total: _Optional[str] = ..., usage_total: _Optional[str] = ..., first_year_total: _Optional[str] = ..., monthly_recurring: _Optional[str] = ..., annual_recurring: _Optional[str] = ..., cost_total: _Optional[str] = ..., margin: _Optional[str] = ..., margin_percent: _Optional[str] = ...) -> None: ...

class Rounding(_message.Message):
    __slots__ = ("where", "before", "after", "mode")
    WHERE_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    where: str
    before: str
    after: str
    mode: RoundingMode
    def __init__(self, where: _Optional[str] = ..., before: _Optional[str] = ..., after: _Optional[str] = ..., mode: _Optional[_Union[RoundingMode, str]] = ...) -> None: ...

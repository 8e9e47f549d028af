from quotewright.v1 import decision_pb2 as _decision_pb2
from quotewright.v1 import quote_pb2 as _quote_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ProductStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PRODUCT_STATUS_UNSPECIFIED: _ClassVar[ProductStatus]
    PRODUCT_STATUS_ACTIVE: _ClassVar[ProductStatus]
    PRODUCT_STATUS_DRAFT: _ClassVar[ProductStatus]
    PRODUCT_STATUS_RETIRED: _ClassVar[ProductStatus]

class QuantityRule(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    QUANTITY_RULE_UNSPECIFIED: _ClassVar[QuantityRule]
    QUANTITY_RULE_FIXED: _ClassVar[QuantityRule]
    QUANTITY_RULE_PROPORTIONAL: _ClassVar[QuantityRule]
    QUANTITY_RULE_FREE: _ClassVar[QuantityRule]

class OptionPricing(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OPTION_PRICING_UNSPECIFIED: _ClassVar[OptionPricing]
    OPTION_PRICING_INCLUDED: _ClassVar[OptionPricing]
    OPTION_PRICING_LIST: _ClassVar[OptionPricing]
    OPTION_PRICING_OWN: _ClassVar[OptionPricing]

class TierBasis(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TIER_BASIS_UNSPECIFIED: _ClassVar[TierBasis]
    TIER_BASIS_QUANTITY: _ClassVar[TierBasis]
    TIER_BASIS_AMOUNT: _ClassVar[TierBasis]
PRODUCT_STATUS_UNSPECIFIED: ProductStatus
PRODUCT_STATUS_ACTIVE: ProductStatus
PRODUCT_STATUS_DRAFT: ProductStatus
PRODUCT_STATUS_RETIRED: ProductStatus
QUANTITY_RULE_UNSPECIFIED: QuantityRule
QUANTITY_RULE_FIXED: QuantityRule
QUANTITY_RULE_PROPORTIONAL: QuantityRule
QUANTITY_RULE_FREE: QuantityRule
OPTION_PRICING_UNSPECIFIED: OptionPricing
OPTION_PRICING_INCLUDED: OptionPricing
OPTION_PRICING_LIST: OptionPricing
OPTION_PRICING_OWN: OptionPricing
TIER_BASIS_UNSPECIFIED: TierBasis
TIER_BASIS_QUANTITY: TierBasis
TIER_BASIS_AMOUNT: TierBasis

class GetProductRequest(_message.Message):
    __slots__ = ("sku", "price_date", "currency")
    SKU_FIELD_NUMBER: _ClassVar[int]
    PRICE_DATE_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    sku: str
    price_date: str
    currency: str
    def __init__(self, sku: _Optional[str] = ..., price_date: _Optional[str] = ..., currency: _Optional[str] = ...) -> None: ...

class GetProductResponse(_message.Message):
    __slots__ = ("product", "catalogue_version")
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    CATALOGUE_VERSION_FIELD_NUMBER: _ClassVar[int]
    product: Product
    catalogue_version: str
    def __init__(self, product: _Optional[_Union[Product, _Mapping]] = ..., catalogue_version: _Optional[str] = ...) -> None: ...

class ListProductsRequest(_message.Message):
    __slots__ = ("category", "price_date", "currency", "page_size", "page_token")
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    PRICE_DATE_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    category: str
    price_date: str
    currency: str
    page_size: int
    page_token: str
    def __init__(self, category: _Optional[str] = ..., price_date: _Optional[str] = ..., currency: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListProductsResponse(_message.Message):
    __slots__ = ("products", "next_page_token", "total_size", "catalogue_version")
    PRODUCTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    CATALOGUE_VERSION_FIELD_NUMBER: _ClassVar[int]
    products: _containers.RepeatedCompositeFieldContainer[Product]
    next_page_token: str
    total_size: int
    catalogue_version: str
    def __init__(self, products: _Optional[_Iterable[_Union[Product, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total_size: _Optional[int] = ..., catalogue_version: _Optional[str] = ...) -> None: ...

class Product(_message.Message):
    __slots__ = ("sku", "name", "category", "family", "charge_type", "unit_of_measure", "quantity_step", "attributes", "tags", "tax_class", "status", "valid_from", "valid_to", "bundle", "prices")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _quote_pb2.FactValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_quote_pb2.FactValue, _Mapping]] = ...) -> None: ...
    SKU_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    FAMILY_FIELD_NUMBER: _ClassVar[int]
    CHARGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    UNIT_OF_MEASURE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_STEP_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    TAX_CLASS_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_FIELD_NUMBER: _ClassVar[int]
    VALID_TO_FIELD_NUMBER: _ClassVar[int]
    BUNDLE_FIELD_NUMBER: _ClassVar[int]
    PRICES_FIELD_NUMBER: _ClassVar[int]
    sku: str
    name: str
    category: str
    family: str
    charge_type: _decision_pb2.ChargeType
    unit_of_measure: str
    quantity_step: str
    attributes: _containers.MessageMap[str, _quote_pb2.FactValue]
    tags: _containers.RepeatedScalarFieldContainer[str]
    tax_class: str
    status: ProductStatus
    valid_from: str
    valid_to: str
    bundle: Bundle
    prices: _containers.RepeatedCompositeFieldContainer[Price]
    def __init__(self, sku: _Optional[str] = ..., name: _Optional[str] = ..., category: _Optional[str] = ..., family: _Optional[str] = ..., charge_type: _Optional[_Union[_decision_pb2.ChargeType, str]] = ..., unit_of_measure: _Optional[str] = ..., quantity_step: _Optional[str] = ..., attributes: _Optional[_Mapping[str, _quote_pb2.FactValue]] = ..., tags: _Optional[_Iterable[str]] = ..., tax_class: _Optional[str] = ..., status: _Optional[_Union[ProductStatus, str]] = ..., valid_from: _Optional[str] = ..., valid_to: _Optional[str] = ..., bundle: _Optional[_Union[Bundle, _Mapping]] = ..., prices: _Optional[_Iterable[_Union[Price, _Mapping]]] = ...) -> None: ...

class Bundle(_message.Message):
    __slots__ = ("groups", "component_prices_visible")
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    COMPONENT_PRICES_VISIBLE_FIELD_NUMBER: _ClassVar[int]
    groups: _containers.RepeatedCompositeFieldContainer[OptionGroup]
    component_prices_visible: bool
    def __init__(self, groups: _Optional[_Iterable[_Union[OptionGroup, _Mapping]]] = ..., component_prices_visible: bool = ...) -> None: ...

class OptionGroup(_message.Message):
    __slots__ = ("id", "name", "min_options", "max_options", "options")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    MIN_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    MAX_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    min_options: int
    max_options: int
    options: _containers.RepeatedCompositeFieldContainer[Option]
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., min_options: _Optional[int] = ..., max_options: _Optional[int] = ..., options: _Optional[_Iterable[_Union[Option, _Mapping]]] = ...) -> None: ...

class Option(_message.Message):
    __slots__ = ("sku", "quantity_rule", "quantity", "min_quantity", "max_quantity", "default", "pricing", "own_prices")
    SKU_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_RULE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    MIN_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    MAX_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_FIELD_NUMBER: _ClassVar[int]
    PRICING_FIELD_NUMBER: _ClassVar[int]
    OWN_PRICES_FIELD_NUMBER: _ClassVar[int]
    sku: str
    quantity_rule: QuantityRule
    quantity: str
    min_quantity: str
    max_quantity: str
    default: bool
    pricing: OptionPricing
    own_prices: _containers.RepeatedCompositeFieldContainer[Money]
    def __init__(self, sku: _Optional[str] = ..., quantity_rule: _Optional[_Union[QuantityRule, str]] = ..., quantity: _Optional[str] = ..., min_quantity: _Optional[str] = ..., max_quantity: _Optional[str] = ..., default: bool = ..., pricing: _Optional[_Union[OptionPricing, str]] = ..., own_prices: _Optional[_Iterable[_Union[Money, _Mapping]]] = ...) -> None: ...

class Money(_message.Message):
    __slots__ = ("amount", "currency")
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    amount: str
    currency: str
    def __init__(self, amount: _Optional[str] = ..., currency: _Optional[str] = ...) -> None: ...

class Price(_message.Message):
    __slots__ = ("id", "price_list", "currency", "scope", "scope_values", "sku", "category", "valid_from", "valid_to", "min_quantity", "max_quantity", "priority", "billing_period", "free_units", "minimum_charge", "committed_quantity", "maximum_charge", "committed_amount", "also", "per_unit", "volume", "graduated", "package", "block", "percent_of_total", "cost_plus", "attribute", "percentage")
    ID_FIELD_NUMBER: _ClassVar[int]
    PRICE_LIST_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    SCOPE_VALUES_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_FIELD_NUMBER: _ClassVar[int]
    VALID_TO_FIELD_NUMBER: _ClassVar[int]
    MIN_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    MAX_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    BILLING_PERIOD_FIELD_NUMBER: _ClassVar[int]
    FREE_UNITS_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_CHARGE_FIELD_NUMBER: _ClassVar[int]
    COMMITTED_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    MAXIMUM_CHARGE_FIELD_NUMBER: _ClassVar[int]
    COMMITTED_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    ALSO_FIELD_NUMBER: _ClassVar[int]
    PER_UNIT_FIELD_NUMBER: _ClassVar[int]
    VOLUME_FIELD_NUMBER: _ClassVar[int]
    GRADUATED_FIELD_NUMBER: _ClassVar[int]
    PACKAGE_FIELD_NUMBER: _ClassVar[int]
    BLOCK_FIELD_NUMBER: _ClassVar[int]
    PERCENT_OF_TOTAL_FIELD_NUMBER: _ClassVar[int]
    COST_PLUS_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTE_FIELD_NUMBER: _ClassVar[int]
    PERCENTAGE_FIELD_NUMBER: _ClassVar[int]
    id: str
    price_list: str
    currency: str
    scope: str
    scope_values: _containers.RepeatedScalarFieldContainer[str]
    sku: str
    category: str
    valid_from: str
    valid_to: str
    min_quantity: str
    max_quantity: str
    priority: int
    billing_period: _decision_pb2.BillingPeriod
    free_units: str
    minimum_charge: str
    committed_quantity: str
    maximum_charge: str
    committed_amount: str
    also: _containers.RepeatedCompositeFieldContainer[PriceScope]
    per_unit: PerUnit
    volume: TieredPrice
    graduated: TieredPrice
    package: PackagePrice
    block: BlockPrice
    percent_of_total: PercentOfTotal
    cost_plus: CostPlus
    attribute: AttributePrice
    percentage: Percentage
    def __init__(self, id: _Optional[str] = ..., price_list: _Optional[str] = ..., currency: _Optional[str] = ..., scope: _Optional[str] = ..., scope_values: _Optional[_Iterable[str]] = ..., sku: _Optional[str] = ..., category: _Optional[str] = ..., valid_from: _Optional[str] = ..., valid_to: _Optional[str] = ..., min_quantity: _Optional[str] = ..., max_quantity: _Optional[str] = ..., priority: _Optional[int] = ..., billing_period: _Optional[_Union[_decision_pb2.BillingPeriod, str]] = ..., free_units: _Optional[str] = ..., minimum_charge: _Optional[str] = ..., committed_quantity: _Optional[str] = ..., maximum_charge: _Optional[str] = ..., committed_amount: _Optional[str] = ..., also: _Optional[_Iterable[_Union[PriceScope, _Mapping]]] = ..., per_unit: _Optional[_Union[PerUnit, _Mapping]] = ..., volume: _Optional[_Union[TieredPrice, _Mapping]] = ..., graduated: _Optional[_Union[TieredPrice, _Mapping]] = ..., package: _Optional[_Union[PackagePrice, _Mapping]] = ..., block: _Optional[_Union[BlockPrice, _Mapping]] = ..., percent_of_total: _Optional[_Union[PercentOfTotal, _Mapping]] = ..., cost_plus: _Optional[_Union[CostPlus, _Mapping]] = ..., attribute: _Optional[_Union[AttributePrice, _Mapping]] = ..., percentage: _Optional[_Union[Percentage, _Mapping]] = ...) -> None: ...

class PriceScope(_message.Message):
    __slots__ = ("scope", "values")
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    scope: str
    values: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, scope: _Optional[str] = ..., values: _Optional[_Iterable[str]] = ...) -> None: ...

class PerUnit(_message.Message):
    __slots__ = ("unit_price",)
    UNIT_PRICE_FIELD_NUMBER: _ClassVar[int]
    unit_price: str
    def __init__(self, unit_price: _Optional[str] = ...) -> None: ...

class TieredPrice(_message.Message):
    __slots__ = ("tiers", "basis", "scope", "lower_inclusive")
    TIERS_FIELD_NUMBER: _ClassVar[int]
    BASIS_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    LOWER_INCLUSIVE_FIELD_NUMBER: _ClassVar[int]
    tiers: _containers.RepeatedCompositeFieldContainer[Tier]
    basis: TierBasis
    scope: str
    lower_inclusive: bool
    def __init__(self, tiers: _Optional[_Iterable[_Union[Tier, _Mapping]]] = ..., basis: _Optional[_Union[TierBasis, str]] = ..., scope: _Optional[str] = ..., lower_inclusive: bool = ...) -> None: ...

class Tier(_message.Message):
    __slots__ = ("up_to", "unit_price", "flat_fee", "package_size")
    UP_TO_FIELD_NUMBER: _ClassVar[int]
    UNIT_PRICE_FIELD_NUMBER: _ClassVar[int]
    FLAT_FEE_FIELD_NUMBER: _ClassVar[int]
    PACKAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    up_to: str
    unit_price: str
    flat_fee: str
    package_size: str
    def __init__(self, up_to: _Optional[str] = ..., unit_price: _Optional[str] = ..., flat_fee: _Optional[str] = ..., package_size: _Optional[str] = ...) -> None: ...

class PackagePrice(_message.Message):
    __slots__ = ("package_price", "size", "rounding", "minimum_packages")
    PACKAGE_PRICE_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    ROUNDING_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_PACKAGES_FIELD_NUMBER: _ClassVar[int]
    package_price: str
    size: str
    rounding: str
    minimum_packages: int
    def __init__(self, package_price: _Optional[str] = ..., size: _Optional[str] = ..., rounding: _Optional[str] = ..., minimum_packages: _Optional[int] = ...) -> None: ...

class BlockPrice(_message.Message):
    __slots__ = ("steps", "overage_price", "scope")
    STEPS_FIELD_NUMBER: _ClassVar[int]
    OVERAGE_PRICE_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    steps: _containers.RepeatedCompositeFieldContainer[BlockStep]
    overage_price: str
    scope: str
    def __init__(self, steps: _Optional[_Iterable[_Union[BlockStep, _Mapping]]] = ..., overage_price: _Optional[str] = ..., scope: _Optional[str] = ...) -> None: ...

class BlockStep(_message.Message):
    __slots__ = ("up_to", "price", "unit_price")
    UP_TO_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    UNIT_PRICE_FIELD_NUMBER: _ClassVar[int]
    up_to: str
    price: str
    unit_price: str
    def __init__(self, up_to: _Optional[str] = ..., price: _Optional[str] = ..., unit_price: _Optional[str] = ...) -> None: ...

class PercentOfTotal(_message.Message):
    __slots__ = ("percent", "categories", "tags", "skus", "base", "minimum", "maximum")
    PERCENT_FIELD_NUMBER: _ClassVar[int]
    CATEGORIES_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    SKUS_FIELD_NUMBER: _ClassVar[int]
    BASE_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_FIELD_NUMBER: _ClassVar[int]
    MAXIMUM_FIELD_NUMBER: _ClassVar[int]
    percent: str
    categories: _containers.RepeatedScalarFieldContainer[str]
    tags: _containers.RepeatedScalarFieldContainer[str]
    skus: _containers.RepeatedScalarFieldContainer[str]
    base: str
    minimum: str
    maximum: str
    def __init__(self, percent: _Optional[str] = ..., categories: _Optional[_Iterable[str]] = ..., tags: _Optional[_Iterable[str]] = ..., skus: _Optional[_Iterable[str]] = ..., base: _Optional[str] = ..., minimum: _Optional[str] = ..., maximum: _Optional[str] = ...) -> None: ...

class Percentage(_message.Message):
    __slots__ = ("percent", "transaction_fee", "free_transactions", "free_amount", "minimum", "maximum")
    PERCENT_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_FEE_FIELD_NUMBER: _ClassVar[int]
    FREE_TRANSACTIONS_FIELD_NUMBER: _ClassVar[int]
    FREE_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_FIELD_NUMBER: _ClassVar[int]
    MAXIMUM_FIELD_NUMBER: _ClassVar[int]
    percent: str
    transaction_fee: str
    free_transactions: int
    free_amount: str
    minimum: str
    maximum: str
    def __init__(self, percent: _Optional[str] = ..., transaction_fee: _Optional[str] = ..., free_transactions: _Optional[int] = ..., free_amount: _Optional[str] = ..., minimum: _Optional[str] = ..., maximum: _Optional[str] = ...) -> None: ...

class CostPlus(_message.Message):
    __slots__ = ("markup", "margin")
    MARKUP_FIELD_NUMBER: _ClassVar[int]
    MARGIN_FIELD_NUMBER: _ClassVar[int]
    markup: str
    margin: str
    def __init__(self, markup: _Optional[str] = ..., margin: _Optional[str] = ...) -> None: ...

class AttributePrice(_message.Message):
    __slots__ = ("table", "base_price")
    TABLE_FIELD_NUMBER: _ClassVar[int]
    BASE_PRICE_FIELD_NUMBER: _ClassVar[int]
    table: str
    base_price: str
    def __init__(self, table: _Optional[str] = ..., base_price: _Optional[str] = ...) -> None: ...

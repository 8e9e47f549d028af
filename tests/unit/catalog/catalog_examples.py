"""Catalogue objects with every field filled in, and generated catalogues."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from catalog.customer import Customer
from catalog.model import Catalog
from catalog.price import (
    AttributePrice,
    BillingPeriod,
    Block,
    BlockStep,
    CostPlus,
    Coverage,
    ExchangeRate,
    Graduated,
    Package,
    PackageRounding,
    Percentage,
    PercentBase,
    PercentOfTotal,
    PerUnit,
    PriceEntry,
    PriceList,
    ProrationMethod,
    ScopeKind,
    Selection,
    Tier,
    TierBasis,
    TierBounds,
    TierScope,
    Volume,
)
from catalog.product import (
    AttributeDefinition,
    AttributeOwner,
    AttributeType,
    Bundle,
    ChargeType,
    DatedCost,
    Money,
    Option,
    OptionGroup,
    OptionPricing,
    Product,
    ProductStatus,
    QuantityRule,
)
from engine.source import Span

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
paths = st.lists(st.sampled_from(["a", "b", "ä", "c d"]), min_size=1, max_size=3).map("/".join)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
maybe_days = st.none() | days
amounts = st.decimals(0, 10**12, allow_nan=False, allow_infinity=False, places=4)
steps = st.sampled_from([Decimal("0.001"), Decimal("0.5"), Decimal(1), Decimal("1.0")])
values = names | amounts | st.booleans() | days
currencies = st.sampled_from(["USD", "EUR", "JPY"])
bounds = st.lists(amounts, min_size=1, max_size=3, unique=True).map(sorted).map(lambda found: [*found, None])
tiers = st.tuples(bounds, amounts, amounts, st.none() | steps).map(
    lambda t: tuple(Tier(bound, t[1], t[2], t[3]) for bound in t[0])
)
counts = st.integers(0, 9)
measures = st.tuples(st.sampled_from(TierBasis), st.sampled_from(TierScope))
models = st.one_of(
    st.builds(PerUnit, amounts),
    st.builds(lambda found, how: Volume(found, *how), tiers, measures),
    st.builds(lambda found, how: Graduated(found, *how), tiers, measures),
    st.builds(Package, amounts, steps, st.sampled_from(PackageRounding), counts),
    st.builds(
        Percentage, amounts, amounts, st.none() | counts, st.none() | amounts, st.none() | amounts, st.none() | amounts
    ),
    st.builds(
        Block,
        bounds.map(lambda found: tuple(BlockStep(bound, Decimal(5), Decimal(3)) for bound in found)),
        st.none() | amounts,
        st.sampled_from(TierScope),
    ),
    st.builds(
        PercentOfTotal,
        amounts,
        st.builds(Coverage, *[st.sets(names, max_size=2).map(sorted).map(tuple)] * 3),
        st.sampled_from(PercentBase),
        st.none() | amounts,
        st.none() | amounts,
    ),
    st.builds(CostPlus, amounts),
    st.builds(CostPlus, st.none(), amounts),
    st.builds(AttributePrice, names, st.none() | amounts),
)


@st.composite
def catalogs(draw):
    """Catalogues whose parts refer to each other as the database demands; prices need not make sense."""
    skus = sorted(draw(st.sets(names, min_size=1, max_size=4)))
    ids = sorted(draw(st.sets(names, min_size=1, max_size=3)))
    options = st.builds(
        Option,
        st.sampled_from(skus),
        st.sampled_from(QuantityRule),
        amounts,
        amounts,
        st.none() | amounts,
        st.booleans(),
        st.sampled_from(OptionPricing),
        st.sets(currencies).map(lambda codes: tuple(Money(Decimal("1.50"), code) for code in sorted(codes))),
    )
    groups = st.builds(
        OptionGroup,
        names,
        names,
        st.integers(0, 3),
        st.none() | st.integers(1, 3),
        st.lists(options, max_size=2).map(tuple),
    )
    products = [
        draw(
            st.builds(
                Product,
                sku=st.just(sku),
                name=names,
                category=paths,
                charge_type=st.sampled_from(ChargeType),
                family=names,
                attributes=st.dictionaries(names, values, max_size=3).map(lambda found: dict(sorted(found.items()))),
                tags=st.sets(names, max_size=2).map(sorted).map(tuple),
                unit=names,
                quantity_step=steps,
                costs=st.lists(st.builds(DatedCost, amounts, currencies, maybe_days, maybe_days), max_size=2).map(
                    tuple
                ),
                tax_class=names,
                valid_from=maybe_days,
                valid_to=maybe_days,
                status=st.sampled_from(ProductStatus),
                bundle=st.none() | st.builds(Bundle, st.lists(groups, max_size=2).map(tuple), st.booleans()),
            )
        )
        for sku in skus
    ]
    lists = [
        draw(st.builds(_price_list, st.just(found), currencies, st.sampled_from(ScopeKind), names, maybe_days))
        for found in ids
    ]
    prices = draw(
        st.lists(
            st.builds(_price, names, st.sampled_from(ids), models, st.sampled_from(skus), amounts, maybe_days),
            max_size=4,
            unique_by=lambda entry: entry.id,
        )
    )
    customers = [
        Customer(found, "Näme", "EUR", parent=draw(st.sampled_from(["", *ids])), attributes={"n": draw(values)})
        for found in ids
    ]
    rates = draw(
        st.lists(
            st.builds(ExchangeRate, currencies, currencies, days, amounts),
            max_size=3,
            unique_by=lambda rate: (rate.from_currency, rate.to_currency, rate.valid_from),
        )
    )
    attributes = [AttributeDefinition(name, AttributeType.CHOICE, choices=(name, "x")) for name in ids]
    return Catalog.of(
        categories=draw(st.lists(paths, max_size=2)),
        attributes=attributes,
        products=products,
        customers=customers,
        price_lists=lists,
        prices=prices,
        exchange_rates=rates,
    )


def _price_list(list_id, currency, scope, value, day):
    values = () if scope is ScopeKind.EVERYONE else (value,)
    also = () if scope.rank >= ScopeKind.COUNTRY.rank else ((ScopeKind.COUNTRY, ("DE", value)),)
    also = tuple((kind, tuple(sorted(set(names)))) for kind, names in also)
    return PriceList(list_id, "Näme", currency, 4, scope, values, day, None, 3, Selection.LOWEST, also=also)


def _price(price_id, price_list, model, sku, amount, day):
    return PriceEntry(
        price_id, price_list, model, sku=sku, min_quantity=amount, valid_to=day, span=Span("ж.csv", 7, 3, 5)
    )


TIERS = (Tier(Decimal(10), Decimal(5), Decimal(1), Decimal(2)), Tier(None, Decimal(4), Decimal(2)))

FULL = {
    "attributes": AttributeDefinition("form", AttributeType.CHOICE, AttributeOwner.PRODUCT, "a/b", ("1U", "2U"), "U"),
    "products": Product(
        sku="A",
        name="Alpha",
        category="a/b",
        charge_type=ChargeType.RECURRING,
        family="f",
        attributes={"form": "1U", "watts": Decimal(5)},
        tags=("t",),
        unit="kg",
        quantity_step=Decimal("0.001"),
        costs=(DatedCost(Decimal(7), "USD", date(2026, 1, 1), date(2026, 12, 31)),),
        tax_class="goods",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
        status=ProductStatus.DRAFT,
        bundle=Bundle(
            (
                OptionGroup(
                    "g",
                    "Group",
                    1,
                    2,
                    (
                        Option(
                            "A",
                            QuantityRule.FREE,
                            Decimal(3),
                            Decimal(2),
                            Decimal(9),
                            default=True,
                            pricing=OptionPricing.OWN,
                            own_prices=(Money(Decimal(5), "USD"),),
                        ),
                    ),
                ),
            ),
            component_prices_visible=False,
        ),
    ),
    "customers": Customer("C", "Acme", "USD", "g", "s", "direct", "DE", "EMEA", "P", {"rating": "A"}),
    "price_lists": PriceList(
        "usd",
        "List",
        "USD",
        2,
        ScopeKind.SEGMENT,
        ("SMB",),
        date(2026, 1, 1),
        date(2026, 12, 31),
        5,
        Selection.LOWEST,
        TierBounds.LOWER_INCLUSIVE,
        contract=True,
        discountable=False,
        proration=ProrationMethod.ACTUAL,
        anchor_day=15,
        also=((ScopeKind.COUNTRY, ("DE",)), (ScopeKind.REGION, ("EMEA",))),
    ),
    "prices": PriceEntry(
        id="p",
        price_list="usd",
        model=Volume(TIERS, TierBasis.AMOUNT, TierScope.FAMILY),
        sku="A",
        category="a",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
        min_quantity=Decimal(1),
        max_quantity=Decimal(9),
        priority=2,
        free_units=Decimal(3),
        minimum_charge=Decimal(4),
        committed_quantity=Decimal(5),
        billing_period=BillingPeriod.MONTH,
        proration=ProrationMethod.DAYS_365,
        anchor_day=3,
        maximum_charge=Decimal(6),
        committed_amount=Decimal(7),
        span=Span("prices.csv", 2),
    ),
    "exchange_rates": ExchangeRate("USD", "EUR", date(2026, 1, 1), Decimal("0.93")),
}
"""For each part of a catalogue an example without any default value."""

MODELS = (
    PerUnit(Decimal(5)),
    Volume(TIERS),
    Graduated(TIERS),
    Package(Decimal(5), Decimal(10), PackageRounding.DOWN, 3),
    Percentage(Decimal("1.2"), Decimal("0.10"), 3, Decimal(500), Decimal("0.05"), Decimal(20)),
    Block((BlockStep(Decimal(10), Decimal(100), Decimal(2)),), Decimal(9)),
    PercentOfTotal(Decimal(18), Coverage(("a",), ("t",), ("A",)), PercentBase.LIST, Decimal(1), Decimal(2)),
    CostPlus(markup=Decimal(20)),
    CostPlus(margin=Decimal(20)),
    AttributePrice("table", Decimal(3)),
)

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seguripago.journey.checkout.rules import PricedLine, ShippingPolicy, quote
from seguripago.values.money import Money

LINES = st.lists(
    st.builds(
        PricedLine,
        quantity=st.integers(1, 9_999),
        unit_price=st.integers(1, 100_000_000).map(Money),
        iva_bp=st.sampled_from([0, 800, 1600]),
    ),
    max_size=20,
)
POLICIES = st.builds(ShippingPolicy, fee=st.integers(0, 50_000).map(Money), free_from=st.integers(0, 10**9).map(Money))


@given(LINES, POLICIES)
def test_goods_and_shipping_are_the_total_to_the_centavo(lines: list[PricedLine], policy: ShippingPolicy) -> None:
    said = quote(lines, policy)
    assert said.total == said.subtotal + said.shipping
    assert said.subtotal.centavos == sum(line.quantity * line.unit_price.centavos for line in lines)


@given(LINES, POLICIES)
def test_what_is_without_tax_and_the_tax_add_up_to_what_is_paid(
    lines: list[PricedLine], policy: ShippingPolicy
) -> None:
    said = quote(lines, policy)
    net = Money.sum(line.subtotal - line.iva for line in lines) + said.shipping - said.shipping.iva_part(1600)
    assert net + said.iva == said.total
    assert Money.zero() <= said.iva <= said.total


@given(LINES, POLICIES)
def test_the_order_of_the_lines_changes_nothing(lines: list[PricedLine], policy: ShippingPolicy) -> None:
    assert quote(lines, policy) == quote(list(reversed(lines)), policy)


def test_the_purchase_of_the_mock_up_costs_what_it_says() -> None:
    lines = [
        PricedLine(1, Money(649_600), 1600),
        PricedLine(1, Money(191_400), 1600),
        PricedLine(2, Money(29_000), 1600),
    ]
    said = quote(lines, ShippingPolicy(Money(14_500), Money.zero()))
    assert (str(said.subtotal), str(said.total), str(said.iva)) == ("$8,990.00", "$9,135.00", "$1,260.00")


def test_shipping_is_free_from_the_stores_amount_on_and_never_when_it_says_zero() -> None:
    policy = ShippingPolicy(Money(14_500), Money(100_000))
    assert quote([PricedLine(1, Money(99_999), 1600)], policy).shipping == Money(14_500)
    assert quote([PricedLine(1, Money(100_000), 1600)], policy).shipping.is_zero
    assert quote([PricedLine(1, Money(10**9), 1600)], ShippingPolicy(Money(1), Money.zero())).shipping == Money(1)


def test_nothing_costs_nothing_not_even_shipping() -> None:
    assert quote([], ShippingPolicy(Money(14_500), Money.zero())).total.is_zero


def test_food_carries_no_iva_but_its_shipping_does() -> None:
    said = quote([PricedLine(1, Money(42_000), 0)], ShippingPolicy(Money(11_600), Money.zero()))
    assert said.iva == Money(1_600)

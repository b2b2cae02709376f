"""Two in a thousand of the last 10,000, and five where there were few."""

import pytest

from gateway.verdict.budgets.decline_cap import DeclineCap


@pytest.mark.parametrize(("payments", "allowed"), [(0, 5), (2_000, 5), (5_000, 10), (10_000, 20), (1_000_000, 20)])
def test_so_many_may_be_blocked(payments: int, allowed: int) -> None:
    """And not one more."""
    cap = DeclineCap(payments)

    assert [cap.take() for _ in range(allowed + 1)] == [True] * allowed + [False]
    assert (cap.used, cap.allowed) == (allowed, allowed)


@pytest.mark.parametrize(("gateways", "allowed"), [(1, 5), (2, 3), (5, 1), (16, 1)])
def test_gateways_share_what_is_allowed_where_there_are_few_payments(gateways: int, allowed: int) -> None:
    """Or a large fleet of a small shop would block five payments each."""
    assert DeclineCap(gateways=gateways).allowed == allowed
    assert DeclineCap(10_000, gateways=gateways).allowed == 20


def test_the_operator_sets_the_share() -> None:
    """More for a shop with more fraud; 0, and no model blocks anything."""
    assert [DeclineCap(10_000, share=share).allowed for share in (0.0, 0.0001, 0.01)] == [0, 5, 100]


def test_what_lies_back_10_000_payments_may_be_used_again() -> None:
    """It is a share, not a stock that runs out."""
    cap = DeclineCap(20_000)
    while cap.take():
        pass
    for _ in range(9_999):
        cap.payments += 1
    assert cap.take() is False

    cap.payments += 1

    assert (cap.used, cap.take()) == (0, True)


def test_a_block_of_a_model_that_blocks_everything_stays_a_rarity() -> None:
    """Over any 10,000 payments in a row."""
    cap, blocked = DeclineCap(), list[int]()
    for n in range(50_000):
        if cap.take():
            blocked.append(n)
        cap.payments += 1

    assert max(sum(first <= n < first + 10_000 for n in blocked) for first in blocked) <= 20


def test_what_another_verdict_took_the_place_of_is_given_back() -> None:
    """It blocked nobody."""
    cap = DeclineCap()
    while cap.take():
        pass

    cap.give_back()

    assert [cap.take(), cap.take()] == [True, False]


def test_it_goes_on_after_a_restart() -> None:
    """With what it knew."""
    cap = DeclineCap(600)
    cap.take()
    cap.payments += 1

    again = DeclineCap(cap.payments, cap.blocks)

    assert (again.used, again.payments) == (1, 601)

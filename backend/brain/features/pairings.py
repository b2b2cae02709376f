"""Computes with whom and with what the user has paid before."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from brain.columns import CARD, CATEGORY, DEVICE, KEYS, MERCHANT, NOBODY, Row
from brain.compiled import borrowing
from brain.domain import DAY_MS
from brain.features.codes import NO_CODE, country_of, short
from brain.features.distinct import begin_set, count_in
from brain.features.usual import USUAL_EVENTS, known_if, times_median, usual_amounts
from brain.features.windows import Window

Events = NDArray[np.void]


class PairingFeatures(NamedTuple):
    """
    What of this payment is new to the user. Unknown without the user's history, or where the request does not tell.

    Distinct cards and devices include those of the payment itself. `user_days_with_...` are since the first payment of
    the window with the same one; 0 where this is the first.
    """

    merchant_new_to_user: float
    user_category_count_30d: float
    amount_to_user_category_median: float
    user_cards_30d: float
    user_devices_30d: float
    user_days_with_card: float
    user_days_with_device: float
    user_days_with_merchant: float
    country_new_to_user: float


@borrowing
def pairing_features(seen: Window, amount: float, query: Row, events: Events) -> PairingFeatures:
    """Compute them from the window of the user; the amount is in units."""
    merchant, card, device = query[KEYS + MERCHANT], query[KEYS + CARD], query[KEYS + DEVICE]
    category, country = short(query[CATEGORY]), short(country_of(query))
    cards, devices, at_category = seen.sets[0], seen.sets[1], seen.sorted
    begin_set(cards, card)
    begin_set(devices, device)
    of_category = with_country = same_country = merchant_ms = card_ms = device_ms = 0
    for i in range(seen.n):
        age_ms, event = seen.age_ms[i], events[seen.slot[i]]
        if event["category"] == category:
            if of_category < USUAL_EVENTS:
                at_category[of_category] = seen.amount_minor[i]
            of_category += 1
        with_country += event["country"] != NO_CODE
        same_country += event["country"] == country
        keys = event["keys"]
        merchant_ms = age_ms if keys[MERCHANT] == merchant else merchant_ms
        card_ms = age_ms if keys[CARD] == card else card_ms
        device_ms = age_ms if keys[DEVICE] == device else device_ms
        if cards[0] == 0 or keys[CARD] != cards[cards[0]]:  # mostly the last one again: a call costs more than an event
            count_in(cards, keys[CARD])
        if devices[0] == 0 or keys[DEVICE] != devices[devices[0]]:
            count_in(devices, keys[DEVICE])
    has_category, has_paid = category != NO_CODE, seen.n > 0 and merchant != NOBODY
    usual = usual_amounts(at_category, min(of_category, USUAL_EVENTS) if has_category else 0, at_category)
    is_placed = country != NO_CODE and with_country > 0
    return PairingFeatures(
        merchant_new_to_user=known_if(has_paid, merchant_ms == 0),
        user_category_count_30d=known_if(has_category, of_category),
        amount_to_user_category_median=times_median(usual, amount),
        user_cards_30d=known_if(card != NOBODY, cards[0]),
        user_devices_30d=known_if(device != NOBODY, devices[0]),
        user_days_with_card=known_if(card != NOBODY, card_ms / DAY_MS),
        user_days_with_device=known_if(device != NOBODY, device_ms / DAY_MS),
        user_days_with_merchant=known_if(merchant != NOBODY, merchant_ms / DAY_MS),
        country_new_to_user=known_if(is_placed, same_country == 0),
    )

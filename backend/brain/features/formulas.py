"""
Computes the features of the model: one implementation for training, for serving and for debugging.

Every sum is over integers, so that a row's features have the same bits in any batch. NaN means unknown; 0 means that
there was nothing.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from brain.columns import ADDRESS, AMOUNT_MINOR, CARD, DEVICE, EMAIL, MERCHANT, USER, Row
from brain.compiled import borrowing
from brain.features.context import ContextFeatures, context_features
from brain.features.links import link_of
from brain.features.merchant import MerchantFeatures, merchant_features
from brain.features.pairings import PairingFeatures, pairing_features
from brain.features.user import UserFeatures, user_features
from brain.features.windows import UNREADABLE, Window

Floats = NDArray[np.float64]
Events = NDArray[np.void]
Windows = tuple[Window, Window, Window, Window, Window, Window]  # one of each kind


class LinkFeatures(NamedTuple):
    """What the histories of card, device, network address and email address tell: see `brain.features.links`."""

    card_count_1h: float
    card_count_1d: float
    card_merchants_1d: float
    card_users_30d: float
    card_frauds_30d: float
    card_days_known: float
    device_count_1h: float
    device_count_1d: float
    device_cards_1d: float
    device_cards_30d: float
    device_users_30d: float
    device_frauds_30d: float
    device_small_run: float
    device_days_known: float
    address_count_1h: float
    address_count_1d: float
    address_cards_1d: float
    address_users_1d: float
    address_users_30d: float
    address_frauds_30d: float
    email_count_1d: float
    email_cards_30d: float
    email_users_30d: float
    email_frauds_30d: float


_PARTS = (UserFeatures, PairingFeatures, MerchantFeatures, LinkFeatures, ContextFeatures)
FEATURE_NAMES: tuple[str, ...] = ("amount_alone", *(name for part in _PARTS for name in part._fields))
_USER, _PAIRINGS, _MERCHANT, _LINKS, _CONTEXT = (FEATURE_NAMES.index(part._fields[0]) for part in _PARTS)
_NEW_TO_USER = FEATURE_NAMES.index("merchant_new_to_user")


@borrowing
def fill_row(x: Floats, query: Row, events: Events, windows: Windows) -> None:
    """
    Fill the features (F,) of one query.

    Amounts are in units of the reference currency, or multiples of another amount; spreads are natural logarithms;
    ages in hours or days as their names say. `amount_alone` is the amount of a user without payments to compare it
    with, else NaN: what 250 means depends on what the user usually pays, so an amount must not outweigh a history.

    Args:
        x: To be filled.
        query: (COLUMNS,) a row as in `brain.columns`.
        events: All events, in which the slots of the windows lie.
        windows: What is known of each kind of entity.
    """
    x[:] = math.nan
    user, merchant = windows[USER], windows[MERCHANT]
    amount = query[AMOUNT_MINOR] / 100 if query[AMOUNT_MINOR] >= 0 else math.nan
    if user.n <= 0:
        x[0] = amount
    if user.n != UNREADABLE:
        for i, value in enumerate(user_features(user, amount)):
            x[_USER + i] = value
        for i, value in enumerate(pairing_features(user, amount, query, events)):
            x[_PAIRINGS + i] = value
    if merchant.n != UNREADABLE:
        for i, value in enumerate(merchant_features(merchant, amount, query, events)):
            x[_MERCHANT + i] = value
    else:
        x[_NEW_TO_USER] = math.nan  # there is nobody to be new to
    for i, value in enumerate(_link_features(query, events, windows)):
        x[_LINKS + i] = value
    for i, value in enumerate(context_features(query)):
        x[_CONTEXT + i] = value


@borrowing
def _link_features(query: Row, events: Events, windows: Windows) -> LinkFeatures:
    card, device = link_of(windows[CARD], query, events), link_of(windows[DEVICE], query, events)
    address, email = link_of(windows[ADDRESS], query, events), link_of(windows[EMAIL], query, events)
    return LinkFeatures(
        card_count_1h=card.count_1h,
        card_count_1d=card.count_1d,
        card_merchants_1d=card.merchants_1d,
        card_users_30d=card.users_30d,
        card_frauds_30d=card.frauds_30d,
        card_days_known=card.days_known,
        device_count_1h=device.count_1h,
        device_count_1d=device.count_1d,
        device_cards_1d=device.cards_1d,
        device_cards_30d=device.cards_30d,
        device_users_30d=device.users_30d,
        device_frauds_30d=device.frauds_30d,
        device_small_run=device.small_run,
        device_days_known=device.days_known,
        address_count_1h=address.count_1h,
        address_count_1d=address.count_1d,
        address_cards_1d=address.cards_1d,
        address_users_1d=address.users_1d,
        address_users_30d=address.users_30d,
        address_frauds_30d=address.frauds_30d,
        email_count_1d=email.count_1d,
        email_cards_30d=email.cards_30d,
        email_users_30d=email.users_30d,
        email_frauds_30d=email.frauds_30d,
    )

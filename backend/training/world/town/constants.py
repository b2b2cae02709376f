"""
Lists the constants of the town, each with its source, or "guess"; more stand beside the thefts that they describe.

Nothing here was measured on payments of people: figures of the town show differences between models, not levels in the
world.
"""

from typing import NamedTuple


class Category(NamedTuple):
    """
    What is paid for.

    Attributes:
        name, mcc: As merchants write it; ISO 18245 code.
        share: Of all payments.
        median, spread: Of amounts in units, and of their natural logarithm.
        online: Share of payments that are not made in a shop.
        ships: Whether goods are sent.
        wanted: How much thieves like what is sold there, as a weight.
    """

    name: str
    mcc: str
    share: float
    median: float
    spread: float
    online: float
    ships: bool
    wanted: float


# Codes: ISO 18245. Medians: near the means of 45 to 90 USD a card payment in the Federal Reserve Payments Study 2022,
# skewed as in the Diary of Consumer Payment Choice 2023 (half of all payments under 25 USD); by category: guess.
CATEGORIES = (
    Category("grocery", "5411", 0.200, 32.0, 0.80, 0.15, True, 0.2),
    Category("restaurant", "5812", 0.150, 19.0, 0.65, 0.30, False, 0.2),
    Category("fuel", "5541", 0.070, 42.0, 0.40, 0.05, False, 0.8),
    Category("electronics", "5732", 0.040, 110.0, 1.10, 0.75, True, 6.0),
    Category("fashion", "5651", 0.080, 55.0, 0.75, 0.70, True, 2.5),
    Category("airline", "4511", 0.015, 240.0, 0.80, 0.97, False, 1.5),
    Category("hotel", "7011", 0.020, 160.0, 0.80, 0.80, False, 0.8),
    Category("taxi", "4121", 0.080, 14.0, 0.60, 0.90, False, 0.5),
    Category("games", "5816", 0.070, 9.0, 0.90, 1.00, False, 2.5),
    Category("streaming", "5815", 0.050, 11.0, 0.40, 1.00, False, 0.4),
    Category("pharmacy", "5912", 0.060, 21.0, 0.75, 0.25, True, 0.3),
    Category("gift_cards", "5947", 0.020, 45.0, 0.70, 0.80, False, 6.0),
    Category("charity", "8398", 0.015, 25.0, 0.90, 0.95, False, 0.1),
    Category("utilities", "4900", 0.050, 75.0, 0.80, 0.95, False, 0.1),
    Category("furniture", "5712", 0.080, 70.0, 1.10, 0.60, True, 1.0),
)
TESTED = ("charity", "games", "streaming", "taxi")  # where cards are tested: small amounts, nothing shipped (guess)
BILLED = ("streaming", "utilities", "charity")  # where the same amount is paid each month (guess)


class Country(NamedTuple):
    """A country: its code, its share of the households, and minutes of its clocks from UTC in winter (tz database)."""

    code: str
    share: float
    offset_min: int


# Shares: guess.
COUNTRIES = (
    Country("US", 0.40, -300),
    Country("GB", 0.13, 0),
    Country("DE", 0.12, 60),
    Country("FR", 0.08, 60),
    Country("ES", 0.05, 60),
    Country("IT", 0.05, 60),
    Country("NL", 0.04, 60),
    Country("BR", 0.05, -180),
    Country("MX", 0.03, -360),
    Country("IN", 0.03, 330),
    Country("JP", 0.02, 540),
)

# Of a household, 1 to 4 people who pay: US Census 2022 gives 29, 35, 15 and 21 % for sizes of 1, 2, 3 and more.
HOUSEHOLD_SIZES = (0.30, 0.40, 0.17, 0.13)
NEW_USERS = 0.40  # of all users first pay within the town's time (guess)
LEAVING_USERS = 0.15  # stop within it (guess)
CARDS = (0.62, 0.30, 0.08)  # a user has 1, 2 or 3 (guess)
FUNDING = {"debit": 0.55, "credit": 0.38, "prepaid": 0.07}  # Federal Reserve Payments Study 2022, rounded
BINS_A_COUNTRY = 12  # guess
FOREIGN_CARDS = 0.03  # issued elsewhere (guess)
EMAIL_DOMAINS = {"gmail.com": 0.52, "yahoo.com": 0.13, "outlook.com": 0.12, "icloud.com": 0.10, "example.org": 0.13}
DISPOSABLE_DOMAINS = ("mailinator.com", "tempmail.example", "trashmail.example")
DISPOSABLE_USERS = 0.01  # of honest people (guess)
ACCOUNT_DAYS_MEDIAN, ACCOUNT_SPREAD = 420.0, 1.1  # age of an old account at the start (guess)
PAYMENTS_A_DAY_MEDIAN, PAYMENTS_SPREAD = 0.17, 0.9  # of a user; the mean is half more (guess)
USER_LEVEL_SPREAD = 0.45  # of what a user pays for the same thing, natural logarithm (guess)

MERCHANT_SIZES = 1.06  # exponent: Axtell, "Zipf distribution of U.S. firm sizes", Science 2001
MERCHANT_LEVEL_SPREAD = 0.5  # of prices, natural logarithm (guess)
SENDS_MCC = 0.5  # of merchants say a code instead of a word (guess)
SENDS_LOCAL_TIME = 0.6  # of merchants send times with the buyer's offset (guess)

FAVOURITES, AT_FAVOURITE = 14, 0.78  # merchants of a user, and the share of payments there (guess)
FOLLOWED, FOLLOW_S, FOLLOW_SPREAD = 0.07, 1_200.0, 1.2  # of visits by another: a second shop, a forgotten item (guess)
FOLLOW_SAME = 0.5  # of these are at the same merchant (guess)
RETRIED, RETRY_S = 0.02, 45.0  # of payments are tried again at once: a decline, a time-out, a second click (guess)
RETRIED_AGAIN = 0.20  # of those once more, and so on (guess)
ABROAD = 0.07  # of other payments go to a merchant of another country (guess)
HOURS = ((12.8, 3.0, 0.55), (19.6, 2.2, 0.40), (2.0, 2.0, 0.05))  # local mean, deviation, share (guess)
ROUND_AMOUNTS, CHARM_AMOUNTS = 0.20, 0.35  # whole units; .99 (guess)
LARGE, LARGE_TIMES = 0.02, 4.0  # of payments are several times larger (guess)

SWITCHES_DEVICE = 0.25  # of users get another one within the time (guess; a phone lasts three years)
SHARED_DEVICE = 0.18  # of online payments are made at the household's (guess)
MOBILE_ADDRESS, MOBILE_USERS = 0.25, 60  # of online payments, by a carrier's address that so many share (guess)
ADDRESS_DAYS = 45.0  # until a household gets another one (guess)
PRIVATE_NETWORK = 0.02  # of users go through one, with few addresses for all (guess)
PRIVATE_ADDRESSES = 40
TRAVELS, TRIP_DAYS = 0.25, 8.0  # of users once within the time, mean length (guess)
METHODS = {"card": 0.82, "wallet": 0.14, "bank_transfer": 0.04}  # guess
GIFTS_ABROAD = 0.015  # of what is shipped (guess)
BILLS_A_USER, BILL_DAYS = 1.1, 30  # guess
BILL_CHANGES = 0.15  # of bills rise once (guess)

FRAUD_SHARE = 0.0045  # of payments; Stripe's letters speak of about 1 in 1,000, ours needs frauds to learn from (guess)
STOLEN, TAKEOVER, TESTING, FRIENDLY, SKIMMED, BUST_OUT = (
    "stolen",
    "takeover",
    "testing",
    "friendly",
    "skimmed",
    "bust_out",
)
GENUINE = "genuine"
SCENARIOS = (GENUINE, STOLEN, TAKEOVER, TESTING, FRIENDLY, SKIMMED, BUST_OUT)
SHARES = {STOLEN: 0.39, TAKEOVER: 0.14, TESTING: 0.25, FRIENDLY: 0.04, SKIMMED: 0.09, BUST_OUT: 0.09}  # guess
PAYMENTS_AN_EPISODE = {STOLEN: 6.0, TAKEOVER: 4.5, TESTING: 45.0, FRIENDLY: 1.0, SKIMMED: 4.0, BUST_OUT: 12.0}  # guess
FRAUDS_A_RING = 60  # guess
RING_DAYS = 35.0  # how long a ring works (guess)

LABEL_DAYS_MEDIAN, LABEL_SPREAD = 24.0, 0.7  # until a fraud is told (guess: banks ask 120 days at most)
NEVER_TOLD = 0.06  # of frauds (guess)
FALSELY_TOLD = 0.0002  # of genuine payments (guess)

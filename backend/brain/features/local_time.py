"""
Finds the buyer's clock: hours of the night mean something only where the buyer is.

Where the request's time has no offset, the standard time of a country stands for it, of its largest city where it has
several. Summer time is left out: an hour matters less than that the table is one, for training and for serving.

A canary's clock stands still: whether a model scores must not depend on when a gateway asks.

Source: the time zones of IANA (tz database 2025), zone.tab.
"""

from brain.domain import DAY_MS, HOUR_MS, Query

_MINUTE_MS = 60_000
_WEEK_MIN = 7 * DAY_MS // _MINUTE_MS
_NOON_OF_CANARIES_MIN = (6 * DAY_MS + 12 * HOUR_MS) // _MINUTE_MS  # a Wednesday's: the epoch began on a Thursday

_MINUTES_TO_COUNTRIES = {
    -660: "AS NU",
    -600: "CK PF",
    -480: "PN",
    -360: "BZ CR GT HN MX NI SV",
    -300: "BS CA CO CU EC HT JM KY PA PE TC US",
    -240: "AG AI AW BB BL BM BO BQ CL CW DM DO GD GP GY KN LC MF MQ MS PR SX TT VC VE VG VI",
    -180: "AR BR FK GF PM PY SR UY",
    -120: "GL",
    -60: "CV",
    0: "BF CI FO GB GG GH GM GN GW IE IM IS JE LR ML MR PT SH SL SN ST TG",
    60: (
        "AD AL AO AT BA BE BJ CD CF CG CH CM CZ DE DK DZ EH ES FR GA GI GQ HR HU IT LI LU MA MC ME MK MT NE "
        "NG NL NO PL RS SE SI SJ SK SM TD TN VA"
    ),
    120: "AX BG BI BW CY EE EG FI GR IL LB LS LT LV LY MD MW MZ NA PS RO RW SD SS SZ UA ZA ZM ZW",
    180: "BH BY DJ ER ET IQ JO KE KM KW MG QA RU SA SO SY TR TZ UG YE YT",
    210: "IR",
    240: "AE AM AZ GE MU OM RE SC",
    270: "AF",
    300: "KZ MV PK TJ TM UZ",
    330: "IN LK",
    345: "NP",
    360: "BD BT KG",
    390: "CC MM",
    420: "CX ID KH LA TH VN",
    480: "BN CN HK MN MO MY PH SG TW",
    540: "JP KP KR PW TL",
    600: "AU GU MP PG",
    660: "FM NC NF SB VU",
    720: "FJ KI MH NR NZ TV WF",
    780: "TK TO WS",
}
_MINUTES = {country: minutes for minutes, countries in _MINUTES_TO_COUNTRIES.items() for country in countries.split()}

COUNTRIES = ("billing_country", "card_country", "location_country", "merchant_country")  # the first that is known


def utc_offset_min(query: Query) -> int:
    """Return how many minutes the buyer's clock is ahead of UTC; 0 where nothing tells. A canary's is at noon."""
    if query.is_canary:
        return (_NOON_OF_CANARIES_MIN - query.time_ms // _MINUTE_MS) % _WEEK_MIN
    if query.utc_offset_min is not None:
        return query.utc_offset_min
    country = query.billing_country or query.card_country or query.location_country or query.merchant_country
    return _MINUTES.get(country, 0) if country else 0


def standard_minutes(country: str) -> int | None:
    """Return how many minutes the standard time of a country is ahead of UTC; None where it is not known."""
    return _MINUTES.get(country)

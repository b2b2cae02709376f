"""The countries of the world: ISO 3166-1 alpha-2, what is officially assigned, and XK, which Kosovo's banks use."""

_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC
CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD
GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH
KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW
MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC
SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY
UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK
"""
COUNTRIES = frozenset(_CODES.split())
# What people write, or wrote before a country changed its name, for one that has a code.
SAME = {"UK": "GB", "EL": "GR", "FX": "FR", "TP": "TL", "ZR": "CD", "BU": "MM"}
# Countries that became several: which one is meant is not ours to say.
_NOW = {"AN": "BQ, CW or SX", "CS": "RS or ME", "YU": "RS or ME", "SU": "RU or one of the others", "DD": "DE"}


def advice_on(code: str) -> str:
    """What would be right instead of a code that is none."""
    meant = SAME.get(code) or _NOW.get(code)
    if meant is not None:
        return f"must be an ISO 3166-1 alpha-2 code in capitals: {code} is none, write {meant} (as GB, never UK)"
    return "must be an ISO 3166-1 alpha-2 code in capitals, such as FR, or GB for the United Kingdom"

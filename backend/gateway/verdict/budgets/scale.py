"""Risk scores in bins of equal width in log-odds: near 0 and near 1, where scores lie close, bins are narrow, too."""

import math

BINS_PER_UNIT = 64  # neighbouring small scores differ by 1.6 %: a threshold is then told within the 5 % that matter
_LOG_ODDS_MAX = 12.0  # scores of 0.000006 and 0.999994; what lies beyond falls into the last bins
BIN_MAX = round(_LOG_ODDS_MAX * BINS_PER_UNIT)
_ROUNDING = 1 - 1e-12  # a score at the edge of its bin must not fall below that edge by a rounded logarithm


def to_log_odds(score: float) -> float:
    """Between -12 and 12, also for 0 and 1."""
    if score <= 0.0:
        return -_LOG_ODDS_MAX
    if score >= 1.0:
        return _LOG_ODDS_MAX
    return max(-_LOG_ODDS_MAX, min(_LOG_ODDS_MAX, math.log(score / (1.0 - score))))


def to_score(log_odds: float) -> float:
    """The way back, 0..1."""
    return _ROUNDING / (1.0 + math.exp(-log_odds))


def to_bin(score: float) -> int:
    """Of a score, -BIN_MAX to BIN_MAX."""
    return math.floor(to_log_odds(score) * BINS_PER_UNIT)


def lower_edge(bin_number: int) -> float:
    """In log-odds: no score of this bin is below it."""
    return bin_number / BINS_PER_UNIT

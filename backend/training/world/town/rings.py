"""Makes the rings of thieves: their devices, addresses, time of work, and where goods go."""

from dataclasses import dataclass

import numpy as np

from training.world.town import constants as c
from training.world.town.columns import Floats, Ints, groups, pick, running
from training.world.town.people import COUNTRY_SHARES, DOMAINS
from training.world.town.rules import DAY_MS
from training.world.town.setting import Setting

DEVICES, ADDRESSES = 2, 6  # of a ring (guess)
FRESH_DEVICE, FRESH_ADDRESS = 0.40, 0.35  # of episodes use one that nobody has seen (guess)
ON_NETWORK = 0.25  # of episodes come from a private network that honest people use as well (guess)
POSES = 0.60  # of episodes seem to come from the victim's country (guess)
DISPOSABLE = 0.30  # of the emails that thieves make (guess)


@dataclass(frozen=True, slots=True)
class Rings:
    """
    R rings.

    Attributes:
        country, drop: (R,) where each works, and where goods are sent.
        start_ms, end_ms: (R,) between which it works.
        device, address: (R, DEVICES), (R, ADDRESSES).
    """

    country: Ints
    drop: Ints
    start_ms: Ints
    end_ms: Ints
    device: Ints
    address: Ints

    @classmethod
    def make(cls, rng: np.random.Generator, setting: Setting, count: int) -> "Rings":
        """Make these many rings, spread over the time of the town."""
        rules = setting.rules
        start = rng.random(count) * (rules.days + c.RING_DAYS) - c.RING_DAYS
        end = np.minimum(start + c.RING_DAYS * (0.3 + rng.exponential(0.7, count)), rules.days)
        start = np.maximum(np.minimum(start, end - 3), 0)
        return cls(
            country=pick(rng, COUNTRY_SHARES, count),
            drop=pick(rng, COUNTRY_SHARES, count),
            start_ms=rules.start_ms + (start * DAY_MS).astype(np.int64),
            end_ms=rules.start_ms + (np.maximum(end, start + 1) * DAY_MS).astype(np.int64),
            device=setting.codes.take("device", count * DEVICES).reshape(count, DEVICES),
            address=setting.codes.take("address", count * ADDRESSES).reshape(count, ADDRESSES),
        )

    def episodes(self, rng: np.random.Generator, n: int) -> tuple[Ints, Ints]:
        """Draw which ring makes each of n episodes, and when it begins."""
        ring = rng.integers(0, self.country.size, n)
        span = self.end_ms[ring] - self.start_ms[ring]
        return ring, self.start_ms[ring] + (rng.random(n) * span).astype(np.int64)

    def devices(self, rng: np.random.Generator, setting: Setting, ring: Ints) -> Ints:
        """Draw the device of each episode (n,): one of the ring's, or a fresh one."""
        own = self.device[ring, rng.integers(0, DEVICES, ring.size)]
        return np.where(rng.random(ring.size) < FRESH_DEVICE, setting.codes.take("device", ring.size), own)

    def addresses(self, rng: np.random.Generator, setting: Setting, ring: Ints) -> Ints:
        """Draw the network address of each episode (n,)."""
        chance = rng.random(ring.size)
        own = self.address[ring, rng.integers(0, ADDRESSES, ring.size)]
        fresh = np.where(chance < FRESH_ADDRESS, setting.codes.take("address", ring.size), own)
        network = setting.networks[rng.integers(0, setting.networks.size, ring.size)]
        return np.where(chance > 1 - ON_NETWORK, network, fresh)

    def location(self, rng: np.random.Generator, ring: Ints, victim: Ints) -> Ints:
        """Draw from which country each episode (n,) seems to come, given that of the victim."""
        return np.where(rng.random(ring.size) < POSES, victim, self.country[ring])


def domains(rng: np.random.Generator, n: int) -> Ints:
    """Draw the domains of n emails that thieves made."""
    honest = pick(rng, list(c.EMAIL_DOMAINS.values()), n)
    thrown_away = rng.integers(len(c.EMAIL_DOMAINS), len(DOMAINS), n)
    return np.where(rng.random(n) < DISPOSABLE, thrown_away, honest)


def bursts(
    rng: np.random.Generator, onset_ms: Ints, counts: Ints, *, gap_s: float, spread: float = 1.0
) -> tuple[Ints, Ints]:
    """
    Draw the payments of episodes (E,): the episode of each (n,) and its time.

    Args:
        onset_ms: (E,) times of the first payments.
        counts: (E,) numbers of payments.
        gap_s: Median seconds between two payments.
        spread: Of the gaps' natural logarithm.
    """
    episode, place = groups(counts)
    gaps: Floats = gap_s * np.exp(rng.normal(0, spread, episode.size)) * 1000
    gaps[place == 0] = 0
    return episode, onset_ms[episode] + running(gaps, counts).astype(np.int64)


def sizes(rng: np.random.Generator, mean: float, episodes: int, *, spread: float = 0.5, least: int = 1) -> Ints:
    """Draw the numbers of payments of episodes (E,), skewed, with about this mean."""
    drawn = mean * np.exp(rng.normal(-spread * spread / 2, spread, episodes))
    return np.maximum(np.rint(drawn), least).astype(np.int64)

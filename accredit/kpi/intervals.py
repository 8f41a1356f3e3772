"""95 % intervals: how far a figure from so many answers can be trusted.

Each function names its method and where its formula was published. Shares are between
0 and 1 here; the formulas scale them to percent or points.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from statistics import NormalDist

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2)

Interval = tuple[float, float]


def wilson(hits: int, n: int) -> Interval:
    """Wilson's score interval for a share of `hits` in `n` > 0, inside [0, 1].

    E. B. Wilson 1927; recommended by Newcombe 1998.
    """
    p = hits / n
    centre = p + Z * Z / (2 * n)
    half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    # At the ends the formula gives exactly 0 and 1; floating point only nearly.
    low = 0.0 if hits == 0 else (centre - half) / scale
    high = 1.0 if hits == n else (centre + half) / scale
    return low, high


def net_promoter(promoters: int, detractors: int, n: int) -> Interval:
    """Adjusted Wald interval for (promoters − detractors) / n, clipped to [-1, 1]; n > 0.

    Rocks 2016: add 3/4 to promoters and to detractors and 3 to n, then Wald. From a
    single answer the clipped interval can miss that answer; it is then widened to hold it.
    """
    p, d, size = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3), n + 3
    half = Z * math.sqrt((p + d - (p - d) ** 2) / size)
    observed = (promoters - detractors) / n
    low = min(max(-1.0, p - d - half), observed)
    high = max(min(1.0, p - d + half), observed)
    return low, high


def mean(average: float, variance: float, n: int) -> Interval | None:
    """Student's t interval for a mean from the sample variance (n − 1).

    None for fewer than two answers, and where all answers are equal: an interval without
    width would claim a certainty that a few equal answers cannot give.
    """
    if n < 2 or variance <= 0:
        return None
    half = t_quantile(1 - (1 - CONFIDENCE) / 2, n - 1) * math.sqrt(variance / n)
    return average - half, average + half


@lru_cache(maxsize=1024)
def order_statistic_ranks(n: int, share: Fraction) -> tuple[int, int] | None:
    """The ranks (from 1) of the two ordered answers that enclose the `share` quantile.

    Exact binomial, each tail at most 2.5 % (Hahn and Meeker 1991, 5.2). None where `n`
    answers are too few to enclose it with 95 % confidence.
    """
    tail = (1 - CONFIDENCE) / 2
    q = float(share)
    # Beyond twelve standard deviations a binomial tail is below any tolerance here.
    reach = int(12 * math.sqrt(n * q * (1 - q))) + 12
    first, last = max(0, int(n * q) - reach), min(n, int(n * q) + reach)
    low = 0
    below = 0.0
    for k in range(first, last + 1):
        below += _binomial(k, n, q)
        if below > tail:
            break
        low = k + 1
    high = n + 1
    above = 0.0
    for k in range(last, first - 1, -1):
        above += _binomial(k, n, q)
        if above > tail:
            break
        high = k
    return (low, high) if low >= 1 and high <= n else None


def _binomial(k: int, n: int, q: float) -> float:
    log_ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(log_ways + k * math.log(q) + (n - k) * math.log1p(-q))


def newcombe(before: tuple[float, float, float], after: tuple[float, float, float]) -> Interval:
    """Newcombe's hybrid score interval for a difference of two shares, after − before.

    Each argument is (value, low, high) by Wilson's method. Newcombe 1998, method 10.
    """
    p1, l1, u1 = before
    p2, l2, u2 = after
    difference = p2 - p1
    return (
        difference - math.hypot(p2 - l2, u1 - p1),
        difference + math.hypot(u2 - p2, p1 - l1),
    )


def welch(se_before: float, n_before: int, se_after: float, n_after: int) -> float:
    """Half the width of Welch's t interval for a difference of two means.

    Both standard errors are positive; Welch 1947, degrees of freedom by Satterthwaite.
    """
    v1, v2 = se_before**2, se_after**2
    freedom = (v1 + v2) ** 2 / (v1**2 / (n_before - 1) + v2**2 / (n_after - 1))
    return t_quantile(1 - (1 - CONFIDENCE) / 2, freedom) * math.sqrt(v1 + v2)


def sample_size(share: float, margin: float) -> int:
    """How many answers make a share's normal interval no wider than ± `margin`, both 0 to 1."""
    return math.ceil(Z * Z * share * (1 - share) / (margin * margin))


@lru_cache(maxsize=4096)
def t_quantile(probability: float, freedom: float) -> float:
    """The t value below which `probability` (above one half) of Student's distribution lies."""
    low, high = 0.0, 2.0
    while _t_below(high, freedom) < probability:
        high *= 2
    while high - low > 1e-13 * high:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if _t_below(middle, freedom) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _t_below(t: float, freedom: float) -> float:
    """P(T ≤ t) for t ≥ 0, through the incomplete beta function (Abramowitz & Stegun 26.7.1)."""
    return 1 - _incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t)) / 2


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b) by its continued fraction.

    DLMF 8.17.22, evaluated from its tail; the reflection 8.17.4 keeps it convergent
    within a number of terms that grows as the square root of the larger parameter.
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _incomplete_beta(b, a, 1 - x)
    fraction = 1.0
    for m in range(100 + 4 * math.isqrt(int(max(a, b))), -1, -1):
        even = (m + 1) * (b - m - 1) * x / ((a + 2 * m + 1) * (a + 2 * m + 2))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        fraction = 1 + odd / (1 + even / fraction)
    log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    return math.exp(a * math.log(x) + b * math.log1p(-x) - log_beta) / (a * fraction)

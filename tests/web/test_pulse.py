"""Which processes have stopped, told by what is heard of them."""

from __future__ import annotations

from accredit.web.pulse import Pulses


def test_silent_is_who_was_not_heard_for_longer_than_the_patience():
    pulses = Pulses(patience=30)
    assert pulses.silent([1, 2], now=100) == []
    for now in range(101, 131):
        pulses.hear(1, now)
        assert pulses.silent([1, 2], now) == []
    assert pulses.silent([1, 2], now=131) == [2]


def test_a_process_that_begins_late_has_as_long_as_the_others():
    pulses = Pulses(patience=5)
    for now in range(100, 110):
        pulses.hear(1, now)
        pulses.silent([1], now)
    for now in range(110, 116):
        pulses.hear(1, now)
        assert pulses.silent([1, 2], now) == []
    assert pulses.silent([1, 2], now=116) == [2]


def test_whoever_was_stopped_itself_says_nothing_of_the_others():
    pulses = Pulses(patience=30)
    pulses.silent([1], now=100)
    assert pulses.silent([1], now=500) == []
    for now in range(501, 531):
        assert pulses.silent([1], now) == []
    assert pulses.silent([1], now=531) == [1]


def test_what_has_ended_is_forgotten_and_strangers_are_not_counted():
    pulses = Pulses(patience=5)
    pulses.hear(7, 100)
    assert pulses.silent([1], now=100) == []
    for now in range(101, 120):
        pulses.hear(1, now)
        assert pulses.silent([1], now) == []

"""The order of things: every step of the story has its moment, and they happen in that order.

Moments are told in days before today, so that the story never ages. The steps of several
departments are noted one story after the other and carried out together by time, as life
would have mixed them: the event trail then reads like one of a real programme.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Step = Callable[[datetime], object]

#: Friday and Saturday: the weekend where the story takes place.
_WEEKEND = frozenset({4, 5})
_OPENS, _CLOSES = 8 * 60, 15 * 60


@dataclass
class Diary:
    """Steps with their moments; `today` is the day on which the story is told."""

    today: date
    zone: ZoneInfo
    _steps: list[tuple[datetime, Step]] = field(default_factory=list)

    def day(self, days_ago: int) -> date:
        """The working day that many days ago, or the last one before it.

        Two days that are three or more apart stay apart.
        """
        day = self.today - timedelta(days=days_ago)
        while day.weekday() in _WEEKEND:
            day -= timedelta(days=1)
        return day

    def moment(self, days_ago: int, hour: int = 9, minute: int = 0) -> datetime:
        """A moment of that working day, in UTC; the clock is the programme's own."""
        return self.on(self.day(days_ago), hour, minute)

    def on(self, day: date, hour: int = 9, minute: int = 0) -> datetime:
        """A moment of exactly that day, in UTC."""
        return datetime.combine(day, time(hour, minute), self.zone).astimezone(UTC)

    def spread(self, first: int, last: int, count: int) -> list[datetime]:
        """`count` moments in office hours from `first` to `last` days ago, in order."""
        days = sorted({self.day(ago) for ago in range(last, first + 1)})
        moments = []
        for index in range(count):
            place = index * len(days) / count
            minute = _OPENS + int((place - int(place)) * (_CLOSES - _OPENS))
            # Odd minutes: people do not save on the full hour.
            minute += (index * 7) % 4
            moments.append(self.on(days[int(place)], minute // 60, minute % 60))
        return moments

    def note(self, moment: datetime, step: Step) -> None:
        """Let `step` happen at `moment`; of steps at the same moment the one noted first."""
        self._steps.append((moment, step))

    @property
    def length(self) -> int:
        """How many steps are noted."""
        return len(self._steps)

    def run(self, done: Callable[[int], None] = lambda _count: None) -> None:
        """Carry out everything noted, in the order of time; `done` hears how many steps are."""
        steps = sorted(self._steps, key=lambda entry: entry[0])
        for count, (moment, step) in enumerate(steps, start=1):
            step(moment)
            done(count)

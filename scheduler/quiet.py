"""Hours in which people want to hear nothing, and when a reminder comes that is due in them. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

USEFUL = timedelta(hours=1)
"""A reminder after the quiet hours must leave that much time to the start, or it comes before them."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """From one full hour to another, over midnight, by the wall clock."""

    begins: int
    ends: int

    @property
    def name(self) -> str:
        """What it is called: `21-8`."""
        return f"{self.begins}-{self.ends}"

    def around(self, moment: datetime, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
        """The quiet hours that hold at the moment (aware), as times in UTC-comparable form; None if none do."""
        wall = moment.astimezone(zone)
        hour = wall.hour
        if not (hour >= self.begins or hour < self.ends):
            return None
        evening = wall.date() if hour >= self.begins else wall.date() - timedelta(days=1)
        begin = datetime(evening.year, evening.month, evening.day, self.begins, tzinfo=zone)
        morning = evening + timedelta(days=1)
        end = datetime(morning.year, morning.month, morning.day, self.ends, tzinfo=zone)
        return begin, end

    def move(self, due: datetime, start: datetime, zone: ZoneInfo) -> datetime:
        """When a reminder comes that is due at a moment: after the quiet hours if that is still of use, else before."""
        hours = self.around(due, zone)
        if hours is None:
            return due
        begin, end = (each.astimezone(due.tzinfo) for each in hours)
        return end if end + USEFUL <= start else begin - timedelta(seconds=1)


QUIETS = (Quiet(20, 9), Quiet(21, 8), Quiet(22, 7))
"""The quiet hours that one can choose."""

USUAL = Quiet(21, 8)
"""What holds until somebody chooses."""

NEVER = "never"
"""The name of the choice to have no quiet hours."""

"""Times of a record in words: Beijing time, in the record's language."""

from datetime import date, datetime, timedelta, timezone

from inspection.record.survey import Language

BEIJING = timezone(timedelta(hours=8))


def span(start: datetime, end: datetime, language: Language) -> str:
    """From one moment to another; the day once where both are of one day."""
    start, end = start.astimezone(BEIJING), end.astimezone(BEIJING)
    until = f"{end:%H:%M}" if start.date() == end.date() else moment(end, language)
    joined = " 至 " if language is Language.ZH else " to "
    return f"{moment(start, language)}{joined}{until}"


def moment(at: datetime, language: Language) -> str:
    """Day, hour and minute of an aware time."""
    local = at.astimezone(BEIJING)
    between = " " if language is Language.ZH else ", "
    return f"{day(local.date(), language)}{between}{local:%H:%M}"


def day(day: date, language: Language) -> str:
    """A day of the calendar."""
    if language is Language.ZH:
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


#: Not strftime: that depends on the locale of the machine.
_MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]

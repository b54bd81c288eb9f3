"""Nonsense in a problem is refused when it is written down, in a coordinator's words."""

from __future__ import annotations

from enum import StrEnum


class Nonsense(StrEnum):
    """What can be wrong with a problem. Stable: the server translates these."""

    NAMELESS = "nameless"
    TWICE = "twice"
    NOT_A_NUMBER = "not_a_number"
    TOO_LITTLE = "too_little"
    BACKWARDS = "backwards"
    OTHER_DAY = "other_day"
    DAYS_OUT_OF_ORDER = "days_out_of_order"
    UNKNOWN_SITE = "unknown_site"
    UNKNOWN_OFFICER = "unknown_officer"
    TABLE_NOT_SQUARE = "table_not_square"
    UNREACHABLE = "unreachable"
    NOWHERE = "nowhere"
    NO_WORKING_TIME = "no_working_time"
    NO_MODE = "no_mode"
    NO_SITE = "no_site"
    DESK_CROWDED = "desk_crowded"
    CREWS = "crews"
    AFTER = "after"
    GRID = "grid"
    AFTER_GRID = "after_grid"
    PIN_IMPOSSIBLE = "pin_impossible"
    PIN_DOUBLE = "pin_double"
    UNREADABLE = "unreadable"


_SENTENCES = {
    Nonsense.NAMELESS: "has no name",
    Nonsense.TWICE: "is listed twice",
    Nonsense.NOT_A_NUMBER: "{what} must be a whole number, not {value}",
    Nonsense.TOO_LITTLE: "{what} must be at least {least}, not {value}",
    Nonsense.BACKWARDS: "{what} ends at {end}, before it starts at {start}",
    Nonsense.OTHER_DAY: "{what} lies on day {day}, but only days 0 to {last} are planned",
    Nonsense.DAYS_OUT_OF_ORDER: "{day} does not come after {before}",
    Nonsense.UNKNOWN_SITE: "site {site} is not in the table of travel times",
    Nonsense.UNKNOWN_OFFICER: "officer {officer} is not known",
    Nonsense.TABLE_NOT_SQUARE: "row {row} has {columns} entries for {sites} sites",
    Nonsense.UNREACHABLE: "no way from site {start} to site {end}: {value}",
    Nonsense.NOWHERE: "there is no place at longitude {east}, latitude {north}",
    Nonsense.NO_WORKING_TIME: "has no working time on any planned day",
    Nonsense.NO_MODE: "has no way to be carried out",
    Nonsense.NO_SITE: "a survey on site needs a site, a video survey must not have one",
    Nonsense.DESK_CROWDED: "a video survey takes one or two officers, not {officers}",
    Nonsense.AFTER: "each crew but the first begins some minutes after it",
    Nonsense.GRID: "{what} must be minutes that divide the hour, such as 5 or 15, not {value}",
    Nonsense.AFTER_GRID: "no multiple of {grid} lies between {earliest} and {latest} minutes",
    Nonsense.CREWS: "two to {most} crews meet on site, each judges something, together everything",
    Nonsense.PIN_IMPOSSIBLE: "the promised appointment breaks a rule: {rules}",
    Nonsense.PIN_DOUBLE: "is promised at the same time as survey {other} with officer {officer}",
    Nonsense.UNREADABLE: "{what}",
}


class ProblemRefused(ValueError):
    """A problem that makes no sense; nothing was planned.

    ``code`` says what is wrong, ``thing`` which thing it is ("survey A-17"), ``values``
    the figures of the sentence.
    """

    def __init__(self, code: Nonsense, thing: str, **values: str | float) -> None:
        self.code = code
        self.thing = thing
        self.values = values
        super().__init__(f"{thing}: {_SENTENCES[code].format_map(values)}")


def refuse_nameless(key: str, thing: str) -> None:
    """Everything is called by its key, so a key is never empty."""
    if not isinstance(key, str) or not key.strip():
        raise ProblemRefused(Nonsense.NAMELESS, thing)


def refuse_less(value: int, least: int, *, what: str, thing: str) -> None:
    """Refuse anything but a whole number of at least ``least``; NaN and 1.5 are no minutes."""
    if type(value) is not int:
        raise ProblemRefused(Nonsense.NOT_A_NUMBER, thing, what=what, value=repr(value))
    if value < least:
        raise ProblemRefused(Nonsense.TOO_LITTLE, thing, what=what, least=least, value=value)

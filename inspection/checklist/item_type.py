"""Item types (事项): what is applied for, and how it may be surveyed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from inspection.checklist.point import Text
from inspection.checklist.rows import Row


class Mode(StrEnum):
    VIDEO = "video"  # 视频踏勘
    ON_SITE = "on_site"  # 现场踏勘


#: The columns of an item type, in catalogue.toml and in a script's [ks_meta] alike, in the order in
#: which they are written.
COLUMNS = (
    *("code", "category", "name::zh", "name::en", "department::zh", "department::en"),
    *("modes", "preferred_mode", "joint"),
    *("minutes_video", "minutes_on_site"),
    *("statutory_working_days", "promised_working_days"),
)

#: Of all columns of [ks_meta]: whole numbers, and lists of texts; each of the others is one text.
WHOLE_NUMBERS = (
    *("minutes_video", "minutes_on_site", "statutory_working_days", "promised_working_days"),
    "rectify_up_to_percent",
)
LISTS = ("modes", "prepare::zh", "prepare::en")


@dataclass(frozen=True, slots=True)
class ItemType:
    """One of the bureau's item types. Minutes are for the survey itself, without travel.

    Minutes are known for both modes, also where ``modes`` allows one: a bureau that later
    allows the other need not guess.
    """

    code: str  # "0101"
    category: str  # "01"
    name: Text
    department: Text
    modes: tuple[Mode, ...]
    preferred: Mode
    joint: bool  # several departments look together
    minutes_video: int
    minutes_on_site: int
    statutory_working_days: int  # the law's limit, from acceptance
    promised_working_days: int  # what bureaus usually promise

    def minutes(self, mode: Mode) -> int:
        return self.minutes_video if mode is Mode.VIDEO else self.minutes_on_site


def read_item_type(row: Row) -> ItemType:
    """The item type of a row; faults are noted on it."""
    modes = _modes(row)
    preferred = row.word("preferred_mode", Mode)
    if modes and preferred not in modes:
        row.fault(
            "首选方式不在允许的方式里",
            "the preferred mode is not one of the modes",
            "改 preferred_mode 或 modes",
            "change preferred_mode or modes",
        )
    return ItemType(
        code=row.text("code"),
        category=row.text("category"),
        name=row.both("name"),
        department=row.both("department"),
        modes=modes,
        preferred=preferred,
        joint=row.yes("joint"),
        minutes_video=row.whole("minutes_video", most=480),
        minutes_on_site=row.whole("minutes_on_site", most=480),
        statutory_working_days=row.whole("statutory_working_days", most=365),
        promised_working_days=row.whole("promised_working_days", most=365),
    )


def _modes(row: Row) -> tuple[Mode, ...]:
    words = row.texts("modes")
    if len(set(words)) == len(words) and all(word in list(Mode) for word in words):
        return tuple(Mode(word) for word in words)
    row.fault(
        f"勘验方式写错：{'、'.join(words)}",
        f"modes cannot be {', '.join(words)}",
        "只用 video、on_site，各写一次",
        "use video and on_site, each at most once",
    )
    return ()

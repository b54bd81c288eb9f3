"""What the camera wrote into a photo (EXIF 2.32), reduced to facts safe to keep and show."""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import SupportsFloat

from inspection.evidence.place import Place

#: A camera that names no offset gives its wall clock; China has one time zone.
BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """What a photo says about itself. Claims of a device in the applicant's hands, not proof.

    ``taken_at`` is aware, in the camera's own offset or else Beijing time; ``place`` is WGS-84, as
    EXIF defines it.
    """

    taken_at: datetime | None = None
    device: str | None = None
    place: Place | None = None


def camera_facts(
    main: Mapping[int, object], exif: Mapping[int, object], gps: Mapping[int, object]
) -> CameraFacts:
    """The facts in the three EXIF directories of a photo; whatever is nonsense is left out."""
    return CameraFacts(
        taken_at=_moment(exif.get(_DATE_TIME_ORIGINAL), exif.get(_OFFSET_TIME_ORIGINAL)),
        device=_device(main.get(_MAKE), main.get(_MODEL)),
        place=_place(gps),
    )


_MAKE, _MODEL = 0x010F, 0x0110
_DATE_TIME_ORIGINAL, _OFFSET_TIME_ORIGINAL = 0x9003, 0x9011
_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE, _ACCURACY = 1, 2, 3, 4, 31

_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
_LONGEST_NAME = 60


def _moment(taken: object, offset: object) -> datetime | None:
    try:
        moment = datetime.strptime(str(taken).strip(), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
        return moment.replace(tzinfo=_zone(offset))
    except ValueError:
        return None


def _zone(offset: object) -> timezone:
    if not (match := _OFFSET.fullmatch(str(offset).strip())):
        return BEIJING
    ahead = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(ahead if match[1] == "+" else -ahead)


def _device(make: object, model: object) -> str | None:
    make, model = _plain(make), _plain(model)
    named = model if model.casefold().startswith(make.casefold()) else f"{make} {model}"
    return named.strip()[:_LONGEST_NAME] or None


def _plain(text: object) -> str:
    """Letters, digits, blanks and the few signs model names use; markup and controls go."""
    if not isinstance(text, str):
        return ""
    kept = (c for c in text if unicodedata.category(c)[0] in "LN" or c in " -_.()+/")
    return " ".join("".join(kept).split())


def _place(gps: Mapping[int, object]) -> Place | None:
    latitude = _degrees(gps.get(_LATITUDE), gps.get(_LATITUDE_REF), "N", "S")
    longitude = _degrees(gps.get(_LONGITUDE), gps.get(_LONGITUDE_REF), "E", "W")
    if latitude is None or longitude is None or (latitude, longitude) == (0, 0):
        return None  # 0, 0 is what a phone without a fix writes
    accuracy = _number(gps.get(_ACCURACY))
    if accuracy is not None and accuracy < 0:
        accuracy = None
    try:
        return Place(latitude, longitude, accuracy=accuracy)
    except ValueError:
        return None


def _degrees(value: object, side: object, positive: str, negative: str) -> float | None:
    if not isinstance(value, tuple) or len(value) != 3 or side not in (positive, negative):
        return None
    parts = [_number(part) for part in value]
    degrees, minutes, seconds = parts
    if degrees is None or minutes is None or seconds is None or min(degrees, minutes, seconds) < 0:
        return None
    total = round(degrees + minutes / 60 + seconds / 3600, 7)
    return total if side == positive else -total


def _number(value: object) -> float | None:
    """A rational of EXIF as a number; a zero denominator, which Pillow makes NaN, is none."""
    if not isinstance(value, SupportsFloat):
        return None
    number = float(value)
    return number if math.isfinite(number) else None

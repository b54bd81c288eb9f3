"""Finding an item type or a district by what a clerk calls it."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.services.importing.cells import Reading
from server.services.importing.findings import Code, Doubt

_SUGGESTED = 3
#: A sheet full of unknown names is in the wrong column; comparing them all would take minutes.
_COMPARED_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Named:
    """A thing with a code and names, and the id under which it is stored."""

    id: int
    code: str
    name: str
    name_en: str = ""


class ItemNames:
    """The bureau's item types by code, name, short name and alias (alias -> code)."""

    def __init__(self, items: Sequence[Named], aliases: Mapping[str, str] | None = None) -> None:
        self._by_name: dict[str, set[int]] = defaultdict(set)
        self._names = {item.id: item.name for item in items}
        by_code = {item.code: item.id for item in items}
        for item in items:
            for name in (item.code, item.name, item.name_en):
                self._by_name[_plain(name)].add(item.id)
        full = set(self._by_name)
        for item in items:
            for short in {_short(item.name), _short(item.name_en)} - full:
                self._by_name[short].add(item.id)
        for alias, code in (aliases or {}).items():
            if code in by_code:
                self._by_name[_plain(alias)] = {by_code[code]}
        self._by_name.pop("", None)
        self._asked: dict[str, Reading[int]] = {}
        self._compared = 0

    def find(self, text: str) -> Reading[int]:
        """The item type meant, or why none is: unknown (with the nearest) or several."""
        if text not in self._asked:
            self._asked[text] = self._look_up(text)
        return self._asked[text]

    def _look_up(self, text: str) -> Reading[int]:
        found = self._by_name.get(_plain(text)) or self._by_name.get(_short(text)) or set()
        if len(found) == 1:
            return next(iter(found)), None
        if found:
            candidates = sorted(self._names[item] for item in found)
            return None, Doubt(Code.ITEM_AMBIGUOUS, {"given": text, "candidates": candidates})
        return None, Doubt(Code.ITEM_UNKNOWN, {"given": text, "nearest": self._nearest(text)})

    def _nearest(self, text: str) -> list[str]:
        self._compared += 1
        if self._compared > _COMPARED_AT_MOST:
            return []
        plain = _plain(text)[:60]
        close = difflib.get_close_matches(plain, self._by_name, n=12, cutoff=0.35)
        items = dict.fromkeys(item for name in close for item in sorted(self._by_name[name]))
        return [self._names[item] for item in items][:_SUGGESTED]


class DistrictNames:
    """The bureau's districts, streets and zones, by code or name, or found in an address."""

    def __init__(
        self, districts: Sequence[Named], aliases: Mapping[str, str] | None = None
    ) -> None:
        by_code = {district.code: district.id for district in districts}
        self._by_name: dict[str, int] = {}
        for district in districts:
            full = _plain(district.name)
            for name in (_stem(full), full, _plain(district.name_en), _plain(district.code)):
                if len(name) >= 2:
                    self._by_name[name] = district.id
        for alias, code in (aliases or {}).items():
            if code in by_code:
                self._by_name[_plain(alias)] = by_code[code]
        # Whole names only: 沣东新城 is not in 新城区.
        whole = {_plain(district.name) for district in districts} & self._by_name.keys()
        longest_first = sorted(whole, key=len, reverse=True)
        self._in_address = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def find(self, text: str) -> Reading[int]:
        plain = _plain(text)
        found = self._by_name.get(plain) or self._by_name.get(_stem(plain))
        if found is None:
            close = difflib.get_close_matches(plain[:40], self._by_name, n=1, cutoff=0.6)
            return None, Doubt(Code.DISTRICT_UNKNOWN, {"given": text, "nearest": close})
        return found, None

    def in_address(self, address: str) -> int | None:
        """The district whose name stands in the address: the last, as it is the narrowest."""
        found = self._in_address.findall(_plain(address))
        return self._by_name[found[-1]] if found else None


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[\s,.;:·、,。“”\"'《》\-_/()]+", "", text)


def _short(name: str) -> str:
    """Without what stands in brackets: 旅馆业特种行业许可(…)."""
    return _plain(re.sub(r"[(（][^)）]*[)）]", "", name))


def _stem(name: str) -> str:
    """未央 for 未央区."""
    return re.sub(r"(?:街道办事处|街道办|街道|街办|新区|新城|区|县|市|镇|乡)$", "", name)

"""The catalogue (事项目录): every category and item type, with or without a script yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inspection.checklist.item_type import COLUMNS, ItemType, read_item_type
from inspection.checklist.point import Text
from inspection.checklist.rows import Faults, Row, numbered
from inspection.checklist.script import read_toml

FILE = "catalogue.toml"


@dataclass(frozen=True, slots=True)
class Category:
    code: str  # "01"
    folder: str  # "food"
    name: Text


@dataclass(frozen=True, slots=True)
class Entry:
    """One item type of the catalogue. ``key`` is where its script is, or will be."""

    key: str  # "food/small-restaurant"
    item: ItemType


@dataclass(frozen=True, slots=True)
class Catalogue:
    categories: tuple[Category, ...]
    entries: tuple[Entry, ...]

    def entry(self, key: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.key == key), None)

    def by_code(self, code: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.item.code == code), None)


def load_catalogue(folder: Path) -> Catalogue:
    """Read ``catalogue.toml`` of a scripts folder.

    Raises:
        ScriptRefused: with every fault of the file.
    """
    content = read_toml(folder / FILE)
    faults = Faults(FILE)
    categories = tuple(_category(row) for row in _rows(content, "category", "code", faults))
    folders = {category.code: category.folder for category in categories}
    entries = tuple(_entry(row, folders) for row in _rows(content, "item_type", "code", faults))
    _check_once([category.code for category in categories], "category", faults)
    _check_once([entry.item.code for entry in entries], "item_type", faults)
    _check_once([entry.key for entry in entries], "item_type", faults)
    faults.refuse_if_any()
    return Catalogue(categories, entries)


def script_files(folder: Path) -> list[Path]:
    """The scripts under a folder, in order of their names."""
    return sorted(folder.glob("*/*.toml"))


def _rows(content: dict[str, object], table: str, label: str, faults: Faults) -> list[Row]:
    rows = content.get(table)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        faults.add(
            table,
            Text(f"缺少 [[{table}]]", f"[[{table}]] is missing"),
            Text("补上这张表", "add the table"),
        )
        return []
    return numbered(rows, table, label, faults)


def _category(row: Row) -> Category:
    row.known({"code", "folder", "name::zh", "name::en"})
    return Category(row.text("code"), row.text("folder"), row.both("name"))


def _entry(row: Row, folders: dict[str, str]) -> Entry:
    row.known(("key", *COLUMNS))
    entry = Entry(row.text("key"), read_item_type(row))
    if entry.key.partition("/")[0] != folders.get(entry.item.category):
        row.fault(
            f"“{entry.key}”不在类别 {entry.item.category} 的文件夹里",
            f"{entry.key!r} is not in the folder of category {entry.item.category}",
            "改 key 或 category",
            "correct key or category",
        )
    return entry


def _check_once(words: list[str], table: str, faults: Faults) -> None:
    for number, word in enumerate(words, start=1):
        if words.index(word) != number - 1:
            faults.add(
                f"{table} {number} {word}",
                Text(f"“{word}”用了不止一次", f"{word!r} is used more than once"),
                Text("改成唯一的", "make it unique"),
            )

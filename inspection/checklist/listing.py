"""Putting the item type of a new script into the catalogue, from what the script says of it."""

from __future__ import annotations

import re

from inspection.checklist.catalogue import Catalogue
from inspection.checklist.faults import Fault
from inspection.checklist.item_type import COLUMNS
from inspection.checklist.point import Text
from inspection.checklist.script import Script
from inspection.checklist.toml_text import cells_of

_KEY = re.compile(r"[a-z][a-z-]*/[a-z][a-z0-9-]*")


def unlistable(script: Script, catalogue: Catalogue, file: str) -> list[Fault]:
    """Why the catalogue cannot list it: another item type has its code, or its category is not
    the one whose folder its key names."""
    found = []
    if not _KEY.fullmatch(script.key):
        problem = Text(f"“{script.key}”不能做 key", f"{script.key!r} cannot be its key")
        cure = Text("写成 food/noodle-shop 这样", "write it like food/noodle-shop")
        found.append(Fault(file, "key", problem, cure))
    if (other := catalogue.by_code(script.item.code)) is not None:
        problem = Text(
            f"编号 {script.item.code} 已经是“{other.item.name.zh}”",
            f"the code {script.item.code} is that of {other.item.name.en!r}",
        )
        cure = Text("换一个没有用过的 code", "choose a code that is not used")
        found.append(Fault(file, "ks_meta code", problem, cure))
    folder = script.key.partition("/")[0]
    category = next((one for one in catalogue.categories if one.folder == folder), None)
    if category is None or category.code != script.item.category:
        folders = ", ".join(f"{one.code} {one.folder}" for one in catalogue.categories)
        problem = Text(
            f"类别 {script.item.category} 的文件夹不是 {folder}",
            f"the folder of category {script.item.category} is not {folder}",
        )
        cure = Text(f"改 category，或改文件夹：{folders}", f"change category or folder: {folders}")
        found.append(Fault(file, "ks_meta category", problem, cure))
    return found


def entry_text(script: Script) -> str:
    """The lines that list it in ``catalogue.toml``."""
    entry = {"key": script.key, **script.content["ks_meta"]}
    return "\n".join(["", "[[item_type]]", *cells_of(("key", *COLUMNS), entry), ""])

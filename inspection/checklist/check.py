"""Checking a whole scripts folder, for the command ``check-scripts``."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from inspection.checklist.catalogue import FILE, Catalogue, load_catalogue, script_files
from inspection.checklist.faults import Fault, ScriptRefused
from inspection.checklist.item_type import ItemType
from inspection.checklist.point import Text
from inspection.checklist.script import Script, load


def check_folder(path: Path) -> list[Fault]:
    """Everything wrong with the scripts and the catalogue under ``path``; empty if all is well."""
    found: list[Fault] = []
    catalogue = None
    try:
        catalogue = load_catalogue(path)
    except FileNotFoundError:
        found.append(_no_catalogue())
    except ScriptRefused as refused:
        found += refused.faults
    for file in script_files(path):
        try:
            script = load(file)
        except ScriptRefused as refused:
            found += refused.faults
            continue
        if catalogue is not None:
            found += against_catalogue(script, catalogue)
    return found


def against_catalogue(script: Script, catalogue: Catalogue) -> list[Fault]:
    """What a script says of its item type that the catalogue does not."""
    key, item, entry = script.key, script.item, catalogue.entry(script.key)
    if entry is None:
        problem = Text("事项目录里没有它", "the catalogue does not list it")
        cure = Text(f"在 {FILE} 里补一个 [[item_type]]", f"add an [[item_type]] to {FILE}")
        return [Fault(f"{key}.toml", "ks_meta", problem, cure)]
    differing = [
        field.name
        for field in fields(ItemType)
        if getattr(item, field.name) != getattr(entry.item, field.name)
    ]
    if not differing:
        return []
    words = ", ".join(differing)
    problem = Text(f"与事项目录不一致：{words}", f"differs from the catalogue: {words}")
    cure = Text(f"改得和 {FILE} 一样", f"make it agree with {FILE}")
    return [Fault(f"{key}.toml", "ks_meta", problem, cure)]


def _no_catalogue() -> Fault:
    problem = Text("没有事项目录", "there is no catalogue")
    return Fault(FILE, "file", problem, Text(f"补上 {FILE}", f"add {FILE}"))

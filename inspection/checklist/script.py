"""Scripts (踏勘脚本): what must be asked for one item type, and what to say.

A script is an XLSForm. The .toml file spells the same sheets and columns, so that a change
reads well in a diff; `scripts/README.md` explains every column. A survey pins the script it
began with as canonical JSON, which renders the same questions for ever.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from inspection.checklist.faults import Fault, ScriptRefused
from inspection.checklist.item_type import COLUMNS as ITEM_TYPE_COLUMNS
from inspection.checklist.item_type import ItemType, read_item_type
from inspection.checklist.point import Group, Point, Repeat, Text
from inspection.checklist.rows import Faults, Row, numbered
from inspection.checklist.survey_sheet import (
    CHOICE_COLUMNS,
    SURVEY_COLUMNS,
    read_choices,
    read_survey,
)

#: Rows a sheet may have. The longest script we know has under a hundred.
MOST_ROWS = 1_000

_META_COLUMNS = (
    *ITEM_TYPE_COLUMNS,
    *("validity::zh", "validity::en", "risk", "risk_reason::zh", "risk_reason::en"),
    *("statutory_note::zh", "statutory_note::en", "rectify_up_to_percent"),
    *("prepare::zh", "prepare::en"),
)

#: The sheets of a script and their columns, each in the order in which it is written.
COLUMNS = {
    "settings": ("version", "default_language"),
    "ks_meta": _META_COLUMNS,
    "ks_basis": ("id", "title::zh", "title::en", "ref", "articles", "confirm"),
    "survey": SURVEY_COLUMNS,
    "choices": CHOICE_COLUMNS,
}

#: A point, or a repeated point for the nth of what is looked at: ``temperature[2]``.
_NAME = re.compile(r"(?P<point>[a-z0-9_]+)(?:\[(?P<nth>[1-9][0-9]{0,2})\])?")

#: Sheets of one row each, which a TOML file has as a table.
OF_ONE_ROW = ("settings", "ks_meta")


class Risk(StrEnum):
    """The bureau's colours (赋色)."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Basis:
    """A law or standard that points rest on. References stay in Chinese, as they are cited."""

    id: str
    title: Text
    ref: str
    articles: str
    to_confirm: bool  # nobody has compared it with the published text yet


@dataclass(frozen=True, slots=True)
class Script:
    """One version of one script. `content` is what the file said; all else is read from it."""

    key: str  # folder and file under scripts/: "food/small-restaurant"
    version: str
    sha256: str  # of `to_json()`
    item: ItemType
    risk: Risk
    risk_reason: Text
    validity: Text
    statutory_note: Text
    prepare: tuple[Text, ...]  # what the applicant has ready beforehand
    rectify_up_to_percent: int  # of the general points; more failures than this fail
    bases: tuple[Basis, ...]
    groups: tuple[Group, ...]
    repeats: tuple[Repeat, ...]
    points: tuple[Point, ...]  # each once, also those of repeats
    content: Mapping[str, Any] = field(repr=False, compare=False)

    @property
    def title(self) -> Text:
        return self.item.name

    @property
    def to_confirm(self) -> bool:
        """Something in it is still to be confirmed by the bureau."""
        return any(point.to_confirm for point in self.points)

    def point(self, name: str) -> Point | None:
        """The point of this name; of ``temperature[2]``, that of the second fridge."""
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        point = next((point for point in self.points if point.name == match["point"]), None)
        if point is None or bool(point.repeat) is not bool(match["nth"]):
            return None
        return point.of(self.repeat(point), int(match["nth"])) if match["nth"] else point

    def repeat(self, point: Point) -> Repeat:
        """The repeat that a repeated point belongs to."""
        return next(repeat for repeat in self.repeats if repeat.name == point.repeat)

    def bases_of(self, point: Point) -> tuple[Basis, ...]:
        return tuple(basis for basis in self.bases if basis.id in point.basis)

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no spaces, unescaped UTF-8. What a survey pins."""
        return _canonical(self.content)

    @staticmethod
    def from_json(text: str) -> Script:
        """The script that `to_json` wrote.

        Raises:
            ScriptRefused: it is no script.
        """
        return Script.from_content(json.loads(text))

    @staticmethod
    def from_content(content: Mapping[str, Any]) -> Script:
        """The script of parsed JSON, as a database gives it back; key order does not matter.

        Raises:
            ScriptRefused: it is no script.
        """
        return read(content, file=f"{content.get('key')}.toml")


def load(path: Path) -> Script:
    """Read ``<category>/<item type>.toml``; its folder and name are the script's key.

    Raises:
        ScriptRefused: with every fault of the file, each naming row and cure.
    """
    file, content = f"{path.parent.name}/{path.name}", read_toml(path)
    if "key" in content:
        problem = Text("文件里不写 key", "a file has no key of its own")
        cure = Text("删去，文件夹和文件名就是 key", "remove it: folder and file name are the key")
        raise ScriptRefused([Fault(file, "key", problem, cure)])
    return read({**content, "key": f"{path.parent.name}/{path.stem}"}, file=file)


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as it stands.

    Raises:
        ScriptRefused: it is not UTF-8, or not TOML.
    """
    file = f"{path.parent.name}/{path.name}"
    try:
        return tomllib.loads(path.read_bytes().decode())
    except UnicodeDecodeError as error:
        problem = Text("不是 UTF-8 编码", f"not UTF-8 (byte {error.start})")
        cure = Text("另存为 UTF-8", "save it as UTF-8")
    except tomllib.TOMLDecodeError as error:
        problem = Text(f"不是 TOML：{error}", f"not TOML: {error}")
        cure = Text(
            "改这一行；引号、等号、方括号要成对", "mend that line; pair quotes and brackets"
        )
    raise ScriptRefused([Fault(file, "file", problem, cure)])


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read(
    content: Mapping[str, Any], *, file: str, numbers: Mapping[str, Sequence[int]] | None = None
) -> Script:
    """The script of parsed content. `numbers` are those of its rows in the file, by sheet; without
    them rows are counted from 1.

    Raises:
        ScriptRefused: with every fault of the file, each naming row and cure.
    """
    faults = Faults(file, numbers)
    _check_sheets(content, faults)
    faults.refuse_if_any()

    settings = Row(faults, "settings", content["settings"])
    settings.known(COLUMNS["settings"])
    version = settings.text("version")
    if settings.text("default_language") != "zh":
        settings.fault("默认语言应为 zh", "the default language is zh", "写 zh", "write zh")

    meta = Row(faults, "ks_meta", content["ks_meta"])
    meta.known(COLUMNS["ks_meta"])
    bases = tuple(_basis(row) for row in numbered(content["ks_basis"], "ks_basis", "id", faults))
    _check_basis_ids(bases, faults)
    lists = read_choices(numbered(content["choices"], "choices", "name", faults))
    questions = read_survey(
        numbered(content["survey"], "survey", "name", faults),
        lists,
        {basis.id: basis.to_confirm for basis in bases},
    )
    item, risk = read_item_type(meta), meta.word("risk", Risk)
    texts = [meta.both(name) for name in ("risk_reason", "validity", "statutory_note")]
    prepare = _prepare(meta)
    percent = meta.whole("rectify_up_to_percent", least=0, most=100)
    faults.refuse_if_any()  # from here on, every cell is a text, a whole number or a list
    plain = {name: content[name] for name in ("key", *COLUMNS)}
    return Script(
        key=plain["key"],
        version=version,
        sha256=hashlib.sha256(_canonical(plain).encode()).hexdigest(),
        item=item,
        risk=risk,
        risk_reason=texts[0],
        validity=texts[1],
        statutory_note=texts[2],
        prepare=prepare,
        rectify_up_to_percent=percent,
        bases=bases,
        groups=questions.groups,
        repeats=questions.repeats,
        points=questions.points,
        content=plain,
    )


def _check_sheets(content: Mapping[str, Any], faults: Faults) -> None:
    for sheet in COLUMNS:
        found = content.get(sheet)
        table = sheet in OF_ONE_ROW
        if table and not isinstance(found, dict):
            faults.add(
                sheet,
                Text(f"缺少 [{sheet}]", f"[{sheet}] is missing"),
                Text("照其他脚本补上", "add it as in the other scripts"),
            )
        if not table and not (
            isinstance(found, list) and found and all(isinstance(row, dict) for row in found)
        ):
            faults.add(
                sheet,
                Text(f"缺少 [[{sheet}]]", f"[[{sheet}]] is missing"),
                Text("照其他脚本补上", "add it as in the other scripts"),
            )
        if isinstance(found, list) and len(found) > MOST_ROWS:
            faults.add(
                sheet,
                Text(
                    f"{len(found)} 行，超过 {MOST_ROWS} 行", f"{len(found)} rows; the most is 1,000"
                ),
                Text("拆成几个事项", "split it into several item types"),
            )
    if not isinstance(content.get("key"), str):
        faults.add(
            "key",
            Text("缺少 key", "key is missing"),
            Text("用 to_json 的原文", "use what to_json wrote"),
        )
    for name in content:
        if name not in (*COLUMNS, "key"):
            faults.add(
                name,
                Text(f"不认识的表“{name}”", f"unknown sheet {name!r}"),
                Text("对照 scripts/README.md 改名或删去", "spell it as scripts/README.md does"),
            )


def _basis(row: Row) -> Basis:
    row.known(COLUMNS["ks_basis"])
    return Basis(
        id=row.text("id"),
        title=row.both("title"),
        ref=row.text("ref"),
        articles=row.text("articles"),
        to_confirm=row.yes("confirm"),
    )


def _check_basis_ids(bases: Sequence[Basis], faults: Faults) -> None:
    ids = [basis.id for basis in bases]
    for number, one in enumerate(ids, start=1):
        if ids.index(one) != number - 1:
            faults.add(
                f"ks_basis {number} {one}",
                Text(f"依据编号“{one}”用了不止一次", f"the id {one!r} is used more than once"),
                Text("换一个编号", "give it another id"),
            )


def _prepare(meta: Row) -> tuple[Text, ...]:
    zh, en = meta.texts("prepare::zh"), meta.texts("prepare::en")
    if len(zh) != len(en):
        meta.fault(
            "准备事项中英文条数不同",
            "prepare has more lines in one language than in the other",
            "逐条对应补齐",
            "pair them line by line",
        )
    return tuple(Text(one, other) for one, other in zip(zh, en, strict=False))

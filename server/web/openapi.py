"""The API's description (OpenAPI 3.1), completed with what holds for every route alike."""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask

from server.errors import every_refusal
from server.web.access import Guard
from server.web.callers import CSRF_HEADER, OBSERVER, PHONE, SAFE_METHODS, STAFF, VIEWER
from server.web.door import LARGEST_ID
from server.web.idempotency import HEADER, LONGEST_KEY
from server.web.problems import MEDIA_TYPE

Spec = dict[str, Any]

PROBLEM: Spec = {
    "title": "Problem",
    "description": "Why a request was refused (RFC 9457). `code` is stable, `title` is for people.",
    "type": "object",
    "required": ["type", "title", "status", "code", "values", "fields"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:yunkan:problem:not_found"]},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {
            "type": "string",
            "enum": sorted({refusal.code for refusal in every_refusal()} | {"internal"}),
        },
        "values": {"type": "object", "description": "What fills the blanks of the title."},
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
REFUSED: Spec = {
    "description": "Refused",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
KEY: Spec = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "The same key with the same request is carried out once, answered the same.",
    "schema": {"type": "string", "maxLength": LONGEST_KEY},
}
WAYS_IN: Spec = {
    "staff": {"type": "apiKey", "in": "cookie", "name": STAFF},
    "phone": {"type": "apiKey", "in": "cookie", "name": PHONE},
    "viewer": {"type": "apiKey", "in": "cookie", "name": f"{VIEWER}-{{guidance_id}}"},
    "observer": {"type": "apiKey", "in": "cookie", "name": OBSERVER},
    "monitoring": {"type": "http", "scheme": "bearer"},
    "csrf": {"type": "apiKey", "in": "header", "name": CSRF_HEADER},
}


def init_app(app: APIFlask) -> None:
    app.config["AUTO_SERVERS"] = False  # it would keep the address of whoever asks first
    guards = {
        (rule.rule, method.lower()): getattr(app.view_functions[rule.endpoint], "guard", None)
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }

    @app.spec_processor  # type: ignore[arg-type]  # it may be asked for YAML; ours never is
    def complete(spec: Spec) -> Spec:
        spec["tags"] = list({tag["name"]: tag for tag in spec.get("tags", [])}.values())
        spec["components"].setdefault("schemas", {})["Problem"] = PROBLEM
        spec["components"]["securitySchemes"] = WAYS_IN
        for rule in app.url_map.iter_rules():
            for method, operation in spec["paths"].get(_path_of(rule.rule), {}).items():
                if (guard := guards.get((rule.rule, method))) is not None:
                    _complete(operation, method, guard)
                    operation["operationId"] = rule.endpoint
        return spec


def _complete(operation: Spec, method: str, guard: Guard) -> None:
    operation["responses"]["default"] = REFUSED
    for parameter in operation["parameters"]:
        if parameter["in"] == "path" and parameter["schema"] == {"type": "integer"}:
            parameter["schema"] = {"type": "integer", "minimum": 0, "maximum": LARGEST_ID}
    writes = method.upper() not in SAFE_METHODS
    if writes:
        operation["parameters"].append(KEY)
    if guard.public:
        operation["security"] = []
        return
    if guard.monitoring:
        operation["security"] = [{"monitoring": []}, {}]  # on this machine, nothing is asked for
        return
    cookies = ["phone"] if guard.applicant else []
    cookies += ["viewer"] if guard.viewer else []
    cookies += ["observer"] if guard.observer else []
    cookies += ["staff"] if guard.roles else []
    operation["security"] = [
        {cookie: [], "csrf": []} if writes else {cookie: []} for cookie in cookies
    ]


def _path_of(rule: str) -> str:
    """Flask's `/cases/<int:id>` as OpenAPI's `/cases/{id}`."""
    parts = rule.replace("<", "{").replace(">", "}").split("/")
    return "/".join(
        part if ":" not in part else part[: part.index("{") + 1] + part[part.index(":") + 1 :]
        for part in parts
    )

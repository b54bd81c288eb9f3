"""Signing in and out, and who one is."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import g, jsonify
from pydantic import BaseModel, Field

from server.clock import utcnow
from server.models.account import Role
from server.models.bureau import Bureau, District
from server.services import accounts
from server.web.access import anyone, current_account, only
from server.web.callers import give_cookie, it_was_right, slow_down, staff_cookie
from server.web.db import db
from server.web.parts import parts
from server.web.shapes import Out

blueprint = APIBlueprint("accounts", __name__, url_prefix="/api/v1", tag="Accounts")


class SignInForm(BaseModel):
    sign_in_name: str = Field(min_length=1, max_length=100)
    password: str = Field(min_length=1, max_length=200)


class AccountOut(Out):
    sign_in_name: str
    name: str
    role: Role
    expert_id: int | None
    district: str | None
    district_en: str | None


class BureauBrief(Out):
    code: str
    name: str
    name_en: str
    phone: str


class Me(Out):
    account: AccountOut
    bureau: BureauBrief
    csrf: str


@blueprint.post("/sign-in")
@anyone
@blueprint.input(SignInForm)
@blueprint.output(Me)
def sign_in(json_data: SignInForm) -> Any:
    """For everybody: the password is the proof. Failures are counted by name and address."""
    slow_down("sign_in", json_data.sign_in_name)
    hours = parts().settings.sign_in_hours
    signed_in = accounts.sign_in(
        db.session,
        sign_in_name=json_data.sign_in_name,
        password=json_data.password,
        hours=hours,
        at=utcnow(),
    )
    it_was_right("sign_in", json_data.sign_in_name)
    db.session.commit()
    g.sign_in, g.account = signed_in.sign_in, signed_in.sign_in.account
    body = _me().model_dump(mode="json")
    return give_cookie(body, staff_cookie(), signed_in.token, seconds=int(hours * 3600))


@blueprint.post("/sign-out")
@only(*Role)
@blueprint.output({}, status_code=204)
def sign_out() -> Any:
    """The cookie stops working at once."""
    accounts.sign_out(db.session, g.sign_in)
    db.session.commit()
    answer = jsonify()
    answer.status_code = 204
    answer.delete_cookie(staff_cookie(), path="/")
    return answer


@blueprint.get("/me")
@only(*Role)
@blueprint.output(Me)
def me() -> Me:
    """Who is signed in, and the token that writes need."""
    return _me()


def _me() -> Me:
    account = current_account()
    district = db.session.get(District, account.district_id) if account.district_id else None
    bureau = db.session.get_one(Bureau, account.bureau_id)
    return Me(
        account=AccountOut(
            sign_in_name=account.sign_in_name,
            name=account.name,
            role=account.role,
            expert_id=account.expert_id,
            district=district.name if district else None,
            district_en=(district.name_en or district.name) if district else None,
        ),
        bureau=BureauBrief.model_validate(bureau),
        csrf=g.sign_in.csrf,
    )

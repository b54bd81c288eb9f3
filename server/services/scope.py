"""What an account may see of its bureau: everything, or one district and all below it."""

from __future__ import annotations

from sqlalchemy import Select, select

from server.models.account import Account
from server.models.bureau import District


def districts_of(account: Account) -> Select[int]:
    """Ids of the account's district and every node below it; of the whole bureau without one."""
    if account.district_id is None:
        return select(District.id).where(District.bureau_id == account.bureau_id)
    return districts_below(account.district_id)


def districts_below(district_id: int) -> Select[int]:
    """Ids of a district and every node below it."""
    tree = select(District.id).where(District.id == district_id).cte("tree", recursive=True)
    tree = tree.union_all(select(District.id).where(District.parent_id == tree.c.id))
    return select(tree.c.id)

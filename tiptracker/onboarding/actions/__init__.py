"""The only writers of a post's reference data and of its accounts; each asks who may, and writes the log."""

from tiptracker.onboarding.actions.accounts import (
    Account,
    MovesToAnotherCountry,
    add_person,
    change_person,
    change_unused_address,
    close_account,
    end_sign_ins_and_tokens,
    lift_lock_out,
    rename_person,
    reopen_account,
)
from tiptracker.onboarding.actions.countries import (
    NamedDistrict,
    add_country,
    change_country,
    change_districts,
    contact_choices,
    name_contact,
)
from tiptracker.onboarding.actions.ministries import Holder, NewMinistry, add_ministries, change_ministry
from tiptracker.onboarding.actions.people import INVITED_HERE, Invited, add_people, send_invitations

__all__ = [
    "INVITED_HERE",
    "Account",
    "Holder",
    "Invited",
    "MovesToAnotherCountry",
    "NamedDistrict",
    "NewMinistry",
    "add_country",
    "add_ministries",
    "add_people",
    "add_person",
    "change_country",
    "change_districts",
    "change_ministry",
    "change_person",
    "change_unused_address",
    "close_account",
    "contact_choices",
    "end_sign_ins_and_tokens",
    "lift_lock_out",
    "name_contact",
    "rename_person",
    "reopen_account",
    "send_invitations",
]

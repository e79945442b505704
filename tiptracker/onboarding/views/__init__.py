"""Pages by what they are about, a module each."""

from tiptracker.onboarding.views.countries import country_edit, country_list
from tiptracker.onboarding.views.ministries import ministry_edit, ministry_list
from tiptracker.onboarding.views.people import person_add, person_detail, person_edit, person_list
from tiptracker.onboarding.views.requests import (
    account_address,
    account_address_confirm,
    account_request_detail,
    account_request_list,
    account_request_stop,
)

__all__ = [
    "account_address",
    "account_address_confirm",
    "account_request_detail",
    "account_request_list",
    "account_request_stop",
    "country_edit",
    "country_list",
    "ministry_edit",
    "ministry_list",
    "person_add",
    "person_detail",
    "person_edit",
    "person_list",
]

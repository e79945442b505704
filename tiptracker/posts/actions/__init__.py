"""The only writers of a post's reference data besides the admin; each asks who may, and writes the log."""

from tiptracker.posts.actions.countries import NamedDistrict, add_country, change_country, contact_choices, name_contact
from tiptracker.posts.actions.ministries import Holder, NewMinistry, add_ministries
from tiptracker.posts.actions.people import INVITED_HERE, Invited, add_people, send_invitations

__all__ = [
    "INVITED_HERE",
    "Holder",
    "Invited",
    "NamedDistrict",
    "NewMinistry",
    "add_country",
    "add_ministries",
    "add_people",
    "change_country",
    "contact_choices",
    "name_contact",
    "send_invitations",
]

"""Record what each side contributes, correct it, and record what will sustain a piece of work."""

from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import model_to_dict

from dialogues.actions.duplicates import lock_person, refuse_duplicate
from dialogues.choices import ContributedBy, ContributionKind
from dialogues.models import Commitment, Contribution, Partner, Sustainment
from dialogues.permissions import can_manage_dialogues
from recommendations.models import Recommendation
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.validation import (
    EditConflict,
    format_moment,
    insert_row,
    refuse_future,
    refuse_reversed_dates,
    require_text,
)


class ContributionValues(TypedDict):
    """What a contribution says."""

    given_by: ContributedBy
    ministry: Ministry | None
    partner: Partner | None
    kind: ContributionKind
    what: str
    amount: Decimal | None
    currency: str
    starts_on: date
    through_on: date | None
    source: str
    commitment: Commitment | None
    recommendation: Recommendation | None


@transaction.atomic
def record_contribution(
    *,
    country: Country,
    corrects: Contribution | None = None,
    reason: str = "",
    by: User,
    now: datetime,
    **values: Unpack[ContributionValues],
) -> Contribution:
    """Record a contribution, or correct one by a later row with the reason.

    Raises:
        PermissionDenied: if the user may not manage dialogues of the country.
        Refused: if it is unclear who gives it, for money without amount or currency, for an amount of anything else
            without its currency, a start in the future, reversed dates, or work of another country.
        EditConflict: if a colleague has corrected the same row.
        DuplicateRecord: if the same person has already recorded the same.
    """
    if not can_manage_dialogues(by, country):
        raise PermissionDenied
    row = Contribution(country=country, corrects=corrects, recorded_at=now, recorded_by=by, **values)
    row.what = require_text(row.what, gettext("Write what is contributed."), field="what")
    row.source = require_text(row.source, gettext("Write where this is stated."), field="source")
    row.currency = row.currency.strip().upper()
    _refuse_unclear_giver(row)
    _refuse_unfit_amount(row)
    refuse_future(row.starts_on, now, field="starts_on")
    if row.through_on:
        refuse_reversed_dates(row.starts_on, row.through_on, field="through_on")
    _refuse_foreign_work(country, row.commitment, row.recommendation)
    lock_person(by)
    if corrects is not None:
        row.reason = require_text(reason, gettext("Write why the contribution is corrected."), field="reason")
        _refuse_corrected(corrects, now)
    else:
        same = model_to_dict(row, ContributionValues.__annotations__)
        refuse_duplicate(Contribution.objects.filter(country=country, recorded_by=by, **same).first(), now)
    insert_row(row)
    verb = "contribution.corrected" if corrects else "contribution.recorded"
    after = model_to_dict(row, (*ContributionValues.__annotations__, "reason"))
    before = model_to_dict(corrects, ContributionValues.__annotations__) if corrects else None
    record(verb, by=by, row=row, country=country, before=before, after=after)
    return row


@transaction.atomic
def record_sustainment(
    *,
    country: Country,
    commitment: Commitment | None,
    recommendation: Recommendation | None,
    payer: str,
    from_on: date,
    proof: str,
    by: User,
    now: datetime,
) -> Sustainment:
    """Record who pays for a piece of work after outside money ends, from when, and what proves it.

    A later row replaces an earlier one.

    Raises:
        PermissionDenied: if the user may not manage dialogues of the country.
        Refused: without work, payer or proof, or for work of another country.
    """
    if not can_manage_dialogues(by, country):
        raise PermissionDenied
    if (commitment is None) == (recommendation is None):
        raise Refused("required", gettext("Choose the commitment or the recommendation."), field="work")
    _refuse_foreign_work(country, commitment, recommendation)
    row = insert_row(
        Sustainment(
            country=country,
            commitment=commitment,
            recommendation=recommendation,
            payer=require_text(payer, gettext("Write who pays."), field="payer"),
            from_on=from_on,
            proof=require_text(proof, gettext("Write what proves it."), field="proof"),
            recorded_at=now,
            recorded_by=by,
        )
    )
    after = model_to_dict(row, ("commitment", "recommendation", "payer", "from_on", "proof"))
    record("sustainment.recorded", by=by, row=row, country=country, after=after)
    return row


def _refuse_unclear_giver(row: Contribution) -> None:
    if (row.given_by == ContributedBy.MINISTRY) != (row.ministry is not None):
        sentence = gettext("Choose the ministry, or say that the United States or a partner gives it.")
        raise Refused("unclear_giver", sentence, field="ministry")
    if row.ministry and row.ministry.country_id != row.country_id:
        sentence = gettext("That ministry belongs to another country. Choose a ministry of this country.")
        raise Refused("another_country", sentence, field="ministry")
    if (row.given_by == ContributedBy.PARTNER) != (row.partner is not None):
        sentence = gettext("Choose the partner, or say that a ministry or the United States gives it.")
        raise Refused("unclear_giver", sentence, field="partner")
    if row.partner and row.partner.country_id != row.country_id:
        sentence = gettext("That partner belongs to another country. Choose a partner of this country.")
        raise Refused("another_country", sentence, field="partner")


def _refuse_unfit_amount(row: Contribution) -> None:
    if row.kind == ContributionKind.MONEY and not row.amount:
        raise Refused("required", gettext("Enter the amount of money."), field="amount")
    if row.amount is not None and row.amount < 0:
        raise Refused("negative", gettext("An amount cannot be less than zero. Correct it."), field="amount")
    if row.amount is not None and not (len(row.currency) == 3 and row.currency.isalpha()):
        sentence = gettext("Enter the currency of the amount in three letters, such as LSL.")
        raise Refused("currency", sentence, field="currency")
    if row.amount is None and row.currency:
        raise Refused("required", gettext("Enter the amount, or clear the currency."), field="amount")


def _refuse_foreign_work(
    country: Country, commitment: Commitment | None, recommendation: Recommendation | None
) -> None:
    if commitment and recommendation:
        raise Refused("two_works", gettext("Choose one piece of work only."), field="work")
    owners = [commitment.country_id] if commitment else []
    owners += [recommendation.edition.country_id] if recommendation else []
    if any(owner != country.pk for owner in owners):
        raise Refused(
            "another_country", gettext("This belongs to another country. Choose from the list."), field="work"
        )


def _refuse_corrected(row: Contribution, now: datetime) -> None:
    """Lock the row, and refuse to correct it if it was corrected already."""
    Contribution.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)
    if later := Contribution.objects.filter(corrects=row).select_related("recorded_by").first():
        sentence = gettext("%(person)s already corrected this on %(moment)s. Correct the newer version.")
        raise EditConflict(sentence % {"person": later.recorded_by, "moment": format_moment(later.recorded_at, now)})

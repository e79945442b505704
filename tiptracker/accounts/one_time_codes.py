"""Codes of an app work once. The half minute of the last one that was used is kept: only codes of later ones count.

allauth forgets a used code before it ends, and keeps it where two at once may both find it unused.
"""

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt

LAST_USED_KEY = "last_half_minute"
"""In what is kept of an app."""


def use_code(app: Authenticator, code: str) -> bool:
    """Use up `code`, and whether that was still to be done. The caller holds a lock on the person."""
    secret = decrypt(app.data["secret"])
    meant = [
        half_minute
        for half_minute in yield_hotp_counters_from_time()
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, half_minute)))
    ]
    if not meant or meant[-1] <= app.data.get(LAST_USED_KEY, -1):
        return False
    app.data[LAST_USED_KEY] = meant[-1]
    app.save(update_fields=["data"])
    return True

"""Accept each code once, without the cache: the code of an authenticator app, or a recovery code.

Of an app, only codes of a later half minute than the last used one count. allauth forgets a used code before the code
expires, and asks the cache, which may be across the network, within the transaction that locks the person.
"""

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt

LAST_USED_KEY = "last_half_minute"
"""The key, in the stored data of an app, of the half minute of the last used code."""


def use_code(step: Authenticator, code: str) -> bool:
    """Use up `code` and return whether it is right and was still unused. The caller must hold a lock on the person."""
    if step.type == Authenticator.Type.TOTP:
        return _use_app_code(step, code)
    return bool(step.wrap().validate_code(code))


def _use_app_code(app: Authenticator, code: str) -> bool:
    secret = decrypt(app.data["secret"])
    matching = [
        half_minute
        for half_minute in yield_hotp_counters_from_time()
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, half_minute)))
    ]
    if not matching or matching[-1] <= app.data.get(LAST_USED_KEY, -1):
        return False
    app.data[LAST_USED_KEY] = matching[-1]
    app.save(update_fields=["data"])
    return True

"""URLs for signing in and out. allauth has more pages; only those in use here have a URL."""

from allauth.account import views as allauth
from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from tiptracker.accounts import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", allauth.login, name="account_login"),
    path("logout/", views.account_logout, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("expired/", views.account_expired, name="account_expired"),
    path("again/", views.account_reauthenticate, name="account_reauthenticate"),
    path("password/", views.password_forgotten, name="password_forgotten"),
    path("password/<str:token>/", views.password_choose, name="password_choose"),
    path("invitation/<str:token>/", views.invitation_accept, name="invitation_accept"),
    path("sign-ins/", views.sign_in_list, name="sign_in_list"),
    path("language/", views.account_language, name="account_language"),
    path("tokens/", views.token_list, name="token_list"),
    path("tokens/new/", views.token_add, name="token_add"),
    path("tokens/<int:pk>/revoke/", views.token_revoke, name="token_revoke"),
    path("second-step/", views.mfa_index, name="mfa_index"),
    path("second-step/show/", views.mfa_authenticate, name="mfa_authenticate"),
    path("second-step/again/", views.mfa_reauthenticate, name="mfa_reauthenticate"),
    path("second-step/app/", views.mfa_activate_totp, name="mfa_activate_totp"),
    path("second-step/app/remove/", views.mfa_deactivate_totp, name="mfa_deactivate_totp"),
    path("second-step/codes/", views.mfa_view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-step/codes/new/", views.mfa_generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second-step/passkey/", views.mfa_add_webauthn, name="mfa_add_webauthn"),
    path("second-step/passkey/sign-in/", views.mfa_login_webauthn, name="mfa_login_webauthn"),
    path("second-step/passkey/again/", views.mfa_reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("second-step/passkey/<int:pk>/remove/", views.mfa_remove_webauthn, name="mfa_remove_webauthn"),
]
if settings.OIDC_SERVER_URL:
    from allauth.socialaccount.views import login_cancelled

    from tiptracker.accounts import openid_views

    urlpatterns += [
        path("provider/cancelled/", login_cancelled, name="socialaccount_login_cancelled"),
        path("provider/<str:provider_id>/login/", openid_views.openid_connect_login, name="openid_connect_login"),
        path(
            "provider/<str:provider_id>/login/callback/",
            openid_views.openid_connect_callback,
            name="openid_connect_callback",
        ),
    ]

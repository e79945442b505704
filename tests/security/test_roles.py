"""The answer to each reader at every address and method, from real requests, with rows that could leak.

404: the reader may not see it. 403: the reader sees it and may not do it. "in": a redirect to the sign-in page (the API
answers 401). In an API body, an unseen id is a field error, 400. A rule of the record refuses with 422 on a page and
409 in the API. Rows belong to the police ("own"); justice is supporting; home affairs is another ministry.
"""

from copy import copy
from dataclasses import replace

import pytest
from django.apps import apps

from tests.authentication import enrol_second_factor
from tests.security.access_requests import (
    ENROLMENT_REDIRECT,
    SIGN_IN_REDIRECT,
    UNKNOWN_ID,
    AccessRule,
    all_routes,
    cached_get,
    machine_clock_years,
    parse_rules,
    rule_url,
    send_request,
    stable_body,
    stable_headers,
)
from tests.security.world import READERS, UNENROLLED
from tiptracker.choices import TokenScope

TABLE = """
#                                                  officer   ambassador   own supporting other  administrator other_post
#                                                      second   observer               elsewhere   post out deactivated

# Sign-in and your own account
GET   home                                  -          302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
POST  home                                  -          302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
GET   health                                -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 200 200
POST  health                                -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 200 200
GET   ready                                 -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 200 200
POST  ready                                 -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 200 200
GET   metrics                               -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 200 200
POST  metrics                               -          405 405 405 405 | 405 405 405 | 405 405 405 405 | 405 405
GET   glossary                              -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  glossary                              -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   how_this_works                        -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  how_this_works                        -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   search                                -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  search                                -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   account_login                         -          302 302 302 302 | 302 302 302 | 302 302 302 302 | 200 200
POST  account_login                         -          302 302 302 302 | 302 302 302 | 302 302 302 302 | 200 200
GET   account_logout                        -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  account_logout                        -          in  in  in  in  | in  in  in  | in  in  in  in  | in  in
GET   account_inactive                      -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 200 200
POST  account_inactive                      -          405 405 405 405 | 405 405 405 | 405 405 405 405 | 405 405
GET   account_expired                       -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 200 200
POST  account_expired                       -          405 405 405 405 | 405 405 405 | 405 405 405 405 | 405 405
GET   account_reauthenticate                -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  account_reauthenticate                -          302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
GET   password_forgotten                    -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 200 200
POST  password_forgotten                    -          in  in  in  in  | in  in  in  | in  in  in  in  | in  in
GET   password_choose                       -          410 410 410 410 | 410 410 410 | 410 410 410 410 | 410 410
POST  password_choose                       -          410 410 410 410 | 410 410 410 | 410 410 410 410 | 410 410
GET   invitation_accept                     -          410 410 410 410 | 410 410 410 | 410 410 410 410 | 410 410
POST  invitation_accept                     -          410 410 410 410 | 410 410 410 | 410 410 410 410 | 410 410
GET   sign_in_list                          -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  sign_in_list                          -          302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
GET   account_language                      -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  account_language                      -          302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
GET   token_list                            -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  token_list                            -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   token_add                             -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  token_add                             -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
GET   token_revoke                          officers_token 405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
POST  token_revoke                          officers_token 302 404 404 404 | 404 404 404 | 404 404 404 404 | in  in
GET   mfa_index                             -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  mfa_index                             -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   mfa_authenticate                      -          302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
POST  mfa_authenticate                      -          302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
GET   mfa_reauthenticate                    -          302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
POST  mfa_reauthenticate                    -          302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
GET   mfa_activate_totp                     -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  mfa_activate_totp                     -          422 422 422 422 | 422 422 422 | 422 422 422 422 | in  in
GET   mfa_deactivate_totp                   -          404 404 404 404 | 404 404 404 | 404 404 404 404 | in  in
POST  mfa_deactivate_totp                   -          404 404 404 404 | 404 404 404 | 404 404 404 404 | in  in
GET   mfa_view_recovery_codes               -          404 404 404 404 | 404 404 404 | 404 404 404 404 | in  in
POST  mfa_view_recovery_codes               -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   mfa_generate_recovery_codes           -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  mfa_generate_recovery_codes           -          422 422 422 422 | 422 422 422 | 422 422 422 422 | in  in
GET   mfa_add_webauthn                      -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  mfa_add_webauthn                      -          422 422 422 422 | 422 422 422 | 422 422 422 422 | in  in
GET   mfa_login_webauthn                    -          302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
POST  mfa_login_webauthn                    -          302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
GET   mfa_reauthenticate_webauthn           -          302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
POST  mfa_reauthenticate_webauthn           -          302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
GET   mfa_remove_webauthn                   passkey    404 404 404 404 | 404 404 404 | 404 404 404 404 | in  in
POST  mfa_remove_webauthn                   passkey    404 404 404 404 | 404 404 404 | 404 404 404 404 | in  in

# Saved filters
GET   saved_filter_add                      -          404 404 404 404 | 404 404 404 | 404 404 404 404 | in  in
POST  saved_filter_add                      -          302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
GET   saved_filter_edit                     officers_filter 200 404 404 404 | 404 404 404 | 404 404 404 404 | in  in
POST  saved_filter_edit                     officers_filter 302 404 404 404 | 404 404 404 | 404 404 404 404 | in  in

# Notices and mails
GET   notice_list                           -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  notice_list                           -          302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
GET   notice_detail                     officers_notice 302 404 404 404 | 404 404 404 | 404 404 404 404 | in  in
POST  notice_detail                     officers_notice 405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   notice_settings                       -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  notice_settings                       -          302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
GET   notices_stop                          -          404 404 404 404 | 404 404 404 | 404 404 404 404 | 404 404
POST  notices_stop                          -          404 404 404 404 | 404 404 404 | 404 404 404 404 | 404 404
GET   calendar_month                        -          200 200 200 200 | 200 200 200 | 200 403 403 403 | in  in
POST  calendar_month                        -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   calendar_feed                         -          200 200 200 200 | 200 200 200 | 200 404 404 404 | in  in
POST  calendar_feed                         -          302 302 302 302 | 302 302 302 | 302 404 404 404 | in  in
GET   handover_received                     -          200 200 200 200 | 200 200 200 | 200 403 403 403 | in  in
POST  handover_received                     -          302 404 404 404 | 404 404 404 | 404 403 403 403 | in  in
GET   calendar_file                         -          404 404 404 404 | 404 404 404 | 404 404 404 404 | 404 404
POST  calendar_file                         -          405 405 405 405 | 405 405 405 | 405 405 405 405 | 405 405
GET   mail_list                             -          403 403 403 403 | 403 403 403 | 403 200 200 200 | in  in
POST  mail_list                             -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   status                                -          403 403 403 403 | 403 403 403 | 403 200 403 403 | in  in
POST  status                                -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   languages                             -          403 403 403 403 | 403 403 403 | 403 200 403 403 | in  in
POST  languages                             -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   language_review                       -          403 403 403 403 | 403 403 403 | 403 200 403 403 | in  in
POST  language_review                       -          403 403 403 403 | 403 403 403 | 403 302 403 403 | in  in

# Activity log
GET   log_list                              -          200 200 200 403 | 403 403 403 | 200 200 200 200 | in  in
POST  log_list                              -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   log_detail                            entry      200 200 200 404 | 404 404 404 | 404 200 404 404 | in  in
GET   log_detail                            account_entry 404 404 404 404 | 404 404 404 | 404 200 200 404 | in  in
POST  log_detail                            entry      405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   log_detail                        foreign_account_entry 404 404 404 404 | 404 404 404 | 404 200 404 200 | in  in
GET   log_detail                        shared_account_entry 404 404 404 404 | 404 404 404 | 404 200 404 404 | in  in
GET   log_detail                        ministry_entry 200 200 200 404 | 404 404 404 | 404 200 200 404 | in  in
GET   imported_entry_detail               imported_entry 200 200 200 404 | 404 404 404 | 404 200 404 404 | in  in
POST  imported_entry_detail               imported_entry 405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   log_export                            -          200 200 200 403 | 403 403 403 | 200 200 200 200 | in  in
POST  log_export                            -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in

# Readiness, lists and briefings
GET   district_list                         -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  district_list                         -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   dashboard                             -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  dashboard                             -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   overview                              -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  overview                              -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   readiness_detail                      -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  readiness_detail                      -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   readiness_checks                      -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  readiness_checks                      -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   readiness_why                         concrete_action 200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
GET   readiness_why                         concrete_action/1a 200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
GET   readiness_why                        three_ps/prosecution 200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
GET   readiness_why                         concrete_action/99z 404 404 404 404 | 403 403 403 | 404 403 403 403 | in  in
POST  readiness_why                         concrete_action 405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   methodology                           -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  methodology                           -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   run_list                              -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  run_list                              -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   run_detail                            run        200 200 200 200 | 404 404 404 | 404 404 404 404 | in  in
POST  run_detail                            run        405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   readiness_changes                     -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  readiness_changes                     -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   readiness_what_if                     -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  readiness_what_if                     -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   recommendation_list                   -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  recommendation_list                   -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   recommendation_detail                 first      200 200 200 200 | 200 200 200 | 404 200 200 404 | in  in
POST  recommendation_detail                 first      405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   briefing_list                         -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  briefing_list                         -          302 302 302 403 | 403 403 403 | 302 403 403 403 | in  in
GET   briefing_detail                       briefing   200 200 200 200 | 404 404 404 | 404 404 404 404 | in  in
POST  briefing_detail                       failed_briefing 302 302 302 403 | 404 404 404 | 404 404 404 404 | in  in
GET   briefing_file                         briefing   200 200 200 200 | 404 404 404 | 404 404 404 404 | in  in
POST  briefing_file                         briefing   405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   briefing_file                         input      200 200 200 200 | 404 404 404 | 404 404 404 404 | in  in
GET   briefing_word                         input      200 200 200 200 | 404 404 404 | 404 404 404 404 | in  in
GET   briefing_word                         briefing   302 302 302 302 | 404 404 404 | 404 404 404 404 | in  in
POST  briefing_word                         input      405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   briefing_request                      -          302 302 302 403 | 403 403 403 | 302 403 403 403 | in  in
POST  briefing_request                      -          302 302 302 403 | 403 403 403 | 302 403 403 403 | in  in
GET   briefing_compare                      briefing   200 200 200 200 | 404 404 404 | 404 404 404 404 | in  in
POST  briefing_compare                      briefing   405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   briefing_check                        -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  briefing_check                        -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
GET   briefing_clear                        briefing   302 302 302 302 | 404 404 404 | 404 404 404 404 | in  in
POST  briefing_clear                        briefing   422 302 302 403 | 404 404 404 | 404 404 404 404 | in  in
GET   indicator_list                        -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  indicator_list                        -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   indicator_detail                      indicator  200 200 200 200 | 403 403 403 | 404 403 403 403 | in  in
POST  indicator_detail                      indicator  405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   indicator_enter                       -          200 200 403 403 | 403 403 403 | 200 403 403 403 | in  in
POST  indicator_enter                       -          302 302 403 403 | 403 403 403 | 302 403 403 403 | in  in
GET   law_list                              -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  law_list                              -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   law_entry_add                         -          200 200 403 403 | 403 403 403 | 200 403 403 403 | in  in
POST  law_entry_add                         -          302 302 403 403 | 403 403 403 | 302 403 403 403 | in  in
GET   law_entry_correct                     law        200 200 403 403 | 404 404 404 | 404 404 404 404 | in  in
POST  law_entry_correct                     law        302 302 403 403 | 404 404 404 | 404 404 404 404 | in  in
GET   law_entry_end                         law        200 200 403 403 | 404 404 404 | 404 404 404 404 | in  in
POST  law_entry_end                         law        302 302 403 403 | 404 404 404 | 404 404 404 404 | in  in
GET   partner_list                          -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  partner_list                          -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   partner_detail                        partner    200 200 200 200 | 404 404 404 | 404 404 404 404 | in  in
POST  partner_detail                        partner    405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   partner_add                           -          200 200 403 403 | 403 403 403 | 200 403 403 403 | in  in
POST  partner_add                           -          302 302 403 403 | 403 403 403 | 302 403 403 403 | in  in
GET   partner_edit                          partner    200 200 403 403 | 404 404 404 | 404 404 404 404 | in  in
POST  partner_edit                          partner    302 302 403 403 | 404 404 404 | 404 404 404 404 | in  in
GET   standard_indicators                   -          200 200 403 403 | 403 403 403 | 200 403 403 403 | in  in
POST  standard_indicators                   -          302 302 403 403 | 403 403 403 | 302 403 403 403 | in  in
GET   reading_add                           indicator  200 200 403 403 | 403 404 404 | 404 403 403 404 | in  in
POST  reading_add                           indicator  302 302 403 403 | 403 404 404 | 404 403 403 404 | in  in
GET   annual_target                         indicator  200 200 403 403 | 403 404 404 | 404 403 403 404 | in  in
POST  annual_target                         indicator  302 302 403 403 | 403 404 404 | 404 403 403 404 | in  in
GET   indicator_includes                    indicator  200 200 403 403 | 403 404 404 | 404 403 403 404 | in  in
POST  indicator_includes                    indicator  302 302 403 403 | 403 404 404 | 404 403 403 404 | in  in
GET   indicator_ministry                    indicator  200 200 403 403 | 403 404 404 | 404 403 403 404 | in  in
POST  indicator_ministry                    indicator  302 302 403 403 | 403 404 404 | 404 403 403 404 | in  in
GET   version_simulation                        waiting    200 200 200 200 | 403 404 404 | 404 404 404 404 | in  in
POST  version_simulation                        waiting    405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   evidence_simulation                     internal   200 200 200 200 | 404 404 404 | 404 404 404 404 | in  in
GET   evidence_simulation                     shared     200 200 200 200 | 403 404 404 | 404 404 404 404 | in  in
POST  evidence_simulation                     internal   405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   benchmark_simulation                    assessed   200 200 200 200 | 403 404 404 | 404 403 403 404 | in  in
POST  benchmark_simulation                    assessed   405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in

GET   country_comparison                    -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  country_comparison                    -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   timeline                              -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  timeline                              -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   handover                              -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  handover                              -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   ministry_detail                       police     200 200 200 200 | 403 404 404 | 404 403 403 404 | in  in
POST  ministry_detail                       police     405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   question_list                         -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  question_list                         -          302 302 403 403 | 403 403 403 | 302 403 403 403 | in  in
GET   question_missing                      -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  question_missing                      -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   question_detail                       question   200 200 200 200 | 404 404 404 | 404 404 404 404 | in  in
POST  question_detail                       question   302 302 403 403 | 404 404 404 | 404 404 404 404 | in  in
GET   readiness_trend                       -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  readiness_trend                       -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   readiness_explanation                 -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  readiness_explanation                 -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in

# Setting up a post
GET   setup_list                            -          200 200 200 200 | 403 403 403 | 200 200 200 200 | in  in
POST  setup_list                            -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   setup_add                             -          403 403 403 403 | 403 403 403 | 403 200 403 403 | in  in
POST  setup_add                             -          403 403 403 403 | 403 403 403 | 403 302 403 403 | in  in
GET   setup_detail                          lesotho    200 200 200 200 | 403 403 403 | 404 200 200 404 | in  in
POST  setup_detail                          lesotho    405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   setup_country                         lesotho    403 403 403 403 | 403 403 403 | 404 200 200 404 | in  in
POST  setup_country                         lesotho    403 403 403 403 | 403 403 403 | 404 302 302 404 | in  in
GET   setup_edition                         lesotho    403 403 403 403 | 403 403 403 | 404 200 200 404 | in  in
POST  setup_edition                         lesotho    403 403 403 403 | 403 403 403 | 404 302 302 404 | in  in
GET   setup_edition_edit                    edition    403 403 403 403 | 403 403 403 | 404 200 200 404 | in  in
POST  setup_edition_edit                    edition    403 403 403 403 | 403 403 403 | 404 302 302 404 | in  in
GET   setup_ministries                      lesotho    403 403 403 403 | 403 403 403 | 404 200 200 404 | in  in
POST  setup_ministries                      lesotho    403 403 403 403 | 403 403 403 | 404 302 302 404 | in  in
GET   setup_benchmarks                      lesotho    200 200 403 403 | 403 403 403 | 404 403 403 404 | in  in
POST  setup_benchmarks                      lesotho    422 422 403 403 | 403 403 403 | 404 403 403 404 | in  in
GET   edition_import                        edition    403 403 403 403 | 403 403 403 | 404 200 200 404 | in  in
POST  edition_import                        edition    403 403 403 403 | 403 403 403 | 404 302 302 404 | in  in
GET   import_preview                       list_import 404 404 404 404 | 404 404 404 | 404 200 200 404 | in  in
POST  import_preview                       list_import 404 404 404 404 | 404 404 404 | 404 302 302 404 | in  in
GET   setup_suggested                       first      200 200 403 403 | 403 403 403 | 404 403 403 404 | in  in
POST  setup_suggested                       first      302 302 403 403 | 403 403 403 | 404 403 403 404 | in  in
GET   setup_people                          lesotho    403 403 403 403 | 403 403 403 | 404 200 200 404 | in  in
POST  setup_people                          lesotho    403 403 403 403 | 403 403 403 | 404 302 302 404 | in  in

# Recommendations and editions
GET   recommendation_add                    edition    200 200 403 403 | 403 403 403 | 404 403 403 404 | in  in
POST  recommendation_add                    edition    302 302 403 403 | 403 403 403 | 404 403 403 404 | in  in
GET   edition_terms                         edition    200 200 403 403 | 403 403 403 | 404 403 403 404 | in  in
POST  edition_terms                         edition    302 302 403 403 | 403 403 403 | 404 403 403 404 | in  in
GET   milestone_detail                      milestone  200 200 200 200 | 404 404 404 | 404 403 403 404 | in  in
POST  milestone_detail                      milestone  405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   department_year                       edition    200 200 403 403 | 403 403 403 | 404 200 200 404 | in  in
POST  department_year                       edition    302 302 403 403 | 403 403 403 | 404 302 302 404 | in  in
GET   milestone_add                         edition    200 200 403 403 | 403 403 403 | 404 403 403 404 | in  in
POST  milestone_add                         edition    302 302 403 403 | 403 403 403 | 404 403 403 404 | in  in
GET   milestone_date                        milestone  200 200 403 403 | 404 404 404 | 404 403 403 404 | in  in
POST  milestone_date                        milestone  302 302 403 403 | 404 404 404 | 404 403 403 404 | in  in
GET   milestone_done                        milestone  200 200 403 403 | 404 404 404 | 404 403 403 404 | in  in
POST  milestone_done                        milestone  302 302 403 403 | 404 404 404 | 404 403 403 404 | in  in
GET   recommendation_edit                   first      200 200 403 403 | 403 403 403 | 404 403 403 404 | in  in
POST  recommendation_edit                   first      302 302 403 403 | 403 403 403 | 404 403 403 404 | in  in
GET   benchmark_add                         first      200 200 403 403 | 403 403 403 | 404 403 403 404 | in  in
POST  benchmark_add                         first      302 302 403 403 | 403 403 403 | 404 403 403 404 | in  in
GET   benchmark_edit                        assessed   200 200 403 403 | 403 404 404 | 404 403 403 404 | in  in
POST  benchmark_edit                        assessed   302 302 403 403 | 403 404 404 | 404 403 403 404 | in  in
GET   edition_repeats                       edition    200 200 403 403 | 403 403 403 | 404 403 403 404 | in  in
POST  edition_repeats                       edition    302 302 403 403 | 403 403 403 | 404 403 403 404 | in  in
GET   question_mapping_list                 -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  question_mapping_list                 -          302 302 403 403 | 403 403 403 | 302 403 403 403 | in  in
GET   question_mapping                      question   200 200 403 403 | 404 404 404 | 404 404 404 404 | in  in
POST  question_mapping                      question   302 302 403 403 | 404 404 404 | 404 404 404 404 | in  in
GET   question_sets                         -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  question_sets                         -          302 302 403 403 | 403 403 403 | 302 403 403 403 | in  in
GET   question_set_preview                question_set 200 200 403 403 | 404 404 404 | 404 404 404 404 | in  in
POST  question_set_preview                question_set 302 302 403 403 | 404 404 404 | 404 404 404 404 | in  in
GET   edition_roll_over                    edition    200 200 403 403 | 403 403 403 | 404 403 403 404 | in  in
POST  edition_roll_over                    edition    302 302 403 403 | 403 403 403 | 404 403 403 404 | in  in

# Commitments, updates and dialogues
GET   commitment_list                       -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  commitment_list                       -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   commitment_detail                     commitment 200 200 200 200 | 200 404 404 | 404 404 404 404 | in  in
GET   commitment_detail                home_commitment 200 200 200 200 | 404 404 200 | 404 404 404 404 | in  in
GET   commitment_detail                  us_commitment 200 200 200 200 | 404 404 404 | 404 404 404 404 | in  in
POST  commitment_detail                     commitment 405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   commitment_add                        -          200 200 403 403 | 403 403 403 | 200 403 403 403 | in  in
POST  commitment_add                        -          302 302 403 403 | 403 403 403 | 422 403 403 403 | in  in
GET   commitment_correct                    unstarted  200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  commitment_correct                    unstarted  302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   commitment_correct                    settled    200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   commitment_reschedule                 unstarted  200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  commitment_reschedule                 unstarted  302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   commitment_withdraw                   unstarted  200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  commitment_withdraw                   unstarted  302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   commitment_reopen                     settled    200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  commitment_reopen                     settled    302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   commitment_report_done             us_commitment 200 200 403 403 | 404 404 404 | 404 404 404 404 | in  in
POST  commitment_report_done             us_commitment 302 302 403 403 | 404 404 404 | 404 404 404 404 | in  in
GET   commitment_report_done                unstarted  403 403 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  commitment_report_done                unstarted  403 403 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   commitment_verify_done                reported   200 200 200 403 | 404 404 404 | 404 404 404 404 | in  in
POST  commitment_verify_done                reported   422 302 302 403 | 404 404 404 | 404 404 404 404 | in  in
GET   commitment_verify_done                commitment 200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   agreed_proof_add                      unstarted  200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  agreed_proof_add                      unstarted  302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   agreed_proof_end                   agreed_proof  200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  agreed_proof_end                   agreed_proof  302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   agreed_proof_evidence              agreed_proof  200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  agreed_proof_evidence              agreed_proof  302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   update_send                           unstarted  403 403 403 403 | 200 404 404 | 404 404 404 404 | in  in
POST  update_send                           unstarted  403 403 403 403 | 302 404 404 | 404 404 404 404 | in  in
GET   version_withdraw                      waiting    403 403 403 403 | 200 404 404 | 404 404 404 404 | in  in
POST  version_withdraw                      waiting    403 403 403 403 | 302 404 404 | 404 404 404 404 | in  in
GET   due_date_propose                      unstarted  403 403 403 403 | 200 404 404 | 404 404 404 404 | in  in
POST  due_date_propose                      unstarted  403 403 403 403 | 302 404 404 | 404 404 404 404 | in  in
GET   due_date_answer                       proposal   200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  due_date_answer                       proposal   302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   due_date_withdraw                     proposal   403 403 403 403 | 200 404 404 | 404 404 404 404 | in  in
POST  due_date_withdraw                     proposal   403 403 403 403 | 302 404 404 | 404 404 404 404 | in  in
GET   information_request_list              -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  information_request_list              -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   information_request_add               -          200 200 403 403 | 403 403 403 | 200 403 403 403 | in  in
POST  information_request_add               -          302 302 403 403 | 403 403 403 | 422 403 403 403 | in  in
GET   information_request_detail            asked      200 200 200 200 | 200 404 404 | 404 404 404 404 | in  in
GET   information_request_detail            answered   200 200 200 200 | 200 404 404 | 404 404 404 404 | in  in
POST  information_request_detail            asked      405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   information_request_correct           asked      200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  information_request_correct           asked      302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   information_request_move              asked      200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  information_request_move              asked      302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   information_request_withdraw          asked      200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  information_request_withdraw          asked      302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   information_request_answer            asked      403 403 403 403 | 200 404 404 | 404 404 404 404 | in  in
POST  information_request_answer            asked      403 403 403 403 | 302 404 404 | 404 404 404 404 | in  in
GET   information_request_record_answer     asked      200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  information_request_record_answer     asked      302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   information_request_draft             asked      405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
POST  information_request_draft             asked      403 403 403 403 | 302 404 404 | 404 404 404 404 | in  in
GET   commitment_note_add                   commitment 200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  commitment_note_add                   commitment 302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   recommendation_note_add               first      200 200 403 403 | 403 403 403 | 404 403 403 404 | in  in
POST  recommendation_note_add               first      302 302 403 403 | 403 403 403 | 404 403 403 404 | in  in
GET   ministry_note_add                     police     200 200 403 403 | 403 404 404 | 404 403 403 404 | in  in
POST  ministry_note_add                     police     302 302 403 403 | 403 404 404 | 404 403 403 404 | in  in
GET   note_detail                           note       200 200 200 200 | 404 404 404 | 404 404 404 404 | in  in
POST  note_detail                           note       302 302 302 403 | 404 404 404 | 404 404 404 404 | in  in
GET   update_token                          -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  update_token                          -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   update_draft                          unstarted  405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
POST  update_draft                          unstarted  403 403 403 403 | 302 404 404 | 404 404 404 404 | in  in
GET   workbook                              police     200 200 403 403 | 200 404 404 | 404 403 403 404 | in  in
POST  workbook                              police     302 302 403 403 | 302 404 404 | 404 403 403 404 | in  in
GET   workbook_download                     police     200 200 403 403 | 200 404 404 | 404 403 403 404 | in  in
POST  workbook_download                     police     405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   workbook_preview                   own_workbook  404 404 404 404 | 200 404 404 | 404 404 404 404 | in  in
POST  workbook_preview                   own_workbook  404 404 404 404 | 302 404 404 | 404 404 404 404 | in  in
GET   ministry_home                         -          403 403 403 403 | 200 200 200 | 403 403 403 403 | in  in
POST  ministry_home                         -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   dialogue_list                         -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  dialogue_list                         -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   dialogue_detail                       dialogue   200 200 200 200 | 200 404 200 | 404 404 404 404 | in  in
POST  dialogue_detail                       dialogue   405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   dialogue_add                          -          200 200 403 403 | 403 403 403 | 200 403 403 403 | in  in
POST  dialogue_add                          -          302 302 403 403 | 403 403 403 | 302 403 403 403 | in  in
GET   dialogue_edit                         dialogue   200 200 403 403 | 403 404 403 | 404 404 404 404 | in  in
POST  dialogue_edit                         dialogue   302 302 403 403 | 403 404 403 | 404 404 404 404 | in  in
GET   dialogue_detail                       planned    200 200 200 200 | 200 404 404 | 404 404 404 404 | in  in
GET   dialogue_detail                       called_off 200 200 200 200 | 404 404 404 | 404 404 404 404 | in  in
GET   dialogue_calendar                     planned    200 200 200 200 | 200 404 404 | 404 404 404 404 | in  in
POST  dialogue_calendar                     planned    405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   dialogue_call_off                     planned    200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  dialogue_call_off                     planned    302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   dialogue_numbers                      planned    200 200 200 200 | 403 404 404 | 404 404 404 404 | in  in
POST  dialogue_numbers                      planned    405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   dialogue_oversight                    planned    200 200 200 200 | 403 404 404 | 404 404 404 404 | in  in
POST  dialogue_oversight                    planned    405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   dialogue_indicators                   planned    200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  dialogue_indicators                   planned    302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   dialogue_figures                      dialogue   200 200 403 403 | 403 404 403 | 404 404 404 404 | in  in
POST  dialogue_figures                      dialogue   302 302 403 403 | 403 404 403 | 404 404 404 404 | in  in
GET   chosen_indicator_agree                chosen     200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  chosen_indicator_agree                chosen     302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   chosen_indicator_drop                 chosen     200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  chosen_indicator_drop                 chosen     302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   contribution_add                      planned    200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  contribution_add                      planned    302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   contribution_detail                   contribution 200 200 200 200 | 404 404 404 | 404 404 404 404 | in  in
POST  contribution_detail                   contribution 405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   contribution_correct                  contribution 200 200 403 403 | 404 404 404 | 404 404 404 404 | in  in
POST  contribution_correct                  contribution 302 302 403 403 | 404 404 404 | 404 404 404 404 | in  in
GET   sustainment_add                       planned    200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  sustainment_add                       planned    302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   dialogue_agenda                       dialogue   200 200 403 403 | 403 404 403 | 404 404 404 404 | in  in
POST  dialogue_agenda                       dialogue   302 302 403 403 | 403 404 403 | 404 404 404 404 | in  in
GET   dialogue_record                       dialogue   200 200 403 403 | 403 404 403 | 404 404 404 404 | in  in
POST  dialogue_record                       dialogue   302 302 403 403 | 403 404 403 | 404 404 404 404 | in  in
GET   dialogue_attach                       dialogue   200 200 403 403 | 403 404 403 | 404 404 404 404 | in  in
POST  dialogue_attach                       dialogue   302 422 403 403 | 403 404 403 | 404 404 404 404 | in  in
GET   next_step_done                        step       200 200 403 403 | 404 404 404 | 404 404 404 404 | in  in
POST  next_step_done                        step       302 302 403 403 | 404 404 404 | 404 404 404 404 | in  in
GET   evidence_file                         statement_file 200 200 200 200 | 404 404 404 | 404 404 404 404 | in  in
GET   dialogue_draft                        dialogue   405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
POST  dialogue_draft                        dialogue   302 302 403 403 | 403 404 403 | 404 404 404 404 | in  in

# Evidence and reviews
GET   evidence_list                         -          200 200 200 200 | 403 403 403 | 200 403 403 403 | in  in
POST  evidence_list                         -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   evidence_log                          -          200 200 403 403 | 403 403 403 | 200 403 403 403 | in  in
POST  evidence_log                          -          302 302 403 403 | 403 403 403 | 302 403 403 403 | in  in
GET   evidence_detail                       internal   200 200 200 200 | 404 404 404 | 404 404 404 404 | in  in
GET   evidence_detail                       shared     200 200 200 200 | 200 404 404 | 404 404 404 404 | in  in
GET   evidence_detail                       sent       200 200 200 200 | 200 404 404 | 404 404 404 404 | in  in
GET   evidence_detail                returned_evidence 200 200 200 200 | 200 404 404 | 404 404 404 404 | in  in
POST  evidence_detail                       sent       405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   evidence_review                       internal   302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
POST  evidence_review                       internal   422 302 302 403 | 404 404 404 | 404 404 404 404 | in  in
POST  evidence_review                       shared     422 302 302 403 | 403 404 404 | 404 404 404 404 | in  in
GET   evidence_revise                       internal   200 200 403 403 | 404 404 404 | 404 404 404 404 | in  in
GET   evidence_revise                       shared     200 200 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   evidence_revise                       sent       302 302 403 403 | 403 404 404 | 404 404 404 404 | in  in
POST  evidence_revise                       internal   302 302 403 403 | 404 404 404 | 404 404 404 404 | in  in
POST  evidence_revise                       sent       422 422 403 403 | 403 404 404 | 404 404 404 404 | in  in
GET   evidence_file                         internal_file 200 200 200 200 | 404 404 404 | 404 404 404 404 | in  in
GET   evidence_file                         sent_file  200 200 200 200 | 200 404 404 | 404 404 404 404 | in  in
GET   evidence_file                         shared_file 200 200 200 200 | 200 404 404 | 404 404 404 404 | in  in
GET   evidence_file                         unsent_file 404 404 404 404 | 200 404 404 | 404 404 404 404 | in  in
GET   evidence_file                         drafted_file 404 404 404 404 | 200 404 404 | 404 404 404 404 | in  in
POST  evidence_file                         sent_file  405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   file_picture                          internal_file 200 200 200 200 | 404 404 404 | 404 404 404 404 | in  in
GET   file_picture                          sent_file  200 200 200 200 | 200 404 404 | 404 404 404 404 | in  in
POST  file_picture                          sent_file  405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   my_tasks                              -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  my_tasks                              -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   my_tasks_next                         -          302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
POST  my_tasks_next                         -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   version_detail                          waiting    200 200 200 200 | 404 404 404 | 404 404 404 404 | in  in
GET   version_detail                    returned_version 200 200 200 200 | 404 404 404 | 404 404 404 404 | in  in
POST  version_detail                          waiting    405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   version_fill                            waiting    302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
POST  version_fill                            waiting    200 200 403 403 | 404 404 404 | 404 404 404 404 | in  in
GET   version_return                          waiting    302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
POST  version_return                          waiting    302 302 403 403 | 404 404 404 | 404 404 404 404 | in  in
GET   version_accept                          waiting    302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
POST  version_accept                          waiting    302 302 403 403 | 404 404 404 | 404 404 404 404 | in  in
GET   benchmark_assess                      assessed   200 200 403 403 | 403 404 404 | 404 403 403 404 | in  in
POST  benchmark_assess                      assessed   302 302 403 403 | 403 404 404 | 404 403 403 404 | in  in

# Redactions
GET   redaction_list                        -          200 200 200 403 | 403 403 403 | 200 403 403 403 | in  in
POST  redaction_list                        -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   redaction_add                         -          200 200 200 403 | 403 403 403 | 200 403 403 403 | in  in
POST  redaction_add                         -          302 302 302 403 | 403 403 403 | 302 403 403 403 | in  in
GET   redaction_detail                      redaction  200 200 200 404 | 404 404 404 | 404 404 404 404 | in  in
POST  redaction_detail                      redaction  403 302 302 404 | 404 404 404 | 404 404 404 404 | in  in

# Retention
GET   retention_list                        -          200 200 200 403 | 403 403 403 | 200 403 403 403 | in  in
POST  retention_list                        -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   retention_schedule                    -          200 200 200 403 | 403 403 403 | 200 403 403 403 | in  in
POST  retention_schedule                    -          302 302 302 403 | 403 403 403 | 302 403 403 403 | in  in
GET   edition_retention                     edition    200 200 200 403 | 403 403 403 | 404 403 403 403 | in  in
POST  edition_retention                     edition    302 302 302 403 | 403 403 403 | 404 403 403 403 | in  in
GET   certificate_detail                    certificate 200 200 200 404 | 404 404 404 | 404 404 404 404 | in  in
POST  certificate_detail                    certificate 405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   certificate_pdf                       certificate 200 200 200 404 | 404 404 404 | 404 404 404 404 | in  in
POST  certificate_pdf                       certificate 405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in

# The API
GET   api_schema                            -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 401 401
POST  api_schema                            -          405 405 405 405 | 405 405 405 | 405 405 405 405 | 401 401
GET   api_docs                              -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  api_docs                              -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   api-root                              -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 401 401
POST  api-root                              -          405 405 405 405 | 405 405 405 | 405 405 405 405 | 401 401
GET   ministry-list                         -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 401 401
GET   ministry-detail                       police     200 200 200 200 | 200 404 404 | 404 200 200 404 | 401 401
GET   edition-list                          -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 401 401
GET   edition-detail                        edition    200 200 200 200 | 200 200 200 | 404 200 200 404 | 401 401
GET   recommendation-list                   -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 401 401
GET   recommendation-detail                 first      200 200 200 200 | 200 200 200 | 404 200 200 404 | 401 401
GET   benchmark-list                        -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 401 401
GET   benchmark-detail                      assessed   200 200 200 200 | 200 404 404 | 404 200 200 404 | 401 401
GET   indicator-list                        -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 401 401
GET   indicator-detail                      indicator  200 200 200 200 | 200 404 404 | 404 200 200 404 | 401 401
GET   commitment-list                       -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 401 401
GET   commitment-detail                     commitment 200 200 200 200 | 200 404 404 | 404 404 404 404 | 401 401
GET   commitment-detail                  us_commitment 200 200 200 200 | 404 404 404 | 404 404 404 404 | 401 401
POST  commitment-correct                    unstarted  201 201 403 403 | 403 404 404 | 404 404 404 404 | 401 401
GET   information-request-list              -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 401 401
GET   information-request-detail            asked      200 200 200 200 | 200 404 404 | 404 404 404 404 | 401 401
GET   update-list                           -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 401 401
POST  update-list                           -          403 403 403 403 | 201 400 400 | 403 403 403 403 | 401 401
GET   update-detail                         update     200 200 200 200 | 200 404 404 | 404 404 404 404 | 401 401
GET   update-version-detail                 waiting    200 200 200 200 | 200 404 404 | 404 404 404 404 | 401 401
POST  update-version-accept                 waiting    201 201 403 403 | 403 404 404 | 404 404 404 404 | 401 401
POST  update-version-return                 waiting    201 201 403 403 | 403 404 404 | 404 404 404 404 | 401 401
POST  update-version-withdraw               waiting    403 403 403 403 | 201 404 404 | 404 404 404 404 | 401 401
GET   round-detail                          waiting    200 200 200 200 | 200 404 404 | 404 404 404 404 | 401 401
POST  round-accept                          waiting    201 201 403 403 | 403 404 404 | 404 404 404 404 | 401 401
POST  round-return                          waiting    201 201 403 403 | 403 404 404 | 404 404 404 404 | 401 401
POST  round-withdraw                        waiting    403 403 403 403 | 201 404 404 | 404 404 404 404 | 401 401
GET   evidence-list                         -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 401 401
GET   evidence-detail                       internal   200 200 200 200 | 404 404 404 | 404 404 404 404 | 401 401
GET   evidence-detail                       shared     200 200 200 200 | 200 404 404 | 404 404 404 404 | 401 401
GET   evidence-detail                       sent       200 200 200 200 | 200 404 404 | 404 404 404 404 | 401 401
GET   review-list                           -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 401 401
POST  review-list                           of_internal 409 201 201 403 | 403 403 403 | 400 403 403 403 | 401 401
POST  review-list                           of_shared  409 201 201 403 | 403 403 403 | 400 403 403 403 | 401 401
GET   review-detail           returned_evidence_review  200 200 200 200 | 200 404 404 | 404 404 404 404 | 401 401
GET   review-detail                      shared_review     200 200 200 200 | 404 404 404 | 404 404 404 404 | 401 401
GET   dialogue-list                         -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 401 401
GET   dialogue-detail                       dialogue   200 200 200 200 | 200 404 200 | 404 404 404 404 | 401 401
GET   reading-list                          -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 401 401
GET   reading-detail                        reading    200 200 200 200 | 200 404 404 | 404 404 404 404 | 401 401
GET   law-entry-list                        -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 401 401
GET   law-entry-detail                      law        200 200 200 200 | 404 404 404 | 404 404 404 404 | 401 401
GET   assessment-list                       -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 401 401
POST  assessment-list                       -          201 201 403 403 | 403 403 403 | 400 403 403 403 | 401 401
GET   assessment-detail                     assessment 200 200 200 200 | 404 404 404 | 404 404 404 404 | 401 401
GET   readiness-list                        -          200 200 200 200 | 404 404 404 | 200 404 404 404 | 401 401
GET   briefing-list                         -          200 200 200 200 | 200 200 200 | 200 200 200 200 | 401 401
POST  briefing-list                         -          202 202 202 403 | 403 403 403 | 400 403 403 403 | 401 401
GET   briefing-detail                       briefing   200 200 200 200 | 404 404 404 | 404 404 404 404 | 401 401
GET   briefing-file                         briefing   200 200 200 200 | 404 404 404 | 404 404 404 404 | 401 401
GET   briefing-word                         input      200 200 200 200 | 404 404 404 | 404 404 404 404 | 401 401
GET   briefing-word                         briefing   409 409 409 409 | 404 404 404 | 404 404 404 404 | 401 401

# People, ministries and countries
GET   person_list                           -          403 403 403 403 | 403 403 403 | 403 200 200 200 | in  in
POST  person_list                           -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   person_add                            -          403 403 403 403 | 403 403 403 | 403 200 200 200 | in  in
POST  person_add                            -          403 403 403 403 | 403 403 403 | 403 302 302 422 | in  in
GET   person_detail                         observer_person 403 403 403 403 | 403 403 403 | 403 200 200 404 | in  in
POST  person_detail                         observer_person 403 403 403 403 | 403 403 403 | 403 302 302 404 | in  in
GET   person_edit                           observer_person 403 403 403 403 | 403 403 403 | 403 200 200 404 | in  in
POST  person_edit                           observer_person 403 403 403 403 | 403 403 403 | 403 302 302 404 | in  in
GET   person_handover                       observer_person 403 403 403 403 | 403 403 403 | 403 200 200 404 | in  in
POST  person_handover                       observer_person 403 403 403 403 | 403 403 403 | 403 302 302 404 | in  in
GET   person_detail                         shared_officer 403 403 403 403 | 403 403 403 | 403 200 200 200 | in  in
GET   person_edit                           shared_officer 403 403 403 403 | 403 403 403 | 403 200 403 403 | in  in
GET   person_handover                       shared_officer 403 403 403 403 | 403 403 403 | 403 200 403 403 | in  in
POST  person_detail                         shared_officer 403 403 403 403 | 403 403 403 | 403 302 403 403 | in  in
POST  person_edit                           shared_officer 403 403 403 403 | 403 403 403 | 403 302 403 403 | in  in
POST  person_handover                       shared_officer 403 403 403 403 | 403 403 403 | 403 302 403 403 | in  in
GET   person_detail                         post_person 403 403 403 403 | 403 403 403 | 403 200 200 404 | in  in
GET   person_edit                           post_person 403 403 403 403 | 403 403 403 | 403 200 200 404 | in  in
GET   person_handover                       post_person 403 403 403 403 | 403 403 403 | 403 200 200 404 | in  in
POST  person_detail                         post_person 403 403 403 403 | 403 403 403 | 403 302 302 404 | in  in
POST  person_edit                           post_person 403 403 403 403 | 403 403 403 | 403 302 403 404 | in  in
POST  person_handover                       post_person 403 403 403 403 | 403 403 403 | 403 422 422 404 | in  in
GET   ministry_list                         -          403 403 403 403 | 403 403 403 | 403 200 200 200 | in  in
POST  ministry_list                         -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   ministry_edit                         police     403 403 403 403 | 403 403 403 | 403 200 200 404 | in  in
POST  ministry_edit                         police     403 403 403 403 | 403 403 403 | 403 302 302 404 | in  in
GET   country_list                          -          403 403 403 403 | 403 403 403 | 403 200 200 200 | in  in
POST  country_list                          -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   country_edit                          lesotho    403 403 403 403 | 403 403 403 | 403 200 200 404 | in  in
POST  country_edit                          lesotho    403 403 403 403 | 403 403 403 | 403 422 422 404 | in  in
GET   word_template                         lesotho    403 403 403 403 | 403 403 403 | 403 200 200 404 | in  in
POST  word_template                         lesotho    403 403 403 403 | 403 403 403 | 403 302 302 404 | in  in

# Requests about accounts
GET   account_address                       -          200 200 200 200 | 200 200 200 | 200 200 200 200 | in  in
POST  account_address                       -          302 302 302 302 | 302 302 302 | 302 302 302 302 | in  in
GET   account_address_confirm               -          410 410 410 410 | 410 410 410 | 410 410 410 410 | 410 410
POST  account_address_confirm               -          410 410 410 410 | 410 410 410 | 410 410 410 410 | 410 410
GET   account_request_list                  -          403 403 200 403 | 403 403 403 | 403 200 200 200 | in  in
POST  account_request_list                  -          405 405 405 405 | 405 405 405 | 405 405 405 405 | in  in
GET   account_request_detail                account_request 404 404 200 200 | 404 404 404 | 404 200 200 404 | in  in
POST  account_request_detail                account_request 404 404 302 302 | 404 404 404 | 404 302 403 404 | in  in
GET   account_request_stop                  -          410 410 410 410 | 410 410 410 | 410 410 410 410 | 410 410
POST  account_request_stop                  -          410 410 410 410 | 410 410 410 | 410 410 410 410 | 410 410
"""
RULES = list(parse_rules(TABLE))


def test_every_address_and_method_is_in_the_table():
    """Addresses of the API declare their methods. Pages get GET and POST, even if they do not accept both."""
    expected = {
        (method.upper(), name)
        for name, actions in all_routes().items()
        for method in (actions or ("get", "post"))
        if method != "head"
    }

    assert {(line.method, line.route) for line in RULES} == expected


@pytest.mark.parametrize("line", RULES, ids=str)
def test_every_reader_is_answered_as_the_table_says(world, line):
    """The answer has no text for others, and no date of the machine's clock instead of the demonstration's.

    If it is 404, or leads elsewhere without opening the row, an unknown row gets the same answer: the same page and
    headers, after the same queries, so that not even the time differs.
    """
    answers = {reader: send_or_reuse(world, line, reader) for reader in READERS}

    wrong = {reader: answer.status for reader, answer in answers.items() if answer.status != line.expected[reader]}
    assert wrong == {}, f"the table says {[line.expected[reader] for reader in wrong]}"
    leaks = {reader: world.leaks(reader, answer.body) for reader, answer in answers.items()}
    assert {reader: found for reader, found in leaks.items() if found} == {}
    dates = {reader: machine_clock_years(answer.body) for reader, answer in answers.items()}
    assert {reader: found for reader, found in dates.items() if found} == {}
    for reader, answer in answers.items():
        is_unseen = answer.status == "404" and line.row != "-"
        if is_unseen or (reader in KNOWN_ROW_STRANGERS and answer.status in LEADS_ELSEWHERE and has_one_row(line)):
            unknown = send_request(world, line, reader, key=UNKNOWN_ID)
            assert unknown.status == answer.status
            assert stable_headers(unknown) == stable_headers(answer), reader
            if is_unseen:
                assert stable_body(unknown) == stable_body(answer), reader
            if is_unseen and has_one_row(line):
                assert unknown.statements == answer.statements, reader


KNOWN_ROW_STRANGERS = ("other", "out")
"""Readers who may not see the row of the table at any address."""
LEADS_ELSEWHERE = {"302", SIGN_IN_REDIRECT}


def has_one_row(line):
    return line.row != "-" and "/" not in line.row


def send_or_reuse(world, line, reader):
    return cached_get(world, line, reader) if line.method == "GET" else send_request(world, line, reader)


@pytest.mark.parametrize(
    "line", {line.route: line for line in RULES if line.is_api}.values(), ids=lambda line: line.route
)
def test_the_api_takes_no_other_method(world, line):
    """Recorded rows cannot be changed or deleted."""
    taken = {other.method for other in RULES if other.route == line.route}
    others = {"GET", "POST", "PUT", "PATCH", "DELETE"} - taken

    answered = {method: send_request(world, replace(line, method=method), "officer").status for method in others}

    assert answered == dict.fromkeys(others, "405")


PAGE_RULES = [line for line in RULES if line.method == "GET" and not line.is_api]


@pytest.mark.parametrize("line", PAGE_RULES, ids=str)
def test_htmx_requests_are_answered_like_the_page(world, line):
    """A part of a page, requested alone, contains no more than the page."""
    answers = {
        reader: send_request(world, line, reader, headers={"HX-Request": "true"})
        for reader in READERS
        if cached_get(world, line, reader).differs_for_htmx
    }

    wrong = {reader: answer.status for reader, answer in answers.items() if answer.status != line.expected[reader]}
    assert wrong == {}
    assert {reader: found for reader, answer in answers.items() if (found := world.leaks(reader, answer.body))} == {}


API_RULES = [line for line in RULES if line.is_api]


@pytest.fixture(scope="module")
def enrolled_readers(world):
    """The readers with an account, all with a second factor from now on: without one, a token opens nothing."""
    readers = [reader for reader in READERS if reader in world.people]
    for reader in readers:
        enrol_second_factor(world.people[reader])
    return readers


@pytest.mark.parametrize("line", API_RULES, ids=str)
def test_a_token_can_what_its_person_may_and_no_more(world, enrolled_readers, line):
    """A token with the scope “submit” is answered as the table says. One that may only read is refused every write."""
    people = enrolled_readers
    answers = {
        (reader, scope): send_request(world, line, reader, scope=scope) for reader in people for scope in TokenScope
    }
    unenrolled = send_request(world, line, UNENROLLED, scope=TokenScope.SUBMIT)

    told = {key: answer.status for key, answer in answers.items()}
    assert {reader: told[reader, TokenScope.SUBMIT] for reader in people} == {
        reader: line.expected[reader] for reader in people
    }
    reads = line.method == "GET"
    assert {reader: told[reader, TokenScope.READ] for reader in people} == {
        reader: line.expected[reader] if reads or reader == "deactivated" else "403" for reader in people
    }
    assert {key: found for key, answer in answers.items() if (found := world.leaks(key[0], answer.body))} == {}
    for (reader, scope), answer in answers.items():
        if not reads and scope is TokenScope.READ and reader != "deactivated":
            assert "This token can only read." in answer.body
    assert unenrolled.status == "401"
    assert unenrolled.json == answers["deactivated", TokenScope.SUBMIT].json


OPEN_WITHOUT_SECOND_FACTOR = {
    "GET health": "200",
    "POST health": "200",
    "GET ready": "200",
    "POST ready": "200",
    "GET metrics": "200",
    "POST metrics": "405",
    "GET account_logout": "200",
    "POST account_logout": SIGN_IN_REDIRECT,
    "GET account_reauthenticate": "200",
    "POST account_reauthenticate": "302",
    "GET mfa_index": "200",
    "POST mfa_index": "405",
    "GET mfa_activate_totp": "200",
    "POST mfa_activate_totp": "422",
    "GET mfa_add_webauthn": "200",
    "POST mfa_add_webauthn": "422",
}


@pytest.mark.parametrize("line", RULES, ids=str)
def test_nothing_but_enrolment_answers_without_a_second_factor(world, line):
    """Pages redirect there, and the API refuses. An officer with only the password reads no row of any kind."""
    answer = send_request(world, line, UNENROLLED)

    refused = "403" if rule_url(line, world.keys().get(line.row)).startswith("/api/") else ENROLMENT_REDIRECT
    assert answer.status == OPEN_WITHOUT_SECOND_FACTOR.get(f"{line.method} {line.route}", refused)
    person = world.people[UNENROLLED]
    body = answer.body.replace(person.name, "").replace(person.email, "")
    assert [what for mark, (what, _) in world.marks.items() if mark in body] == []


TEXTS_ON_NO_PAGE = {"minister of home", "minister of justice"}
"""Texts of rows that no page shows yet. They must not reach the wrong reader either."""


def test_every_text_reaches_its_readers(world):
    """Otherwise, searching for it would prove nothing. (Not every name is shown to all who may know it.)"""
    files = [AccessRule("GET", "evidence_file", name, {}) for name in world.rows if name.endswith("_file")]
    asked = [line for line in RULES if line.method == "GET"] + files
    asked += [
        AccessRule("GET", "briefing_file", "foreign_briefing", {}),
        AccessRule("GET", "run_detail", "foreign_run", {}),
    ]
    asked += [
        AccessRule("GET", "redaction_detail", "foreign_redaction", {}),
        AccessRule("GET", "information_request_detail", "home_request", {}),
        AccessRule("GET", "information_request_detail", "foreign_request", {}),
        AccessRule("GET", "note_detail", "foreign_note", {}),
        AccessRule("GET", "question_detail", "foreign_question", {}),
        AccessRule("GET", "imported_entry_detail", "foreign_imported_entry", {}),
    ]
    read = {
        reader: "".join(
            cached_get(world, line, reader).body for line in asked if line.expected.get(reader, "200") == "200"
        )
        for reader in READERS
    }

    unread = {
        (reader, what)
        for mark, (what, to) in world.marks.items()
        for reader in to
        if mark not in read[reader] and what not in TEXTS_ON_NO_PAGE and not what.startswith("name of")
        if mark not in world.names_of_people
    }
    assert unread == set()


PERSONAL_TABLES = {
    "accounts.ApiToken",
    "dialogues.EvidenceFile",
    "handovers.Handover",
    "notifications.CalendarFeed",
    "notifications.DigestSchedule",
    "notifications.Notice",
    "notifications.NoticeFrequency",
    "saved_filters.SavedFilter",
    "undo.RemovedRow",
}
"""A person's own tokens, saved filters and deleted rows, and files that they uploaded and have not sent."""


def test_a_role_that_no_rule_names_sees_no_row(world):
    """No row of any country, for any number of countries: a new role must state what it sees."""
    officer = world.people["officer"]
    stranger = copy(officer)
    stranger.role = "auditor"
    models = [model for model in apps.get_models() if hasattr(model._default_manager, "visible_to")]

    sees = {model._meta.label for model in models if model._default_manager.visible_to(officer).exists()}
    assert len(sees) > len(models) / 2
    left = {model._meta.label for model in models if model._default_manager.visible_to(stranger).exists()}
    assert left <= PERSONAL_TABLES

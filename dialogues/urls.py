"""Addresses of what was promised, what happened and what proves it."""

from django.urls import path

from dialogues.views import (
    assessments,
    commitments,
    dialogues,
    evidence,
    indicators,
    log,
    ministry,
    redactions,
    register,
    rounds,
)

urlpatterns = [
    path("commitments/", commitments.commitment_list, name="commitment_list"),
    path("commitments/add/", commitments.commitment_add, name="commitment_add"),
    path("commitments/<int:pk>/", commitments.commitment_detail, name="commitment_detail"),
    path("commitments/<int:pk>/reschedule/", commitments.commitment_reschedule, name="commitment_reschedule"),
    path("commitments/<int:pk>/withdraw/", commitments.commitment_withdraw, name="commitment_withdraw"),
    path("commitments/<int:pk>/reopen/", commitments.commitment_reopen, name="commitment_reopen"),
    path("commitments/<int:pk>/report-done/", commitments.commitment_report_done, name="commitment_report_done"),
    path("commitments/<int:pk>/verify-done/", commitments.commitment_verify_done, name="commitment_verify_done"),
    path("commitments/<int:pk>/update/", ministry.update_send, name="update_send"),
    path("ministry/", ministry.ministry_home, name="ministry_home"),
    path("evidence/", register.evidence_list, name="evidence_list"),
    path("evidence/log/", log.evidence_log, name="evidence_log"),
    path("evidence/<int:pk>/", evidence.evidence_detail, name="evidence_detail"),
    path("evidence/<int:pk>/review/", evidence.evidence_review, name="evidence_review"),
    path("files/<int:pk>/", evidence.evidence_file, name="evidence_file"),
    path("indicators/", indicators.indicator_list, name="indicator_list"),
    path("indicators/enter/", indicators.indicator_enter, name="indicator_enter"),
    path("indicators/<int:pk>/", indicators.indicator_detail, name="indicator_detail"),
    path("indicators/<int:pk>/add/", indicators.reading_add, name="reading_add"),
    path("inbox/<int:pk>/", rounds.round_detail, name="round_detail"),
    path("inbox/<int:pk>/return/", rounds.round_return, name="round_return"),
    path("inbox/<int:pk>/accept/", rounds.round_accept, name="round_accept"),
    path("benchmarks/<int:pk>/assess/", assessments.benchmark_assess, name="benchmark_assess"),
    path("dialogues/", dialogues.dialogue_list, name="dialogue_list"),
    path("dialogues/add/", dialogues.dialogue_add, name="dialogue_add"),
    path("dialogues/<int:pk>/", dialogues.dialogue_detail, name="dialogue_detail"),
    path("dialogues/<int:pk>/edit/", dialogues.dialogue_edit, name="dialogue_edit"),
    path("redactions/", redactions.redaction_list, name="redaction_list"),
    path("redactions/add/", redactions.redaction_add, name="redaction_add"),
    path("redactions/<int:pk>/", redactions.redaction_detail, name="redaction_detail"),
]

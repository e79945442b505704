"""Settings of the API's documentation, which drf-spectacular makes from the code."""

SPECTACULAR_SETTINGS = {
    "TITLE": "TIP Tracker",
    "DESCRIPTION": "What the TIP Report asked of a government, what was promised, what happened, and what proves it.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "tiptracker.api.base.document_refusals",
        "tiptracker.api.former_names.mark_former_names",
    ],
    # Some fields share a name but have different choices; each set of choices gets its own name.
    "ENUM_NAME_OVERRIDES": {
        "CommitmentEventKind": "dialogues.choices.CommitmentEventKind.choices",
        "EvidenceKind": "dialogues.choices.EvidenceKind.choices",
        "BriefingKind": "reports.choices.BriefingKind.choices",
        "StepKind": "reports.choices.StepKind.choices",
        "UpdateVersionDecision": "dialogues.choices.UpdateDecision.choices",
        "DueDateDecision": "dialogues.choices.DueDateDecision.choices",
        "EvidenceDecision": "dialogues.choices.EvidenceDecision.choices",
        "DoneBy": "dialogues.choices.DoneBy.choices",
        "CommitmentStatus": "dialogues.choices.CommitmentStatus.choices",
        "Tier": "recommendations.choices.Tier.choices",
    },
}

"""A list with other wording and order than the reconstruction of 2021, to replace it. It is exercise data."""

REPLACEMENT_LIST = {
    1: "Finalize, implement and train front-line officials on standard operating procedures for victim identification "
    "and a national referral mechanism.",
    2: "Allocate money for the Victims of Trafficking Trust Fund and carry out the procedures for administering it.",
    3: "Vigorously investigate and prosecute trafficking crimes, including cases of complicit officials, and seek "
    "adequate penalties with prison terms for convicted traffickers.",
    4: "Amend the Subordinate Courts Act so that magistrates’ courts may impose the maximum penalty for trafficking.",
    5: "Amend the anti-trafficking and child welfare laws so that penalties for trafficking children are as stringent "
    "as for other grave crimes.",
    6: "Fully fund the police’s anti-trafficking unit and establish a focal point in each of the ten districts.",
    7: "Allocate funding to shelters and services for victims, and support more than one provider.",
    8: "Provide regular anti-trafficking training to police, investigators, prosecutors, judges and social workers.",
    9: "Increase efforts to investigate trafficking of Basotho abroad together with South African officials.",
    10: "Implement and fund the 2021-2026 national action plan and convene the multi-sectoral committee regularly.",
    11: "Regularly compile data on trafficking cases and share them with the public.",
}
NEW_NUMBERS = {1: 3, 2: 4, 3: 6, 4: 1, 5: 2, 6: 7, 7: 8, 8: 9, 9: 5, 10: 10}
"""Number in the reconstruction: number in this list."""

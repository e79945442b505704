"""French dates and numbers, where they differ from Django's: "8 novembre 2021"; in tables "8 nov. 2021, 09:05".

The first day of a month is "1er": see `tiptracker.localization`. Thousands are separated by a narrow space that does
not break.
"""

from tiptracker.formats.en_GB.formats import DATE_FORMAT, DATETIME_FORMAT, TIME_FORMAT

__all__ = [
    "DATETIME_FORMAT",
    "DATE_FORMAT",
    "DATE_INPUT_FORMATS",
    "MONTH_DAY_FORMAT",
    "SHORT_DATETIME_FORMAT",
    "SHORT_DATE_FORMAT",
    "THOUSAND_SEPARATOR",
    "TIME_FORMAT",
]

SHORT_DATE_FORMAT = "j N Y"
MONTH_DAY_FORMAT = "j N"
SHORT_DATETIME_FORMAT = "j N Y, H:i"
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y"]
THOUSAND_SEPARATOR = "\N{NARROW NO-BREAK SPACE}"

"""Sesotho dates and numbers: "8 Pulungoana 2021". A speaker must review them.

The names of months are in the catalogue: Pherekhong, Hlakola, Hlakubele, ’Mesa, Motšeanong, Phupjane, Phupu, Phato,
Loetse, Mphalane, Pulungoana, Tšitoe. Tables have them in full, because no short forms are in general use. Numbers are
as in the English of Lesotho.
"""

from tiptracker.formats.fallback import (
    DATE_FORMAT,
    DATE_INPUT_FORMATS,
    DATETIME_FORMAT,
    FIRST_DAY_OF_WEEK,
    NUMBER_GROUPING,
    TIME_FORMAT,
    YEAR_MONTH_FORMAT,
)

__all__ = [
    "DATETIME_FORMAT",
    "DATE_FORMAT",
    "DATE_INPUT_FORMATS",
    "DECIMAL_SEPARATOR",
    "FIRST_DAY_OF_WEEK",
    "MONTH_DAY_FORMAT",
    "NUMBER_GROUPING",
    "SHORT_DATETIME_FORMAT",
    "SHORT_DATE_FORMAT",
    "THOUSAND_SEPARATOR",
    "TIME_FORMAT",
    "YEAR_MONTH_FORMAT",
]

SHORT_DATE_FORMAT = DATE_FORMAT
MONTH_DAY_FORMAT = "j F"
SHORT_DATETIME_FORMAT = DATETIME_FORMAT
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","

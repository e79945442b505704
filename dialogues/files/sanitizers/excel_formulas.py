"""Check the formulas of a workbook (18.17 of part 1): only pure functions, on cells and names of this workbook."""

import re
from collections.abc import Container
from functools import lru_cache

_FUNCTION_NAMES = """
    ABS ACCRINT ACCRINTM ACOS ACOSH ACOT ACOTH ADDRESS AGGREGATE AMORDEGRC AMORLINC AND ANCHORARRAY ARABIC AREAS
    ARRAYTOTEXT ASC ASIN ASINH ATAN ATAN2 ATANH AVEDEV AVERAGE AVERAGEA AVERAGEIF AVERAGEIFS BAHTTEXT BASE BESSELI
    BESSELJ BESSELK BESSELY BETA.DIST BETA.INV BETADIST BETAINV BIN2DEC BIN2HEX BIN2OCT BINOM.DIST BINOM.DIST.RANGE
    BINOM.INV BINOMDIST BITAND BITLSHIFT BITOR BITRSHIFT BITXOR BYCOL BYROW CEILING CEILING.MATH CEILING.PRECISE CELL
    CHAR
    CHIDIST CHIINV CHISQ.DIST CHISQ.DIST.RT CHISQ.INV CHISQ.INV.RT CHISQ.TEST CHITEST CHOOSE CHOOSECOLS CHOOSEROWS
    CLEAN CODE COLUMN COLUMNS COMBIN COMBINA COMPLEX CONCAT CONCATENATE CONFIDENCE CONFIDENCE.NORM CONFIDENCE.T
    CONVERT CORREL COS COSH COT COTH COUNT COUNTA COUNTBLANK COUNTIF COUNTIFS COUPDAYBS COUPDAYS COUPDAYSNC COUPNCD
    COUPNUM COUPPCD COVAR COVARIANCE.P COVARIANCE.S CRITBINOM CSC CSCH CUMIPMT CUMPRINC DATE DATEDIF DATEVALUE DAVERAGE
    DAY DAYS DAYS360 DB DBCS DCOUNT DCOUNTA DDB DEC2BIN DEC2HEX DEC2OCT DECIMAL DEGREES DELTA DEVSQ DGET DISC DMAX DMIN
    DOLLAR DOLLARDE DOLLARFR DPRODUCT DROP DSTDEV DSTDEVP DSUM DURATION DVAR DVARP ECMA.CEILING EDATE EFFECT ENCODEURL
    EOMONTH ERF ERF.PRECISE ERFC ERFC.PRECISE ERROR.TYPE EUROCONVERT EVEN EXACT EXP EXPAND EXPON.DIST EXPONDIST F.DIST
    F.DIST.RT F.INV F.INV.RT F.TEST FACT FACTDOUBLE FALSE FDIST FILTER FIND FINDB FINV FISHER FISHERINV FIXED FLOOR
    FLOOR.MATH FLOOR.PRECISE FORECAST FORECAST.ETS FORECAST.ETS.CONFINT FORECAST.ETS.SEASONALITY FORECAST.ETS.STAT
    FORECAST.LINEAR FORMULATEXT FREQUENCY FTEST FV FVSCHEDULE GAMMA GAMMA.DIST GAMMA.INV GAMMADIST GAMMAINV GAMMALN
    GAMMALN.PRECISE GAUSS GCD GEOMEAN GESTEP GROUPBY GROWTH HARMEAN HEX2BIN HEX2DEC HEX2OCT HLOOKUP HOUR HSTACK
    HYPGEOM.DIST HYPGEOMDIST IF IFERROR IFNA IFS IMABS IMAGINARY IMARGUMENT IMCONJUGATE IMCOS IMCOSH IMCOT IMCSC IMCSCH
    IMDIV IMEXP IMLN IMLOG10 IMLOG2 IMPOWER IMPRODUCT IMREAL IMSEC IMSECH IMSIN IMSINH IMSQRT IMSUB IMSUM IMTAN INDEX
    INT INTERCEPT INTRATE IPMT IRR ISBLANK ISERR ISERROR ISEVEN ISFORMULA ISLOGICAL ISNA ISNONTEXT ISNUMBER ISO.CEILING
    ISODD ISOMITTED ISOWEEKNUM ISPMT ISREF ISTEXT JIS KURT LAMBDA LARGE LCM LEFT LEFTB LEN LENB LET LINEST LN LOG LOG10
    LOGEST LOGINV LOGNORM.DIST LOGNORM.INV LOGNORMDIST LOOKUP LOWER MAKEARRAY MAP MATCH MAX MAXA MAXIFS MDETERM
    MDURATION MEDIAN MID MIDB MIN MINA MINIFS MINUTE MINVERSE MIRR MMULT MOD MODE MODE.MULT MODE.SNGL MONTH MROUND
    MULTINOMIAL MUNIT N NA NEGBINOM.DIST NEGBINOMDIST NETWORKDAYS NETWORKDAYS.INTL NOMINAL NORM.DIST NORM.INV
    NORM.S.DIST NORM.S.INV NORMDIST NORMINV NORMSDIST NORMSINV NOT NOW NPER NPV NUMBERVALUE OCT2BIN OCT2DEC OCT2HEX ODD
    ODDFPRICE ODDFYIELD ODDLPRICE ODDLYIELD OFFSET OR PDURATION PEARSON PERCENTILE PERCENTILE.EXC PERCENTILE.INC
    PERCENTOF PERCENTRANK PERCENTRANK.EXC PERCENTRANK.INC PERMUT PERMUTATIONA PHI PHONETIC PI PIVOTBY PMT POISSON
    POISSON.DIST POWER PPMT PRICE PRICEDISC PRICEMAT PROB PRODUCT PROPER PV QUARTILE QUARTILE.EXC QUARTILE.INC QUOTIENT
    RADIANS RAND RANDARRAY RANDBETWEEN RANK RANK.AVG RANK.EQ RATE RECEIVED REDUCE REGEXEXTRACT REGEXREPLACE REGEXTEST
    REPLACE REPLACEB REPT RIGHT RIGHTB ROMAN ROUND ROUNDDOWN ROUNDUP ROW ROWS RRI RSQ SCAN SEARCH SEARCHB SEC SECH
    SECOND SEQUENCE SERIESSUM SHEET SHEETS SIGN SIN SINGLE SINH SKEW SKEW.P SLN SLOPE SMALL SORT SORTBY SQRT SQRTPI
    STANDARDIZE STDEV STDEV.P STDEV.S STDEVA STDEVP STDEVPA STEYX SUBSTITUTE SUBTOTAL SUM SUMIF SUMIFS SUMPRODUCT SUMSQ
    SUMX2MY2 SUMX2PY2 SUMXMY2 SWITCH SYD T T.DIST T.DIST.2T T.DIST.RT T.INV T.INV.2T T.TEST TAKE TAN TANH TBILLEQ
    TBILLPRICE TBILLYIELD TDIST TEXT TEXTAFTER TEXTBEFORE TEXTJOIN TEXTSPLIT TIME TIMEVALUE TINV TOCOL TODAY TOROW
    TRANSPOSE TREND TRIM TRIMMEAN TRIMRANGE TRUE TRUNC TTEST TYPE UNICHAR UNICODE UNIQUE UPPER USDOLLAR VALUE
    VALUETOTEXT VAR VAR.P VAR.S VARA VARP VARPA VDB VLOOKUP VSTACK WEEKDAY WEEKNUM WEIBULL WEIBULL.DIST WORKDAY
    WORKDAY.INTL WRAPCOLS WRAPROWS XIRR XLOOKUP XMATCH XNPV XOR YEAR YEARFRAC YIELD YIELDDISC YIELDMAT Z.TEST ZTEST
    ORG.LIBREOFFICE.RAWSUBTRACT ORG.LIBREOFFICE.REGEX ORG.LIBREOFFICE.ROUNDSIG ORG.LIBREOFFICE.WEEKNUM_OOO
    ORG.OPENOFFICE.B ORG.OPENOFFICE.DAYSINMONTH ORG.OPENOFFICE.DAYSINYEAR ORG.OPENOFFICE.EASTERSUNDAY
    ORG.OPENOFFICE.ISLEAPYEAR ORG.OPENOFFICE.MONTHS ORG.OPENOFFICE.WEEKS ORG.OPENOFFICE.WEEKSINYEAR
    ORG.OPENOFFICE.YEARS
    ARRAYFORMULA ARRAY_CONSTRAIN COUNTUNIQUE FLATTEN JOIN QUERY REGEXMATCH SPARKLINE SPLIT
"""
_PURE_FUNCTIONS = frozenset(_FUNCTION_NAMES.split())
"""Functions of Excel, LibreOffice and (last line) Google Sheets that use nothing but their arguments.

They contact no address, server, program or other workbook, and build no reference from a text.
"""
_GOOGLE_DUMMY_FUNCTION = "__xludf.DUMMYFUNCTION"
"""Google Sheets writes this around a function that Excel lacks, as a text that Google reads as a function again."""
_PREFIX = re.compile(r"(?:_xlfn\.|_xlws\.|_xleta\.)+", re.IGNORECASE)
_PARAMETER = re.compile(r"_xlpm\.\w+", re.IGNORECASE)
_ROW_NUMBERS = re.compile(r"(\$?\b[A-Za-z]{1,3}\$?)[0-9]+\b(?!\s*\()")
_CALL = re.compile(r"\s*\(")
_TEXT = re.compile(r'\s*"((?:[^"]|"")*)"\s*\)')
_LINK = re.compile(r'\s*"(?:https?://[^"\s\\]+|mailto:[^"\s\\]+|#[^"\\/\[|]+)"\s*[,)]', re.IGNORECASE)
_COLUMN = r"""\[(?:[^\[\]'"]|'.)*\]"""
_TOKENS = re.compile(
    rf"""
    (?P<space>\s+)
    | "(?P<text>(?:[^"]|"")*)"
    | (?P<error>\#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|BUSY!|UNKNOWN!|GETTING_DATA))
    | '(?P<quoted>(?:[^'\[\]\\/:*?|]|'')+(?::(?:[^'\[\]\\/:*?|]|'')+)?)'!
    | (?P<sheet>\w[\w.]*(?::\w[\w.]*)?)!
    | (?P<table>[^\W\d][\w.]*(?:{_COLUMN}|\[@?\s*+(?:{_COLUMN}\s*+(?:[,:]\s*+)?)++\]))
    | (?P<column>(?!\[\d+\]){_COLUMN}(?!\s*[\w'!$\[\\]))
    | (?P<cell>\$[A-Za-z]{{1,3}}(?:\$?\d+)?|[A-Za-z]{{1,3}}\$\d+|\$\d+)
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)
    | (?P<name>[^\W\d][\w.?]*)
    | (?P<operator>[-+*/^&=<>%(),;{{}}:@\#~])
    """,
    re.VERBOSE,
)
"""Any other token is rejected: "[1]One!" and "'[b.xlsx]One'!" are other workbooks, "|" starts a program by DDE."""
_SEPARATING_TOKENS, _PREFIX_TOKENS = {"space", "operator"}, {"quoted", "sheet"}
"""Tokens that stand between operands, and tokens that stand right before one."""


def find_refused_part(formula: str, sheets: Container[str] | None = None) -> str | None:
    """Return the part of a formula that is not allowed, as written there, or None.

    `sheets` are the names of the workbook's own sheets, case folded, or None if they are unknown.
    """
    # Cells of one column often differ only in the row number, so normalize it for the cache.
    refused, asked = _parse(formula if "!" in formula else _ROW_NUMBERS.sub(r"\g<1>1", formula))
    if refused is None and sheets is not None:
        refused = next((sheet for sheet in asked if sheet.casefold() not in sheets), None)
    return refused


@lru_cache(maxsize=4096)
def _parse(formula: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the part that is not allowed, or None, and the sheets that the formula names."""
    sheets: list[str] = []
    at, last = 0, "operator"
    while at < len(formula):
        token = _TOKENS.match(formula, at)
        if token is None or not _may_follow(last, token.lastgroup, token[0]):
            return formula[at : at + 40], ()
        at, last = token.end(), token.lastgroup or ""
        named = token["quoted"] or token["sheet"]
        if named:
            sheets += named.replace("''", "'").split(":")
        elif token["name"] and not _is_allowed_name(token["name"], formula, at):
            return token["name"], ()
    return None, tuple(sheets)


def _may_follow(last: str, kind: str | None, said: str) -> bool:
    """Return whether a token may follow one of the kind `last`. An operand never follows another operand."""
    if last in _SEPARATING_TOKENS | _PREFIX_TOKENS:
        return True
    return last == "name" if said == "(" else kind in _SEPARATING_TOKENS


def _is_allowed_name(name: str, formula: str, at: int) -> bool:
    """Return whether the function or name that ends at position `at` is harmless."""
    calls = _CALL.match(formula, at)
    bare = _PREFIX.sub("", name)
    if _PARAMETER.fullmatch(bare):
        return True
    if calls is None:
        return bare == name or bare.upper() in _PURE_FUNCTIONS
    if bare.upper() == "HYPERLINK":
        return _LINK.match(formula, calls.end()) is not None
    if name == _GOOGLE_DUMMY_FUNCTION:
        kept = _TEXT.match(formula, calls.end())
        # Its sheets are not checked: Google Sheets knows only those of the workbook.
        return kept is not None and _parse(kept[1].replace('""', '"').removeprefix("="))[0] is None
    return bare.upper() in _PURE_FUNCTIONS

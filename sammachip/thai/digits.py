"""Thai digits ๐–๙ and Arabic digits 0–9. Both are typed; Arabic is stored, Thai is for paper."""

_ARABIC, _THAI = "0123456789", "๐๑๒๓๔๕๖๗๘๙"
_TO_ARABIC = str.maketrans(_THAI, _ARABIC)
_TO_THAI = str.maketrans(_ARABIC, _THAI)


def to_arabic(text: str) -> str:
    """The text with ๒๕๖๐ as 2560; everything else stays."""
    return text.translate(_TO_ARABIC)


def to_thai(text: str) -> str:
    """The text with 2560 as ๒๕๖๐; everything else stays."""
    return text.translate(_TO_THAI)

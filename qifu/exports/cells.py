"""Text as a cell of a spreadsheet."""

# What a spreadsheet program takes for a formula when a cell begins with it (OWASP, CSV Injection), also full-width.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Control characters that XML, and so XLSX, can't hold.
_UNPRINTABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))
_LONGEST = 32_767
"""Characters a cell of XLSX holds."""


def harmless(text: str) -> str:
    """The text as no formula: an apostrophe in front makes it text."""
    text = text.translate(_UNPRINTABLE).encode("utf-8", "replace").decode()
    return (f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text)[:_LONGEST]


def unharmed(text: str) -> str:
    """The text of a cell as it was before `harmless`."""
    return text[1:] if text.startswith("'") and text[1:].lstrip(" ").startswith(_FORMULA) else text

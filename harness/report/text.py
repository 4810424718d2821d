"""Text that a server may have written, made harmless for a terminal and bounded."""

LINE = 300
"""Characters of foreign text that a line for a person holds at most."""


def safe(text: str, most: int = LINE) -> str:
    """The text in one line, at most `most` characters and an ellipsis of it.

    Whatever does not print (escape sequences, line breaks, marks that turn the direction, halves of characters) is
    written as a backslash escape. Markup is not looked at: hand the result to `rich.text.Text`, never to a renderer of
    markup.
    """
    shown = text if len(text) <= most else text[:most] + "…"
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in shown)

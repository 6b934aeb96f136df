"""The domain's law: pure functions and values, standard library only."""


def N_(message: str) -> str:
    """Mark an English message for the catalogues; it is translated where it is shown."""
    return message


class RuleBroken(Exception):
    """A rule of the domain refuses: `code` for programs, `message` (English msgid) with `params` for people."""

    def __init__(self, code: str, message: str, **params: object) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.params = params


def check_seen(version: object, seen: object, message: str) -> None:
    """The second of two editors is told (`message`) that the row is not as they saw it. Raises changed_meanwhile."""
    if version != seen:
        raise RuleBroken("changed_meanwhile", message)

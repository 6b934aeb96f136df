"""Handing a mail over to the server: what failed for certain, and what nobody knows."""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

TIMEOUT = 20  # seconds for each word of the server
_OK, _START = 250, 354


class NotSent(Exception):  # noqa: N818 - a state of affairs, not a fault of ours
    """The mail is certainly not sent; `code` says why: server, encryption, login, sender, address, refused."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unclear(Exception):  # noqa: N818
    """The mail was handed over, and the server's answer did not come."""


@contextlib.contextmanager
def connected(server: str) -> Iterator[smtplib.SMTP]:
    """A line to the server, encrypted where it can be, and in any case before a password. Raises NotSent."""
    parts = urlsplit(server)
    try:
        smtp = _greeted(parts)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(_why(error)) from None
    try:
        yield smtp
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            smtp.quit()


def _greeted(parts: SplitResult) -> smtplib.SMTP:
    host, context = parts.hostname or "", ssl.create_default_context()
    if parts.scheme == "smtps":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT, context=context)
    else:
        smtp = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT)
    try:
        smtp.ehlo_or_helo_if_needed()
        if parts.scheme == "smtp" and smtp.has_extn("starttls"):
            smtp.starttls(context=context)
            smtp.ehlo()
        elif parts.scheme == "smtp" and parts.username:
            raise smtplib.SMTPNotSupportedError
        if parts.username:
            smtp.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        smtp.close()
        raise
    return smtp


def _why(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "login"
    if isinstance(error, (ssl.SSLError, smtplib.SMTPNotSupportedError)):
        return "encryption"
    return "server"


def hand_over(smtp: smtplib.SMTP, message: EmailMessage, address: str) -> None:
    """Give one mail to the server. Raises NotSent where it has not taken it, Unclear where it did not answer."""
    try:
        smtp.rset()
        if smtp.mail(message["From"].addresses[0].addr_spec)[0] != _OK:
            raise NotSent("sender")
        if smtp.rcpt(address)[0] // 10 != _OK // 10:
            raise NotSent("address")
        if smtp.docmd("DATA")[0] != _START:
            raise NotSent("refused")
    except (OSError, smtplib.SMTPException, UnicodeError):
        raise NotSent("server") from None
    try:
        smtp.send(_on_the_wire(message))
        code, _text = smtp.getreply()
    except (OSError, smtplib.SMTPException):
        raise Unclear from None
    if code != _OK:
        raise NotSent("refused")


def _on_the_wire(message: EmailMessage) -> bytes:
    """With CRLF, a leading dot doubled, and the dot that ends it."""
    lines = message.as_bytes().replace(b"\r\n", b"\n").split(b"\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n.\r\n"

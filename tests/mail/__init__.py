"""The outbox and the way to a mail server."""

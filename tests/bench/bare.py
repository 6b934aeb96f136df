"""The yardstick: a Flask that says hello."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """What no page can be quicker than."""
    return "Hello"

"""A process that writes, and says each time what is safely written; it runs until it is killed."""

import itertools
import sys

from portal import create_app
from portal.settings import actions as settings

if __name__ == "__main__":
    with create_app().app_context():
        for number in itertools.count(1):
            settings.change_settings(int(sys.argv[1]), centre_name=f"{sys.argv[2]}-{number}")
            print(number, flush=True)

"""Contacts: the channels of calls; their life is tested with the actions."""

import pytest

from portal.rules import RuleBroken, contacts


@pytest.mark.parametrize(
    ("kind", "channel", "country", "refused"),
    [
        ("call", "", "ru", False),
        ("call", "phone", "ru", False),
        ("video", "max", "ru", False),
        ("video", "whatsapp", "ru", True),
        ("video", "whatsapp", "by", False),
        ("video", "pigeon", "by", True),
        ("visit", "", "ru", False),
        ("visit", "phone", "ru", True),
        ("center", "max", "by", True),
    ],
)
def test_channels_are_those_of_the_country(kind, channel, country, refused):
    if not refused:
        contacts.check_channel(kind, channel, contacts.CHANNELS[country])
        return
    with pytest.raises(RuleBroken) as broken:
        contacts.check_channel(kind, channel, contacts.CHANNELS[country])
    assert broken.value.code == "bad_channel"

"""Work in the background: it goes on when the page is left, shows how far it is, and can be cancelled."""

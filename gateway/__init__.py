"""Puts it together: settings, configuration, the ASGI app and the command line. Nothing imports it."""

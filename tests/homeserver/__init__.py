"""A real Matrix homeserver (Synapse) on this machine, and people who use it with clients of their own."""

from tests.homeserver.server import Homeserver

__all__ = ["Homeserver"]

"""The program as it is, except that it writes as fast as it can instead of as fast as Telegram allows."""

from __future__ import annotations

from bot.__main__ import main
from bot.channels.telegram import Telegram
from tests.channels.telegram_stage import QUICK

if __name__ == "__main__":
    Telegram.limits = QUICK
    main()

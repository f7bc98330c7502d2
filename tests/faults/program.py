"""`lotse run` as a process of its own, on a local Bot API server: started, killed, stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.botapi import TOKEN, BotApiServer


@dataclass(slots=True)
class Program:
    """One `lotse run` after the other, always on the same data folder; what they log goes to `log`."""

    server: BotApiServer
    data: Path
    events: Path
    log: Path
    advisers: str = ""
    process: asyncio.subprocess.Process | None = None
    settings: dict[str, str] = field(default_factory=dict)
    """More settings, or others."""
    module: str = "bot"
    """What is run: the program itself, or one that only begins it differently."""

    async def start(self) -> None:
        """Start it; it takes a moment until it listens."""
        settings = {
            "LOTSE_DATA_DIR": str(self.data),
            "LOTSE_EVENTS_DIR": str(self.events),
            "LOTSE_CHANNELS": "telegram",
            "LOTSE_TELEGRAM_TOKEN": TOKEN,
            "LOTSE_TELEGRAM_API_URL": self.server.url,
            "LOTSE_ADVISERS": self.advisers,
            "LOTSE_LOG_FORMAT": "json",
        }
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                self.module,
                "run",
                env=os.environ | settings | self.settings,
                cwd=self.data.parent,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def listening(self, within: float = 60.0) -> None:
        """Wait until it asks for updates. Raises AssertionError when it ends before, or takes too long."""
        assert self.process is not None
        calls = self.server.calls["getUpdates"]
        ended = asyncio.create_task(self.process.wait())
        asked = asyncio.create_task(self.server.called("getUpdates", calls + 1, within))
        await asyncio.wait({ended, asked}, return_when=asyncio.FIRST_COMPLETED)
        assert not ended.done(), self.log.read_text(encoding="utf-8")[-3000:]
        ended.cancel()
        await asked

    async def kill(self) -> None:
        """SIGKILL: no instruction of the program runs after this."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()
        self.process = None

    async def stop(self, within: float) -> int:
        """SIGTERM; the exit code. Raises TimeoutError when it takes longer."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(self.process.wait(), within)
        self.process = None
        return code

    async def end(self) -> None:
        """Whatever still runs is killed; for the end of a test."""
        if self.process is not None and self.process.returncode is None:
            await self.kill()

"""Synapse as a process of its own: started on a free port, restarted, killed; accounts registered."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import re
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.homeserver import configuration
from tests.homeserver.tools import installed, must

HEALTHY_WITHIN = 60.0  # seconds; it takes two when nothing else runs
STOP_WITHIN = 15.0
ANSWER_WITHIN = 20.0
NAME = "localhost"  # the part of user ids after the colon


@dataclass(slots=True)
class Homeserver:
    """One Synapse with a database in `folder`. Its methods wait; call them from `asyncio.to_thread` within a loop
    whose other tasks must go on meanwhile."""

    folder: Path
    limited: bool = False
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, on the port it had before if it had one, and wait until it answers.

        Raises RuntimeError with the end of its log when it does not.
        """
        assert self.process is None, "it runs already"
        python = str(installed("synapse") / "python")
        first = not self.port
        self.port = self.port or free_port()
        main = configuration.write(self.folder, self.port, self.limited)
        command = (python, "-m", "synapse.app.homeserver", "-c", str(main))
        if first:
            must(*command, "--generate-keys", cwd=self.folder)
        with (self.folder / "output.log").open("ab") as output:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        self._wait_for_health()

    def stop(self) -> None:
        """SIGTERM, and SIGKILL to one that does not obey."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(STOP_WITHIN)
        self.process = None

    def kill(self) -> None:
        """SIGKILL: whoever talks to it sees the connection break."""
        assert self.process is not None, "it does not run"
        self.process.kill()
        self.process.wait(STOP_WITHIN)
        self.process = None

    def restart(self) -> None:
        """Stop it and start it again on the same port."""
        self.stop()
        self.start()

    def register(self, name: str = "person", admin: bool = False) -> Account:
        """A new account; a number is put after the name so that it is always a new one."""
        user, password = f"{re.sub('[^a-z]', '', name.lower())}-{next(self._numbers)}", f"password of {name}"
        where = f"{self.url}/_synapse/admin/v1/register"
        with httpx.Client(timeout=ANSWER_WITHIN, verify=False) as http:
            nonce = http.get(where).raise_for_status().json()["nonce"]
            said = "\0".join((nonce, user, password, "admin" if admin else "notadmin"))
            mac = hmac.new(configuration.SECRET.encode(), said.encode(), hashlib.sha1).hexdigest()
            asked = {"nonce": nonce, "username": user, "password": password, "admin": admin, "mac": mac}
            http.post(where, json=asked | {"displayname": name}).raise_for_status()
        return Account(f"@{user}:{NAME}", password, self.url)

    def _wait_for_health(self) -> None:
        assert self.process is not None
        until = time.monotonic() + HEALTHY_WITHIN
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if httpx.get(f"{self.url}/health", timeout=2, verify=False).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"Synapse does not answer: {self.logged()[-3000:]}")

    def logged(self) -> str:
        """What it printed and logged since the folder was made."""
        files = (self.folder / "output.log", self.folder / "homeserver.log")
        return "\n".join(file.read_text(encoding="utf-8") for file in files if file.exists())


@dataclass(frozen=True, slots=True)
class Account:
    """An account on a homeserver."""

    user_id: str
    password: str
    url: str

    def log_in(self, device_name: str = "test") -> dict[str, Any]:
        """Log in with a new device; what the server answers, with `access_token` and `device_id`."""
        with httpx.Client(timeout=ANSWER_WITHIN, verify=False) as http:
            asked = {
                "type": "m.login.password",
                "identifier": {"type": "m.id.user", "user": self.user_id},
                "password": self.password,
                "initial_device_display_name": device_name,
            }
            answer: dict[str, Any] = (
                http.post(f"{self.url}/_matrix/client/v3/login", json=asked).raise_for_status().json()
            )
            return answer


def free_port() -> int:
    """A port of loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

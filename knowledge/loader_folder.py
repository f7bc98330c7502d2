"""A folder of content: which files are in it, their values by shape, and a list of everything that is wrong."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from knowledge.loader_problems import Key, describe
from knowledge.loader_yaml import ContentError, Plain, Problem, UnreadableError, compose, line_of, parse, read_text

Shape = TypeVar("Shape")


class Folder:
    """Reads files under `root` and collects problems; `finish` raises them all at once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []

    def name(self, path: Path) -> str:
        """The file as an editor names it: from the root folder's own name on."""
        return (Path(self.root.name) / path.relative_to(self.root)).as_posix()

    def refuse(self, path: Path, message: str, key: Key = (), entry: str = "") -> None:
        """Notes a problem of a file, with the line where the key stands."""
        self.problems.append(Problem(self.name(path), find_line(path, key), entry, ".".join(key), message))

    def finish(self) -> None:
        """Raises ContentError if there was any problem."""
        if self.problems:
            raise ContentError(self.problems)

    def subfolders(self, folder: Path) -> Iterator[Path]:
        """The folders in a folder, in order; anything else in it is a problem."""
        for path in self._visible(folder):
            if path.is_dir():
                yield path
            else:
                self.refuse(path, "this file is in the wrong place; entries belong in a group's folder")

    def yaml_files(self, folder: Path) -> Iterator[Path]:
        """The YAML files in a folder, in order; anything else in it is a problem."""
        for path in self._visible(folder):
            if path.is_file() and path.suffix == ".yaml":
                yield path
            else:
                self.refuse(path, "only files that end in .yaml belong here; move or rename this")

    def read(self, path: Path, shape: type[Shape], entry: str = "") -> Shape | None:
        """The file's value in the shape, None after noting what is wrong with it."""
        value = self.read_plain(path, entry)
        if value is None:
            return None
        try:
            return TypeAdapter(shape).validate_python(value)
        except ValidationError as error:
            for key, message in describe(error):
                self.refuse(path, message, key, entry)
            return None

    def read_plain(self, path: Path, entry: str = "") -> Plain:
        """The file's value as it is, None after noting what is wrong with it."""
        if not self._is_inside(path):
            self.refuse(path, "this link leads out of the content's folder; put the file itself here", (), entry)
            return None
        try:
            value = parse(read_text(path))
        except UnreadableError as unreadable:
            for flaw in unreadable.flaws:
                self.problems.append(Problem(self.name(path), flaw.line, entry, flaw.key, flaw.message))
            return None
        if value is None:
            self.refuse(path, "the file says that it is empty (null); write its content or take it away", (), entry)
        return value

    def _visible(self, folder: Path) -> Iterator[Path]:
        try:
            paths = sorted(folder.iterdir())
        except OSError as error:
            self.refuse(folder, f"the folder cannot be opened ({error.strerror})")
            return
        for path in paths:
            if path.name.startswith("."):  # what editors' programs and file managers leave behind
                continue
            if path.is_dir() and not self._is_inside(path):
                self.refuse(path, "this link leads out of the content's folder; put the folder itself here")
            else:
                yield path

    def _is_inside(self, path: Path) -> bool:
        try:
            return path.resolve().is_relative_to(self.root.resolve())
        except (OSError, RuntimeError):  # links that lead in a circle
            return False


def find_line(path: Path, key: Sequence[str]) -> int:
    """The line of a key in a file, or of the innermost part of it that exists; 0 for a file that cannot be
    read.
    """
    try:
        return line_of(compose(read_text(path)), key) if key else 0
    except UnreadableError:
        return 0

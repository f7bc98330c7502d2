"""What is wrong with a file or feed of events, in words for the one who can put it right."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the file's name, the line (from 1), the event's id and the key where known."""

    file: str
    line: int
    event: str
    key: str
    message: str

    def __str__(self) -> str:
        parts = [f"{self.file}:{self.line}"]
        parts += [f"event {self.event}"] if self.event else []
        parts += [self.key] if self.key else []
        return f"{': '.join(parts)}: {self.message}"

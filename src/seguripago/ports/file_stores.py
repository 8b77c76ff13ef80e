"""Where files lie. Whoever keeps a file gets a name to read it back by; the store chooses the name."""

from typing import Final, Protocol

from seguripago.ports import registry

FAMILY: Final = "file_stores"


class FileMissing(LookupError):
    """No file lies under that name, or the name is not one that a store gives. Permanent."""

    permanent = True


class FileStore(Protocol):
    """Keeps bytes on named shelves."""

    slug: str
    title: str

    def put(self, shelf: str, body: bytes) -> str:
        """Keep the bytes for good before returning; answer the name under which they lie."""
        ...

    def read(self, name: str) -> bytes:
        """Answer the bytes under a name that `put` gave; raises FileMissing."""
        ...

    def remove(self, name: str) -> None:
        """Forget a file; a file that is gone already stays gone."""
        ...


def file_store() -> FileStore:
    """Answer the file store of this house."""
    found: FileStore = registry.adapter(FAMILY, "local")
    return found

"""A client of Streamsite, the self-hosted video site."""

from streamsite_client.client import AsyncClient, Client
from streamsite_client.errors import (
    ApiError,
    Conflict,
    FileChanged,
    Forbidden,
    NetworkError,
    NotDownloadable,
    NotFound,
    NotStreamsite,
    OtpRequired,
    PreconditionFailed,
    ProcessingFailed,
    SessionEnded,
    SignInRequired,
    StreamsiteError,
    Throttled,
    TooLarge,
    Unauthorized,
    Unavailable,
    UploadInterrupted,
    ValidationFailed,
)
from streamsite_client.memory import FileMemory, UploadMemory
from streamsite_client.sources import BytesSource, FileSource, Source
from streamsite_client.stores import FileStore, MemoryStore, Tokens, TokenStore
from streamsite_client.uploads import Uploaded

__all__ = [
    "ApiError",
    "AsyncClient",
    "BytesSource",
    "Client",
    "Conflict",
    "FileChanged",
    "FileMemory",
    "FileSource",
    "FileStore",
    "Forbidden",
    "MemoryStore",
    "NetworkError",
    "NotDownloadable",
    "NotFound",
    "NotStreamsite",
    "OtpRequired",
    "PreconditionFailed",
    "ProcessingFailed",
    "SessionEnded",
    "SignInRequired",
    "Source",
    "StreamsiteError",
    "Throttled",
    "TokenStore",
    "Tokens",
    "TooLarge",
    "Unauthorized",
    "Unavailable",
    "UploadInterrupted",
    "UploadMemory",
    "Uploaded",
    "ValidationFailed",
]

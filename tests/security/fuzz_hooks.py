"""Hooks for schemathesis: who calls, and how bodies of uploads are written."""

import json
import os

import schemathesis

from tests.support.http_client import Caller
from tests.support.stack import Stack

# Ends the session that calls it, or the account: with a session of its own, anew each time.
SESSION_ENDING_PATHS = (
    "/auth/logout",
    "/auth/logout-all",
    "/auth/sessions/{session_id}",
    "/auth/password/change",
)


class _Site(Stack):
    """The running site that the environment names."""

    def __init__(self) -> None:
        self.url = os.environ["FUZZED_SITE"]


KNOWN_IDS = json.loads(os.environ["FUZZED_IDS"])


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Use known ids in half of the calls and ids of nothing in the others."""
    for name, known in KNOWN_IDS.items():
        if name in (path_parameters or {}) and len(str(path_parameters[name])) % 2:
            path_parameters[name] = known
    return path_parameters


@schemathesis.serializer("application/offset+octet-stream")
def upload_bytes(context, value):
    """As they are."""
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.auth(refresh_interval=None)
class SignedInAuth:
    """One account for everything, another one for what would end the session."""

    token = ""

    def get(self, case, context):
        path = context.operation.path
        if path.endswith(SESSION_ENDING_PATHS) or (
            path.endswith("/me") and context.operation.method.upper() == "DELETE"
        ):
            return Caller(_Site()).sign_in("fuzz-victim").token
        if not self.token:
            type(self).token = Caller(_Site()).sign_in("fuzz-caller").token
        return self.token

    def set(self, case, data, context):
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}

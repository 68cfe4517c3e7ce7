"""Resumable uploads: tus 1.0 at ``/api/v1/uploads`` (https://tus.io/protocols/resumable-upload)."""

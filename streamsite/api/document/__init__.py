"""The parts of the OpenAPI document beside types: summaries, descriptions, error codes, headers, and examples.

Views name their serializers and shapes (``streamsite.api.schema``, ``streamsite.api.described``); this package adds the
rest by rules and tables, so that a new endpoint gets most of it by itself. ``tests/test_document.py`` names what a new
endpoint still lacks, and ``docs/contributing.md`` says where to add it.
"""

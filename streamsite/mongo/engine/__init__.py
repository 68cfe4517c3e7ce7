"""A Django database backend for MongoDB: djongo's connection and fields, a compiler of its own.

Django's query tree is compiled straight to pymongo calls. What has no exact MongoDB counterpart raises
``NotSupportedError`` with the expression's name; no query falls back to an approximation.
"""

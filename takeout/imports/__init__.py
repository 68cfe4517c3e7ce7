"""Imports of archives, from this software and others."""

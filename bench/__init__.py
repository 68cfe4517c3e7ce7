"""Measurements; ``script/bench`` runs them. Nothing here is a test."""

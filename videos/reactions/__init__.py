"""Likes and dislikes."""

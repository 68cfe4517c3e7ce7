"""Readers of archives, one module for each program that writes them."""

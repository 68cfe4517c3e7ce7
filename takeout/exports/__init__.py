"""Archives of an account's data."""

"""Input of the account endpoints: types and lengths. The rules are in ``services``."""

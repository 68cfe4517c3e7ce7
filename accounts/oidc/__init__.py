"""Sign-in by identity providers that speak OpenID Connect.

``discovery`` reads what a provider says of itself, ``flow`` sends people there and takes them back, ``id_token`` checks
what the provider says about them, and ``services`` finds, makes, links, and unlinks their accounts.
"""

"""Passkeys: public keys by which accounts sign in without a password, or confirm a sign-in beside a code.

``challenges`` issues what an authenticator signs, ``verification`` checks what it signed, ``assertions`` finds the
account behind a signature, and ``services`` adds, renames, and removes the passkeys of an account.
"""

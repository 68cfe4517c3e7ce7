"""Request bodies: which route takes how much, from whom, and what is done with a body that is not taken.

Nothing reads a body before ``middleware.BodyMiddleware`` has decided about it from the request's head.
"""

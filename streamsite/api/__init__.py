"""Infrastructure of the API: input, errors, rendering, pagination, throttling, and the OpenAPI document."""

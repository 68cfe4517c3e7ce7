"""What every endpoint shares: errors, parsing, rendering, pagination, throttling."""

"""Server CPU of API calls beside a Node backend; ``script/bench api`` runs it."""

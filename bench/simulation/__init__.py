"""A simulation of a site's busiest hour: where queues form when more people come."""

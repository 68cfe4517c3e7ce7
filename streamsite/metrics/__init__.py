"""Metrics for Prometheus: numbers of processes, kept in small files, and figures of the whole site."""

"""Files as people have them, made small, processed whole, and measured: see docs/media.md."""

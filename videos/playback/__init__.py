"""What happens while videos are watched: heartbeats, views, history, and the figures made of them."""

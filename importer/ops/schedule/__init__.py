"""A run every night, begun by systemd or cron: what is written for it, as text; and writing it, and taking it away."""

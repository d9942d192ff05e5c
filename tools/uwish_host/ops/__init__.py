"""Operating a gateway: backups, the service of systemd, friend requests."""

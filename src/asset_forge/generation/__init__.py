"""What the service exists for: the durable pipeline from a prompt to an asset."""

"""The world: everything with a socket, a file or a secret, behind the ports that the pipelines name."""

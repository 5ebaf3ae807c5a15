"""How the sandbox misbehaves: by name, on purpose, and always the same way for the same seed."""

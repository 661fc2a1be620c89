"""How customers reach the desk."""

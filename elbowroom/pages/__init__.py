"""What is served beside the API: the built page, and how the desk is doing."""

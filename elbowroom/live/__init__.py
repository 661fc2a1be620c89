"""Carries facts and crowds to whoever looks at a place; understands none of them."""

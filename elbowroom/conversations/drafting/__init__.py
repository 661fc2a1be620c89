"""Texts begun and not sent: on every device, beside each other, handed over, left behind."""

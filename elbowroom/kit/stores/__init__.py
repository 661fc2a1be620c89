"""The engines that a desk can keep its rows in, and what is done with a store as a whole; kit/db.py works with them."""

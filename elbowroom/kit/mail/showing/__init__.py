"""How a body is shown: what of its HTML stays, how it reads as text, where its quotes begin."""

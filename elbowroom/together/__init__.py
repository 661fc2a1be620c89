"""Who is where, who holds what. Knows places ("ticket/42"), never what stands behind them."""

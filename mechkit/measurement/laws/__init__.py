"""From exact counts to the polynomial behind them; where there is none, a fitted growth."""

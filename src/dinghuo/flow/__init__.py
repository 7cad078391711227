"""How the modules answer each other's news: order-to-cash on one page."""

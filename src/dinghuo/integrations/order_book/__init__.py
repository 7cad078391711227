"""Take a wholesaler's order book over: its customers, SKUs, prices, stock and every order it holds."""

from dinghuo.integrations.order_book.plan import Plan, plan_order_book
from dinghuo.integrations.order_book.report import Report
from dinghuo.integrations.order_book.run import OrderBook, dry_run, read_order_book, run_order_book

__all__ = ["OrderBook", "Plan", "Report", "dry_run", "plan_order_book", "read_order_book", "run_order_book"]

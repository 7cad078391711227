"""Keeping screens true: news from the outbox to whoever looks, as a stream of events or asked for now and then."""

"""What people say to each other on documents. Knows only (document_kind, document_id): who sees it says its owner."""

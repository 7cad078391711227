"""Lists as workbooks: the same filters, scopes and field rights as on the screen, in bounded memory."""

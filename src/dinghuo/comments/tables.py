"""Comments on documents and whom they mention."""

from sqlalchemy import Boolean, Column, Integer, Uuid

from dinghuo.kit.tables import index, moment, reference, tenant_table, text

comment = tenant_table(
    "comment",
    text("document_kind"),
    Column("document_id", Uuid, nullable=False),
    text("author_kind"),
    Column("author_id", Uuid, nullable=True),
    text("author_name"),
    # Emptied when it is taken back; the row stays, so that the talk around it can be followed.
    text("text"),
    # Whether the customer's people are shown it.
    Column("for_customer", Boolean, nullable=False, server_default="false"),
    moment("at"),
    moment("edited_at", nullable=True),
    moment("deleted_at", nullable=True),
    Column("revision", Integer, nullable=False, server_default="1"),
)
index("ix_comment_document", comment.c.document_id, comment.c.id)

comment_mention = tenant_table(
    "comment_mention",
    Column("comment_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    reference("comment", "comment_id"),
    reference("app_user", "user_id"),
    key=("comment_id", "user_id"),
)
index("ix_comment_mention_user", comment_mention.c.user_id, comment_mention.c.comment_id)

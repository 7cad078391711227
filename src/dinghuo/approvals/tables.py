"""Policies by version, requests with their steps and who is asked, and the ledger of what was decided."""

from sqlalchemy import Boolean, CheckConstraint, Column, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from dinghuo.approvals.states import REQUEST, STEP, TASK
from dinghuo.kit.tables import index, moment, one_of, reference, tenant_table, text, unique

MODES = ("any", "all", "of")
ON_TIMEOUT = ("remind", "escalate")
ORIGINS = ("policy", "fallback", "added", "handed_over", "escalated")
VERBS = (
    "opened",
    "approved",
    "rejected",
    "added",
    "handed_over",
    "returned",
    "withdrawn",
    "escalated",
    "reminded",
    "expired",
)

approval_policy = tenant_table(
    "approval_policy",
    text("code"),
    text("subject_kind"),
    text("name"),
    text("name_en", nullable=True),
    Column("position", Integer, nullable=False, server_default="0"),
    Column("active", Boolean, nullable=False, server_default="true"),
    # Which version counts now; requests keep the one they were opened under.
    Column("version", Integer, nullable=False, server_default="1"),
    text("updated_by"),
    moment("created_at"),
    moment("updated_at"),
    Column("revision", Integer, nullable=False, server_default="1"),
    unique("code"),
)
index("ix_approval_policy_kind", approval_policy.c.subject_kind, approval_policy.c.position, approval_policy.c.id)

# What a policy said; never changed.
approval_policy_version = tenant_table(
    "approval_policy_version",
    Column("policy_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    text("condition"),
    Column("uses", ARRAY(Text), nullable=False),
    Column("steps", JSONB, nullable=False),
    Column("waives", ARRAY(Text), nullable=False, server_default="{}"),
    Column("expires_hours", Integer, nullable=True),
    moment("made_at"),
    text("made_by"),
    reference("approval_policy", "policy_id"),
    key=("policy_id", "version"),
)

approval_request = tenant_table(
    "approval_request",
    text("subject_kind"),
    Column("subject_id", Uuid, nullable=False),
    text("title"),
    text("state", default="open"),
    # The policies that matched, by version: [{"id", "code", "name", "name_en", "version"}].
    Column("policies", JSONB, nullable=False),
    # What the subject was when it was asked about; decimals are texts.
    Column("facts", JSONB, nullable=False),
    # Users by the words that steps name them with, as the caller said: {"word": ["id", …]}.
    Column("people", JSONB, nullable=False, server_default="{}"),
    Column("customer_id", Uuid, nullable=True),
    Column("requested_by", Uuid, nullable=True),
    text("requested_by_name"),
    Column("step_no", Integer, nullable=False, server_default="1"),
    Column("steps", Integer, nullable=False),
    moment("opened_at"),
    moment("expires_at", nullable=True),
    moment("decided_at", nullable=True),
    Column("revision", Integer, nullable=False, server_default="1"),
    reference("customer", "customer_id"),
    one_of("state", REQUEST.states),
    CheckConstraint("(state = 'open') = (decided_at is null)", name="decided_whole"),
    lock_rank="documents",
)
index("ix_approval_request_subject", approval_request.c.subject_id, approval_request.c.id)
index(
    "ix_approval_request_once",
    approval_request.c.subject_kind,
    approval_request.c.subject_id,
    where=approval_request.c.state == "open",
    unique=True,
)
index("ix_approval_request_state", approval_request.c.state, approval_request.c.id)
index("ix_approval_request_by", approval_request.c.requested_by, approval_request.c.id)
index("ix_approval_request_customer", approval_request.c.customer_id, approval_request.c.id)

approval_step = tenant_table(
    "approval_step",
    Column("request_id", Uuid, nullable=False),
    Column("step_no", Integer, nullable=False),
    text("name"),
    text("name_en", nullable=True),
    text("mode"),
    Column("needed", Integer, nullable=True),
    Column("approvers", JSONB, nullable=False),
    Column("due_hours", Integer, nullable=True),
    text("on_timeout", default="remind"),
    Column("escalate_to", JSONB, nullable=False, server_default="[]"),
    text("state", default="waiting"),
    # How often it was asked: the tasks of an earlier time count no more.
    Column("round", Integer, nullable=False, server_default="0"),
    moment("opened_at", nullable=True),
    moment("due_at", nullable=True),
    moment("closed_at", nullable=True),
    reference("approval_request", "request_id"),
    one_of("mode", MODES),
    one_of("on_timeout", ON_TIMEOUT),
    one_of("state", STEP.states),
    key=("request_id", "step_no"),
)

# Who is asked in a step.
approval_task = tenant_table(
    "approval_task",
    Column("request_id", Uuid, nullable=False),
    Column("step_no", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("user_id", Uuid, nullable=False),
    text("origin"),
    text("state", default="open"),
    moment("asked_at"),
    moment("closed_at", nullable=True),
    reference("approval_step", "request_id", "step_no", target=("request_id", "step_no")),
    reference("app_user", "user_id"),
    one_of("origin", ORIGINS),
    one_of("state", TASK.states),
    key=("request_id", "step_no", "round", "user_id"),
)
index(
    "ix_approval_task_open",
    approval_task.c.user_id,
    approval_task.c.request_id,
    where=approval_task.c.state == "open",
)
index("ix_approval_task_user", approval_task.c.user_id, approval_task.c.request_id)

# What was decided: who, when, on whose behalf, why, and the facts they saw.
approval_decision = tenant_table(
    "approval_decision",
    Column("request_id", Uuid, nullable=False),
    Column("step_no", Integer, nullable=True),
    Column("round", Integer, nullable=True),
    moment("at"),
    text("verb"),
    text("actor_kind"),
    Column("actor_id", Uuid, nullable=True),
    text("actor_name"),
    Column("on_behalf_of", Uuid, nullable=True),
    text("on_behalf_of_name", nullable=True),
    text("comment", nullable=True),
    Column("facts", JSONB, nullable=True),
    # Whom it went to, and back to which step.
    Column("target_id", Uuid, nullable=True),
    text("target_name", nullable=True),
    Column("to_step", Integer, nullable=True),
    reference("approval_request", "request_id"),
    one_of("verb", VERBS),
)
index("ix_approval_decision_request", approval_decision.c.request_id, approval_decision.c.id)

# While somebody is away another decides for them.
approval_delegation = tenant_table(
    "approval_delegation",
    Column("user_id", Uuid, nullable=False),
    Column("delegate_id", Uuid, nullable=False),
    moment("starts_at"),
    moment("ends_at"),
    text("reason", nullable=True),
    moment("created_at"),
    text("created_by"),
    reference("app_user", "user_id"),
    reference("app_user", "delegate_id"),
    CheckConstraint("ends_at >= starts_at", name="lasts"),
    CheckConstraint("user_id <> delegate_id", name="to_another"),
)
index("ix_approval_delegation_user", approval_delegation.c.user_id, approval_delegation.c.ends_at)
index("ix_approval_delegation_delegate", approval_delegation.c.delegate_id, approval_delegation.c.ends_at)

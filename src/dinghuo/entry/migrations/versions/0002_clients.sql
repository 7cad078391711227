-- Tables of the portal and the console. Primary keys are made after every other index of their table (see 0001).

-- catalogue: attachments of products; whose picture a file is
CREATE TABLE product_attachment (
  tenant_id BIGINT NOT NULL,
  product_id UUID NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL
);
CREATE INDEX ix_product_attachment_sha256 ON product_attachment (tenant_id, sha256);
ALTER TABLE product_attachment ADD CONSTRAINT pk_product_attachment PRIMARY KEY (tenant_id, product_id, position);
ALTER TABLE product_attachment ADD CONSTRAINT fk_product_attachment_tenant_id_product_id FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id);
ALTER TABLE product_attachment ADD CONSTRAINT fk_product_attachment_tenant_id_sha256 FOREIGN KEY (tenant_id, sha256) REFERENCES stored_file (tenant_id, sha256);
CREATE INDEX ix_product_media_sha256 ON product_media (tenant_id, sha256);

-- orders: a dealer's present cart, drafts proposed to dealers
ALTER TABLE draft ADD COLUMN by_dealer BOOLEAN DEFAULT 'false' NOT NULL;
ALTER TABLE draft ADD COLUMN is_cart BOOLEAN DEFAULT 'false' NOT NULL;
ALTER TABLE draft ADD COLUMN marks JSONB DEFAULT '{}' NOT NULL;
CREATE UNIQUE INDEX ix_draft_cart ON draft (tenant_id, customer_id, created_by) WHERE is_cart AND order_id IS NULL;
CREATE TABLE draft_proposal (
  tenant_id BIGINT NOT NULL,
  draft_id UUID NOT NULL,
  customer_id UUID NOT NULL,
  state TEXT NOT NULL,
  message TEXT,
  waives_minimum BOOLEAN DEFAULT 'false' NOT NULL,
  proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  proposed_by UUID,
  proposed_by_name TEXT NOT NULL,
  decided_at TIMESTAMP WITH TIME ZONE,
  decided_by UUID,
  decided_by_name TEXT,
  reason TEXT,
  CONSTRAINT ck_draft_proposal_state CHECK (state in ('proposed', 'withdrawn', 'declined', 'confirmed'))
);
CREATE INDEX ix_draft_proposal_customer ON draft_proposal (tenant_id, customer_id, draft_id);
ALTER TABLE draft_proposal ADD CONSTRAINT pk_draft_proposal PRIMARY KEY (tenant_id, draft_id);
ALTER TABLE draft_proposal ADD CONSTRAINT fk_draft_proposal_tenant_id_customer_id FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id);
ALTER TABLE draft_proposal ADD CONSTRAINT fk_draft_proposal_tenant_id_draft_id FOREIGN KEY (tenant_id, draft_id) REFERENCES draft (tenant_id, id);

-- portal: shopping lists, settings
CREATE TABLE shopping_list (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  customer_id UUID NOT NULL,
  name TEXT NOT NULL,
  updated_by UUID,
  updated_by_name TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL
);
ALTER TABLE shopping_list ADD CONSTRAINT uq_shopping_list_tenant_id_customer_id_name UNIQUE (tenant_id, customer_id, name);
ALTER TABLE shopping_list ADD CONSTRAINT pk_shopping_list PRIMARY KEY (tenant_id, id);
ALTER TABLE shopping_list ADD CONSTRAINT fk_shopping_list_tenant_id_customer_id FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id);
CREATE TABLE shopping_list_line (
  tenant_id BIGINT NOT NULL,
  list_id UUID NOT NULL,
  position INTEGER NOT NULL,
  sku_id UUID NOT NULL,
  unit TEXT NOT NULL,
  quantity NUMERIC(18, 6) NOT NULL,
  CONSTRAINT ck_shopping_list_line_quantity_positive CHECK (quantity > 0)
);
ALTER TABLE shopping_list_line ADD CONSTRAINT pk_shopping_list_line PRIMARY KEY (tenant_id, list_id, position);
ALTER TABLE shopping_list_line ADD CONSTRAINT fk_shopping_list_line_tenant_id_list_id FOREIGN KEY (tenant_id, list_id) REFERENCES shopping_list (tenant_id, id);
ALTER TABLE shopping_list_line ADD CONSTRAINT fk_shopping_list_line_tenant_id_sku_id FOREIGN KEY (tenant_id, sku_id) REFERENCES sku (tenant_id, id);
CREATE TABLE portal_setting (
  tenant_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  value JSONB NOT NULL
);
ALTER TABLE portal_setting ADD CONSTRAINT pk_portal_setting PRIMARY KEY (tenant_id, name);

-- identity: roles in one company, invitations, WeChat
CREATE TABLE user_customer_role (
  tenant_id BIGINT NOT NULL,
  user_id UUID NOT NULL,
  customer_id UUID NOT NULL,
  role_id UUID NOT NULL
);
CREATE INDEX ix_user_customer_role_role ON user_customer_role (tenant_id, role_id);
ALTER TABLE user_customer_role ADD CONSTRAINT pk_user_customer_role PRIMARY KEY (tenant_id, user_id, customer_id, role_id);
ALTER TABLE user_customer_role ADD CONSTRAINT fk_user_customer_role_tenant_id_user_id_customer_id FOREIGN KEY (tenant_id, user_id, customer_id) REFERENCES user_customer (tenant_id, user_id, customer_id) ON DELETE CASCADE;
ALTER TABLE user_customer_role ADD CONSTRAINT fk_user_customer_role_tenant_id_role_id FOREIGN KEY (tenant_id, role_id) REFERENCES role (tenant_id, id);
CREATE TABLE invitation (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  customer_id UUID NOT NULL,
  secret_hash BYTEA NOT NULL,
  role_ids UUID[] NOT NULL,
  name TEXT,
  mobile TEXT,
  email TEXT,
  invited_by TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revoked_at TIMESTAMP WITH TIME ZONE,
  accepted_at TIMESTAMP WITH TIME ZONE,
  accepted_by UUID,
  CONSTRAINT ck_invitation_accepted_whole CHECK ((accepted_at is null) = (accepted_by is null))
);
CREATE INDEX ix_invitation_customer ON invitation (tenant_id, customer_id, id);
ALTER TABLE invitation ADD CONSTRAINT pk_invitation PRIMARY KEY (tenant_id, id);
ALTER TABLE invitation ADD CONSTRAINT fk_invitation_tenant_id_accepted_by FOREIGN KEY (tenant_id, accepted_by) REFERENCES app_user (tenant_id, id);
ALTER TABLE invitation ADD CONSTRAINT fk_invitation_tenant_id_customer_id FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id);
CREATE TABLE wechat_app (
  tenant_id BIGINT NOT NULL,
  app_id TEXT NOT NULL,
  secret TEXT,
  active BOOLEAN DEFAULT 'false' NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL
);
ALTER TABLE wechat_app ADD CONSTRAINT pk_wechat_app PRIMARY KEY (tenant_id);
CREATE TABLE wechat_binding (
  tenant_id BIGINT NOT NULL,
  app_id TEXT NOT NULL,
  openid TEXT NOT NULL,
  user_id UUID NOT NULL,
  bound_at TIMESTAMP WITH TIME ZONE NOT NULL
);
ALTER TABLE wechat_binding ADD CONSTRAINT uq_wechat_binding_tenant_id_user_id UNIQUE (tenant_id, user_id);
ALTER TABLE wechat_binding ADD CONSTRAINT pk_wechat_binding PRIMARY KEY (tenant_id, app_id, openid);
ALTER TABLE wechat_binding ADD CONSTRAINT fk_wechat_binding_tenant_id_user_id FOREIGN KEY (tenant_id, user_id) REFERENCES app_user (tenant_id, id);

-- notices: announcements, policies, banners, and who has read them
CREATE TABLE notice (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  title_en TEXT,
  body TEXT NOT NULL,
  body_en TEXT,
  picture TEXT,
  link TEXT,
  attachments JSONB DEFAULT '[]' NOT NULL,
  pinned BOOLEAN DEFAULT 'false' NOT NULL,
  must_read BOOLEAN DEFAULT 'false' NOT NULL,
  valid_from TIMESTAMP WITH TIME ZONE,
  valid_until TIMESTAMP WITH TIME ZONE,
  state TEXT DEFAULT 'draft' NOT NULL,
  shown_at TIMESTAMP WITH TIME ZONE,
  told_at TIMESTAMP WITH TIME ZONE,
  published_at TIMESTAMP WITH TIME ZONE,
  published_by TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_notice_kind CHECK (kind in ('notice', 'policy', 'banner')),
  CONSTRAINT ck_notice_state CHECK (state in ('draft', 'published', 'withdrawn')),
  CONSTRAINT ck_notice_shown_once_published CHECK ((state = 'draft') = (shown_at is null)),
  CONSTRAINT ck_notice_valid_for_a_while CHECK (valid_until > valid_from)
);
CREATE INDEX ix_notice_shown ON notice (tenant_id, pinned, shown_at, id) WHERE state = 'published';
CREATE INDEX ix_notice_state ON notice (tenant_id, state, id);
ALTER TABLE notice ADD CONSTRAINT pk_notice PRIMARY KEY (tenant_id, id);
ALTER TABLE notice ADD CONSTRAINT fk_notice_tenant_id_picture FOREIGN KEY (tenant_id, picture) REFERENCES stored_file (tenant_id, sha256);
CREATE TABLE notice_audience (
  tenant_id BIGINT NOT NULL,
  notice_id UUID NOT NULL,
  kind TEXT NOT NULL,
  target_id UUID NOT NULL,
  CONSTRAINT ck_notice_audience_kind CHECK (kind in ('everyone', 'tier', 'region', 'channel', 'customer'))
);
ALTER TABLE notice_audience ADD CONSTRAINT pk_notice_audience PRIMARY KEY (tenant_id, notice_id, kind, target_id);
ALTER TABLE notice_audience ADD CONSTRAINT fk_notice_audience_tenant_id_notice_id FOREIGN KEY (tenant_id, notice_id) REFERENCES notice (tenant_id, id);
CREATE TABLE notice_read (
  tenant_id BIGINT NOT NULL,
  notice_id UUID NOT NULL,
  user_id UUID NOT NULL,
  read_at TIMESTAMP WITH TIME ZONE NOT NULL
);
CREATE INDEX ix_notice_read_user ON notice_read (tenant_id, user_id, notice_id);
ALTER TABLE notice_read ADD CONSTRAINT pk_notice_read PRIMARY KEY (tenant_id, notice_id, user_id);
ALTER TABLE notice_read ADD CONSTRAINT fk_notice_read_tenant_id_notice_id FOREIGN KEY (tenant_id, notice_id) REFERENCES notice (tenant_id, id);
ALTER TABLE notice_read ADD CONSTRAINT fk_notice_read_tenant_id_user_id FOREIGN KEY (tenant_id, user_id) REFERENCES app_user (tenant_id, id);

-- integrations: imports
CREATE TABLE import_file (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  size BIGINT NOT NULL,
  state TEXT NOT NULL,
  purpose TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  created_by UUID,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT ck_import_file_state CHECK (state in ('receiving', 'ready')),
  CONSTRAINT ck_import_file_purpose CHECK (purpose in ('source', 'errors'))
);
CREATE TABLE import_file_part (
  tenant_id BIGINT NOT NULL,
  file_id UUID NOT NULL,
  number INTEGER NOT NULL,
  size INTEGER NOT NULL,
  content BYTEA NOT NULL
);
-- What is uploaded is packed already: packing it once more would only take time.
ALTER TABLE import_file_part ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE TABLE import_mapping (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  signature TEXT NOT NULL,
  name TEXT,
  header JSON NOT NULL,
  mapping JSON NOT NULL,
  used_at TIMESTAMP WITH TIME ZONE NOT NULL,
  used_by TEXT NOT NULL,
  CONSTRAINT ck_import_mapping_kind CHECK (kind in ('order_book', 'customers', 'skus', 'prices', 'stock'))
);
CREATE TABLE import_job (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  file_id UUID NOT NULL,
  file_name TEXT NOT NULL,
  file_size BIGINT NOT NULL,
  worksheet TEXT,
  header_row INTEGER,
  look JSON,
  mapping JSON,
  options JSON NOT NULL,
  report JSON,
  result JSON,
  begun JSON,
  problem JSON,
  faults INTEGER DEFAULT '0' NOT NULL,
  faults_listed INTEGER DEFAULT '0' NOT NULL,
  marks TEXT,
  errors_file_id UUID,
  language TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  created_by UUID,
  created_by_name TEXT NOT NULL,
  created_by_kind TEXT NOT NULL,
  run_by UUID,
  run_by_name TEXT,
  run_by_kind TEXT,
  checked_at TIMESTAMP WITH TIME ZONE,
  started_at TIMESTAMP WITH TIME ZONE,
  finished_at TIMESTAMP WITH TIME ZONE,
  queued_at TIMESTAMP WITH TIME ZONE,
  worker UUID,
  lane TEXT,
  lease_until TIMESTAMP WITH TIME ZONE,
  attempts INTEGER DEFAULT '0' NOT NULL,
  is_cancelling BOOLEAN DEFAULT 'false' NOT NULL,
  phase TEXT,
  done BIGINT DEFAULT '0' NOT NULL,
  total BIGINT,
  per_second INTEGER,
  progress_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT ck_import_job_kind CHECK (kind in ('order_book', 'customers', 'skus', 'prices', 'stock')),
  CONSTRAINT ck_import_job_state CHECK (state in ('cancelled', 'checked', 'checking', 'done', 'failed', 'looking', 'ready', 'running')),
  CONSTRAINT ck_import_job_lane CHECK (lane in ('read', 'write')),
  CONSTRAINT ck_import_job_worker_has_a_lease CHECK (num_nulls(worker, lane, lease_until) in (0, 3))
)  WITH (fillfactor = 50);
CREATE TABLE import_slice (
  tenant_id BIGINT NOT NULL,
  import_id UUID NOT NULL,
  number INTEGER NOT NULL,
  outcome JSON NOT NULL
);
CREATE TABLE import_fault (
  tenant_id BIGINT NOT NULL,
  import_id UUID NOT NULL,
  number INTEGER NOT NULL,
  row INTEGER NOT NULL,
  place INTEGER,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  code TEXT NOT NULL,
  params JSON NOT NULL
);
CREATE TABLE import_rows (
  tenant_id BIGINT NOT NULL,
  import_id UUID NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  cells JSON NOT NULL
);
CREATE INDEX ix_import_file_expires ON import_file (tenant_id, expires_at, id);
CREATE INDEX ix_import_mapping_used ON import_mapping (tenant_id, used_at, id);
CREATE INDEX ix_import_job_state ON import_job (tenant_id, state, id);
CREATE INDEX ix_import_job_kind ON import_job (tenant_id, kind, id);
CREATE INDEX ix_import_job_file ON import_job (tenant_id, file_id);
CREATE UNIQUE INDEX ux_import_job_lane ON import_job (tenant_id, lane) WHERE worker IS NOT NULL;
CREATE INDEX ix_import_fault_row ON import_fault (tenant_id, import_id, row, number);
CREATE INDEX ix_import_fault_code ON import_fault (tenant_id, import_id, code, number);
ALTER TABLE import_mapping ADD CONSTRAINT uq_import_mapping_tenant_id_kind_signature UNIQUE (tenant_id, kind, signature);
ALTER TABLE import_file ADD CONSTRAINT pk_import_file PRIMARY KEY (tenant_id, id);
ALTER TABLE import_file_part ADD CONSTRAINT pk_import_file_part PRIMARY KEY (tenant_id, file_id, number);
ALTER TABLE import_mapping ADD CONSTRAINT pk_import_mapping PRIMARY KEY (tenant_id, id);
ALTER TABLE import_job ADD CONSTRAINT pk_import_job PRIMARY KEY (tenant_id, id);
ALTER TABLE import_slice ADD CONSTRAINT pk_import_slice PRIMARY KEY (tenant_id, import_id, number);
ALTER TABLE import_fault ADD CONSTRAINT pk_import_fault PRIMARY KEY (tenant_id, import_id, number);
ALTER TABLE import_rows ADD CONSTRAINT pk_import_rows PRIMARY KEY (tenant_id, import_id, first);
ALTER TABLE import_file_part
  ADD CONSTRAINT fk_import_file_part_tenant_id_file_id FOREIGN KEY(tenant_id, file_id)
  REFERENCES import_file (tenant_id, id);
ALTER TABLE import_slice
  ADD CONSTRAINT fk_import_slice_tenant_id_import_id FOREIGN KEY(tenant_id, import_id)
  REFERENCES import_job (tenant_id, id);
ALTER TABLE import_fault
  ADD CONSTRAINT fk_import_fault_tenant_id_import_id FOREIGN KEY(tenant_id, import_id)
  REFERENCES import_job (tenant_id, id);
ALTER TABLE import_rows
  ADD CONSTRAINT fk_import_rows_tenant_id_import_id FOREIGN KEY(tenant_id, import_id)
  REFERENCES import_job (tenant_id, id);

-- kit: the audit read by who and by kind
CREATE INDEX ix_audit_entry_actor ON audit_entry (tenant_id, actor_id, id) WHERE actor_id IS NOT NULL;
CREATE INDEX ix_audit_entry_kind ON audit_entry (tenant_id, subject_kind, id) WHERE subject_kind != 'order';

-- identity: saved views
CREATE TABLE saved_view (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  owner_id UUID NOT NULL,
  owner_name TEXT NOT NULL,
  list TEXT NOT NULL,
  name TEXT NOT NULL,
  query TEXT NOT NULL,
  shared BOOLEAN DEFAULT 'false' NOT NULL,
  position INTEGER NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL
);
CREATE INDEX ix_saved_view_shared ON saved_view (tenant_id, list, name) WHERE shared;
ALTER TABLE saved_view ADD CONSTRAINT uq_saved_view_tenant_id_owner_id_list_name UNIQUE (tenant_id, owner_id, list, name);
ALTER TABLE saved_view ADD CONSTRAINT pk_saved_view PRIMARY KEY (tenant_id, id);

-- comments: what people say on documents
CREATE TABLE comment (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  document_kind TEXT NOT NULL,
  document_id UUID NOT NULL,
  author_kind TEXT NOT NULL,
  author_id UUID,
  author_name TEXT NOT NULL,
  text TEXT NOT NULL,
  for_customer BOOLEAN DEFAULT 'false' NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  edited_at TIMESTAMP WITH TIME ZONE,
  deleted_at TIMESTAMP WITH TIME ZONE,
  revision INTEGER DEFAULT '1' NOT NULL
);
CREATE INDEX ix_comment_document ON comment (tenant_id, document_id, id);
ALTER TABLE comment ADD CONSTRAINT pk_comment PRIMARY KEY (tenant_id, id);
CREATE TABLE comment_mention (
  tenant_id BIGINT NOT NULL,
  comment_id UUID NOT NULL,
  user_id UUID NOT NULL
);
CREATE INDEX ix_comment_mention_user ON comment_mention (tenant_id, user_id, comment_id);
ALTER TABLE comment_mention ADD CONSTRAINT pk_comment_mention PRIMARY KEY (tenant_id, comment_id, user_id);
ALTER TABLE comment_mention ADD CONSTRAINT fk_comment_mention_tenant_id_comment_id FOREIGN KEY (tenant_id, comment_id) REFERENCES comment (tenant_id, id);
ALTER TABLE comment_mention ADD CONSTRAINT fk_comment_mention_tenant_id_user_id FOREIGN KEY (tenant_id, user_id) REFERENCES app_user (tenant_id, id);

-- parties: merged customers, likely duplicates, visits
ALTER TABLE customer ADD COLUMN merged_into_id UUID;
CREATE INDEX ix_customer_merged ON customer (tenant_id, merged_into_id) WHERE merged_into_id IS NOT NULL;
ALTER TABLE customer ADD CONSTRAINT fk_customer_tenant_id_merged_into_id FOREIGN KEY (tenant_id, merged_into_id) REFERENCES customer (tenant_id, id);
CREATE TABLE customer_likeness (
  tenant_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  customer_id UUID NOT NULL,
  CONSTRAINT ck_customer_likeness_kind CHECK (kind in ('tax_number', 'name', 'mobile', 'pinyin'))
);
CREATE INDEX ix_customer_likeness_customer ON customer_likeness (tenant_id, customer_id);
ALTER TABLE customer_likeness ADD CONSTRAINT pk_customer_likeness PRIMARY KEY (tenant_id, kind, value, customer_id);
ALTER TABLE customer_likeness ADD CONSTRAINT fk_customer_likeness_tenant_id_customer_id FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id);
CREATE TABLE likely_duplicate (
  tenant_id BIGINT NOT NULL,
  one_id UUID NOT NULL,
  other_id UUID NOT NULL,
  score INTEGER NOT NULL,
  reasons TEXT[] NOT NULL,
  state TEXT DEFAULT 'open' NOT NULL,
  found_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT ck_likely_duplicate_state CHECK (state in ('open', 'dismissed')),
  CONSTRAINT ck_likely_duplicate_lower_first CHECK (one_id < other_id)
);
CREATE INDEX ix_likely_duplicate_open ON likely_duplicate (tenant_id, score, one_id, other_id) WHERE state = 'open';
CREATE INDEX ix_likely_duplicate_other ON likely_duplicate (tenant_id, other_id);
ALTER TABLE likely_duplicate ADD CONSTRAINT pk_likely_duplicate PRIMARY KEY (tenant_id, one_id, other_id);
ALTER TABLE likely_duplicate ADD CONSTRAINT fk_likely_duplicate_tenant_id_one_id FOREIGN KEY (tenant_id, one_id) REFERENCES customer (tenant_id, id);
ALTER TABLE likely_duplicate ADD CONSTRAINT fk_likely_duplicate_tenant_id_other_id FOREIGN KEY (tenant_id, other_id) REFERENCES customer (tenant_id, id);
CREATE TABLE visit (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  customer_id UUID NOT NULL,
  visitor_id UUID NOT NULL,
  visitor_name TEXT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  note TEXT,
  latitude NUMERIC(9, 6),
  longitude NUMERIC(9, 6),
  accuracy_m INTEGER,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT ck_visit_place_whole CHECK ((latitude is null) = (longitude is null))
);
CREATE INDEX ix_visit_customer ON visit (tenant_id, customer_id, id);
CREATE INDEX ix_visit_visitor ON visit (tenant_id, visitor_id, id);
ALTER TABLE visit ADD CONSTRAINT pk_visit PRIMARY KEY (tenant_id, id);
ALTER TABLE visit ADD CONSTRAINT fk_visit_tenant_id_customer_id FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id);
CREATE TABLE visit_photo (
  tenant_id BIGINT NOT NULL,
  visit_id UUID NOT NULL,
  position INTEGER NOT NULL,
  sha256 TEXT NOT NULL
);
ALTER TABLE visit_photo ADD CONSTRAINT pk_visit_photo PRIMARY KEY (tenant_id, visit_id, position);
ALTER TABLE visit_photo ADD CONSTRAINT fk_visit_photo_tenant_id_visit_id FOREIGN KEY (tenant_id, visit_id) REFERENCES visit (tenant_id, id);
ALTER TABLE visit_photo ADD CONSTRAINT fk_visit_photo_tenant_id_sha256 FOREIGN KEY (tenant_id, sha256) REFERENCES stored_file (tenant_id, sha256);

-- orders: amounts and holds to narrow the list by
ALTER TABLE sales_order ADD COLUMN gross_cents BIGINT GENERATED ALWAYS AS ((gross * 100)::bigint) STORED;
CREATE INDEX ix_sales_order_gross ON sales_order (tenant_id, gross_cents);
CREATE INDEX ix_sales_order_held ON sales_order (tenant_id, id) WHERE holds <> '{}'::text[];

-- analytics: sums by day
CREATE TABLE sales_day (
  tenant_id BIGINT NOT NULL,
  day DATE NOT NULL,
  customer_id UUID NOT NULL,
  channel TEXT NOT NULL,
  currency TEXT NOT NULL,
  orders INTEGER NOT NULL,
  lines INTEGER NOT NULL,
  net NUMERIC(18, 2) NOT NULL,
  gross NUMERIC(18, 2) NOT NULL
);
CREATE INDEX ix_sales_day_customer ON sales_day (tenant_id, customer_id, day);
ALTER TABLE sales_day ADD CONSTRAINT pk_sales_day PRIMARY KEY (tenant_id, day, customer_id, channel, currency);
CREATE TABLE sku_day (
  tenant_id BIGINT NOT NULL,
  day DATE NOT NULL,
  sku_id UUID NOT NULL,
  currency TEXT NOT NULL,
  lines INTEGER NOT NULL,
  quantity NUMERIC(18, 6) NOT NULL,
  net NUMERIC(18, 2) NOT NULL,
  gross NUMERIC(18, 2) NOT NULL
);
ALTER TABLE sku_day ADD CONSTRAINT pk_sku_day PRIMARY KEY (tenant_id, day, sku_id, currency);
CREATE TABLE counted_day (
  tenant_id BIGINT NOT NULL,
  day DATE NOT NULL,
  dirty BOOLEAN NOT NULL,
  counted_at TIMESTAMP WITH TIME ZONE
);
CREATE INDEX ix_counted_day_dirty ON counted_day (tenant_id, day) WHERE dirty;
ALTER TABLE counted_day ADD CONSTRAINT pk_counted_day PRIMARY KEY (tenant_id, day);

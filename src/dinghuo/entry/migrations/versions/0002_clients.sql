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

-- Every table of the first release. Written once; what changes later is another migration.
--
-- Primary keys are made after every other index. While a table is still small the planner finds several indexes that
-- begin with tenant_id equally good and takes the newest; the plans of foreign key checks are kept for as long as a
-- connection lives, so the newest must be the right one.

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE account (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  customer_id UUID NOT NULL,
  organisation_id UUID NOT NULL,
  kind TEXT DEFAULT 'credit' NOT NULL,
  currency TEXT DEFAULT 'CNY' NOT NULL,
  credit_limit NUMERIC(18, 2),
  open NUMERIC(18, 2) DEFAULT '0' NOT NULL,
  shipped NUMERIC(18, 2) DEFAULT '0' NOT NULL,
  billed NUMERIC(18, 2) DEFAULT '0' NOT NULL,
  unapplied NUMERIC(18, 2) DEFAULT '0' NOT NULL,
  oldest_due DATE,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT ck_account_kind CHECK (kind in ('credit')),
  CONSTRAINT ck_account_limit_not_negative CHECK (credit_limit >= 0),
  CONSTRAINT ck_account_bucket_signs CHECK (open >= 0 and shipped >= 0 and billed >= 0 and unapplied <= 0)
)  WITH (fillfactor = 50);

CREATE TABLE account_entry (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  account_id UUID NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  bucket TEXT NOT NULL,
  amount NUMERIC(18, 2) NOT NULL,
  verb TEXT NOT NULL,
  document_kind TEXT NOT NULL,
  document_id UUID NOT NULL,
  CONSTRAINT ck_account_entry_bucket CHECK (bucket in ('open', 'shipped', 'billed', 'unapplied')),
  CONSTRAINT ck_account_entry_verb CHECK (verb in ('reserve', 'consume', 'release', 'adjust')),
  CONSTRAINT ck_account_entry_moves_something CHECK (amount <> 0)
);

CREATE TABLE address (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  customer_id UUID NOT NULL,
  label TEXT,
  recipient TEXT NOT NULL,
  mobile TEXT,
  province TEXT,
  city TEXT,
  district TEXT,
  street TEXT NOT NULL,
  postcode TEXT,
  country TEXT DEFAULT 'CN' NOT NULL,
  is_default BOOLEAN DEFAULT 'false' NOT NULL
);

CREATE TABLE api_key (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  user_id UUID,
  permissions TEXT[] NOT NULL,
  scope TEXT DEFAULT 'all' NOT NULL,
  department_ids UUID[] DEFAULT '{}' NOT NULL,
  region_ids UUID[] DEFAULT '{}' NOT NULL,
  sees_cost BOOLEAN DEFAULT 'false' NOT NULL,
  sees_margin BOOLEAN DEFAULT 'false' NOT NULL,
  sees_price BOOLEAN DEFAULT 'false' NOT NULL,
  secret_hash BYTEA NOT NULL,
  previous_hash BYTEA,
  previous_until TIMESTAMP WITH TIME ZONE,
  expires_at TIMESTAMP WITH TIME ZONE,
  revoked_at TIMESTAMP WITH TIME ZONE,
  used_at TIMESTAMP WITH TIME ZONE,
  created_by UUID,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT ck_api_key_scope CHECK (scope in ('department', 'region', 'all'))
);

CREATE TABLE app_user (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  audience TEXT NOT NULL,
  login TEXT NOT NULL,
  name TEXT NOT NULL,
  email TEXT,
  mobile TEXT,
  language TEXT DEFAULT 'zh' NOT NULL,
  department_id UUID,
  password_hash TEXT,
  must_change_password BOOLEAN DEFAULT 'false' NOT NULL,
  totp_secret TEXT,
  totp_confirmed_at TIMESTAMP WITH TIME ZONE,
  totp_step BIGINT,
  state TEXT DEFAULT 'active' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_app_user_audience CHECK (audience in ('staff', 'dealer')),
  CONSTRAINT ck_app_user_state CHECK (state in ('active', 'disabled'))
);

CREATE TABLE assortment (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  mode TEXT DEFAULT 'allow' NOT NULL,
  active BOOLEAN DEFAULT 'true' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_assortment_mode CHECK (mode in ('allow', 'deny'))
);

CREATE TABLE assortment_audience (
  tenant_id BIGINT NOT NULL,
  assortment_id UUID NOT NULL,
  kind TEXT NOT NULL,
  target_id UUID NOT NULL,
  CONSTRAINT ck_assortment_audience_kind CHECK (kind in ('everyone', 'customer', 'tier', 'region', 'channel'))
);

CREATE TABLE assortment_item (
  tenant_id BIGINT NOT NULL,
  assortment_id UUID NOT NULL,
  kind TEXT NOT NULL,
  target_id UUID NOT NULL,
  CONSTRAINT ck_assortment_item_kind CHECK (kind in ('everything', 'sku', 'product', 'category', 'brand'))
);

CREATE TABLE audit_entry (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id UUID NOT NULL,
  action TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id UUID,
  actor_name TEXT NOT NULL,
  channel TEXT NOT NULL,
  changes JSON,
  seal BIGINT
);

CREATE TABLE audit_seal (
  tenant_id BIGINT NOT NULL,
  number BIGINT NOT NULL,
  previous_hash BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  first_at TIMESTAMP WITH TIME ZONE NOT NULL,
  last_at TIMESTAMP WITH TIME ZONE NOT NULL,
  entries INTEGER NOT NULL,
  ids UUID[] NOT NULL,
  digests BYTEA NOT NULL,
  sealed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT ck_audit_seal_seals_something CHECK (number > 0 and entries > 0)
);

CREATE TABLE brand (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT
);

CREATE TABLE category (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  parent_id UUID,
  position INTEGER DEFAULT '0' NOT NULL
);

CREATE TABLE channel (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT
);

CREATE TABLE contact (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  customer_id UUID NOT NULL,
  name TEXT NOT NULL,
  mobile TEXT,
  email TEXT,
  title TEXT,
  is_main BOOLEAN DEFAULT 'false' NOT NULL
);

CREATE TABLE customer (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  country TEXT DEFAULT 'CN' NOT NULL,
  tax_number TEXT,
  tier_id UUID,
  region_id UUID,
  channel_id UUID,
  parent_id UUID,
  owner_id UUID,
  department_id UUID,
  currency TEXT DEFAULT 'CNY' NOT NULL,
  payment_terms TEXT DEFAULT 'prepaid' NOT NULL,
  payment_days INTEGER DEFAULT '0' NOT NULL,
  language TEXT DEFAULT 'zh' NOT NULL,
  state TEXT DEFAULT 'active' NOT NULL,
  note TEXT,
  attributes JSONB DEFAULT '{}' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_customer_payment_terms CHECK (payment_terms in ('prepaid', 'on_delivery', 'credit_days', 'monthly')),
  CONSTRAINT ck_customer_state CHECK (state in ('active', 'blocked', 'closed'))
);

CREATE TABLE data_version (
  tenant_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  version BIGINT NOT NULL
);

CREATE TABLE department (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  parent_id UUID,
  head_id UUID,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL
);

CREATE TABLE draft (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  customer_id UUID NOT NULL,
  organisation_id UUID NOT NULL,
  created_by UUID,
  name TEXT,
  customer_reference TEXT,
  requested_date DATE,
  ship_to JSONB,
  note TEXT,
  lines JSONB DEFAULT '[]' NOT NULL,
  order_id UUID,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL
);

CREATE TABLE goods_receipt (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  number TEXT NOT NULL,
  warehouse_id UUID NOT NULL,
  supplier TEXT,
  reference TEXT,
  note TEXT,
  received_at TIMESTAMP WITH TIME ZONE NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  created_by UUID
);

CREATE TABLE goods_receipt_line (
  tenant_id BIGINT NOT NULL,
  receipt_id UUID NOT NULL,
  line_no INTEGER NOT NULL,
  sku_id UUID NOT NULL,
  unit TEXT NOT NULL,
  quantity NUMERIC(18, 6) NOT NULL,
  base_quantity NUMERIC(18, 6) NOT NULL,
  unit_cost NUMERIC(18, 6),
  CONSTRAINT ck_goods_receipt_line_quantity_positive CHECK (quantity > 0 and base_quantity > 0),
  CONSTRAINT ck_goods_receipt_line_cost_not_negative CHECK (unit_cost >= 0)
);

CREATE TABLE historical_return (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  number TEXT NOT NULL,
  line_no INTEGER NOT NULL,
  customer_id UUID NOT NULL,
  sku_id UUID NOT NULL,
  unit TEXT NOT NULL,
  quantity NUMERIC(18, 6) NOT NULL,
  base_quantity NUMERIC(18, 6) NOT NULL,
  currency TEXT NOT NULL,
  price NUMERIC(18, 6) NOT NULL,
  amount NUMERIC(18, 2) NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  order_id UUID,
  order_line_no INTEGER,
  CONSTRAINT ck_historical_return_quantity_positive CHECK (quantity > 0 and base_quantity > 0),
  CONSTRAINT ck_historical_return_order_line_whole CHECK ((order_id is null) = (order_line_no is null))
);

CREATE TABLE host (
  name TEXT NOT NULL,
  tenant BIGINT NOT NULL
);

CREATE TABLE idempotency_key (
  tenant_id BIGINT NOT NULL,
  principal_id UUID NOT NULL,
  route TEXT NOT NULL,
  key TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  outcome JSON NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL
);

CREATE TABLE number_counter (
  tenant_id BIGINT NOT NULL,
  stem TEXT NOT NULL,
  next BIGINT NOT NULL
);

CREATE TABLE order_line (
  tenant_id BIGINT NOT NULL,
  order_id UUID NOT NULL,
  line_no INTEGER NOT NULL,
  sku_id UUID NOT NULL,
  sku_code TEXT NOT NULL,
  sku_name TEXT NOT NULL,
  unit TEXT NOT NULL,
  quantity NUMERIC(18, 6) NOT NULL,
  base_quantity NUMERIC(18, 6) NOT NULL,
  list_price NUMERIC(18, 6),
  deal_price NUMERIC(18, 6) NOT NULL,
  price_reason JSON,
  tax_inclusive BOOLEAN NOT NULL,
  tax_rate NUMERIC(7, 6),
  net NUMERIC(18, 2) NOT NULL,
  tax NUMERIC(18, 2) NOT NULL,
  gross NUMERIC(18, 2) NOT NULL,
  unit_cost NUMERIC(18, 6),
  requested_date DATE,
  note TEXT,
  released NUMERIC(18, 6) DEFAULT '0' NOT NULL,
  shipped NUMERIC(18, 6) DEFAULT '0' NOT NULL,
  returned NUMERIC(18, 6) DEFAULT '0' NOT NULL,
  cancelled NUMERIC(18, 6) DEFAULT '0' NOT NULL,
  CONSTRAINT ck_order_line_quantity_positive CHECK (quantity > 0 and base_quantity > 0),
  CONSTRAINT ck_order_line_tax_adds_up CHECK (net + tax = gross),
  CONSTRAINT ck_order_line_progress CHECK (returned <= shipped and shipped <= base_quantity - cancelled),
  CONSTRAINT ck_order_line_not_negative CHECK (released >= 0 and shipped >= 0 and returned >= 0 and cancelled >= 0),
  CONSTRAINT ck_order_line_released_of_wanted CHECK (released <= base_quantity - cancelled)
);

CREATE TABLE organisation (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  tax_number TEXT,
  tax_status TEXT DEFAULT 'general' NOT NULL,
  currency TEXT DEFAULT 'CNY' NOT NULL,
  bank_account TEXT,
  number_prefix TEXT DEFAULT '' NOT NULL,
  state TEXT DEFAULT 'active' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_organisation_tax_status CHECK (tax_status in ('general', 'small_scale', 'exempt')),
  CONSTRAINT ck_organisation_state CHECK (state in ('active', 'closed'))
);

CREATE TABLE outbox_event (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  subject_id UUID NOT NULL,
  data JSONB,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  due_at TIMESTAMP WITH TIME ZONE NOT NULL,
  settled_at TIMESTAMP WITH TIME ZONE
);

CREATE TABLE outbox_mark (
  tenant_id BIGINT NOT NULL,
  event_id UUID NOT NULL,
  reaction TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  error TEXT,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  due_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT ck_outbox_mark_state CHECK (state in ('done', 'failed', 'parked', 'dropped'))
);

CREATE TABLE price_entry (
  tenant_id BIGINT NOT NULL,
  list_id UUID NOT NULL,
  sku_id UUID NOT NULL,
  unit TEXT NOT NULL,
  minimum_quantity NUMERIC(18, 6) DEFAULT '0' NOT NULL,
  price NUMERIC(18, 6) NOT NULL,
  CONSTRAINT ck_price_entry_price_not_negative CHECK (price >= 0),
  CONSTRAINT ck_price_entry_minimum_not_negative CHECK (minimum_quantity >= 0)
);

CREATE TABLE price_list (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  kind TEXT NOT NULL,
  customer_id UUID,
  tier_id UUID,
  region_id UUID,
  channel_id UUID,
  scope TEXT NOT NULL,
  currency TEXT DEFAULT 'CNY' NOT NULL,
  tax_inclusive BOOLEAN DEFAULT 'true' NOT NULL,
  valid_from DATE NOT NULL,
  valid_until DATE,
  state TEXT DEFAULT 'draft' NOT NULL,
  version BIGINT DEFAULT '1' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_price_list_kind CHECK (kind in ('contract', 'tier_region', 'tier', 'region', 'channel', 'base')),
  CONSTRAINT ck_price_list_state CHECK (state in ('draft', 'published', 'withdrawn')),
  CONSTRAINT ck_price_list_validity CHECK (valid_until is null or valid_until >= valid_from),
  CONSTRAINT ex_price_list_overlap EXCLUDE USING gist (tenant_id WITH =, scope WITH =, currency WITH =, daterange(valid_from, valid_until, '[]') WITH &&) WHERE (state = 'published') DEFERRABLE INITIALLY IMMEDIATE
);

CREATE TABLE product (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  category_id UUID,
  brand_id UUID,
  description TEXT,
  state TEXT DEFAULT 'active' NOT NULL,
  attributes JSONB DEFAULT '{}' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_product_state CHECK (state in ('active', 'discontinued'))
);

CREATE TABLE product_media (
  tenant_id BIGINT NOT NULL,
  product_id UUID NOT NULL,
  position INTEGER NOT NULL,
  sku_id UUID,
  sha256 TEXT NOT NULL
);

CREATE TABLE recovery_code (
  tenant_id BIGINT NOT NULL,
  user_id UUID NOT NULL,
  code_hash BYTEA NOT NULL
);

CREATE TABLE region (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  parent_id UUID
);

CREATE TABLE reservation (
  tenant_id BIGINT NOT NULL,
  document_id UUID NOT NULL,
  line_no INTEGER NOT NULL,
  warehouse_id UUID NOT NULL,
  sku_id UUID NOT NULL,
  held NUMERIC(18, 6) NOT NULL,
  backordered NUMERIC(18, 6) DEFAULT '0' NOT NULL,
  consumed NUMERIC(18, 6) DEFAULT '0' NOT NULL,
  released NUMERIC(18, 6) DEFAULT '0' NOT NULL,
  CONSTRAINT ck_reservation_not_negative CHECK (held >= 0 and backordered >= 0 and consumed >= 0 and released >= 0)
);

CREATE TABLE role (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  audience TEXT NOT NULL,
  scope TEXT DEFAULT 'own' NOT NULL,
  sees_cost BOOLEAN DEFAULT 'false' NOT NULL,
  sees_margin BOOLEAN DEFAULT 'false' NOT NULL,
  sees_price BOOLEAN DEFAULT 'false' NOT NULL,
  requires_totp BOOLEAN DEFAULT 'false' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_role_audience CHECK (audience in ('staff', 'dealer')),
  CONSTRAINT ck_role_scope CHECK (scope in ('own', 'department', 'region', 'all'))
);

CREATE TABLE role_permission (
  tenant_id BIGINT NOT NULL,
  role_id UUID NOT NULL,
  permission TEXT NOT NULL
);

CREATE TABLE sales_order (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  number TEXT NOT NULL,
  organisation_id UUID NOT NULL,
  customer_id UUID NOT NULL,
  customer_name TEXT NOT NULL,
  state TEXT NOT NULL,
  currency TEXT NOT NULL,
  net NUMERIC(18, 2) NOT NULL,
  tax NUMERIC(18, 2) NOT NULL,
  gross NUMERIC(18, 2) NOT NULL,
  line_count INTEGER NOT NULL,
  channel TEXT NOT NULL,
  customer_reference TEXT,
  requested_date DATE,
  ship_to JSONB,
  note TEXT,
  holds TEXT[] DEFAULT '{}' NOT NULL,
  is_history BOOLEAN DEFAULT 'false' NOT NULL,
  placed_by UUID,
  placed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_sales_order_state CHECK (state in ('cancelled', 'closed', 'confirmed', 'draft', 'pending_approval', 'rejected')),
  CONSTRAINT ck_sales_order_tax_adds_up CHECK (net + tax = gross)
);

CREATE TABLE search_token (
  tenant_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  token TEXT COLLATE "C" NOT NULL,
  subject_id UUID NOT NULL
);

CREATE TABLE session (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  user_id UUID NOT NULL,
  secret_hash BYTEA NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revoked_at TIMESTAMP WITH TIME ZONE,
  address TEXT NOT NULL,
  agent TEXT NOT NULL
);

CREATE TABLE sign_in_window (
  tenant_id BIGINT NOT NULL,
  subject TEXT NOT NULL,
  moments TIMESTAMP WITH TIME ZONE[] NOT NULL,
  last_at TIMESTAMP WITH TIME ZONE NOT NULL
);

CREATE TABLE sku (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  specification TEXT,
  base_unit TEXT NOT NULL,
  sales_unit TEXT NOT NULL,
  minimum_quantity NUMERIC(18, 6),
  multiple NUMERIC(18, 6),
  tax_rate NUMERIC(7, 6),
  supply_policy TEXT DEFAULT 'refuse' NOT NULL,
  weight_grams BIGINT,
  state TEXT DEFAULT 'active' NOT NULL,
  attributes JSONB DEFAULT '{}' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_sku_supply_policy CHECK (supply_policy in ('refuse', 'backorder', 'presell', 'untracked')),
  CONSTRAINT ck_sku_state CHECK (state in ('active', 'discontinued')),
  CONSTRAINT ck_sku_minimum_positive CHECK (minimum_quantity > 0),
  CONSTRAINT ck_sku_multiple_positive CHECK (multiple > 0),
  CONSTRAINT ck_sku_tax_rate_range CHECK (tax_rate >= 0 and tax_rate < 1)
);

CREATE TABLE sku_cost (
  tenant_id BIGINT NOT NULL,
  sku_id UUID NOT NULL,
  valid_from DATE NOT NULL,
  cost NUMERIC(18, 6) NOT NULL,
  CONSTRAINT ck_sku_cost_cost_not_negative CHECK (cost >= 0)
);

CREATE TABLE sku_unit (
  tenant_id BIGINT NOT NULL,
  sku_id UUID NOT NULL,
  unit TEXT NOT NULL,
  numerator INTEGER NOT NULL,
  denominator INTEGER DEFAULT '1' NOT NULL,
  barcode TEXT,
  CONSTRAINT ck_sku_unit_ratio_positive CHECK (numerator > 0 and denominator > 0)
);

CREATE TABLE stock (
  tenant_id BIGINT NOT NULL,
  sku_id UUID NOT NULL,
  warehouse_id UUID NOT NULL,
  on_hand NUMERIC(18, 6) DEFAULT '0' NOT NULL,
  allowance NUMERIC(18, 6) DEFAULT '0' NOT NULL,
  reserved NUMERIC(18, 6) DEFAULT '0' NOT NULL,
  CONSTRAINT ck_stock_reserved_not_negative CHECK (reserved >= 0),
  CONSTRAINT ck_stock_allowance_not_negative CHECK (allowance >= 0),
  CONSTRAINT ck_stock_never_oversold CHECK (reserved <= on_hand + allowance)
)  WITH (fillfactor = 50);

CREATE TABLE stock_move (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  kind TEXT NOT NULL,
  sku_id UUID NOT NULL,
  warehouse_id UUID NOT NULL,
  quantity NUMERIC(18, 6) NOT NULL,
  unit_cost NUMERIC(18, 6),
  document_kind TEXT,
  document_id UUID,
  line_no INTEGER,
  reason TEXT,
  note TEXT,
  actor_id UUID,
  CONSTRAINT ck_stock_move_kind CHECK (kind in ('opening', 'receipt', 'issue', 'return', 'count', 'adjustment', 'transfer')),
  CONSTRAINT ck_stock_move_moves_something CHECK (quantity <> 0)
);

CREATE TABLE stored_file (
  tenant_id BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  content BYTEA NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL
);

CREATE TABLE tenant (
  id BIGINT GENERATED BY DEFAULT AS IDENTITY,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  time_zone TEXT DEFAULT 'Asia/Shanghai' NOT NULL,
  currency TEXT DEFAULT 'CNY' NOT NULL,
  language TEXT DEFAULT 'zh' NOT NULL,
  state TEXT DEFAULT 'active' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT ck_tenant_state CHECK (state in ('active', 'suspended'))
);

CREATE TABLE tier (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT
);

CREATE TABLE unit (
  tenant_id BIGINT NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT
);

CREATE TABLE user_customer (
  tenant_id BIGINT NOT NULL,
  user_id UUID NOT NULL,
  customer_id UUID NOT NULL
);

CREATE TABLE user_region (
  tenant_id BIGINT NOT NULL,
  user_id UUID NOT NULL,
  region_id UUID NOT NULL
);

CREATE TABLE user_role (
  tenant_id BIGINT NOT NULL,
  user_id UUID NOT NULL,
  role_id UUID NOT NULL
);

CREATE TABLE warehouse (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  region_id UUID,
  priority INTEGER DEFAULT '100' NOT NULL,
  state TEXT DEFAULT 'active' NOT NULL,
  CONSTRAINT ck_warehouse_state CHECK (state in ('active', 'closed'))
);

ALTER TABLE account
  ADD CONSTRAINT uq_account_tenant_id_customer_id_organisation_id_kind_currency UNIQUE (tenant_id, customer_id, organisation_id, kind, currency);
ALTER TABLE app_user ADD CONSTRAINT uq_app_user_tenant_id_login UNIQUE (tenant_id, login);
ALTER TABLE assortment ADD CONSTRAINT uq_assortment_tenant_id_code UNIQUE (tenant_id, code);
ALTER TABLE brand ADD CONSTRAINT uq_brand_tenant_id_code UNIQUE (tenant_id, code);
ALTER TABLE category ADD CONSTRAINT uq_category_tenant_id_code UNIQUE (tenant_id, code);
ALTER TABLE channel ADD CONSTRAINT uq_channel_tenant_id_code UNIQUE (tenant_id, code);
ALTER TABLE customer ADD CONSTRAINT uq_customer_tenant_id_code UNIQUE (tenant_id, code);
ALTER TABLE department ADD CONSTRAINT uq_department_tenant_id_code UNIQUE (tenant_id, code);
ALTER TABLE goods_receipt ADD CONSTRAINT uq_goods_receipt_tenant_id_number UNIQUE (tenant_id, number);
ALTER TABLE organisation ADD CONSTRAINT uq_organisation_tenant_id_code UNIQUE (tenant_id, code);
ALTER TABLE price_list ADD CONSTRAINT uq_price_list_tenant_id_code UNIQUE (tenant_id, code);
ALTER TABLE product ADD CONSTRAINT uq_product_tenant_id_code UNIQUE (tenant_id, code);
ALTER TABLE region ADD CONSTRAINT uq_region_tenant_id_code UNIQUE (tenant_id, code);
ALTER TABLE role ADD CONSTRAINT uq_role_tenant_id_code UNIQUE (tenant_id, code);
ALTER TABLE sales_order ADD CONSTRAINT uq_sales_order_tenant_id_number UNIQUE (tenant_id, number);
ALTER TABLE sku ADD CONSTRAINT uq_sku_tenant_id_code UNIQUE (tenant_id, code);
ALTER TABLE tenant ADD CONSTRAINT uq_tenant_code UNIQUE (code);
ALTER TABLE tier ADD CONSTRAINT uq_tier_tenant_id_code UNIQUE (tenant_id, code);
ALTER TABLE warehouse ADD CONSTRAINT uq_warehouse_tenant_id_code UNIQUE (tenant_id, code);

CREATE INDEX ix_account_entry_account ON account_entry (tenant_id, account_id, id);
CREATE INDEX ix_address_customer ON address (tenant_id, customer_id);
CREATE INDEX ix_api_key_user ON api_key (tenant_id, user_id, id);
CREATE INDEX ix_app_user_name ON app_user (tenant_id, name, id);
CREATE INDEX ix_audit_entry_subject ON audit_entry (tenant_id, subject_id, id);
CREATE INDEX ix_audit_entry_unsealed ON audit_entry (tenant_id, id) WHERE seal IS NULL;
CREATE INDEX ix_contact_customer ON contact (tenant_id, customer_id);
CREATE INDEX ix_customer_department ON customer (tenant_id, department_id, id);
CREATE INDEX ix_customer_owner ON customer (tenant_id, owner_id, id);
CREATE INDEX ix_customer_parent ON customer (tenant_id, parent_id, id);
CREATE INDEX ix_customer_region ON customer (tenant_id, region_id, id);
CREATE INDEX ix_draft_customer ON draft (tenant_id, customer_id, id);
CREATE INDEX ix_draft_open ON draft (tenant_id, id) WHERE order_id IS NULL;
CREATE INDEX ix_historical_return_customer ON historical_return (tenant_id, customer_id, id);
CREATE INDEX ix_historical_return_number ON historical_return (tenant_id, number, line_no);
CREATE INDEX ix_historical_return_order ON historical_return (tenant_id, order_id) WHERE order_id IS NOT NULL;
CREATE INDEX ix_idempotency_key_passing ON idempotency_key (tenant_id, created_at)
  WHERE route NOT LIKE 'import:%' AND route <> 'submit-draft';
CREATE INDEX ix_outbox_event_due ON outbox_event (tenant_id, kind, due_at, id) WHERE settled_at IS NULL;
CREATE INDEX ix_outbox_mark_open ON outbox_mark (tenant_id, event_id, reaction) WHERE state IN ('failed', 'parked');
CREATE INDEX ix_price_entry_sku ON price_entry (tenant_id, sku_id);
CREATE INDEX ix_product_brand ON product (tenant_id, brand_id, id);
CREATE INDEX ix_product_category ON product (tenant_id, category_id, id);
CREATE INDEX ix_product_media_sku ON product_media (tenant_id, sku_id) WHERE sku_id IS NOT NULL;
CREATE INDEX ix_reservation_holding ON reservation (tenant_id, sku_id, warehouse_id, document_id, line_no) WHERE held > 0;
CREATE INDEX ix_reservation_waiting ON reservation (tenant_id, sku_id, warehouse_id, document_id, line_no) WHERE backordered > 0;
CREATE INDEX ix_sales_order_channel ON sales_order (tenant_id, channel, id);
CREATE INDEX ix_sales_order_customer ON sales_order (tenant_id, customer_id, id);
CREATE INDEX ix_sales_order_state ON sales_order (tenant_id, state, id);
CREATE INDEX ix_search_token_subject ON search_token (tenant_id, kind, subject_id);
CREATE INDEX ix_session_user ON session (tenant_id, user_id, id);
CREATE INDEX ix_sign_in_window_last ON sign_in_window (tenant_id, last_at);
CREATE INDEX ix_sku_product ON sku (tenant_id, product_id);
CREATE INDEX ix_sku_unit_barcode ON sku_unit (tenant_id, barcode) WHERE barcode IS NOT NULL;
CREATE INDEX ix_stock_move_document ON stock_move (tenant_id, document_id, line_no) WHERE document_id IS NOT NULL;
CREATE INDEX ix_stock_move_sku ON stock_move (tenant_id, sku_id, warehouse_id, id);
CREATE INDEX ix_user_customer_customer ON user_customer (tenant_id, customer_id);
CREATE INDEX ix_user_role_role ON user_role (tenant_id, role_id);

ALTER TABLE account ADD CONSTRAINT pk_account PRIMARY KEY (tenant_id, id);
ALTER TABLE account_entry ADD CONSTRAINT pk_account_entry PRIMARY KEY (tenant_id, id);
ALTER TABLE address ADD CONSTRAINT pk_address PRIMARY KEY (tenant_id, id);
ALTER TABLE api_key ADD CONSTRAINT pk_api_key PRIMARY KEY (tenant_id, id);
ALTER TABLE app_user ADD CONSTRAINT pk_app_user PRIMARY KEY (tenant_id, id);
ALTER TABLE assortment ADD CONSTRAINT pk_assortment PRIMARY KEY (tenant_id, id);
ALTER TABLE assortment_audience
  ADD CONSTRAINT pk_assortment_audience PRIMARY KEY (tenant_id, assortment_id, kind, target_id);
ALTER TABLE assortment_item ADD CONSTRAINT pk_assortment_item PRIMARY KEY (tenant_id, assortment_id, kind, target_id);
ALTER TABLE audit_entry ADD CONSTRAINT pk_audit_entry PRIMARY KEY (tenant_id, id);
ALTER TABLE audit_seal ADD CONSTRAINT pk_audit_seal PRIMARY KEY (tenant_id, number);
ALTER TABLE brand ADD CONSTRAINT pk_brand PRIMARY KEY (tenant_id, id);
ALTER TABLE category ADD CONSTRAINT pk_category PRIMARY KEY (tenant_id, id);
ALTER TABLE channel ADD CONSTRAINT pk_channel PRIMARY KEY (tenant_id, id);
ALTER TABLE contact ADD CONSTRAINT pk_contact PRIMARY KEY (tenant_id, id);
ALTER TABLE customer ADD CONSTRAINT pk_customer PRIMARY KEY (tenant_id, id);
ALTER TABLE data_version ADD CONSTRAINT pk_data_version PRIMARY KEY (tenant_id, kind);
ALTER TABLE department ADD CONSTRAINT pk_department PRIMARY KEY (tenant_id, id);
ALTER TABLE draft ADD CONSTRAINT pk_draft PRIMARY KEY (tenant_id, id);
ALTER TABLE goods_receipt ADD CONSTRAINT pk_goods_receipt PRIMARY KEY (tenant_id, id);
ALTER TABLE goods_receipt_line ADD CONSTRAINT pk_goods_receipt_line PRIMARY KEY (tenant_id, receipt_id, line_no);
ALTER TABLE historical_return ADD CONSTRAINT pk_historical_return PRIMARY KEY (tenant_id, id);
ALTER TABLE host ADD CONSTRAINT pk_host PRIMARY KEY (name);
ALTER TABLE idempotency_key ADD CONSTRAINT pk_idempotency_key PRIMARY KEY (tenant_id, principal_id, route, key);
ALTER TABLE number_counter ADD CONSTRAINT pk_number_counter PRIMARY KEY (tenant_id, stem);
ALTER TABLE order_line ADD CONSTRAINT pk_order_line PRIMARY KEY (tenant_id, order_id, line_no);
ALTER TABLE organisation ADD CONSTRAINT pk_organisation PRIMARY KEY (tenant_id, id);
ALTER TABLE outbox_event ADD CONSTRAINT pk_outbox_event PRIMARY KEY (tenant_id, id);
ALTER TABLE outbox_mark ADD CONSTRAINT pk_outbox_mark PRIMARY KEY (tenant_id, event_id, reaction);
ALTER TABLE price_entry
  ADD CONSTRAINT pk_price_entry PRIMARY KEY (tenant_id, list_id, sku_id, unit, minimum_quantity);
ALTER TABLE price_list ADD CONSTRAINT pk_price_list PRIMARY KEY (tenant_id, id);
ALTER TABLE product ADD CONSTRAINT pk_product PRIMARY KEY (tenant_id, id);
ALTER TABLE product_media ADD CONSTRAINT pk_product_media PRIMARY KEY (tenant_id, product_id, position);
ALTER TABLE recovery_code ADD CONSTRAINT pk_recovery_code PRIMARY KEY (tenant_id, user_id, code_hash);
ALTER TABLE region ADD CONSTRAINT pk_region PRIMARY KEY (tenant_id, id);
ALTER TABLE reservation ADD CONSTRAINT pk_reservation PRIMARY KEY (tenant_id, document_id, line_no, warehouse_id);
ALTER TABLE role ADD CONSTRAINT pk_role PRIMARY KEY (tenant_id, id);
ALTER TABLE role_permission ADD CONSTRAINT pk_role_permission PRIMARY KEY (tenant_id, role_id, permission);
ALTER TABLE sales_order ADD CONSTRAINT pk_sales_order PRIMARY KEY (tenant_id, id);
ALTER TABLE search_token ADD CONSTRAINT pk_search_token PRIMARY KEY (tenant_id, kind, token, subject_id);
ALTER TABLE session ADD CONSTRAINT pk_session PRIMARY KEY (tenant_id, id);
ALTER TABLE sign_in_window ADD CONSTRAINT pk_sign_in_window PRIMARY KEY (tenant_id, subject);
ALTER TABLE sku ADD CONSTRAINT pk_sku PRIMARY KEY (tenant_id, id);
ALTER TABLE sku_cost ADD CONSTRAINT pk_sku_cost PRIMARY KEY (tenant_id, sku_id, valid_from);
ALTER TABLE sku_unit ADD CONSTRAINT pk_sku_unit PRIMARY KEY (tenant_id, sku_id, unit);
ALTER TABLE stock ADD CONSTRAINT pk_stock PRIMARY KEY (tenant_id, sku_id, warehouse_id);
ALTER TABLE stock_move ADD CONSTRAINT pk_stock_move PRIMARY KEY (tenant_id, id);
ALTER TABLE stored_file ADD CONSTRAINT pk_stored_file PRIMARY KEY (tenant_id, sha256);
ALTER TABLE tenant ADD CONSTRAINT pk_tenant PRIMARY KEY (id);
ALTER TABLE tier ADD CONSTRAINT pk_tier PRIMARY KEY (tenant_id, id);
ALTER TABLE unit ADD CONSTRAINT pk_unit PRIMARY KEY (tenant_id, code);
ALTER TABLE user_customer ADD CONSTRAINT pk_user_customer PRIMARY KEY (tenant_id, user_id, customer_id);
ALTER TABLE user_region ADD CONSTRAINT pk_user_region PRIMARY KEY (tenant_id, user_id, region_id);
ALTER TABLE user_role ADD CONSTRAINT pk_user_role PRIMARY KEY (tenant_id, user_id, role_id);
ALTER TABLE warehouse ADD CONSTRAINT pk_warehouse PRIMARY KEY (tenant_id, id);

ALTER TABLE account
  ADD CONSTRAINT fk_account_tenant_id_customer_id FOREIGN KEY(tenant_id, customer_id)
  REFERENCES customer (tenant_id, id);
ALTER TABLE account
  ADD CONSTRAINT fk_account_tenant_id_organisation_id FOREIGN KEY(tenant_id, organisation_id)
  REFERENCES organisation (tenant_id, id);
ALTER TABLE account_entry
  ADD CONSTRAINT fk_account_entry_tenant_id_account_id FOREIGN KEY(tenant_id, account_id)
  REFERENCES account (tenant_id, id);
ALTER TABLE address
  ADD CONSTRAINT fk_address_tenant_id_customer_id FOREIGN KEY(tenant_id, customer_id)
  REFERENCES customer (tenant_id, id);
ALTER TABLE api_key
  ADD CONSTRAINT fk_api_key_tenant_id_user_id FOREIGN KEY(tenant_id, user_id)
  REFERENCES app_user (tenant_id, id);
ALTER TABLE api_key
  ADD CONSTRAINT fk_api_key_tenant_id_created_by FOREIGN KEY(tenant_id, created_by)
  REFERENCES app_user (tenant_id, id);
ALTER TABLE app_user
  ADD CONSTRAINT fk_app_user_tenant_id_department_id FOREIGN KEY(tenant_id, department_id)
  REFERENCES department (tenant_id, id);
ALTER TABLE assortment_audience
  ADD CONSTRAINT fk_assortment_audience_tenant_id_assortment_id FOREIGN KEY(tenant_id, assortment_id)
  REFERENCES assortment (tenant_id, id);
ALTER TABLE assortment_item
  ADD CONSTRAINT fk_assortment_item_tenant_id_assortment_id FOREIGN KEY(tenant_id, assortment_id)
  REFERENCES assortment (tenant_id, id);
ALTER TABLE category
  ADD CONSTRAINT fk_category_tenant_id_parent_id FOREIGN KEY(tenant_id, parent_id)
  REFERENCES category (tenant_id, id);
ALTER TABLE contact
  ADD CONSTRAINT fk_contact_tenant_id_customer_id FOREIGN KEY(tenant_id, customer_id)
  REFERENCES customer (tenant_id, id);
ALTER TABLE customer
  ADD CONSTRAINT fk_customer_tenant_id_tier_id FOREIGN KEY(tenant_id, tier_id)
  REFERENCES tier (tenant_id, id);
ALTER TABLE customer
  ADD CONSTRAINT fk_customer_tenant_id_region_id FOREIGN KEY(tenant_id, region_id)
  REFERENCES region (tenant_id, id);
ALTER TABLE customer
  ADD CONSTRAINT fk_customer_tenant_id_channel_id FOREIGN KEY(tenant_id, channel_id)
  REFERENCES channel (tenant_id, id);
ALTER TABLE customer
  ADD CONSTRAINT fk_customer_tenant_id_parent_id FOREIGN KEY(tenant_id, parent_id)
  REFERENCES customer (tenant_id, id);
ALTER TABLE customer
  ADD CONSTRAINT fk_customer_tenant_id_owner_id FOREIGN KEY(tenant_id, owner_id)
  REFERENCES app_user (tenant_id, id);
ALTER TABLE customer
  ADD CONSTRAINT fk_customer_tenant_id_department_id FOREIGN KEY(tenant_id, department_id)
  REFERENCES department (tenant_id, id);
ALTER TABLE department
  ADD CONSTRAINT fk_department_tenant_id_parent_id FOREIGN KEY(tenant_id, parent_id)
  REFERENCES department (tenant_id, id);
ALTER TABLE department
  ADD CONSTRAINT fk_department_tenant_id_head_id FOREIGN KEY(tenant_id, head_id)
  REFERENCES app_user (tenant_id, id);
ALTER TABLE draft
  ADD CONSTRAINT fk_draft_tenant_id_customer_id FOREIGN KEY(tenant_id, customer_id)
  REFERENCES customer (tenant_id, id);
ALTER TABLE draft
  ADD CONSTRAINT fk_draft_tenant_id_organisation_id FOREIGN KEY(tenant_id, organisation_id)
  REFERENCES organisation (tenant_id, id);
ALTER TABLE goods_receipt
  ADD CONSTRAINT fk_goods_receipt_tenant_id_warehouse_id FOREIGN KEY(tenant_id, warehouse_id)
  REFERENCES warehouse (tenant_id, id);
ALTER TABLE goods_receipt_line
  ADD CONSTRAINT fk_goods_receipt_line_tenant_id_receipt_id FOREIGN KEY(tenant_id, receipt_id)
  REFERENCES goods_receipt (tenant_id, id);
ALTER TABLE goods_receipt_line
  ADD CONSTRAINT fk_goods_receipt_line_tenant_id_sku_id FOREIGN KEY(tenant_id, sku_id)
  REFERENCES sku (tenant_id, id);
ALTER TABLE historical_return
  ADD CONSTRAINT fk_historical_return_tenant_id_customer_id FOREIGN KEY(tenant_id, customer_id)
  REFERENCES customer (tenant_id, id);
ALTER TABLE historical_return
  ADD CONSTRAINT fk_historical_return_tenant_id_sku_id FOREIGN KEY(tenant_id, sku_id)
  REFERENCES sku (tenant_id, id);
ALTER TABLE historical_return
  ADD CONSTRAINT fk_historical_return_tenant_id_order_id_order_line_no FOREIGN KEY(tenant_id, order_id, order_line_no)
  REFERENCES order_line (tenant_id, order_id, line_no);
ALTER TABLE host ADD CONSTRAINT fk_host_tenant FOREIGN KEY(tenant) REFERENCES tenant (id);
ALTER TABLE order_line
  ADD CONSTRAINT fk_order_line_tenant_id_order_id FOREIGN KEY(tenant_id, order_id)
  REFERENCES sales_order (tenant_id, id);
ALTER TABLE order_line
  ADD CONSTRAINT fk_order_line_tenant_id_sku_id FOREIGN KEY(tenant_id, sku_id)
  REFERENCES sku (tenant_id, id);
ALTER TABLE outbox_mark
  ADD CONSTRAINT fk_outbox_mark_tenant_id_event_id FOREIGN KEY(tenant_id, event_id)
  REFERENCES outbox_event (tenant_id, id);
ALTER TABLE price_entry
  ADD CONSTRAINT fk_price_entry_tenant_id_list_id FOREIGN KEY(tenant_id, list_id)
  REFERENCES price_list (tenant_id, id);
ALTER TABLE price_entry
  ADD CONSTRAINT fk_price_entry_tenant_id_sku_id_unit FOREIGN KEY(tenant_id, sku_id, unit)
  REFERENCES sku_unit (tenant_id, sku_id, unit);
ALTER TABLE price_list
  ADD CONSTRAINT fk_price_list_tenant_id_customer_id FOREIGN KEY(tenant_id, customer_id)
  REFERENCES customer (tenant_id, id);
ALTER TABLE price_list
  ADD CONSTRAINT fk_price_list_tenant_id_tier_id FOREIGN KEY(tenant_id, tier_id)
  REFERENCES tier (tenant_id, id);
ALTER TABLE price_list
  ADD CONSTRAINT fk_price_list_tenant_id_region_id FOREIGN KEY(tenant_id, region_id)
  REFERENCES region (tenant_id, id);
ALTER TABLE price_list
  ADD CONSTRAINT fk_price_list_tenant_id_channel_id FOREIGN KEY(tenant_id, channel_id)
  REFERENCES channel (tenant_id, id);
ALTER TABLE product
  ADD CONSTRAINT fk_product_tenant_id_category_id FOREIGN KEY(tenant_id, category_id)
  REFERENCES category (tenant_id, id);
ALTER TABLE product
  ADD CONSTRAINT fk_product_tenant_id_brand_id FOREIGN KEY(tenant_id, brand_id)
  REFERENCES brand (tenant_id, id);
ALTER TABLE product_media
  ADD CONSTRAINT fk_product_media_tenant_id_product_id FOREIGN KEY(tenant_id, product_id)
  REFERENCES product (tenant_id, id);
ALTER TABLE product_media
  ADD CONSTRAINT fk_product_media_tenant_id_sku_id FOREIGN KEY(tenant_id, sku_id)
  REFERENCES sku (tenant_id, id);
ALTER TABLE product_media
  ADD CONSTRAINT fk_product_media_tenant_id_sha256 FOREIGN KEY(tenant_id, sha256)
  REFERENCES stored_file (tenant_id, sha256);
ALTER TABLE recovery_code
  ADD CONSTRAINT fk_recovery_code_tenant_id_user_id FOREIGN KEY(tenant_id, user_id)
  REFERENCES app_user (tenant_id, id);
ALTER TABLE region
  ADD CONSTRAINT fk_region_tenant_id_parent_id FOREIGN KEY(tenant_id, parent_id)
  REFERENCES region (tenant_id, id);
ALTER TABLE reservation
  ADD CONSTRAINT fk_reservation_tenant_id_sku_id_warehouse_id FOREIGN KEY(tenant_id, sku_id, warehouse_id)
  REFERENCES stock (tenant_id, sku_id, warehouse_id);
ALTER TABLE role_permission
  ADD CONSTRAINT fk_role_permission_tenant_id_role_id FOREIGN KEY(tenant_id, role_id)
  REFERENCES role (tenant_id, id);
ALTER TABLE sales_order
  ADD CONSTRAINT fk_sales_order_tenant_id_organisation_id FOREIGN KEY(tenant_id, organisation_id)
  REFERENCES organisation (tenant_id, id);
ALTER TABLE sales_order
  ADD CONSTRAINT fk_sales_order_tenant_id_customer_id FOREIGN KEY(tenant_id, customer_id)
  REFERENCES customer (tenant_id, id);
ALTER TABLE session
  ADD CONSTRAINT fk_session_tenant_id_user_id FOREIGN KEY(tenant_id, user_id)
  REFERENCES app_user (tenant_id, id);
ALTER TABLE sku
  ADD CONSTRAINT fk_sku_tenant_id_product_id FOREIGN KEY(tenant_id, product_id)
  REFERENCES product (tenant_id, id);
ALTER TABLE sku
  ADD CONSTRAINT fk_sku_tenant_id_base_unit FOREIGN KEY(tenant_id, base_unit)
  REFERENCES unit (tenant_id, code);
ALTER TABLE sku
  ADD CONSTRAINT fk_sku_tenant_id_sales_unit FOREIGN KEY(tenant_id, sales_unit)
  REFERENCES unit (tenant_id, code);
ALTER TABLE sku_cost
  ADD CONSTRAINT fk_sku_cost_tenant_id_sku_id FOREIGN KEY(tenant_id, sku_id)
  REFERENCES sku (tenant_id, id);
ALTER TABLE sku_unit
  ADD CONSTRAINT fk_sku_unit_tenant_id_sku_id FOREIGN KEY(tenant_id, sku_id)
  REFERENCES sku (tenant_id, id);
ALTER TABLE sku_unit
  ADD CONSTRAINT fk_sku_unit_tenant_id_unit FOREIGN KEY(tenant_id, unit)
  REFERENCES unit (tenant_id, code);
ALTER TABLE stock
  ADD CONSTRAINT fk_stock_tenant_id_sku_id FOREIGN KEY(tenant_id, sku_id)
  REFERENCES sku (tenant_id, id);
ALTER TABLE stock
  ADD CONSTRAINT fk_stock_tenant_id_warehouse_id FOREIGN KEY(tenant_id, warehouse_id)
  REFERENCES warehouse (tenant_id, id);
ALTER TABLE stock_move
  ADD CONSTRAINT fk_stock_move_tenant_id_sku_id_warehouse_id FOREIGN KEY(tenant_id, sku_id, warehouse_id)
  REFERENCES stock (tenant_id, sku_id, warehouse_id);
ALTER TABLE user_customer
  ADD CONSTRAINT fk_user_customer_tenant_id_user_id FOREIGN KEY(tenant_id, user_id)
  REFERENCES app_user (tenant_id, id);
ALTER TABLE user_customer
  ADD CONSTRAINT fk_user_customer_tenant_id_customer_id FOREIGN KEY(tenant_id, customer_id)
  REFERENCES customer (tenant_id, id);
ALTER TABLE user_region
  ADD CONSTRAINT fk_user_region_tenant_id_user_id FOREIGN KEY(tenant_id, user_id)
  REFERENCES app_user (tenant_id, id);
ALTER TABLE user_region
  ADD CONSTRAINT fk_user_region_tenant_id_region_id FOREIGN KEY(tenant_id, region_id)
  REFERENCES region (tenant_id, id);
ALTER TABLE user_role
  ADD CONSTRAINT fk_user_role_tenant_id_user_id FOREIGN KEY(tenant_id, user_id)
  REFERENCES app_user (tenant_id, id);
ALTER TABLE user_role
  ADD CONSTRAINT fk_user_role_tenant_id_role_id FOREIGN KEY(tenant_id, role_id)
  REFERENCES role (tenant_id, id);
ALTER TABLE warehouse
  ADD CONSTRAINT fk_warehouse_tenant_id_region_id FOREIGN KEY(tenant_id, region_id)
  REFERENCES region (tenant_id, id);

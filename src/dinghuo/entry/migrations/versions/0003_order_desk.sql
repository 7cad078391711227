-- Tables of the order desk: promotions, approvals, amendments, rules, promises. Primary keys are made after every
-- other index of their table (see 0001).

-- kit: pictures in the sizes that screens ask for
CREATE TABLE picture_size (
  tenant_id BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  width INTEGER NOT NULL,
  content_type TEXT,
  content BYTEA,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL
);
ALTER TABLE picture_size ADD CONSTRAINT pk_picture_size PRIMARY KEY (tenant_id, sha256, width);
ALTER TABLE picture_size ADD CONSTRAINT fk_picture_size_tenant_id_sha256 FOREIGN KEY (tenant_id, sha256) REFERENCES stored_file (tenant_id, sha256);

-- inventory: safety stock, expected supply, who is served before whom, from where regions are served
ALTER TABLE warehouse ADD COLUMN latitude NUMERIC(9, 6);
ALTER TABLE warehouse ADD COLUMN longitude NUMERIC(9, 6);
ALTER TABLE warehouse ADD CONSTRAINT ck_warehouse_place_whole CHECK ((latitude is null) = (longitude is null));
ALTER TABLE stock ADD COLUMN safety NUMERIC(18, 6) DEFAULT '0' NOT NULL;
ALTER TABLE stock ADD CONSTRAINT ck_stock_safety_not_negative CHECK (safety >= 0);
ALTER TABLE reservation ADD COLUMN priority INTEGER DEFAULT '100' NOT NULL;
ALTER TABLE reservation ADD COLUMN source TEXT;
CREATE TABLE expected_supply (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  sku_id UUID NOT NULL,
  warehouse_id UUID NOT NULL,
  expected_on DATE NOT NULL,
  quantity NUMERIC(18, 6) NOT NULL,
  received NUMERIC(18, 6) DEFAULT '0' NOT NULL,
  document TEXT,
  supplier TEXT,
  note TEXT,
  state TEXT DEFAULT 'expected' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_expected_supply_state CHECK (state in ('expected', 'cancelled')),
  CONSTRAINT ck_expected_supply_quantity_positive CHECK (quantity > 0 and received >= 0)
);
CREATE INDEX ix_expected_supply_date ON expected_supply (tenant_id, expected_on, id);
CREATE INDEX ix_expected_supply_open ON expected_supply (tenant_id, sku_id, expected_on) WHERE state = 'expected' AND received < quantity;
ALTER TABLE expected_supply ADD CONSTRAINT uq_expected_supply_tenant_id_code UNIQUE (tenant_id, code);
ALTER TABLE expected_supply ADD CONSTRAINT pk_expected_supply PRIMARY KEY (tenant_id, id);
ALTER TABLE expected_supply ADD CONSTRAINT fk_expected_supply_tenant_id_sku_id FOREIGN KEY (tenant_id, sku_id) REFERENCES sku (tenant_id, id);
ALTER TABLE expected_supply ADD CONSTRAINT fk_expected_supply_tenant_id_warehouse_id FOREIGN KEY (tenant_id, warehouse_id) REFERENCES warehouse (tenant_id, id);
CREATE TABLE inventory_setting (
  tenant_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  value JSONB NOT NULL
);
ALTER TABLE inventory_setting ADD CONSTRAINT pk_inventory_setting PRIMARY KEY (tenant_id, name);
CREATE TABLE allocation_priority (
  tenant_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  target_id UUID NOT NULL,
  priority INTEGER NOT NULL,
  CONSTRAINT ck_allocation_priority_kind CHECK (kind in ('customer', 'tier')),
  CONSTRAINT ck_allocation_priority_priority_range CHECK (priority between 0 and 999)
);
ALTER TABLE allocation_priority ADD CONSTRAINT pk_allocation_priority PRIMARY KEY (tenant_id, kind, target_id);
CREATE TABLE sourcing_rule (
  tenant_id BIGINT NOT NULL,
  region_id UUID NOT NULL,
  warehouses UUID[] DEFAULT '{}' NOT NULL,
  latitude NUMERIC(9, 6),
  longitude NUMERIC(9, 6),
  CONSTRAINT ck_sourcing_rule_place_whole CHECK ((latitude is null) = (longitude is null))
);
ALTER TABLE sourcing_rule ADD CONSTRAINT pk_sourcing_rule PRIMARY KEY (tenant_id, region_id);
ALTER TABLE sourcing_rule ADD CONSTRAINT fk_sourcing_rule_tenant_id_region_id FOREIGN KEY (tenant_id, region_id) REFERENCES region (tenant_id, id);

ALTER TABLE goods_receipt_line ADD COLUMN supply_id UUID;
ALTER TABLE goods_receipt_line ADD CONSTRAINT fk_goods_receipt_line_tenant_id_supply_id FOREIGN KEY (tenant_id, supply_id) REFERENCES expected_supply (tenant_id, id);

-- orders: when a line's goods were promised for
ALTER TABLE order_line ADD COLUMN promised_date DATE;

-- accounts: quantities that may be taken up until they are gone
CREATE TABLE allotment (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  subject_id UUID NOT NULL,
  period_from DATE,
  quantity NUMERIC(18, 6) NOT NULL,
  taken NUMERIC(18, 6) DEFAULT '0' NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT ck_allotment_kind CHECK (kind in ('quota', 'blanket')),
  CONSTRAINT ck_allotment_never_overdrawn CHECK (taken >= 0 and taken <= quantity)
);
CREATE INDEX ix_allotment_subject ON allotment (tenant_id, subject_id, period_from);
ALTER TABLE allotment ADD CONSTRAINT pk_allotment PRIMARY KEY (tenant_id, id);
CREATE TABLE allotment_entry (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  allotment_id UUID NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  quantity NUMERIC(18, 6) NOT NULL,
  verb TEXT NOT NULL,
  document_id UUID NOT NULL,
  line_no INTEGER NOT NULL,
  CONSTRAINT ck_allotment_entry_verb CHECK (verb in ('reserve', 'release')),
  CONSTRAINT ck_allotment_entry_moves_something CHECK (quantity <> 0)
);
CREATE INDEX ix_allotment_entry_allotment ON allotment_entry (tenant_id, allotment_id, id);
CREATE INDEX ix_allotment_entry_document ON allotment_entry (tenant_id, document_id, line_no);
ALTER TABLE allotment_entry ADD CONSTRAINT pk_allotment_entry PRIMARY KEY (tenant_id, id);
ALTER TABLE allotment_entry ADD CONSTRAINT fk_allotment_entry_tenant_id_allotment_id FOREIGN KEY (tenant_id, allotment_id) REFERENCES allotment (tenant_id, id);

-- orders: rules, calendars, routes, quotas, charges; blanket orders; where an order comes from
CREATE TABLE order_rule (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  kind TEXT NOT NULL,
  organisation_id UUID,
  target TEXT NOT NULL,
  customer_id UUID,
  tier_id UUID,
  region_id UUID,
  channel_id UUID,
  scope TEXT NOT NULL,
  currency TEXT DEFAULT 'CNY' NOT NULL,
  valid_from DATE NOT NULL,
  valid_until DATE,
  active BOOLEAN DEFAULT 'true' NOT NULL,
  terms JSONB NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_order_rule_kind CHECK (kind in ('minimum', 'freight', 'delivery')),
  CONSTRAINT ck_order_rule_target CHECK (target in ('contract', 'tier_region', 'tier', 'region', 'channel', 'base')),
  CONSTRAINT ck_order_rule_validity CHECK (valid_until is null or valid_until >= valid_from),
  CONSTRAINT ex_order_rule_overlap EXCLUDE USING gist (tenant_id WITH =, scope WITH =, currency WITH =, daterange(valid_from, valid_until, '[]') WITH &&) WHERE (active) DEFERRABLE INITIALLY IMMEDIATE
);
ALTER TABLE order_rule ADD CONSTRAINT uq_order_rule_tenant_id_code UNIQUE (tenant_id, code);
ALTER TABLE order_rule ADD CONSTRAINT pk_order_rule PRIMARY KEY (tenant_id, id);
ALTER TABLE order_rule ADD CONSTRAINT fk_order_rule_tenant_id_organisation_id FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisation (tenant_id, id);
ALTER TABLE order_rule ADD CONSTRAINT fk_order_rule_tenant_id_customer_id FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id);
ALTER TABLE order_rule ADD CONSTRAINT fk_order_rule_tenant_id_tier_id FOREIGN KEY (tenant_id, tier_id) REFERENCES tier (tenant_id, id);
ALTER TABLE order_rule ADD CONSTRAINT fk_order_rule_tenant_id_region_id FOREIGN KEY (tenant_id, region_id) REFERENCES region (tenant_id, id);
ALTER TABLE order_rule ADD CONSTRAINT fk_order_rule_tenant_id_channel_id FOREIGN KEY (tenant_id, channel_id) REFERENCES channel (tenant_id, id);
CREATE TABLE work_calendar (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  base TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_work_calendar_base CHECK (base in ('china', 'weekdays', 'every_day'))
);
ALTER TABLE work_calendar ADD CONSTRAINT uq_work_calendar_tenant_id_code UNIQUE (tenant_id, code);
ALTER TABLE work_calendar ADD CONSTRAINT pk_work_calendar PRIMARY KEY (tenant_id, id);
CREATE TABLE calendar_day (
  tenant_id BIGINT NOT NULL,
  calendar_id UUID NOT NULL,
  day DATE NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  CONSTRAINT ck_calendar_day_kind CHECK (kind in ('holiday', 'working'))
);
ALTER TABLE calendar_day ADD CONSTRAINT pk_calendar_day PRIMARY KEY (tenant_id, calendar_id, day);
ALTER TABLE calendar_day ADD CONSTRAINT fk_calendar_day_tenant_id_calendar_id FOREIGN KEY (tenant_id, calendar_id) REFERENCES work_calendar (tenant_id, id);
CREATE TABLE delivery_route (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  weekdays INTEGER[] NOT NULL,
  cut_off TEXT,
  lead_days INTEGER,
  calendar_id UUID,
  active BOOLEAN DEFAULT 'true' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_delivery_route_lead_days_range CHECK (lead_days between 0 and 90)
);
ALTER TABLE delivery_route ADD CONSTRAINT uq_delivery_route_tenant_id_code UNIQUE (tenant_id, code);
CREATE INDEX ix_delivery_route_calendar ON delivery_route (tenant_id, calendar_id);
ALTER TABLE delivery_route ADD CONSTRAINT pk_delivery_route PRIMARY KEY (tenant_id, id);
ALTER TABLE delivery_route ADD CONSTRAINT fk_delivery_route_tenant_id_calendar_id FOREIGN KEY (tenant_id, calendar_id) REFERENCES work_calendar (tenant_id, id);
CREATE TABLE route_stop (
  tenant_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  target_id UUID NOT NULL,
  route_id UUID NOT NULL,
  CONSTRAINT ck_route_stop_kind CHECK (kind in ('customer', 'region'))
);
CREATE INDEX ix_route_stop_route ON route_stop (tenant_id, route_id, kind, target_id);
ALTER TABLE route_stop ADD CONSTRAINT pk_route_stop PRIMARY KEY (tenant_id, kind, target_id);
ALTER TABLE route_stop ADD CONSTRAINT fk_route_stop_tenant_id_route_id FOREIGN KEY (tenant_id, route_id) REFERENCES delivery_route (tenant_id, id);
CREATE TABLE quota (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT,
  sku_id UUID NOT NULL,
  target TEXT NOT NULL,
  customer_id UUID,
  tier_id UUID,
  region_id UUID,
  channel_id UUID,
  scope TEXT NOT NULL,
  period TEXT NOT NULL,
  quantity NUMERIC(18, 6) NOT NULL,
  valid_from DATE NOT NULL,
  valid_until DATE,
  active BOOLEAN DEFAULT 'true' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_quota_target CHECK (target in ('contract', 'tier_region', 'tier', 'region', 'channel', 'base')),
  CONSTRAINT ck_quota_period CHECK (period in ('once', 'day', 'week', 'month')),
  CONSTRAINT ck_quota_quantity_not_negative CHECK (quantity >= 0),
  CONSTRAINT ck_quota_validity CHECK (valid_until is null or valid_until >= valid_from)
);
ALTER TABLE quota ADD CONSTRAINT uq_quota_tenant_id_code UNIQUE (tenant_id, code);
CREATE INDEX ix_quota_sku ON quota (tenant_id, sku_id, code);
ALTER TABLE quota ADD CONSTRAINT pk_quota PRIMARY KEY (tenant_id, id);
ALTER TABLE quota ADD CONSTRAINT fk_quota_tenant_id_sku_id FOREIGN KEY (tenant_id, sku_id) REFERENCES sku (tenant_id, id);
ALTER TABLE quota ADD CONSTRAINT fk_quota_tenant_id_customer_id FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id);
ALTER TABLE quota ADD CONSTRAINT fk_quota_tenant_id_tier_id FOREIGN KEY (tenant_id, tier_id) REFERENCES tier (tenant_id, id);
ALTER TABLE quota ADD CONSTRAINT fk_quota_tenant_id_region_id FOREIGN KEY (tenant_id, region_id) REFERENCES region (tenant_id, id);
ALTER TABLE quota ADD CONSTRAINT fk_quota_tenant_id_channel_id FOREIGN KEY (tenant_id, channel_id) REFERENCES channel (tenant_id, id);
CREATE TABLE order_charge (
  tenant_id BIGINT NOT NULL,
  order_id UUID NOT NULL,
  charge_no INTEGER NOT NULL,
  kind TEXT NOT NULL,
  rule TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  tax_rate NUMERIC(7, 6),
  net NUMERIC(18, 2) NOT NULL,
  tax NUMERIC(18, 2) NOT NULL,
  gross NUMERIC(18, 2) NOT NULL,
  reason JSONB NOT NULL,
  CONSTRAINT ck_order_charge_kind CHECK (kind in ('freight')),
  CONSTRAINT ck_order_charge_tax_adds_up CHECK (net + tax = gross)
);
ALTER TABLE order_charge ADD CONSTRAINT pk_order_charge PRIMARY KEY (tenant_id, order_id, charge_no);
ALTER TABLE order_charge ADD CONSTRAINT fk_order_charge_tenant_id_order_id FOREIGN KEY (tenant_id, order_id) REFERENCES sales_order (tenant_id, id);
CREATE TABLE blanket_order (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  number TEXT NOT NULL,
  organisation_id UUID NOT NULL,
  customer_id UUID NOT NULL,
  name TEXT NOT NULL,
  state TEXT DEFAULT 'draft' NOT NULL,
  currency TEXT NOT NULL,
  tax_inclusive BOOLEAN NOT NULL,
  valid_from DATE NOT NULL,
  valid_until DATE NOT NULL,
  customer_reference TEXT,
  note TEXT,
  created_by UUID,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_blanket_order_state CHECK (state in ('active', 'closed', 'draft', 'expired')),
  CONSTRAINT ck_blanket_order_validity CHECK (valid_until >= valid_from)
);
ALTER TABLE blanket_order ADD CONSTRAINT uq_blanket_order_tenant_id_number UNIQUE (tenant_id, number);
CREATE INDEX ix_blanket_order_customer ON blanket_order (tenant_id, customer_id, id);
CREATE INDEX ix_blanket_order_running ON blanket_order (tenant_id, valid_until) WHERE state = 'active';
ALTER TABLE blanket_order ADD CONSTRAINT pk_blanket_order PRIMARY KEY (tenant_id, id);
ALTER TABLE blanket_order ADD CONSTRAINT fk_blanket_order_tenant_id_organisation_id FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisation (tenant_id, id);
ALTER TABLE blanket_order ADD CONSTRAINT fk_blanket_order_tenant_id_customer_id FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id);
CREATE TABLE blanket_line (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  blanket_id UUID NOT NULL,
  line_no INTEGER NOT NULL,
  sku_id UUID NOT NULL,
  unit TEXT NOT NULL,
  quantity NUMERIC(18, 6) NOT NULL,
  base_quantity NUMERIC(18, 6) NOT NULL,
  price NUMERIC(18, 6) NOT NULL,
  CONSTRAINT ck_blanket_line_quantity_positive CHECK (quantity > 0 and base_quantity > 0),
  CONSTRAINT ck_blanket_line_price_not_negative CHECK (price >= 0)
);
ALTER TABLE blanket_line ADD CONSTRAINT uq_blanket_line_tenant_id_blanket_id_sku_id UNIQUE (tenant_id, blanket_id, sku_id);
ALTER TABLE blanket_line ADD CONSTRAINT pk_blanket_line PRIMARY KEY (tenant_id, id);
ALTER TABLE blanket_line ADD CONSTRAINT fk_blanket_line_tenant_id_blanket_id FOREIGN KEY (tenant_id, blanket_id) REFERENCES blanket_order (tenant_id, id);
ALTER TABLE blanket_line ADD CONSTRAINT fk_blanket_line_tenant_id_sku_id FOREIGN KEY (tenant_id, sku_id) REFERENCES sku (tenant_id, id);
ALTER TABLE sales_order ADD COLUMN origin_kind TEXT;
ALTER TABLE sales_order ADD COLUMN origin_id UUID;
ALTER TABLE sales_order ADD COLUMN earliest_date DATE;

-- words of master data, warehouses, settings, the company: edited by who read them (If-Match)
ALTER TABLE tier ADD COLUMN revision INTEGER DEFAULT '1' NOT NULL;
ALTER TABLE region ADD COLUMN revision INTEGER DEFAULT '1' NOT NULL;
ALTER TABLE channel ADD COLUMN revision INTEGER DEFAULT '1' NOT NULL;
ALTER TABLE category ADD COLUMN revision INTEGER DEFAULT '1' NOT NULL;
ALTER TABLE brand ADD COLUMN revision INTEGER DEFAULT '1' NOT NULL;
ALTER TABLE unit ADD COLUMN revision INTEGER DEFAULT '1' NOT NULL;
ALTER TABLE warehouse ADD COLUMN revision INTEGER DEFAULT '1' NOT NULL;
ALTER TABLE portal_setting ADD COLUMN revision INTEGER DEFAULT '1' NOT NULL;
ALTER TABLE tenant ADD COLUMN revision INTEGER DEFAULT '1' NOT NULL;

-- accounts: budgets of promotions and coupons
CREATE TABLE budget (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id UUID NOT NULL,
  customer_id UUID,
  amount_limit NUMERIC(18, 2),
  uses_limit INTEGER,
  amount NUMERIC(18, 2) DEFAULT '0' NOT NULL,
  uses INTEGER DEFAULT '0' NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT ck_budget_subject_kind CHECK (subject_kind in ('promotion', 'coupon')),
  CONSTRAINT ck_budget_not_negative CHECK (amount >= 0 and uses >= 0),
  CONSTRAINT ck_budget_never_overspent CHECK (amount <= amount_limit and uses <= uses_limit)
) WITH (fillfactor = 50);
CREATE INDEX ix_budget_subject ON budget (tenant_id, subject_id, id);
ALTER TABLE budget ADD CONSTRAINT pk_budget PRIMARY KEY (tenant_id, id);
ALTER TABLE budget ADD CONSTRAINT fk_budget_tenant_id_customer_id FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id);
CREATE TABLE budget_entry (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  budget_id UUID NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  amount NUMERIC(18, 2) NOT NULL,
  uses INTEGER NOT NULL,
  verb TEXT NOT NULL,
  document_kind TEXT NOT NULL,
  document_id UUID NOT NULL,
  CONSTRAINT ck_budget_entry_verb CHECK (verb in ('reserve', 'release')),
  CONSTRAINT ck_budget_entry_moves_something CHECK (amount <> 0 or uses <> 0)
);
CREATE INDEX ix_budget_entry_budget ON budget_entry (tenant_id, budget_id, id);
CREATE INDEX ix_budget_entry_document ON budget_entry (tenant_id, document_id);
ALTER TABLE budget_entry ADD CONSTRAINT pk_budget_entry PRIMARY KEY (tenant_id, id);
ALTER TABLE budget_entry ADD CONSTRAINT fk_budget_entry_tenant_id_budget_id FOREIGN KEY (tenant_id, budget_id) REFERENCES budget (tenant_id, id);

-- pricing: promotions, whom and which goods they are for, coupons
CREATE TABLE promotion (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  kind TEXT NOT NULL,
  state TEXT DEFAULT 'draft' NOT NULL,
  currency TEXT DEFAULT 'CNY' NOT NULL,
  valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
  valid_until TIMESTAMP WITH TIME ZONE,
  measure TEXT,
  steps JSONB DEFAULT '[]' NOT NULL,
  repeats BOOLEAN DEFAULT 'false' NOT NULL,
  bundle_price NUMERIC(18, 2),
  gift_sku_id UUID,
  gift_unit TEXT,
  priority INTEGER DEFAULT '0' NOT NULL,
  exclusion_group TEXT,
  stackable BOOLEAN DEFAULT 'false' NOT NULL,
  first_order_only BOOLEAN DEFAULT 'false' NOT NULL,
  coupon_required BOOLEAN DEFAULT 'false' NOT NULL,
  budget NUMERIC(18, 2),
  customer_budget NUMERIC(18, 2),
  uses INTEGER,
  customer_uses INTEGER,
  published_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_promotion_kind CHECK (kind in ('percent', 'amount_off', 'fixed_price', 'bundle', 'spend_save', 'buy_get')),
  CONSTRAINT ck_promotion_state CHECK (state in ('draft', 'published', 'withdrawn')),
  CONSTRAINT ck_promotion_measure CHECK (measure in ('amount', 'quantity')),
  CONSTRAINT ck_promotion_validity CHECK (valid_until > valid_from),
  CONSTRAINT ck_promotion_bundle_price_not_negative CHECK (bundle_price >= 0),
  CONSTRAINT ck_promotion_bounds CHECK (budget >= 0 and customer_budget >= 0 and uses >= 0 and customer_uses >= 0)
);
CREATE INDEX ix_promotion_published ON promotion (tenant_id, id) WHERE state = 'published';
ALTER TABLE promotion ADD CONSTRAINT uq_promotion_tenant_id_code UNIQUE (tenant_id, code);
ALTER TABLE promotion ADD CONSTRAINT pk_promotion PRIMARY KEY (tenant_id, id);
ALTER TABLE promotion ADD CONSTRAINT fk_promotion_tenant_id_gift_sku_id_gift_unit FOREIGN KEY (tenant_id, gift_sku_id, gift_unit) REFERENCES sku_unit (tenant_id, sku_id, unit);
CREATE TABLE promotion_audience (
  tenant_id BIGINT NOT NULL,
  promotion_id UUID NOT NULL,
  kind TEXT NOT NULL,
  target_id UUID NOT NULL,
  CONSTRAINT ck_promotion_audience_kind CHECK (kind in ('customer', 'tier', 'region', 'channel'))
);
CREATE INDEX ix_promotion_audience_target ON promotion_audience (tenant_id, target_id);
ALTER TABLE promotion_audience ADD CONSTRAINT pk_promotion_audience PRIMARY KEY (tenant_id, promotion_id, kind, target_id);
ALTER TABLE promotion_audience ADD CONSTRAINT fk_promotion_audience_tenant_id_promotion_id FOREIGN KEY (tenant_id, promotion_id) REFERENCES promotion (tenant_id, id);
CREATE TABLE promotion_item (
  tenant_id BIGINT NOT NULL,
  promotion_id UUID NOT NULL,
  kind TEXT NOT NULL,
  target_id UUID NOT NULL,
  unit TEXT,
  quantity NUMERIC(18, 6),
  price NUMERIC(18, 6),
  CONSTRAINT ck_promotion_item_kind CHECK (kind in ('sku', 'product', 'category', 'brand')),
  CONSTRAINT ck_promotion_item_quantity_positive CHECK (quantity > 0),
  CONSTRAINT ck_promotion_item_price_not_negative CHECK (price >= 0)
);
CREATE INDEX ix_promotion_item_target ON promotion_item (tenant_id, target_id);
ALTER TABLE promotion_item ADD CONSTRAINT pk_promotion_item PRIMARY KEY (tenant_id, promotion_id, kind, target_id);
ALTER TABLE promotion_item ADD CONSTRAINT fk_promotion_item_tenant_id_promotion_id FOREIGN KEY (tenant_id, promotion_id) REFERENCES promotion (tenant_id, id);
CREATE TABLE coupon (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  promotion_id UUID NOT NULL,
  customer_id UUID,
  uses INTEGER DEFAULT '1',
  active BOOLEAN DEFAULT 'true' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_coupon_uses_positive CHECK (uses > 0)
);
CREATE INDEX ix_coupon_promotion ON coupon (tenant_id, promotion_id, code);
ALTER TABLE coupon ADD CONSTRAINT uq_coupon_tenant_id_code UNIQUE (tenant_id, code);
ALTER TABLE coupon ADD CONSTRAINT pk_coupon PRIMARY KEY (tenant_id, id);
ALTER TABLE coupon ADD CONSTRAINT fk_coupon_tenant_id_promotion_id FOREIGN KEY (tenant_id, promotion_id) REFERENCES promotion (tenant_id, id);
ALTER TABLE coupon ADD CONSTRAINT fk_coupon_tenant_id_customer_id FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id);

-- orders: gift lines, what promotions took off, what each granted, coupons in carts
ALTER TABLE order_line ADD COLUMN kind TEXT DEFAULT 'goods' NOT NULL;
ALTER TABLE order_line ADD COLUMN discount NUMERIC(18, 2) DEFAULT '0' NOT NULL;
ALTER TABLE order_line ADD COLUMN promotion_id UUID;
ALTER TABLE order_line ADD COLUMN given_by INTEGER[];
ALTER TABLE order_line ADD CONSTRAINT ck_order_line_kind CHECK (kind in ('goods', 'gift'));
ALTER TABLE order_line ADD CONSTRAINT ck_order_line_gift CHECK (discount >= 0 and (kind = 'goods' or (gross = 0 and promotion_id is not null)));
ALTER TABLE sales_order ADD COLUMN promotions JSONB;
ALTER TABLE draft ADD COLUMN coupons JSONB DEFAULT '[]' NOT NULL;

-- inventory: transfers between warehouses
CREATE TABLE transfer (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  number TEXT NOT NULL,
  from_id UUID NOT NULL,
  to_id UUID NOT NULL,
  state TEXT NOT NULL,
  expected_on DATE NOT NULL,
  note TEXT,
  line_count INTEGER NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  created_by UUID,
  shipped_at TIMESTAMP WITH TIME ZONE,
  received_at TIMESTAMP WITH TIME ZONE,
  differs BOOLEAN DEFAULT 'false' NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_transfer_state CHECK (state in ('cancelled', 'draft', 'received', 'shipped')),
  CONSTRAINT ck_transfer_goes_elsewhere CHECK (from_id <> to_id)
);
CREATE INDEX ix_transfer_state ON transfer (tenant_id, state, id);
ALTER TABLE transfer ADD CONSTRAINT uq_transfer_tenant_id_number UNIQUE (tenant_id, number);
ALTER TABLE transfer ADD CONSTRAINT pk_transfer PRIMARY KEY (tenant_id, id);
ALTER TABLE transfer ADD CONSTRAINT fk_transfer_tenant_id_from_id FOREIGN KEY (tenant_id, from_id) REFERENCES warehouse (tenant_id, id);
ALTER TABLE transfer ADD CONSTRAINT fk_transfer_tenant_id_to_id FOREIGN KEY (tenant_id, to_id) REFERENCES warehouse (tenant_id, id);
CREATE TABLE transfer_line (
  tenant_id BIGINT NOT NULL,
  transfer_id UUID NOT NULL,
  line_no INTEGER NOT NULL,
  sku_id UUID NOT NULL,
  unit TEXT NOT NULL,
  quantity NUMERIC(18, 6) NOT NULL,
  base_quantity NUMERIC(18, 6) NOT NULL,
  received NUMERIC(18, 6) DEFAULT '0' NOT NULL,
  CONSTRAINT ck_transfer_line_quantity_positive CHECK (quantity > 0 and base_quantity > 0),
  CONSTRAINT ck_transfer_line_received_of_sent CHECK (received between 0 and base_quantity)
);
CREATE INDEX ix_transfer_line_sku ON transfer_line (tenant_id, sku_id, transfer_id);
ALTER TABLE transfer_line ADD CONSTRAINT pk_transfer_line PRIMARY KEY (tenant_id, transfer_id, line_no);
ALTER TABLE transfer_line ADD CONSTRAINT fk_transfer_line_tenant_id_transfer_id FOREIGN KEY (tenant_id, transfer_id) REFERENCES transfer (tenant_id, id);
ALTER TABLE transfer_line ADD CONSTRAINT fk_transfer_line_tenant_id_sku_id FOREIGN KEY (tenant_id, sku_id) REFERENCES sku (tenant_id, id);

-- orders: what customers mean by the words they paste
CREATE TABLE paste_phrase (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  customer_id UUID NOT NULL,
  phrase TEXT NOT NULL,
  sku_id UUID NOT NULL,
  unit TEXT,
  times INTEGER DEFAULT '1' NOT NULL,
  learned_by UUID,
  learned_by_name TEXT,
  by_dealer BOOLEAN DEFAULT 'false' NOT NULL,
  learned_at TIMESTAMP WITH TIME ZONE NOT NULL
);
ALTER TABLE paste_phrase ADD CONSTRAINT uq_paste_phrase_tenant_id_customer_id_phrase UNIQUE (tenant_id, customer_id, phrase);
ALTER TABLE paste_phrase ADD CONSTRAINT pk_paste_phrase PRIMARY KEY (tenant_id, id);
ALTER TABLE paste_phrase ADD CONSTRAINT fk_paste_phrase_tenant_id_customer_id FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id);
ALTER TABLE paste_phrase ADD CONSTRAINT fk_paste_phrase_tenant_id_sku_id FOREIGN KEY (tenant_id, sku_id) REFERENCES sku (tenant_id, id);

-- inventory: stock counts as documents
CREATE TABLE stock_count (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  number TEXT NOT NULL,
  warehouse_id UUID NOT NULL,
  state TEXT NOT NULL,
  note TEXT,
  line_count INTEGER NOT NULL,
  counted_count INTEGER DEFAULT '0' NOT NULL,
  difference_count INTEGER DEFAULT '0' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  created_by UUID,
  created_by_name TEXT NOT NULL,
  submitted_at TIMESTAMP WITH TIME ZONE,
  booked_at TIMESTAMP WITH TIME ZONE,
  request_id UUID,
  last_outcome TEXT,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_stock_count_state CHECK (state in ('booked', 'cancelled', 'open', 'pending_approval'))
);
CREATE INDEX ix_stock_count_state ON stock_count (tenant_id, state, id);
ALTER TABLE stock_count ADD CONSTRAINT uq_stock_count_tenant_id_number UNIQUE (tenant_id, number);
ALTER TABLE stock_count ADD CONSTRAINT pk_stock_count PRIMARY KEY (tenant_id, id);
ALTER TABLE stock_count ADD CONSTRAINT fk_stock_count_tenant_id_warehouse_id FOREIGN KEY (tenant_id, warehouse_id) REFERENCES warehouse (tenant_id, id);
CREATE TABLE stock_count_line (
  tenant_id BIGINT NOT NULL,
  count_id UUID NOT NULL,
  line_no INTEGER NOT NULL,
  sku_id UUID NOT NULL,
  expected NUMERIC(18, 6) NOT NULL,
  counted NUMERIC(18, 6),
  note TEXT,
  CONSTRAINT ck_stock_count_line_not_negative CHECK (expected >= 0 and counted >= 0)
);
ALTER TABLE stock_count_line ADD CONSTRAINT uq_stock_count_line_tenant_id_count_id_sku_id UNIQUE (tenant_id, count_id, sku_id);
ALTER TABLE stock_count_line ADD CONSTRAINT pk_stock_count_line PRIMARY KEY (tenant_id, count_id, line_no);
ALTER TABLE stock_count_line ADD CONSTRAINT fk_stock_count_line_tenant_id_count_id FOREIGN KEY (tenant_id, count_id) REFERENCES stock_count (tenant_id, id);
ALTER TABLE stock_count_line ADD CONSTRAINT fk_stock_count_line_tenant_id_sku_id FOREIGN KEY (tenant_id, sku_id) REFERENCES sku (tenant_id, id);

-- inventory: lots
CREATE TABLE lot_tracking (
  tenant_id BIGINT NOT NULL,
  sku_id UUID NOT NULL,
  shelf_life_days INTEGER,
  CONSTRAINT ck_lot_tracking_shelf_life_range CHECK (shelf_life_days between 1 and 36500)
);
ALTER TABLE lot_tracking ADD CONSTRAINT pk_lot_tracking PRIMARY KEY (tenant_id, sku_id);
ALTER TABLE lot_tracking ADD CONSTRAINT fk_lot_tracking_tenant_id_sku_id FOREIGN KEY (tenant_id, sku_id) REFERENCES sku (tenant_id, id);
CREATE TABLE lot (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  sku_id UUID NOT NULL,
  number TEXT NOT NULL,
  made_on DATE,
  expires_on DATE NOT NULL,
  supplier_lot TEXT,
  state TEXT DEFAULT 'active' NOT NULL,
  block_reason TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_lot_state CHECK (state in ('active', 'blocked'))
);
CREATE INDEX ix_lot_expires ON lot (tenant_id, expires_on, id);
ALTER TABLE lot ADD CONSTRAINT uq_lot_tenant_id_sku_id_number UNIQUE (tenant_id, sku_id, number);
ALTER TABLE lot ADD CONSTRAINT pk_lot PRIMARY KEY (tenant_id, id);
ALTER TABLE lot ADD CONSTRAINT fk_lot_tenant_id_sku_id FOREIGN KEY (tenant_id, sku_id) REFERENCES sku (tenant_id, id);
CREATE TABLE lot_stock (
  tenant_id BIGINT NOT NULL,
  sku_id UUID NOT NULL,
  warehouse_id UUID NOT NULL,
  lot_id UUID NOT NULL,
  on_hand NUMERIC(18, 6) NOT NULL,
  CONSTRAINT ck_lot_stock_not_negative CHECK (on_hand >= 0)
);
CREATE INDEX ix_lot_stock_lot ON lot_stock (tenant_id, lot_id, warehouse_id);
ALTER TABLE lot_stock ADD CONSTRAINT pk_lot_stock PRIMARY KEY (tenant_id, sku_id, warehouse_id, lot_id);
ALTER TABLE lot_stock ADD CONSTRAINT fk_lot_stock_tenant_id_sku_id_warehouse_id FOREIGN KEY (tenant_id, sku_id, warehouse_id) REFERENCES stock (tenant_id, sku_id, warehouse_id);
ALTER TABLE lot_stock ADD CONSTRAINT fk_lot_stock_tenant_id_lot_id FOREIGN KEY (tenant_id, lot_id) REFERENCES lot (tenant_id, id);
CREATE TABLE lot_move (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  move_id UUID NOT NULL,
  lot_id UUID NOT NULL,
  quantity NUMERIC(18, 6) NOT NULL,
  CONSTRAINT ck_lot_move_moves_something CHECK (quantity <> 0)
);
CREATE INDEX ix_lot_move_lot ON lot_move (tenant_id, lot_id, id);
CREATE INDEX ix_lot_move_move ON lot_move (tenant_id, move_id);
ALTER TABLE lot_move ADD CONSTRAINT pk_lot_move PRIMARY KEY (tenant_id, id);
ALTER TABLE lot_move ADD CONSTRAINT fk_lot_move_tenant_id_move_id FOREIGN KEY (tenant_id, move_id) REFERENCES stock_move (tenant_id, id);
ALTER TABLE lot_move ADD CONSTRAINT fk_lot_move_tenant_id_lot_id FOREIGN KEY (tenant_id, lot_id) REFERENCES lot (tenant_id, id);
CREATE TABLE minimum_life (
  tenant_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  target_id UUID NOT NULL,
  days INTEGER NOT NULL,
  CONSTRAINT ck_minimum_life_kind CHECK (kind in ('customer', 'tier')),
  CONSTRAINT ck_minimum_life_days_range CHECK (days between 1 and 3650)
);
ALTER TABLE minimum_life ADD CONSTRAINT pk_minimum_life PRIMARY KEY (tenant_id, kind, target_id);
ALTER TABLE goods_receipt_line ADD COLUMN lot_id UUID;
ALTER TABLE goods_receipt_line ADD CONSTRAINT fk_goods_receipt_line_tenant_id_lot_id FOREIGN KEY (tenant_id, lot_id) REFERENCES lot (tenant_id, id);

-- approvals: policies by version, requests with their steps and tasks, the ledger of decisions, delegations
CREATE TABLE approval_policy (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  position INTEGER DEFAULT '0' NOT NULL,
  active BOOLEAN DEFAULT 'true' NOT NULL,
  version INTEGER DEFAULT '1' NOT NULL,
  updated_by TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL
);
CREATE TABLE approval_policy_version (
  tenant_id BIGINT NOT NULL,
  policy_id UUID NOT NULL,
  version INTEGER NOT NULL,
  condition TEXT NOT NULL,
  uses TEXT[] NOT NULL,
  steps JSONB NOT NULL,
  waives TEXT[] DEFAULT '{}' NOT NULL,
  expires_hours INTEGER,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  made_by TEXT NOT NULL
);
CREATE TABLE approval_request (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id UUID NOT NULL,
  title TEXT NOT NULL,
  state TEXT DEFAULT 'open' NOT NULL,
  policies JSONB NOT NULL,
  facts JSONB NOT NULL,
  people JSONB DEFAULT '{}' NOT NULL,
  customer_id UUID,
  requested_by UUID,
  requested_by_name TEXT NOT NULL,
  step_no INTEGER DEFAULT '1' NOT NULL,
  steps INTEGER NOT NULL,
  opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE,
  decided_at TIMESTAMP WITH TIME ZONE,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_approval_request_state CHECK (state in ('approved', 'open', 'rejected', 'withdrawn')),
  CONSTRAINT ck_approval_request_decided_whole CHECK ((state = 'open') = (decided_at is null))
);
CREATE TABLE approval_step (
  tenant_id BIGINT NOT NULL,
  request_id UUID NOT NULL,
  step_no INTEGER NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  mode TEXT NOT NULL,
  needed INTEGER,
  approvers JSONB NOT NULL,
  due_hours INTEGER,
  on_timeout TEXT DEFAULT 'remind' NOT NULL,
  escalate_to JSONB DEFAULT '[]' NOT NULL,
  state TEXT DEFAULT 'waiting' NOT NULL,
  round INTEGER DEFAULT '0' NOT NULL,
  opened_at TIMESTAMP WITH TIME ZONE,
  due_at TIMESTAMP WITH TIME ZONE,
  closed_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT ck_approval_step_mode CHECK (mode in ('any', 'all', 'of')),
  CONSTRAINT ck_approval_step_on_timeout CHECK (on_timeout in ('remind', 'escalate')),
  CONSTRAINT ck_approval_step_state CHECK (state in ('closed', 'done', 'open', 'rejected', 'waiting'))
);
CREATE TABLE approval_task (
  tenant_id BIGINT NOT NULL,
  request_id UUID NOT NULL,
  step_no INTEGER NOT NULL,
  round INTEGER NOT NULL,
  user_id UUID NOT NULL,
  origin TEXT NOT NULL,
  state TEXT DEFAULT 'open' NOT NULL,
  asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  closed_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT ck_approval_task_origin CHECK (origin in ('policy', 'fallback', 'added', 'handed_over', 'escalated')),
  CONSTRAINT ck_approval_task_state CHECK (state in ('approved', 'closed', 'handed_over', 'open', 'rejected'))
);
CREATE TABLE approval_decision (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  request_id UUID NOT NULL,
  step_no INTEGER,
  round INTEGER,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  verb TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id UUID,
  actor_name TEXT NOT NULL,
  on_behalf_of UUID,
  on_behalf_of_name TEXT,
  comment TEXT,
  facts JSONB,
  target_id UUID,
  target_name TEXT,
  to_step INTEGER,
  CONSTRAINT ck_approval_decision_verb CHECK (verb in ('opened', 'approved', 'rejected', 'added', 'handed_over', 'returned', 'withdrawn', 'escalated', 'reminded', 'expired'))
);
CREATE TABLE approval_delegation (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  user_id UUID NOT NULL,
  delegate_id UUID NOT NULL,
  starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
  reason TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  created_by TEXT NOT NULL,
  CONSTRAINT ck_approval_delegation_lasts CHECK (ends_at >= starts_at),
  CONSTRAINT ck_approval_delegation_to_another CHECK (user_id <> delegate_id)
);
ALTER TABLE approval_policy ADD CONSTRAINT uq_approval_policy_tenant_id_code UNIQUE (tenant_id, code);
CREATE INDEX ix_approval_policy_kind ON approval_policy (tenant_id, subject_kind, position, id);
CREATE INDEX ix_approval_request_subject ON approval_request (tenant_id, subject_id, id);
CREATE UNIQUE INDEX ix_approval_request_once ON approval_request (tenant_id, subject_kind, subject_id) WHERE state = 'open';
CREATE INDEX ix_approval_request_state ON approval_request (tenant_id, state, id);
CREATE INDEX ix_approval_request_by ON approval_request (tenant_id, requested_by, id);
CREATE INDEX ix_approval_request_customer ON approval_request (tenant_id, customer_id, id);
CREATE INDEX ix_approval_task_open ON approval_task (tenant_id, user_id, request_id) WHERE state = 'open';
CREATE INDEX ix_approval_task_user ON approval_task (tenant_id, user_id, request_id);
CREATE INDEX ix_approval_decision_request ON approval_decision (tenant_id, request_id, id);
CREATE INDEX ix_approval_delegation_user ON approval_delegation (tenant_id, user_id, ends_at);
CREATE INDEX ix_approval_delegation_delegate ON approval_delegation (tenant_id, delegate_id, ends_at);
ALTER TABLE approval_policy ADD CONSTRAINT pk_approval_policy PRIMARY KEY (tenant_id, id);
ALTER TABLE approval_policy_version ADD CONSTRAINT pk_approval_policy_version PRIMARY KEY (tenant_id, policy_id, version);
ALTER TABLE approval_request ADD CONSTRAINT pk_approval_request PRIMARY KEY (tenant_id, id);
ALTER TABLE approval_step ADD CONSTRAINT pk_approval_step PRIMARY KEY (tenant_id, request_id, step_no);
ALTER TABLE approval_task ADD CONSTRAINT pk_approval_task PRIMARY KEY (tenant_id, request_id, step_no, round, user_id);
ALTER TABLE approval_decision ADD CONSTRAINT pk_approval_decision PRIMARY KEY (tenant_id, id);
ALTER TABLE approval_delegation ADD CONSTRAINT pk_approval_delegation PRIMARY KEY (tenant_id, id);
ALTER TABLE approval_policy_version ADD CONSTRAINT fk_approval_policy_version_tenant_id_policy_id FOREIGN KEY (tenant_id, policy_id) REFERENCES approval_policy (tenant_id, id);
ALTER TABLE approval_request ADD CONSTRAINT fk_approval_request_tenant_id_customer_id FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id);
ALTER TABLE approval_step ADD CONSTRAINT fk_approval_step_tenant_id_request_id FOREIGN KEY (tenant_id, request_id) REFERENCES approval_request (tenant_id, id);
ALTER TABLE approval_task ADD CONSTRAINT fk_approval_task_tenant_id_request_id_step_no FOREIGN KEY (tenant_id, request_id, step_no) REFERENCES approval_step (tenant_id, request_id, step_no);
ALTER TABLE approval_task ADD CONSTRAINT fk_approval_task_tenant_id_user_id FOREIGN KEY (tenant_id, user_id) REFERENCES app_user (tenant_id, id);
ALTER TABLE approval_decision ADD CONSTRAINT fk_approval_decision_tenant_id_request_id FOREIGN KEY (tenant_id, request_id) REFERENCES approval_request (tenant_id, id);
ALTER TABLE approval_delegation ADD CONSTRAINT fk_approval_delegation_tenant_id_user_id FOREIGN KEY (tenant_id, user_id) REFERENCES app_user (tenant_id, id);
ALTER TABLE approval_delegation ADD CONSTRAINT fk_approval_delegation_tenant_id_delegate_id FOREIGN KEY (tenant_id, delegate_id) REFERENCES app_user (tenant_id, id);
ALTER TABLE region ADD COLUMN head_id UUID;
ALTER TABLE region ADD CONSTRAINT fk_region_tenant_id_head_id FOREIGN KEY (tenant_id, head_id) REFERENCES app_user (tenant_id, id);

-- notices: messages to people, and the company's app in WeCom
CREATE TABLE message (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  group_id UUID NOT NULL,
  user_id UUID NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  title_en TEXT NOT NULL,
  body TEXT DEFAULT '' NOT NULL,
  body_en TEXT DEFAULT '' NOT NULL,
  link TEXT,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  read_at TIMESTAMP WITH TIME ZONE
);
CREATE TABLE wecom_app (
  tenant_id BIGINT NOT NULL,
  corp_id TEXT NOT NULL,
  agent_id INTEGER NOT NULL,
  secret TEXT,
  active BOOLEAN DEFAULT 'false' NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL
);
CREATE TABLE wecom_person (
  tenant_id BIGINT NOT NULL,
  user_id UUID NOT NULL,
  wecom_user TEXT NOT NULL
);
ALTER TABLE message ADD CONSTRAINT uq_message_tenant_id_group_id_user_id UNIQUE (tenant_id, group_id, user_id);
ALTER TABLE wecom_person ADD CONSTRAINT uq_wecom_person_tenant_id_wecom_user UNIQUE (tenant_id, wecom_user);
CREATE INDEX ix_message_user ON message (tenant_id, user_id, id);
CREATE INDEX ix_message_unread ON message (tenant_id, user_id, id) WHERE read_at IS NULL;
ALTER TABLE message ADD CONSTRAINT pk_message PRIMARY KEY (tenant_id, id);
ALTER TABLE wecom_app ADD CONSTRAINT pk_wecom_app PRIMARY KEY (tenant_id);
ALTER TABLE wecom_person ADD CONSTRAINT pk_wecom_person PRIMARY KEY (tenant_id, user_id);
ALTER TABLE message ADD CONSTRAINT fk_message_tenant_id_user_id FOREIGN KEY (tenant_id, user_id) REFERENCES app_user (tenant_id, id);
ALTER TABLE wecom_person ADD CONSTRAINT fk_wecom_person_tenant_id_user_id FOREIGN KEY (tenant_id, user_id) REFERENCES app_user (tenant_id, id);

-- orders: holds, payment, transfer slips, amendments, customers' own numbers, files
ALTER TABLE sales_order ADD COLUMN partial_delivery TEXT;
ALTER TABLE sales_order ADD COLUMN substitution TEXT;
CREATE TABLE order_hold (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  order_id UUID NOT NULL,
  reason TEXT NOT NULL,
  note TEXT,
  held_at TIMESTAMP WITH TIME ZONE NOT NULL,
  held_by UUID,
  held_by_name TEXT NOT NULL,
  released_at TIMESTAMP WITH TIME ZONE,
  released_by UUID,
  released_by_name TEXT,
  release_note TEXT,
  CONSTRAINT ck_order_hold_reason CHECK (reason in ('manual', 'credit', 'overdue', 'stock', 'unpaid'))
);
CREATE UNIQUE INDEX ix_order_hold_open ON order_hold (tenant_id, order_id, reason) WHERE released_at IS NULL;
CREATE INDEX ix_order_hold_order ON order_hold (tenant_id, order_id, id);
ALTER TABLE order_hold ADD CONSTRAINT pk_order_hold PRIMARY KEY (tenant_id, id);
ALTER TABLE order_hold ADD CONSTRAINT fk_order_hold_tenant_id_order_id FOREIGN KEY (tenant_id, order_id) REFERENCES sales_order (tenant_id, id);
CREATE TABLE order_terms (
  tenant_id BIGINT NOT NULL,
  customer_id UUID NOT NULL,
  payment TEXT DEFAULT 'none' NOT NULL,
  deposit_percent NUMERIC(5, 2),
  expire_days INTEGER,
  unique_reference BOOLEAN DEFAULT 'false' NOT NULL,
  partial_delivery TEXT DEFAULT 'allowed' NOT NULL,
  substitution TEXT DEFAULT 'ask' NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT ck_order_terms_deposit_whole CHECK ((payment = 'deposit') = (deposit_percent is not null)),
  CONSTRAINT ck_order_terms_partial_delivery CHECK (partial_delivery in ('allowed', 'whole_lines', 'whole_order')),
  CONSTRAINT ck_order_terms_payment CHECK (payment in ('none', 'before_delivery', 'deposit')),
  CONSTRAINT ck_order_terms_substitution CHECK (substitution in ('never', 'ask', 'allowed'))
);
ALTER TABLE order_terms ADD CONSTRAINT pk_order_terms PRIMARY KEY (tenant_id, customer_id);
ALTER TABLE order_terms ADD CONSTRAINT fk_order_terms_tenant_id_customer_id FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id);
CREATE TABLE order_setting (
  tenant_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  value JSONB NOT NULL
);
ALTER TABLE order_setting ADD CONSTRAINT pk_order_setting PRIMARY KEY (tenant_id, name);
CREATE TABLE order_payment (
  tenant_id BIGINT NOT NULL,
  order_id UUID NOT NULL,
  customer_id UUID NOT NULL,
  organisation_id UUID NOT NULL,
  currency TEXT NOT NULL,
  policy TEXT NOT NULL,
  percent NUMERIC(5, 2),
  due NUMERIC(18, 2) NOT NULL,
  paid NUMERIC(18, 2) DEFAULT '0' NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE,
  settled_at TIMESTAMP WITH TIME ZONE,
  waived BOOLEAN DEFAULT 'false' NOT NULL,
  CONSTRAINT ck_order_payment_not_negative CHECK (due >= 0 and paid >= 0),
  CONSTRAINT ck_order_payment_policy CHECK (policy in ('none', 'before_delivery', 'deposit'))
);
CREATE INDEX ix_order_payment_expiring ON order_payment (tenant_id, expires_at, order_id) WHERE settled_at IS NULL;
CREATE INDEX ix_order_payment_set_aside ON order_payment (tenant_id, customer_id, organisation_id) WHERE paid > 0;
ALTER TABLE order_payment ADD CONSTRAINT pk_order_payment PRIMARY KEY (tenant_id, order_id);
ALTER TABLE order_payment ADD CONSTRAINT fk_order_payment_tenant_id_order_id FOREIGN KEY (tenant_id, order_id) REFERENCES sales_order (tenant_id, id);
CREATE TABLE transfer_slip (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  order_id UUID NOT NULL,
  customer_id UUID NOT NULL,
  currency TEXT NOT NULL,
  amount NUMERIC(18, 2) NOT NULL,
  confirmed_amount NUMERIC(18, 2),
  paid_on DATE NOT NULL,
  payer TEXT NOT NULL,
  bank_reference TEXT,
  note TEXT,
  sha256 TEXT NOT NULL,
  file_name TEXT NOT NULL,
  state TEXT NOT NULL,
  side TEXT NOT NULL,
  submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
  submitted_by UUID,
  submitted_by_name TEXT NOT NULL,
  decided_at TIMESTAMP WITH TIME ZONE,
  decided_by UUID,
  decided_by_name TEXT,
  reason TEXT,
  CONSTRAINT ck_transfer_slip_amount_positive CHECK (amount > 0 and (confirmed_amount is null or confirmed_amount > 0)),
  CONSTRAINT ck_transfer_slip_side CHECK (side in ('dealer', 'staff')),
  CONSTRAINT ck_transfer_slip_state CHECK (state in ('submitted', 'confirmed', 'refused', 'withdrawn'))
);
CREATE INDEX ix_transfer_slip_customer ON transfer_slip (tenant_id, customer_id, id);
CREATE INDEX ix_transfer_slip_order ON transfer_slip (tenant_id, order_id, id);
CREATE INDEX ix_transfer_slip_state ON transfer_slip (tenant_id, state, id);
ALTER TABLE transfer_slip ADD CONSTRAINT pk_transfer_slip PRIMARY KEY (tenant_id, id);
ALTER TABLE transfer_slip ADD CONSTRAINT fk_transfer_slip_tenant_id_customer_id FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id);
ALTER TABLE transfer_slip ADD CONSTRAINT fk_transfer_slip_tenant_id_order_id FOREIGN KEY (tenant_id, order_id) REFERENCES sales_order (tenant_id, id);
ALTER TABLE transfer_slip ADD CONSTRAINT fk_transfer_slip_tenant_id_sha256 FOREIGN KEY (tenant_id, sha256) REFERENCES stored_file (tenant_id, sha256);
CREATE TABLE order_reference (
  tenant_id BIGINT NOT NULL,
  customer_id UUID NOT NULL,
  reference TEXT NOT NULL,
  order_id UUID NOT NULL
);
CREATE INDEX ix_order_reference_order ON order_reference (tenant_id, order_id);
ALTER TABLE order_reference ADD CONSTRAINT pk_order_reference PRIMARY KEY (tenant_id, customer_id, reference);
ALTER TABLE order_reference ADD CONSTRAINT fk_order_reference_tenant_id_order_id FOREIGN KEY (tenant_id, order_id) REFERENCES sales_order (tenant_id, id);
CREATE TABLE order_upload (
  tenant_id BIGINT NOT NULL,
  order_id UUID NOT NULL,
  sha256 TEXT NOT NULL,
  uploaded_at TIMESTAMP WITH TIME ZONE NOT NULL
);
ALTER TABLE order_upload ADD CONSTRAINT pk_order_upload PRIMARY KEY (tenant_id, order_id, sha256);
ALTER TABLE order_upload ADD CONSTRAINT fk_order_upload_tenant_id_order_id FOREIGN KEY (tenant_id, order_id) REFERENCES sales_order (tenant_id, id);
ALTER TABLE order_upload ADD CONSTRAINT fk_order_upload_tenant_id_sha256 FOREIGN KEY (tenant_id, sha256) REFERENCES stored_file (tenant_id, sha256);
CREATE TABLE order_attachment (
  tenant_id BIGINT NOT NULL,
  order_id UUID NOT NULL,
  sha256 TEXT NOT NULL,
  name TEXT NOT NULL,
  added_at TIMESTAMP WITH TIME ZONE NOT NULL,
  added_by UUID,
  added_by_name TEXT NOT NULL,
  side TEXT NOT NULL,
  for_customer BOOLEAN NOT NULL,
  CONSTRAINT ck_order_attachment_side CHECK (side in ('dealer', 'staff'))
);
ALTER TABLE order_attachment ADD CONSTRAINT pk_order_attachment PRIMARY KEY (tenant_id, order_id, sha256);
ALTER TABLE order_attachment ADD CONSTRAINT fk_order_attachment_tenant_id_order_id FOREIGN KEY (tenant_id, order_id) REFERENCES sales_order (tenant_id, id);
ALTER TABLE order_attachment ADD CONSTRAINT fk_order_attachment_tenant_id_sha256 FOREIGN KEY (tenant_id, sha256) REFERENCES stored_file (tenant_id, sha256);
CREATE TABLE order_amendment (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  order_id UUID NOT NULL,
  customer_id UUID NOT NULL,
  state TEXT NOT NULL,
  waits_for TEXT,
  side TEXT NOT NULL,
  revision_from INTEGER NOT NULL,
  revision_to INTEGER,
  reason TEXT,
  reprice BOOLEAN DEFAULT 'false' NOT NULL,
  head JSONB DEFAULT '{}' NOT NULL,
  old_net NUMERIC(18, 2) NOT NULL,
  old_tax NUMERIC(18, 2) NOT NULL,
  old_gross NUMERIC(18, 2) NOT NULL,
  new_net NUMERIC(18, 2) NOT NULL,
  new_tax NUMERIC(18, 2) NOT NULL,
  new_gross NUMERIC(18, 2) NOT NULL,
  requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
  requested_by UUID,
  requested_by_name TEXT NOT NULL,
  consented_at TIMESTAMP WITH TIME ZONE,
  consented_by UUID,
  consented_by_name TEXT,
  decided_at TIMESTAMP WITH TIME ZONE,
  decided_by UUID,
  decided_by_name TEXT,
  decision_reason TEXT,
  CONSTRAINT ck_order_amendment_side CHECK (side in ('dealer', 'staff')),
  CONSTRAINT ck_order_amendment_state CHECK (state in ('pending', 'applied', 'rejected', 'withdrawn')),
  CONSTRAINT ck_order_amendment_waits_for CHECK (waits_for in ('colleague', 'seller', 'approval')),
  CONSTRAINT ck_order_amendment_waits_while_pending CHECK ((state = 'pending') = (waits_for is not null))
);
CREATE INDEX ix_order_amendment_customer ON order_amendment (tenant_id, customer_id, id);
CREATE INDEX ix_order_amendment_order ON order_amendment (tenant_id, order_id, id);
CREATE UNIQUE INDEX ix_order_amendment_pending ON order_amendment (tenant_id, order_id) WHERE state = 'pending';
CREATE INDEX ix_order_amendment_state ON order_amendment (tenant_id, state, id);
ALTER TABLE order_amendment ADD CONSTRAINT pk_order_amendment PRIMARY KEY (tenant_id, id);
ALTER TABLE order_amendment ADD CONSTRAINT fk_order_amendment_tenant_id_customer_id FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id);
ALTER TABLE order_amendment ADD CONSTRAINT fk_order_amendment_tenant_id_order_id FOREIGN KEY (tenant_id, order_id) REFERENCES sales_order (tenant_id, id);
CREATE TABLE order_amendment_line (
  tenant_id BIGINT NOT NULL,
  amendment_id UUID NOT NULL,
  line_no INTEGER NOT NULL,
  change TEXT NOT NULL,
  sku_id UUID NOT NULL,
  sku_code TEXT NOT NULL,
  sku_name TEXT NOT NULL,
  "old" JSONB,
  "new" JSONB,
  CONSTRAINT ck_order_amendment_line_change CHECK (change in ('added', 'changed', 'removed')),
  CONSTRAINT ck_order_amendment_line_sides_fit_change CHECK ((old is null) = (change = 'added') and (new is null) = (change = 'removed'))
);
ALTER TABLE order_amendment_line ADD CONSTRAINT pk_order_amendment_line PRIMARY KEY (tenant_id, amendment_id, line_no);
ALTER TABLE order_amendment_line ADD CONSTRAINT fk_order_amendment_line_tenant_id_amendment_id FOREIGN KEY (tenant_id, amendment_id) REFERENCES order_amendment (tenant_id, id);
ALTER TABLE order_amendment_line ADD CONSTRAINT fk_order_amendment_line_tenant_id_sku_id FOREIGN KEY (tenant_id, sku_id) REFERENCES sku (tenant_id, id);

-- portal: a colleague's consent to orders, messages to dealers' people
CREATE TABLE draft_consent (
  tenant_id BIGINT NOT NULL,
  draft_id UUID NOT NULL,
  customer_id UUID NOT NULL,
  state TEXT NOT NULL,
  message TEXT,
  gross NUMERIC(18, 2) NOT NULL,
  asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  asked_by UUID NOT NULL,
  asked_by_name TEXT NOT NULL,
  decided_at TIMESTAMP WITH TIME ZONE,
  decided_by UUID,
  decided_by_name TEXT,
  answer TEXT,
  changes JSONB DEFAULT '[]' NOT NULL,
  CONSTRAINT ck_draft_consent_state CHECK (state in ('waiting', 'given', 'refused', 'taken_back'))
);
CREATE TABLE consent_rule (
  tenant_id BIGINT NOT NULL,
  customer_id UUID NOT NULL,
  active BOOLEAN DEFAULT 'false' NOT NULL,
  above NUMERIC(18, 2),
  buyers UUID[] DEFAULT '{}' NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_by_name TEXT NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_consent_rule_above_nothing CHECK (above > 0)
);
ALTER TABLE message ADD COLUMN customer_id UUID;
CREATE INDEX ix_coupon_customer ON coupon (tenant_id, customer_id, code) WHERE customer_id IS NOT NULL;
CREATE INDEX ix_draft_consent_customer ON draft_consent (tenant_id, customer_id, draft_id);
CREATE INDEX ix_draft_consent_waiting ON draft_consent (tenant_id, customer_id, draft_id) WHERE state = 'waiting';
ALTER TABLE draft_consent ADD CONSTRAINT pk_draft_consent PRIMARY KEY (tenant_id, draft_id);
ALTER TABLE consent_rule ADD CONSTRAINT pk_consent_rule PRIMARY KEY (tenant_id, customer_id);
ALTER TABLE draft_consent ADD CONSTRAINT fk_draft_consent_tenant_id_draft_id FOREIGN KEY (tenant_id, draft_id) REFERENCES draft (tenant_id, id);
ALTER TABLE draft_consent ADD CONSTRAINT fk_draft_consent_tenant_id_customer_id FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id);
ALTER TABLE consent_rule ADD CONSTRAINT fk_consent_rule_tenant_id_customer_id FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id);

-- accounts: rebate balances
CREATE TABLE rebate_balance (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  customer_id UUID NOT NULL,
  organisation_id UUID NOT NULL,
  kind TEXT NOT NULL,
  currency TEXT NOT NULL,
  credited NUMERIC(18, 2) DEFAULT '0' NOT NULL,
  reserved NUMERIC(18, 2) DEFAULT '0' NOT NULL,
  used NUMERIC(18, 2) DEFAULT '0' NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT ck_rebate_balance_kind CHECK (kind in ('credit', 'goods')),
  CONSTRAINT ck_rebate_balance_never_overdrawn CHECK (reserved + used <= credited),
  CONSTRAINT ck_rebate_balance_not_negative CHECK (reserved >= 0 and used >= 0)
) WITH (fillfactor = 50);
ALTER TABLE rebate_balance ADD CONSTRAINT uq_rebate_balance_tenant_id_customer_id_organisation_id_4992 UNIQUE (tenant_id, customer_id, organisation_id, kind, currency);
ALTER TABLE rebate_balance ADD CONSTRAINT pk_rebate_balance PRIMARY KEY (tenant_id, id);
ALTER TABLE rebate_balance ADD CONSTRAINT fk_rebate_balance_tenant_id_customer_id FOREIGN KEY(tenant_id, customer_id) REFERENCES customer (tenant_id, id);
ALTER TABLE rebate_balance ADD CONSTRAINT fk_rebate_balance_tenant_id_organisation_id FOREIGN KEY(tenant_id, organisation_id) REFERENCES organisation (tenant_id, id);
CREATE TABLE rebate_entry (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  balance_id UUID NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  bucket TEXT NOT NULL,
  amount NUMERIC(18, 2) NOT NULL,
  verb TEXT NOT NULL,
  document_kind TEXT NOT NULL,
  document_id UUID NOT NULL,
  CONSTRAINT ck_rebate_entry_bucket CHECK (bucket in ('credited', 'reserved', 'used')),
  CONSTRAINT ck_rebate_entry_moves_something CHECK (amount <> 0),
  CONSTRAINT ck_rebate_entry_verb CHECK (verb in ('settle', 'reserve', 'consume', 'release', 'adjust'))
);
CREATE INDEX ix_rebate_entry_balance ON rebate_entry (tenant_id, balance_id, id);
CREATE INDEX ix_rebate_entry_document ON rebate_entry (tenant_id, document_id);
ALTER TABLE rebate_entry ADD CONSTRAINT pk_rebate_entry PRIMARY KEY (tenant_id, id);
ALTER TABLE rebate_entry ADD CONSTRAINT fk_rebate_entry_tenant_id_balance_id FOREIGN KEY(tenant_id, balance_id) REFERENCES rebate_balance (tenant_id, id);

-- orders: rebates that orders use
CREATE TABLE order_rebate (
  tenant_id BIGINT NOT NULL,
  order_id UUID NOT NULL,
  kind TEXT NOT NULL,
  balance_id UUID NOT NULL,
  customer_id UUID NOT NULL,
  organisation_id UUID NOT NULL,
  currency TEXT NOT NULL,
  amount NUMERIC(18, 2) NOT NULL,
  percent NUMERIC(5, 2),
  lines INTEGER[],
  used_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT ck_order_rebate_kind CHECK (kind in ('credit', 'goods')),
  CONSTRAINT ck_order_rebate_not_negative CHECK (amount >= 0)
);
CREATE INDEX ix_order_rebate_balance ON order_rebate (tenant_id, balance_id, order_id);
CREATE INDEX ix_order_rebate_customer ON order_rebate (tenant_id, customer_id, organisation_id) WHERE amount > 0;
ALTER TABLE order_rebate ADD CONSTRAINT pk_order_rebate PRIMARY KEY (tenant_id, order_id, kind);
ALTER TABLE order_rebate ADD CONSTRAINT fk_order_rebate_tenant_id_balance_id FOREIGN KEY(tenant_id, balance_id) REFERENCES rebate_balance (tenant_id, id);
ALTER TABLE order_rebate ADD CONSTRAINT fk_order_rebate_tenant_id_order_id FOREIGN KEY(tenant_id, order_id) REFERENCES sales_order (tenant_id, id);

-- rebates: agreements, accruals, settlements
CREATE TABLE rebate_agreement (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT,
  organisation_id UUID NOT NULL,
  currency TEXT DEFAULT 'CNY' NOT NULL,
  measure TEXT NOT NULL,
  method TEXT DEFAULT 'whole' NOT NULL,
  period TEXT NOT NULL,
  steps JSONB DEFAULT '[]' NOT NULL,
  settle_as TEXT DEFAULT 'credit' NOT NULL,
  with_branches BOOLEAN DEFAULT 'false' NOT NULL,
  valid_from DATE NOT NULL,
  valid_until DATE,
  active BOOLEAN DEFAULT 'true' NOT NULL,
  counted_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revision INTEGER DEFAULT '1' NOT NULL,
  CONSTRAINT ck_rebate_agreement_measure CHECK (measure in ('net', 'gross', 'quantity')),
  CONSTRAINT ck_rebate_agreement_method CHECK (method in ('whole', 'slice')),
  CONSTRAINT ck_rebate_agreement_period CHECK (period in ('month', 'quarter', 'year', 'term')),
  CONSTRAINT ck_rebate_agreement_settle_as CHECK (settle_as in ('credit', 'goods')),
  CONSTRAINT ck_rebate_agreement_term_ends CHECK (period <> 'term' or valid_until is not null),
  CONSTRAINT ck_rebate_agreement_validity CHECK (valid_until >= valid_from)
);
ALTER TABLE rebate_agreement ADD CONSTRAINT uq_rebate_agreement_tenant_id_code UNIQUE (tenant_id, code);
ALTER TABLE rebate_agreement ADD CONSTRAINT pk_rebate_agreement PRIMARY KEY (tenant_id, id);
ALTER TABLE rebate_agreement ADD CONSTRAINT fk_rebate_agreement_tenant_id_organisation_id FOREIGN KEY(tenant_id, organisation_id) REFERENCES organisation (tenant_id, id);
CREATE TABLE rebate_audience (
  tenant_id BIGINT NOT NULL,
  agreement_id UUID NOT NULL,
  kind TEXT NOT NULL,
  target_id UUID NOT NULL,
  CONSTRAINT ck_rebate_audience_kind CHECK (kind in ('customer', 'tier', 'region', 'channel'))
);
CREATE INDEX ix_rebate_audience_target ON rebate_audience (tenant_id, target_id);
ALTER TABLE rebate_audience ADD CONSTRAINT pk_rebate_audience PRIMARY KEY (tenant_id, agreement_id, kind, target_id);
ALTER TABLE rebate_audience ADD CONSTRAINT fk_rebate_audience_tenant_id_agreement_id FOREIGN KEY(tenant_id, agreement_id) REFERENCES rebate_agreement (tenant_id, id);
CREATE TABLE rebate_item (
  tenant_id BIGINT NOT NULL,
  agreement_id UUID NOT NULL,
  kind TEXT NOT NULL,
  target_id UUID NOT NULL,
  excluded BOOLEAN DEFAULT 'false' NOT NULL,
  CONSTRAINT ck_rebate_item_kind CHECK (kind in ('sku', 'product', 'category', 'brand'))
);
CREATE INDEX ix_rebate_item_target ON rebate_item (tenant_id, target_id);
ALTER TABLE rebate_item ADD CONSTRAINT pk_rebate_item PRIMARY KEY (tenant_id, agreement_id, kind, target_id);
ALTER TABLE rebate_item ADD CONSTRAINT fk_rebate_item_tenant_id_agreement_id FOREIGN KEY(tenant_id, agreement_id) REFERENCES rebate_agreement (tenant_id, id);
CREATE TABLE rebate_accrual (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  agreement_id UUID NOT NULL,
  customer_id UUID NOT NULL,
  period_from DATE NOT NULL,
  period_until DATE NOT NULL,
  amount NUMERIC(18, 2) DEFAULT '0' NOT NULL,
  quantity NUMERIC(18, 6) DEFAULT '0' NOT NULL,
  earned NUMERIC(18, 2) DEFAULT '0' NOT NULL,
  settled NUMERIC(18, 2) DEFAULT '0' NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT ck_rebate_accrual_not_negative CHECK (earned >= 0 and settled >= 0)
);
CREATE INDEX ix_rebate_accrual_agreement ON rebate_accrual (tenant_id, agreement_id, period_from, id);
CREATE INDEX ix_rebate_accrual_customer ON rebate_accrual (tenant_id, customer_id, period_from, id);
CREATE INDEX ix_rebate_accrual_period ON rebate_accrual (tenant_id, period_from, id);
CREATE INDEX ix_rebate_accrual_due ON rebate_accrual (tenant_id, period_until, id) WHERE earned != settled;
ALTER TABLE rebate_accrual ADD CONSTRAINT uq_rebate_accrual_tenant_id_agreement_id_customer_id_pe_77df UNIQUE (tenant_id, agreement_id, customer_id, period_from);
ALTER TABLE rebate_accrual ADD CONSTRAINT pk_rebate_accrual PRIMARY KEY (tenant_id, id);
ALTER TABLE rebate_accrual ADD CONSTRAINT fk_rebate_accrual_tenant_id_agreement_id FOREIGN KEY(tenant_id, agreement_id) REFERENCES rebate_agreement (tenant_id, id);
ALTER TABLE rebate_accrual ADD CONSTRAINT fk_rebate_accrual_tenant_id_customer_id FOREIGN KEY(tenant_id, customer_id) REFERENCES customer (tenant_id, id);
CREATE TABLE rebate_sale (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  accrual_id UUID NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  document_kind TEXT NOT NULL,
  document_id UUID NOT NULL,
  amount NUMERIC(18, 2) NOT NULL,
  quantity NUMERIC(18, 6) NOT NULL,
  CONSTRAINT ck_rebate_sale_document_kind CHECK (document_kind in ('order', 'historical_return')),
  CONSTRAINT ck_rebate_sale_moves_something CHECK (amount <> 0 or quantity <> 0)
);
CREATE INDEX ix_rebate_sale_accrual ON rebate_sale (tenant_id, accrual_id, id);
CREATE INDEX ix_rebate_sale_document ON rebate_sale (tenant_id, document_id);
ALTER TABLE rebate_sale ADD CONSTRAINT pk_rebate_sale PRIMARY KEY (tenant_id, id);
ALTER TABLE rebate_sale ADD CONSTRAINT fk_rebate_sale_tenant_id_accrual_id FOREIGN KEY(tenant_id, accrual_id) REFERENCES rebate_accrual (tenant_id, id);
CREATE TABLE rebate_settlement (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  until DATE NOT NULL,
  total NUMERIC(18, 2) NOT NULL,
  note TEXT,
  settled_at TIMESTAMP WITH TIME ZONE NOT NULL,
  settled_by UUID,
  settled_by_name TEXT NOT NULL
);
ALTER TABLE rebate_settlement ADD CONSTRAINT pk_rebate_settlement PRIMARY KEY (tenant_id, id);
CREATE TABLE rebate_settlement_line (
  tenant_id BIGINT NOT NULL,
  settlement_id UUID NOT NULL,
  accrual_id UUID NOT NULL,
  before NUMERIC(18, 2) NOT NULL,
  earned NUMERIC(18, 2) NOT NULL,
  amount NUMERIC(18, 2) NOT NULL,
  CONSTRAINT ck_rebate_settlement_line_settles_something CHECK (amount <> 0)
);
CREATE INDEX ix_rebate_settlement_line_accrual ON rebate_settlement_line (tenant_id, accrual_id, settlement_id);
ALTER TABLE rebate_settlement_line ADD CONSTRAINT pk_rebate_settlement_line PRIMARY KEY (tenant_id, settlement_id, accrual_id);
ALTER TABLE rebate_settlement_line ADD CONSTRAINT fk_rebate_settlement_line_tenant_id_accrual_id FOREIGN KEY(tenant_id, accrual_id) REFERENCES rebate_accrual (tenant_id, id);
ALTER TABLE rebate_settlement_line ADD CONSTRAINT fk_rebate_settlement_line_tenant_id_settlement_id FOREIGN KEY(tenant_id, settlement_id) REFERENCES rebate_settlement (tenant_id, id);

-- orders: what amendments change of charges, quotas that gifts are taken of too
ALTER TABLE order_amendment ADD COLUMN charges JSONB;
ALTER TABLE quota ADD COLUMN counts_gifts BOOLEAN DEFAULT 'false' NOT NULL;

-- orders: lines that go where their order does not, settings by revision
ALTER TABLE order_line ADD COLUMN ship_to JSONB;
ALTER TABLE order_setting ADD COLUMN revision INTEGER DEFAULT '1' NOT NULL;

-- inventory: lots that nobody gets, lots on count sheets, settings by revision
ALTER TABLE stock ADD COLUMN barred NUMERIC(18, 6) DEFAULT '0' NOT NULL;
ALTER TABLE stock ADD CONSTRAINT ck_stock_barred_not_negative CHECK (barred >= 0);
ALTER TABLE inventory_setting ADD COLUMN revision INTEGER DEFAULT '1' NOT NULL;
ALTER TABLE stock_count_line ADD COLUMN lot_id UUID;
ALTER TABLE stock_count_line DROP CONSTRAINT uq_stock_count_line_tenant_id_count_id_sku_id;
ALTER TABLE stock_count_line ADD CONSTRAINT uq_stock_count_line_tenant_id_count_id_sku_id_lot_id UNIQUE NULLS NOT DISTINCT (tenant_id, count_id, sku_id, lot_id);
ALTER TABLE stock_count_line ADD CONSTRAINT fk_stock_count_line_tenant_id_lot_id FOREIGN KEY (tenant_id, lot_id) REFERENCES lot (tenant_id, id);

-- lists: what each is narrowed to, in the order of the list
DROP INDEX ix_customer_owner, ix_customer_department, ix_customer_region, ix_customer_parent;
CREATE INDEX ix_customer_owner ON customer (tenant_id, owner_id, code);
CREATE INDEX ix_customer_department ON customer (tenant_id, department_id, code);
CREATE INDEX ix_customer_region ON customer (tenant_id, region_id, code);
CREATE INDEX ix_customer_parent ON customer (tenant_id, parent_id, code);
CREATE INDEX ix_customer_tier ON customer (tenant_id, tier_id, code);
CREATE INDEX ix_customer_channel ON customer (tenant_id, channel_id, code);
CREATE INDEX ix_customer_state ON customer (tenant_id, state, code);
DROP INDEX ix_product_category, ix_product_brand;
CREATE INDEX ix_product_category ON product (tenant_id, category_id, code);
CREATE INDEX ix_product_brand ON product (tenant_id, brand_id, code);
CREATE INDEX ix_product_state ON product (tenant_id, state, code);
CREATE INDEX ix_sku_state ON sku (tenant_id, state, code);
CREATE INDEX ix_sku_supply_policy ON sku (tenant_id, supply_policy, code);
CREATE INDEX ix_app_user_audience ON app_user (tenant_id, audience, login);
CREATE INDEX ix_app_user_state ON app_user (tenant_id, state, login);
CREATE INDEX ix_app_user_department ON app_user (tenant_id, department_id, login);
CREATE INDEX ix_stock_warehouse ON stock (tenant_id, warehouse_id, sku_id);
CREATE INDEX ix_goods_receipt_warehouse ON goods_receipt (tenant_id, warehouse_id, id);
CREATE INDEX ix_notice_kind ON notice (tenant_id, kind, id);
CREATE INDEX ix_draft_open_customer ON draft (tenant_id, customer_id, id) WHERE order_id IS NULL;
CREATE INDEX ix_draft_proposal_state ON draft_proposal (tenant_id, state, draft_id);

-- notices: people on their way back from WeCom
CREATE TABLE wecom_visit (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  secret_hash TEXT NOT NULL,
  browser_hash TEXT NOT NULL,
  user_id UUID,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL
);
CREATE INDEX ix_wecom_visit_expires ON wecom_visit (tenant_id, expires_at);
ALTER TABLE wecom_visit ADD CONSTRAINT pk_wecom_visit PRIMARY KEY (tenant_id, id);
ALTER TABLE wecom_visit ADD CONSTRAINT fk_wecom_visit_tenant_id_user_id FOREIGN KEY (tenant_id, user_id) REFERENCES app_user (tenant_id, id);

-- catalogue: the least that goods are to be sold for
CREATE TABLE sku_floor (
  tenant_id BIGINT NOT NULL,
  sku_id UUID NOT NULL,
  valid_from DATE NOT NULL,
  floor NUMERIC(18, 6) NOT NULL,
  CONSTRAINT ck_sku_floor_floor_not_negative CHECK (floor >= 0)
);
ALTER TABLE sku_floor ADD CONSTRAINT pk_sku_floor PRIMARY KEY (tenant_id, sku_id, valid_from);
ALTER TABLE sku_floor ADD CONSTRAINT fk_sku_floor_tenant_id_sku_id FOREIGN KEY (tenant_id, sku_id) REFERENCES sku (tenant_id, id);

-- orders: branches that use the rebates of their group
ALTER TABLE order_terms ADD COLUMN uses_group_rebates BOOLEAN DEFAULT 'false' NOT NULL;

-- rebates: growth against last year
ALTER TABLE rebate_agreement ADD COLUMN over_last_year BOOLEAN DEFAULT 'false' NOT NULL;

-- accounts: credit limits that wait for approval
CREATE TABLE limit_change (
  tenant_id BIGINT NOT NULL,
  id UUID NOT NULL,
  account_id UUID NOT NULL,
  old_limit NUMERIC(18, 2),
  new_limit NUMERIC(18, 2),
  state TEXT DEFAULT 'waiting' NOT NULL,
  asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  asked_by_name TEXT NOT NULL,
  closed_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT ck_limit_change_state CHECK (state in ('rejected', 'set', 'superseded', 'waiting', 'withdrawn')),
  CONSTRAINT ck_limit_change_changes_something CHECK (old_limit is distinct from new_limit),
  CONSTRAINT ck_limit_change_limit_not_negative CHECK (new_limit >= 0),
  CONSTRAINT ck_limit_change_closed_whole CHECK ((state = 'waiting') = (closed_at is null))
);
CREATE UNIQUE INDEX ix_limit_change_waiting ON limit_change (tenant_id, account_id) WHERE state = 'waiting';
CREATE INDEX ix_limit_change_account ON limit_change (tenant_id, account_id, id);
ALTER TABLE limit_change ADD CONSTRAINT pk_limit_change PRIMARY KEY (tenant_id, id);
ALTER TABLE limit_change ADD CONSTRAINT fk_limit_change_tenant_id_account_id FOREIGN KEY(tenant_id, account_id) REFERENCES account (tenant_id, id);

-- pricing: price lists that wait for approval
ALTER TABLE price_list ADD COLUMN waits BOOLEAN DEFAULT 'false' NOT NULL;
ALTER TABLE price_list ADD COLUMN last_outcome TEXT;
ALTER TABLE price_list ADD CONSTRAINT ck_price_list_waits_to_be_published CHECK (not (waits and state = 'published'));

-- orders: rebates that whoever asks for consent wants used
ALTER TABLE draft_consent ADD COLUMN uses_rebate BOOLEAN DEFAULT 'false' NOT NULL;

-- orders: lines name SKUs without a foreign key: the application may not delete SKUs
ALTER TABLE order_line DROP CONSTRAINT fk_order_line_tenant_id_sku_id;

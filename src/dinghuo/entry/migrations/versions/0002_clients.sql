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

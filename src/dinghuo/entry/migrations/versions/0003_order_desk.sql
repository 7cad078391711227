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

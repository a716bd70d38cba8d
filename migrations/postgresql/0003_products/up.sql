-- Groups of products, in a tree.
CREATE TABLE product_categories (
    organization BIGINT NOT NULL REFERENCES organizations (key),
    id BYTEA NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_sort TEXT COLLATE "C" NOT NULL,
    parent_id BYTEA,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP,
    change_set BYTEA,
    PRIMARY KEY (organization, id),
    FOREIGN KEY (organization, parent_id) REFERENCES product_categories (organization, id) DEFERRABLE
);
CREATE UNIQUE INDEX product_categories_name ON product_categories (organization, name) WHERE deleted_at IS NULL;
CREATE INDEX product_categories_by_name ON product_categories (organization, name_sort, id);
CREATE INDEX product_categories_by_created_at ON product_categories (organization, created_at, id);
CREATE INDEX product_categories_by_updated_at ON product_categories (organization, updated_at, id);
CREATE INDEX product_categories_parent ON product_categories (organization, parent_id, name_sort, id);
CREATE INDEX product_categories_deleted_at ON product_categories (deleted_at) WHERE deleted_at IS NOT NULL;

-- What we sell. Prices are in `facts`: a product's are read together.
CREATE TABLE products (
    organization BIGINT NOT NULL REFERENCES organizations (key),
    id BYTEA NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_sort TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    category_id BYTEA,
    supplier TEXT COLLATE "C",
    unit TEXT COLLATE "C",
    cost BIGINT,
    cost_currency TEXT COLLATE "C",
    cost_base BIGINT,
    discontinued BOOLEAN NOT NULL,
    facts TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP,
    change_set BYTEA,
    PRIMARY KEY (organization, id),
    FOREIGN KEY (organization, category_id) REFERENCES product_categories (organization, id),
    CHECK ((cost IS NULL) = (cost_currency IS NULL) AND (cost IS NULL) = (cost_base IS NULL))
);
CREATE UNIQUE INDEX products_code ON products (organization, code) WHERE deleted_at IS NULL;
CREATE INDEX products_by_code ON products (organization, code, id);
CREATE INDEX products_name ON products (organization, name);
CREATE INDEX products_by_name ON products (organization, name_sort, id);
CREATE INDEX products_by_created_at ON products (organization, created_at, id);
CREATE INDEX products_by_updated_at ON products (organization, updated_at, id);
CREATE INDEX products_category ON products (organization, category_id, name_sort, id);
CREATE INDEX products_supplier ON products (organization, supplier, name_sort, id);
CREATE INDEX products_discontinued ON products (organization, discontinued, name_sort, id);
CREATE INDEX products_deleted_at ON products (deleted_at) WHERE deleted_at IS NOT NULL;

-- Groups of products, in a tree.
CREATE TABLE product_categories (
    organization BIGINT NOT NULL REFERENCES organizations (key),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    name_sort TEXT NOT NULL,
    parent_id BLOB,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP,
    change_set BLOB,
    PRIMARY KEY (organization, id),
    FOREIGN KEY (organization, parent_id) REFERENCES product_categories (organization, id)
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
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    name_sort TEXT NOT NULL,
    code TEXT NOT NULL,
    category_id BLOB,
    supplier TEXT,
    unit TEXT,
    cost BIGINT,
    cost_currency TEXT,
    cost_base BIGINT,
    discontinued BOOLEAN NOT NULL,
    facts TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP,
    change_set BLOB,
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

-- What other currencies are worth, from a day on.
CREATE TABLE exchange_rates (
    organization BIGINT NOT NULL REFERENCES organizations (key),
    id BYTEA NOT NULL,
    currency TEXT COLLATE "C" NOT NULL,
    since DATE NOT NULL,
    units BIGINT,
    rate BIGINT NOT NULL CHECK (rate > 0),
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP,
    change_set BYTEA,
    PRIMARY KEY (organization, id)
);
CREATE UNIQUE INDEX exchange_rates_since ON exchange_rates (organization, currency, since) WHERE deleted_at IS NULL;
CREATE INDEX exchange_rates_by_since ON exchange_rates (organization, since, id);
CREATE INDEX exchange_rates_currency ON exchange_rates (organization, currency, since, id);
CREATE INDEX exchange_rates_by_created_at ON exchange_rates (organization, created_at, id);
CREATE INDEX exchange_rates_by_updated_at ON exchange_rates (organization, updated_at, id);
CREATE INDEX exchange_rates_deleted_at ON exchange_rates (deleted_at) WHERE deleted_at IS NOT NULL;

-- Orders that happened, and returns of them. Amounts are in the purchase's currency, those that end in `_base` in the
-- organization's; what follows from lines and payments is written with the row.
CREATE TABLE purchases (
    organization BIGINT NOT NULL,
    id BYTEA NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    customer_id BYTEA NOT NULL,
    -- The customer's, whom rights and lists ask for.
    owner_id BYTEA,
    purchased_on DATE NOT NULL,
    reverses_id BYTEA,
    seller_id BYTEA,
    currency TEXT COLLATE "C" NOT NULL,
    freight BIGINT NOT NULL,
    cost BIGINT,
    cost_currency TEXT COLLATE "C",
    cost_base BIGINT,
    required_on DATE,
    shipped_on DATE,
    due_on DATE,
    external_system TEXT COLLATE "C",
    external_id TEXT COLLATE "C",
    total BIGINT NOT NULL,
    total_base BIGINT NOT NULL,
    due BIGINT NOT NULL,
    paid BIGINT NOT NULL,
    open_base BIGINT NOT NULL,
    paid_on DATE,
    days_late BIGINT,
    returned TEXT COLLATE "C" NOT NULL CHECK (returned IN ('nothing', 'partly', 'wholly')),
    facts TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP,
    change_set BYTEA,
    PRIMARY KEY (organization, id),
    FOREIGN KEY (organization, customer_id) REFERENCES customers (organization, id),
    FOREIGN KEY (organization, reverses_id) REFERENCES purchases (organization, id) DEFERRABLE,
    FOREIGN KEY (organization, seller_id) REFERENCES users (organization, id),
    CHECK ((cost IS NULL) = (cost_currency IS NULL) AND (cost IS NULL) = (cost_base IS NULL)),
    CHECK ((external_id IS NULL) = (external_system IS NULL))
);
CREATE UNIQUE INDEX purchases_code ON purchases (organization, code) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX purchases_external_id ON purchases (organization, external_system, external_id) WHERE deleted_at IS NULL AND external_id IS NOT NULL;
CREATE INDEX purchases_by_code ON purchases (organization, code, id);
CREATE INDEX purchases_by_purchased_on ON purchases (organization, purchased_on, id);
CREATE INDEX purchases_owner_by_purchased_on ON purchases (organization, owner_id, purchased_on, id);
CREATE INDEX purchases_by_total ON purchases (organization, total_base, id);
CREATE INDEX purchases_by_created_at ON purchases (organization, created_at, id);
CREATE INDEX purchases_by_updated_at ON purchases (organization, updated_at, id);
-- SQLite's covers what figures are counted from. Here pages of new rows are not yet known to be visible to all: the table
-- would be read all the same.
CREATE INDEX purchases_customer ON purchases (organization, customer_id, purchased_on, id);
CREATE INDEX purchases_seller ON purchases (organization, seller_id, purchased_on, id);
CREATE INDEX purchases_reverses ON purchases (organization, reverses_id, id) WHERE reverses_id IS NOT NULL;
CREATE INDEX purchases_due_on ON purchases (organization, due_on, id);
CREATE INDEX purchases_paid_on ON purchases (organization, paid_on, purchased_on, id);
CREATE INDEX purchases_by_external_id ON purchases (organization, external_id, id);
CREATE INDEX purchases_deleted_at ON purchases (deleted_at) WHERE deleted_at IS NOT NULL;

-- What was bought. A line that a return names keeps its key through every change of its purchase.
CREATE TABLE purchase_lines (
    organization BIGINT NOT NULL,
    id BYTEA NOT NULL,
    purchase_id BYTEA NOT NULL,
    place BIGINT NOT NULL,
    product_id BYTEA,
    description TEXT COLLATE "C" NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity <> 0),
    price BIGINT,
    discount BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    amount_base BIGINT NOT NULL,
    reverses BYTEA,
    PRIMARY KEY (organization, id),
    FOREIGN KEY (organization, purchase_id) REFERENCES purchases (organization, id),
    FOREIGN KEY (organization, product_id) REFERENCES products (organization, id),
    FOREIGN KEY (organization, reverses) REFERENCES purchase_lines (organization, id) DEFERRABLE
);
CREATE INDEX purchase_lines_purchase ON purchase_lines (organization, purchase_id, place);
CREATE INDEX purchase_lines_product ON purchase_lines (organization, product_id) WHERE product_id IS NOT NULL;
CREATE INDEX purchase_lines_reverses ON purchase_lines (organization, reverses) WHERE reverses IS NOT NULL;

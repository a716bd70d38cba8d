-- The tenants. The small key leads every other table and never leaves the store. Where a row must name another of its
-- organization, that reference proves the key; the others refer to this table.
CREATE TABLE organizations (
    key BIGINT NOT NULL PRIMARY KEY,
    id BYTEA NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    zone TEXT COLLATE "C" NOT NULL,
    language TEXT COLLATE "C" NOT NULL CHECK (language IN ('zh-CN', 'en')),
    country TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

-- The next number of each kind of human code.
CREATE TABLE sequences (
    organization BIGINT NOT NULL REFERENCES organizations (key),
    name TEXT COLLATE "C" NOT NULL,
    next BIGINT NOT NULL,
    PRIMARY KEY (organization, name)
);

-- What belongs together: one write, one bulk edit, one import.
CREATE TABLE change_sets (
    organization BIGINT NOT NULL REFERENCES organizations (key),
    id BYTEA NOT NULL,
    actor_id BYTEA,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (organization, id)
);

-- Named sets of rights.
CREATE TABLE roles (
    organization BIGINT NOT NULL REFERENCES organizations (key),
    id BYTEA NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_sort TEXT COLLATE "C" NOT NULL,
    standard TEXT COLLATE "C" CHECK (standard IN ('admin', 'manager', 'seller', 'reader')),
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP,
    change_set BYTEA,
    PRIMARY KEY (organization, id)
);
CREATE UNIQUE INDEX roles_name ON roles (organization, name) WHERE deleted_at IS NULL;
CREATE INDEX roles_by_name ON roles (organization, name_sort, id);
CREATE INDEX roles_by_created_at ON roles (organization, created_at, id);
CREATE INDEX roles_by_updated_at ON roles (organization, updated_at, id);

-- What a role may do; what is not listed it may not. Areas and actions grow with the program, so no CHECK lists them.
CREATE TABLE role_permissions (
    organization BIGINT NOT NULL,
    role_id BYTEA NOT NULL,
    area TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    level TEXT COLLATE "C" NOT NULL CHECK (level IN ('none', 'own', 'team', 'all')),
    PRIMARY KEY (organization, role_id, area, action),
    FOREIGN KEY (organization, role_id) REFERENCES roles (organization, id)
);

-- What a role may do with a class of fields; what is not listed it may write.
CREATE TABLE role_fields (
    organization BIGINT NOT NULL,
    role_id BYTEA NOT NULL,
    class TEXT COLLATE "C" NOT NULL,
    access TEXT COLLATE "C" NOT NULL CHECK (access IN ('hide', 'mask', 'read', 'write')),
    PRIMARY KEY (organization, role_id, class),
    FOREIGN KEY (organization, role_id) REFERENCES roles (organization, id)
);

-- A tree of groups of users.
CREATE TABLE teams (
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
    FOREIGN KEY (organization, parent_id) REFERENCES teams (organization, id) DEFERRABLE
);
CREATE UNIQUE INDEX teams_name ON teams (organization, name) WHERE deleted_at IS NULL;
CREATE INDEX teams_by_name ON teams (organization, name_sort, id);
CREATE INDEX teams_by_created_at ON teams (organization, created_at, id);
CREATE INDEX teams_by_updated_at ON teams (organization, updated_at, id);
CREATE INDEX teams_parent ON teams (organization, parent_id);
CREATE INDEX teams_deleted_at ON teams (deleted_at) WHERE deleted_at IS NOT NULL;

-- People who work for the organization. An e-mail address signs in to exactly one of the installation; who has
-- none does not sign in.
CREATE TABLE users (
    organization BIGINT NOT NULL,
    id BYTEA NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_sort TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C",
    role_id BYTEA NOT NULL,
    title TEXT COLLATE "C",
    in_post_since DATE,
    language TEXT COLLATE "C" NOT NULL CHECK (language IN ('zh-CN', 'en')),
    zone TEXT COLLATE "C",
    active BOOLEAN NOT NULL,
    last_sign_in_at TIMESTAMP,
    password_hash TEXT COLLATE "C",
    session_version BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP,
    change_set BYTEA,
    PRIMARY KEY (organization, id),
    FOREIGN KEY (organization, role_id) REFERENCES roles (organization, id)
);
CREATE UNIQUE INDEX users_id ON users (id);
CREATE UNIQUE INDEX users_code ON users (organization, code) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX users_email ON users (email) WHERE deleted_at IS NULL;
CREATE INDEX users_by_code ON users (organization, code, id);
CREATE INDEX users_by_email ON users (organization, email, id);
CREATE INDEX users_name ON users (organization, name);
CREATE INDEX users_by_name ON users (organization, name_sort, id);
CREATE INDEX users_by_created_at ON users (organization, created_at, id);
CREATE INDEX users_by_updated_at ON users (organization, updated_at, id);
CREATE INDEX users_role ON users (organization, role_id);

-- Who belongs to which team.
CREATE TABLE team_members (
    organization BIGINT NOT NULL,
    team_id BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    PRIMARY KEY (organization, team_id, user_id),
    FOREIGN KEY (organization, team_id) REFERENCES teams (organization, id),
    FOREIGN KEY (organization, user_id) REFERENCES users (organization, id)
);
CREATE INDEX team_members_user ON team_members (organization, user_id, team_id);

-- Labels of the organization's own.
CREATE TABLE tags (
    organization BIGINT NOT NULL REFERENCES organizations (key),
    id BYTEA NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_sort TEXT COLLATE "C" NOT NULL,
    colour TEXT COLLATE "C" NOT NULL CHECK (colour IN ('grey', 'green', 'blue', 'orange', 'red', 'purple')),
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP,
    change_set BYTEA,
    PRIMARY KEY (organization, id)
);
CREATE UNIQUE INDEX tags_name ON tags (organization, name) WHERE deleted_at IS NULL;
CREATE INDEX tags_by_name ON tags (organization, name_sort, id);
CREATE INDEX tags_by_created_at ON tags (organization, created_at, id);
CREATE INDEX tags_by_updated_at ON tags (organization, updated_at, id);
CREATE INDEX tags_deleted_at ON tags (deleted_at) WHERE deleted_at IS NOT NULL;

-- Parties that buy, or may buy, from us. `facts` holds what lives and dies with the row and is never searched for: JSON.
CREATE TABLE customers (
    organization BIGINT NOT NULL REFERENCES organizations (key),
    id BYTEA NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_sort TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('company', 'person')),
    owner_id BYTEA,
    parent_id BYTEA,
    industry TEXT COLLATE "C",
    employees BIGINT,
    relationship_type TEXT COLLATE "C" CHECK (relationship_type IN ('transactional', 'preferred_supplier', 'partnership', 'strategic_alliance')),
    bond_level TEXT COLLATE "C" CHECK (bond_level IN ('financial', 'social', 'structural')),
    acquisition_source TEXT COLLATE "C" CHECK (acquisition_source IN ('door_to_door', 'meeting', 'club', 'friends_family', 'directory', 'consultancy', 'agent', 'chain_referral', 'centre_of_influence', 'phone', 'letter', 'sms', 'web', 'competitor', 'observation', 'advertising', 'public_relations', 'sales_promotion', 'social_media', 'event', 'partner', 'market_research')),
    acquisition_cost BIGINT,
    acquisition_cost_currency TEXT COLLATE "C",
    acquisition_cost_base BIGINT,
    credit_days BIGINT,
    credit_limit BIGINT,
    credit_limit_currency TEXT COLLATE "C",
    credit_limit_base BIGINT,
    pay_day BIGINT,
    city TEXT COLLATE "C",
    country TEXT COLLATE "C",
    facts TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP,
    change_set BYTEA,
    PRIMARY KEY (organization, id),
    FOREIGN KEY (organization, owner_id) REFERENCES users (organization, id),
    FOREIGN KEY (organization, parent_id) REFERENCES customers (organization, id) DEFERRABLE
);
CREATE UNIQUE INDEX customers_code ON customers (organization, code) WHERE deleted_at IS NULL;
CREATE INDEX customers_name ON customers (organization, name);
CREATE INDEX customers_by_name ON customers (organization, name_sort, id);
CREATE INDEX customers_by_code ON customers (organization, code, id);
CREATE INDEX customers_by_created_at ON customers (organization, created_at, id);
CREATE INDEX customers_by_updated_at ON customers (organization, updated_at, id);
CREATE INDEX customers_owner_by_name ON customers (organization, owner_id, name_sort, id);
CREATE INDEX customers_owner_by_code ON customers (organization, owner_id, code, id);
CREATE INDEX customers_owner_by_created_at ON customers (organization, owner_id, created_at, id);
CREATE INDEX customers_owner_by_updated_at ON customers (organization, owner_id, updated_at, id);
CREATE INDEX customers_kind ON customers (organization, kind, name_sort, id);
CREATE INDEX customers_parent_id ON customers (organization, parent_id, name_sort, id);
CREATE INDEX customers_industry ON customers (organization, industry, name_sort, id);
CREATE INDEX customers_relationship_type ON customers (organization, relationship_type, name_sort, id);
CREATE INDEX customers_bond_level ON customers (organization, bond_level, name_sort, id);
CREATE INDEX customers_acquisition_source ON customers (organization, acquisition_source, name_sort, id);
CREATE INDEX customers_city ON customers (organization, city, name_sort, id);
CREATE INDEX customers_country ON customers (organization, country, name_sort, id);
CREATE INDEX customers_deleted_at ON customers (deleted_at) WHERE deleted_at IS NOT NULL;

-- What a customer is to us; several at once are normal.
CREATE TABLE customer_roles (
    organization BIGINT NOT NULL,
    customer_id BYTEA NOT NULL,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('end_buyer', 'channel', 'internal', 'supplier', 'competitor', 'partner', 'authority', 'media')),
    PRIMARY KEY (organization, customer_id, role),
    FOREIGN KEY (organization, customer_id) REFERENCES customers (organization, id)
);
CREATE INDEX customer_roles_role ON customer_roles (organization, role, customer_id);

-- Which labels a customer carries.
CREATE TABLE customer_tags (
    organization BIGINT NOT NULL,
    customer_id BYTEA NOT NULL,
    tag_id BYTEA NOT NULL,
    PRIMARY KEY (organization, customer_id, tag_id),
    FOREIGN KEY (organization, customer_id) REFERENCES customers (organization, id),
    FOREIGN KEY (organization, tag_id) REFERENCES tags (organization, id)
);
CREATE INDEX customer_tags_tag ON customer_tags (organization, tag_id, customer_id);

-- Whose profit a customer influences.
CREATE TABLE customer_influences (
    organization BIGINT NOT NULL,
    customer_id BYTEA NOT NULL,
    influenced_id BYTEA NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization, customer_id, influenced_id),
    FOREIGN KEY (organization, customer_id) REFERENCES customers (organization, id),
    FOREIGN KEY (organization, influenced_id) REFERENCES customers (organization, id)
);
CREATE INDEX customer_influences_influenced ON customer_influences (organization, influenced_id);

-- What is derived from other records, one row a customer.
CREATE TABLE customer_figures (
    organization BIGINT NOT NULL,
    customer_id BYTEA NOT NULL,
    version BIGINT NOT NULL,
    contacts BIGINT NOT NULL,
    purchases BIGINT NOT NULL,
    purchase_days BIGINT NOT NULL,
    revenue BIGINT NOT NULL,
    open BIGINT NOT NULL,
    first_on DATE,
    last_on DATE,
    paid BIGINT NOT NULL,
    paid_late BIGINT NOT NULL,
    days_late BIGINT NOT NULL,
    PRIMARY KEY (organization, customer_id),
    FOREIGN KEY (organization, customer_id) REFERENCES customers (organization, id)
);

-- People at customers.
CREATE TABLE contacts (
    organization BIGINT NOT NULL REFERENCES organizations (key),
    id BYTEA NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_sort TEXT COLLATE "C" NOT NULL,
    contact_type TEXT COLLATE "C" CHECK (contact_type IN ('rational', 'impulsive', 'stubborn', 'combative', 'indecisive', 'aloof', 'overbearing', 'suspicious', 'silent', 'haggling')),
    birth_year BIGINT,
    household TEXT COLLATE "C",
    occupation TEXT COLLATE "C",
    income_band TEXT COLLATE "C",
    facts TEXT COLLATE "C" NOT NULL,
    creator_id BYTEA,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP,
    change_set BYTEA,
    PRIMARY KEY (organization, id),
    FOREIGN KEY (organization, creator_id) REFERENCES users (organization, id)
);
CREATE INDEX contacts_name ON contacts (organization, name);
CREATE INDEX contacts_by_name ON contacts (organization, name_sort, id);
CREATE INDEX contacts_by_created_at ON contacts (organization, created_at, id);
CREATE INDEX contacts_by_updated_at ON contacts (organization, updated_at, id);
CREATE INDEX contacts_contact_type ON contacts (organization, contact_type, name_sort, id);
CREATE INDEX contacts_creator ON contacts (organization, creator_id);
CREATE INDEX contacts_deleted_at ON contacts (deleted_at) WHERE deleted_at IS NOT NULL;

-- Where a contact works and worked.
CREATE TABLE positions (
    organization BIGINT NOT NULL,
    contact_id BYTEA NOT NULL,
    place BIGINT NOT NULL,
    customer_id BYTEA NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    buying_role TEXT COLLATE "C" NOT NULL CHECK (buying_role IN ('unknown', 'decision_maker', 'influencer', 'user', 'gatekeeper', 'payer')),
    since DATE,
    until DATE,
    PRIMARY KEY (organization, contact_id, place),
    FOREIGN KEY (organization, contact_id) REFERENCES contacts (organization, id),
    FOREIGN KEY (organization, customer_id) REFERENCES customers (organization, id)
);
CREATE INDEX positions_customer ON positions (organization, customer_id, contact_id);

-- Anything that tells who a party is: of a customer or of a contact, never of both. `live` follows its party.
CREATE TABLE identifiers (
    organization BIGINT NOT NULL REFERENCES organizations (key),
    customer_id BYTEA,
    contact_id BYTEA,
    place BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('email', 'mobile', 'phone', 'fax', 'external')),
    system TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    match_key TEXT COLLATE "C" NOT NULL,
    e164 TEXT COLLATE "C",
    live BOOLEAN NOT NULL,
    id BYTEA NOT NULL,
    PRIMARY KEY (organization, id),
    CHECK ((customer_id IS NULL) <> (contact_id IS NULL)),
    FOREIGN KEY (organization, customer_id) REFERENCES customers (organization, id),
    FOREIGN KEY (organization, contact_id) REFERENCES contacts (organization, id)
);
CREATE UNIQUE INDEX identifiers_external_customer ON identifiers (organization, system, value) WHERE kind = 'external' AND live AND customer_id IS NOT NULL;
CREATE UNIQUE INDEX identifiers_external_contact ON identifiers (organization, system, value) WHERE kind = 'external' AND live AND contact_id IS NOT NULL;
CREATE INDEX identifiers_match_key ON identifiers (organization, match_key);
CREATE INDEX identifiers_customer ON identifiers (organization, customer_id, place);
CREATE INDEX identifiers_contact ON identifiers (organization, contact_id, place);

-- Who did what, when: audit log, timeline and feed read these rows. `xid` orders commits on PostgreSQL.
CREATE TABLE events (
    organization BIGINT NOT NULL REFERENCES organizations (key),
    seq BIGINT NOT NULL,
    xid BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    actor_id BYTEA,
    change_set BYTEA NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('created', 'updated', 'deleted', 'restored')),
    resource TEXT COLLATE "C" NOT NULL,
    record_id BYTEA NOT NULL,
    customer_id BYTEA,
    occurred_at TIMESTAMP NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    PRIMARY KEY (organization, seq)
);
CREATE UNIQUE INDEX events_seq ON events (seq);
CREATE INDEX events_resource ON events (organization, resource, seq);
CREATE INDEX events_record ON events (organization, record_id, seq);
CREATE INDEX events_customer ON events (organization, customer_id, seq);
CREATE INDEX events_actor ON events (organization, actor_id, seq);

-- The fields that an event changed, as they were and as they are: JSON. Erasure blanks these rows.
CREATE TABLE event_changes (
    organization BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    before TEXT COLLATE "C",
    after TEXT COLLATE "C",
    PRIMARY KEY (organization, seq),
    FOREIGN KEY (organization, seq) REFERENCES events (organization, seq)
);

-- What happened with a customer, newest first.
CREATE TABLE timeline_entries (
    organization BIGINT NOT NULL,
    customer_id BYTEA NOT NULL,
    occurred_at TIMESTAMP NOT NULL,
    id BYTEA NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    record_id BYTEA NOT NULL,
    actor_id BYTEA,
    params TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization, customer_id, occurred_at, id),
    FOREIGN KEY (organization, customer_id) REFERENCES customers (organization, id)
);

-- Background work, taken with a lease.
CREATE TABLE jobs (
    id BYTEA NOT NULL PRIMARY KEY,
    organization BIGINT REFERENCES organizations (key),
    kind TEXT COLLATE "C" NOT NULL,
    dedupe_key TEXT COLLATE "C",
    payload TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    done BIGINT NOT NULL,
    total BIGINT,
    checkpoint TEXT COLLATE "C",
    attempts BIGINT NOT NULL,
    run_at TIMESTAMP NOT NULL,
    leased_until TIMESTAMP,
    error TEXT COLLATE "C",
    creator_id BYTEA,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX jobs_dedupe ON jobs (dedupe_key) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_due ON jobs (state, run_at);
CREATE INDEX jobs_organization ON jobs (organization, id);

-- Answers to repeat, for 24 hours.
CREATE TABLE idempotency_keys (
    organization BIGINT NOT NULL REFERENCES organizations (key),
    user_id BYTEA NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    method TEXT COLLATE "C" NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    body BYTEA NOT NULL,
    status BIGINT NOT NULL,
    answer TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (organization, user_id, key)
);
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);

CREATE SEQUENCE events_seq_numbers;

-- The words that each record is found by; `seq` grows, so that the newest come first.
CREATE TABLE search_documents (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    organization BIGINT NOT NULL REFERENCES organizations (key),
    kind TEXT COLLATE "C" NOT NULL,
    id BYTEA NOT NULL,
    version BIGINT NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    words TSVECTOR GENERATED ALWAYS AS (array_to_tsvector(string_to_array(text, ' '))) STORED,
    PRIMARY KEY (organization, id)
);
CREATE INDEX search_documents_words ON search_documents USING gin (words);
CREATE INDEX search_documents_seq ON search_documents (organization, seq);

-- Signing in. None of these leads with the organization: whoever holds a token has not said yet whose it is.

-- One row per refresh token. A family is one sign-in; its tokens follow each other.
CREATE TABLE refresh_tokens (
    hash BLOB NOT NULL PRIMARY KEY,
    family BLOB NOT NULL,
    organization BIGINT NOT NULL,
    user_id BLOB NOT NULL,
    -- The user's when it began: what ended since every session ends this one too.
    session_version BIGINT NOT NULL,
    began_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    -- Set once it has been used: used again later, it was stolen.
    rotated_at TIMESTAMP,
    FOREIGN KEY (organization, user_id) REFERENCES users (organization, id) ON DELETE CASCADE
);
CREATE INDEX refresh_tokens_family ON refresh_tokens (family);
CREATE INDEX refresh_tokens_user ON refresh_tokens (user_id);

-- One-time tokens that an administrator hands to a user; one per user.
CREATE TABLE password_resets (
    organization BIGINT NOT NULL,
    user_id BLOB NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    expires_at TIMESTAMP NOT NULL,
    PRIMARY KEY (organization, user_id),
    FOREIGN KEY (organization, user_id) REFERENCES users (organization, id) ON DELETE CASCADE
);

-- How often somebody tried to sign in without success, by account and by address.
CREATE TABLE throttles (
    key TEXT NOT NULL PRIMARY KEY,
    attempts BIGINT NOT NULL,
    tried_at TIMESTAMP NOT NULL
);
CREATE INDEX throttles_tried_at ON throttles (tried_at);

-- The one-time token of the first start: one row, made when the installation is empty and closed for good.
CREATE TABLE setup (
    key BIGINT NOT NULL PRIMARY KEY CHECK (key = 1),
    hash BLOB NOT NULL,
    closed_at TIMESTAMP
);

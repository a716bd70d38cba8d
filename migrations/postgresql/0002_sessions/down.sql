DROP TABLE setup;
DROP TABLE throttles;
DROP TABLE password_resets;
DROP TABLE refresh_tokens;

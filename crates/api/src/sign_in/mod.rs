//! What signing in is made of: passwords, access tokens, refresh cookies and the keys behind them.

pub mod cookie;
pub mod password;
pub mod secret;
pub mod token;

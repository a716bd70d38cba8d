//! Signing in, and who is signed in.

use serde::{Deserialize, Serialize};
#[cfg(feature = "server")]
use validator::Validate as _;

use crate::organization::Organization;
use crate::rights::{Action, Area, FieldAccess, Level};
use crate::user::{Role, User};

/// What a person signs in with.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, validator::Validate))]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// E-mail address.
    #[cfg_attr(
        feature = "server",
        validate(length(min = 1, max = 200)),
        schema(min_length = 1, max_length = 200)
    )]
    pub email: String,
    /// Password.
    #[cfg_attr(feature = "server", validate(length(min = 1, max = 200)), schema(min_length = 1, max_length = 200, format = Password))]
    pub password: String,
}

/// A signed-in session's access token. The refresh token travels in a cookie alone.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AccessToken {
    /// Send it as `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds until it expires.
    pub expires_in: i64,
}

/// A change of one's own password.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, validator::Validate))]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password as it is.
    #[cfg_attr(feature = "server", validate(length(min = 1, max = 200)), schema(min_length = 1, max_length = 200, format = Password))]
    pub current_password: String,
    /// The password as it shall be.
    #[cfg_attr(feature = "server", validate(length(min = 10, max = 200)), schema(min_length = 10, max_length = 200, format = Password))]
    pub new_password: String,
}

/// The first administrator and organization. Works once in the life of an installation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, validator::Validate))]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// The one-time token that the server printed when it started.
    #[cfg_attr(
        feature = "server",
        validate(length(min = 1, max = 100)),
        schema(min_length = 1, max_length = 100)
    )]
    pub token: String,
    /// The organization.
    #[cfg_attr(feature = "server", validate(nested))]
    pub organization: crate::organization::NewOrganization,
    /// The administrator's name.
    #[cfg_attr(
        feature = "server",
        validate(length(min = 1, max = 100)),
        schema(min_length = 1, max_length = 100)
    )]
    pub name: String,
    /// The administrator's e-mail address.
    #[cfg_attr(
        feature = "server",
        validate(length(min = 3, max = 200)),
        schema(
            min_length = 3,
            max_length = 200,
            pattern = r"^[^@\s\x00-\x1F\x7F-\x9F,;]+@[^@.\s\x00-\x1F\x7F-\x9F,;][^@\s\x00-\x1F\x7F-\x9F,;]*\.[^@\s\x00-\x1F\x7F-\x9F,;]*[^@.\s\x00-\x1F\x7F-\x9F,;]$"
        )
    )]
    pub email: String,
    /// The administrator's password.
    #[cfg_attr(feature = "server", validate(length(min = 10, max = 200)), schema(min_length = 10, max_length = 200, format = Password))]
    pub password: String,
}

/// Whether this installation still waits for its first administrator.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SetupState {
    /// Setup is open.
    pub open: bool,
}

/// Who is signed in, and what they may do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Me {
    /// The user.
    pub user: User,
    /// The user's role.
    pub role: Role,
    /// The organization.
    pub organization: Organization,
}

impl Me {
    /// With whose records the user may do something.
    pub fn level(&self, area: Area, action: Action) -> Level {
        let permission = self
            .role
            .permissions
            .iter()
            .find(|permission| permission.area == area && permission.action == action);
        permission.map_or(Level::None, |permission| permission.level)
    }

    /// What the user may do with a class of fields.
    pub fn access(&self, class: &str) -> FieldAccess {
        let rule = self
            .role
            .field_rules
            .iter()
            .find(|rule| rule.class == class);
        rule.map_or(FieldAccess::Write, |rule| rule.access)
    }
}

//! Rights: what a role may do, in which area, with whose records.

use crate::choice;

choice! {
    /// A part of the product that rights are given for.
    Area: "area" {
        Customers = "customers", Contacts = "contacts", Purchases = "purchases", Products = "products", Tags = "tags", Users = "users", Teams = "teams", Roles = "roles",
        Organization = "organization", Events = "events", Jobs = "jobs",
    }
}

choice! {
    /// What may be done.
    Action: "action" { Read = "read", Create = "create", Update = "update", Delete = "delete", Import = "import" }
}

choice! {
    /// With whose records.
    Level: "level" { None = "none", Own = "own", Team = "team", All = "all" }
}

choice! {
    /// What may be done with a class of fields; each includes the ones before it.
    FieldAccess: "field_access" { Hide = "hide", Mask = "mask", Read = "read", Write = "write" }
}

/// The roles that a new organization starts with: the locale key of the name, and the level of each area and action.
pub fn standard_level(role: StandardRole, area: Area, action: Action) -> Level {
    let records = matches!(area, Area::Customers | Area::Contacts | Area::Purchases);
    match (role, action) {
        (StandardRole::Admin, _) => Level::All,
        (_, Action::Read)
            if matches!(
                area,
                Area::Products
                    | Area::Tags
                    | Area::Users
                    | Area::Teams
                    | Area::Roles
                    | Area::Organization
            ) =>
        {
            Level::All
        }
        (StandardRole::Manager, _)
            if records || matches!(area, Area::Products | Area::Tags | Area::Jobs) =>
        {
            Level::All
        }
        (StandardRole::Manager, Action::Read) => Level::All,
        (StandardRole::Seller, Action::Read) if records => Level::Team,
        (StandardRole::Seller, Action::Create | Action::Update | Action::Delete) if records => {
            Level::Own
        }
        (StandardRole::Seller, Action::Read) => Level::Own,
        (StandardRole::Reader, Action::Read) => Level::All,
        _ => Level::None,
    }
}

choice! {
    /// A role that a new organization starts with.
    StandardRole: "standard_role" { Admin = "admin", Manager = "manager", Seller = "seller", Reader = "reader" }
}

//! Every route, in one screenful.

pub mod contract;
mod customers;
mod events;
mod health;
mod jobs;
mod me;
mod organization;
mod pages;
mod passwords;
mod search;
mod sessions;
mod setup;

use perennial_domain::contact::Contact;
use perennial_domain::customer::Customer;
use perennial_domain::tag::Tag;
use perennial_domain::team::Team;
use perennial_domain::user::{Role, User};

use crate::operations::Operations;

/// Everything that can be asked of the API.
pub fn operations() -> Operations {
    Operations::new("/api/v1")
        .with(setup::operations)
        .with(sessions::operations)
        .with(passwords::operations)
        .with(me::operations)
        .with(organization::operations)
        .resource::<Customer>()
        .with(customers::operations)
        .resource::<Contact>()
        .resource::<Tag>()
        .resource::<User>()
        .resource::<Team>()
        .resource::<Role>()
        .with(events::operations)
        .with(jobs::operations)
        .with(search::operations)
        .below("")
        .with(health::operations)
        .with(contract::operations)
}

//! Pages of what is not a resource, each with a name of its own: generated clients do not know generics.

use perennial_domain::contact::Contact;
use perennial_domain::event::{Event, Hit, TimelineEntry};
use perennial_domain::job::Job;
use perennial_domain::page::PageInfo;

macro_rules! pages {
    ($($(#[$doc:meta])* $name:ident of $row:ty;)*) => { $(
        $(#[$doc])*
        #[derive(utoipa::ToSchema)]
        #[expect(dead_code, reason = "speaks to the contract alone; handlers answer with Page<T>")]
        pub(crate) struct $name {
            /// The rows.
            data: Vec<$row>,
            /// Where the page stands.
            page: PageInfo,
        }
    )* };
}
pages! {
    /// One page of events, newest first.
    EventPage of Event;
    /// One page of a customer's timeline, newest first.
    TimelinePage of TimelineEntry;
    /// One page of jobs, newest first.
    JobPage of Job;
}

/// What a text finds.
#[derive(utoipa::ToSchema, serde::Serialize)]
pub(crate) struct Hits {
    /// The best first.
    pub(crate) data: Vec<Hit>,
}

/// Only so that the contract's `ContactPage` can be named where it is not a resource's own list.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "speaks to the contract alone")]
pub(crate) struct ContactPage {
    data: Vec<Contact>,
    page: PageInfo,
}

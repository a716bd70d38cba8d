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
mod purchases;
mod search;
mod sessions;
mod setup;

use perennial_domain::contact::Contact;
use perennial_domain::customer::{Customer, CustomerFigures, Sales};
use perennial_domain::event::{Event, TimelineEntry};
use perennial_domain::exchange_rate::ExchangeRate;
use perennial_domain::job::Job;
use perennial_domain::problem::{FieldError, Problem};
use perennial_domain::product::{Product, ProductCategory};
use perennial_domain::purchase::{
    Credit, Group, Holding, Holdings, Purchase, PurchaseTotals, Sums,
};
use perennial_domain::tag::Tag;
use perennial_domain::team::Team;
use perennial_domain::user::{Role, User};

use crate::operations::Operations;

/// Everything that can be asked of the API.
pub fn operations() -> Operations {
    Operations::new("/api/v1")
        .answers::<Problem>()
        .answers::<FieldError>()
        .answers::<CustomerFigures>()
        .answers::<Sales>()
        .answers::<PurchaseTotals>()
        .answers::<Group>()
        .answers::<Sums>()
        .answers::<Holdings>()
        .answers::<Holding>()
        .answers::<Credit>()
        .answers::<Event>()
        .answers::<TimelineEntry>()
        .answers::<Job>()
        .with(setup::operations)
        .with(sessions::operations)
        .with(passwords::operations)
        .with(me::operations)
        .with(organization::operations)
        .resource::<Customer>()
        .with(customers::operations)
        .resource::<Contact>()
        .resource::<Purchase>()
        .with(purchases::operations)
        .resource::<Product>()
        .resource::<ProductCategory>()
        .resource::<ExchangeRate>()
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_operation_is_called_as_its_handler() {
        for operation in operations().list() {
            // Those of a resource are named by the resource.
            let generic = operation.handler.contains('<');
            assert!(
                generic || operation.handler.ends_with(&format!("::{}", operation.id)),
                "{} is handled by {}",
                operation.id,
                operation.handler
            );
        }
    }

    #[test]
    fn an_operation_has_a_name_and_a_path_of_its_own() {
        let all = operations();
        let names: BTreeSet<&str> = all
            .list()
            .iter()
            .map(|operation| operation.id.as_str())
            .collect();
        let places: BTreeSet<(&str, &str)> = all
            .list()
            .iter()
            .map(|operation| (operation.path.as_str(), operation.method.as_str()))
            .collect();
        assert_eq!(
            (names.len(), places.len()),
            (all.list().len(), all.list().len())
        );
    }

    #[test]
    fn every_operation_says_what_it_does() {
        for operation in operations().list() {
            for key in ["summary", "tags", "responses", "security", "x-permission"] {
                assert!(
                    operation
                        .description
                        .get(key)
                        .is_some_and(|value| !value.is_null()),
                    "{} has no {key}",
                    operation.id
                );
            }
        }
    }

    #[test]
    fn the_committed_contract_is_this_one() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi");
        let committed = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(
            committed("operations.txt") == operations().table(),
            "write it again: perennial openapi --operations > openapi/operations.txt"
        );
        assert!(
            committed("perennial.json") == *contract::TEXT,
            "write it again: perennial openapi > openapi/perennial.json"
        );
    }
}

//! Addresses of pages.

use perennial_domain::field::Resource;
use perennial_domain::purchase::Purchase;
use perennial_domain::rights::Action;
use yew_router::history::{BrowserHistory, History};
use yew_router::prelude::*;

use crate::frame::commands::main_shapes;
use crate::session::Session;
use crate::shape::Shape;

/// A page's address.
#[derive(Clone, PartialEq, Routable)]
pub enum Route {
    /// Where the product opens.
    #[at("/")]
    Home,
    /// The list of customers.
    #[at("/customers")]
    Customers,
    /// A customer.
    #[at("/customers/:id")]
    Customer {
        /// Which.
        id: String,
    },
    /// The list of contacts.
    #[at("/contacts")]
    Contacts,
    /// A contact.
    #[at("/contacts/:id")]
    Contact {
        /// Which.
        id: String,
    },
    /// The list of purchases.
    #[at("/purchases")]
    Purchases,
    /// What purchases come to.
    #[at("/purchases/totals")]
    Totals,
    /// A purchase.
    #[at("/purchases/:id")]
    Purchase {
        /// Which.
        id: String,
    },
    /// The list of products.
    #[at("/products")]
    Products,
    /// A product.
    #[at("/products/:id")]
    Product {
        /// Which.
        id: String,
    },
    /// The settings.
    #[at("/settings")]
    Settings,
    /// A part of the settings.
    #[at("/settings/:section")]
    Section {
        /// Which part.
        section: String,
    },
    /// A record that the settings hold.
    #[at("/settings/:section/:id")]
    SectionRecord {
        /// Which part.
        section: String,
        /// Which record.
        id: String,
    },
    /// The first administrator's page.
    #[at("/setup")]
    Setup,
    /// Where a link for a new password leads.
    #[at("/password")]
    Password,
    /// No page.
    #[not_found]
    #[at("/404")]
    NotFound,
}

/// Opens a page.
pub fn go(path: &str) {
    BrowserHistory::new().push(path);
}

/// Opens a page in place of this one in the browser's history.
pub fn go_instead(path: &str) {
    BrowserHistory::new().replace(path);
}

/// The address of a resource's list.
pub fn list_path(shape: &Shape) -> String {
    let main = main_shapes().contains(&shape);
    format!("{}/{}", if main { "" } else { "/settings" }, shape.plural)
}

/// The address that opens the dialog for a new record: the list or, for a purchase of the customer whose page this is, that
/// page.
pub fn new_path(shape: &Shape, session: &Session) -> String {
    let here = BrowserHistory::new().location();
    let beside = shape.plural == Purchase::PLURAL && session.may(shape.area, Action::Read);
    match Route::recognize(here.path()) {
        Some(Route::Customer { .. }) if beside => format!("{}#new", here.path()),
        _ => format!("{}#new", list_path(shape)),
    }
}

/// The address of a record.
pub fn record_path(shape: &Shape, id: &str) -> String {
    format!("{}/{id}", list_path(shape))
}

//! One list for all resources: filters, order, columns, search and the open side panel live in the address.

pub mod bulk;
pub mod columns;
pub mod condition;
pub mod create;
pub mod filter;
pub mod filters;
pub mod kept;
pub mod menus;
pub mod page;
pub mod panel;
pub mod row;
pub mod rows;
pub mod search;
pub mod table;
pub mod view;
pub mod walk;
pub mod width;

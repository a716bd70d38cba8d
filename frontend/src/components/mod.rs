//! Thin components over PatternFly's tokens: native elements where there are any, one component a file.

pub mod avatar;
pub mod cell;
pub mod dialog;
pub mod empty;
pub mod icon;
pub mod input;
pub mod link;
pub mod name;
pub mod popup;
pub mod problem;
pub mod skeleton;
pub mod time;

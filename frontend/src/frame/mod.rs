//! What is around every page: top bar, navigation, palette, shortcuts.

pub mod commands;
pub mod navigation;
pub mod page;
pub mod palette;
pub mod shell;
pub mod shortcuts;
pub mod top;
pub mod width;

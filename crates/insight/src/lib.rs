//! The mathematics of customer value and satisfaction. Knows numbers, not customers.

pub mod concentration;
pub mod interval;
pub mod investment;
pub mod kano;
pub mod net_promoter;
pub mod proportion;
pub mod refused;
pub mod rfm;
pub mod satisfaction;

//! What Perennial does when things go wrong: the real program, on databases of its own, killed, starved and misled.
//!
//! Bounds on time are generous: they tell "at once" from "never", not fast from slow.

mod clock;
mod disk;
mod gone;
mod ground;
mod hostile;
mod kill;
mod mixed;
mod pair;
mod slow;
mod stop;

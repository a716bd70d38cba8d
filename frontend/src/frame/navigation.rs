//! The navigation at the left: only what the user may open.

use perennial_domain::rights::Action;
use perennial_domain::text::Key;
use yew::prelude::*;

use crate::components::link::Link;
use crate::frame::commands::main_shapes;
use crate::routes::list_path;
use crate::session::Session;
use crate::texts::Texts;

/// The navigation, where `path` is where we are.
pub fn navigation(texts: &Texts, session: &Session, path: &str) -> Html {
    let link = |to: String, label: &'static str| {
        let current = path == to || path.starts_with(&format!("{to}/"));
        html! { <li><Link to={to.clone()} {current} class={classes!("nav-link")}>{ label }</Link></li> }
    };
    let shapes = main_shapes()
        .into_iter()
        .filter(|shape| session.may(shape.area, Action::Read));
    html! {
        <nav class="side" id="navigation" aria-label={texts.text(Key::FrameNavigation)}>
            <ul>
                { for shapes.map(|shape| link(list_path(shape), texts.text(shape.plural_title()))) }
                <li class="nav-gap" aria-hidden="true"></li>
                { link("/settings".into(), texts.text(Key::SettingsTitle)) }
            </ul>
        </nav>
    }
}

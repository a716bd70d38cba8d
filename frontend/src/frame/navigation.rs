//! The navigation at the left: only what the user may open.

use perennial_domain::rights::Action;
use perennial_domain::text::Key;
use yew::prelude::*;

use crate::components::link::Link;
use crate::frame::commands::main_shapes;
use crate::routes::list_path;
use crate::session::use_session;
use crate::texts::use_texts;

/// Properties of [`Navigation`].
#[derive(Properties, PartialEq)]
pub struct NavigationProps {
    /// Where we are.
    pub path: String,
}

/// The navigation.
#[component]
pub fn Navigation(props: &NavigationProps) -> Html {
    let (texts, session) = (use_texts(), use_session());
    let link = |to: String, label: &'static str| {
        let current = props.path == to || props.path.starts_with(&format!("{to}/"));
        html! { <li><Link to={to.clone()} {current} class={classes!("nav-link")}>{ label }</Link></li> }
    };
    let shapes = main_shapes()
        .into_iter()
        .filter(|shape| session.may(shape.area, Action::Read));
    html! {
        <nav class="side" id="navigation" aria-label={texts.text(Key::FrameNavigation)}>
            <ul>
                { for shapes.map(|shape| link(list_path(shape), texts.text(shape.area.label()))) }
                <li class="nav-gap" aria-hidden="true"></li>
                { link("/settings".into(), texts.text(Key::SettingsTitle)) }
            </ul>
        </nav>
    }
}

//! The settings: their sections at the left, one of them open.

use perennial_domain::exchange_rate::ExchangeRate;
use perennial_domain::field::Resource;
use perennial_domain::product::ProductCategory;
use perennial_domain::rights::{Action, Area};
use perennial_domain::tag::Tag;
use perennial_domain::team::Team;
use perennial_domain::text::Key;
use perennial_domain::user::{Role, User};
use serde_json::{Map, Value};
use web_sys::Element;
use yew::prelude::*;

use crate::components::link::Link;
use crate::frame::commands::settings_shapes;
use crate::frame::palette::nearest;
use crate::list::page::ListPage;
use crate::pages::account::Account;
use crate::pages::not_found::NotFound;
use crate::pages::organization::OrganizationPage;
use crate::pages::roles::role_page;
use crate::pages::teams::Teams;
use crate::pages::users::user_page;
use crate::record::page::RecordPage;
use crate::session::use_session;
use crate::shape::Shape;
use crate::texts::use_texts;

/// Properties of [`Settings`].
#[derive(Properties, PartialEq)]
pub struct SettingsProps {
    /// The open section.
    pub section: String,
    /// The open record in it; empty for its list.
    pub id: String,
}

/// The settings.
#[component]
pub fn Settings(props: &SettingsProps) -> Html {
    let (texts, session) = (use_texts(), use_session());
    let nav = use_node_ref();
    // Where the sections stand in one row, the open one is brought into sight.
    use_effect_with(props.section.clone(), {
        let nav = nav.clone();
        move |_| {
            let open = nav
                .cast::<Element>()
                .and_then(|nav| nav.query_selector("[aria-current]").ok()?);
            let _ =
                open.map(|open| open.scroll_into_view_with_scroll_into_view_options(&nearest()));
        }
    });
    let link = |section: &'static str, label: &'static str| {
        html! {
            <li><Link to={format!("/settings/{section}")} current={props.section == section} class={classes!("nav-link")}>{ label }</Link></li>
        }
    };
    let shapes = settings_shapes()
        .into_iter()
        .filter(|shape| session.may(shape.area, Action::Read));
    let organization = Area::Organization;
    html! {
        <div class="settings">
            <nav ref={nav} aria-label={texts.text(Key::SettingsTitle)}>
                <p class="nav-head">{ texts.text(Key::SettingsTitle) }</p>
                <ul>
                    { link("account", texts.text(Key::AccountTitle)) }
                    if session.may(organization, Action::Read) { { link(organization.as_str(), texts.text(organization.label())) } }
                    { for shapes.map(|shape| link(shape.plural, texts.text(shape.plural_title()))) }
                </ul>
            </nav>
            <div class="settings-body">{ section(&props.section, &props.id, texts.language.tag()) }</div>
        </div>
    }
}

fn section(section: &str, id: &str, language: &str) -> Html {
    let mut new_user = Map::new();
    new_user.insert("active".to_owned(), true.into());
    new_user.insert("language".to_owned(), language.into());
    match (section, id) {
        ("account", "") => html! { <Account/> },
        ("organization", "") => html! { <OrganizationPage/> },
        (User::PLURAL, "") => list::<User>(new_user),
        (User::PLURAL, id) => user_page(id),
        (Team::PLURAL, "") => html! { <Teams/> },
        (Team::PLURAL, id) => record::<Team>(id),
        (Role::PLURAL, "") => list::<Role>(Map::new()),
        (Role::PLURAL, id) => role_page(id),
        (ProductCategory::PLURAL, "") => list::<ProductCategory>(Map::new()),
        (ProductCategory::PLURAL, id) => record::<ProductCategory>(id),
        (ExchangeRate::PLURAL, "") => list::<ExchangeRate>(Map::new()),
        (ExchangeRate::PLURAL, id) => record::<ExchangeRate>(id),
        (Tag::PLURAL, "") => list::<Tag>(Map::new()),
        (Tag::PLURAL, id) => record::<Tag>(id),
        _ => html! { <NotFound/> },
    }
}

fn list<R: Resource>(preset: Map<String, Value>) -> Html {
    html! { <ListPage key={R::PLURAL} shape={Shape::of::<R>()} {preset}/> }
}

fn record<R: Resource>(id: &str) -> Html {
    html! { <RecordPage key={id.to_owned()} shape={Shape::of::<R>()} id={id.to_owned()}/> }
}

//! The settings: their sections at the left, one of them open.

use perennial_domain::field::Resource;
use perennial_domain::rights::{Action, Area};
use perennial_domain::tag::Tag;
use perennial_domain::team::Team;
use perennial_domain::text::Key;
use perennial_domain::user::{Role, User};
use serde_json::{Map, Value, json};
use yew::prelude::*;

use crate::components::link::Link;
use crate::list::page::{List, ListPage};
use crate::pages::account::Account;
use crate::pages::not_found::NotFound;
use crate::pages::organization::OrganizationPage;
use crate::pages::roles::RolePage;
use crate::pages::teams::Teams;
use crate::pages::users::UserPage;
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
    let link = |section: &'static str, label: &'static str| {
        html! {
            <li><Link to={format!("/settings/{section}")} current={props.section == section} class={classes!("nav-link")}>{ label }</Link></li>
        }
    };
    let areas = [
        Area::Organization,
        Area::Users,
        Area::Teams,
        Area::Roles,
        Area::Tags,
    ];
    let areas = areas
        .into_iter()
        .filter(|area| session.may(*area, Action::Read));
    html! {
        <div class="settings">
            <nav aria-label={texts.text(Key::SettingsTitle)}>
                <p class="nav-head">{ texts.text(Key::SettingsTitle) }</p>
                <ul>
                    { link("account", texts.text(Key::AccountTitle)) }
                    { for areas.map(|area| link(area.as_str(), texts.text(area.label()))) }
                </ul>
            </nav>
            <div class="settings-body">{ section(&props.section, &props.id, texts.language.tag()) }</div>
        </div>
    }
}

fn section(section: &str, id: &str, language: &str) -> Html {
    let new_user: Map<String, Value> = [
        ("active".to_owned(), json!(true)),
        ("language".to_owned(), json!(language)),
    ]
    .into_iter()
    .collect();
    match (section, id) {
        ("account", "") => html! { <Account/> },
        ("organization", "") => html! { <OrganizationPage/> },
        (User::PLURAL, "") => {
            html! { <List key="users" shape={Shape::of::<User>()} preset={new_user}/> }
        }
        (User::PLURAL, id) => html! { <UserPage key={id.to_owned()} id={id.to_owned()}/> },
        (Team::PLURAL, "") => html! { <Teams/> },
        (Team::PLURAL, id) => html! { <RecordPage<Team> key={id.to_owned()} id={id.to_owned()}/> },
        (Role::PLURAL, "") => html! { <ListPage<Role> key="roles"/> },
        (Role::PLURAL, id) => html! { <RolePage key={id.to_owned()} id={id.to_owned()}/> },
        (Tag::PLURAL, "") => html! { <ListPage<Tag> key="tags"/> },
        (Tag::PLURAL, id) => html! { <RecordPage<Tag> key={id.to_owned()} id={id.to_owned()}/> },
        _ => html! { <NotFound/> },
    }
}

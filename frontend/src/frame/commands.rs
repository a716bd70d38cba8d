//! Everything that can be done from anywhere: the palette lists it, single keys set it off.

use perennial_domain::contact::Contact;
use perennial_domain::customer::Customer;
use perennial_domain::exchange_rate::ExchangeRate;
use perennial_domain::product::{Product, ProductCategory};
use perennial_domain::purchase::Purchase;
use perennial_domain::rights::Action;
use perennial_domain::tag::Tag;
use perennial_domain::team::Team;
use perennial_domain::text::{Key, Language};
use perennial_domain::user::{Role, User};
use yew::prelude::*;

use crate::preferences::{Remembered, Theme};
use crate::routes::{go, list_path, new_path};
use crate::session::Session;
use crate::shape::Shape;
use crate::texts::Texts;

/// Something that can be done.
#[derive(Clone)]
pub struct Command {
    /// What it is called.
    pub label: String,
    /// The keys that set it off, one after the other; empty for none.
    pub keys: &'static str,
    /// Does it.
    pub run: Callback<()>,
}

/// The resources that have a list of their own in the navigation.
pub fn main_shapes() -> [&'static Shape; 4] {
    [
        Shape::of::<Customer>(),
        Shape::of::<Contact>(),
        Shape::of::<Purchase>(),
        Shape::of::<Product>(),
    ]
}

/// The resources whose lists stand in the settings.
pub fn settings_shapes() -> [&'static Shape; 6] {
    [
        Shape::of::<User>(),
        Shape::of::<Team>(),
        Shape::of::<Role>(),
        Shape::of::<Tag>(),
        Shape::of::<ProductCategory>(),
        Shape::of::<ExchangeRate>(),
    ]
}

/// What this user can do from anywhere.
pub fn commands(texts: &Texts, session: &Session, preferences: &Remembered) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut add = |label: String, keys: &'static str, run: Callback<()>| {
        commands.push(Command { label, keys, run })
    };
    let to = |path: String| Callback::from(move |()| go(&path));
    let keys = [("g c", "c"), ("g p", "p"), ("g b", "b"), ("g o", "")];
    for (shape, (open, create)) in main_shapes().into_iter().zip(keys) {
        if session.may(shape.area, Action::Read) {
            add(
                texts.format(
                    Key::CommandOpen,
                    &[("what", &texts.within(shape.plural_title()))],
                ),
                open,
                to(list_path(shape)),
            );
        }
        if session.may(shape.area, Action::Create) {
            add(
                texts.format(Key::ListNew, &[("what", &texts.text(shape.one()))]),
                create,
                {
                    let session = session.clone();
                    Callback::from(move |()| go(&new_path(shape, &session)))
                },
            );
        }
    }
    add(
        texts.format(
            Key::CommandOpen,
            &[("what", &texts.within(Key::SettingsTitle))],
        ),
        "g s",
        to("/settings".into()),
    );
    for shape in settings_shapes() {
        if session.may(shape.area, Action::Read) {
            add(
                texts.format(
                    Key::CommandOpen,
                    &[("what", &texts.within(shape.plural_title()))],
                ),
                "",
                to(list_path(shape)),
            );
        }
    }
    add(texts.text(Key::ThemeSwitch).into(), "t", {
        let preferences = preferences.clone();
        Callback::from(move |()| switch_theme(&preferences))
    });
    for language in Language::ALL
        .into_iter()
        .filter(|language| *language != texts.language)
    {
        let preferences = preferences.clone();
        let name = Key::find(&format!("language.{}", language.tag()))
            .map(|key| texts.text(key))
            .unwrap_or_default();
        add(
            name.into(),
            "",
            Callback::from(move |()| preferences.change(|now| now.language = Some(language))),
        );
    }
    let session = session.clone();
    add(
        texts.text(Key::SessionSignOut).into(),
        "",
        Callback::from(move |()| session.sign_out(false)),
    );
    commands
}

/// From light to dark and back.
pub fn switch_theme(preferences: &Remembered) {
    let next = if preferences.is_dark() {
        Theme::Light
    } else {
        Theme::Dark
    };
    preferences.change(|now| now.theme = next);
}

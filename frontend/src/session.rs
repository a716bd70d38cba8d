//! Who is signed in: loaded from the refresh cookie, kept in memory only.

use std::rc::Rc;

use perennial_domain::Currency;
use perennial_domain::field::{Field, Kind};
use perennial_domain::problem::Problem;
use perennial_domain::rights::{Action, Area, FieldAccess, Level};
use perennial_domain::session::{Me, SetupState};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::client::Client;
use crate::shape::Shape;

/// Where a session stands.
#[derive(Clone, PartialEq)]
pub enum Phase {
    /// Not known yet.
    Starting,
    /// Not to be known now: no answer came that tells. It is asked again.
    Away(Rc<Problem>),
    /// Nobody is signed in; `setup` says that the installation waits for its first administrator.
    Out {
        /// Setup is open.
        setup: bool,
    },
    /// Somebody is signed in.
    In(Rc<Me>),
    /// The session ran out under somebody's hands: the page stays, so that no text is lost.
    Ended(Rc<Me>),
}

/// The session, as a context.
#[derive(Clone, PartialEq)]
pub struct Session {
    /// Calls the API in this session's name.
    pub client: Client,
    /// Where it stands.
    pub phase: Phase,
    set: Callback<Phase>,
}

impl Session {
    /// Who is signed in.
    pub fn me(&self) -> Option<&Rc<Me>> {
        match &self.phase {
            Phase::In(me) | Phase::Ended(me) => Some(me),
            Phase::Starting | Phase::Away(_) | Phase::Out { .. } => None,
        }
    }

    /// Whether the user may do something to anybody's records at all.
    pub fn may(&self, area: Area, action: Action) -> bool {
        self.me()
            .is_some_and(|me| me.level(area, action) != Level::None)
    }

    /// What the user may do with a field of that class.
    fn access(&self, class: Option<&str>) -> FieldAccess {
        class.map_or(FieldAccess::Write, |class| {
            self.me().map_or(FieldAccess::Hide, |me| me.access(class))
        })
    }

    /// The organization's own currency.
    pub fn currency(&self) -> Currency {
        self.me()
            .map(|me| me.organization.currency)
            .unwrap_or_default()
    }

    /// The organization's day now, as the wire has it.
    pub fn today(&self) -> String {
        let zone = self.me().map(|me| me.organization.zone.clone());
        let options = js_sys::Object::new();
        let zone = zone.unwrap_or_default();
        let _ = js_sys::Reflect::set(&options, &"timeZone".into(), &zone.into());
        // Swedes write days as ISO 8601 does.
        js_sys::Date::new_0()
            .to_locale_date_string("sv-SE", &options)
            .into()
    }

    /// Whether the user may read the records of a resource.
    pub fn may_read(&self, plural: &str) -> bool {
        Shape::named(plural).is_some_and(|shape| self.may(shape.area, Action::Read))
    }

    /// Whether a field is shown: its class is not hidden, and what it names has a name for this user.
    pub fn sees(&self, field: &Field) -> bool {
        let named = match field.kind {
            Kind::Reference(plural) | Kind::References(plural) => self.may_read(plural),
            _ => true,
        };
        named && self.access(field.class) != FieldAccess::Hide
    }

    /// Whether the user may write a field, where the record may be written at all.
    pub fn writes(&self, field: &Field) -> bool {
        field.written && self.sees(field) && self.access(field.class) == FieldAccess::Write
    }

    /// Reads who is signed in, after signing in or after a change of oneself.
    pub fn reload(&self) {
        let session = self.clone();
        spawn_local(async move { session.read().await });
    }

    /// Takes up the session that the cookie holds. Only the server's word that there is none leads to the sign-in.
    pub fn start(&self) {
        let session = self.clone();
        spawn_local(async move {
            match session.client.renew().await {
                Ok(()) => session.read().await,
                Err(problem) if problem.status == 401 => {
                    let state = session.client.get::<SetupState>("setup").await;
                    let setup = state.unwrap_or_default().open;
                    session.set.emit(Phase::Out { setup });
                }
                Err(problem) => session.set.emit(Phase::Away(Rc::new(problem))),
            }
        });
    }

    async fn read(&self) {
        match self.client.get::<Me>("me").await {
            Ok(me) => self.set.emit(Phase::In(Rc::new(me))),
            // What is on the page stays; the client tells where the session has ended.
            Err(_) if self.me().is_some() => {}
            Err(problem) => self.set.emit(Phase::Away(Rc::new(problem))),
        }
    }

    /// Ends this session, or with `everywhere` all of the user's; the page starts anew, so that nothing stays in memory.
    pub fn sign_out(&self, everywhere: bool) {
        let client = self.client.clone();
        spawn_local(async move {
            let _ = client.sign_out(everywhere).await;
            let _ = web_sys::window().map(|window| window.location().assign("/"));
        });
    }
}

/// The session around this component.
#[hook]
pub fn use_session() -> Session {
    let none = || Session {
        client: Client::default(),
        phase: Phase::Starting,
        set: Callback::noop(),
    };
    use_context().unwrap_or_else(none)
}

/// Properties of what wraps others.
#[derive(Properties, PartialEq)]
pub struct Around {
    /// What is wrapped.
    pub children: Html,
}

/// Provides the session; asks the cookie once.
#[component]
pub fn SessionProvider(props: &Around) -> Html {
    let phase = use_state_eq(|| Phase::Starting);
    let client = use_memo((), |()| Client::default());
    let set = use_callback((), {
        let phase = phase.setter();
        move |next, ()| phase.set(next)
    });
    let session = Session {
        client: (*client).clone(),
        phase: (*phase).clone(),
        set,
    };
    use_effect_with((), {
        let session = session.clone();
        move |()| session.start()
    });
    let ended = session.me().map(|me| Phase::Ended(me.clone()));
    let set = session.set.clone();
    session.client.on_end(Callback::from(move |()| {
        ended.iter().for_each(|ended| set.emit(ended.clone()))
    }));
    html! { <ContextProvider<Session> context={session}>{ props.children.clone() }</ContextProvider<Session>> }
}

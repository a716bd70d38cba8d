//! Who is signed in: loaded from the refresh cookie, kept in memory only.

use std::rc::Rc;

use perennial_domain::rights::{Action, Area, FieldAccess, Level};
use perennial_domain::session::{Me, SetupState};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::client::Client;

/// Where a session stands.
#[derive(Clone, PartialEq)]
pub enum Phase {
    /// Not known yet.
    Starting,
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
            Phase::Starting | Phase::Out { .. } => None,
        }
    }

    /// Whether the user may do something to anybody's records at all.
    pub fn may(&self, area: Area, action: Action) -> bool {
        self.me()
            .is_some_and(|me| me.level(area, action) != Level::None)
    }

    /// What the user may do with a field of that class.
    pub fn access(&self, class: Option<&str>) -> FieldAccess {
        class.map_or(FieldAccess::Write, |class| {
            self.me().map_or(FieldAccess::Hide, |me| me.access(class))
        })
    }

    /// Reads who is signed in, after signing in or after a change of oneself.
    pub fn reload(&self) {
        let (client, set) = (self.client.clone(), self.set.clone());
        spawn_local(async move {
            set.emit(match client.get::<Me>("me").await {
                Ok(me) => Phase::In(Rc::new(me)),
                Err(_) => Phase::Out { setup: false },
            });
        });
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
        move |()| {
            spawn_local(async move {
                if session.client.renew().await.is_ok() {
                    return session.reload();
                }
                let state = session
                    .client
                    .get::<SetupState>("setup")
                    .await
                    .unwrap_or_default();
                session.set.emit(Phase::Out { setup: state.open });
            })
        }
    });
    let ended = session.me().map(|me| Phase::Ended(me.clone()));
    let set = session.set.clone();
    session.client.on_end(Callback::from(move |()| {
        ended.iter().for_each(|ended| set.emit(ended.clone()))
    }));
    html! { <ContextProvider<Session> context={session}>{ props.children.clone() }</ContextProvider<Session>> }
}

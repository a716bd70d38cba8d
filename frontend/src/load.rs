//! The one hook that owns loading, error and data; and its sister for what a person sets off.

use std::future::Future;
use std::rc::Rc;

use perennial_domain::problem::Problem;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::client::{Client, Outcome};
use crate::session::use_session;

/// Something that is, or will be, loaded.
pub struct Loaded<T> {
    /// The newest that came.
    pub data: Option<Rc<T>>,
    /// Why nothing came.
    pub problem: Option<Rc<Problem>>,
    /// Loads it again.
    pub reload: Callback<()>,
    /// Puts something in its place: what a write answered.
    pub put: Callback<Rc<T>>,
}

/// Loads when the component appears and whenever `of` changes; an answer that comes too late is dropped.
#[hook]
pub fn use_load<D, T, F>(of: D, load: impl Fn(Client, D) -> F + 'static) -> Loaded<T>
where
    D: Clone + PartialEq + 'static,
    T: 'static,
    F: Future<Output = Outcome<T>> + 'static,
{
    let state = use_state(|| (None::<D>, None::<Rc<T>>, None::<Rc<Problem>>));
    let turn = use_state(|| 0_u32);
    let latest = use_mut_ref(|| 0_u32);
    let client = use_session().client;
    use_effect_with((of.clone(), *turn), {
        let (set, kept) = (
            state.setter(),
            state.1.clone().filter(|_| state.0.as_ref() == Some(&of)),
        );
        move |(of, _): &(D, u32)| {
            let mine = {
                let mut latest = latest.borrow_mut();
                *latest += 1;
                *latest
            };
            let (of, future) = (of.clone(), load(client, of.clone()));
            spawn_local(async move {
                let outcome = future.await;
                if *latest.borrow() == mine {
                    set.set(match outcome {
                        Ok(data) => (Some(of), Some(Rc::new(data)), None),
                        Err(problem) => (Some(of), kept, Some(Rc::new(problem))),
                    });
                }
            });
        }
    });
    let reload = {
        let (turn, now) = (turn.setter(), *turn);
        Callback::from(move |()| turn.set(now + 1))
    };
    let put = {
        let (set, of) = (state.setter(), of.clone());
        Callback::from(move |data| set.set((Some(of.clone()), Some(data), None)))
    };
    let current = state.0.as_ref() == Some(&of);
    Loaded {
        data: state.1.clone().filter(|_| current),
        problem: state.2.clone().filter(|_| current),
        reload,
        put,
    }
}

/// Something that a person sets off: one at a time.
pub struct Sending<A> {
    /// It is on its way.
    pub busy: bool,
    /// Why it failed the last time.
    pub problem: Option<Rc<Problem>>,
    /// Sets it off.
    pub send: Callback<A>,
}

/// Sends what a person sets off, and tells `done` of its success.
#[hook]
pub fn use_send<A, T, F>(
    send: impl Fn(Client, A) -> F + 'static,
    done: impl Fn(T) + 'static,
) -> Sending<A>
where
    A: 'static,
    T: 'static,
    F: Future<Output = Outcome<T>> + 'static,
{
    let state = use_state(|| (false, None::<Rc<Problem>>));
    let client = use_session().client;
    let (busy, problem) = (*state).clone();
    let set = state.setter();
    let done = Rc::new(done);
    let send = Callback::from(move |argument| {
        if busy {
            return;
        }
        set.set((true, None));
        let (set, done, future) = (set.clone(), done.clone(), send(client.clone(), argument));
        spawn_local(async move {
            match future.await {
                Ok(answer) => {
                    set.set((false, None));
                    done(answer);
                }
                Err(problem) => set.set((false, Some(Rc::new(problem)))),
            }
        });
    });
    Sending {
        busy,
        problem,
        send,
    }
}

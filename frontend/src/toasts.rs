//! Short messages in a corner: told to screen readers, never taking the focus; a change can be undone from them.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use perennial_domain::problem::Problem;
use perennial_domain::text::Key;
use yew::prelude::*;

use crate::components::icon::{Mark, icon};
use crate::session::Around;
use crate::texts::{Texts, use_texts};

/// How long a toast stays unless it is looked at, in milliseconds.
const STAYS_MS: u32 = 8_000;
/// And how long once another page has opened.
const FOLLOWS_MS: u32 = 3_000;

/// A message.
#[derive(Clone, PartialEq)]
pub struct Toast {
    /// What it says.
    pub text: String,
    /// Something went wrong.
    pub bad: bool,
    /// What can be done about it: a label and an act.
    pub act: Option<(Key, Callback<()>)>,
}

#[derive(Clone, Default, PartialEq)]
struct Shown {
    toasts: Vec<(u32, Toast)>,
    /// The number of the next one.
    next: u32,
    /// Those before this number are of another page.
    page: u32,
}

enum Step {
    Show(Toast),
    Close(u32),
    Turn,
}

impl Reducible for Shown {
    type Action = Step;

    fn reduce(self: Rc<Self>, step: Step) -> Rc<Self> {
        let mut shown = (*self).clone();
        match step {
            Step::Show(toast) => {
                shown.toasts.push((shown.next, toast));
                shown.next += 1;
            }
            Step::Close(id) => shown.toasts.retain(|(other, _)| *other != id),
            Step::Turn => shown.page = shown.next,
        }
        Rc::new(shown)
    }
}

/// Shows toasts, as a context.
#[derive(Clone, PartialEq)]
pub struct Toasts(UseReducerDispatcher<Shown>);

impl Toasts {
    /// Tells.
    pub fn tell(&self, text: impl Into<String>) {
        self.0.dispatch(Step::Show(Toast {
            text: text.into(),
            bad: false,
            act: None,
        }));
    }

    /// Tells, with something to do about it.
    pub fn offer(&self, text: impl Into<String>, label: Key, act: Callback<()>) {
        self.0.dispatch(Step::Show(Toast {
            text: text.into(),
            bad: false,
            act: Some((label, act)),
        }));
    }

    /// Another page has opened: what was told before does not follow for long.
    pub fn turn(&self) {
        self.0.dispatch(Step::Turn);
    }

    /// Tells what went wrong.
    pub fn complain(&self, texts: &Texts, problem: &Problem) {
        self.0.dispatch(Step::Show(Toast {
            text: texts.problem(problem),
            bad: true,
            act: None,
        }));
    }
}

/// The toasts around this component.
#[hook]
pub fn use_toasts() -> Toasts {
    let spare = use_reducer(Shown::default);
    use_context().unwrap_or_else(|| Toasts(spare.dispatcher()))
}

/// Provides and shows the toasts.
#[component]
pub fn ToastsProvider(props: &Around) -> Html {
    let shown = use_reducer(Shown::default);
    let close = {
        let dispatcher = shown.dispatcher();
        Callback::from(move |id| dispatcher.dispatch(Step::Close(id)))
    };
    let toasts = Toasts(shown.dispatcher());
    html! {
        <ContextProvider<Toasts> context={toasts}>
            { props.children.clone() }
            <div class="toasts" role="status" aria-live="polite">
                { for shown.toasts.iter().map(|(id, toast)| html! { <ToastView key={*id} id={*id} toast={toast.clone()} follows={*id < shown.page} close={close.clone()}/> }) }
            </div>
        </ContextProvider<Toasts>>
    }
}

#[derive(Properties, PartialEq)]
struct ToastProps {
    id: u32,
    toast: Toast,
    /// It is of another page.
    follows: bool,
    close: Callback<u32>,
}

/// One toast; its time stands still while it is pointed at or focused.
#[component]
fn ToastView(props: &ToastProps) -> Html {
    let texts = use_texts();
    let held = use_state(|| false);
    let (id, close) = (props.id, props.close.reform(|id| id));
    use_effect_with((*held, props.follows), {
        let close = close.clone();
        move |(held, follows)| {
            let stays = if *follows { FOLLOWS_MS } else { STAYS_MS };
            let timer = (!held).then(|| Timeout::new(stays, move || close.emit(id)));
            move || drop(timer)
        }
    });
    let hold = |on: bool| {
        let held = held.setter();
        move || held.set(on)
    };
    let (enter, leave, focus, blur) = (hold(true), hold(false), hold(true), hold(false));
    let act = props.toast.act.clone().map(|(label, act)| {
        let close = close.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            act.emit(());
            close.emit(id);
        });
        html! { <button type="button" class="toast-act" {onclick}>{ texts.text(label) }</button> }
    });
    html! {
        <div class={classes!("toast", props.toast.bad.then_some("bad"))}
            onmouseenter={move |_| enter()} onmouseleave={move |_| leave()} onfocusin={move |_| focus()} onfocusout={move |_| blur()}>
            <span>{ &props.toast.text }</span>
            { act }
            <button type="button" class="icon-button" aria-label={texts.text(Key::ActClose)} onclick={move |_| close.emit(id)}>
                { icon(Mark::Close) }
            </button>
        </div>
    }
}

//! What referenced records are called: asked once for all that a page shows, then remembered.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use perennial_domain::field::Kind;
use perennial_domain::page::Page;
use perennial_domain::rights::Action;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::session::{Around, Session, use_session};
use crate::shape::{Record, Shape};

/// At most so many ids in one question.
const AT_ONCE: usize = 100;

#[derive(Default)]
struct Store {
    /// None: asked, but not seen.
    known: BTreeMap<(String, String), Option<Rc<Record>>>,
    wanted: BTreeSet<(String, String)>,
}

/// The records that references name, as a context.
#[derive(Clone)]
pub struct Names {
    store: Rc<RefCell<Store>>,
    session: Session,
    version: u32,
    redraw: Callback<()>,
}

impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
            && self.session == other.session
            && Rc::ptr_eq(&self.store, &other.store)
    }
}

impl Names {
    /// The record, if it is known by now.
    pub fn find(&self, plural: &str, id: &str) -> Option<Rc<Record>> {
        self.store
            .borrow()
            .known
            .get(&(plural.to_owned(), id.to_owned()))
            .cloned()
            .flatten()
    }

    /// Whether it was asked for and cannot be seen.
    pub fn is_missing(&self, plural: &str, id: &str) -> bool {
        self.store
            .borrow()
            .known
            .get(&(plural.to_owned(), id.to_owned()))
            .is_some_and(Option::is_none)
    }

    /// Remembers records that came by another way.
    pub fn learn(&self, plural: &str, records: impl IntoIterator<Item = Rc<Record>>) {
        for record in records {
            let key = (plural.to_owned(), record.id().to_owned());
            self.store.borrow_mut().known.insert(key, Some(record));
        }
        self.redraw.emit(());
    }

    /// Asks for a record; all that is wanted in one turn goes into one question for each resource.
    pub fn want(&self, plural: &str, id: &str) {
        let wanted = (plural.to_owned(), id.to_owned());
        let mut store = self.store.borrow_mut();
        if id.is_empty() || store.known.contains_key(&wanted) || store.wanted.contains(&wanted) {
            return;
        }
        store.wanted.insert(wanted);
        if store.wanted.len() == 1 {
            let names = self.clone();
            Timeout::new(0, move || names.ask()).forget();
        }
    }

    /// Asks for everything that the rows of a page refer to.
    pub fn want_all(&self, shape: &Shape, rows: &[Rc<Record>]) {
        for field in shape.fields {
            let (Kind::Reference(plural) | Kind::References(plural)) = field.kind else {
                continue;
            };
            for row in rows {
                let value = row.value(field.name);
                let several = value.as_array().into_iter().flatten().chain([value]);
                several
                    .filter_map(|id| id.as_str())
                    .for_each(|id| self.want(plural, id));
            }
        }
    }

    fn ask(&self) {
        let wanted = std::mem::take(&mut self.store.borrow_mut().wanted);
        let mut by_resource = BTreeMap::<String, Vec<String>>::new();
        for (plural, id) in wanted {
            by_resource.entry(plural).or_default().push(id);
        }
        for (plural, ids) in by_resource {
            for ids in ids.chunks(AT_ONCE).map(<[String]>::to_vec) {
                let (names, plural) = (self.clone(), plural.clone());
                spawn_local(async move { names.fetch(plural, ids).await });
            }
        }
    }

    async fn fetch(&self, plural: String, ids: Vec<String>) {
        let shape = Shape::named(&plural);
        let may_delete = shape.is_some_and(|shape| self.session.may(shape.area, Action::Delete));
        // What was deleted still has a name, for those who may see it.
        let deleted = if may_delete {
            "&include_deleted=true"
        } else {
            ""
        };
        let path = format!("{plural}?limit={AT_ONCE}{deleted}&id_in={}", ids.join(","));
        let found: Page<Rc<Record>> = if self.session.may_read(&plural) {
            match self.session.client.get(&path).await {
                Ok(page) => page,
                Err(problem) if problem.status == 0 => return,
                Err(_) => Page::default(),
            }
        } else {
            Page::default()
        };
        {
            let known = &mut self.store.borrow_mut().known;
            ids.into_iter()
                .for_each(|id| drop(known.insert((plural.clone(), id), None)));
            found.data.into_iter().for_each(|record| {
                drop(known.insert((plural.clone(), record.id().to_owned()), Some(record)))
            });
        }
        self.redraw.emit(());
    }
}

/// The names around this component.
#[hook]
pub fn use_names() -> Names {
    let session = use_session();
    use_context().unwrap_or_else(|| Names {
        store: Rc::default(),
        session,
        version: 0,
        redraw: Callback::noop(),
    })
}

/// The record that a reference names, once it is known.
#[hook]
pub fn use_name(plural: &str, id: &str) -> Option<Rc<Record>> {
    let names = use_names();
    let found = names.find(plural, id);
    use_effect_with((plural.to_owned(), id.to_owned()), move |(plural, id)| {
        names.want(plural, id)
    });
    found
}

/// Provides the names; forgets them with the session.
#[component]
pub fn NamesProvider(props: &Around) -> Html {
    let session = use_session();
    let store = use_memo((), |()| RefCell::new(Store::default()));
    let version = use_reducer(|| Count(0));
    let redraw = use_callback((), {
        let dispatcher = version.dispatcher();
        move |(), ()| dispatcher.dispatch(())
    });
    let names = Names {
        store,
        session,
        version: version.0,
        redraw,
    };
    html! { <ContextProvider<Names> context={names}>{ props.children.clone() }</ContextProvider<Names>> }
}

#[derive(PartialEq)]
struct Count(u32);

impl Reducible for Count {
    type Action = ();

    fn reduce(self: Rc<Self>, (): ()) -> Rc<Self> {
        Rc::new(Self(self.0.wrapping_add(1)))
    }
}

//! The list page of any resource.

use std::collections::BTreeSet;
use std::rc::Rc;

use perennial_domain::rights::Action;
use perennial_domain::text::Key;
use serde_json::{Map, Value};
use yew::prelude::*;
use yew_router::hooks::use_location;

use crate::components::empty::empty;
use crate::components::link::Link;
use crate::components::problem::ProblemNote;
use crate::frame::page::use_title;
use crate::frame::width::use_narrow;
use crate::keys::is_typing;
use crate::list::bulk::Bulk;
use crate::list::columns::Columns;
use crate::list::create::{Create, use_asked};
use crate::list::filters::Filters;
use crate::list::panel::Panel;
use crate::list::rows::{Rows, Step, use_rows};
use crate::list::search::SearchBox;
use crate::list::table::Table;
use crate::list::view::View;
use crate::preferences::use_preferences;
use crate::routes::{go, go_instead, record_path};
use crate::session::use_session;
use crate::shape::{Record, Shape};
use crate::texts::{Texts, use_texts};

/// Properties of [`ListPage`].
#[derive(Properties, PartialEq)]
pub struct ListPageProps {
    /// The resource.
    pub shape: &'static Shape,
    /// What a new record begins with.
    #[prop_or_default]
    pub preset: Map<String, Value>,
    /// The page that sums up what the list's filters keep.
    #[prop_or_default]
    pub sums: Option<AttrValue>,
}

/// The list of any resource: its view is the address, its rows come as the window reaches them.
#[component]
pub fn ListPage(props: &ListPageProps) -> Html {
    let (texts, session, preferences, narrow) =
        (use_texts(), use_session(), use_preferences(), use_narrow());
    let shape = props.shape;
    let title = texts.text(shape.plural_title());
    use_title(title);
    let location = use_location();
    let (path, query) = location
        .map(|at| (at.path().to_owned(), at.query_str().to_owned()))
        .unwrap_or_default();
    let view = View::read(&query);
    let rows = use_rows(shape, &view.request());
    let chosen = use_state(|| Rc::new(BTreeSet::<String>::new()));
    let creating = use_state_eq(|| false);
    // What was created is shown, once the dialog is gone and holds nothing unsaved any more.
    let created = use_state_eq(|| None::<Rc<Record>>);
    use_effect_with((*created).clone(), move |record| {
        let path = record
            .as_ref()
            .map(|record| record_path(shape, record.id()));
        path.iter().for_each(|path| go(path));
    });
    use_asked(creating.setter());
    let show = {
        let path = path.clone();
        Callback::from(move |view: View| go_instead(&format!("{path}{}", view.write())))
    };
    let with = |change: fn(&mut View, String)| {
        let (show, view) = (show.clone(), view.clone());
        Callback::from(move |text: String| {
            let mut view = view.clone();
            change(&mut view, text);
            show.emit(view);
        })
    };
    let onopen = {
        let (path, view) = (path.clone(), view.clone());
        Callback::from(move |id: String| {
            go(&format!(
                "{path}{}",
                View {
                    open: id,
                    ..view.clone()
                }
                .write()
            ))
        })
    };
    let close = with(|view, _| view.open.clear());
    let oncolumns = {
        let (show, view, preferences) = (show.clone(), view.clone(), preferences.clone());
        Callback::from(move |columns: Vec<String>| {
            preferences
                .change(|now| drop(now.columns.insert(shape.plural.into(), columns.clone())));
            show.emit(View {
                columns,
                ..view.clone()
            });
        })
    };
    let choose = {
        let chosen = chosen.clone();
        Callback::from(move |id: String| {
            let mut next = (**chosen).clone();
            if !next.remove(&id) {
                next.insert(id);
            }
            chosen.set(Rc::new(next));
        })
    };
    let choose_all = {
        let (chosen, rows) = (chosen.setter(), rows.clone());
        Callback::from(move |all: bool| {
            let ids = rows.all().filter(|_| all).map(|row| row.id().to_owned());
            chosen.set(Rc::new(ids.collect()));
        })
    };
    let renew = {
        let rows = rows.dispatcher();
        Callback::from(move |()| rows.dispatch(Step::Renew))
    };
    let onlook = {
        let rows = rows.dispatcher();
        Callback::from(move |window| rows.dispatch(Step::Look(window)))
    };
    let made = {
        let (creating, created) = (creating.setter(), created.setter());
        Callback::from(move |record: Option<Rc<Record>>| {
            creating.set(false);
            created.set(record);
        })
    };
    let remembered = preferences
        .now
        .columns
        .get(shape.plural)
        .filter(|columns| !columns.is_empty());
    let columns: Vec<_> = view
        .columns_of(shape, remembered)
        .into_iter()
        .filter(|field| session.sees(field))
        .collect();
    let may_create = session.may(shape.area, Action::Create);
    let new = texts.format(Key::ListNew, &[("what", &texts.text(shape.one()))]);
    let begin = {
        let creating = creating.setter();
        move |_: MouseEvent| creating.set(true)
    };
    let narrowed = !view.q.is_empty() || !view.filters.is_empty();
    let picked: Vec<_> = rows
        .all()
        .filter(|row| chosen.contains(row.id()))
        .cloned()
        .collect();
    let opened = rows.all().find(|row| row.id() == view.open).cloned();
    let cards = narrow;
    let onkeydown = {
        let (close, open) = (close.clone(), !view.open.is_empty());
        move |event: KeyboardEvent| {
            let at = event.target_dyn_into::<web_sys::Element>();
            let in_dialog =
                at.is_some_and(|at| at.closest("dialog").is_ok_and(|dialog| dialog.is_some()));
            if open && event.key() == "Escape" && !in_dialog && !is_typing(&event) {
                close.emit(String::new());
            }
        }
    };
    html! {
        <div class="list-page" {onkeydown}>
            <div class="page-head">
                <h1>{ title }</h1>
                <SearchBox q={view.q.clone()} onsearch={with(|view, q| view.q = q)}/>
                <span class="grow"></span>
                if let Some(sums) = &props.sums {
                    <Link to={format!("{sums}{}", view.filters_only().write())} class={classes!("pf-v6-c-button", "pf-m-secondary")}>{ texts.text(Key::TotalsTitle) }</Link>
                }
                if may_create { <button type="button" class="pf-v6-c-button pf-m-primary" onclick={begin.clone()}>{ &new }</button> }
            </div>
            <div class="page-bar">
                <Filters {shape} view={view.clone()} onchange={show.clone()}/>
                <span class="grow"></span>
                <Columns {shape} columns={columns.clone()} onchange={oncolumns}/>
            </div>
            if !picked.is_empty() {
                <Bulk {shape} rows={picked} onchange={renew.clone()} onclear={{ let chosen = chosen.setter(); move |()| chosen.set(Rc::default()) }}/>
            }
            <div class={classes!("list-body", (!view.open.is_empty()).then_some("with-panel"))}>
                <div class="card list-card">
                    if rows.problem.is_some() { <ProblemNote problem={rows.problem.clone()} retry={renew.clone()}/> }
                    if rows.is_empty() && narrowed {
                        { empty(texts.text(Key::ListNothingFound), texts.text(Key::ListNothingFoundAdvice), html! { <>
                            <button type="button" class="pf-v6-c-button pf-m-secondary" onclick={show.reform(|_| View::default())}>{ texts.text(Key::ListFiltersClear) }</button>
                        </> }) }
                    } else if rows.is_empty() {
                        { empty(&texts.format(Key::ListEmpty, &[("what", &texts.within(shape.plural_title()))]), texts.text(Key::ListEmptyAdvice), html! { <>
                            if may_create { <button type="button" class="pf-v6-c-button pf-m-primary" onclick={begin}>{ &new }</button> }
                        </> }) }
                    } else {
                        <Table {shape} rows={rows.clone()} {columns} sort={view.sort.clone()} onsort={with(|view, sort| view.sort = sort)}
                            chosen={(*chosen).clone()} onchoose={choose} onchoose_all={choose_all} open={view.open.clone()} {onopen} {onlook} {cards}/>
                        <p class="list-foot" aria-live="polite">{ counted(&texts, &rows) }</p>
                    }
                </div>
                if !view.open.is_empty() { <Panel {shape} id={view.open.clone()} record={opened} onclose={close.reform(|()| String::new())}/> }
            </div>
            if *creating { <Create {shape} preset={props.preset.clone()} onclose={made}/> }
        </div>
    }
}

/// "50 of 12,480 shown".
fn counted(texts: &Texts, rows: &Rows) -> String {
    let shown = i64::try_from(rows.known()).unwrap_or(i64::MAX);
    let key = if rows.has_more() {
        Key::ListCountMore
    } else {
        Key::ListCount
    };
    let count = total(texts, rows);
    texts.format(key, &[("shown", &texts.number(shown)), ("count", &count)])
}

/// How many rows a list has; over ten thousand are not counted.
pub fn total(texts: &Texts, rows: &Rows) -> String {
    let shown = i64::try_from(rows.known()).unwrap_or(i64::MAX);
    match rows.total {
        Some(total) if total > 10_000 => format!("{}+", texts.number(10_000)),
        Some(total) => texts.number(total.max(shown)),
        None => texts.number(shown),
    }
}

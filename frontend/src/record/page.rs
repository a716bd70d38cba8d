//! The page of a record of any resource.

use std::rc::Rc;

use perennial_domain::rights::Action;
use perennial_domain::text::Key;
use serde_json::json;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::client::new_key;
use crate::components::avatar::avatar;
use crate::components::icon::{Mark, icon};
use crate::components::link::Link;
use crate::components::problem::ProblemNote;
use crate::components::skeleton::skeleton;
use crate::fields::whole::Whole;
use crate::frame::page::use_title;
use crate::list::kept;
use crate::list::page::total;
use crate::load::use_send;
use crate::names::use_names;
use crate::record::about::About;
use crate::record::editing::use_editing;
use crate::record::field::Save;
use crate::record::header::{badges, figures, subtitle};
use crate::routes::{go_instead, record_path};
use crate::session::{Session, use_session};
use crate::shape::{Record, Shape};
use crate::texts::{Texts, use_texts};
use crate::toasts::use_toasts;

/// What a block of a record's page is drawn from.
pub struct Drawing<'a> {
    /// Who reads it.
    pub texts: &'a Texts,
    /// What they may see and do.
    pub session: &'a Session,
    /// The record.
    pub record: Rc<Record>,
    /// Saves a patch of it.
    pub save: Callback<Save>,
    /// Loads it again.
    pub reload: Callback<()>,
}

/// What a resource's page has beside its fields.
#[derive(Clone, Copy)]
pub struct Block(pub fn(Drawing<'_>) -> Html);

impl PartialEq for Block {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::fn_addr_eq(self.0, other.0)
    }
}

/// Properties of [`RecordPage`].
#[derive(Properties, PartialEq)]
pub struct RecordPageProps {
    /// The resource.
    pub shape: &'static Shape,
    /// The record.
    pub id: String,
    /// What can be done with it, beside deleting it.
    #[prop_or_default]
    pub acts: Option<Block>,
    /// What it comes to, in its head; the usual figures, where there is nothing else.
    #[prop_or_default]
    pub head: Option<Block>,
    /// What stands in the middle; the fields, where there is nothing else.
    #[prop_or_default]
    pub main: Option<Block>,
    /// What stands beside it, above the fields.
    #[prop_or_default]
    pub side: Option<Block>,
    /// Fields that the blocks show in another way.
    #[prop_or_default]
    pub without: Vec<&'static str>,
}

/// The page of any record: header, blocks, fields; a stale write opens the comparison.
#[component]
pub fn RecordPage(props: &RecordPageProps) -> Html {
    let (texts, toasts, names, session) = (use_texts(), use_toasts(), use_names(), use_session());
    let shape = props.shape;
    let path = format!("{}/{}", shape.plural, props.id);
    let editing = use_editing(shape, &path);
    let name = editing
        .record
        .as_ref()
        .map(|record| shape.name(record).to_owned());
    use_title(
        name.as_deref()
            .unwrap_or_else(|| texts.text(shape.plural_title())),
    );
    use_effect_with(editing.record.clone(), {
        let names = names.clone();
        move |record| names.learn(shape.plural, record.clone())
    });
    let restore = use_send(
        |client, path: String| async move {
            client
                .post::<Rc<Record>>(&format!("{path}/restore"), json!({}), &new_key())
                .await
        },
        {
            let put = editing.put.clone();
            move |record| put.emit(record)
        },
    );
    let deleted = {
        let (texts, toasts, send, path, put) = (
            texts.clone(),
            toasts.clone(),
            restore.send.clone(),
            path.clone(),
            editing.put.clone(),
        );
        move |record: Rc<Record>| {
            let (send, path) = (send.clone(), path.clone());
            toasts.offer(
                texts.format(Key::RecordDeleted, &[("name", &shape.name(&record))]),
                Key::ActUndo,
                Callback::from(move |()| send.emit(path.clone())),
            );
            put.emit(Rc::new(record.deleted_now()));
        }
    };
    let delete = use_send(
        |client, (path, record): (String, Rc<Record>)| async move {
            client
                .delete(&path, record.version())
                .await
                .map(|()| record)
        },
        deleted,
    );
    // The button that deletes is gone then: the way to take it back has the focus.
    let back = use_node_ref();
    let gone = editing.record.as_ref().map(|record| record.is_deleted());
    let was_gone = use_mut_ref(|| gone);
    use_effect_with(gone, {
        let back = back.clone();
        move |gone| {
            if was_gone.replace(*gone) == Some(false) && *gone == Some(true) {
                let _ = back.cast::<HtmlElement>().map(|back| back.focus());
            }
        }
    });
    // Somebody was faster: show what stands there now before it is deleted after all.
    use_effect_with(delete.problem.clone(), {
        let reload = editing.reload.clone();
        move |problem| {
            problem
                .iter()
                .filter(|problem| problem.status == 412)
                .for_each(|_| reload.emit(()))
        }
    });
    let place = kept::find(shape, &props.id);
    let step = |place: &kept::Place, steps: isize, label: Key, mark: Mark| {
        let neighbour = place.neighbour(steps);
        let disabled = neighbour.is_none();
        // In place of this one: the way back still leads to the list, and there to the row that was seen last.
        let onclick = move |_: MouseEvent| {
            if let Some((at, row)) = &neighbour {
                kept::keep_cursor(shape, *at);
                go_instead(&record_path(shape, row.id()));
            }
        };
        html! { <button type="button" class="icon-button" aria-label={texts.text(label)} {disabled} {onclick}>{ icon(mark) }</button> }
    };
    let crumbs = html! {
        <nav class="crumbs" aria-label={texts.text(Key::RecordCrumbs)}>
            <Link to={kept::address(shape)}>{ icon(Mark::Back) }{ texts.text(shape.plural_title()) }</Link>
            if let Some(place) = &place {
                <span class="quiet">{ texts.format(Key::RecordPlace, &[("place", &texts.number(i64::try_from(place.at + 1).unwrap_or_default())), ("count", &total(&texts, &place.rows))]) }</span>
                { step(place, -1, Key::RecordPrevious, Mark::Left) }
                { step(place, 1, Key::RecordNext, Mark::Right) }
            }
        </nav>
    };
    let Some(record) = editing.record.clone() else {
        return html! {
            <div class="record-page">
                { crumbs }
                <h1 class="hidden">{ texts.text(shape.plural_title()) }</h1>
                <div class="card padded">
                    if editing.problem.is_some() { <ProblemNote problem={editing.problem} retry={editing.reload}/> } else { { skeleton(&texts, 8) } }
                </div>
            </div>
        };
    };
    let block = |block: Option<Block>| {
        block.map(|Block(draw)| {
            draw(Drawing {
                texts: &texts,
                session: &session,
                record: record.clone(),
                save: editing.save.clone(),
                reload: editing.reload.clone(),
            })
        })
    };
    let without = if record.is_deleted() {
        Vec::new()
    } else {
        props.without.clone()
    };
    let about = html! {
        <section class="card padded" aria-label={texts.text(Key::RecordAbout)}>
            <h2>{ texts.text(Key::RecordAbout) }</h2>
            <About {shape} record={record.clone()} save={editing.save.clone()} {without}/>
        </section>
    };
    // What hangs on a deleted record is not told any more.
    let (main, side, acts) = if record.is_deleted() {
        (None, None, None)
    } else {
        (props.main, props.side, props.acts)
    };
    let remove = delete.send.reform({
        let (path, record) = (path.clone(), record.clone());
        move |_: MouseEvent| (path.clone(), record.clone())
    });
    html! {
        <ContextProvider<Whole> context={Whole(record.clone())}>
        <div class="record-page">
            { crumbs }
            if record.is_deleted() {
                <div class="note warn" role="status">
                    { icon(Mark::Trash) }
                    <span>{ texts.format(Key::RecordIsDeleted, &[("when", &texts.ago(record.text("deleted_at")))]) }</span>
                    if session.may(shape.area, Action::Delete) {
                        <button type="button" ref={back} class="pf-v6-c-button pf-m-secondary" onclick={restore.send.reform(move |_| path.clone())}>{ icon(Mark::Restore) }{ texts.text(Key::ActRestore) }</button>
                    }
                </div>
            }
            <header class="card padded record-head">
                <div class="row">
                    if shape.is_named() { { avatar(shape.name(&record), true) } }
                    <div class="grow"><h1>{ shape.name(&record) }</h1>{ subtitle(&texts, shape, &record) }</div>
                    { block(acts) }
                    if !record.is_deleted() && session.may(shape.area, Action::Delete) {
                        <button type="button" class="pf-v6-c-button pf-m-secondary" disabled={delete.busy} onclick={remove}>{ texts.text(Key::ActDelete) }</button>
                    }
                </div>
                <ProblemNote problem={delete.problem.or(restore.problem)}/>
                { badges(&texts, &session, shape, &record) }
                { block(props.head).unwrap_or_else(|| figures(&texts, &session, shape, &record)) }
            </header>
            if main.is_some() || side.is_some() {
                <div class="record-body">
                    <div class="column">{ block(main).unwrap_or_else(|| about.clone()) }</div>
                    <div class="column">{ block(side) }if main.is_some() { { about } }</div>
                </div>
            } else {
                { about }
            }
            { editing.conflict }
        </div>
        </ContextProvider<Whole>>
    }
}

//! Teams, as the tree that they are.

use std::collections::BTreeMap;
use std::rc::Rc;

use perennial_domain::page::Page;
use perennial_domain::rights::Action;
use perennial_domain::team::Team;
use perennial_domain::text::Key;
use serde_json::Map;
use yew::prelude::*;

use crate::components::empty::empty;
use crate::components::icon::{Mark, icon};
use crate::components::link::Link;
use crate::components::problem::ProblemNote;
use crate::components::skeleton::skeleton;
use crate::frame::page::use_title;
use crate::list::create::Create;
use crate::load::use_load;
use crate::names::use_names;
use crate::routes::record_path;
use crate::session::use_session;
use crate::shape::{Record, Shape, patch};
use crate::texts::use_texts;

/// Teams below the team of that id; the topmost below the empty one.
type Tree = BTreeMap<String, Vec<Rc<Record>>>;

/// Every team, in a tree.
#[component]
pub fn Teams() -> Html {
    let (texts, session, names) = (use_texts(), use_session(), use_names());
    let shape = Shape::of::<Team>();
    let title = texts.text(shape.plural_title());
    use_title(title);
    // The team below which a new one is made.
    let adding = use_state(|| None::<String>);
    let loaded = use_load((), |client, ()| async move {
        let (mut tree, mut cursor) = (Tree::new(), String::new());
        loop {
            let page: Page<Rc<Record>> = client.get(&format!("teams?limit=200{cursor}")).await?;
            page.data.into_iter().for_each(|team| {
                tree.entry(team.text("parent_id").to_owned())
                    .or_default()
                    .push(team)
            });
            match page.page.next_cursor.filter(|_| page.page.has_more) {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(tree),
            }
        }
    });
    use_effect_with(loaded.data.clone(), {
        move |tree| {
            names.learn(
                shape.plural,
                tree.iter()
                    .flat_map(|tree| tree.values().flatten().cloned()),
            )
        }
    });
    let may_create = session.may(shape.area, Action::Create);
    let add = {
        let adding = adding.setter();
        Callback::from(move |below: String| adding.set(Some(below)))
    };
    let made = {
        let (adding, reload) = (adding.setter(), loaded.reload.clone());
        move |made: Option<Rc<Record>>| {
            adding.set(None);
            made.iter().for_each(|_| reload.emit(()));
        }
    };
    let new = texts.format(Key::ListNew, &[("what", &texts.text(shape.one()))]);
    let begin = may_create.then(|| html! {
        <button type="button" class="pf-v6-c-button pf-m-primary" onclick={add.reform(|_| String::new())}>{ &new }</button>
    });
    let preset = |below: &str| match below {
        "" => Map::new(),
        below => patch("parent_id", below.into()),
    };
    html! {
        <>
            <div class="page-head"><h1>{ title }</h1><span class="grow"></span>{ begin.clone() }</div>
            <div class="card padded">
                <ProblemNote problem={loaded.problem.clone()} retry={loaded.reload.clone()}/>
                if let Some(tree) = &loaded.data {
                    if tree.is_empty() {
                        { empty(&texts.format(Key::ListEmpty, &[("what", &texts.within(shape.plural_title()))]), texts.text(Key::TeamsAdvice), html! { <>{ begin }</> }) }
                    }
                    { branch(tree, "", &may_create.then_some(add), &texts.text(Key::TeamsAddBelow).into()) }
                } else if loaded.problem.is_none() { { skeleton(&texts, 3) } }
            </div>
            if let Some(below) = &*adding { <Create {shape} preset={preset(below)} onclose={made}/> }
        </>
    }
}

/// The teams below one.
fn branch(tree: &Tree, below: &str, add: &Option<Callback<String>>, add_label: &AttrValue) -> Html {
    let Some(teams) = tree.get(below) else {
        return Html::default();
    };
    let one = |team: &Rc<Record>| {
        let id = team.id().to_owned();
        let add_here = add.clone().map(|add| {
            let id = id.clone();
            html! { <button type="button" class="icon-button" aria-label={format!("{add_label}: {}", team.text("name"))} onclick={move |_| add.emit(id.clone())}>{ icon(Mark::Add) }</button> }
        });
        html! {
            <li key={id.as_str()}>
                <span class="row"><Link to={record_path(Shape::of::<Team>(), &id)}>{ team.text("name") }</Link>{ add_here }</span>
                { branch(tree, &id, add, add_label) }
            </li>
        }
    };
    html! { <ul class="tree">{ for teams.iter().map(one) }</ul> }
}

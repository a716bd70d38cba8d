//! What purchases come to, group by group: of those that the list's own filters keep.

use perennial_domain::Decimal;
use perennial_domain::customer::Customer;
use perennial_domain::purchase::{Group, Grouping, Purchase, PurchaseTotals, Sums};
use perennial_domain::text::Key;
use web_sys::HtmlSelectElement;
use yew::prelude::*;
use yew_router::hooks::use_location;

use crate::components::empty::empty;
use crate::components::icon::{Mark, icon};
use crate::components::link::Link;
use crate::components::problem::ProblemNote;
use crate::components::skeleton::skeleton;
use crate::frame::page::use_title;
use crate::list::filters::Filters;
use crate::list::view::View;
use crate::load::use_load;
use crate::routes::{go_instead, list_path};
use crate::session::use_session;
use crate::shape::Shape;
use crate::texts::{Texts, use_texts};

/// The parameter that says by what they are grouped.
const BY: &str = "by";
/// More groups are not read.
const MOST: usize = 1000;

/// What purchases come to; what is asked is the address.
#[component]
pub fn Totals() -> Html {
    let (texts, session) = (use_texts(), use_session());
    let shape = Shape::of::<Purchase>();
    let title = texts.text(Key::TotalsTitle);
    use_title(title);
    let query = use_location().map(|at| at.query_str().to_owned());
    let mut view = View::read(&query.unwrap_or_default());
    let by = view.filters.remove(BY);
    let by = by.and_then(|by| Grouping::parse(&by)).unwrap_or_default();
    let asked = |by: Grouping, view: &View| view.with(BY.into(), by.as_str().into());
    let request = asked(by, &view)
        .with("limit".into(), MOST.to_string())
        .request();
    let loaded = use_load(request, |client, request| async move {
        client
            .get::<PurchaseTotals>(&format!("purchases/totals{request}"))
            .await
    });
    // What is there stays while something else is asked for.
    let kept = use_mut_ref(|| None);
    if loaded.data.is_some() {
        kept.replace(loaded.data.clone());
    }
    let shown = kept.borrow().clone();
    let path = list_path(shape);
    let show = {
        let path = path.clone();
        Callback::from(move |view: View| go_instead(&format!("{path}/totals{}", view.write())))
    };
    let onfilter = show.reform(move |view: View| asked(by, &view));
    let onby = {
        let view = view.clone();
        show.reform(move |event: Event| {
            let word = event.target_unchecked_into::<HtmlSelectElement>().value();
            asked(Grouping::parse(&word).unwrap_or_default(), &view)
        })
    };
    let country = Shape::of::<Customer>().field("country");
    let may_group = |by: &&Grouping| {
        **by != Grouping::Country || country.is_some_and(|field| session.sees(&field))
    };
    let option = |one: &Grouping| html! { <option value={one.as_str()} selected={*one == by}>{ texts.text(one.label()) }</option> };
    html! {
        <div class="list-page">
            <nav class="crumbs" aria-label={texts.text(Key::RecordCrumbs)}>
                <Link to={format!("{path}{}", view.write())}>{ icon(Mark::Back) }{ texts.text(shape.plural_title()) }</Link>
            </nav>
            <div class="page-head">
                <h1>{ title }</h1>
                <label class="by"><span class="quiet">{ texts.text(Key::TotalsBy) }</span>
                    <span class="pf-v6-c-form-control"><select onchange={onby}>{ for Grouping::ALL.iter().filter(may_group).map(option) }</select></span>
                </label>
            </div>
            <div class="page-bar"><Filters {shape} view={view.clone()} onchange={onfilter} deleted=false/></div>
            <div class="card padded" aria-busy={(loaded.data.is_none() && loaded.problem.is_none()).to_string()}>
                if loaded.problem.is_some() { <ProblemNote problem={loaded.problem} retry={loaded.reload}/> }
                else if let Some(totals) = shown {
                    if totals.groups.is_empty() && view.filters.is_empty() {
                        { empty(&texts.format(Key::ListEmpty, &[("what", &texts.within(shape.plural_title()))]), "", Html::default()) }
                    } else if totals.groups.is_empty() {
                        { empty(texts.text(Key::ListNothingFound), texts.text(Key::ListNothingFoundAdvice), Html::default()) }
                    }
                    else { { table(&texts, &totals, &view, &path) } }
                } else { { skeleton(&texts, 6) } }
            </div>
        </div>
    }
}

fn table(texts: &Texts, totals: &PurchaseTotals, view: &View, path: &str) -> Html {
    let greatest = totals
        .groups
        .iter()
        .map(|group| group.sums.revenue.amount)
        .max();
    let greatest = greatest.unwrap_or_default().ten_thousandths().max(1) as f64;
    let pieces = matches!(totals.by, Grouping::Product | Grouping::Category);
    let quantity = |sums: &Sums| {
        let quantity = sums
            .quantity
            .map(|quantity| texts.decimal(&quantity.to_string()));
        pieces
            .then(|| html! { <td class="col-number"><span class="number">{ quantity }</span></td> })
    };
    let count = |sums: &Sums| texts.decimal(&sums.purchases.to_string());
    let revenue = |sums: &Sums| {
        texts.money(
            &sums.revenue.amount.to_string(),
            sums.revenue.currency.code(),
        )
    };
    let row = |group: &Group| {
        let name = name(texts, totals.by, group);
        let name = match narrowed(view, totals.by, group) {
            Some(view) => html! { <Link to={format!("{path}{}", view.write())}>{ name }</Link> },
            None => html! { { name } },
        };
        let share = group
            .sums
            .revenue
            .amount
            .max(Decimal::default())
            .ten_thousandths() as f64
            / greatest;
        let style = format!("width:{:.2}%", share * 100.0);
        html! {
            <tr>
                <th scope="row">{ name }</th>
                <td class="bar-cell"><span class="bar-line"><span class="bar-room" aria-hidden="true"><span class="bar" ~style={style}></span></span><span class="number">{ revenue(&group.sums) }</span></span></td>
                { quantity(&group.sums) }
                <td class="col-number"><span class="number">{ count(&group.sums) }</span></td>
            </tr>
        }
    };
    html! {
        <>
            <table class="ledger totals" aria-label={texts.text(Key::TotalsTitle)}>
                <thead><tr>
                    <th scope="col">{ texts.text(totals.by.label()) }</th>
                    <th scope="col" class="col-number">{ texts.text(Key::SalesRevenue) }</th>
                    if pieces { <th scope="col" class="col-number">{ texts.text(Key::PartQuantity) }</th> }
                    <th scope="col" class="col-number">{ texts.text(Key::AreaPurchases) }</th>
                </tr></thead>
                <tbody>{ for totals.groups.iter().map(row) }</tbody>
                <tfoot><tr>
                    <th scope="row">{ texts.text(Key::LedgerTotal) }</th>
                    <td class="col-number"><span class="number">{ revenue(&totals.total) }</span></td>
                    { quantity(&totals.total) }
                    <td class="col-number"><span class="number">{ count(&totals.total) }</span></td>
                </tr></tfoot>
            </table>
            if totals.has_more { <p class="quiet">{ texts.format(Key::TotalsMore, &[("count", &texts.number(MOST as i64))]) }</p> }
        </>
    }
}

/// What a group is called.
fn name(texts: &Texts, by: Grouping, group: &Group) -> String {
    match (by, &group.name, &group.key) {
        (Grouping::Month, _, Some(month)) => texts.month(month),
        (_, Some(name), _) | (Grouping::Year | Grouping::Country, None, Some(name)) => name.clone(),
        (_, None, Some(_)) => "—".to_owned(),
        (_, None, None) => texts.text(Key::ListNotSet).to_owned(),
    }
}

/// The list of a group's purchases, where a filter tells them from the others.
fn narrowed(view: &View, by: Grouping, group: &Group) -> Option<View> {
    let field = match by {
        Grouping::Year | Grouping::Month => {
            let key = group.key.as_deref()?;
            let (first, last) = match by {
                Grouping::Year => (format!("{key}-01-01"), format!("{key}-12-31")),
                _ => (format!("{key}-01"), last_day(key)),
            };
            // Days are written so that they are ordered as texts.
            let bound = |name: &str| view.filters.get(name).cloned();
            let from = bound("purchased_on_gte").map_or(first.clone(), |from| from.max(first));
            let to = bound("purchased_on_lte").map_or(last.clone(), |to| to.min(last));
            return Some(
                view.with("purchased_on_gte".into(), from)
                    .with("purchased_on_lte".into(), to),
            );
        }
        Grouping::Customer => "customer_id",
        Grouping::Seller => "seller_id",
        Grouping::Category | Grouping::Country | Grouping::Product => return None,
    };
    let view = view.without(&*Shape::of::<Purchase>().field(field)?);
    Some(match &group.key {
        Some(id) => view.with(format!("{field}_in"), id.clone()),
        None => view.with(format!("{field}_is_null"), "true".into()),
    })
}

/// The last day of a month such as `1997-05`: the day before the next one's first.
fn last_day(month: &str) -> String {
    let day = js_sys::Date::new(&month.into());
    day.set_utc_month(day.get_utc_month() + 1);
    day.set_utc_date(0);
    String::from(day.to_iso_string()).chars().take(10).collect()
}

//! The application: its contexts, and which page stands at which address.

use perennial_domain::contact::Contact;
use perennial_domain::customer::Customer;
use perennial_domain::field::Resource;
use perennial_domain::product::Product;
use perennial_domain::purchase::Purchase;
use yew::prelude::*;
use yew_router::prelude::*;

use crate::frame::shell::Shell;
use crate::list::page::ListPage;
use crate::names::NamesProvider;
use crate::pages::contacts::contact_page;
use crate::pages::customers::customer_page;
use crate::pages::not_found::NotFound;
use crate::pages::password::NewPassword;
use crate::pages::products::product_page;
use crate::pages::purchases::{preset, purchase_page};
use crate::pages::settings::Settings;
use crate::pages::setup::Setup;
use crate::pages::sign_in::{Away, SignIn};
use crate::pages::totals::Totals;
use crate::preferences::PreferencesProvider;
use crate::routes::Route;
use crate::session::{Phase, Session, SessionProvider, use_session};
use crate::shape::Shape;
use crate::toasts::ToastsProvider;

/// The application.
#[component]
pub fn App() -> Html {
    html! {
        <PreferencesProvider>
            <SessionProvider>
                <NamesProvider>
                    <ToastsProvider>
                        <BrowserRouter><Switch<Route> render={page}/></BrowserRouter>
                    </ToastsProvider>
                </NamesProvider>
            </SessionProvider>
        </PreferencesProvider>
    }
}

fn page(route: Route) -> Html {
    html! { <Gate {route}/> }
}

#[derive(Properties, PartialEq)]
struct GateProps {
    route: Route,
}

/// Shows a page to whom it belongs: sign-in stands at the address that was asked for, so that it leads there.
#[component]
fn Gate(props: &GateProps) -> Html {
    let session = use_session();
    match (&session.phase, &props.route) {
        (Phase::Starting, _) => Html::default(),
        (Phase::Away(problem), _) => html! { <Away problem={problem.clone()}/> },
        (Phase::Out { setup: true }, _) => html! { <Setup/> },
        (_, Route::Password) => html! { <NewPassword/> },
        (Phase::Out { .. }, _) => html! { <SignIn/> },
        (Phase::In(_) | Phase::Ended(_), Route::Home | Route::Setup) => {
            html! { <Redirect<Route> to={Route::Customers}/> }
        }
        (Phase::In(_) | Phase::Ended(_), route) => {
            html! { <Shell>{ inside(route, &session) }</Shell> }
        }
    }
}

fn inside(route: &Route, session: &Session) -> Html {
    match route {
        Route::Customers => {
            html! { <ListPage key={Customer::PLURAL} shape={Shape::of::<Customer>()}/> }
        }
        Route::Customer { id } => customer_page(id),
        Route::Contacts => {
            html! { <ListPage key={Contact::PLURAL} shape={Shape::of::<Contact>()}/> }
        }
        Route::Contact { id } => contact_page(id),
        Route::Purchases => {
            html! { <ListPage key={Purchase::PLURAL} shape={Shape::of::<Purchase>()} preset={preset(session)} sums="/purchases/totals"/> }
        }
        Route::Totals => html! { <Totals/> },
        Route::Purchase { id } => purchase_page(id),
        Route::Products => {
            html! { <ListPage key={Product::PLURAL} shape={Shape::of::<Product>()}/> }
        }
        Route::Product { id } => product_page(id),
        Route::Settings => html! { <Settings section="account" id=""/> },
        Route::Section { section } => html! { <Settings section={section.clone()} id=""/> },
        Route::SectionRecord { section, id } => {
            html! { <Settings section={section.clone()} id={id.clone()}/> }
        }
        Route::Home | Route::Setup | Route::Password | Route::NotFound => html! { <NotFound/> },
    }
}

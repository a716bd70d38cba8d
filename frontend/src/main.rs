//! Starts the browser application.

fn main() {
    yew::Renderer::<perennial_frontend::app::App>::new().render();
}

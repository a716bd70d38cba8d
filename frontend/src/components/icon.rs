//! Marks drawn by us, as inline SVG.

use yew::prelude::*;

/// What a mark shows.
#[derive(Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Mark {
    Add,
    Back,
    Bell,
    Burger,
    Check,
    Close,
    Columns,
    Down,
    Keys,
    Left,
    Moon,
    Pencil,
    Restore,
    Right,
    Search,
    Sun,
    Trash,
    Up,
    Warning,
}

/// A mark; what it means is said by the text or label beside it.
pub fn icon(mark: Mark) -> Html {
    let path = match mark {
        Mark::Add => "M8 3v10M3 8h10",
        Mark::Back => "M10 3L5 8l5 5",
        Mark::Bell => "M4 12V7a4 4 0 0 1 8 0v5M2.500 12h11M7 14h2",
        Mark::Burger => "M2 4h12M2 8h12M2 12h12",
        Mark::Check => "M3 8.500l3.500 3.500L13 4.500",
        Mark::Close => "M4 4l8 8M12 4l-8 8",
        Mark::Columns => "M2.500 3h11v10h-11zM6.200 3v10M9.800 3v10",
        Mark::Down => "M4 6l4 4 4-4",
        Mark::Keys => "M1.500 4.500h13v7h-13zM4 7h.1M6.500 7h.1M9 7h.1M11.500 7h.1M5 9.500h6",
        Mark::Left => "M10 4L6 8l4 4",
        Mark::Moon => "M13 9.500A5.500 5.500 0 0 1 6.500 3a5.500 5.500 0 1 0 6.500 6.500z",
        Mark::Pencil => "M3 13l.7-3L10.500 3.200l2.300 2.300L6 12.300z",
        Mark::Restore => "M3 3v4h4M3.300 7a5 5 0 1 1-.2 2.500",
        Mark::Right => "M6 4l4 4-4 4",
        Mark::Search => "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.800 10.800L14 14",
        Mark::Sun => {
            "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1"
        }
        Mark::Trash => "M3 4.500h10M6.500 4V2.500h3V4M4.200 4.500l.6 9h6.400l.6-9",
        Mark::Up => "M4 10l4-4 4 4",
        Mark::Warning => "M8 2L1.500 13.500h13zM8 6.500v3.500M8 11.800v.1",
    };
    html! { <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d={path}/></svg> }
}

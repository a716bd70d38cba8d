//! `perennial import`: files of every kind, good and bad, on real data.

mod cdnow;
mod killed;
mod matching;
mod northwind;
mod office;
mod products;
mod purchases;
mod sample;
mod users;

use office::*;
use perennial_api::clock;
use perennial_api::import::{Options, Source};
use perennial_domain::customer::Customer;
use perennial_domain::rights::StandardRole;
use perennial_domain::text::Language;
use perennial_domain::touch::IdentifierKind;
use perennial_tests::database::kind;
use serde_json::json;
use std::fmt::Write as _;

#[test]
fn northwind_comes_in_as_it_is() {
    let office = Office::new();
    assert_eq!(
        office.imported(&customers(), northwind("customers.csv")),
        summary(91, 0, 0, 0)
    );
    assert_eq!(
        office.imported(&contacts(), northwind("contacts.csv")),
        summary(91, 0, 0, 0)
    );

    let first = office.customer("ALFKI");
    assert_eq!(first.name, "Alfreds Futterkiste");
    assert_eq!(
        values(&first.identifiers),
        [
            (IdentifierKind::Phone, "030-0074321"),
            (IdentifierKind::Fax, "030-0076545")
        ]
    );
    let seat = first.addresses.first().expect("an address");
    assert_eq!(
        (
            seat.street.as_str(),
            seat.city.as_str(),
            seat.postal_code.as_str()
        ),
        ("Obere Str. 57", "Berlin", "12209")
    );
    assert_eq!(
        (
            first.city.as_deref(),
            first.country.as_deref(),
            first.figures.contacts
        ),
        (Some("Berlin"), Some("Germany"), 1)
    );
    assert_eq!(
        office
            .customer("ANTON")
            .addresses
            .first()
            .map(|seat| seat.street.as_str()),
        Some("Mataderos  2312")
    );

    let maria = office.contact("Maria Anders");
    let post = maria.positions.first().expect("a position");
    assert_eq!(
        (post.customer_id, post.title.as_str()),
        (first.id, "Sales Representative")
    );
}

#[test]
fn a_second_import_changes_nothing() {
    let office = Office::new();
    for _ in 0..2 {
        office.imported(&customers(), northwind("customers.csv"));
        office.imported(&contacts(), northwind("contacts.csv"));
    }
    let before = office.events();
    assert_eq!(before, 2 * 91);
    assert_eq!(
        office.imported(&customers(), northwind("customers.csv")),
        summary(0, 0, 91, 0)
    );
    assert_eq!(
        office.imported(&contacts(), northwind("contacts.csv")),
        summary(0, 0, 91, 0)
    );
    assert_eq!(office.events(), before);
    assert!(
        office
            .all::<Customer>()
            .iter()
            .all(|customer| customer.version == 1)
    );
}

#[test]
fn what_differs_is_changed_and_the_rest_stays() {
    let office = Office::new();
    office.imported(
        &customers(),
        text("code,name,phone,city\nA,Alpha,010-1,Berlin\nB,Beta,010-2,Bonn\n"),
    );
    let alpha = office.customer("A");
    office.patch(&alpha, json!({
        "industry": "paper",
        "identifiers": [{ "kind": "email", "value": "a@example.com" }, { "kind": "phone", "value": "010-1" }],
        "addresses": [{ "street": "Weg 1", "city": "Berlin" }, { "city": "Ulm" }],
    }));
    let again =
        "code,name,phone,fax,city,employees\nA,Alpha,010-9,010-8,Bremen,\nB,Beta,010-2,,Bonn,\n";
    assert_eq!(
        office.imported(&customers(), text(again)),
        summary(0, 1, 1, 0)
    );
    let alpha = office.customer("A");
    assert_eq!(
        (alpha.version, alpha.industry.as_deref()),
        (3, Some("paper"))
    );
    assert_eq!(
        values(&alpha.identifiers),
        [
            (IdentifierKind::Email, "a@example.com"),
            (IdentifierKind::Phone, "010-9"),
            (IdentifierKind::Fax, "010-8")
        ]
    );
    let seats: Vec<(&str, &str)> = alpha
        .addresses
        .iter()
        .map(|seat| (seat.street.as_str(), seat.city.as_str()))
        .collect();
    assert_eq!(seats, [("Weg 1", "Bremen"), ("", "Ulm")]);
    assert_eq!(office.customer("B").version, 1);
}

#[test]
fn bad_rows_are_reported_and_good_ones_kept() {
    let office = Office::new();
    let file = "code,name,kind,employees,email,credit_limit\n\
                A,Alpha,company,12,a@example.com,100\n\
                B,,company,12,,\n\
                C,Gamma,robot,many,,\n\
                D,Delta,company,12,nobody,\n\
                E,Epsilon,company,12,,10 USD\n\
                F,Zeta,company,12,,,,left over\n\
                G,\"Eta\nand sons\",person,-1,,\n\
                A,Alpha,company,13,a@example.com,100\n\
                \u{0}X,Chi,company,1,,\n\
                H,Theta,company\n\
                I,\"Io\nta\",company,1,,\n";
    let (outcome, refusals) = office.import(&customers(), text(file));
    assert_eq!(outcome, Ok(summary(1, 1, 0, 9)));
    let mut sorted = refusals;
    sorted.sort();
    let expected = [
        "11 code control_character",
        "12 - type",
        "13 name line_break",
        "3 name required",
        "4 employees integer",
        "4 kind one_of",
        "5 email email",
        "6 credit_limit exchange_rate_missing",
        "7 - type",
        "8 employees range",
        "8 name line_break",
    ];
    assert_eq!(sorted, expected);
    let kept = office.all::<Customer>();
    assert_eq!(kept.len(), 1);
    assert_eq!(
        kept.first().and_then(|customer| customer.employees),
        Some(13)
    );
}

#[test]
fn a_row_that_clashes_does_not_take_others_with_it() {
    let office = Office::new();
    let erp = Options {
        system: Some("erp".into()),
        ..customers()
    };
    office.imported(&erp, text("external_id,code,name\n1,X,First\n"));
    let mut file = String::from("external_id,code,name\n");
    for number in 2..=99 {
        writeln!(file, "{number},{number},Customer {number}").expect("a line");
    }
    // Another customer has this code already; the external id says that this is not that one.
    file.push_str("200,200,Two hundred\n1,200,First\n");
    let (outcome, refusals) = office.import(&erp, text(&file));
    assert_eq!(refusals, ["101 code duplicate"]);
    assert_eq!(outcome, Ok(summary(99, 0, 0, 1)));
}

#[test]
fn an_atomic_import_keeps_all_or_nothing() {
    let office = Office::new();
    let atomic = Options {
        atomic: true,
        ..customers()
    };
    let (outcome, refusals) = office.import(&atomic, text("code,name\nA,Alpha\nB,\n"));
    assert_eq!(
        (outcome, refusals),
        (Ok(summary(0, 0, 0, 1)), vec!["3 name required".to_owned()])
    );
    assert_eq!((office.all::<Customer>().len(), office.events()), (0, 0));
    assert_eq!(
        office.imported(&atomic, northwind("customers.csv")),
        summary(91, 0, 0, 0)
    );
    assert_eq!(
        office.imported(
            &Options {
                atomic: true,
                ..contacts()
            },
            northwind("contacts.csv")
        ),
        summary(91, 0, 0, 0)
    );
    assert_eq!(
        office.imported(&atomic, northwind("customers.csv")),
        summary(0, 0, 91, 0)
    );
}

#[test]
fn a_rehearsal_keeps_nothing_and_counts_right() {
    let office = Office::new();
    for atomic in [false, true] {
        let rehearsal = Options {
            dry_run: true,
            atomic,
            ..customers()
        };
        assert_eq!(
            office.imported(&rehearsal, northwind("customers.csv")),
            summary(91, 0, 0, 0)
        );
        let (outcome, refusals) = office.import(
            &rehearsal,
            text("code,name\nA,Alpha\nB,\nA,Alpha\nA,Alpha and sons\n"),
        );
        assert_eq!((outcome, refusals.len()), (Ok(summary(1, 1, 1, 1)), 1));
        assert_eq!((office.all::<Customer>().len(), office.events()), (0, 0));
    }
}

#[test]
fn columns_are_mapped_or_refused_before_anything_is_written() {
    let office = Office::new();
    let file = "Kundennummer,Firma,Telefax,Umsatz\nA,Alpha,010-1,12\n";
    let reason = office.failed(&customers(), text(file));
    assert!(
        reason.contains("unknown columns: Kundennummer, Firma, Telefax, Umsatz"),
        "{reason}"
    );
    let map = |pairs: &[(&str, &str)]| Options {
        map: pairs
            .iter()
            .map(|(theirs, ours)| ((*theirs).into(), (*ours).into()))
            .collect(),
        ..customers()
    };
    let mapped = [
        ("kundennummer", "code"),
        ("Firma", "name"),
        ("Telefax", "fax"),
        ("Umsatz", ""),
    ];
    let reason = office.failed(
        &map(&[
            ("Firma", "firm"),
            ("Ort", "city"),
            ("Umsatz", "name"),
            ("Telefax", "name"),
        ]),
        text(file),
    );
    for part in [
        "--map Firma=firm: customers have no firm",
        "no such column",
        "unknown columns: Kundennummer.",
        "Fields of customers are name, ",
        "Telefax and Umsatz mean the same",
    ] {
        assert!(reason.contains(part), "{part}: {reason}");
    }
    assert_eq!(office.events(), 0);
    assert_eq!(
        office.imported(&map(&mapped), text(file)),
        summary(1, 0, 0, 0)
    );
    assert_eq!(
        values(&office.customer("A").identifiers),
        [(IdentifierKind::Fax, "010-1")]
    );
    let reason = office.failed(&customers(), text("external_id,name\n1,Alpha\n"));
    assert!(reason.contains("--system"), "{reason}");
    assert!(
        office
            .failed(&customers(), text("phone\n1\n"))
            .contains("no column names the customers")
    );
    assert!(office.failed(&customers(), text("")).contains("empty"));
}

#[test]
fn rights_hold() {
    let office = Office::new();
    let seller = Options {
        user: SELLER.into(),
        ..customers()
    };
    assert!(
        office
            .failed(&seller, northwind("customers.csv"))
            .contains("may not import customers")
    );
    let nobody = Options {
        user: "nobody@perennial.test".into(),
        ..customers()
    };
    assert!(
        office
            .failed(&nobody, northwind("customers.csv"))
            .contains("nobody can sign in")
    );
    assert_eq!(office.events(), 0);
}

#[test]
fn a_locked_class_of_fields_is_not_written() {
    let office = Office::new();
    let role = office
        .all::<perennial_domain::user::Role>()
        .into_iter()
        .find(|role| role.name == StandardRole::Seller.label().text(Language::En))
        .expect("the seller's role");
    let mut permissions = serde_json::to_value(&role.permissions).expect("permissions");
    permissions
        .as_array_mut()
        .expect("a list")
        .push(json!({ "area": "customers", "action": "import", "level": "own" }));
    office.patch(&role, json!({ "permissions": permissions, "field_rules": [{ "class": "contact_details", "access": "mask" }] }));
    let seller = Options {
        user: SELLER.into(),
        ..customers()
    };
    assert!(
        office
            .failed(&seller, northwind("customers.csv"))
            .contains("may not write the columns address, city")
    );
    office.imported(&customers(), text("code,name\nA,Alpha\n"));
    // What somebody else owns, a seller neither sees nor takes.
    let (outcome, refusals) = office.import(&seller, text("code,name\nA,Mine\nB,Beta\n"));
    assert_eq!(
        (outcome, refusals),
        (Ok(summary(1, 0, 0, 1)), vec!["2 code duplicate".to_owned()])
    );
    assert_eq!(
        office.imported(&seller, text("code,name\nB,Beta and sons\n")),
        summary(0, 1, 0, 0)
    );
}

#[test]
fn files_of_every_make_are_read() {
    let office = Office::new();
    let file =
        "\u{feff}\"Code\",\"Company Name\",\r\n\r\nA,\"Alpha, \"\"the\"\" first\",\r\n\r\nB,Beta";
    assert_eq!(
        office.imported(&customers(), text(file)),
        summary(2, 0, 0, 0)
    );
    assert_eq!(office.customer("A").name, "Alpha, \"the\" first");
    let latin = Source::Text((*b"code,name\nC,Gamma\nD,M\xfcller\n").into());
    let (outcome, _) = office.import(&customers(), latin);
    let failure = outcome.expect_err("not UTF-8");
    assert!(
        failure.reason.contains("line 3 is not UTF-8"),
        "{}",
        failure.reason
    );
    assert_eq!(failure.before, summary(1, 0, 0, 0));
    let open = "code,name\nE,Epsilon\nF,\"Zeta\nG,Eta\n";
    for atomic in [true, false] {
        let options = Options {
            atomic,
            ..customers()
        };
        let failure = office.import(&options, text(open)).0;
        let failure = failure.expect_err("an open quote");
        assert_eq!(failure.reason, "line 3: the quote is not closed");
        assert_eq!(failure.before.rows(), u64::from(!atomic));
    }
    assert_eq!(office.all::<Customer>().len(), 4);
    assert_eq!(office.customer("E").name, "Epsilon");
}

#[test]
fn what_is_too_long_for_a_row_is_refused() {
    let office = Office::new();
    let file = format!(
        "code,name,note\nA,Alpha,\nB,Beta,{}\nC,Gamma,{}\nD,Delta,\nE,\"{}\nF,Phi,\n",
        "long ".repeat(3_000),
        "long ".repeat(100_000),
        "x".repeat(5_000_000),
    );
    let (outcome, refusals) = office.import(&customers(), text(&file));
    assert_eq!(refusals, ["4 - too_large", "3 note length"]);
    let failure = outcome.expect_err("a row without an end");
    assert!(
        failure.reason.starts_with("line 6: this row has no end"),
        "{}",
        failure.reason
    );
    assert_eq!(failure.before, summary(2, 0, 0, 2));
}

#[test]
fn many_rows_come_in_at_a_rate() {
    const ROWS: u64 = 20_000;
    let office = Office::new();
    let mut file = String::from("code,name,industry,email,phone,street,city,postal_code\n");
    for number in 0..ROWS {
        writeln!(file, "N{number},Customer {number},trade {},c{number}@example.com,+86 21 6{number:07},Road {number},City {},{number:06}", number % 20, number % 300).expect("a line");
    }
    for (turn, expected) in [
        ("first", summary(ROWS, 0, 0, 0)),
        ("second", summary(0, 0, ROWS, 0)),
    ] {
        let begun = clock::now();
        assert_eq!(office.imported(&customers(), text(&file)), expected);
        let millis = (clock::now().micros() - begun.micros()) / 1_000;
        println!(
            "{:?}, {turn} import: {ROWS} rows in {millis} ms, {} rows/s",
            kind(),
            ROWS as i64 * 1_000 / millis.max(1)
        );
    }
}

//! Files of purchases and of their lines.

use std::fmt::Write as _;

use perennial_api::clock;
use perennial_api::import::Options;
use perennial_domain::purchase::Purchase;
use perennial_tests::database::kind;
use serde_json::json;

use super::office::*;

/// An office with two customers and three products.
fn shop(office: Office) -> Office {
    office.imported(&customers(), text("code,name\nA,Alpha\nB,Beta\n"));
    office.imported(&products(), text("code,name\nT,Tea\nI,Ink\nP,Pen\n"));
    office
}

/// What a purchase's lines are about, quantity and amount.
fn lines(office: &Office, code: &str) -> Vec<String> {
    let products = office.all::<perennial_domain::product::Product>();
    let purchase = office.purchase(code);
    let each = purchase.lines.iter().map(|line| {
        let product = products.iter().find(|one| Some(one.id) == line.product_id);
        let about = product.map_or(&line.description, |product| &product.code);
        let amount = line.amount.unwrap_or_default();
        format!("{about} {} {amount}", line.quantity)
    });
    each.collect()
}

#[test]
fn a_row_may_carry_its_purchases_only_line() {
    let office = shop(Office::new());
    let file = "external_id,customer_id,date,quantity,amount,product\n\
                1,A,1997-01-01,2,29.33,\n2,A,1997-01-01,1,0.00,T\n3,B,1997-01-18,3,11.77,Ink\n";
    let reason = office.failed(&purchases(), text(file));
    assert!(reason.contains("--system"), "{reason}");
    let shop = |system: &str| Options {
        system: Some(system.into()),
        ..purchases()
    };
    for dry_run in [true, false] {
        let options = Options {
            dry_run,
            ..shop("cd")
        };
        assert_eq!(office.imported(&options, text(file)), summary(3, 0, 0, 0));
    }
    assert_eq!(
        office.imported(&shop("cd"), text(file)),
        summary(0, 0, 3, 0)
    );
    assert_eq!(
        office.imported(&shop("other"), text(file)),
        summary(3, 0, 0, 0)
    );
    assert_eq!(office.all::<Purchase>().len(), 6);
    assert_eq!(lines(&office, "P-00002"), ["T 1 0"]);
    let other = "external_id,quantity,amount,product\n2,4,8,I\n";
    assert_eq!(
        office.imported(&shop("cd"), text(other)),
        summary(0, 1, 0, 0)
    );
    assert_eq!(lines(&office, "P-00002"), ["I 4 8"]);
    // A row's own system goes before the file's.
    let own = "external_system,external_id,note\nother,2,seen\n,3,seen\n";
    assert_eq!(office.imported(&shop("cd"), text(own)), summary(0, 2, 0, 0));
    let seen = office.all::<Purchase>().into_iter();
    let mut seen: Vec<String> = seen
        .filter(|purchase| purchase.note.is_some())
        .map(|purchase| purchase.code)
        .collect();
    seen.sort();
    assert_eq!(seen, ["P-00003", "P-00005"]);
}

#[test]
fn lines_are_laid_over_those_that_are_there() {
    let office = shop(Office::new());
    let file = "order_id,customer,currency,freight\n1,A,CNY,5\n2,B,,\n";
    assert_eq!(
        office.imported(&purchases(), text(file)),
        summary(2, 0, 0, 0)
    );
    let file = "order_id,product,unit_price,quantity,discount,description\n\
                1,T,10,2,0.5,\n2,I,1,1,,\n1,,3,1,,Wrapping\n1,T,0,1,,free\n";
    let outcome = office.imported(&purchase_lines(), text(file));
    assert_eq!(outcome, summary(0, 4, 0, 0));
    let first = ["T 2 10", "Wrapping 1 3", "T 1 0"];
    assert_eq!(lines(&office, "1"), first);
    assert_eq!(office.purchase("1").version, 2, "one change");
    for atomic in [false, true] {
        let options = Options {
            atomic,
            ..purchase_lines()
        };
        let outcome = office.imported(&options, text(file));
        assert_eq!(outcome, summary(0, 0, 4, 0));
    }
    let before = office.purchase("1").lines;
    let file = "order_id,product,quantity,unit_price\n1,P,1,2.5\n1,Tea,4,\n2,I,1,1\n";
    for dry_run in [true, false] {
        let options = Options {
            dry_run,
            ..purchase_lines()
        };
        let outcome = office.imported(&options, text(file));
        assert_eq!(outcome, summary(0, 2, 1, 0));
    }
    let changed = ["T 4 20", "Wrapping 1 3", "T 1 0", "P 1 2.50"];
    assert_eq!(lines(&office, "1"), changed);
    let after = office.purchase("1").lines;
    assert_eq!(before.get(1..), after.get(1..3));
    let keys =
        |lines: &[perennial_domain::purchase::PurchaseLine]| lines.first().map(|line| line.id);
    assert_eq!(keys(&before), keys(&after));
}

#[test]
fn a_product_twice_on_a_purchase_is_two_lines_however_far_apart() {
    let office = shop(Office::new());
    office.imported(&purchases(), text("code,customer\n1,A\n2,A\n"));
    let mut file = String::from("code,product,description,price,quantity\n1,T,,1,1\n");
    for number in 0..600 {
        writeln!(file, "2,,thing {number},1,1").expect("a line");
    }
    file.push_str("1,T,,1,2\n");
    let outcome = office.imported(&purchase_lines(), text(&file));
    assert_eq!(outcome, summary(0, 602, 0, 0));
    let outcome = office.imported(&purchase_lines(), text(&file));
    assert_eq!(outcome, summary(0, 0, 602, 0));
    assert_eq!(lines(&office, "1"), ["T 1 1", "T 2 2"]);
    assert_eq!(office.purchase("2").lines.len(), 600);
}

#[test]
fn bad_rows_are_told_and_good_ones_kept() {
    let office = shop(Office::new());
    let file = "order_id,customer,order_date,freight,seller\n\
                1,A,2024-01-31,1,\n2,Nobody,2024-01-31,,\n3,A,yesterday,,\n4,,2024-01-31,,\n\
                5,A,2024-01-31,-1,\n,A,2024-01-31,,\n7,B,,,nobody\n8,B,,,\n";
    let expected = [
        "3 customer not_found",
        "4 order_date date",
        "5 customer required",
        "6 freight sign",
        "7 order_id required",
        "8 seller not_found",
    ];
    for (atomic, dry_run) in [(true, false), (false, true), (false, false)] {
        let options = Options {
            atomic,
            dry_run,
            ..purchases()
        };
        let (outcome, mut refusals) = office.import(&options, text(file));
        refusals.sort();
        assert_eq!(refusals, expected);
        let kept = if atomic { 0 } else { 2 };
        assert_eq!(outcome, Ok(summary(kept, 0, 0, 6)));
    }
    let file = "order_id,product,quantity,unit_price,discount,amount\n\
                1,T,1,2,,\n1,I,0,2,,\n1,P,1,2,1.5,\n1,Gold,1,2,,\n9,T,1,2,,\n,T,1,2,,\n\
                8,T,1,-2,,\n8,I,few,2,,\n8,P,2,2,,5\n1,T,3,2,,6\n";
    let expected = [
        "10 amount differs",
        "3 quantity zero",
        "4 discount fraction",
        "5 product not_found",
        "6 order_id not_found",
        "7 order_id required",
        "8 unit_price negative",
        "9 quantity decimal",
    ];
    for (atomic, dry_run) in [(true, false), (false, true), (false, false)] {
        let options = Options {
            atomic,
            dry_run,
            ..purchase_lines()
        };
        let (outcome, mut refusals) = office.import(&options, text(file));
        refusals.sort();
        assert_eq!(refusals, expected);
        let kept = if atomic { 0 } else { 2 };
        assert_eq!(outcome, Ok(summary(0, kept, 0, 8)));
    }
    assert_eq!(lines(&office, "1"), ["T 1 2", "T 3 6"]);
    assert!(lines(&office, "8").is_empty());
    // What was refused is no line that a later row comes after.
    let (outcome, _) = office.import(&purchase_lines(), text(file));
    assert_eq!(outcome, Ok(summary(0, 0, 2, 8)));
    let file = "order_id,product,quantity,unit_price\n8,P,0,1\n8,P,2,1\n";
    for (changed, same) in [(1, 0), (0, 1)] {
        let (outcome, _) = office.import(&purchase_lines(), text(file));
        assert_eq!(outcome, Ok(summary(0, changed, same, 1)));
        assert_eq!(lines(&office, "8").len(), 1);
    }
}

#[test]
fn returns_and_what_lines_do_not_have_are_unknown_columns() {
    let office = shop(Office::new());
    let reason = office.failed(&purchases(), text("code,customer,reverses_id\n1,A,2\n"));
    assert!(reason.contains("unknown columns: reverses_id"), "{reason}");
    let reason = office.failed(&purchase_lines(), text("code,freight,price\n1,2,3\n"));
    assert!(reason.contains("unknown columns: freight"), "{reason}");
    let reason = office.failed(&purchases(), text("customer,date\nA,2024-01-31\n"));
    assert!(
        reason.ends_with("there must be a code or an external id"),
        "{reason}"
    );
    let file = "code,customer,quantity,price\n1,A,-1,2\n";
    let (_, refusals) = office.import(&purchases(), text(file));
    assert_eq!(refusals, ["2 quantity sign"]);
}

#[test]
fn a_line_that_the_store_refuses_takes_no_other_with_it() {
    let office = shop(Office::new());
    office.imported(&purchases(), text("code,customer\n1,A\n2,A\n"));
    let large = "code,product,amount,quantity\n1,T,999999999999,1\n1,I,999999999999,1\n2,T,1,1\n";
    let (outcome, refusals) = office.import(&purchase_lines(), text(large));
    assert_eq!(refusals, ["3 lines too_large"]);
    assert_eq!(outcome, Ok(summary(0, 2, 0, 1)));
    office.patch(&office.purchase("2"), json!({ "note": "seen" }));
    assert_eq!(lines(&office, "2"), ["T 1 1"]);
}

#[test]
fn lines_beyond_what_a_purchase_holds_are_refused_at_once() {
    let office = shop(Office::new());
    office.imported(&purchases(), text("code,customer\n1,A\n2,A\n"));
    let mut file = String::from("code,description,price,quantity\n");
    for number in 0..3_000 {
        let code = if number % 500 == 0 { 2 } else { 1 };
        writeln!(file, "{code},thing {number},1,1").expect("a line");
    }
    for dry_run in [true, false] {
        let options = Options {
            dry_run,
            ..purchase_lines()
        };
        let begun = clock::now();
        let (outcome, refusals) = office.import(&options, text(&file));
        let seconds = (clock::now().micros() - begun.micros()) / 1_000_000;
        println!("{:?}, dry run {dry_run}: {seconds} s", kind());
        // Nothing is kept by a rehearsal: each chunk is the first.
        let kept = if dry_run { 3_000 } else { 1_006 };
        assert_eq!(outcome, Ok(summary(0, kept, 0, 3_000 - kept)));
        assert!(refusals.iter().all(|refusal| refusal.ends_with(" length")));
        assert!(seconds < 8, "{seconds} s");
    }
    let last = lines(&office, "1").pop();
    assert_eq!(last.as_deref(), Some("thing 1002 1 1"));
    assert_eq!(lines(&office, "2").len(), 6);
}

#[test]
fn many_purchases_take_no_more_statements_than_few() {
    let office = shop(Office::watched());
    let mut few = String::from("code,customer,product,quantity,price\n");
    let mut many = few.clone();
    for number in 0..420 {
        let file = if number < 20 { &mut few } else { &mut many };
        writeln!(file, "N{number},A,T,1,{number}").expect("a line");
    }
    let first = office.statements(&purchases(), text(&few));
    assert!(first > 5, "somebody counts: {first}");
    assert_eq!(office.statements(&purchases(), text(&many)), first);
    let second = office.statements(&purchases(), text(&few));
    assert_eq!(office.statements(&purchases(), text(&many)), second);
    let lines = |file: &str| file.replace(",A,", ",").replace("code,customer,", "code,");
    let second = office.statements(&purchase_lines(), text(&lines(&few)));
    assert_eq!(
        office.statements(&purchase_lines(), text(&lines(&many))),
        second
    );
}

#[test]
fn many_purchases_come_in_at_a_rate() {
    const ROWS: u64 = 20_000;
    let office = shop(Office::new());
    let mut file = String::from("code,name\n");
    for number in 0..2_000 {
        writeln!(file, "C{number},Customer {number}").expect("a line");
    }
    office.imported(&customers(), text(&file));
    let mut file = String::from("order_id,customer,order_date,product,quantity,unit_price\n");
    for number in 0..ROWS {
        let (customer, day) = (number * 7 % 2_000, number % 28 + 1);
        writeln!(
            file,
            "N{number},C{customer},2024-01-{day:02},T,{},9.80",
            number % 9 + 1
        )
        .expect("a line");
    }
    for (turn, expected) in [
        ("first", summary(ROWS, 0, 0, 0)),
        ("second", summary(0, 0, ROWS, 0)),
    ] {
        let begun = clock::now();
        assert_eq!(office.imported(&purchases(), text(&file)), expected);
        let millis = (clock::now().micros() - begun.micros()) / 1_000;
        println!(
            "{:?}, {turn} import of purchases: {ROWS} rows in {millis} ms, {} rows/s",
            kind(),
            ROWS as i64 * 1_000 / millis.max(1)
        );
    }
}

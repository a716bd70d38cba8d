//! Files of users.

use perennial_api::import::Options;
use perennial_domain::Id;
use perennial_domain::rights::StandardRole;
use perennial_domain::text::Language;
use perennial_domain::user::{Role, User};

use super::office::*;

fn role(office: &Office, role: StandardRole) -> Id<Role> {
    let name = role.label().text(Language::En);
    let mut roles = office.all::<Role>().into_iter();
    roles.find(|role| role.name == name).expect(name).id
}

#[test]
fn northwind_employees_come_in_without_signing_in() {
    let office = Office::new();
    let left_out = office.left_out(&users(), northwind("employees.csv"));
    assert_eq!(left_out, ["reports_to", "city", "country"]);
    let nancy = office.user("1");
    assert_eq!(nancy.name, "Nancy Davolio");
    assert_eq!(nancy.title.as_deref(), Some("Sales Representative"));
    assert_eq!(nancy.in_post_since, "1992-05-01".parse().ok());
    assert_eq!(nancy.role_id, role(&office, StandardRole::Seller));
    assert_eq!((nancy.email, nancy.active), (None, false));
    let fuller = office.user("2").title;
    assert_eq!(fuller.as_deref(), Some("Vice President, Sales"));

    let before = office.events();
    assert_eq!(before, 9);
    for atomic in [false, true] {
        let options = Options { atomic, ..users() };
        let outcome = office.imported(&options, northwind("employees.csv"));
        assert_eq!(outcome, summary(0, 0, 9, 0));
    }
    assert_eq!(office.events(), before);
    // Other files of the same system name them by that number.
    office.imported(&customers(), text("code,name,owner\nA,Alpha,5\n"));
    let owner = office.customer("A").owner_id;
    assert_eq!(owner, Some(office.user("5").id));
}

#[test]
fn a_user_is_known_by_code_by_address_or_by_name() {
    let office = Office::new();
    let file = format!(
        "code,email,name\nS1,{},Sam Seller\n,,Ann\n",
        SELLER.to_uppercase()
    );
    assert_eq!(office.imported(&users(), text(&file)), summary(1, 1, 0, 0));
    let sam = office.user("S1");
    assert_eq!(
        (sam.name.as_str(), sam.email.as_deref()),
        ("Sam Seller", Some(SELLER))
    );
    assert!(sam.active, "what a file does not say stays");
    assert_eq!(office.imported(&users(), text(&file)), summary(0, 0, 2, 0));
    // Whoever brings no code is given one.
    let ann = office
        .all::<User>()
        .into_iter()
        .find(|user| user.name == "Ann");
    let ann = ann.expect("Ann");
    assert_eq!(ann.code, "U-00003");
    let file = "code,name\nS1,Sam S.\n,Ann\nU-00003,Anna\nB,Ann\n";
    assert_eq!(office.imported(&users(), text(file)), summary(1, 2, 1, 0));
    assert_eq!(office.user("U-00003").id, ann.id);
    let (_, refusals) = office.import(&users(), text("name\nAnn\nAnn\nAnna\n"));
    assert_eq!(refusals, ["3 name ambiguous"]);
}

#[test]
fn names_in_two_columns_become_one() {
    let office = Office::new();
    let file = "工号,姓,名,职务,入职日期\n1,王,小明,经理,2020-01-31\n2,Smith,Ann,,\n3,,Cher,,\n";
    assert_eq!(office.imported(&users(), text(file)), summary(3, 0, 0, 0));
    let name = |code: &str| office.user(code).name;
    assert_eq!(
        [name("1"), name("2"), name("3")],
        ["王小明", "Ann Smith", "Cher"]
    );
    let file = "code,name,first_name,last_name\n1,Whole,Not,Read\n4,,Jane,Doe\n5,,,\n";
    let (outcome, refusals) = office.import(&users(), text(file));
    assert_eq!(
        (outcome, refusals),
        (Ok(summary(1, 1, 0, 1)), vec!["4 name required".to_owned()])
    );
    assert_eq!([name("1"), name("4")], ["Whole", "Jane Doe"]);
}

#[test]
fn a_role_is_given_by_the_row_or_for_all_new_users() {
    let office = Office::new();
    let with = |role: &str| Options {
        role: Some(role.into()),
        ..users()
    };
    let file = "code,name,role\n1,Ann,\n2,Bob,Manager\n3,Cid,admin\n4,Dan,Boss\n";
    let (outcome, refusals) = office.import(&with("reader"), text(file));
    assert_eq!(
        (outcome, refusals),
        (Ok(summary(3, 0, 0, 1)), vec!["5 role not_found".to_owned()])
    );
    let roles = ["1", "2", "3"].map(|code| office.user(code).role_id);
    let expected = [
        StandardRole::Reader,
        StandardRole::Manager,
        StandardRole::Admin,
    ];
    assert_eq!(roles, expected.map(|standard| role(&office, standard)));
    // Those who are there keep theirs.
    let again = office.imported(&with("Manager"), text("code,name\n1,Ann\n"));
    assert_eq!(again, summary(0, 0, 1, 0));

    let reason = office.failed(&with("Boss"), text("code,name\n9,Eve\n"));
    assert!(reason.contains("--role: there is no \"Boss\""), "{reason}");
    let of_customers = Options {
        role: Some("reader".into()),
        ..customers()
    };
    let reason = office.failed(&of_customers, text("code,name\nA,Alpha\n"));
    assert!(reason.contains("--role"), "{reason}");
}

#[test]
fn bad_rows_of_users_are_told_and_nothing_is_kept_where_nothing_shall_be() {
    let office = Office::new();
    let file = "code,name,email,active,hire_date\n\
                1,Ann,,yes,\n\
                2,Bob,nobody,,\n\
                3,Cid,,,yesterday\n\
                4,Dan,dan@example.com,yes,2020-01-31\n";
    let expected = ["2 email required", "3 email email", "4 hire_date date"];
    for (atomic, dry_run) in [(false, true), (true, true), (true, false), (false, false)] {
        assert_eq!(office.events(), 0);
        let options = Options {
            atomic,
            dry_run,
            ..users()
        };
        let (outcome, mut refusals) = office.import(&options, text(file));
        refusals.sort();
        assert_eq!(refusals, expected);
        let kept = u64::from(!atomic || dry_run);
        assert_eq!(outcome, Ok(summary(kept, 0, 0, 3)));
    }
    assert!(office.user("4").active);
    let seller = Options {
        user: SELLER.into(),
        ..users()
    };
    let reason = office.failed(&seller, text("code,name\n9,Eve\n"));
    assert!(reason.contains("may not import users"), "{reason}");
}

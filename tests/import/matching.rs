//! Which records a file's rows mean, and which others they name.

use perennial_api::clock;
use perennial_api::import::Options;
use perennial_domain::contact::Contact;
use perennial_domain::customer::Customer;
use perennial_domain::tag::{NewTag, Tag};
use perennial_domain::touch::IdentifierKind;
use perennial_domain::user::User;
use perennial_store::resource;
use serde_json::json;

use super::office::*;

#[test]
fn external_ids_names_and_customers_are_matched() {
    let office = Office::new();
    let erp = Options {
        system: Some("erp".into()),
        ..customers()
    };
    office.imported(&customers(), text("name\nAlpha\nTwin\n"));
    // Without a code the exact name tells; two systems' namesakes stay apart.
    assert_eq!(
        office.imported(
            &erp,
            text("external id,name\n1,Alpha\n2,Li Wei\n3,Li Wei\n")
        ),
        summary(2, 1, 0, 0)
    );
    assert_eq!(
        office.imported(
            &erp,
            text("external id,name\n1,Alpha\n2,Li Wei\n3,Li Wei (new)\n")
        ),
        summary(0, 1, 2, 0)
    );
    assert_eq!(
        office.imported(&customers(), text("name\nTwin\n")),
        summary(0, 0, 1, 0)
    );
    office.imported(&customers(), text("code,name\nT2,Twin\n"));
    let (_, refusals) = office.import(&customers(), text("name\nTwin\n"));
    assert_eq!(refusals, ["2 name ambiguous"]);

    let file = "customer,name,title,email\nAlpha,Ann,Owner,ann@example.com; a@example.com\nNobody,Bob,,\nTwin,Cid,,\n,Dan,,\n";
    let (outcome, refusals) = office.import(&contacts(), text(file));
    assert_eq!(
        (outcome, refusals),
        (
            Ok(summary(2, 0, 0, 2)),
            vec!["3 customer not_found".into(), "4 customer ambiguous".into()]
        )
    );
    let ann = office.contact("Ann");
    assert_eq!(
        values(&ann.identifiers),
        [
            (IdentifierKind::Email, "ann@example.com"),
            (IdentifierKind::Email, "a@example.com")
        ]
    );
    let file = "customer,name,title\nAlpha,Ann,Founder\nT2,Ann,Adviser\n,Dan,\n";
    assert_eq!(
        office.imported(&contacts(), text(file)),
        summary(1, 1, 1, 0)
    );
    assert_eq!(office.all::<Contact>().len(), 3);
}

#[test]
fn a_name_alone_means_one_record_of_a_file() {
    let office = Office::new();
    let file = "name,kind,city\nJane Doe,person,Rome\nJane Doe,person,Oslo\nJohn,person,Bonn\n";
    for expected in [summary(2, 0, 0, 1), summary(0, 0, 2, 1)] {
        let (outcome, refusals) = office.import(&customers(), text(file));
        assert_eq!(
            (outcome, refusals),
            (Ok(expected), vec!["3 name ambiguous".into()])
        );
        let cities: Vec<Option<String>> = office
            .all::<Customer>()
            .into_iter()
            .map(|customer| customer.city)
            .collect();
        assert_eq!(cities, [Some("Rome".into()), Some("Bonn".into())]);
    }
    // However the other row says whom it means: by code and another name, by code alone, by a name that it gives.
    office.imported(&customers(), text("code,name\nA,Alpha\nB,Beta\n"));
    let file = "code,name,industry\nA,Alfa,paper\n,Alpha,steel\nB,,paper\n,Beta,steel\nC,Gamma,paper\n,Gamma,steel\n";
    let (outcome, refusals) = office.import(&customers(), text(file));
    assert_eq!(
        (outcome, refusals),
        (
            Ok(summary(1, 2, 0, 3)),
            ["3", "5", "7"]
                .map(|line| format!("{line} name ambiguous"))
                .to_vec()
        )
    );

    let file = "customer,name,email\nA,Ann,ann@example.com\nAlfa,Ann,other@example.com\nB,Ann,third@example.com\n";
    for expected in [summary(2, 0, 0, 1), summary(0, 0, 2, 1)] {
        let (outcome, refusals) = office.import(&contacts(), text(file));
        assert_eq!(
            (outcome, refusals),
            (Ok(expected), vec!["3 name ambiguous".into()])
        );
    }
    assert_eq!(office.all::<Contact>().len(), 2);
}

#[test]
fn others_are_named_by_their_number_in_the_files_system() {
    let office = Office::new();
    let erp = Options {
        system: Some("erp".into()),
        ..customers()
    };
    office.imported(&erp, text("external id,name\n7,Alpha\n8,Beta\n"));
    office.imported(&erp, text("external id,name,parent\n8,Beta,7\n"));
    let named = |name: &str| {
        let mut all = office.all::<Customer>().into_iter();
        all.find(|customer| customer.name == name).expect(name)
    };
    assert_eq!(named("Beta").parent_id, Some(named("Alpha").id));
    let of_contacts = |system: &str| Options {
        system: Some(system.into()),
        ..contacts()
    };
    let file = "customer,name\n7,Ann\n";
    let (_, refusals) = office.import(&of_contacts("crm"), text(file));
    assert_eq!(refusals, ["2 customer not_found"]);
    office.imported(&of_contacts("erp"), text(file));
    assert_eq!(
        office
            .contact("Ann")
            .positions
            .first()
            .map(|post| post.customer_id),
        Some(named("Alpha").id)
    );
}

#[test]
fn owners_tags_and_parents_are_named_as_people_name_them() {
    let office = Office::new();
    let scope = office
        .store
        .scope_of_email(ADMIN, clock::now())
        .expect("the administrator");
    let tags: Vec<NewTag> = ["vip", "paper"]
        .map(|name| NewTag {
            name: name.into(),
            ..NewTag::default()
        })
        .to_vec();
    let made = office
        .store
        .write(&scope, move |tx| resource::create::<Tag>(tx, &tags));
    let tag = |name: &str| {
        let tags = made.as_ref().expect("tags");
        tags.iter().find(|tag| tag.name == name).expect(name).id
    };
    let users = office.all::<User>();
    let seller = users
        .iter()
        .find(|user| user.email.as_deref() == Some(SELLER))
        .expect("the seller");
    office.patch(seller, json!({ "name": "Sam Seller" }));
    let file = format!(
        "code,name,owner,tags,parent\n\
         A,Alpha,{},vip; paper,\n\
         B,Beta,Sam Seller,{},A\n\
         C,Gamma,{},,Beta\n",
        SELLER.to_uppercase(),
        tag("vip"),
        seller.id,
    );
    for atomic in [false, true] {
        let rehearsal = Options {
            dry_run: true,
            atomic,
            ..customers()
        };
        assert_eq!(
            office.imported(&rehearsal, text(&file)),
            summary(3, 0, 0, 0)
        );
    }
    for expected in [summary(3, 0, 0, 0), summary(0, 0, 3, 0)] {
        assert_eq!(office.imported(&customers(), text(&file)), expected);
    }
    let (alpha, beta, gamma) = (
        office.customer("A"),
        office.customer("B"),
        office.customer("C"),
    );
    for customer in [&alpha, &beta, &gamma] {
        assert_eq!(customer.owner_id, Some(seller.id));
    }
    assert_eq!(alpha.tag_ids.len(), 2);
    assert_eq!(
        (beta.tag_ids.as_slice(), beta.parent_id),
        ([tag("vip")].as_slice(), Some(alpha.id))
    );
    assert_eq!((gamma.tag_ids.len(), gamma.parent_id), (0, Some(beta.id)));

    office.imported(&customers(), text("code,name\nE,Echo\nF,Echo\n"));
    let file = "code,name,owner,tags,parent\nG,Gee,nobody,,\nH,Hay,,vip; friend,\nI,Eye,,,Echo\n";
    let (outcome, refusals) = office.import(&customers(), text(file));
    assert_eq!(
        (outcome, refusals),
        (
            Ok(summary(0, 0, 0, 3)),
            vec![
                "2 owner not_found".into(),
                "3 tags not_found".into(),
                "4 parent ambiguous".into()
            ]
        )
    );
    assert_eq!(office.all::<Tag>().len(), 2);
}

//! Cloudridge Tea & Coffee: for hotels, restaurants, offices and shops.

use perennial_domain::contact::BuyingRole;
use perennial_domain::tag::TagColour;

use super::{City, Employee, Trade, Words, names};

const fn city(
    name: &'static str,
    region: &'static str,
    postal: &'static str,
    dial: &'static str,
    team: usize,
) -> City {
    City {
        name,
        region,
        postal,
        dial,
        team,
    }
}

const fn employee(
    name: &'static str,
    email: &'static str,
    title: &'static str,
    team: usize,
) -> Employee {
    Employee {
        name,
        email,
        title,
        team,
    }
}

const BEANS: (&str, &str, i64) = ("House blend beans", "lb", 25);
const ESPRESSO: (&str, &str, i64) = ("Espresso roast", "lb", 30);
const DECAF: (&str, &str, i64) = ("Decaf beans", "lb", 6);
const BREAKFAST: (&str, &str, i64) = ("English breakfast tea", "box", 20);
const GREEN: (&str, &str, i64) = ("Green tea bags", "box", 15);
const PODS: (&str, &str, i64) = ("Coffee pods", "case", 8);
const GIFTS: (&str, &str, i64) = ("Gift baskets", "piece", 12);

const TRADES: &[Trade] = &[
    Trade {
        industry: "Hospitality",
        endings: &["Hotel", "Inn & Suites", "Resort"],
        resells: false,
        employees: (40, 600),
        goods: &[PODS, BREAKFAST, GREEN],
    },
    Trade {
        industry: "Restaurants",
        endings: &["Kitchen", "Grill", "Bistro"],
        resells: false,
        employees: (15, 200),
        goods: &[ESPRESSO, BREAKFAST, DECAF],
    },
    Trade {
        industry: "Cafés",
        endings: &["Coffee House", "Café", "Coffee Bar"],
        resells: false,
        employees: (4, 80),
        goods: &[ESPRESSO, BEANS, DECAF],
    },
    Trade {
        industry: "Specialty retail",
        endings: &["Tea Merchants", "Fine Foods", "Provisions"],
        resells: true,
        employees: (3, 40),
        goods: &[BREAKFAST, GREEN, GIFTS],
    },
    Trade {
        industry: "Wholesale",
        endings: &["Trading Co.", "Distributors Inc."],
        resells: true,
        employees: (8, 120),
        goods: &[BEANS, PODS],
    },
    Trade {
        industry: "Groceries",
        endings: &["Markets Inc.", "Grocery Co-op"],
        resells: true,
        employees: (30, 900),
        goods: &[BEANS, GREEN],
    },
    Trade {
        industry: "Information technology",
        endings: &["Software Inc.", "Systems LLC", "Labs"],
        resells: false,
        employees: (20, 800),
        goods: &[BEANS, PODS, GIFTS],
    },
    Trade {
        industry: "Property management",
        endings: &["Property Group", "Workspaces LLC"],
        resells: false,
        employees: (20, 300),
        goods: &[PODS, BREAKFAST],
    },
    Trade {
        industry: "Events",
        endings: &["Events LLC", "Catering"],
        resells: false,
        employees: (8, 90),
        goods: &[BEANS, GIFTS],
    },
    Trade {
        industry: "Manufacturing",
        endings: &["Manufacturing Co.", "Tool & Die Inc.", "Textiles"],
        resells: false,
        employees: (60, 2_000),
        goods: &[PODS, GIFTS],
    },
    Trade {
        industry: "Health care",
        endings: &["Dental Group", "Family Clinic"],
        resells: false,
        employees: (10, 120),
        goods: &[PODS, GREEN],
    },
    Trade {
        industry: "Legal services",
        endings: &["& Partners LLP", "Law Offices"],
        resells: false,
        employees: (8, 150),
        goods: &[BEANS, GIFTS],
    },
];

pub(super) const WORDS: Words = Words {
    name: "Cloudridge Tea & Coffee",
    currency: "USD",
    zone: "America/New_York",
    ahead: -5,
    country_code: "US",
    country: "United States",
    money: 1,
    employees: [
        employee("Laura Whitfield", "demo", "Managing director", 2),
        employee("Martin Cole", "martin.cole", "Head of sales", 2),
        employee("Sofia Reyes", "sofia.reyes", "Account manager", 0),
        employee("Daniel Park", "daniel.park", "Account manager", 0),
        employee("Emma Novak", "emma.novak", "Senior account manager", 1),
    ],
    teams: ["East", "West", "Sales"],
    tags: &[
        ("Key account", TagColour::Red),
        ("Gift buyer", TagColour::Orange),
        ("Referred", TagColour::Green),
        ("Samples sent", TagColour::Blue),
        ("Call back", TagColour::Purple),
        ("Price sensitive", TagColour::Grey),
    ],
    shelves: &[
        (
            "Coffee",
            &[
                ("Espresso beans, 1 kg", "bag", "24.50", "13.20"),
                ("Filter beans, 1 kg", "bag", "22", "11.90"),
                ("Decaf beans, 1 kg", "bag", "26", "15.40"),
            ],
        ),
        (
            "Pods",
            &[
                ("Espresso pods, 100", "box", "32", "17.80"),
                ("Decaf pods, 100", "box", "34", "19.60"),
            ],
        ),
        (
            "Black tea",
            &[
                ("Breakfast tea, 100 bags", "box", "12.80", "5.90"),
                ("Earl Grey, 250 g", "tin", "18.50", "9.70"),
            ],
        ),
        (
            "Green tea",
            &[
                ("Sencha, 250 g", "tin", "21", "12.30"),
                ("Jasmine green, 250 g", "tin", "19", "10.80"),
            ],
        ),
        (
            "Gifts",
            &[
                ("Holiday gift box", "box", "64", "35"),
                ("Tasting set", "set", "9", "11.50"),
            ],
        ),
    ],
    cities: &[
        city("New York", "NY", "100", "212", 0),
        city("Boston", "MA", "021", "617", 0),
        city("Philadelphia", "PA", "191", "215", 0),
        city("Chicago", "IL", "606", "312", 0),
        city("Atlanta", "GA", "303", "404", 0),
        city("Pittsburgh", "PA", "152", "412", 0),
        city("Seattle", "WA", "981", "206", 1),
        city("Portland", "OR", "972", "503", 1),
        city("San Francisco", "CA", "941", "415", 1),
        city("Denver", "CO", "802", "303", 1),
        city("Austin", "TX", "787", "512", 1),
        city("San Diego", "CA", "921", "619", 1),
    ],
    streets: &[
        "Main Street",
        "Oak Avenue",
        "Market Street",
        "Second Avenue",
        "Washington Street",
        "Lake Drive",
        "Park Avenue",
        "Elm Street",
        "Harbor Boulevard",
        "Mill Road",
        "College Street",
        "Union Street",
    ],
    brands: names::ENGLISH_BRANDS,
    trades: TRADES,
    branches: &[
        "Downtown",
        "Airport",
        "Riverside",
        "Old Town",
        "University",
        "Station",
    ],
    family: names::ENGLISH_FAMILY,
    given: names::ENGLISH_GIVEN,
    titles: &[
        ("Purchasing manager", BuyingRole::DecisionMaker),
        ("Owner", BuyingRole::DecisionMaker),
        ("Office manager", BuyingRole::Influencer),
        ("Store manager", BuyingRole::User),
        ("Food and beverage director", BuyingRole::Influencer),
        ("Controller", BuyingRole::Payer),
        ("Executive assistant", BuyingRole::Gatekeeper),
        ("Buyer", BuyingRole::User),
        ("Front desk lead", BuyingRole::Gatekeeper),
        ("Head barista", BuyingRole::User),
        ("Partner", BuyingRole::DecisionMaker),
        ("Accountant", BuyingRole::Payer),
    ],
    likes: &[
        "Wants this year's harvest and plain packaging.",
        "Light roasts only.",
        "Needs single-serve packs for meetings.",
        "Call the warehouse the day before delivery.",
        "No deliveries on Monday mornings.",
        "Gift baskets carry their logo.",
        "Prefers certified organic.",
        "Values steady batches: send a sample before a change.",
    ],
    tastes: &[
        "Drinks dark roast and shares it with friends.",
        "Buys first-flush tea only.",
        "Does not drink coffee after noon.",
        "Watches prices, likes small extras.",
        "Often buys presents, so packaging counts.",
        "Prefers text messages to calls.",
        "Collects aged pu-erh.",
    ],
    notes: &[
        "Complained about a late delivery last spring; we apologised and sent samples, steady orders since.",
        "Buys holiday baskets every November, wants quotes by August.",
        "The owner grew up on a coffee farm: start with origins.",
        "Compares three suppliers; payment terms matter most.",
        "New location, small volume yet, growing fast.",
        "Came through a referral, the first visit went well.",
        "Little storage: rather small deliveries, more often.",
        "Always pays on time; the limit could be higher.",
        "A rival quotes ten percent less, but they dislike its quality.",
        "Budget is approved each January.",
    ],
    remarks: &[
        "Direct: price first, quality second.",
        "Best reached after three.",
        "Proud of a daughter in first grade.",
        "Wants quotes in writing.",
        "Hikes, so rarely in town on weekends.",
        "Just joined from another company, does not know us yet.",
    ],
    influences: &[
        "Recommends us in the trade association",
        "A friend of the owner, asked before each purchase",
        "Guests who tasted it there came to us",
        "Wrote about our products",
    ],
    switching: [
        &[
            "Tasting and approval would take two months again",
            "Every menu would have to be reprinted",
            "Warehouse systems would have to be connected anew",
        ],
        &[
            "Custom packaging in stock would be lost",
            "The yearly rebate would be lost",
            "New samples and tests would have to be paid",
        ],
        &[
            "Our trainer has taught their baristas for years",
            "The owners have known each other for years",
        ],
    ],
    plans: &[
        "Free barista training next year and a quarterly rebate.",
        "A shared stock board that reorders below the safety level.",
        "Two blends made for them alone.",
        "Invite them to the origin tour and to our growers.",
    ],
    occasions: ["Founded", "Yearly contract", "Birthday"],
    consents: &[
        "Trade show form",
        "Confirmed by phone",
        "Contract annex",
        "Website form",
    ],
    occupations: &[
        "Teacher",
        "Physician",
        "Engineer",
        "Shop owner",
        "Designer",
        "Civil servant",
        "Retired",
    ],
    households: &[
        "Couple with one child",
        "Three generations, six people",
        "Single",
        "Couple",
    ],
    incomes: &[
        "Under 75 000 a year",
        "75 000 to 150 000 a year",
        "Over 150 000 a year",
    ],
    others: [
        &[
            ("Highland Growers Cooperative", "highland"),
            ("Finca La Esperanza", "esperanza"),
            ("Green Terrace Estate", "greenterrace"),
            ("Paper & Tin Packaging", "papertin"),
        ],
        &[
            ("Big River Coffee Group", "bigriver"),
            ("Leaf Brothers", "leafbrothers"),
            ("Everyday Tea Company", "everydaytea"),
        ],
        &[
            ("Swiftline Cold Logistics", "swiftline"),
            ("One Leaf Design Studio", "oneleaf"),
            ("Barista School of the Coast", "baristaschool"),
        ],
        &[("County Office of Food Safety", "foodsafety")],
        &[
            ("Tea & City Magazine", "teaandcity"),
            ("The Coastal Palate", "coastalpalate"),
        ],
    ],
    company: |_, brand, ending| format!("{brand} {ending}"),
    person: |family, given| format!("{given} {family}"),
    street: |street, number| format!("{number} {street}"),
    phone: |dial, number| format!("({dial}) 555-{:04}", 100 + number % 100),
    mobile: |dial, number| format!("({dial}) 555-{:04}", 100 + number % 100),
};

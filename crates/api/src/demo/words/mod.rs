//! The words that a company is made of, in each language. All of it is invented.

mod chinese;
mod english;
mod names;

use perennial_domain::contact::BuyingRole;
use perennial_domain::tag::TagColour;
use perennial_domain::text::Language;

/// A word, and how it is written in addresses of the internet.
pub(super) type Named = (&'static str, &'static str);

/// A city.
pub(super) struct City {
    /// Its name.
    pub(super) name: &'static str,
    /// Its province or state.
    pub(super) region: &'static str,
    /// First digits of its postal codes.
    pub(super) postal: &'static str,
    /// Its telephone code.
    pub(super) dial: &'static str,
    /// Which of the two teams looks after it.
    pub(super) team: usize,
}

/// A trade that buys from us.
pub(super) struct Trade {
    /// As an industry.
    pub(super) industry: &'static str,
    /// What follows the brand in a company's name.
    pub(super) endings: &'static [&'static str],
    /// Whether it buys to sell on.
    pub(super) resells: bool,
    /// How many people work there, from and to.
    pub(super) employees: (i64, i64),
    /// What it uses up: goods, unit, and how much in a month at least.
    pub(super) goods: &'static [(&'static str, &'static str, i64)],
}

/// A product: its name, its unit, its price and what it costs the company.
pub(super) type Good = (&'static str, &'static str, &'static str, &'static str);

/// A person who works for the company: name, e-mail name, title, team (2 is the one above both).
pub(super) struct Employee {
    /// Name.
    pub(super) name: &'static str,
    /// E-mail name.
    pub(super) email: &'static str,
    /// Title of the post.
    pub(super) title: &'static str,
    /// Team: 0 and 1, or 2 for the one above both.
    pub(super) team: usize,
}

/// Everything that is said in one language.
pub(super) struct Words {
    /// The organization: name, currency, zone, country code, and how its country is written.
    pub(super) name: &'static str,
    /// ISO 4217 code.
    pub(super) currency: &'static str,
    /// IANA zone.
    pub(super) zone: &'static str,
    /// Hours by which its clocks are ahead of UTC, most of the year.
    pub(super) ahead: i64,
    /// ISO 3166 code.
    pub(super) country_code: &'static str,
    /// The country.
    pub(super) country: &'static str,
    /// How much a unit of money is worth, against the smallest that amounts are thought in.
    pub(super) money: i64,
    /// Administrator, manager, and three sellers.
    pub(super) employees: [Employee; 5],
    /// The two teams and the one above them.
    pub(super) teams: [&'static str; 3],
    /// Labels.
    pub(super) tags: &'static [(&'static str, TagColour)],
    /// What it sells: a category, and its products.
    pub(super) shelves: &'static [(&'static str, &'static [Good])],
    /// Places.
    pub(super) cities: &'static [City],
    /// Streets.
    pub(super) streets: &'static [&'static str],
    /// Brands.
    pub(super) brands: &'static [Named],
    /// Trades, common ones first.
    pub(super) trades: &'static [Trade],
    /// Branches of a company.
    pub(super) branches: &'static [&'static str],
    /// Family names.
    pub(super) family: &'static [Named],
    /// Given names.
    pub(super) given: &'static [Named],
    /// Titles of posts and the part they play in a purchase.
    pub(super) titles: &'static [(&'static str, BuyingRole)],
    /// What a company likes.
    pub(super) likes: &'static [&'static str],
    /// What a person likes.
    pub(super) tastes: &'static [&'static str],
    /// Notes about customers.
    pub(super) notes: &'static [&'static str],
    /// Notes about contacts.
    pub(super) remarks: &'static [&'static str],
    /// How somebody influences another.
    pub(super) influences: &'static [&'static str],
    /// What leaving would cost: procedures, money, people.
    pub(super) switching: [&'static [&'static str]; 3],
    /// Plans that raise it.
    pub(super) plans: &'static [&'static str],
    /// Days worth remembering: founding, contract, birthday.
    pub(super) occasions: [&'static str; 3],
    /// How we know of a consent.
    pub(super) consents: &'static [&'static str],
    /// Occupations.
    pub(super) occupations: &'static [&'static str],
    /// Households.
    pub(super) households: &'static [&'static str],
    /// Bands of income.
    pub(super) incomes: &'static [&'static str],
    /// Parties that are not buyers: supplier, competitor, partner, authority, media.
    pub(super) others: [&'static [Named]; 5],
    /// A company's name from city, brand and ending.
    pub(super) company: fn(&str, &str, &str) -> String,
    /// A person's name from family and given name.
    pub(super) person: fn(&str, &str) -> String,
    /// A street address from street and number.
    pub(super) street: fn(&str, i64) -> String,
    /// A telephone number that nobody has, from a city's code and a number below 10 000.
    pub(super) phone: fn(&str, i64) -> String,
    /// A mobile number that nobody has.
    pub(super) mobile: fn(&str, i64) -> String,
}

/// What is said in a language.
pub(super) const fn of(language: Language) -> &'static Words {
    match language {
        Language::ZhCn => &chinese::WORDS,
        Language::En => &english::WORDS,
    }
}

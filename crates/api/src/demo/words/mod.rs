//! The words that a company is made of, in each language. All of it is invented.

mod chinese;
mod english;

use perennial_domain::contact::BuyingRole;
use perennial_domain::tag::TagColour;
use perennial_domain::text::Language;

/// A word, and how it is written in addresses of the internet.
pub type Named = (&'static str, &'static str);

/// A city.
pub struct City {
    /// Its name.
    pub name: &'static str,
    /// Its province or state.
    pub region: &'static str,
    /// First digits of its postal codes.
    pub postal: &'static str,
    /// Its telephone code.
    pub dial: &'static str,
    /// Which of the two teams looks after it.
    pub team: usize,
}

/// A trade that buys from us.
pub struct Trade {
    /// As an industry.
    pub industry: &'static str,
    /// What follows the brand in a company's name.
    pub endings: &'static [&'static str],
    /// Whether it buys to sell on.
    pub resells: bool,
    /// How many people work there, from and to.
    pub employees: (i64, i64),
    /// What it uses up: goods, unit, and how much in a month at least.
    pub goods: &'static [(&'static str, &'static str, i64)],
}

/// A person who works for the company: name, e-mail name, title, team (2 is the one above both).
pub struct Employee {
    /// Name.
    pub name: &'static str,
    /// E-mail name.
    pub email: &'static str,
    /// Title of the post.
    pub title: &'static str,
    /// Team: 0 and 1, or 2 for the one above both.
    pub team: usize,
}

/// Everything that is said in one language.
pub struct Words {
    /// The organization: name, currency, zone, country code, and how its country is written.
    pub name: &'static str,
    /// ISO 4217 code.
    pub currency: &'static str,
    /// IANA zone.
    pub zone: &'static str,
    /// Hours by which its clocks are ahead of UTC, most of the year.
    pub ahead: i64,
    /// ISO 3166 code.
    pub country_code: &'static str,
    /// The country.
    pub country: &'static str,
    /// How much a unit of money is worth, against the smallest that amounts are thought in.
    pub money: i64,
    /// Administrator, manager, and three sellers.
    pub employees: [Employee; 5],
    /// The two teams and the one above them.
    pub teams: [&'static str; 3],
    /// Labels.
    pub tags: &'static [(&'static str, TagColour)],
    /// Places.
    pub cities: &'static [City],
    /// Streets.
    pub streets: &'static [&'static str],
    /// Brands.
    pub brands: &'static [Named],
    /// Trades, common ones first.
    pub trades: &'static [Trade],
    /// Branches of a company.
    pub branches: &'static [&'static str],
    /// Family names.
    pub family: &'static [Named],
    /// Given names.
    pub given: &'static [Named],
    /// Titles of posts and the part they play in a purchase.
    pub titles: &'static [(&'static str, BuyingRole)],
    /// What a company likes.
    pub likes: &'static [&'static str],
    /// What a person likes.
    pub tastes: &'static [&'static str],
    /// Notes about customers.
    pub notes: &'static [&'static str],
    /// Notes about contacts.
    pub remarks: &'static [&'static str],
    /// How somebody influences another.
    pub influences: &'static [&'static str],
    /// What leaving would cost: procedures, money, people.
    pub switching: [&'static [&'static str]; 3],
    /// Plans that raise it.
    pub plans: &'static [&'static str],
    /// Days worth remembering: founding, contract, birthday.
    pub occasions: [&'static str; 3],
    /// How we know of a consent.
    pub consents: &'static [&'static str],
    /// Occupations.
    pub occupations: &'static [&'static str],
    /// Households.
    pub households: &'static [&'static str],
    /// Bands of income.
    pub incomes: &'static [&'static str],
    /// Parties that are not buyers: supplier, competitor, partner, authority, media.
    pub others: [&'static [Named]; 5],
    /// A company's name from city, brand and ending.
    pub company: fn(&str, &str, &str) -> String,
    /// A person's name from family and given name.
    pub person: fn(&str, &str) -> String,
    /// A street address from street and number.
    pub street: fn(&str, i64) -> String,
}

/// What is said in a language.
pub const fn of(language: Language) -> &'static Words {
    match language {
        Language::ZhCn => &chinese::WORDS,
        Language::En => &english::WORDS,
    }
}

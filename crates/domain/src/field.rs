//! The one table per resource that filters, sorts, columns, forms, rights, import, export and the contract are driven by.
//! [`declare`](crate::declare) makes it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::money::{Decimal, Money};
use crate::rights::Area;
use crate::text::Key;
use crate::{Date, Id, Instant};

/// What kind of value a field holds: decides its editor, its column, its filter operators and its schema.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A line of text.
    Text,
    /// Yes or no.
    Flag,
    /// A whole number.
    Integer,
    /// A decimal with up to four places.
    Decimal,
    /// A day.
    Date,
    /// A moment.
    Instant,
    /// An amount in a currency.
    Money,
    /// One of a closed list.
    Choice(&'static [Choice]),
    /// Several of a closed list.
    Choices(&'static [Choice]),
    /// Another record of the named resource.
    Reference(&'static str),
    /// Several records of the named resource.
    References(&'static str),
    /// A list of small objects that live and die with the record: the fields of each.
    Parts(&'static [Field]),
    /// The key of such an object, made by the server.
    Key,
    /// An object that only the server writes.
    Figures,
}

/// One value of an enumeration.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// The word on the wire and in the database.
    pub value: &'static str,
    /// What people read.
    pub label: Key,
}

/// One field of a resource.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The name on the wire.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What people read.
    pub label: Key,
    /// Whether a client may write it.
    pub written: bool,
    /// Whether it must be given.
    pub required: bool,
    /// Whether it may be without a value.
    pub optional: bool,
    /// The least and greatest length, count or number.
    pub bounds: Option<(i64, i64)>,
    /// Whether an index serves it as a list parameter.
    pub filtered: bool,
    /// Whether an index serves it as a list's order.
    pub sorted: bool,
    /// Whether it follows from others when it is read, and no row can be looked for by it.
    pub derived: bool,
    /// Whether a list shows it unless told otherwise.
    pub column: bool,
    /// Whether text runs over several lines.
    pub long: bool,
    /// The rights class: a role may hide, mask or lock the whole class.
    pub class: Option<&'static str>,
    /// The column that orders and filters it, where that is not its name.
    pub stored: &'static str,
    /// Other names that an import file may use for it.
    pub aliases: &'static [&'static str],
}

impl Field {
    /// A field with no abilities yet.
    pub const fn new(name: &'static str, kind: Kind, label: Key, written: bool) -> Self {
        Self {
            name,
            kind,
            label,
            written,
            required: false,
            optional: false,
            bounds: None,
            filtered: false,
            sorted: false,
            derived: false,
            column: false,
            long: false,
            class: None,
            stored: name,
            aliases: &[],
        }
    }
    /// It must be given.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
    /// It may be without a value.
    #[must_use]
    pub const fn optional(mut self, optional: bool) -> Self {
        self.optional = optional;
        self
    }
    /// Its least and greatest length, count or number.
    #[must_use]
    pub const fn bounds(mut self, least: i64, greatest: i64) -> Self {
        self.bounds = Some((least, greatest));
        self
    }
    /// An index serves it as a list parameter.
    #[must_use]
    pub const fn filtered(mut self) -> Self {
        self.filtered = true;
        self
    }
    /// An index serves it as a list's order. It always has a value, which says where a page ends.
    #[must_use]
    pub const fn sorted(mut self) -> Self {
        assert!(
            !self.optional
                && matches!(
                    self.kind,
                    Kind::Text
                        | Kind::Integer
                        | Kind::Decimal
                        | Kind::Date
                        | Kind::Instant
                        | Kind::Money
                )
        );
        self.sorted = true;
        self
    }
    /// It follows from others when it is read, and no row can be looked for by it.
    #[must_use]
    pub const fn derived(mut self) -> Self {
        self.derived = true;
        self
    }
    /// A list shows it unless told otherwise.
    #[must_use]
    pub const fn column(mut self) -> Self {
        self.column = true;
        self
    }
    /// Its text runs over several lines.
    #[must_use]
    pub const fn long(mut self) -> Self {
        self.long = true;
        self
    }
    /// A role may hide, mask or lock it together with the others of its class.
    #[must_use]
    pub const fn class(mut self, class: &'static str) -> Self {
        self.class = Some(class);
        self
    }
    /// The column that orders and filters it.
    #[must_use]
    pub const fn stored(mut self, column: &'static str) -> Self {
        self.stored = column;
        self
    }
    /// Other names that an import file may use.
    #[must_use]
    pub const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }
}

/// The key of any record: a list can be asked for some of them, though no list shows it.
pub static ID: Field = Field::new("id", Kind::Reference(""), Key::FieldId, false).filtered();

/// A type that a field can have.
pub trait FieldType {
    /// The kind of value it is.
    const KIND: Kind;
    /// Whether there may be none.
    const OPTIONAL: bool = false;
}

macro_rules! kinds {
    ($($type:ty => $kind:ident),* $(,)?) => { $(impl FieldType for $type { const KIND: Kind = Kind::$kind; })* };
}
kinds!(String => Text, bool => Flag, i64 => Integer, Decimal => Decimal, Date => Date, Instant => Instant, Money => Money,
    uuid::Uuid => Key);

impl<T: FieldType> FieldType for Option<T> {
    const KIND: Kind = T::KIND;
    const OPTIONAL: bool = true;
}
impl<R: Resource> FieldType for Id<R> {
    const KIND: Kind = Kind::Reference(R::PLURAL);
}
impl<R: Resource> FieldType for Vec<Id<R>> {
    const KIND: Kind = Kind::References(R::PLURAL);
}

/// A draft: what a client may write of a resource. Equal drafts mean that nothing changed.
#[cfg(feature = "server")]
pub trait Draft:
    Serialize
    + DeserializeOwned
    + Default
    + Clone
    + PartialEq
    + Send
    + Sync
    + validator::Validate
    + utoipa::ToSchema
    + 'static
{
    /// What no single field can say: rules between fields. `report` takes a pointer and a code.
    fn check(&self, _report: &mut dyn FnMut(String, &'static str)) {}

    /// Fills in what follows from the rest of a draft that keeps every rule.
    fn complete(&mut self) {}
}

/// A draft: what a client may write of a resource. Equal drafts mean that nothing changed.
#[cfg(not(feature = "server"))]
pub trait Draft: Serialize + DeserializeOwned + Default + Clone + PartialEq + 'static {
    /// What no single field can say: rules between fields. `report` takes a pointer and a code.
    fn check(&self, _report: &mut dyn FnMut(String, &'static str)) {}

    /// Fills in what follows from the rest of a draft that keeps every rule.
    fn complete(&mut self) {}
}

/// What the server keeps about each row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// How often it was written.
    pub version: i64,
    /// When it was created.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// When it was deleted, if it was.
    pub deleted_at: Option<Instant>,
}

/// A value of a closed list, as the wire and the database spell it.
pub trait Word: Copy + Default + Send + Sync + 'static {
    /// The word.
    fn word(self) -> &'static str;
    /// The value of that word.
    fn from_word(word: &str) -> Option<Self>;
}

/// How a resource's name is written in addresses.
pub fn path(plural: &str) -> String {
    plural.replace('_', "-")
}

/// An entity that is listed, opened, created, changed and deleted in one grammar.
pub trait Resource:
    Serialize + DeserializeOwned + Default + Clone + PartialEq + Send + Sync + 'static
{
    /// What a client may write.
    type Draft: Draft;
    /// Where its rights are kept.
    const AREA: Area;
    /// Its name in paths and tables: `customers`.
    const PLURAL: &'static str;
    /// Where it is below the API's root: `product-categories`.
    fn path() -> String {
        path(Self::PLURAL)
    }
    /// Its name in operation ids: `customer`.
    const SINGULAR: &'static str;
    /// The name of its type in the contract: `Customer`.
    const TYPE: &'static str;
    /// Its fields, in the order of forms and columns.
    const FIELDS: &'static [Field];
    /// The field that people call it by.
    const TITLE: &'static str = "name";
    /// The order of its list unless another is asked for.
    const ORDER: &'static str = "name";

    /// Its key.
    fn id(&self) -> Id<Self>;
    /// How often it was written; the first part of its ETag.
    fn version(&self) -> i64 {
        self.stamp().version
    }
    /// How often its derived figures were; the second part.
    fn figures_version(&self) -> i64 {
        0
    }
    /// When it was deleted, if it was.
    fn deleted_at(&self) -> Option<Instant> {
        self.stamp().deleted_at
    }
    /// What a client could have written to get it.
    fn draft(&self) -> Self::Draft;
    /// A new one of that key, with what a client wrote and nothing else yet.
    fn from_draft(id: Id<Self>, draft: Self::Draft) -> Self {
        Self::default()
            .with_draft(draft)
            .stamped(id, &Stamp::default())
    }
    /// The same one with what a client wrote now.
    #[must_use]
    fn with_draft(self, draft: Self::Draft) -> Self;
    /// What the server keeps about each row.
    fn stamp(&self) -> Stamp;
    /// The same one with another key and stamp.
    #[must_use]
    fn stamped(self, id: Id<Self>, stamp: &Stamp) -> Self;

    /// The field of that name.
    fn field(name: &str) -> Option<&'static Field> {
        Self::FIELDS.iter().find(|field| field.name == name)
    }

    /// The strong entity tag: row version and figures version.
    fn etag(&self) -> String {
        format!("\"v{}.f{}\"", self.version(), self.figures_version())
    }
}

//! How entities are declared: [`resource!`](crate::resource) makes an entity, its draft (what a client may write) and its
//! [field table](crate::field) from one list of fields, [`part!`](crate::part) the same for a small object in a record,
//! [`choice!`](crate::choice) an enumeration with its wire words and labels.

/// Declares an enumeration: its wire words (also the database's) and its labels, which are the texts
/// `enumeration.word` of the locale files. The first variant is the default, unless another is named before the list: where the
/// order means something, the least comes first, which need not be the usual one.
#[macro_export]
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident: $table:literal { $first:ident = $first_word:tt $(, $variant:ident = $word:tt)* $(,)? }) => {
        $crate::choice! { $(#[$doc])* $name: $table, default $first { $first = $first_word $(, $variant = $word)* } }
    };
    ($(#[$doc:meta])* $name:ident: $table:literal, default $default:ident { $first:ident = $first_word:tt $(, $variant:ident = $word:tt)* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
        #[expect(missing_docs, reason = "the words say it; their meaning is in the locale files")]
        pub enum $name {
            #[serde(rename = $first_word)]
            $first,
            $(#[serde(rename = $word)] $variant,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self::$default
            }
        }

        impl $name {
            /// Every value, in the order people read them.
            pub const ALL: &'static [Self] = &[Self::$first $(, Self::$variant)*];
            /// Every value's word and label.
            pub const CHOICES: &'static [$crate::field::Choice] = &[
                $crate::field::Choice { value: $first_word, label: $crate::text::Key::named(concat!($table, ".", $first_word)) },
                $($crate::field::Choice { value: $word, label: $crate::text::Key::named(concat!($table, ".", $word)) },)*
            ];

            /// The word on the wire and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { Self::$first => $first_word, $(Self::$variant => $word,)* }
            }

            /// The value of that word.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $first_word => Some(Self::$first), $($word => Some(Self::$variant),)* _ => None }
            }

            /// What people read.
            pub const fn label(self) -> $crate::text::Key {
                match self {
                    Self::$first => const { $crate::text::Key::named(concat!($table, ".", $first_word)) },
                    $(Self::$variant => const { $crate::text::Key::named(concat!($table, ".", $word)) },)*
                }
            }
        }

        impl $crate::field::Word for $name {
            fn word(self) -> &'static str {
                self.as_str()
            }
            fn from_word(word: &str) -> Option<Self> {
                Self::parse(word)
            }
        }
        impl $crate::field::FieldType for $name {
            const KIND: $crate::field::Kind = $crate::field::Kind::Choice(Self::CHOICES);
        }
        impl $crate::field::FieldType for Vec<$name> {
            const KIND: $crate::field::Kind = $crate::field::Kind::Choices(<$name>::CHOICES);
        }
    };
}

/// Declares a small object that lives and dies with its record, in a list that is one of the record's fields. Its own
/// fields are lines as in [`resource!`](crate::resource): what `needs` lists must be given, what `may` lists has a value
/// that stands for nothing. The label is the text `part.name`.
#[macro_export]
macro_rules! part {
    (
        $(#[$doc:meta])*
        $part:ident
        $(needs { $( $(#[$nmeta:meta])* $n:ident: $ntype:ty $(, length $nmin:tt ..= $nmax:tt)?; )* })?
        $(may { $( $(#[$mmeta:meta])* $m:ident: $mtype:ty $(, length $mmin:tt ..= $mmax:tt)?; )* })?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema, validator::Validate))]
        #[serde(deny_unknown_fields)]
        pub struct $part {
            $($( $(#[$nmeta])*
               $(#[cfg_attr(feature = "server", validate(length(min = $nmin, max = $nmax)), schema(min_length = $nmin, max_length = $nmax))])?
               pub $n: $ntype, )*)?
            $($( $(#[$mmeta])*
               #[serde(default)]
               $(#[cfg_attr(feature = "server", validate(length(min = $mmin, max = $mmax)), schema(max_length = $mmax))])?
               pub $m: $mtype, )*)?
        }

        impl $crate::field::FieldType for Vec<$part> {
            const KIND: $crate::field::Kind = $crate::field::Kind::Parts(&[
                $($( $crate::field::Field::new(
                        stringify!($n),
                        <$ntype as $crate::field::FieldType>::KIND,
                        $crate::text::Key::named(concat!("part.", stringify!($n))),
                        true,
                    )
                    .required()
                    $(.bounds($nmin, $nmax))?, )*)?
                $($( $crate::field::Field::new(
                        stringify!($m),
                        <$mtype as $crate::field::FieldType>::KIND,
                        $crate::text::Key::named(concat!("part.", stringify!($m))),
                        true,
                    )
                    .optional(<$mtype as $crate::field::FieldType>::OPTIONAL)
                    $(.bounds($mmin, $mmax))?, )*)?
            ]);
        }
    };
}

/// Declares an entity, its draft and its field table from one list of fields.
///
/// A line reads `name: Type, length 1..=200 => required filtered column;`. The limit (`length`, `range` or, for parts,
/// `nested`) becomes the validation rule, the contract's bounds and the form's; the words after `=>` are the methods of
/// [`Field`](crate::field::Field). The label is the text `plural.name`. `id`, `version`, `created_at`, `updated_at` and
/// `deleted_at` come by themselves; `figures name` says which field carries the derived values' own version, `title "code"`
/// which one people call it by and `order "-day"` how its list is ordered, where that is not its name.
#[macro_export]
macro_rules! resource {
    (
        $(#[$doc:meta])*
        $entity:ident / $draft:ident: $plural:literal, $singular:literal, $area:ident;
        write { $( $(#[$wmeta:meta])* $w:ident: $wtype:ty
            $(, length $lmin:literal ..= $lmax:literal)? $(, range $rmin:literal ..= $rmax:literal)? $(, nested $nmin:literal ..= $nmax:literal)?
            $(=> $($wability:ident $(($($warg:expr),*))?)*)?; )* }
        read { $( $(#[$rmeta:meta])* $r:ident: $rtype:ty $(=> $($rability:ident $(($($rarg:expr),*))?)*)?; )* }
        $(figures $figures:ident)?
        $(title $title:literal)?
        $(order $order:literal)?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
        #[serde(default)]
        pub struct $entity {
            /// Its key.
            #[cfg_attr(feature = "server", schema(value_type = uuid::Uuid))]
            pub id: $crate::Id<$entity>,
            $( $(#[$wmeta])* pub $w: $wtype, )*
            $( $(#[$rmeta])* pub $r: $rtype, )*
            /// How often it was written.
            pub version: i64,
            /// When it was created.
            pub created_at: $crate::Instant,
            /// When it was last written.
            pub updated_at: $crate::Instant,
            /// When it was deleted, if it was; it can be restored for 30 days.
            pub deleted_at: Option<$crate::Instant>,
        }

        #[doc = concat!("What a client may write of a [`", stringify!($entity), "`].")]
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema, validator::Validate))]
        #[serde(default, deny_unknown_fields)]
        pub struct $draft {
            $( $(#[$wmeta])*
               $(#[cfg_attr(feature = "server", validate(length(min = $lmin, max = $lmax)))])?
               $(#[cfg_attr(feature = "server", validate(range(min = $rmin, max = $rmax)))])?
               $(#[cfg_attr(feature = "server", validate(length(min = $nmin, max = $nmax), nested))])?
               pub $w: $wtype, )*
        }

        impl $crate::field::Resource for $entity {
            type Draft = $draft;
            const AREA: $crate::rights::Area = $crate::rights::Area::$area;
            const PLURAL: &'static str = $plural;
            const SINGULAR: &'static str = $singular;
            const TYPE: &'static str = stringify!($entity);
            const FIELDS: &'static [$crate::field::Field] = &[
                $( $crate::field::Field::new(
                        stringify!($w),
                        <$wtype as $crate::field::FieldType>::KIND,
                        $crate::text::Key::named(concat!($plural, ".", stringify!($w))),
                        true,
                    )
                    .optional(<$wtype as $crate::field::FieldType>::OPTIONAL)
                    $(.bounds($lmin, $lmax))? $(.bounds($rmin, $rmax))? $(.bounds($nmin, $nmax))?
                    $($(.$wability($($($warg),*)?))*)?, )*
                $( $crate::field::Field::new(
                        stringify!($r),
                        <$rtype as $crate::field::FieldType>::KIND,
                        $crate::text::Key::named(concat!($plural, ".", stringify!($r))),
                        false,
                    )
                    .optional(<$rtype as $crate::field::FieldType>::OPTIONAL)
                    $($(.$rability($($($rarg),*)?))*)?, )*
                $crate::field::Field::new("created_at", $crate::field::Kind::Instant, $crate::text::Key::FieldCreatedAt, false).filtered().sorted(),
                $crate::field::Field::new("updated_at", $crate::field::Kind::Instant, $crate::text::Key::FieldUpdatedAt, false).filtered().sorted(),
            ];

            $(const TITLE: &'static str = $title;)?
            $(const ORDER: &'static str = $order;)?

            fn id(&self) -> $crate::Id<Self> {
                self.id
            }
            $(fn figures_version(&self) -> i64 {
                self.$figures.version
            })?
            fn draft(&self) -> $draft {
                $draft { $( $w: self.$w.clone(), )* }
            }
            fn with_draft(self, draft: $draft) -> Self {
                Self { $( $w: draft.$w, )* ..self }
            }
            fn stamp(&self) -> $crate::field::Stamp {
                $crate::field::Stamp {
                    version: self.version,
                    created_at: self.created_at,
                    updated_at: self.updated_at,
                    deleted_at: self.deleted_at,
                }
            }
            fn stamped(self, id: $crate::Id<Self>, stamp: &$crate::field::Stamp) -> Self {
                let $crate::field::Stamp { version, created_at, updated_at, deleted_at } = *stamp;
                Self { id, version, created_at, updated_at, deleted_at, ..self }
            }
        }
    };
}

//! Both migrations make the same tables, and the references that the store declares are the databases' foreign keys.

use std::collections::{BTreeMap, BTreeSet};

use diesel::sql_types::{Bool, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use perennial_domain::resources::RESOURCES;
use perennial_store::{REFERENCES, Store};
use perennial_tests::database::{Database, Kind, kind};

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

#[derive(QueryableByName, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct ForeignKey {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    target: String,
}

const SQLITE_COLUMNS: &str = "SELECT m.name AS table_name, c.name AS column_name, c.\"notnull\" = 0 AND c.pk = 0 AS nullable \
     FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'search_index%' \
     AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'";
const POSTGRESQL_COLUMNS: &str = "SELECT table_name::text, column_name::text, is_nullable = 'YES' AS nullable FROM information_schema.columns \
     WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%' AND NOT (table_name = 'search_documents' AND column_name = 'words')";
const SQLITE_KEYS: &str = "SELECT m.name AS table_name, f.\"from\" AS column_name, f.\"table\" AS target FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f \
     WHERE m.type = 'table' AND f.\"from\" <> 'organization' AND f.\"from\" <> 'seq'";
const POSTGRESQL_KEYS: &str = "SELECT c.conrelid::regclass::text AS table_name, a.attname::text AS column_name, c.confrelid::regclass::text AS target \
     FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) \
     WHERE c.contype = 'f' AND a.attname NOT IN ('organization', 'seq')";

#[derive(QueryableByName)]
struct Indexed {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    index_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
}

/// The columns of every index, in their order.
const SQLITE_INDEXES: &str = "SELECT m.name AS table_name, l.name AS index_name, c.name AS column_name FROM sqlite_schema m JOIN pragma_index_list(m.name) l \
     JOIN pragma_index_info(l.name) c WHERE m.type = 'table' AND c.name IS NOT NULL ORDER BY m.name, l.name, c.seqno";
const POSTGRESQL_INDEXES: &str = "SELECT i.indrelid::regclass::text AS table_name, i.indexrelid::regclass::text AS index_name, a.attname::text AS column_name \
     FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (number, place) JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number \
     JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' ORDER BY 1, 2, k.place";

fn load<
    T: diesel::deserialize::QueryableByName<diesel::pg::Pg>
        + diesel::deserialize::QueryableByName<diesel::sqlite::Sqlite>
        + 'static,
>(
    database: &Database,
    sqlite: &str,
    postgresql: &str,
) -> Vec<T> {
    match kind() {
        Kind::Sqlite => {
            let mut connection =
                SqliteConnection::establish(database.url.trim_start_matches("sqlite:"))
                    .expect("the file opens");
            sql_query(sqlite).load(&mut connection).expect(sqlite)
        }
        Kind::Postgresql => {
            let mut connection =
                PgConnection::establish(&database.url).expect("the server answers");
            sql_query(postgresql)
                .load(&mut connection)
                .expect(postgresql)
        }
    }
}

/// Tables, their columns, and whether each may be empty, as a committed list: each database is compared with it.
#[test]
fn both_databases_have_the_columns_of_the_schema() {
    let database = Database::new();
    let columns: Vec<Column> = load(&database, SQLITE_COLUMNS, POSTGRESQL_COLUMNS);
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for column in &columns {
        let mark = if column.nullable { "?" } else { "" };
        found
            .entry(column.table_name.clone())
            .or_default()
            .insert(format!("{}{mark}", column.column_name));
    }
    let declared = declared();
    for (table, columns) in &declared {
        let there = found
            .get(table)
            .unwrap_or_else(|| panic!("{table} is in schema.rs but not in the database"));
        // What diesel leaves to the database: the search index's own number, and the commit's.
        let extra: BTreeSet<String> = there.difference(columns).cloned().collect();
        assert!(
            extra
                .iter()
                .all(|column| ["seq", "seq?", "xid"].contains(&column.as_str())),
            "{table} has {extra:?}, schema.rs does not"
        );
        let missing: Vec<_> = columns.difference(there).collect();
        assert!(
            missing.is_empty(),
            "{table}: schema.rs has {missing:?}, the database does not: {there:?}"
        );
    }
    let unknown: Vec<_> = found
        .keys()
        .filter(|table| !declared.contains_key(*table))
        .collect();
    assert!(
        unknown.is_empty(),
        "{unknown:?} are in the database but in no table! of the store"
    );
}

/// What the store's `table!` say, read from its sources.
fn declared() -> BTreeMap<String, BTreeSet<String>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/store/src");
    let mut tables = BTreeMap::new();
    for file in std::fs::read_dir(folder).expect("the store's sources") {
        let path = file.expect("an entry").path();
        if path.is_dir() {
            // The tables are declared in files at the top.
            continue;
        }
        let text = std::fs::read_to_string(path).expect("a text");
        for part in text.split("diesel::table! {").skip(1) {
            let (head, rest) = part.split_once(") {").expect("a key and columns");
            let name = head.split_whitespace().next().expect("a name").to_owned();
            let columns = rest
                .split('}')
                .next()
                .expect("columns")
                .lines()
                .filter_map(|line| line.trim().trim_end_matches(',').split_once(" -> "));
            let columns = columns.map(|(column, kind)| {
                if kind.starts_with("Nullable") {
                    format!("{column}?")
                } else {
                    column.to_owned()
                }
            });
            tables.insert(name, columns.collect());
        }
    }
    tables
}

#[test]
fn every_reference_is_a_foreign_key_and_every_foreign_key_a_reference() {
    let database = Database::new();
    let found: BTreeSet<ForeignKey> = load(&database, SQLITE_KEYS, POSTGRESQL_KEYS)
        .into_iter()
        .collect();
    let key = |table: &str, column: &str, target: &str| ForeignKey {
        table_name: table.into(),
        column_name: column.into(),
        target: target.into(),
    };
    let declared: BTreeSet<ForeignKey> = REFERENCES
        .iter()
        .map(|reference| key(reference.table, reference.column, reference.target))
        .collect();
    assert_eq!(found, declared);
}

#[test]
fn every_order_and_filter_of_a_list_has_its_index() {
    let database = Database::new();
    let mut indexes: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for one in load::<Indexed>(&database, SQLITE_INDEXES, POSTGRESQL_INDEXES) {
        let columns = indexes.entry((one.table_name, one.index_name)).or_default();
        columns.push(one.column_name);
    }
    let declared = declared();
    let mut missing = Vec::new();
    for about in RESOURCES {
        let columns = &declared[about.plural];
        let used = about
            .fields
            .iter()
            .filter(|field| field.filtered || field.sorted);
        // What a resource has several of is in a table of its own.
        let kept = used.filter(|field| {
            columns.contains(field.stored) || columns.contains(&format!("{}?", field.stored))
        });
        for field in kept {
            let first = |of: &[String]| of.first().is_some_and(|column| column == "organization");
            let served = indexes.iter().any(|((table, _), of)| {
                table == about.plural
                    && first(of)
                    && of.get(1).is_some_and(|column| column == field.stored)
            });
            if !served {
                missing.push(format!("{} (organization, {})", about.plural, field.stored));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn both_sets_of_migrations_have_the_same_names() {
    let names = |folder: &str| -> BTreeSet<String> {
        let folder = format!("{}/../migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
        let entries = std::fs::read_dir(folder).expect("migrations").map(|entry| {
            entry
                .expect("a folder")
                .file_name()
                .into_string()
                .expect("UTF-8")
        });
        entries.collect()
    };
    assert_eq!(names("sqlite"), names("postgresql"));
    assert!(!names("sqlite").is_empty());
}

#[test]
fn migrations_can_be_taken_back() {
    let database = Database::new();
    Store::revert(&database.url).expect("down");
    let columns: Vec<Column> = load(&database, SQLITE_COLUMNS, POSTGRESQL_COLUMNS);
    let left: BTreeSet<&str> = columns
        .iter()
        .map(|column| column.table_name.as_str())
        .collect();
    assert!(left.is_empty(), "{left:?} are left");
    Store::open(&database.url).expect("up again");
}

#[test]
fn who_starts_at_once_on_a_new_database_finds_it_made_once() {
    for round in 0..5 {
        let database = Database::new();
        let url = match kind() {
            Kind::Sqlite => {
                let file = database.folder.path().join(format!("{round}.db"));
                format!("sqlite:{}", file.display())
            }
            Kind::Postgresql => {
                Store::revert(&database.url).expect("down");
                database.url.clone()
            }
        };
        let open = || Store::open(&url).map(drop).expect("it opens");
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(open);
            }
        });
    }
}

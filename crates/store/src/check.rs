//! Whether what is derived is what it is derived from, and what is named is there.
//!
//! Every look is a statement or two over an organization. Figures, search documents and what follows from a purchase's lines,
//! payments and returns can be made anew from the rows; a sum that is not the sum of its lines is told, for nobody knows which of the two is right.

use diesel::sql_types::{BigInt, Binary};
use perennial_domain::Instant;
use uuid::Uuid;

use crate::column::Key;
use crate::connection::AnyConnection;
use crate::dialect::CHUNK;
use crate::purchases::derived;
use crate::references::REFERENCES;
use crate::resource::ENTRIES;
use crate::sql::Sql;
use crate::{Read, Result, Scope, Store, Tx, dialect, figures, search};

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at: `purchases`, `figures`, `search`, `sums`, `references`, `feed`, `file`.
    pub check: &'static str,
    /// What is wrong.
    pub what: String,
    /// With how many rows.
    pub rows: usize,
    /// One of them, where it has a key.
    pub example: Option<Uuid>,
}

impl Finding {
    fn of(check: &'static str, what: impl Into<String>, rows: &[Key]) -> Option<Self> {
        let example = rows.first()?;
        Some(Self {
            check,
            what: what.into(),
            rows: rows.len(),
            example: Some(example.0),
        })
    }
}

/// Purchases whose sums are not those of their lines.
const SUMS: &str = "SELECT p.id FROM purchases p LEFT JOIN (SELECT organization, purchase_id, SUM(amount) AS amount, SUM(amount_base) AS base FROM purchase_lines \
     GROUP BY organization, purchase_id) l ON l.organization = p.organization AND l.purchase_id = p.id \
     WHERE (p.total <> COALESCE(l.amount, 0) OR p.total_base <> COALESCE(l.base, 0)) AND p.organization = ";
/// Lines of which more was given back than bought.
const BACK: &str = "SELECT l.id FROM purchase_lines l JOIN (SELECT b.organization, b.reverses, SUM(b.quantity) AS quantity FROM purchase_lines b JOIN purchases r \
     ON r.organization = b.organization AND r.id = b.purchase_id WHERE b.reverses IS NOT NULL AND r.deleted_at IS NULL GROUP BY b.organization, b.reverses) b \
     ON b.organization = l.organization AND b.reverses = l.id WHERE l.quantity + b.quantity < 0 AND l.organization = ";
/// Tables of what somebody must have made.
const MADE: [&str; 3] = ["customers", "contacts", "purchases"];

impl Store {
    /// Looks at everything; with `rebuild`, makes anew what follows from other rows where it is wrong, and says what is wrong
    /// still.
    ///
    /// # Errors
    /// Whatever the database says; what was mended until then stays mended.
    pub fn check(&self, rebuild: bool, now: Instant) -> Result<Vec<Finding>> {
        let scopes = |connection: &mut AnyConnection| -> Result<Vec<Scope>> {
            let organizations = Sql::text("SELECT key FROM organizations ORDER BY key");
            let organizations = organizations.rows::<BigInt, i64>(connection)?.into_iter();
            organizations
                .map(|organization| Scope::of_organization(connection, organization, now))
                .collect()
        };
        if rebuild {
            for scope in self.snapshot(scopes)? {
                // Figures are counted from what purchases say.
                self.mend(&scope, derived::wrong, derived::mend)?;
                self.mend(&scope, figures::wrong, figures::count)?;
                for entry in ENTRIES {
                    let wrong = |read: &mut Read<'_>| search::wrong(read, entry);
                    self.mend(&scope, wrong, |tx, ids| search::mend(tx, entry, ids))?;
                }
            }
        }
        self.snapshot(|connection| {
            let mut found = file(connection)?;
            for scope in &scopes(connection)? {
                found.extend(look(&mut Read { connection, scope })?);
            }
            Ok(found)
        })
    }

    /// Looks while others write, and mends what is wrong a chunk at a time: nobody waits for more than one.
    fn mend(
        &self,
        scope: &Scope,
        wrong: impl FnOnce(&mut Read<'_>) -> Result<Vec<Key>>,
        mend: impl Fn(&mut Tx<'_>, &[Key]) -> Result<()> + Copy + Send + 'static,
    ) -> Result<()> {
        let wrong = self.snapshot(|connection| wrong(&mut Read { connection, scope }))?;
        for chunk in wrong.chunks(CHUNK) {
            let chunk = chunk.to_vec();
            self.write(scope, move |tx| {
                dialect::take_time(tx.connection)?;
                mend(tx, &chunk)
            })?;
        }
        Ok(())
    }
}

/// What the database says of its own file.
fn file(connection: &mut AnyConnection) -> Result<Vec<Finding>> {
    let said = dialect::integrity(connection)?;
    let wrong = said.into_iter().filter(|line| line != "ok");
    let finding = |what: String| Finding {
        check: "file",
        what,
        rows: 1,
        example: None,
    };
    Ok(wrong.map(finding).collect())
}

fn look(read: &mut Read<'_>) -> Result<Vec<Finding>> {
    let organization = read.organization();
    let mut found = Vec::new();
    for reference in REFERENCES {
        let sql = Sql::text("SELECT DISTINCT t.")
            .name(reference.column)
            .then(" FROM ")
            .name(reference.table);
        let sql = sql.then(" t LEFT JOIN ").name(reference.target);
        let sql = sql
            .then(" g ON g.organization = t.organization AND g.id = t.")
            .name(reference.column);
        let sql = sql
            .then(" WHERE g.id IS NULL AND t.")
            .name(reference.column);
        let rows: Vec<Key> = sql
            .then(" IS NOT NULL AND t.organization = ")
            .bind(organization)
            .rows::<Binary, _>(read.connection)?;
        let what = format!(
            "{}.{} names what is not there",
            reference.table, reference.column
        );
        found.extend(Finding::of("references", what, &rows));
    }
    let mut ask = |check, what: &str, sql: &'static str| -> Result<()> {
        let rows: Vec<Key> = Sql::text(sql)
            .bind(organization)
            .rows::<Binary, _>(read.connection)?;
        found.extend(Finding::of(check, what, &rows));
        Ok(())
    };
    ask("sums", "purchases are not the sum of their lines", SUMS)?;
    ask("sums", "more was given back than bought", BACK)?;
    for table in MADE {
        let sql = Sql::text("SELECT id FROM ")
            .name(table)
            .then(" r WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.organization = r.organization AND e.record_id = r.id AND e.kind = 'created' AND e.resource = ")
            .bind(table)
            .then(") AND r.organization = ")
            .bind(organization);
        let rows: Vec<Key> = sql.rows::<Binary, _>(read.connection)?;
        let what = format!("no event tells of the making of {table}");
        found.extend(Finding::of("feed", what, &rows));
    }
    let wrong = derived::wrong(read)?;
    found.extend(Finding::of(
        "purchases",
        "purchases are not what follows from their lines, payments and returns",
        &wrong,
    ));
    let wrong = figures::wrong(read)?;
    found.extend(Finding::of(
        "figures",
        "customers' figures are not what their records say",
        &wrong,
    ));
    let mut wrong = Vec::new();
    for entry in ENTRIES {
        wrong.extend(search::wrong(read, entry)?);
    }
    found.extend(Finding::of(
        "search",
        "records are not found by their words",
        &wrong,
    ));
    Ok(found)
}

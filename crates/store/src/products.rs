//! Products and their categories.

use perennial_domain::field::{Field, Resource};
use perennial_domain::product::{NewProduct, NewProductCategory, Price, Product, ProductCategory};
use perennial_domain::query::Value;
use perennial_domain::{Decimal, Id, Money, search as words};
use serde::{Deserialize, Serialize};

use crate::column::Key;
use crate::money::{amount, currency, money, worth_today};
use crate::resource::{Stored, json, keys, of_json, row};
use crate::schema::{product_categories, products};
use crate::sql::Sql;
use crate::{Read, Result, Scope, Tx, codes, tree};

row! {
    struct CategoryRow of ProductCategory in product_categories {
        name: String,
        name_sort: String = |_, category| Ok(words::sort_key(&category.name)),
        parent_id: Option<Key>,
    }
}

impl Stored for ProductCategory {
    fn check(
        tx: &mut Tx<'_>,
        id: Id<Self>,
        old: Option<&NewProductCategory>,
        draft: &NewProductCategory,
    ) -> Result<()> {
        tree::check(tx, id, old.map(|old| old.parent_id), draft.parent_id)
    }

    fn hide(tx: &mut Tx<'_>, rows: &[Self], hidden: bool) -> Result<()> {
        if hidden {
            tree::refuse_parent(tx, Self::PLURAL, &keys(rows))?;
        }
        Ok(())
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn document(&self) -> Option<String> {
        Some(words::document(&[&self.name], &[]))
    }
}

/// What lives and dies with the row and is never searched for.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Facts {
    prices: Vec<Price>,
    note: Option<String>,
}

row! {
    struct Row of Product in products {
        name: String,
        name_sort: String = |_, product| Ok(words::sort_key(&product.name)),
        code: String,
        category_id: Option<Key>,
        supplier: Option<String>,
        unit: Option<String>,
        cost: Option<i64> = |_, product| Ok(amount(product.cost)),
        cost_currency: Option<String> = |_, product| Ok(currency(product.cost)),
        cost_base: Option<i64> = |tx, product| worth_today(tx, "/cost", product.cost),
        discontinued: bool,
        facts: String = |_, product| json(&Facts {
            prices: product.prices.clone(),
            note: product.note.clone(),
        }),
    }
    read |row, product| {
        let facts: Facts = of_json(&row.facts)?;
        product.cost = money(row.cost, row.cost_currency);
        product.base_cost = row.cost_base.map(|amount| Money {
            amount: Decimal::from_ten_thousandths(amount),
            ..Money::default()
        });
        product.prices = facts.prices;
        product.note = facts.note;
        Ok(())
    }
}

impl Stored for Product {
    const FOUND: bool = true;

    /// What follows from the day.
    fn hang(read: &mut Read<'_>, rows: &mut [Self]) -> Result<()> {
        let (day, currency) = (read.scope.today(), read.scope.currency());
        for product in rows {
            *product = std::mem::take(product).on(day, currency);
        }
        Ok(())
    }

    fn prepare(tx: &mut Tx<'_>, drafts: &mut [NewProduct]) -> Result<()> {
        codes::give(
            tx.parts(),
            Self::PLURAL,
            "SKU",
            drafts.iter_mut().map(|draft| &mut draft.code),
        )
    }

    fn check(
        _tx: &mut Tx<'_>,
        _id: Id<Self>,
        _old: Option<&NewProduct>,
        draft: &NewProduct,
    ) -> Result<()> {
        codes::check(&draft.code)
    }

    /// A category's products are those of the categories below it, too.
    fn compare(field: &Field, values: &[Value]) -> Option<Sql> {
        (field.name == "category_id").then(|| {
            let below = Sql::text("products.category_id IN (WITH RECURSIVE below (organization, id) AS (SELECT c.organization, c.id FROM product_categories c WHERE c.organization = products.organization AND c.id IN ")
                .list(values.iter().cloned());
            below.then(" UNION SELECT c.organization, c.id FROM product_categories c JOIN below ON c.organization = below.organization AND c.parent_id = below.id) SELECT id FROM below)")
        })
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn subtitle(&self, _scope: &Scope) -> String {
        self.code.clone()
    }

    fn document(&self) -> Option<String> {
        let texts: Vec<&str> = [Some(self.code.as_str()), self.supplier.as_deref()]
            .into_iter()
            .flatten()
            .collect();
        Some(words::document(&[&self.name], &texts))
    }
}

//! Users: people who work for the organization; and their roles.

use std::collections::BTreeSet;

#[cfg(feature = "server")]
use validator::Validate as _;

use crate::field::Draft;
use crate::rights::{Action, Area, FieldAccess, Level, StandardRole};
use crate::team::Team;
use crate::text::Language;
use crate::touch::looks_like_email;
use crate::{Date, Id, Instant, part, resource, resources};

impl crate::field::FieldType for Language {
    const KIND: crate::field::Kind = crate::field::Kind::Choice(&[
        crate::field::Choice {
            value: "zh-CN",
            label: crate::text::Key::LanguageZhCN,
        },
        crate::field::Choice {
            value: "en",
            label: crate::text::Key::LanguageEn,
        },
    ]);
}

resource! {
    /// A person who works for the organization.
    User / NewUser: "users", "user", Users;
    write {
        /// The full name, in one field.
        name: String, length 1..=100 => required sorted column stored("name_sort") aliases(&["full_name", "employee", "employee_name", "员工", "员工姓名"]);
        /// Our code for the person, as in the staff list; made by the server where none is given.
        code: String, length 0..=40 => filtered sorted aliases(&["employee_id", "user_id", "user_code", "工号", "员工编号"]);
        /// Signs in with it, so who may sign in has one; unique in the installation.
        #[cfg_attr(feature = "server", schema(pattern = r"^[^@\s\x00-\x1F\x7F-\x9F,;]+@[^@.\s\x00-\x1F\x7F-\x9F,;][^@\s\x00-\x1F\x7F-\x9F,;]*\.[^@\s\x00-\x1F\x7F-\x9F,;]*[^@.\s\x00-\x1F\x7F-\x9F,;]$"))]
        email: Option<String>, length 3..=200 => column filtered aliases(&["mail", "email_address", "邮箱"]);
        /// What the user may do.
        role_id: Id<Role> => required column filtered aliases(&["role"]);
        /// Teams the user belongs to.
        team_ids: Vec<Id<Team>>, length 0..=20 => column aliases(&["team", "teams"]);
        /// Title of the post.
        title: Option<String>, length 1..=100 => column aliases(&["job_title", "position", "职位"]);
        /// First day in the post.
        in_post_since: Option<Date> => aliases(&["hire_date", "hired", "入职日期"]);
        /// The language of the pages.
        language: Language;
        /// IANA zone in which the user reads times; the organization's where none is given.
        zone: Option<String>, length 1..=60;
        /// May sign in.
        active: bool => column;
    }
    read {
        /// When the user last signed in.
        last_sign_in_at: Option<Instant> => column;
    }
}

impl Draft for NewUser {
    fn check(&self, report: &mut dyn FnMut(String, &'static str)) {
        match &self.email {
            Some(email) if !looks_like_email(email) => report("/email".into(), "email"),
            None if self.active => report("/email".into(), "required"),
            _ => {}
        }
        if self.role_id.is_nil() {
            report("/role_id".into(), "required");
        }
        #[cfg(feature = "server")]
        if self
            .zone
            .as_deref()
            .is_some_and(|zone| !crate::time::is_zone(zone))
        {
            report("/zone".into(), "zone");
        }
    }
}

part! {
    /// One thing that a role may do, and with whose records.
    Permission
    needs {
        /// In which area.
        area: Area;
        /// What may be done.
        action: Action;
        /// With whose records.
        level: Level;
    }
}

part! {
    /// What a role may do with one class of fields.
    FieldRule
    needs {
        /// The class: `credit`, `value`, `contact_details`, `profile`.
        class: String, length 1..=40;
        /// What may be done.
        access: FieldAccess;
    }
}

resource! {
    /// A named set of rights.
    Role / NewRole: "roles", "role", Roles;
    write {
        /// What it is called; unique in the organization.
        name: String, length 1..=60 => required sorted column stored("name_sort");
        /// What it may do; anything not listed it may not.
        permissions: Vec<Permission>, nested 0..=100;
        /// Classes of fields it may not fully use; anything not listed it may read and write.
        field_rules: Vec<FieldRule>, nested 0..=20;
    }
    read {
        /// Which of the roles that every organization starts with it is. The administrator's may always do everything.
        standard: Option<StandardRole>;
    }
}

impl Draft for NewRole {
    /// A mistyped class would hide nothing, and of two rules on one thing nobody knows which counts.
    fn check(&self, report: &mut dyn FnMut(String, &'static str)) {
        let mut given = BTreeSet::new();
        for (at, permission) in self.permissions.iter().enumerate() {
            if !given.insert((permission.area, permission.action)) {
                report(format!("/permissions/{at}"), "duplicate");
            }
        }
        let mut ruled = BTreeSet::new();
        for (at, rule) in self.field_rules.iter().enumerate() {
            if !ruled.insert(&rule.class) {
                report(format!("/field_rules/{at}/class"), "duplicate");
            }
            if !resources::classes().any(|class| class == rule.class) {
                report(format!("/field_rules/{at}/class"), "value");
            }
        }
    }
}

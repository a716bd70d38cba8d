//! A good request for every operation, and everybody who may send one.

use perennial_api::{clock, routes};
use perennial_domain::resources::{self, About, RESOURCES};
use perennial_domain::rights::{Area, Level, StandardRole};
use perennial_tests::app::TestApp;
use perennial_tests::client::{Answer, Client, Record};
use perennial_tests::company::{PASSWORD, Person};
use perennial_tests::database::{Kind, kind};
use serde_json::{Value, json};

use Caller::{
    Admin, Expired, Manager, NoToken, OtherOrganization, OtherTeam, Owner, ReadOnly, Revoked,
    SameTeam,
};

/// Who asks. The records asked for belong to the owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    Admin,
    Manager,
    Owner,
    SameTeam,
    OtherTeam,
    ReadOnly,
    OtherOrganization,
    NoToken,
    Revoked,
    Expired,
}

pub const CALLERS: [Caller; 10] = [
    Admin,
    Manager,
    Owner,
    SameTeam,
    OtherTeam,
    ReadOnly,
    OtherOrganization,
    NoToken,
    Revoked,
    Expired,
];

impl Caller {
    /// The role of who is signed in.
    pub fn role(self) -> Option<StandardRole> {
        match self {
            Admin | OtherOrganization => Some(StandardRole::Admin),
            Manager => Some(StandardRole::Manager),
            Owner | SameTeam | OtherTeam => Some(StandardRole::Seller),
            ReadOnly => Some(StandardRole::Reader),
            NoToken | Revoked | Expired => None,
        }
    }

    pub fn client(self, app: &TestApp) -> Client {
        match self {
            Admin => app.as_admin(),
            Manager => app.as_manager(),
            Owner => app.as_seller(),
            SameTeam => app.person(Person::Colleague),
            OtherTeam => app.person(Person::Stranger),
            ReadOnly => app.as_reader(),
            OtherOrganization => app.as_foreigner(),
            NoToken => app.anonymous(),
            Revoked => {
                let client = app.person(Person::Lead);
                client.get("/me").expect(200);
                client
                    .request("POST", "/auth/sign-out-everywhere")
                    .send()
                    .expect(204);
                client
            }
            Expired => {
                let (user, version) = app.account(&Person::Admin.email());
                let token = app.token(user, version, clock::now().plus_seconds(-901));
                app.anonymous().with_token(&token)
            }
        }
    }

    /// With whose records one must be allowed to do something, to do it with this one.
    pub fn needs(self, area: Area) -> Level {
        match (area, self) {
            (Area::Customers | Area::Contacts | Area::Purchases | Area::Jobs, Owner) => Level::Own,
            (Area::Customers | Area::Contacts | Area::Purchases, SameTeam) => Level::Team,
            // These belong to nobody in particular.
            (Area::Products | Area::Tags | Area::Teams | Area::Roles, _) => Level::Own,
            _ => Level::All,
        }
    }
}

/// What is asked, and what an allowed caller is answered.
pub struct Probe {
    pub success: u16,
    path: String,
    etag: Option<String>,
    body: Option<Value>,
    /// The record that it is about.
    pub record: Option<(Area, Record)>,
}

impl Probe {
    fn to(path: impl Into<String>, success: u16) -> Self {
        Self {
            success,
            path: path.into(),
            etag: None,
            body: None,
            record: None,
        }
    }

    fn with(self, body: Value) -> Self {
        Self {
            body: Some(body),
            ..self
        }
    }

    fn about(self, area: Area, record: Record) -> Self {
        Self {
            record: Some((area, record)),
            ..self
        }
    }

    pub fn send(&self, client: &Client, method: &str) -> Answer {
        let mut request = client.request(method, &self.path);
        if let Some(etag) = &self.etag {
            request = request.if_match(etag);
        }
        match &self.body {
            Some(body) => request.json(body).send(),
            None => request.send(),
        }
    }
}

/// Inserts a job of the first organization, whose creator is the owner.
pub fn insert_job(app: &TestApp, id: &str, key: &str, state: &str) {
    let bytes = |id: &str| match kind() {
        Kind::Sqlite => format!("x'{}'", id.replace('-', "")),
        Kind::Postgresql => format!("'\\x{}'::bytea", id.replace('-', "")),
    };
    let (id, creator) = (bytes(id), bytes(&app.id_of(Person::Seller)));
    app.database.execute(&format!(
        "INSERT INTO jobs (id, organization, kind, dedupe_key, payload, state, done, attempts, run_at, creator_id, created_at) \
         VALUES ({id}, 1, 'test', '{key}{state}', '{{}}', '{state}', 0, 0, '2099-01-01 00:00:00', {creator}, '2024-01-01 00:00:00')"
    ));
}

/// A server with records for every operation.
pub struct Matrix {
    /// The server.
    pub app: TestApp,
    made: std::cell::Cell<usize>,
}

impl Matrix {
    /// Over that server.
    pub fn new(app: TestApp) -> Self {
        Self {
            app,
            made: std::cell::Cell::new(0),
        }
    }

    /// Asks every operation once on behalf of somebody who may do everything, and of one who may do some.
    pub fn ask_everything(&self) {
        for operation in routes::operations().list() {
            for caller in [Admin, Owner] {
                let probe = self.probe(&operation.id, caller);
                probe.send(&caller.client(&self.app), operation.method.as_str());
            }
        }
    }

    fn next(&self) -> usize {
        self.made.set(self.made.get() + 1);
        self.made.get()
    }

    /// A good draft, unlike any other.
    pub fn draft(&self, about: &About) -> Value {
        let at = self.next();
        let name = format!("Probe {at}");
        match about.area {
            Area::Customers => json!({ "name": name, "owner_id": self.app.id_of(Person::Seller) }),
            Area::Contacts => {
                let owned = self.app.as_seller().create_customer(&name);
                json!({ "name": name, "positions": [{ "customer_id": owned.id() }] })
            }
            Area::Users => {
                let role = self.app.as_admin().get("/roles?limit=1").ids()[0].clone();
                json!({ "name": name, "email": format!("probe{at}@perennial.test"), "role_id": role, "active": true })
            }
            Area::Purchases => {
                let owned = self.app.as_seller().create_customer(&name);
                json!({ "customer_id": owned.id(), "lines": [{ "quantity": "2", "price": "3" }] })
            }
            Area::Organization => {
                json!({ "currency": "USD", "since": format!("{}-01-01", 1000 + at), "rate": "7" })
            }
            _ => json!({ "name": name }),
        }
    }

    /// A change of a record.
    fn patch(&self, area: Area) -> Value {
        let at = self.next();
        match area {
            Area::Purchases => json!({ "note": format!("Changed {at}") }),
            Area::Organization => json!({ "rate": format!("7.{at}") }),
            _ => json!({ "name": format!("Renamed {at}") }),
        }
    }

    /// A new record of the owner's.
    fn record(&self, about: &About) -> Record {
        let draft = self.draft(about);
        self.app.as_admin().create(&about.path(), draft)
    }

    fn record_of(&self, plural: &str) -> (Area, Record) {
        let about = resources::named(plural).expect("a resource");
        (about.area, self.record(about))
    }

    /// A good request for an operation. One that is not known here fails the test.
    pub fn probe(&self, operation: &str, caller: Caller) -> Probe {
        if let Some(probe) = self.special(operation, caller) {
            return probe;
        }
        let (verb, noun) = operation.split_once('_').unwrap_or_default();
        let of = |about: &&About| about.singular == noun || about.plural == noun;
        let Some(about) = RESOURCES.iter().find(of) else {
            panic!("{operation} has no expectation: add one to tests/api/probes.rs")
        };
        let path = format!("/{}", about.path());
        match verb {
            "list" => Probe::to(format!("{path}?limit=200&sort=-created_at"), 200),
            "search" => Probe::to(format!("{path}/search"), 200)
                .with(json!({ "limit": 200, "sort": "-created_at" })),
            // Whoever asks: the draft names nothing that only some may see.
            "create" if matches!(about.area, Area::Contacts | Area::Customers) => {
                Probe::to(path, 201).with(json!({ "name": "Probe" }))
            }
            "create" if about.area == Area::Users && caller == OtherOrganization => {
                let role = self.app.as_foreigner().get("/roles?limit=1").ids()[0].clone();
                let email = format!("probe{}@perennial.test", self.next());
                Probe::to(path, 201)
                    .with(json!({ "name": "Probe", "email": email, "role_id": role }))
            }
            "create" if about.area == Area::Purchases => {
                let maker = match caller {
                    Admin | Manager | Owner | SameTeam | OtherTeam | OtherOrganization => caller,
                    _ => Owner,
                };
                let own = maker.client(&self.app).create_customer("Probe");
                Probe::to(path, 201).with(json!({ "customer_id": own.id() }))
            }
            "create" => Probe::to(path, 201).with(self.draft(about)),
            _ => self.about_record(operation, verb, about.area, self.record(about)),
        }
    }

    fn about_record(&self, operation: &str, verb: &str, area: Area, record: Record) -> Probe {
        let (path, etag) = (record.path.clone(), Some(record.etag.clone()));
        let probe = match verb {
            "get" => Probe::to(path, 200),
            "update" => Probe {
                etag,
                ..Probe::to(path, 200)
            }
            .with(self.patch(area)),
            "delete" => Probe {
                etag,
                ..Probe::to(path, 204)
            },
            "restore" => {
                self.app.as_admin().remove(&record).expect(204);
                Probe::to(format!("{path}/restore"), 200)
            }
            "batch" => {
                let patch = self.patch(area);
                let update = json!({ "update": { "id": record.id(), "version": record.version(), "patch": patch } });
                let resource = path.split('/').nth(1).unwrap_or_default();
                Probe::to(format!("/{resource}/batch"), 200).with(json!({ "operations": [update] }))
            }
            _ => panic!("{operation} has no expectation: add one to tests/api/probes.rs"),
        };
        probe.about(area, record)
    }

    /// The operations that are not of a resource's grammar.
    fn special(&self, operation: &str, caller: Caller) -> Option<Probe> {
        Some(match operation {
            "get_setup" => Probe::to("/setup", 200),
            "complete_setup" => Probe::to("/setup", 409).with(json!({
                "token": "x", "name": "A", "email": "a@b.cn", "password": "a good password",
                "organization": { "name": "A", "currency": "CNY", "zone": "UTC", "language": "en", "country": "CN" },
            })),
            "sign_in" => Probe::to("/auth/sign-in", 200).with(json!({ "email": Person::Seller.email(), "password": PASSWORD })),
            "refresh" => Probe::to("/auth/refresh", 200),
            "sign_out" => Probe::to("/auth/sign-out", 204),
            "sign_out_everywhere" => Probe::to("/auth/sign-out-everywhere", 204),
            // The new password is too short: who gets that far may change it.
            "change_password" => Probe::to("/auth/password", 422).with(json!({ "current_password": "x", "new_password": "short" })),
            "reset_password" => Probe::to("/auth/password-reset", 401).with(json!({ "token": "x", "new_password": "a good password" })),
            "offer_password_reset" => {
                let (area, user) = self.record_of("users");
                Probe::to(format!("{}/password-reset", user.path), 200).about(area, user)
            }
            "get_me" => Probe::to("/me", 200),
            "get_organization" => Probe::to("/organization", 200),
            "update_organization" => {
                let own = if caller == OtherOrganization { self.app.as_foreigner() } else { self.app.as_admin() };
                let etag = Some(own.get("/organization").etag());
                Probe { etag, ..Probe::to("/organization", 200) }.with(json!({ "name": format!("Renamed {}", self.next()) }))
            }
            "list_customer_timeline" | "list_customer_contacts" => {
                let (_, customer) = self.record_of("customers");
                let below = operation.rsplit('_').next().unwrap_or_default();
                Probe::to(format!("{}/{below}", customer.path), 200).about(Area::Customers, customer)
            }
            "get_customer_holdings" => {
                let (_, customer) = self.record_of("customers");
                Probe::to(format!("{}/holdings", customer.path), 200).about(Area::Customers, customer)
            }
            "total_purchases" => Probe::to("/purchases/totals?by=customer&purchased_on_gte=2024-01-01", 200),
            "list_events" => Probe::to("/events", 200),
            "list_jobs" => Probe::to("/jobs", 200),
            "get_job" | "cancel_job" => {
                let id = format!("01890000-0000-7000-8000-{:012}", self.next());
                insert_job(&self.app, &id, &id, "queued");
                let path = format!("/jobs/{id}");
                let record = Record { path: path.clone(), etag: String::new(), body: json!({ "id": id }) };
                let path = if operation == "cancel_job" { format!("{path}/cancel") } else { path };
                Probe::to(path, 200).about(Area::Jobs, record)
            }
            "search_everything" => Probe::to("/search?q=probe", 200),
            "get_liveness" => Probe::to("/health/live", 200),
            "get_readiness" => Probe::to("/health/ready", 200),
            "get_version" => Probe::to("/version", 200),
            "get_contract" => Probe::to("/api/openapi.json", 200),
            _ => return None,
        })
    }
}

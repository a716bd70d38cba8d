//! Every table, once, for both databases. Kept by hand; a test compares it with what the migrations make.

diesel::table! {
    organizations (key) {
        key -> BigInt,
        id -> Binary,
        name -> Text,
        currency -> Text,
        zone -> Text,
        language -> Text,
        country -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    sequences (organization, name) {
        organization -> BigInt,
        name -> Text,
        next -> BigInt,
    }
}

diesel::table! {
    change_sets (organization, id) {
        organization -> BigInt,
        id -> Binary,
        actor_id -> Nullable<Binary>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    roles (organization, id) {
        organization -> BigInt,
        id -> Binary,
        name -> Text,
        name_sort -> Text,
        standard -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
        change_set -> Nullable<Binary>,
    }
}

diesel::table! {
    role_permissions (organization, role_id, area, action) {
        organization -> BigInt,
        role_id -> Binary,
        area -> Text,
        action -> Text,
        level -> Text,
    }
}

diesel::table! {
    role_fields (organization, role_id, class) {
        organization -> BigInt,
        role_id -> Binary,
        class -> Text,
        access -> Text,
    }
}

diesel::table! {
    teams (organization, id) {
        organization -> BigInt,
        id -> Binary,
        name -> Text,
        name_sort -> Text,
        parent_id -> Nullable<Binary>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
        change_set -> Nullable<Binary>,
    }
}

diesel::table! {
    users (organization, id) {
        organization -> BigInt,
        id -> Binary,
        name -> Text,
        name_sort -> Text,
        code -> Text,
        email -> Nullable<Text>,
        role_id -> Binary,
        title -> Nullable<Text>,
        in_post_since -> Nullable<Date>,
        language -> Text,
        zone -> Nullable<Text>,
        active -> Bool,
        last_sign_in_at -> Nullable<Timestamp>,
        password_hash -> Nullable<Text>,
        session_version -> BigInt,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
        change_set -> Nullable<Binary>,
    }
}

diesel::table! {
    team_members (organization, team_id, user_id) {
        organization -> BigInt,
        team_id -> Binary,
        user_id -> Binary,
    }
}

diesel::table! {
    tags (organization, id) {
        organization -> BigInt,
        id -> Binary,
        name -> Text,
        name_sort -> Text,
        colour -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
        change_set -> Nullable<Binary>,
    }
}

diesel::table! {
    customers (organization, id) {
        organization -> BigInt,
        id -> Binary,
        code -> Text,
        name -> Text,
        name_sort -> Text,
        kind -> Text,
        owner_id -> Nullable<Binary>,
        parent_id -> Nullable<Binary>,
        industry -> Nullable<Text>,
        employees -> Nullable<BigInt>,
        relationship_type -> Nullable<Text>,
        bond_level -> Nullable<Text>,
        acquisition_source -> Nullable<Text>,
        acquisition_cost -> Nullable<BigInt>,
        acquisition_cost_currency -> Nullable<Text>,
        acquisition_cost_base -> Nullable<BigInt>,
        credit_days -> Nullable<BigInt>,
        credit_limit -> Nullable<BigInt>,
        credit_limit_currency -> Nullable<Text>,
        credit_limit_base -> Nullable<BigInt>,
        pay_day -> Nullable<BigInt>,
        city -> Nullable<Text>,
        country -> Nullable<Text>,
        facts -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
        change_set -> Nullable<Binary>,
    }
}

diesel::table! {
    customer_roles (organization, customer_id, role) {
        organization -> BigInt,
        customer_id -> Binary,
        role -> Text,
    }
}

diesel::table! {
    customer_tags (organization, customer_id, tag_id) {
        organization -> BigInt,
        customer_id -> Binary,
        tag_id -> Binary,
    }
}

diesel::table! {
    customer_influences (organization, customer_id, influenced_id) {
        organization -> BigInt,
        customer_id -> Binary,
        influenced_id -> Binary,
        note -> Text,
    }
}

diesel::table! {
    customer_figures (organization, customer_id) {
        organization -> BigInt,
        customer_id -> Binary,
        version -> BigInt,
        contacts -> BigInt,
        purchases -> BigInt,
        purchase_days -> BigInt,
        revenue -> BigInt,
        open -> BigInt,
        first_on -> Nullable<Date>,
        last_on -> Nullable<Date>,
        paid -> BigInt,
        paid_late -> BigInt,
        days_late -> BigInt,
    }
}

diesel::table! {
    contacts (organization, id) {
        organization -> BigInt,
        id -> Binary,
        name -> Text,
        name_sort -> Text,
        contact_type -> Nullable<Text>,
        birth_year -> Nullable<BigInt>,
        household -> Nullable<Text>,
        occupation -> Nullable<Text>,
        income_band -> Nullable<Text>,
        facts -> Text,
        creator_id -> Nullable<Binary>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
        change_set -> Nullable<Binary>,
    }
}

diesel::table! {
    positions (organization, contact_id, place) {
        organization -> BigInt,
        contact_id -> Binary,
        place -> BigInt,
        customer_id -> Binary,
        title -> Text,
        buying_role -> Text,
        since -> Nullable<Date>,
        until -> Nullable<Date>,
    }
}

diesel::table! {
    identifiers (organization, id) {
        organization -> BigInt,
        customer_id -> Nullable<Binary>,
        contact_id -> Nullable<Binary>,
        place -> BigInt,
        kind -> Text,
        system -> Text,
        value -> Text,
        match_key -> Text,
        e164 -> Nullable<Text>,
        live -> Bool,
        id -> Binary,
    }
}

diesel::table! {
    events (organization, seq) {
        organization -> BigInt,
        seq -> BigInt,
        actor_id -> Nullable<Binary>,
        change_set -> Binary,
        kind -> Text,
        resource -> Text,
        record_id -> Binary,
        customer_id -> Nullable<Binary>,
        occurred_at -> Timestamp,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    event_changes (organization, seq) {
        organization -> BigInt,
        seq -> BigInt,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
    }
}

diesel::table! {
    timeline_entries (organization, customer_id, occurred_at, id) {
        organization -> BigInt,
        customer_id -> Binary,
        occurred_at -> Timestamp,
        id -> Binary,
        kind -> Text,
        record_id -> Binary,
        actor_id -> Nullable<Binary>,
        params -> Text,
    }
}

diesel::table! {
    jobs (id) {
        id -> Binary,
        organization -> Nullable<BigInt>,
        kind -> Text,
        dedupe_key -> Nullable<Text>,
        payload -> Text,
        state -> Text,
        done -> BigInt,
        total -> Nullable<BigInt>,
        checkpoint -> Nullable<Text>,
        attempts -> BigInt,
        run_at -> Timestamp,
        leased_until -> Nullable<Timestamp>,
        error -> Nullable<Text>,
        creator_id -> Nullable<Binary>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    idempotency_keys (organization, user_id, key) {
        organization -> BigInt,
        user_id -> Binary,
        key -> Text,
        method -> Text,
        path -> Text,
        body -> Binary,
        status -> BigInt,
        answer -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    search_documents (organization, id) {
        organization -> BigInt,
        kind -> Text,
        id -> Binary,
        version -> BigInt,
        text -> Text,
    }
}

diesel::table! {
    product_categories (organization, id) {
        organization -> BigInt,
        id -> Binary,
        name -> Text,
        name_sort -> Text,
        parent_id -> Nullable<Binary>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
        change_set -> Nullable<Binary>,
    }
}

diesel::table! {
    products (organization, id) {
        organization -> BigInt,
        id -> Binary,
        name -> Text,
        name_sort -> Text,
        code -> Text,
        category_id -> Nullable<Binary>,
        supplier -> Nullable<Text>,
        unit -> Nullable<Text>,
        cost -> Nullable<BigInt>,
        cost_currency -> Nullable<Text>,
        cost_base -> Nullable<BigInt>,
        discontinued -> Bool,
        facts -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
        change_set -> Nullable<Binary>,
    }
}

diesel::table! {
    exchange_rates (organization, id) {
        organization -> BigInt,
        id -> Binary,
        currency -> Text,
        since -> Date,
        units -> Nullable<BigInt>,
        rate -> BigInt,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
        change_set -> Nullable<Binary>,
    }
}

diesel::table! {
    purchases (organization, id) {
        organization -> BigInt,
        id -> Binary,
        code -> Text,
        customer_id -> Binary,
        owner_id -> Nullable<Binary>,
        purchased_on -> Date,
        reverses_id -> Nullable<Binary>,
        seller_id -> Nullable<Binary>,
        currency -> Text,
        freight -> BigInt,
        cost -> Nullable<BigInt>,
        cost_currency -> Nullable<Text>,
        cost_base -> Nullable<BigInt>,
        required_on -> Nullable<Date>,
        shipped_on -> Nullable<Date>,
        due_on -> Nullable<Date>,
        external_system -> Nullable<Text>,
        external_id -> Nullable<Text>,
        total -> BigInt,
        total_base -> BigInt,
        due -> BigInt,
        paid -> BigInt,
        open_base -> BigInt,
        paid_on -> Nullable<Date>,
        days_late -> Nullable<BigInt>,
        returned -> Text,
        facts -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
        change_set -> Nullable<Binary>,
    }
}

diesel::table! {
    purchase_lines (organization, id) {
        organization -> BigInt,
        id -> Binary,
        purchase_id -> Binary,
        place -> BigInt,
        product_id -> Nullable<Binary>,
        description -> Text,
        quantity -> BigInt,
        price -> Nullable<BigInt>,
        discount -> BigInt,
        amount -> BigInt,
        amount_base -> BigInt,
        reverses -> Nullable<Binary>,
    }
}

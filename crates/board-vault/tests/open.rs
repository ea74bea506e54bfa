//! Opening: each way it can fail has its own answer, and a refused file is not touched.

#![allow(clippy::unwrap_used)]

mod log;
mod snapshots;

use board_domain::wire::{Frame, Hello};
use board_domain::{Audience, Book, Change, Fact, PersonId, Role, Table, TenantId, Watermark, fold};
use board_vault::{OpenError, Vault, VaultError, VaultKey};
use log::{EPOCH, Log, Place, at, figure, founded, joined, report, tenant};

/// A vault with enough pages that damage to one leaves others whole.
fn filled(place: &Place) {
    let mut log = Log::new();
    log.fact(&founded(&tenant()));
    for n in 0..200 {
        log.fact(&figure("sroi", n % 12 + 1, f64::from(n)));
    }
    place.create().apply(&tenant(), EPOCH, &log.frames(), at(0)).unwrap();
}

fn overwrite(place: &Place, range: std::ops::Range<usize>) {
    let mut bytes = std::fs::read(place.path()).unwrap();
    for byte in &mut bytes[range] {
        *byte ^= 0x5a;
    }
    std::fs::write(place.path(), bytes).unwrap();
}

#[test]
fn a_vault_opens_again_with_its_key_and_what_was_in_it() {
    let place = Place::new();
    filled(&place);
    let vault = place.open();
    assert_eq!(vault.tenant(&tenant()).unwrap().cursor, 201);
    assert_eq!(vault.rows(&tenant(), Table::Figure, None).unwrap().len(), 12);
    let health = vault.check().unwrap();
    assert_eq!((health.problems.len(), health.events, health.tenants), (0, 201, 1));
    assert!(health.cipher.starts_with('4'), "{}", health.cipher);
}

#[test]
fn nothing_is_readable_in_the_file() {
    let place = Place::new();
    filled(&place);
    let bytes = std::fs::read(place.path()).unwrap();
    for needle in [&b"SQLite format"[..], b"Fjordlys", b"figure.measured", b"CREATE TABLE"] {
        assert!(!bytes.windows(needle.len()).any(|window| window == needle));
    }
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let _vault = place.create();
    for suffix in ["", "-wal", "-shm"] {
        let path = format!("{}{suffix}", place.path().display());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{path}");
    }
}

#[test]
fn a_missing_file_is_missing_and_is_not_created() {
    let place = Place::new();
    assert!(matches!(Vault::open(&place.path(), &place.key), Err(OpenError::Missing)));
    assert!(!place.path().exists());
}

#[test]
fn a_vault_is_never_created_over_a_file() {
    let place = Place::new();
    filled(&place);
    assert!(matches!(Vault::create(&place.path(), &place.key), Err(OpenError::Exists)));
    assert_eq!(place.open().tenant(&tenant()).unwrap().cursor, 201);
}

#[test]
fn another_key_is_a_wrong_key() {
    let place = Place::new();
    filled(&place);
    let other = VaultKey::generate().unwrap();
    assert!(matches!(Vault::open(&place.path(), &other), Err(OpenError::KeyWrong)));
    // And the right one still opens it.
    place.open();
}

#[test]
fn flipped_bytes_are_damage_and_not_a_wrong_key() {
    for range in [100..140, 16..4096, 4000..4096] {
        let place = Place::new();
        filled(&place);
        overwrite(&place, range.clone());
        assert!(matches!(Vault::open(&place.path(), &place.key), Err(OpenError::Corrupt)), "{range:?}");
    }
}

#[test]
fn a_file_that_is_too_short_is_damage() {
    let place = Place::new();
    for length in [0, 1, 4095] {
        std::fs::write(place.path(), vec![7; length]).unwrap();
        assert!(matches!(Vault::open(&place.path(), &place.key), Err(OpenError::Corrupt)), "{length}");
    }
    std::fs::remove_file(place.path()).unwrap();
    filled(&place);
    let bytes = std::fs::read(place.path()).unwrap();
    std::fs::write(place.path(), &bytes[..bytes.len() / 2]).unwrap();
    let opened = Vault::open(&place.path(), &place.key).and_then(|vault| vault.check());
    assert!(
        opened
            .as_ref()
            .map_or_else(|e| matches!(e, OpenError::Corrupt), |health| !health.problems.is_empty())
    );
}

#[test]
fn damage_in_a_later_page_is_told_when_it_is_read_and_by_the_check() {
    let place = Place::new();
    filled(&place);
    let length = std::fs::metadata(place.path()).unwrap().len();
    let pages = usize::try_from(length / 4096).unwrap();
    // The pages of the log: somewhere in the second half.
    overwrite(&place, pages / 2 * 4096 + 10..pages * 4096);
    let vault = place.open();
    let read = vault.events(&tenant(), 0, 1_000).map(|events| events.len());
    assert!(matches!(read, Err(VaultError::Corrupt)), "{read:?}");
    drop(vault);
    let problems = place.open().check().unwrap().problems;
    assert!(problems.len() >= pages / 2 - 1, "{problems:?}");
}

#[test]
fn a_vault_of_a_newer_app_is_refused_and_not_touched() {
    let place = Place::new();
    filled(&place);
    let raw = rusqlite_with_key(&place);
    raw.pragma_update(None, "user_version", 7).unwrap();
    raw.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(raw);
    let before = std::fs::read(place.path()).unwrap();
    let Err(error) = Vault::open(&place.path(), &place.key) else { panic!("opened") };
    assert!(matches!(error, OpenError::Newer { found: 7, known: 4 }), "{error}");
    assert!(std::fs::read(place.path()).unwrap() == before);
}

#[test]
fn a_vault_that_another_process_holds_is_busy() {
    let place = Place::new();
    filled(&place);
    let raw = rusqlite_with_key(&place);
    raw.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;").unwrap();
    let opened = Vault::open(&place.path(), &place.key);
    let error = opened.err().or_else(|| place.open().set_setting("a", "b").err().map(OpenError::from));
    assert!(matches!(error, Some(OpenError::Busy)), "{error:?}");
}

const PATH: &str = "BOARDROOM_OPEN_TEST_PATH";
const KEY: &str = "BOARDROOM_OPEN_TEST_KEY";

/// Tries to write a vault in every way, and prints what it was told.
#[test]
#[ignore = "the second process of the test below"]
fn second_process() {
    let path = std::path::PathBuf::from(std::env::var_os(PATH).unwrap());
    let key = VaultKey::from_hex(&std::env::var(KEY).unwrap()).unwrap();
    let told = |error: Option<OpenError>| println!("told: {error:?}");
    told(Vault::open(&path, &key).err());
    told(Vault::create(&path, &key).err());
    told(Vault::rescue(&path, &key, &path.with_extension("old")).err());
}

fn told_to_a_second_process(place: &Place) -> Vec<String> {
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "second_process", "--nocapture"])
        .envs([(PATH, place.path().into_os_string()), (KEY, place.key.to_hex().as_str().into())])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| Some(line.split_once("told: ")?.1.to_owned())).collect()
}

#[test]
fn a_second_process_is_told_and_readers_are_not_held_up() {
    let place = Place::new();
    filled(&place);
    let vault = place.open();
    assert_eq!(told_to_a_second_process(&place), ["Some(Busy)"; 3]);
    assert!(OpenError::Busy.to_string().contains("close it there"));
    assert_eq!(vault.reader().unwrap().tenant(&tenant()).unwrap().cursor, 201);
    drop(vault);
    // The lock's file stays and means nothing.
    assert!(place.path().with_extension("vault.lock").exists());
    assert_eq!(told_to_a_second_process(&place), ["None", "Some(Exists)", "None"]);
}

#[test]
fn a_vault_that_this_process_is_still_closing_is_waited_for() {
    let place = Place::new();
    filled(&place);
    let vault = place.open();
    std::thread::scope(|scope| {
        let (began, waits) = std::sync::mpsc::channel();
        let next = scope.spawn({
            let place = &place;
            move || {
                began.send(()).unwrap();
                place.open().tenant(&tenant()).unwrap().cursor
            }
        });
        waits.recv().unwrap();
        drop(vault);
        assert_eq!(next.join().unwrap(), 201);
    });
}

#[test]
fn settings_are_kept() {
    let place = Place::new();
    let mut vault = place.create();
    assert_eq!(vault.setting("theme").unwrap(), None);
    vault.set_setting("theme", "dark").unwrap();
    vault.set_setting("theme", "light").unwrap();
    let client = vault.client_id().unwrap();
    drop(vault);
    let vault = place.open();
    assert_eq!(vault.setting("theme").unwrap().as_deref(), Some("light"));
    assert_eq!(vault.client_id().unwrap(), client);
}

/// Key of the stored files, which hold nothing but a test's figures.
const STORED_KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// Opens a stored file of an older schema, from a copy.
fn stored(schema: &str) -> (Place, Vault) {
    let mut place = Place::new();
    place.key = VaultKey::from_hex(STORED_KEY).unwrap();
    let file = format!("{}/tests/stored/{schema}.vault", env!("CARGO_MANIFEST_DIR"));
    std::fs::copy(file, place.path()).unwrap();
    let vault = place.open();
    (place, vault)
}

#[test]
fn a_stored_file_of_schema_1_opens_with_everything_in_it() {
    let (_place, mut vault) = stored("0001");
    let health = vault.check().unwrap();
    assert_eq!((health.problems, health.schema), (Vec::new(), 4));
    let copy = vault.tenant(&tenant()).unwrap();
    assert_eq!((copy.name.as_str(), copy.cursor, copy.head_heard), ("Fjordlys Group", 25, 25));
    assert_eq!(vault.setting("theme").unwrap().as_deref(), Some("dark"));
    assert_eq!(vault.pending(&tenant()).unwrap()[0].envelope.cmd_seq, 1);
    assert_eq!(vault.rows(&tenant(), Table::Figure, None).unwrap().len(), 12);
    assert_eq!(vault.rows(&tenant(), Table::Figure, Some(2)).unwrap().len(), 1);
    // And the log goes on.
    let mut log = stored_log();
    log.fact(&figure("vis", 1, 1.0));
    assert_eq!(vault.apply(&tenant(), EPOCH, &log.frames(), at(900)).unwrap().events, 1);
}

#[test]
fn stored_files_of_schemas_2_to_4_open_with_everything_in_them() {
    for file in ["0002", "0003", "0004"] {
        let (_place, mut vault) = stored(file);
        let health = vault.check().unwrap();
        assert_eq!((health.problems, health.schema), (Vec::new(), 4));
        let copy = vault.tenant(&tenant()).unwrap();
        assert_eq!((copy.cursor, copy.start, copy.backfills), (25, 0, Vec::new()));
        assert_eq!(vault.pending(&tenant()).unwrap()[0].envelope.cmd_seq, 1);
        assert_eq!(vault.rows(&tenant(), Table::Figure, Some(14)).unwrap().len(), 12);
        let mut log = stored_log();
        log.fact(&figure("vis", 1, 1.0));
        assert_eq!(vault.apply(&tenant(), EPOCH, &log.frames(), at(900)).unwrap().events, 1);
    }
}

#[test]
fn a_file_of_an_older_schema_holds_after_its_steps_what_a_new_one_would() {
    for schema in ["0001", "0002", "0003", "0004"] {
        as_new(&stored(schema).1);
    }
}

fn as_new(vault: &Vault) {
    let new = Place::new();
    let mut other = new.create();
    other.apply(&tenant(), EPOCH, &stored_log().frames(), at(500)).unwrap();
    assert_eq!(vault.snapshot_state_hash(&tenant()).unwrap(), other.snapshot_state_hash(&tenant()).unwrap());
    assert_eq!(vault.heads(&tenant()).unwrap(), other.heads(&tenant()).unwrap());
    assert_eq!(vault.check().unwrap().rows, other.check().unwrap().rows);
    let exact = |vault: &Vault| -> Vec<_> {
        let events = vault.events(&tenant(), 0, u32::MAX).unwrap();
        events.iter().map(|event| serde_json::to_string(event).unwrap()).collect()
    };
    assert_eq!(exact(vault), exact(&other));
    for seq in 0..=25 {
        let rows = |vault: &Vault| vault.rows(&tenant(), Table::Figure, Some(seq)).unwrap();
        assert_eq!(rows(vault), rows(&other), "as of {seq}");
    }
}

#[test]
fn a_stored_copy_under_way_goes_on() {
    for file in ["0002-under-way", "0003-under-way", "0004-under-way"] {
        goes_on(stored(file));
    }
}

fn goes_on((place, vault): (Place, Vault)) {
    let log = varied_log();
    let copy = vault.tenant(&tenant()).unwrap();
    assert_eq!((copy.cursor, copy.start, copy.past, copy.backfills.len()), (16, 10, 8, 2));
    assert_eq!(vault.check().unwrap().problems, Vec::<String>::new());
    let new = Place::new();
    let mut other = new.create();
    under_way(&mut other);
    same(&vault, &other, 10..=16);
    assert_eq!(vault.check().unwrap().rows, other.check().unwrap().rows);
    assert_eq!(texts(&place), texts(&new), "what stands with rows, and what is left to the log");

    let whole = Place::new();
    let mut all = whole.create();
    all.greet(&tenant(), &hello(Role::Manager), at(404)).unwrap();
    all.apply(&tenant(), EPOCH, &log.frames_of(&kari(), Role::Manager), at(402)).unwrap();
    for mut vault in [vault, other] {
        let frames = log.frames_of(&kari(), Role::Manager);
        assert!(vault.past(&tenant(), EPOCH, &frames[8..], at(406)).unwrap().done);
        for audience in [Audience::Evidence, Audience::Management] {
            let mut frames = log.frames_in(&audience);
            frames.push(Frame::CaughtUp { head: 16, more: false });
            assert!(vault.backfill(&tenant(), EPOCH, &audience, &frames, at(407)).unwrap().done());
        }
        same(&vault, &all, 0..=16);
        assert_eq!(vault.check().unwrap().rows, all.check().unwrap().rows);
        assert_eq!(vault.paused(&tenant()).unwrap(), all.paused(&tenant()).unwrap());
    }
}

/// Two copies show the same rows at these positions, and have the same state.
fn same(one: &Vault, other: &Vault, positions: std::ops::RangeInclusive<u64>) {
    assert_eq!(one.snapshot_state_hash(&tenant()).unwrap(), other.snapshot_state_hash(&tenant()).unwrap());
    for seq in positions {
        for table in Table::ALL {
            let rows = |vault: &Vault| -> Vec<_> {
                let rows = vault.rows(&tenant(), table, Some(seq)).unwrap();
                rows.into_iter().map(|(key, row)| (key, row.since_seq, row.at, row.row)).collect()
            };
            assert_eq!(rows(one), rows(other), "{table:?} as of {seq}");
        }
    }
}

/// The rows whose text stands with them: table of the file, table, key, position.
fn texts(place: &Place) -> Vec<(String, String, String, i64)> {
    let raw = rusqlite_with_key(place);
    let tables = ["row", "version", "past_row", "past_version"];
    let found =
        tables.map(|name| format!("SELECT '{name}', tbl, key, since_seq FROM {name} WHERE json IS NOT NULL"));
    let mut statement = raw.prepare(&format!("{} ORDER BY 1, 2, 3, 4", found.join(" UNION ALL "))).unwrap();
    let rows =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_row_stands_with_its_text_only_where_no_event_says_it_alone() {
    let place = Place::new();
    let mut vault = place.create();
    vault.greet(&tenant(), &hello(Role::Manager), at(404)).unwrap();
    vault.apply(&tenant(), EPOCH, &varied_log().frames_of(&kari(), Role::Manager), at(402)).unwrap();
    let text = |name: &str, seq| (name.to_owned(), "tenant".to_owned(), tenant().to_string(), seq);
    assert_eq!(texts(&place), [text("row", 12), text("version", 7)]);
}

/// Writes a file as the first version did: rows with their `until_seq`, removals without a trace of their own.
fn written_by_version_1(place: &Place, logs: &[&Log]) {
    let number = |seq: u64| i64::try_from(seq).unwrap();
    let raw = rusqlite_with_key(place);
    raw.execute_batch(include_str!("../src/migrations/0001.sql")).unwrap();
    raw.pragma_update(None, "user_version", 1).unwrap();
    raw.execute("INSERT INTO vault (one, client) VALUES (1, ?1)", [EPOCH.to_string()]).unwrap();
    for log in logs {
        let tenant = log.tenant.as_str();
        raw.execute(
            "INSERT INTO tenant (id, name, role, epoch, cursor, head_heard, last_contact)
             VALUES (?1, 'T', 'DIRECTOR', ?2, ?3, ?3, ?4)",
            rusqlite::params![
                tenant,
                EPOCH.to_string(),
                number(log.events.len() as u64),
                at(500).to_string()
            ],
        )
        .unwrap();
        let mut book = Book::default();
        for event in &log.events {
            let json = serde_json::to_string(event).unwrap();
            raw.execute(
                "INSERT INTO event (tenant, seq, received_at, json) VALUES (?1, ?2, ?3, ?4)",
                rusqlite::params![tenant, number(event.seq), at(500).to_string(), json],
            )
            .unwrap();
            raw.execute(
                "INSERT INTO chain VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET audience_seq = ?3, hash = ?4",
                rusqlite::params![
                    tenant,
                    event.audience.to_string(),
                    number(event.audience_seq),
                    event.hash.to_string()
                ],
            )
            .unwrap();
            for change in fold(&book, event).unwrap() {
                let (table, key, row) = match &change {
                    Change::Put { key, row } => (row.table(), key, Some(row)),
                    Change::Remove { table, key } => (*table, key, None),
                };
                raw.execute(
                    "UPDATE row SET until_seq = ?4
                     WHERE tenant = ?1 AND tbl = ?2 AND key = ?3 AND until_seq IS NULL",
                    rusqlite::params![tenant, table.code(), key, number(event.seq)],
                )
                .unwrap();
                let Some(row) = row else { continue };
                let (sent, received) = (event.at.to_string(), at(500).to_string());
                let json = serde_json::to_string(row).unwrap();
                raw.execute(
                    "INSERT INTO row (tenant, tbl, key, since_seq, at, received_at, json)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    rusqlite::params![tenant, table.code(), key, number(event.seq), sent, received, json],
                )
                .unwrap();
            }
            book.apply(event).unwrap();
        }
    }
}

#[test]
fn removed_rows_and_several_tenants_come_through_the_step_to_schema_2() {
    let left = |name: &str| Fact::PersonLeft { person: PersonId::new(name).unwrap() };
    let mut log = Log::new();
    log.fact(&founded(&tenant())).fact(&joined("kari")).fact(&joined("ola")).fact(&left("kari"));
    log.fact(&joined("kari")).fact(&left("ola")).fact(&left("ola")).fact(&joined("anna"));
    log.fact(&left("anna")).fact(&joined("anna")).fact(&left("anna")).fact(&figure("sroi", 1, 1.0));
    log.raw("from.the.future", r#"{ "a" : 1.50 }"#, Audience::Evidence);
    let other = TenantId::new("nordvind").unwrap();
    let mut second = Log::of(other.clone());
    second.fact(&founded(&other)).fact(&joined("kari")).fact(&left("kari"));
    let place = Place::new();
    written_by_version_1(&place, &[&log, &second]);
    let vault = place.open();
    let whole = Place::new();
    let mut new = whole.create();
    new.enter_tenant(&log::entry(&other, Role::Director)).unwrap();
    new.apply(&tenant(), EPOCH, &log.frames(), at(500)).unwrap();
    new.apply(&other, EPOCH, &second.frames(), at(500)).unwrap();
    for id in [&tenant(), &other] {
        assert_eq!(vault.snapshot_state_hash(id).unwrap(), new.snapshot_state_hash(id).unwrap());
        assert_eq!(vault.heads(id).unwrap(), new.heads(id).unwrap());
        for seq in 0..=log.events.len() as u64 {
            let people = |vault: &Vault| vault.rows(id, Table::Person, Some(seq)).unwrap();
            assert_eq!(people(&vault), people(&new), "{id} as of {seq}");
        }
        for name in ["kari", "ola", "anna"] {
            let history = |vault: &Vault| vault.history(id, Table::Person, name).unwrap();
            assert_eq!(history(&vault), history(&new), "{id} {name}");
        }
    }
    let (health, expected) = (vault.check().unwrap(), new.check().unwrap());
    assert_eq!((health.events, health.rows, health.tenants), (expected.events, expected.rows, 2));
    assert_eq!(vault.events(&tenant(), 12, 1).unwrap()[0].body.get(), r#"{ "a" : 1.50 }"#);
}

fn stored_log() -> Log {
    let mut log = Log::new();
    log.fact(&founded(&tenant()));
    for n in 0..24 {
        log.fact(&figure("sroi", n % 12 + 1, f64::from(n)));
    }
    log
}

fn kari() -> PersonId {
    PersonId::new("kari").unwrap()
}

fn hello(role: Role) -> Hello {
    let audiences = Audience::of(&kari(), role);
    Hello { epoch: EPOCH, head: 16, floor: 0, role, audiences, heartbeat: 15 }
}

/// A tenant changed in part, rows removed and come back, events that cannot be folded, several audiences.
fn varied_log() -> Log {
    let left = |name: &str| Fact::PersonLeft { person: PersonId::new(name).unwrap() };
    let watermark = |size| Fact::WatermarkSet { watermark: Watermark { size, ..Watermark::default() } };
    let mut log = Log::new();
    log.fact(&founded(&tenant())).fact(&joined("kari")).fact(&joined("ola")).fact(&report("q1", 1));
    log.fact(&left("ola")).fact(&figure("sroi", 1, 1.0)).fact(&watermark(30.0)).fact(&figure("sroi", 1, 2.0));
    log.fact(&joined("anna")).fact(&report("q1", 2)).fact(&joined("ola")).fact(&watermark(40.0));
    log.fact(&left("kari")).fact(&report("q2", 1)).fact(&figure("sroi", 1, 3.0));
    log.raw("programme.opened", r#"{"programme":"no"}"#, Audience::Board);
    log
}

/// A copy that is on its way: after a snapshot, with some of the history before it, and some of a gained audience.
fn under_way(vault: &mut Vault) {
    let log = varied_log();
    vault.greet(&tenant(), &hello(Role::Viewer), at(400)).unwrap();
    let (snapshot, pages) = log.snapshot(10, &kari(), Role::Viewer, 2);
    for page in vault.stage(&tenant(), &snapshot).unwrap() {
        vault.stage_page(&tenant(), page.sha256, &pages[&page.sha256]).unwrap();
    }
    vault.swap(&tenant(), at(401)).unwrap();
    let frames = log.frames_of(&kari(), Role::Viewer);
    vault.apply(&tenant(), EPOCH, &frames[10..], at(402)).unwrap();
    vault.past(&tenant(), EPOCH, &frames[..8], at(403)).unwrap();
    vault.greet(&tenant(), &hello(Role::Manager), at(404)).unwrap();
    let mut frames = log.frames_in(&Audience::Management);
    frames.truncate(1);
    vault.backfill(&tenant(), EPOCH, &Audience::Management, &frames, at(405)).unwrap();
}

/// Run once for each new schema, with its number in the name; the file is committed and never written again.
#[test]
#[ignore = "writes a stored file"]
fn write_a_stored_file_of_a_copy_under_way() {
    let mut place = Place::new();
    place.key = VaultKey::from_hex(STORED_KEY).unwrap();
    let mut vault = place.create();
    under_way(&mut vault);
    let schema = vault.check().unwrap().schema;
    drop(vault);
    let file = format!("{}/tests/stored/{schema:04}-under-way.vault", env!("CARGO_MANIFEST_DIR"));
    assert!(!std::path::Path::new(&file).exists(), "a stored file is never written again");
    std::fs::copy(place.path(), file).unwrap();
}

/// Run once for each new schema, with its number in the name; the file is committed and never written again.
#[test]
#[ignore = "writes a stored file"]
fn write_a_stored_file() {
    let mut place = Place::new();
    place.key = VaultKey::from_hex(STORED_KEY).unwrap();
    let mut vault = place.create();
    vault.set_setting("theme", "dark").unwrap();
    vault.apply(&tenant(), EPOCH, &stored_log().frames(), at(500)).unwrap();
    let command = board_domain::Command::RemovePerson { person: board_domain::PersonId::new("ola").unwrap() };
    vault.enqueue(&tenant(), &command, at(600)).unwrap();
    let schema = vault.check().unwrap().schema;
    drop(vault);
    let folder = format!("{}/tests/stored", env!("CARGO_MANIFEST_DIR"));
    let file = format!("{folder}/{schema:04}.vault");
    assert!(!std::path::Path::new(&file).exists(), "a stored file is never written again");
    std::fs::create_dir_all(folder).unwrap();
    std::fs::copy(place.path(), file).unwrap();
}

/// The file as any tool with the key opens it.
fn rusqlite_with_key(place: &Place) -> rusqlite::Connection {
    let raw = rusqlite::Connection::open(place.path()).unwrap();
    raw.execute_batch(&format!("PRAGMA key = \"x'{}'\";", place.key.to_hex().as_str())).unwrap();
    raw
}

//! A connection to `PostgreSQL` whose server proves itself: with the certificate of an authority that we trust, for the
//! name that we asked for, and with nothing less.

use std::{fs, path::Path, process::Command};

use super::{conformance::threads, server::Postgres, *};

const KEY: [&str; 5] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/// Makes an authority of a name, `ca.pem`, and a certificate of its for `localhost` alone, `server.pem`.
fn authority(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let authority = format!("req -x509 -days 2 -subj /CN={name} -keyout ca.key -out ca.pem");
    openssl(folder.path(), &authority, &KEY);
    openssl(folder.path(), "req -subj /CN=localhost -keyout server.key -out server.csr", &KEY);
    fs::write(folder.path().join("names"), "subjectAltName=DNS:localhost").unwrap();
    let signed = "x509 -req -days 2 -in server.csr -out server.pem -extfile names";
    openssl(folder.path(), signed, &["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"]);
    folder
}

fn openssl(folder: &Path, arguments: &str, more: &[&str]) {
    let mut command = Command::new("openssl");
    let output = command.current_dir(folder).args(arguments.split(' ')).args(more).output().unwrap();
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_database_elsewhere_is_entered_only_where_its_certificate_proves_it() {
    let (ours, other, impostor) = (authority("ours"), authority("another"), authority("ours"));
    let read = |name: &str| fs::read(ours.path().join(name)).unwrap();
    let settings = ["ssl=on", "ssl_cert_file=server.pem", "ssl_key_file=server.key"];
    let files = [("server.pem", read("server.pem")), ("server.key", read("server.key"))];
    let files = files.each_ref().map(|(name, bytes)| (*name, bytes.as_slice()));
    let mut server = Postgres::start_with(&settings, &files);
    let by_number = server.database();
    let by_name = by_number.replace("127.0.0.1", "localhost");
    let address = |base: &str, mode: &str, authority: &tempfile::TempDir| {
        let roots = authority.path().join("ca.pem");
        Secret::new(format!("{base}?sslmode={mode}&sslrootcert={}", roots.display()))
    };

    let store = Store::connect(&address(&by_name, "verify-full", &ours)).unwrap();
    threads().block_on(async {
        create(&store).await;
        assert!(append(&store, "alpha", vec![0, 2, 3], 5, false).await);
        check_log(&events(&store, "alpha").await, 3);
        let used = |sql: &mut dyn Sql| {
            let used = "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
            sql.first(used, &[], |row| Ok(row.text(0)?.to_owned()))
        };
        assert_eq!(store.read(used).await.unwrap().as_deref(), Some("TLSv1.3"));
    });

    for mode in ["require", "verify-full"] {
        assert!(Store::connect(&address(&by_name, mode, &ours)).is_ok());
        for (base, authority, refused) in [
            (&by_number, &ours, "not valid for name"),
            (&by_name, &other, "UnknownIssuer"),
            (&by_name, &impostor, "BadSignature"),
        ] {
            let Err(error) = Store::connect(&address(base, mode, authority)) else { panic!("{refused}") };
            assert_eq!(error.code(), "store.untrusted", "{error}");
            let OpenError::Untrusted { reason, .. } = &error else { panic!("{error}") };
            assert!(reason.contains(refused), "{reason}");
            assert!(!error.to_string().contains("a password"), "{error}");
        }
    }
}

#[test]
fn a_database_that_speaks_no_tls_is_not_entered_in_the_clear() {
    let authority = authority("ours");
    let mut server = Postgres::start();
    let roots = authority.path().join("ca.pem");
    let address = format!("{}?sslmode=require&sslrootcert={}", server.database(), roots.display());
    let Err(error) = Store::connect(&Secret::new(address)) else { panic!("it was entered") };
    assert_eq!(error.code(), "store.unreachable", "{error}");
    assert!(error.to_string().contains("TLS"), "{error}");
}

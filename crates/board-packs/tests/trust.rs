//! What a stranger with nothing but a tenant's published keys learns from a pack, and where a changed byte was.
// Helpers of tests may panic as the tests themselves do.
#![allow(clippy::unwrap_used)]

mod common;

use board_domain::{
    ApprovalStatement, DeviceCertificate, FigureValue, PersonId, ReportId, Signed, TenantId, Vouched,
};
use board_packs::{
    Check, Code, Manifest, Measured, Pack, PackPlan, Proof, Reason, SigningKey, TenantTrust, TrustedKey,
    Verification, verify, write_pdf, write_pptx,
};
use common::{go_on, key, trusted};
use ed25519_dalek::Signer;

const HASH: &str = "5f0c91ab77d23e105f0c91ab77d23e105f0c91ab77d23e105f0c91ab77d23e10";

fn tenant_key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

fn public(key: &SigningKey) -> String {
    hex::encode(key.verifying_key().to_bytes())
}

fn sign(key: &SigningKey, says: &Vouched) -> Signed {
    let text = serde_json::to_string(says).unwrap();
    let signature = hex::encode(key.sign(text.as_bytes()).to_bytes());
    Signed { text, key: public(key), signature }
}

fn certificate() -> DeviceCertificate {
    DeviceCertificate {
        tenant: TenantId::new("fjordlys").unwrap(),
        person: PersonId::new("kari").unwrap(),
        name: "Kari Dahl".into(),
        device: public(&key()),
        not_before: "2026-11-20T00:00:00Z".parse().unwrap(),
        not_after: "2026-12-04T00:00:00Z".parse().unwrap(),
    }
}

fn statement() -> ApprovalStatement {
    ApprovalStatement {
        tenant: TenantId::new("fjordlys").unwrap(),
        report: ReportId::new("q3-2026").unwrap(),
        version: 3,
        content_hash: HASH.into(),
        approver: PersonId::new("henrik").unwrap(),
        name: "Henrik Aasmo".into(),
        at: "2026-11-22T15:00:00Z".parse().unwrap(),
    }
}

fn proof() -> Proof {
    Proof {
        report: "q3-2026".into(),
        version: 3,
        content_hash: HASH.into(),
        period: "2026-Q3".into(),
        person: "kari".into(),
        template_hash: "01".repeat(32),
        theme_hash: "02".repeat(32),
        values: [(
            "sroi/2026-Q3/all".to_owned(),
            Measured { value: FigureValue::Number { value: 3.42 }, definition: 1 },
        )]
        .into(),
        approval: Some(sign(&tenant_key(), &Vouched::Approval(statement()))),
        device: Some(sign(&tenant_key(), &Vouched::Device(certificate()))),
    }
}

/// An approved pack of cover and key figures.
fn plan(change: impl FnOnce(&mut Manifest)) -> PackPlan {
    let mut plan = common::plan();
    plan.pages.truncate(2);
    let manifest = &mut plan.manifest;
    manifest.format = 2;
    manifest.tenant = "fjordlys".into();
    manifest.status = "approved".into();
    manifest.approval = "Henrik Aasmo, 2026-11-22 15:00 UTC".into();
    manifest.proof = Some(proof());
    change(manifest);
    plan
}

fn both(plan: &PackPlan) -> [Pack; 2] {
    [write_pdf(plan, &key(), &mut go_on).unwrap(), write_pptx(plan, &key(), &mut go_on).unwrap()]
}

/// The tenant's key as published.
fn published(change: impl FnOnce(&mut TenantTrust)) -> [TrustedKey; 1] {
    let mut trust = TenantTrust { tenant: "fjordlys".into(), retired: None, revoked: None };
    change(&mut trust);
    [TrustedKey { name: "Fjordlys Group".into(), public: public(&tenant_key()), tenant: Some(trust) }]
}

fn failed(verification: &Verification) -> Vec<(Code, Option<Reason>)> {
    let broken = |check: &&Check| check.holds != Some(true);
    verification.checks.iter().filter(broken).map(|check| (check.code, check.reason)).collect()
}

/// What fails in a pack of the changed plan, in both formats, with the keys given.
fn fails(change: impl FnOnce(&mut Manifest), keys: &[TrustedKey]) -> Vec<(Code, Option<Reason>)> {
    let [pdf, pptx] = both(&plan(change)).map(|pack| failed(&verify(&pack.bytes, keys).unwrap()));
    assert_eq!(pdf, pptx);
    pdf
}

#[test]
fn the_published_key_alone_proves_device_and_approval() {
    for pack in both(&plan(|_| ())) {
        let verification = verify(&pack.bytes, &published(|_| ())).unwrap();
        assert_eq!(failed(&verification), [], "{:?}", verification.checks);
        assert_eq!(verification.checks.len(), 7);
        assert_eq!(verification.device, Some(certificate()));
        assert_eq!(verification.approval, Some(statement()));
        assert_eq!(verification.signer.as_deref(), Some("Kari Dahl"));
        assert_eq!(verification.changed, [""; 0]);
    }
}

#[test]
fn a_draft_claims_no_approval() {
    let draft = |manifest: &mut Manifest| {
        manifest.status = "draft".into();
        manifest.proof.as_mut().unwrap().approval = None;
    };
    assert_eq!(fails(draft, &published(|_| ())), []);
}

#[test]
fn unknown_revoked_retired_and_expired_are_told_apart() {
    let unknown = Some(Reason::UnknownKey);
    assert_eq!(fails(|_| (), &[]), [(Code::Key, unknown), (Code::Approval, unknown)]);
    let other = published(|trust| trust.tenant = "havlys".into());
    assert_eq!(fails(|_| (), &other), [(Code::Key, unknown), (Code::Approval, unknown)]);
    // The key of a device speaks for itself and for nobody else.
    assert_eq!(fails(|_| (), &[trusted()]), [(Code::Approval, unknown)]);
    let as_device = [TrustedKey { tenant: None, ..published(|_| ())[0].clone() }];
    assert_eq!(fails(|_| (), &as_device), [(Code::Key, unknown), (Code::Approval, unknown)]);

    let revoked = published(|trust| trust.revoked = Some("2027-01-01T00:00:00Z".parse().unwrap()));
    let reason = Some(Reason::RevokedKey);
    assert_eq!(fails(|_| (), &revoked), [(Code::Key, reason), (Code::Approval, reason)]);

    let retired = |at: &str| published(|trust| trust.retired = Some(at.parse().unwrap()));
    assert_eq!(fails(|_| (), &retired("2026-11-23T00:00:00Z")), []);
    assert_eq!(fails(|_| (), &retired("2026-11-21T00:00:00Z")), [(Code::Approval, Some(Reason::RetiredKey))]);

    let at = |time: &'static str| move |manifest: &mut Manifest| manifest.exported_at = time.into();
    let expired = [(Code::Key, Some(Reason::Expired))];
    assert_eq!(fails(at("2026-12-04T00:00:00Z"), &published(|_| ())), []);
    assert_eq!(fails(at("2026-12-04T00:00:01Z"), &published(|_| ())), expired);
    assert_eq!(fails(at("2026-11-19T23:51:00Z"), &published(|_| ())), [], "a clock that is a little slow");
    assert_eq!(fails(at("2026-11-19T23:40:00Z"), &published(|_| ())), expired);
}

#[test]
fn a_statement_about_something_else_proves_nothing() {
    let keys = published(|_| ());
    let device = |change: fn(&mut DeviceCertificate)| {
        move |manifest: &mut Manifest| {
            let mut certificate = certificate();
            change(&mut certificate);
            manifest.proof.as_mut().unwrap().device =
                Some(sign(&tenant_key(), &Vouched::Device(certificate)));
        }
    };
    let approval = |change: fn(&mut ApprovalStatement)| {
        move |manifest: &mut Manifest| {
            let mut statement = statement();
            change(&mut statement);
            manifest.proof.as_mut().unwrap().approval =
                Some(sign(&tenant_key(), &Vouched::Approval(statement)));
        }
    };
    let mismatch = |code| [(code, Some(Reason::Mismatch))];
    assert_eq!(fails(device(|c| c.device = "00".repeat(32)), &keys), mismatch(Code::Key));
    assert_eq!(fails(device(|c| c.person = PersonId::new("ola").unwrap()), &keys), mismatch(Code::Key));
    assert_eq!(fails(device(|c| c.tenant = TenantId::new("havlys").unwrap()), &keys), mismatch(Code::Key));
    assert_eq!(fails(approval(|s| s.version = 2), &keys), mismatch(Code::Approval));
    assert_eq!(fails(approval(|s| s.content_hash = "00".repeat(32)), &keys), mismatch(Code::Approval));
    assert_eq!(fails(approval(|s| s.report = ReportId::new("q2").unwrap()), &keys), mismatch(Code::Approval));
    assert_eq!(
        fails(approval(|s| s.tenant = TenantId::new("havlys").unwrap()), &keys),
        mismatch(Code::Approval)
    );
    // One kind of word cannot stand for the other, and a broken one for neither.
    let swapped = |manifest: &mut Manifest| {
        let proof = manifest.proof.as_mut().unwrap();
        std::mem::swap(&mut proof.approval, &mut proof.device);
    };
    let both = [(Code::Key, Some(Reason::Mismatch)), (Code::Approval, Some(Reason::Mismatch))];
    assert_eq!(fails(swapped, &keys), both);
    let missing = |manifest: &mut Manifest| manifest.proof.as_mut().unwrap().approval = None;
    assert_eq!(fails(missing, &keys), [(Code::Approval, Some(Reason::Missing))]);
    for text in ["", "{}", &"[".repeat(100_000), "ключ"] {
        let torn = |manifest: &mut Manifest| {
            let proof = manifest.proof.as_mut().unwrap();
            let (approval, device) = (proof.approval.as_mut().unwrap(), proof.device.as_mut().unwrap());
            text.clone_into(&mut approval.text);
            text.clone_into(&mut device.signature);
        };
        let both = [(Code::Key, Some(Reason::Changed)), (Code::Approval, Some(Reason::Changed))];
        assert_eq!(fails(torn, &keys), both);
    }
}

#[test]
fn a_format_is_what_it_says() {
    let formats: [fn(&mut Manifest); 3] =
        [|manifest| manifest.format = 1, |manifest| manifest.format = 3, |manifest| manifest.proof = None];
    for change in formats {
        let error = write_pdf(&plan(change), &key(), &mut go_on).unwrap_err();
        assert!(error.to_string().contains("format"), "{error}");
    }
}

#[test]
fn packs_of_the_first_format_are_checked_as_before() {
    let files: [&[u8]; 2] = [include_bytes!("format-1.pdf"), include_bytes!("format-1.pptx")];
    for file in files {
        let verification = verify(file, &[trusted()]).unwrap();
        assert_eq!(failed(&verification), []);
        assert_eq!(verification.checks.len(), 6, "it claims nothing that a tenant could vouch for");
        let unknown = verify(file, &published(|_| ())).unwrap();
        assert_eq!(failed(&unknown), [(Code::Key, Some(Reason::UnknownKey))]);
        let mut changed = file.to_vec();
        for place in (40..file.len()).step_by(file.len() / 11) {
            changed[place] ^= 0x01;
            assert!(!verify(&changed, &[trusted()]).is_ok_and(|found| found.holds()), "byte {place}");
            changed[place] ^= 0x01;
        }
    }
}

/// Parts of a PDF as its own list has them: start, length, name. Read here by other means than the product's.
fn listed(pdf: &[u8]) -> Vec<(usize, usize, String)> {
    let at = pdf.windows(17).rposition(|window| window == b"boardroom-parts/2").unwrap();
    let text = String::from_utf8_lossy(&pdf[at..]).into_owned();
    let lines = text.lines().skip(1).take_while(|line| !line.is_empty() && *line != "endstream");
    let words = lines.map(|line| line.splitn(4, ' ').map(str::to_owned).collect::<Vec<_>>());
    words.map(|w| (w[0].parse().unwrap(), w[1].parse().unwrap(), w[3].clone())).collect()
}

#[test]
fn a_changed_byte_of_a_pdf_names_its_page_or_part() {
    let [pdf, _] = both(&plan(|_| ()));
    let parts = listed(&pdf.bytes);
    let names: std::collections::BTreeSet<&str> = parts.iter().map(|(_, _, name)| name.as_str()).collect();
    for name in ["header", "page 1", "page 2", "fonts", "structure", "metadata", "manifest", "directory"] {
        assert!(names.contains(name), "{name} is not among {names:?}");
    }
    let mut bytes = pdf.bytes.clone();
    for (start, length, name) in &parts {
        for place in [*start, start + length / 2, start + length - 1] {
            bytes[place] ^= 0x04;
            match verify(&bytes, &published(|_| ())) {
                Ok(found) => assert_eq!(found.changed, [name.as_str()], "byte {place}"),
                // Its first bytes say what kind of file it is.
                Err(error) => assert!(place < 8, "byte {place} of {name}: {error}"),
            }
            bytes[place] ^= 0x04;
        }
    }
    let hole = bytes.windows(10).rposition(|window| window == b"/Contents<").unwrap() + 10;
    bytes[hole + 150] ^= 0x01;
    let found = verify(&bytes, &published(|_| ())).unwrap();
    assert!(!found.holds() && found.changed == ["seal"], "{:?}", found.changed);
    bytes[hole + 150] ^= 0x01;
    bytes.extend(b"% more");
    assert_eq!(verify(&bytes, &published(|_| ())).unwrap().changed, ["after the seal"]);
}

#[test]
fn a_changed_byte_of_a_presentation_names_its_part() {
    let [_, pptx] = both(&plan(|_| ()));
    let number = |at: usize, width: usize| -> usize {
        pptx.bytes[at..at + width].iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    };
    let (mut at, mut seen) = (0, 0);
    let mut bytes = pptx.bytes.clone();
    while bytes[at..].starts_with(b"PK\x03\x04") {
        let (size, length) = (number(at + 18, 4), number(at + 26, 2));
        let data = at + 30 + length;
        let name = String::from_utf8_lossy(&pptx.bytes[at + 30..data]).into_owned();
        let expected = if name == "customXml/item2.xml" { "seal".to_owned() } else { name };
        for place in [data, data + size / 2, data + size - 1] {
            bytes[place] ^= 0x04;
            match verify(&bytes, &published(|_| ())) {
                Ok(found) => {
                    assert!(!found.holds());
                    // The last bits of a packed part may mean nothing; then the part is as it was, and its packing is not.
                    let idle = place == data + size - 1 && found.changed == ["archive"];
                    assert!(
                        idle || found.changed == [expected.as_str()],
                        "byte {place}: {:?}",
                        found.changed
                    );
                }
                Err(error) => assert!(expected == "seal", "byte {place} of {expected}: {error}"),
            }
            bytes[place] ^= 0x04;
        }
        (at, seen) = (data + size, seen + 1);
    }
    assert!(seen > 30, "{seen} parts");
    // The directory at the end.
    for place in [at + 12, bytes.len() - 3] {
        bytes[place] ^= 0x04;
        let found = verify(&bytes, &published(|_| ())).unwrap();
        assert_eq!(found.changed, ["directory"], "byte {place}");
        bytes[place] ^= 0x04;
    }
}

/// What the other verifier says of a file: reasons by code, and the changed parts.
fn second(bytes: &[u8], keys: &[TrustedKey]) -> serde_json::Value {
    let folder = std::env::temp_dir().join(format!("board-packs-second-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (file, published) = (folder.join("pack"), folder.join("keys.json"));
    std::fs::write(&file, bytes).unwrap();
    let keys: Vec<_> = keys
        .iter()
        .filter_map(|key| Some((key, key.tenant.as_ref()?)))
        .map(|(key, trust)| {
            serde_json::json!({ "public": key.public, "since": "2026-01-01T00:00:00Z", "retired": trust.retired,
                "revoked": trust.revoked, "reason": "" })
        })
        .collect();
    let document = serde_json::json!({ "tenant": "fjordlys", "keys": keys });
    std::fs::write(&published, document.to_string()).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/judges/verify_pack.py");
    let output =
        std::process::Command::new("python3").arg(script).args([&file, &published]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Both verifiers on one file; the watermark is the product's own to read.
fn agree(bytes: &[u8], keys: &[TrustedKey]) -> serde_json::Value {
    let ours = verify(bytes, keys).unwrap();
    let reasons: std::collections::BTreeMap<_, _> = failed(&ours)
        .into_iter()
        .filter(|(code, _)| *code != Code::Watermark)
        .map(|(code, reason)| (serde_json::to_value(code).unwrap().as_str().unwrap().to_owned(), reason))
        .collect();
    let theirs = second(bytes, keys);
    assert_eq!(theirs["readable"], true, "{theirs}");
    assert_eq!(theirs["failed"], serde_json::to_value(&reasons).unwrap(), "{:?}", ours.checks);
    theirs
}

#[test]
fn a_second_verifier_agrees() {
    let good = plan(|_| ());
    let expired = plan(|manifest| manifest.exported_at = "2027-01-01T00:00:00Z".into());
    let draft = plan(|manifest| manifest.status = "draft".into());
    let trust = published(|_| ());
    let revoked = published(|trust| trust.revoked = Some("2026-11-25T00:00:00Z".parse().unwrap()));
    let retired = published(|trust| trust.retired = Some("2026-11-21T00:00:00Z".parse().unwrap()));
    for (good, expired) in both(&good).into_iter().zip(both(&expired)) {
        let said = agree(&good.bytes, &trust);
        assert_eq!((&said["failed"], &said["tenant"]), (&serde_json::json!({}), &"fjordlys".into()));
        assert_eq!(agree(&good.bytes, &[])["failed"]["key"], "unknown_key");
        assert_eq!(agree(&good.bytes, &revoked)["failed"]["approval"], "revoked_key");
        assert_eq!(agree(&good.bytes, &retired)["failed"]["approval"], "retired_key");
        assert_eq!(agree(&expired.bytes, &trust)["failed"]["key"], "expired");
    }
    for draft in both(&draft) {
        assert_eq!(agree(&draft.bytes, &trust)["failed"], serde_json::json!({}));
    }
    // A byte in the second page: neither verifier passes it, and both name the page.
    let [pdf, _] = both(&good);
    let (start, length, name) = listed(&pdf.bytes).into_iter().find(|(_, _, name)| name == "page 2").unwrap();
    let mut bytes = pdf.bytes.clone();
    bytes[start + length / 2] ^= 0x10;
    assert_eq!(second(&bytes, &trust)["changed"], serde_json::json!([name]));
    assert_eq!(verify(&bytes, &trust).unwrap().changed, [name]);
    let [_, pptx] = both(&good);
    let mut bytes = pptx.bytes.clone();
    let header = b"ppt/slides/slide2.xml";
    let at = bytes.windows(header.len()).position(|window| window == header).unwrap();
    bytes[at + header.len() + 100] ^= 0x10;
    let name = "ppt/slides/slide2.xml";
    assert_eq!(second(&bytes, &trust)["changed"], serde_json::json!([name]));
    assert_eq!(verify(&bytes, &trust).unwrap().changed, [name]);
}

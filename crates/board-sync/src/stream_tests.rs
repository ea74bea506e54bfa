//! The rules of server-sent events as data (`tests/sse/*.txt`), played to the stream in every way its bytes can be cut.

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures::FutureExt;
use launchdarkly_sdk_transport::{Request, Response};
use uuid::Uuid;

use super::*;
use crate::ServerUrl;
use crate::transport::{Answer, Body, Transport};

/// A case: an answer as the server sends it, and what is heard of it.
struct Case {
    name: String,
    status: u16,
    kind: Option<String>,
    bytes: Vec<u8>,
    heard: String,
}

/// Reads cases. A line `= name` begins one; `status` and `type` change the answer's head; `<` adds a line of body as
/// written, without a line end of its own; `>` is a line of what is heard. In a body `\n`, `\r`, `\t`, `\s` (a space at
/// an edge), `\\` and `\xNN` stand for bytes. Everything else, and what follows `--`, is said to the reader.
fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("= ") {
            cases.push(Case {
                name: name.to_owned(),
                status: 200,
                kind: Some("text/event-stream".to_owned()),
                bytes: Vec::new(),
                heard: String::new(),
            });
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        if let Some(status) = line.strip_prefix("status ") {
            case.status = status.parse().unwrap();
        } else if let Some(kind) = line.strip_prefix("type ") {
            case.kind = (kind != "none").then(|| kind.to_owned());
        } else if let Some(body) = line.strip_prefix("< ") {
            case.bytes.extend(unescape(body));
        } else if let Some(heard) = line.strip_prefix("> ") {
            writeln!(case.heard, "{heard}").unwrap();
        }
    }
    cases
}

fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut left = text.chars();
    while let Some(character) = left.next() {
        if character != '\\' {
            bytes.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        match left.next().expect("an escape") {
            'n' => bytes.push(b'\n'),
            'r' => bytes.push(b'\r'),
            't' => bytes.push(b'\t'),
            's' => bytes.push(b' '),
            '\\' => bytes.push(b'\\'),
            'x' => {
                let digits: String = left.by_ref().take(2).collect();
                bytes.push(u8::from_str_radix(&digits, 16).unwrap());
            }
            other => panic!("\\{other} is no escape"),
        }
    }
    bytes
}

/// Status, type and chunks of an answer.
type Given = (u16, Option<String>, Vec<Vec<u8>>);

/// Answers every request with the next answer.
struct Played {
    answers: Mutex<Vec<Given>>,
    asked: Mutex<Vec<Option<String>>>,
}

impl Transport for Played {
    fn send(&self, request: Request<Bytes>) -> Answer {
        let id = request.headers().get("last-event-id").map(|id| id.to_str().unwrap().to_owned());
        self.asked.lock().unwrap().push(id);
        let (status, kind, chunks) = self.answers.lock().unwrap().remove(0);
        async move {
            let body: Body = futures::stream::iter(chunks).map(|chunk| Ok(Bytes::from(chunk))).boxed();
            let mut response = Response::builder().status(status);
            if let Some(kind) = kind {
                response = response.header("content-type", kind);
            }
            Ok(response.body(body).unwrap())
        }
        .boxed()
    }
}

const AFTER: Position = Position { epoch: Uuid::from_u128(1), seq: 7 };

async fn open(transport: &Arc<Played>, after: Position) -> Result<Blocks, SyncError> {
    let server = ServerUrl::parse("https://board.example.com").unwrap();
    let wire = Wire::over(&server, transport.clone(), Arc::default());
    let tenant = TenantId::new("fjordlys").unwrap();
    Blocks::open(&wire, &tenant, after, Role::Viewer, "token", Duration::from_secs(9)).await
}

fn played(answers: Vec<Given>) -> Arc<Played> {
    Arc::new(Played { answers: Mutex::new(answers), asked: Mutex::default() })
}

/// What is heard of an answer whose body comes in these chunks.
async fn heard(case: &Case, chunks: Vec<Vec<u8>>) -> String {
    let transport = played(vec![(case.status, case.kind.clone(), chunks)]);
    let mut text = String::new();
    let mut blocks = match open(&transport, AFTER).await {
        Ok(blocks) => blocks,
        Err(error) => return format!("refused {}\n", error.code()),
    };
    loop {
        let line = match blocks.next().await {
            Ok(Some(Block::Event { id, data })) => {
                let id = if id == AFTER.to_string() { "-".to_owned() } else { format!("{id:?}") };
                format!("event {id} {data:?}")
            }
            Ok(Some(Block::Comment(words))) => format!("comment {words:?}"),
            Ok(None) => "end".to_owned(),
            Err(error) => format!("broken {}", error.code()),
        };
        let over = line == "end" || line.starts_with("broken");
        writeln!(text, "{line}").unwrap();
        if over {
            return text;
        }
    }
}

fn bytewise(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.iter().map(|byte| vec![*byte]).collect()
}

#[tokio::test]
async fn every_case_is_heard_as_written_however_its_bytes_are_cut() {
    let mut played = 0;
    for text in [
        include_str!("../tests/sse/lines.txt"),
        include_str!("../tests/sse/fields.txt"),
        include_str!("../tests/sse/heads.txt"),
    ] {
        for case in cases(text) {
            assert_eq!(heard(&case, vec![case.bytes.clone()]).await, case.heard, "{}", case.name);
            for cut in 0..=case.bytes.len() {
                let (before, after) = case.bytes.split_at(cut);
                let chunks = vec![before.to_vec(), after.to_vec()];
                assert_eq!(heard(&case, chunks).await, case.heard, "{}, cut at {cut}", case.name);
            }
            assert_eq!(heard(&case, bytewise(&case.bytes)).await, case.heard, "{}, bytewise", case.name);
            played += 1;
        }
    }
    assert!(played >= 50, "{played} cases");
}

#[tokio::test]
async fn an_id_survives_a_reconnect_on_which_only_blocks_without_one_arrived() {
    let answer = |body: &str| (200, Some("text/event-stream".to_owned()), vec![body.as_bytes().to_vec()]);
    let transport = played(vec![answer("data: a\n\n"), answer("data: b\n\n")]);
    // The cursor is the vault's: it is told to every connection, and blocks without an id carry it on.
    for (after, data) in [(AFTER, "a"), (Position { seq: 8, ..AFTER }, "b")] {
        let mut blocks = open(&transport, after).await.unwrap();
        let expected = Block::Event { id: after.to_string(), data: data.to_owned() };
        assert_eq!(blocks.next().await.unwrap(), Some(expected));
        assert_eq!(blocks.next().await.unwrap(), None);
    }
    let asked = transport.asked.lock().unwrap().clone();
    let position = |seq| Some(Position { seq, ..AFTER }.to_string());
    assert_eq!(asked, [position(7), position(8)]);
}

#[tokio::test]
async fn no_connection_is_made_twice_by_itself() {
    for (status, kind) in [(204, None), (200, Some("text/html")), (301, None), (307, None), (500, None)] {
        let transport = played(vec![(status, kind.map(str::to_owned), Vec::new())]);
        assert!(open(&transport, AFTER).await.is_err());
        assert_eq!(transport.asked.lock().unwrap().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn lines_and_blocks_without_an_end_are_cut_off() {
    let line = vec![b'x'; 1 << 20];
    let endless_line = std::iter::once(b"data: ".to_vec()).chain(vec![line.clone(); 9]);
    let endless_block = std::iter::repeat_n([b"data: ", line.as_slice(), b"\n"].concat(), 9);
    for (chunks, what) in [(endless_line.collect::<Vec<_>>(), "line"), (endless_block.collect(), "block")] {
        let transport = played(vec![(200, Some("text/event-stream".to_owned()), chunks)]);
        let error = open(&transport, AFTER).await.unwrap().next().await.unwrap_err();
        assert_eq!(error.code(), "sync.protocol");
        assert!(error.to_string().contains(&format!("a {what} of the stream is too long")), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn silence_is_noticed_before_the_head_and_between_chunks() {
    struct Silent(bool);
    impl Transport for Silent {
        fn send(&self, _: Request<Bytes>) -> Answer {
            let begins = self.0;
            async move {
                if !begins {
                    futures::future::pending::<()>().await;
                }
                let body: Body = futures::stream::pending().boxed();
                let head = Response::builder().header("content-type", "text/event-stream");
                Ok(head.body(body).unwrap())
            }
            .boxed()
        }
    }
    let server = ServerUrl::parse("https://board.example.com").unwrap();
    let tenant = TenantId::new("fjordlys").unwrap();
    for begins in [false, true] {
        let wire = Wire::over(&server, Arc::new(Silent(begins)), Arc::default());
        let opened = Blocks::open(&wire, &tenant, AFTER, Role::Viewer, "token", Duration::from_secs(9)).await;
        let error = match opened {
            Ok(mut blocks) => blocks.next().await.map(|_| ()).unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(error.code(), "sync.offline", "{begins}");
        // With a byte awaited for longer than a server of ours takes, something keeps it back.
        let mute =
            Live::open(&wire, &tenant, AFTER, Role::Viewer, "token", Duration::from_secs(9)).await.unwrap();
        assert!(mute.is_none(), "{begins}");
    }
}

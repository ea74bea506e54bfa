//! Publishes: through the command that makes one event of about 300 bytes of facts here, through a POST of as many
//! bytes at nchan.

use std::{fs, rc::Rc, time::Instant};

use crate::{Kind, Settings, request::Connection, store::Store, tally::Tally};

/// A connection with a client identity of its own, so that its commands are numbered apart from all others.
pub(crate) struct Publisher {
    settings: Rc<Settings>,
    tally: Rc<Tally>,
    connection: Connection,
    /// Where nchan's messages are made durable, if they are.
    store: Option<Store>,
    client: String,
    headers: String,
    /// Last number of this client in each tenant.
    numbers: Vec<u64>,
}

/// A random identifier, from the kernel.
pub(crate) fn uuid() -> String {
    fs::read_to_string("/proc/sys/kernel/random/uuid").unwrap().trim().to_owned()
}

impl Publisher {
    pub(crate) async fn open(settings: &Rc<Settings>, tally: &Rc<Tally>) -> Self {
        let headers = match settings.kind {
            Kind::Boardroom => {
                format!("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", settings.token)
            }
            Kind::Nchan => String::from("Content-Type: text/plain\r\n"),
        };
        let store = match &settings.store {
            Some(address) => Some(Store::open(address).await),
            None => None,
        };
        Self {
            settings: Rc::clone(settings),
            tally: Rc::clone(tally),
            connection: Connection::open(&settings.publish).await,
            store,
            client: uuid(),
            headers,
            numbers: vec![0; settings.tenants.len()],
        }
    }

    /// Publishes one message to a tenant and waits for the answer.
    pub(crate) async fn publish(&mut self, tenant: usize, message: u64) {
        let name = &self.settings.tenants[tenant];
        let started = Instant::now();
        if self.tally.timing.get() {
            let tally = &self.tally.tenants[tenant];
            let position = match self.settings.kind {
                Kind::Boardroom => tally.head.get() + 1,
                Kind::Nchan => message,
            };
            let mut recent = tally.started.borrow_mut();
            recent.push((position, started));
            if recent.len() > 64 {
                recent.remove(0);
            }
        }
        self.numbers[tenant] += 1;
        match self.settings.kind {
            Kind::Boardroom => {
                let body = command(&self.client, self.numbers[tenant], message);
                let path = format!("/v1/tenants/{name}/commands");
                let answer = self.connection.post(&path, &self.headers, body.as_bytes()).await;
                assert!(answer.contains("\"done\""), "{answer}");
            }
            Kind::Nchan => {
                let body = format!("{message:<width$}", width = self.settings.bytes);
                if let Some(store) = &self.store {
                    store.append(name, &self.client, self.numbers[tenant], &body).await;
                }
                let path = format!("/publish?id={name}");
                self.connection.post(&path, &self.headers, body.as_bytes()).await;
            }
        }
    }
}

/// A batch of one command that makes one event.
fn command(client: &str, number: u64, message: u64) -> String {
    let key = format!("{}{:012x}", &client[..24], number);
    // The longest text a watermark may have makes the event's envelope and body about as large as a small figure.
    let text = format!("{{name}} · {{status}} · message {message:>40} of the load client, as seen by all");
    format!(
        r##"[{{"client":"{client}","cmd_seq":{number},"key":"{key}","command":{{"command":"set_watermark","watermark":{{"text":"{text}","position":"footer","opacity":0.2,"size":12.0,"colour":"#475569"}}}}}}]"##
    )
}

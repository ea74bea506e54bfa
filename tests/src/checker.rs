//! The checker: judges a tenant's log, its readers' copies and the commands that were issued. It moves no bytes and
//! repairs nothing; an empty list of faults is the proof.
//!
//! The log is its own order, so checking is linear: no holes, every chain whole, every reader a prefix of what it may
//! see, what was acknowledged is in the log, and each command has one effect.

use std::collections::{BTreeMap, BTreeSet};

use board_domain::{Actor, Audience, Command, Event, Fact, Hash, Origin, TenantId, wire::Frame};
use uuid::Uuid;

/// What one member read from the server, from the floor to the head.
#[derive(Debug)]
pub struct View {
    /// Who read, for messages.
    pub reader: String,
    /// The audiences that admit the reader.
    pub audiences: Vec<Audience>,
    /// Every frame in order, without the ends of pages.
    pub frames: Vec<Frame>,
}

/// The log as all views together show it.
#[derive(Debug)]
pub struct Log {
    /// The tenant.
    pub tenant: TenantId,
    /// Epoch.
    pub epoch: Uuid,
    /// Positions at or below it are no longer kept.
    pub floor: u64,
    /// Highest position.
    pub head: u64,
    /// Every event that some view shows.
    pub events: BTreeMap<u64, Event>,
}

/// A reader's copy, as read from its vault.
#[derive(Debug)]
pub struct ReaderCopy {
    /// Who, for messages.
    pub reader: String,
    /// The audiences that admit the reader.
    pub audiences: Vec<Audience>,
    /// Epoch of the log copied.
    pub epoch: Option<Uuid>,
    /// Positions at or below it are held as state only.
    pub start: u64,
    /// Position up to which the copy is complete.
    pub cursor: u64,
    /// Gained audiences that it says it still fetches: their events after the first position, up to the second.
    pub fetching: Vec<(Audience, u64, u64)>,
    /// The events held, oldest first.
    pub events: Vec<Event>,
}

/// The server's answer to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It happened; its facts end at this position.
    Done {
        /// Number the command was sent under.
        cmd_seq: u64,
        /// Last position of its facts.
        seq: u64,
    },
    /// It was refused for good.
    Refused {
        /// Number the command was sent under.
        cmd_seq: u64,
    },
}

/// A command that a client made.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The client.
    pub client: Uuid,
    /// What only this command leaves in the log; see [`mark`].
    pub mark: String,
    /// What the server answered, where the client heard it.
    pub answer: Option<Answer>,
}

/// What is wrong with a history.
#[allow(missing_docs, reason = "the sentence of each case names its fields")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A reader was shown a position that does not continue the one before.
    Hole { reader: String, expected: u64, found: u64 },
    /// A reader was shown less than the whole log.
    Short { reader: String, reached: u64, head: u64 },
    /// An event of another tenant.
    Foreign { seq: u64 },
    /// Two readers were shown different events at one position.
    Disagreement { seq: u64 },
    /// A reader holds an event of an audience that does not admit it.
    Leak { reader: String, seq: u64, audience: String },
    /// A reader was told that an event of its own audience is hidden.
    Withheld { reader: String, seq: u64 },
    /// The chain of an audience breaks.
    Chain { seq: u64, audience: String },
    /// Time runs backwards.
    Time { seq: u64 },
    /// A copy is of another epoch, or none.
    Epoch { reader: String },
    /// A copy claims a position that the log has not reached.
    Ahead { reader: String, cursor: u64, head: u64 },
    /// A copy is behind the head, or still fetches an audience, when everything is healed.
    Behind { reader: String, cursor: u64, head: u64 },
    /// A copy lacks an event that it may see and claims to have.
    Missing { reader: String, seq: u64 },
    /// A copy holds an event that the log does not, or another in its place.
    Invented { reader: String, seq: u64 },
    /// The facts of one command do not stand together.
    Scattered { client: Uuid, cmd_seq: u64 },
    /// The numbers of a client's commands have a hole, or go back.
    Numbers { client: Uuid, expected: u64, found: u64 },
    /// One command had two effects.
    Doubled { mark: String, times: usize },
    /// A command was acknowledged, and the log does not have it as it was acknowledged.
    Lost { mark: String },
    /// A command was answered with a refusal, and happened.
    RefusedYetDone { mark: String },
    /// A command has neither an effect nor a refusal when everything is healed.
    Stuck { mark: String },
}

/// What only this command leaves in the log; `None` for commands that leave nothing of their own.
pub fn mark(command: &Command) -> Option<String> {
    match command {
        Command::DraftReport { id, .. } => Some(format!("draft {id}")),
        Command::RecordExport { export } => Some(format!("export {}", export.sha256)),
        Command::SetWatermark { watermark } => Some(format!("watermark {}", watermark.text)),
        Command::AdmitPerson { person } => Some(format!("admit {} {}", person.id, person.name)),
        _ => None,
    }
}

/// The mark of the command that an event answers.
pub fn marked(event: &Event) -> Option<String> {
    event.origin.as_ref()?;
    match event.fact().ok().flatten()? {
        Fact::ReportChanged { report, .. } if report.version == 1 => Some(format!("draft {}", report.id)),
        Fact::PackExported { export } => Some(format!("export {}", export.sha256)),
        Fact::WatermarkSet { watermark } => Some(format!("watermark {}", watermark.text)),
        Fact::PersonJoined { person } => Some(format!("admit {} {}", person.id, person.name)),
        _ => None,
    }
}

impl Log {
    /// Puts the views together, or says what is wrong with them. Every view must reach from floor to head.
    pub fn merge(
        tenant: &TenantId,
        epoch: Uuid,
        floor: u64,
        head: u64,
        views: &[View],
    ) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut log = Self { tenant: tenant.clone(), epoch, floor, head, events: BTreeMap::new() };
        for view in views {
            log.take(view, &mut faults);
        }
        for view in views {
            for seq in hidden(view) {
                let event = log.events.get(&seq);
                if event.is_some_and(|event| view.audiences.contains(&event.audience)) {
                    faults.push(Fault::Withheld { reader: view.reader.clone(), seq });
                }
            }
        }
        if faults.is_empty() { Ok(log) } else { Err(faults) }
    }

    fn take(&mut self, view: &View, faults: &mut Vec<Fault>) {
        let reader = || view.reader.clone();
        let mut at = self.floor;
        for frame in &view.frames {
            let (from, to) = match frame {
                Frame::Event(event) => {
                    if event.tenant != self.tenant {
                        faults.push(Fault::Foreign { seq: event.seq });
                    }
                    if !view.audiences.contains(&event.audience) {
                        let audience = event.audience.to_string();
                        faults.push(Fault::Leak { reader: reader(), seq: event.seq, audience });
                    }
                    let known = self.events.entry(event.seq).or_insert_with(|| (**event).clone());
                    if !same(known, event) {
                        faults.push(Fault::Disagreement { seq: event.seq });
                    }
                    (event.seq, event.seq)
                }
                Frame::Hidden { from, to } => (*from, *to),
                Frame::CaughtUp { .. } | Frame::Bye { .. } => continue,
            };
            if from != at + 1 || to < from {
                faults.push(Fault::Hole { reader: reader(), expected: at + 1, found: from });
            }
            at = to;
        }
        if at != self.head {
            faults.push(Fault::Short { reader: reader(), reached: at, head: self.head });
        }
    }

    /// Chains whole, time forward, the facts of a command together, the numbers of a client without holes, one effect
    /// for each command.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        self.check_chains(&mut faults);
        self.check_origins(&mut faults);
        let mut effects: BTreeMap<String, usize> = BTreeMap::new();
        for mark in self.events.values().filter_map(marked) {
            *effects.entry(mark).or_default() += 1;
        }
        let doubled = effects.into_iter().filter(|(_, times)| *times > 1);
        faults.extend(doubled.map(|(mark, times)| Fault::Doubled { mark, times }));
        faults
    }

    fn check_chains(&self, faults: &mut Vec<Fault>) {
        let mut ends: BTreeMap<&Audience, (u64, Hash)> = BTreeMap::new();
        let mut time = None;
        for event in self.events.values() {
            let end = match ends.get(&event.audience) {
                Some(end) => *end,
                // A trimmed log begins in the middle of its chains.
                None if self.floor > 0 => (event.audience_seq - 1, event.prev_hash),
                None => (0, Hash::ZERO),
            };
            let whole =
                (event.audience_seq, event.prev_hash) == (end.0 + 1, end.1) && event.digest() == event.hash;
            if !whole {
                faults.push(Fault::Chain { seq: event.seq, audience: event.audience.to_string() });
            }
            ends.insert(&event.audience, (event.audience_seq, event.hash));
            if time.is_some_and(|time| event.at < time) {
                faults.push(Fault::Time { seq: event.seq });
            }
            time = Some(event.at);
        }
    }

    fn check_origins(&self, faults: &mut Vec<Fault>) {
        let mut last: BTreeMap<Uuid, (u64, u64)> = BTreeMap::new();
        // Numbers of clients whose events are hidden from every view cannot be judged.
        let whole = self.floor == 0 && self.events.len() as u64 == self.head;
        for event in self.events.values() {
            let Some(Origin { client, cmd_seq }) = event.origin else { continue };
            match last.get(&client) {
                Some((number, seq)) if *number == cmd_seq => {
                    if event.seq != seq + 1 {
                        faults.push(Fault::Scattered { client, cmd_seq });
                    }
                }
                known => {
                    let expected = known.map_or(0, |(number, _)| *number) + 1;
                    if whole && cmd_seq != expected {
                        faults.push(Fault::Numbers { client, expected, found: cmd_seq });
                    }
                }
            }
            last.insert(client, (cmd_seq, event.seq));
        }
    }

    /// A copy is a prefix of what its reader may see: nothing missing, nothing else.
    pub fn check_copy(&self, copy: &ReaderCopy) -> Vec<Fault> {
        let mut faults = Vec::new();
        let reader = || copy.reader.clone();
        if copy.cursor == 0 && copy.events.is_empty() {
            return faults;
        }
        if copy.epoch != Some(self.epoch) {
            return vec![Fault::Epoch { reader: reader() }];
        }
        if copy.cursor > self.head {
            faults.push(Fault::Ahead { reader: reader(), cursor: copy.cursor, head: self.head });
        }
        let mut held = BTreeSet::new();
        for event in &copy.events {
            if !copy.audiences.contains(&event.audience) {
                let audience = event.audience.to_string();
                faults.push(Fault::Leak { reader: reader(), seq: event.seq, audience });
            }
            let known = self.events.get(&event.seq);
            let genuine = known.map_or(event.seq <= self.floor, |known| same(known, event));
            if !genuine || event.seq > copy.cursor || !held.insert(event.seq) {
                faults.push(Fault::Invented { reader: reader(), seq: event.seq });
            }
        }
        let from = copy.start.max(self.floor) + 1;
        if from <= copy.cursor {
            let due = self.events.range(from..=copy.cursor);
            let said = |seq: u64, audience: &Audience| {
                copy.fetching
                    .iter()
                    .any(|(gained, from, until)| gained == audience && (*from + 1..=*until).contains(&seq))
            };
            let missing = due
                .filter(|(seq, event)| copy.audiences.contains(&event.audience) && !held.contains(seq))
                .filter(|(seq, event)| !said(**seq, &event.audience))
                .map(|(seq, _)| Fault::Missing { reader: reader(), seq: *seq });
            faults.extend(missing);
        }
        faults
    }

    /// What was acknowledged is in the log. Where `healed`, every command also has its one effect or its refusal.
    pub fn check_commands(&self, issued: &[Issued], healed: bool) -> Vec<Fault> {
        let mut effects: BTreeMap<String, Vec<&Event>> = BTreeMap::new();
        let mut ends: BTreeMap<(Uuid, u64), u64> = BTreeMap::new();
        let mut refusals: BTreeMap<Uuid, usize> = BTreeMap::new();
        for event in self.events.values() {
            let Some(origin) = &event.origin else { continue };
            ends.insert((origin.client, origin.cmd_seq), event.seq);
            if event.kind == "command.refused" {
                *refusals.entry(origin.client).or_default() += 1;
            }
            if let Some(mark) = marked(event) {
                effects.entry(mark).or_default().push(event);
            }
        }
        let mut faults = Vec::new();
        for Issued { client, mark, answer } in issued {
            let effect = effects.get(mark).and_then(|events| events.first());
            match *answer {
                // What was trimmed is not there to be looked at.
                Some(Answer::Done { seq, .. }) if seq <= self.floor => (),
                Some(Answer::Done { cmd_seq, seq }) => {
                    let origin = effect.and_then(|event| event.origin.as_ref());
                    let theirs = origin == Some(&Origin { client: *client, cmd_seq })
                        && ends.get(&(*client, cmd_seq)) == Some(&seq);
                    if !theirs {
                        faults.push(Fault::Lost { mark: mark.clone() });
                    }
                }
                Some(Answer::Refused { .. }) if effect.is_some() => {
                    faults.push(Fault::RefusedYetDone { mark: mark.clone() });
                }
                // Which command a refusal answers is known to its client only: each refusal excuses one command.
                None if healed && effect.is_none() => match refusals.get_mut(client) {
                    Some(left) if *left > 0 => *left -= 1,
                    _ => faults.push(Fault::Stuck { mark: mark.clone() }),
                },
                Some(Answer::Refused { .. }) | None => (),
            }
        }
        faults
    }

    /// Every copy has reached the head, with all of its audiences.
    pub fn check_healed(&self, copies: &[ReaderCopy]) -> Vec<Fault> {
        let behind = copies.iter().filter(|copy| copy.cursor != self.head || !copy.fetching.is_empty());
        let fault = |copy: &ReaderCopy| Fault::Behind {
            reader: copy.reader.clone(),
            cursor: copy.cursor,
            head: self.head,
        };
        behind.map(fault).collect()
    }

    /// Everything at once; fails with the list of what is wrong.
    pub fn assert_whole(&self, copies: &[ReaderCopy], issued: &[Issued], healed: bool) {
        let mut faults = self.check();
        faults.extend(copies.iter().flat_map(|copy| self.check_copy(copy)));
        faults.extend(self.check_commands(issued, healed));
        if healed {
            faults.extend(self.check_healed(copies));
        }
        assert!(faults.is_empty(), "the history of {} is broken: {faults:#?}", self.tenant);
    }

    /// How many events people caused.
    pub fn by_people(&self) -> usize {
        self.events.values().filter(|event| matches!(event.actor, Actor::Person(_))).count()
    }
}

fn hidden(view: &View) -> impl Iterator<Item = u64> + '_ {
    let runs = view.frames.iter().filter_map(|frame| match frame {
        Frame::Hidden { from, to } => Some(*from..=*to),
        _ => None,
    });
    runs.flatten()
}

fn same(one: &Event, other: &Event) -> bool {
    (one.id, one.hash, one.digest()) == (other.id, other.hash, other.digest())
}

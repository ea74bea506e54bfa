//! How far a writer is, and whether to go on. Not a thread and not a channel: the caller decides where it runs.

use crate::PackError;

/// Where a writer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Title of the section being laid out; empty while the file is assembled and checked.
    pub section: String,
    /// 0-100, never falling.
    pub percent: u8,
}

/// The caller's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// Stop; the writer returns [`PackError::Cancelled`] and no bytes.
    Cancel,
}

/// Counts a writer's steps.
pub(crate) struct Steps<'a> {
    report: &'a mut dyn FnMut(Progress) -> Flow,
    done: usize,
    total: usize,
}

impl<'a> Steps<'a> {
    pub(crate) fn new(report: &'a mut dyn FnMut(Progress) -> Flow, total: usize) -> Self {
        Self { report, done: 0, total: total.max(1) }
    }

    /// Begins the next step.
    pub(crate) fn next(&mut self, section: &str) -> Result<(), PackError> {
        let percent = u8::try_from((self.done * 100 / self.total).min(99)).unwrap_or(99);
        self.done += 1;
        self.tell(section, percent)
    }

    /// All steps are done.
    pub(crate) fn done(&mut self) -> Result<(), PackError> {
        self.tell("", 100)
    }

    fn tell(&mut self, section: &str, percent: u8) -> Result<(), PackError> {
        match (self.report)(Progress { section: section.to_owned(), percent }) {
            Flow::Continue => Ok(()),
            Flow::Cancel => Err(PackError::Cancelled),
        }
    }
}

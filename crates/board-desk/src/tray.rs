//! What the icon beside the system's clock says and offers, in the reader's language. Not the icon: drawing it is the window's
//! part. It says nothing of the company, for a screen may be shared.

use board_domain::Locale;

use crate::{
    desk::{Desk, lock},
    view::{SessionState, SyncState, SyncView},
    words,
};

/// What the icon says and offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrayView {
    /// How the copy stands, in one line.
    pub state: String,
    /// Whether a person has to do something before data comes again.
    pub attention: bool,
    /// What can be chosen, in this order, with its words.
    pub actions: Vec<(TrayAction, &'static str)>,
}

/// Something that the icon's menu offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrayAction {
    /// Show the window.
    Open,
    /// Try to reach the server now.
    Connect,
    /// Close the vault.
    Lock,
    /// End the program.
    Quit,
}

impl Desk {
    /// What the icon says, as the copy stands.
    pub fn tray(&self, sync: &SyncView) -> TrayView {
        view(self.locale(), self.session_state(), sync)
    }

    /// That the program goes on after its window was closed; the first time on this device.
    pub fn goes_on_words(&self) -> Option<&'static str> {
        let mut state = lock(&self.state);
        if std::mem::replace(&mut state.profile.told_it_goes_on, true) {
            return None;
        }
        if let Err(fault) = state.profile.write(self.host.data_dir()) {
            tracing::warn!(%fault, "this will be said again");
        }
        Some(words::goes_on(state.profile.locale))
    }
}

fn view(locale: Locale, session: SessionState, sync: &SyncView) -> TrayView {
    let open = session == SessionState::Open;
    let state = match session {
        SessionState::SignedOut => words::signed_out(locale),
        SessionState::Locked => words::locked(locale),
        SessionState::Open => match sync.state {
            SyncState::Idle => words::not_connected(locale),
            SyncState::Connecting => words::connecting(locale),
            SyncState::CatchingUp => words::catching_up(locale),
            SyncState::Live => words::live(locale),
            SyncState::Offline => words::offline(locale),
            SyncState::Refused => words::refused(locale),
            SyncState::SignInNeeded => words::sign_in_needed(locale),
            SyncState::UpgradeNeeded => words::update_needed(locale),
        },
    };
    let unsent = if open { sync.unsent } else { 0 };
    let state = match unsent {
        0 => state.to_owned(),
        unsent => format!("{state} · {}: {unsent}", words::not_yet_sent(locale)),
    };
    let stuck = matches!(sync.state, SyncState::Refused | SyncState::SignInNeeded | SyncState::UpgradeNeeded);
    let mut actions = vec![(TrayAction::Open, words::open_window(locale))];
    if open && !matches!(sync.state, SyncState::Live | SyncState::CatchingUp) {
        actions.push((TrayAction::Connect, words::connect_now(locale)));
    }
    if open {
        actions.push((TrayAction::Lock, words::lock(locale)));
    }
    actions.push((TrayAction::Quit, words::quit(locale)));
    TrayView { state, attention: open && (stuck || sync.refused > 0), actions }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{
        desk,
        log::{Log, at, founded, tenant},
    };

    fn offers(view: &TrayView) -> Vec<TrayAction> {
        view.actions.iter().map(|(action, _)| *action).collect()
    }

    #[test]
    fn it_offers_what_can_be_done() {
        let mut log = Log::new();
        log.fact(&founded(&tenant()));
        let desk = desk(&log, board_domain::Role::Director, at(60));
        let locked = desk.tray(&desk.sync_state());
        assert_eq!((locked.state.as_str(), locked.attention), ("Locked", false));
        assert_eq!(offers(&locked), [TrayAction::Open, TrayAction::Quit]);
        desk.unlock().unwrap();
        assert!(desk.goes_on_words().is_some() && desk.goes_on_words().is_none());
        let open = desk.tray(&desk.sync_state());
        assert_eq!(open.state, "Not connected");
        assert_eq!(
            offers(&open),
            [TrayAction::Open, TrayAction::Connect, TrayAction::Lock, TrayAction::Quit]
        );
    }

    #[test]
    fn it_says_what_waits_and_asks_only_where_somebody_must_act() {
        let mut log = Log::new();
        log.fact(&founded(&tenant()));
        let sync = desk(&log, board_domain::Role::Director, at(60)).sync_state();
        let said = |locale, sync: &SyncView| view(locale, SessionState::Open, sync);
        let live = SyncView { state: SyncState::Live, unsent: 3, ..sync.clone() };
        assert_eq!(said(Locale::En, &live).state, "Live · Not yet sent: 3");
        assert_eq!(said(Locale::Uk, &live).state, "Наживо · Ще не надіслано: 3");
        assert!(!said(Locale::Nb, &live).attention);
        assert!(!offers(&said(Locale::En, &live)).contains(&TrayAction::Connect));
        for state in [SyncState::Refused, SyncState::SignInNeeded, SyncState::UpgradeNeeded] {
            assert!(said(Locale::En, &SyncView { state, ..sync.clone() }).attention, "{state:?}");
        }
        assert!(!said(Locale::En, &SyncView { state: SyncState::Offline, ..sync.clone() }).attention);
        assert!(said(Locale::En, &SyncView { refused: 1, ..live }).attention);
    }
}

//! The points at which the fault tests end a process. Not part of a shipped program: compiled in with the feature
//! `failpoints` only.

/// How the message of a point that panics begins.
const POINT: &str = "failpoint ";

/// Takes `FAILPOINTS` from the environment. A point whose action is `panic` ends the process at once, as a kill would,
/// instead of unwinding into a handler that goes on.
pub fn arm_failpoints() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.payload_as_str().is_some_and(|message| message.starts_with(POINT)) {
            std::process::abort();
        }
        usual(panic);
    }));
    // The points stay set until the process ends.
    std::mem::forget(fail::FailScenario::setup());
}

//! The command `boardroom-server`: reads settings and arguments and calls the library. Not the server's work.

mod arguments;

use std::{io::Write, process::ExitCode};

use arguments::Arguments;
use clap::Parser;

fn main() -> ExitCode {
    // Lives as long as the program: the points named in FAILPOINTS are live until then.
    #[cfg(feature = "failpoints")]
    let _scenario = fail::FailScenario::setup();
    match arguments::run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed terminal leaves nobody to tell.
            let _ = writeln!(std::io::stderr(), "boardroom-server: {error}");
            ExitCode::FAILURE
        }
    }
}

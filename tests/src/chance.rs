//! Chance from a seed (`SplitMix64`), so that what a test did can be done again. Not for secrets.

/// A sequence of numbers that a seed decides.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The sequence of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The sequence of `BOARDROOM_SEED`, or of the seed given where it is not set. Prints it, for a failing test's
    /// output to show.
    #[allow(clippy::print_stderr, reason = "a failing test shows what was printed")]
    pub fn from_environment(otherwise: u64) -> Self {
        let asked = std::env::var("BOARDROOM_SEED").ok();
        let seed = asked.map_or(otherwise, |text| text.parse().expect("BOARDROOM_SEED is a number"));
        eprintln!("BOARDROOM_SEED={seed}");
        Self::new(seed)
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.draw() % end.max(1)
    }

    /// One of them.
    pub fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[usize::try_from(self.below(among.len() as u64)).unwrap()]
    }
}

/// How many rounds a loop makes: `BOARDROOM_ROUNDS`, or the number of the everyday run.
pub fn rounds(everyday: u64) -> u64 {
    std::env::var("BOARDROOM_ROUNDS")
        .map_or(everyday, |text| text.parse().expect("BOARDROOM_ROUNDS is a number"))
}

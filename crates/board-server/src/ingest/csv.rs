//! Splits CSV (RFC 4180) into records, so that a broken one costs only its own line.
//!
//! A general CSV reader lets an open quote swallow the rest of the file; here such a record ends at its first line.

/// Most bytes and line breaks of a record before it counts as broken.
const LONGEST: usize = 64 << 10;
const MOST_BREAKS: u32 = 32;

/// A record that cannot be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// A quote was opened and not closed in time.
    QuoteOpen,
    /// Something stands between a closing quote and the next comma.
    QuoteStray,
}

/// The records of a file: the line each starts on, from 1, and its fields. Empty lines are skipped.
pub(super) struct Records<'a> {
    rest: &'a [u8],
    line: u32,
}

impl<'a> Records<'a> {
    /// Splits the bytes.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, line: 1 }
    }

    fn skip_line(&mut self) {
        let end = self.rest.iter().position(|byte| *byte == b'\n').map_or(self.rest.len(), |at| at + 1);
        self.rest = &self.rest[end..];
        self.line += 1;
    }
}

impl Iterator for Records<'_> {
    type Item = (u32, Result<Vec<Vec<u8>>, Broken>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.rest.starts_with(b"\n") || self.rest.starts_with(b"\r\n") {
                self.skip_line();
            } else if self.rest.is_empty() {
                return None;
            } else {
                break;
            }
        }
        let line = self.line;
        match record(self.rest) {
            Ok((fields, used, breaks)) => {
                self.rest = &self.rest[used..];
                self.line += breaks;
                Some((line, Ok(fields)))
            }
            Err(broken) => {
                self.skip_line();
                Some((line, Err(broken)))
            }
        }
    }
}

/// One record: its fields, the bytes it took with its line end, and the line breaks among them.
fn record(bytes: &[u8]) -> Result<(Vec<Vec<u8>>, usize, u32), Broken> {
    let (mut fields, mut at, mut breaks) = (Vec::new(), 0, 0);
    loop {
        let mut field = Vec::new();
        if bytes.get(at) == Some(&b'"') {
            at += 1;
            loop {
                match bytes.get(at) {
                    None => return Err(Broken::QuoteOpen),
                    Some(_) if at > LONGEST || breaks > MOST_BREAKS => return Err(Broken::QuoteOpen),
                    Some(b'"') if bytes.get(at + 1) == Some(&b'"') => {
                        field.push(b'"');
                        at += 2;
                    }
                    Some(b'"') => {
                        at += 1;
                        break;
                    }
                    Some(byte) => {
                        breaks += u32::from(*byte == b'\n');
                        field.push(*byte);
                        at += 1;
                    }
                }
            }
        } else {
            while let Some(byte) = bytes.get(at) {
                if matches!(byte, b',' | b'\n') || (*byte == b'\r' && bytes.get(at + 1) == Some(&b'\n')) {
                    break;
                }
                field.push(*byte);
                at += 1;
            }
        }
        fields.push(field);
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b','), _) => at += 1,
            (None, _) => return Ok((fields, at, breaks)),
            (Some(b'\n'), _) => return Ok((fields, at + 1, breaks + 1)),
            (Some(b'\r'), Some(b'\n')) => return Ok((fields, at + 2, breaks + 1)),
            _ => return Err(Broken::QuoteStray),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(bytes: &str) -> Vec<(u32, Result<Vec<String>, Broken>)> {
        Records::new(bytes.as_bytes())
            .map(|(line, fields)| {
                let fields =
                    fields.map(|fields| fields.into_iter().map(|f| String::from_utf8(f).unwrap()).collect());
                (line, fields)
            })
            .collect()
    }

    #[test]
    fn quoted_breaks_count_as_lines() {
        let rows = text("a,b\r\n\"x\ny\",\"say \"\"hi\"\"\"\r\n\nlast,");
        let ok = |fields: [&str; 2]| Ok(fields.map(str::to_owned).to_vec());
        assert_eq!(rows, [(1, ok(["a", "b"])), (2, ok(["x\ny", "say \"hi\""])), (5, ok(["last", ""]))]);
    }

    #[test]
    fn an_open_quote_costs_its_own_line_only() {
        let rows = text("a,b\n1,\"open\n2,good\n\"x\"y,3\n4,fine\n");
        let lines: Vec<_> = rows.iter().map(|(line, fields)| (*line, fields.is_ok())).collect();
        assert_eq!(lines, [(1, true), (2, false), (3, true), (4, false), (5, true)]);
    }

    #[test]
    fn a_file_of_nothing_but_quotes_ends_in_time() {
        let hostile = "\"\n".repeat(500_000);
        // Pairs of lines close each other's quotes or are refused; either way every line is passed once.
        assert!(Records::new(hostile.as_bytes()).count() <= 500_000);
    }

    proptest! {
        #[test]
        fn well_formed_files_read_as_with_the_csv_crate(
            rows in prop::collection::vec(prop::collection::vec("[a-zæ ,\"\n\r]{0,6}", 3..4), 1..8)
        ) {
            let mut writer = ::csv::Writer::from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            let ours: Vec<Vec<String>> = Records::new(&bytes)
                .map(|(_, fields)| {
                    fields.unwrap().into_iter().map(|field| String::from_utf8(field).unwrap()).collect()
                })
                .collect();
            prop_assert_eq!(ours, rows);
        }

        #[test]
        fn any_bytes_end(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
            let lines: Vec<_> = Records::new(&bytes).map(|(line, _)| line).collect();
            prop_assert!(lines.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}

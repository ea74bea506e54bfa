//! Rows of pixels as a zlib stream (RFC 1950, RFC 1951), made for drawings: most pixels repeat the one before or the one
//! above them, and nothing else is looked for.
//!
//! Not a general compressor: photographs would hardly shrink. One block with its own Huffman codes, whatever the size.

use simd_adler32::Adler32;

/// Bytes of a pixel in the stream: red, green, blue.
const PIXEL: usize = 3;
/// Longest match of the format.
const LONGEST: usize = 258;
/// Farthest match of the format.
const FARTHEST: usize = 32_768;
/// Symbol that ends a block.
const END: usize = 256;
/// Longest code of a symbol, and of a code length.
const LONGEST_CODE: u8 = 15;
const LONGEST_LENGTH_CODE: u8 = 7;
/// Order in which code lengths of code lengths are written.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// A literal byte, or a length with 256 added; the distance is the pixel's, or the row's where the top bit is set.
type Token = u16;
const ABOVE: Token = 1 << 15;

/// Compresses the picture, each row after a byte that says "no filter". `pixels` are whole rows of `width` with four
/// bytes each, of which the fourth is left out.
pub(crate) fn zlib(pixels: &[u8], width: usize) -> Vec<u8> {
    let row_bytes = width * PIXEL + 1;
    let mut tokens = Vec::new();
    let mut checksum = Adler32::new();
    let mut raw = vec![0; row_bytes];
    let mut above: &[u8] = &[];
    for row in pixels.chunks_exact(width * 4) {
        if row == above && row_bytes <= FARTHEST {
            matched(&mut tokens, row_bytes, ABOVE);
        } else {
            tokens.push(0);
            let above = if row_bytes <= FARTHEST { above } else { &[] };
            squeeze_row(&mut tokens, row, above, &mut raw[1..]);
        }
        checksum.write(&raw);
        above = row;
    }
    tokens.push(Token::try_from(END).unwrap_or(0));
    let mut bits = Bits { bytes: vec![0x78, 0x01], buffer: 0, count: 0 };
    block(&mut bits, &tokens, row_bytes);
    let mut bytes = bits.finish();
    bytes.extend(checksum.finish().to_be_bytes());
    bytes
}

/// Looks for the longer of the two repetitions at each pixel. `raw` holds the colours of the row above, and then of this.
fn squeeze_row(tokens: &mut Vec<Token>, row: &[u8], above: &[u8], raw: &mut [u8]) {
    let count = row.len() / 4;
    let mut index = 0;
    while index < count {
        let rest = &row[index * 4..];
        let down = if above.is_empty() { 0 } else { equal_pixels(rest, &above[index * 4..]) };
        // A repetition of the pixel before is a repetition of the row, one pixel later.
        let along =
            if index == 0 || down == rest.len() / 4 { 0 } else { equal_pixels(rest, &row[index * 4 - 4..]) };
        let length = along.max(down).max(1);
        if down < length {
            let colors = raw[index * PIXEL..(index + length) * PIXEL].chunks_exact_mut(PIXEL);
            colors.for_each(|color| color.copy_from_slice(&rest[..PIXEL]));
        }
        if along.max(down) == 0 {
            tokens.extend(rest[..PIXEL].iter().map(|byte| Token::from(*byte)));
        } else {
            matched(tokens, length * PIXEL, if along >= down { 0 } else { ABOVE });
        }
        index += length;
    }
}

/// How many pixels at the beginning of two rows are equal.
fn equal_pixels(one: &[u8], other: &[u8]) -> usize {
    const BLOCK: usize = 64;
    let length = one.len().min(other.len());
    let (one, other) = (&one[..length], &other[..length]);
    let blocks = one.chunks_exact(BLOCK).zip(other.chunks_exact(BLOCK));
    let start = blocks.take_while(|(one, other)| one == other).count() * BLOCK;
    let pixels = one[start..].chunks_exact(4).zip(other[start..].chunks_exact(4));
    start / 4 + pixels.take_while(|(one, other)| one == other).count()
}

/// A match as long as it must be, in pieces the format allows; none shorter than three bytes.
fn matched(tokens: &mut Vec<Token>, mut length: usize, distance: Token) {
    while length > 0 {
        let piece = if length > LONGEST && length < LONGEST + 3 { LONGEST - 3 } else { length.min(LONGEST) };
        tokens.push(Token::try_from(END + piece).unwrap_or(0) | distance);
        length -= piece;
    }
}

/// Smallest length of each length symbol, from 257, and its extra bits.
const LENGTHS: [(usize, u8); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];

/// Symbol, extra bits and their number for a value, in a table of the smallest value of each symbol.
fn symbol(value: usize, smallest: impl Fn(usize) -> (usize, u8), count: usize) -> (usize, u64, u8) {
    let symbol = (0..count).rev().find(|symbol| smallest(*symbol).0 <= value).unwrap_or(0);
    let (base, extra) = smallest(symbol);
    (symbol, (value - base) as u64, extra)
}

/// Smallest distance of a distance symbol, and its extra bits.
fn distance(symbol: usize) -> (usize, u8) {
    if symbol < 4 {
        return (symbol + 1, 0);
    }
    let extra = symbol / 2 - 1;
    ((2 + symbol % 2) * (1 << extra) + 1, u8::try_from(extra).unwrap_or(0))
}

fn block(bits: &mut Bits, tokens: &[Token], row_bytes: usize) {
    let lengths: Vec<(usize, u64, u8)> =
        (0..=LONGEST).map(|length| symbol(length.max(3), |index| LENGTHS[index], LENGTHS.len())).collect();
    let distances = [PIXEL, row_bytes.min(FARTHEST)].map(|way| symbol(way, distance, 30));
    let (mut letter_counts, mut distance_counts) = (vec![0_u32; 286], vec![0_u32; 30]);
    let split = |token: Token| (usize::from(token & !ABOVE), usize::from(token & ABOVE != 0));
    for token in tokens {
        let (value, way) = split(*token);
        if value > END {
            letter_counts[257 + lengths[value - END].0] += 1;
            distance_counts[distances[way].0] += 1;
        } else {
            letter_counts[value] += 1;
        }
    }
    let letters = Code::of(&letter_counts, LONGEST_CODE);
    let ways = Code::of(&distance_counts, LONGEST_CODE);
    // The last block, with codes of its own.
    bits.put(0b101, 3);
    header(bits, &letters, &ways);
    for token in tokens {
        let (value, way) = split(*token);
        if value > END {
            let (symbol, extra, count) = lengths[value - END];
            letters.put(bits, 257 + symbol);
            bits.put(extra, count);
            let (symbol, extra, count) = distances[way];
            ways.put(bits, symbol);
            bits.put(extra, count);
        } else {
            letters.put(bits, value);
        }
    }
}

/// The lengths of all codes, themselves coded; runs of unused symbols are counted.
fn header(bits: &mut Bits, letters: &Code, ways: &Code) {
    let all: Vec<u8> = letters.lengths.iter().chain(&ways.lengths).copied().collect();
    let mut symbols: Vec<(usize, u64, u8)> = Vec::new();
    let mut index = 0;
    while index < all.len() {
        let zeros = all[index..].iter().take_while(|length| **length == 0).count().min(138);
        if zeros >= 11 {
            symbols.push((18, zeros as u64 - 11, 7));
        } else if zeros >= 3 {
            symbols.push((17, zeros as u64 - 3, 3));
        } else {
            symbols.push((usize::from(all[index]), 0, 0));
        }
        index += if zeros >= 3 { zeros } else { 1 };
    }
    let mut counts = vec![0_u32; 19];
    for (symbol, ..) in &symbols {
        counts[*symbol] += 1;
    }
    let code = Code::of(&counts, LONGEST_LENGTH_CODE);
    bits.put(letters.lengths.len() as u64 - 257, 5);
    bits.put(ways.lengths.len() as u64 - 1, 5);
    bits.put(ORDER.len() as u64 - 4, 4);
    for symbol in ORDER {
        bits.put(u64::from(code.lengths[symbol]), 3);
    }
    for (symbol, extra, count) in symbols {
        code.put(bits, symbol);
        bits.put(extra, count);
    }
}

/// A canonical Huffman code.
struct Code {
    /// Bits of each symbol; 0 for one that does not occur.
    lengths: Vec<u8>,
    /// The code of each symbol, its first bit lowest.
    codes: Vec<u16>,
}

impl Code {
    /// The code for symbols that occur so often, none longer than `longest`.
    fn of(counts: &[u32], longest: u8) -> Self {
        let mut counts: Vec<u64> = counts.iter().map(|count| u64::from(*count)).collect();
        // The format wants a whole code, which takes two symbols.
        for symbol in 0..2 {
            if counts.iter().filter(|count| **count > 0).count() < 2 && counts[symbol] == 0 {
                counts[symbol] = 1;
            }
        }
        let mut lengths = tree(&counts);
        while lengths.iter().any(|length| *length > longest) {
            // Flatter counts give shorter codes; halving always ends at a balanced tree.
            counts.iter_mut().filter(|count| **count > 0).for_each(|count| *count = count.div_ceil(2));
            lengths = tree(&counts);
        }
        let mut code = 0_u16;
        let mut codes = vec![0; lengths.len()];
        for bits in 1..=longest {
            for (symbol, length) in lengths.iter().enumerate() {
                if *length == bits {
                    codes[symbol] = code.reverse_bits() >> (16 - u16::from(bits));
                    code += 1;
                }
            }
            code <<= 1;
        }
        Self { lengths, codes }
    }

    fn put(&self, bits: &mut Bits, symbol: usize) {
        bits.put(u64::from(self.codes[symbol]), self.lengths[symbol]);
    }
}

/// Depths of the leaves of the Huffman tree over the counts; ties go to the earlier node.
fn tree(counts: &[u64]) -> Vec<u8> {
    let mut leaves: Vec<(u64, usize)> = counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(symbol, count)| (*count, symbol))
        .collect();
    leaves.sort_unstable();
    // Nodes in the order in which they are made: the leaves, then their pairs, whose weights rise as well.
    let mut weights: Vec<u64> = leaves.iter().map(|(count, _)| *count).collect();
    let mut parents = vec![0; (2 * leaves.len()).saturating_sub(1)];
    let (mut leaf, mut pair) = (0, leaves.len());
    while weights.len() < parents.len() {
        let next = weights.len();
        let mut sum = 0;
        for _ in 0..2 {
            let take_leaf = leaf < leaves.len() && (pair >= next || weights[leaf] <= weights[pair]);
            let taken = if take_leaf { &mut leaf } else { &mut pair };
            sum += weights[*taken];
            parents[*taken] = next;
            *taken += 1;
        }
        weights.push(sum);
    }
    let mut depths = vec![0_u8; parents.len()];
    for node in (0..parents.len().saturating_sub(1)).rev() {
        depths[node] = depths[parents[node]].saturating_add(1);
    }
    let mut lengths = vec![0; counts.len()];
    for (depth, (_, symbol)) in depths.iter().zip(&leaves) {
        lengths[*symbol] = *depth;
    }
    lengths
}

/// Bits in the order of the format, lowest first.
struct Bits {
    bytes: Vec<u8>,
    buffer: u64,
    count: u8,
}

impl Bits {
    /// At most 16 bits at a time.
    fn put(&mut self, bits: u64, count: u8) {
        self.buffer |= bits << self.count;
        self.count += count;
        if self.count >= 32 {
            self.bytes.extend_from_slice(&self.buffer.to_le_bytes()[..4]);
            self.buffer >>= 32;
            self.count -= 32;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        let rest = usize::from(self.count.div_ceil(8));
        self.bytes.extend_from_slice(&self.buffer.to_le_bytes()[..rest]);
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Unpacks with another's inflater and compares.
    fn returns(pixels: &[u8], width: usize) {
        let file = crate::raster::file(pixels, width, pixels.len() / 4 / width, 300.0);
        let mut reader = png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
        let mut unpacked = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut unpacked).unwrap();
        reader.finish().unwrap();
        let colors: Vec<u8> = pixels.chunks_exact(4).flat_map(|pixel| pixel[..3].to_vec()).collect();
        assert!(unpacked == colors, "{width} wide, {} pixels", colors.len() / 3);
    }

    #[test]
    fn pictures_come_back_as_they_were() {
        // One pixel, one colour, every colour once, wider than a match reaches.
        returns(&[1, 2, 3, 255], 1);
        for width in [1, 2, 85, 86, 87, 172, 1800, 10_922, 10_923, 40_000] {
            returns(&[200, 100, 50, 255].repeat(width * 3), width);
        }
        let ramp: Vec<u8> =
            (0..=255).flat_map(|a: u8| (0..=255).flat_map(move |b: u8| [a, b, a ^ b, 255])).collect();
        returns(&ramp, 256);
    }

    #[test]
    fn very_uneven_counts_keep_codes_short() {
        // Fibonacci counts give the deepest tree.
        let mut counts = vec![1_u32, 1];
        while counts.len() < 40 {
            counts.push(counts[counts.len() - 1] + counts[counts.len() - 2]);
        }
        for longest in [LONGEST_LENGTH_CODE, LONGEST_CODE] {
            let lengths = Code::of(&counts[..19.min(counts.len())], longest).lengths;
            assert!(lengths.iter().all(|length| (1..=longest).contains(length)), "{lengths:?}");
            let sum: f64 = lengths.iter().map(|length| 0.5f64.powi(i32::from(*length))).sum();
            assert!((sum - 1.0).abs() < 1e-9, "the code is whole: {sum}");
        }
        assert!(tree(&counts.iter().map(|count| u64::from(*count)).collect::<Vec<_>>())[0] > LONGEST_CODE);
        assert_eq!(Code::of(&counts, LONGEST_CODE).lengths.iter().max(), Some(&15));
    }

    proptest! {
        #[test]
        fn any_picture_comes_back(
            width in 1usize..300, height in 1usize..12,
            colors in proptest::collection::vec(any::<[u8; 3]>(), 1..6),
            picks in proptest::collection::vec((0usize..6, 1usize..400), 1..200),
        ) {
            let stretch = picks.iter().flat_map(|(color, count)| vec![colors[color % colors.len()]; *count]);
            let pixels: Vec<u8> =
                stretch.cycle().take(width * height).flat_map(|[r, g, b]| [r, g, b, 255]).collect();
            returns(&pixels, width);
        }
    }
}

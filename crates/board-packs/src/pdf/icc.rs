//! The sRGB colour space (IEC 61966-2-1) as an ICC profile of version 4: what the colours of a pack mean on paper.

/// s15Fixed16 numbers, as the profile stores them.
type Fixed = u32;

/// Reference white of the profile connection space, D50.
const WHITE: [Fixed; 3] = [0xf6d6, 0x1_0000, 0xd32d];
/// The primaries of sRGB, adapted from D65 to D50.
const RED: [Fixed; 3] = [0x6fa2, 0x38f5, 0x0390];
const GREEN: [Fixed; 3] = [0x6299, 0xb785, 0x18da];
const BLUE: [Fixed; 3] = [0x24a0, 0x0f84, 0xb6cf];
/// The adaptation itself (Bradford).
const ADAPTATION: [Fixed; 9] = [
    0x0001_0c42,
    0x0000_05de,
    0xffff_f325,
    0x0000_0793,
    0x0000_fd90,
    0xffff_fba1,
    0xffff_fda2,
    0x0000_03dc,
    0x0000_c06e,
];
/// Gamma 2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045: a linear foot, then a power.
const CURVE: [Fixed; 5] = [0x0002_6666, 0xf2a7, 0x0d59, 0x13d0, 0x0a5b];

/// The profile's bytes.
pub(super) fn srgb() -> Vec<u8> {
    let curve = [b"para\0\0\0\0\0\x03\0\0".to_vec(), fixed(&CURVE)].concat();
    let xyz = |value: &[Fixed]| [b"XYZ \0\0\0\0".to_vec(), fixed(value)].concat();
    let tags: [(&[u8; 4], Vec<u8>); 9] = [
        (b"desc", words("sRGB IEC61966-2.1")),
        (b"cprt", words("No copyright, use freely")),
        (b"wtpt", xyz(&WHITE)),
        (b"chad", [b"sf32\0\0\0\0".to_vec(), fixed(&ADAPTATION)].concat()),
        (b"rXYZ", xyz(&RED)),
        (b"gXYZ", xyz(&GREEN)),
        (b"bXYZ", xyz(&BLUE)),
        (b"rTRC", curve),
        // Green and blue share red's curve.
        (b"gTRC", Vec::new()),
    ];
    let count = tags.len() + 1;
    let mut table = u32::try_from(count).unwrap_or(0).to_be_bytes().to_vec();
    let mut data = Vec::new();
    let base = 128 + 4 + 12 * count;
    let mut last = (0, 0);
    for (name, body) in &tags {
        if !body.is_empty() {
            last = (base + data.len(), body.len());
            data.extend_from_slice(body);
            data.resize(data.len().next_multiple_of(4), 0);
        }
        entry(&mut table, **name, last);
    }
    entry(&mut table, *b"bTRC", last);
    let size = base + data.len();
    let mut profile = header(size);
    profile.extend(table);
    profile.extend(data);
    profile
}

fn header(size: usize) -> Vec<u8> {
    let mut header = u32::try_from(size).unwrap_or(0).to_be_bytes().to_vec();
    header.extend_from_slice(b"\0\0\0\0\x04\x30\0\0mntrRGB XYZ ");
    // Made on 1 January 2026, midnight.
    for part in [2026_u16, 1, 1, 0, 0, 0] {
        header.extend_from_slice(&part.to_be_bytes());
    }
    header.extend_from_slice(b"acsp");
    header.resize(68, 0);
    header.extend(fixed(&WHITE));
    header.resize(128, 0);
    header
}

fn entry(table: &mut Vec<u8>, name: [u8; 4], (at, length): (usize, usize)) {
    table.extend_from_slice(&name);
    for value in [at, length] {
        table.extend_from_slice(&u32::try_from(value).unwrap_or(0).to_be_bytes());
    }
}

fn fixed(values: &[Fixed]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

/// Text in one language (`mluc`).
fn words(text: &str) -> Vec<u8> {
    let text: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut tag = b"mluc\0\0\0\0\0\0\0\x01\0\0\0\x0cenUS".to_vec();
    tag.extend_from_slice(&u32::try_from(text.len()).unwrap_or(0).to_be_bytes());
    tag.extend_from_slice(&28_u32.to_be_bytes());
    tag.extend(text);
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_is_whole() {
        let profile = srgb();
        let number = |at: usize| u32::from_be_bytes(profile[at..at + 4].try_into().unwrap()) as usize;
        assert_eq!(number(0), profile.len());
        assert_eq!(&profile[36..40], b"acsp");
        assert_eq!(number(128), 10);
        for tag in 0..10 {
            let at = 132 + 12 * tag;
            assert!(number(at + 4) % 4 == 0 && number(at + 4) + number(at + 8) <= profile.len());
        }
        // The primaries add up to white to within 0.0002, as they must for grey to stay grey.
        for axis in 0..3 {
            let sum = RED[axis] + GREEN[axis] + BLUE[axis];
            assert!(sum.abs_diff(WHITE[axis]) <= 13, "{sum:x}");
        }
    }
}

//! The fingerprint as a QR code in one shape, and the logo's place on the cover.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

use super::drawing::{Frame, Pen, transform};
use super::ink::Ink;
use crate::PackError;
use crate::text::Mp;

/// A QR code that holds these digits, with the digits as its alternative text.
pub(super) fn draw(pen: &mut Pen<'_>, digits: &str, frame: Frame) -> Result<String, PackError> {
    let code = QrCode::encode_text(digits, QrCodeEcc::Medium)
        .map_err(|error| PackError::Container(error.to_string()))?;
    let side = code.size();
    let mut steps = String::new();
    for y in 0..side {
        let mut x = 0;
        while x < side {
            // Dark modules in a row are one rectangle.
            let length = (x..side).take_while(|x| code.get_module(*x, y)).count();
            let end = x + i32::try_from(length).unwrap_or(0);
            if length > 0 {
                let _ = write!(
                    steps,
                    "<a:moveTo><a:pt x=\"{x}\" y=\"{y}\"/></a:moveTo><a:lnTo><a:pt x=\"{end}\" y=\"{y}\"/></a:lnTo><a:lnTo>\
                     <a:pt x=\"{end}\" y=\"{below}\"/></a:lnTo><a:lnTo><a:pt x=\"{x}\" y=\"{below}\"/></a:lnTo><a:close/>",
                    below = y + 1
                );
            }
            x = end.max(x + 1);
        }
    }
    let id = pen.id();
    Ok(format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"QR code {id}\" descr=\"{digits}\"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr>\
         <p:spPr>{}<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l=\"0\" t=\"0\" r=\"r\" b=\"b\"/><a:pathLst>\
         <a:path w=\"{side}\" h=\"{side}\">{steps}</a:path></a:pathLst></a:custGeom>{}<a:ln><a:noFill/></a:ln></p:spPr>\
         </p:sp>",
        transform(frame, "a", ""),
        Ink::Text.fill()
    ))
}

/// The greatest box of a PNG's proportions at the left of a frame; the frame itself where its header cannot be read.
pub(super) fn contained(png: &[u8], [left, top, width, height]: Frame) -> Frame {
    let side = |at: usize| -> Option<i64> {
        let bytes: [u8; 4] = png.get(at..at + 4)?.try_into().ok()?;
        Some(i64::from(u32::from_be_bytes(bytes))).filter(|side| (1..=1 << 20).contains(side))
    };
    let (Some(across), Some(down)) = (side(16), side(20)) else { return [left, top, width, height] };
    let narrowed = |length: i64| Mp::try_from(length).unwrap_or(width).max(1);
    let (full_width, full_height) = (i64::from(width), i64::from(height));
    if across * full_height > down * full_width {
        let high = narrowed(full_width * down / across);
        [left, top + (height - high) / 2, width, high]
    } else {
        [left, top, narrowed(full_height * across / down), height]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(width: u32, height: u32) -> Vec<u8> {
        let mut png = vec![0; 16];
        png.extend(width.to_be_bytes());
        png.extend(height.to_be_bytes());
        png
    }

    #[test]
    fn a_logo_keeps_its_proportions_inside_its_place() {
        let frame = [10, 20, 400, 100];
        assert_eq!(contained(&header(800, 100), frame), [10, 45, 400, 50]);
        assert_eq!(contained(&header(50, 50), frame), [10, 20, 100, 100]);
        assert_eq!(contained(&header(0, 50), frame), frame);
        assert_eq!(contained(b"not a picture", frame), frame);
        assert_eq!(contained(&header(u32::MAX, 1), frame), frame);
    }
}

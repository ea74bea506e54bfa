//! A PNG from outside as plain pixels. Decodes within bounds; scales nothing.

use crate::PackError;

/// Most pixels to a side.
const MAX_SIDE: u32 = 2000;

/// Decoded pixels, row by row from the top.
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Three bytes a pixel.
    pub(crate) rgb: Vec<u8>,
    /// One byte a pixel; `None` where every pixel is opaque.
    pub(crate) alpha: Option<Vec<u8>>,
}

impl Picture {
    /// Decodes a PNG of any colour type; refuses what is none, or larger than 2,000 pixels to a side.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, PackError> {
        let refuse = |reason: String| PackError::Plan {
            reason: format!("the logo is no PNG that can be used: {reason}"),
        };
        let mut decoder =
            png::Decoder::new_with_limits(std::io::Cursor::new(bytes), png::Limits { bytes: 64 << 20 });
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().map_err(|error| refuse(error.to_string()))?;
        let (width, height) = (reader.info().width, reader.info().height);
        if width > MAX_SIDE || height > MAX_SIDE {
            return Err(refuse(format!("{width} × {height} pixels are more than {MAX_SIDE} to a side")));
        }
        let size = reader.output_buffer_size().ok_or_else(|| refuse("its size is not known".into()))?;
        let mut pixels = vec![0; size];
        let frame = reader.next_frame(&mut pixels).map_err(|error| refuse(error.to_string()))?;
        pixels.truncate(frame.buffer_size());
        let (rgb, alpha): (Vec<u8>, Vec<u8>) = match frame.color_type {
            png::ColorType::Rgb => (pixels, Vec::new()),
            png::ColorType::Rgba => {
                let rgb = pixels.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
                (rgb, pixels.chunks_exact(4).map(|pixel| pixel[3]).collect())
            }
            png::ColorType::Grayscale => (pixels.iter().flat_map(|grey| [*grey; 3]).collect(), Vec::new()),
            png::ColorType::GrayscaleAlpha => {
                let rgb = pixels.chunks_exact(2).flat_map(|pixel| [pixel[0]; 3]).collect();
                (rgb, pixels.chunks_exact(2).map(|pixel| pixel[1]).collect())
            }
            png::ColorType::Indexed => return Err(refuse("its palette is missing".into())),
        };
        let alpha = alpha.iter().any(|alpha| *alpha < 255).then_some(alpha);
        Ok(Self { width, height, rgb, alpha })
    }
}

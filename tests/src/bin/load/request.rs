//! One request at a time over a connection that stays open: just enough HTTP for the publisher.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A connection for requests with a body.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::with_capacity(4096) }
    }

    /// Posts a body and returns the answer's; any status that is no success is a failure of the run.
    pub(crate) async fn post(&mut self, path: &str, headers: &str, body: &[u8]) -> String {
        let mut request =
            format!("POST {path} HTTP/1.1\r\nHost: load\r\n{headers}Content-Length: {}\r\n\r\n", body.len())
                .into_bytes();
        request.extend_from_slice(body);
        self.stream.write_all(&request).await.expect("the server reads");
        self.buffer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await.expect("the server answers");
            assert!(read > 0, "the server closed the connection");
            if let Some(answer) = self.whole() {
                return answer;
            }
        }
    }

    fn whole(&self) -> Option<String> {
        let end = self.buffer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
        let head = std::str::from_utf8(&self.buffer[..end]).unwrap().to_ascii_lowercase();
        let body = &self.buffer[end..];
        let status = head.split(' ').nth(1).unwrap();
        let complete = match head.lines().find_map(|line| line.strip_prefix("content-length:")) {
            Some(length) => body.len() >= length.trim().parse().unwrap(),
            None => body.ends_with(b"0\r\n\r\n"),
        };
        let text = complete.then(|| String::from_utf8_lossy(body).into_owned())?;
        assert!(status.starts_with('2'), "{status}: {text}");
        Some(text)
    }
}

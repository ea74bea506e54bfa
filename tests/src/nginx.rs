//! A real nginx before the servers of a test, as an operator would put one there. Not a stand-in for one.

use std::{
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use crate::{free_port, wait_for};

/// A running nginx; ends when dropped.
pub struct Nginx {
    folder: TempDir,
    child: Child,
    port: u16,
}

/// What nginx does with streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Streams {
    /// Passes them on as they come.
    Pass,
    /// Collects them in its buffers, and does not listen to a server that asks it not to.
    Buffer,
}

impl Nginx {
    /// Starts one before these servers.
    pub fn start(servers: &[SocketAddr], streams: Streams) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let place = folder.path().display();
        let servers: Vec<_> =
            servers.iter().map(|server| format!("server {server} max_fails=1 fail_timeout=1s;\n")).collect();
        let upstream = servers.concat();
        let buffering = match streams {
            Streams::Pass => "proxy_buffering off;",
            Streams::Buffer => "proxy_buffering on; proxy_ignore_headers X-Accel-Buffering;",
        };
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|what| format!("{what}_temp_path {place}/{what};\n"))
            .concat();
        let text = format!(
            "daemon off;\nmaster_process off;\npid {place}/pid;\nerror_log {place}/error.log warn;\n\
             events {{ worker_connections 1024; }}\n\
             http {{\naccess_log off;\n{temporary}\
             upstream boardroom {{\n{upstream}}}\n\
             server {{\nlisten 127.0.0.1:{port};\nclient_max_body_size 64m;\n\
             location / {{\nproxy_pass http://boardroom;\nproxy_http_version 1.1;\n\
             proxy_set_header Connection \"\";\nproxy_set_header Host $host;\nproxy_connect_timeout 2s;\n\
             proxy_read_timeout 60s;\n{buffering}\n}}\n}}\n}}\n"
        );
        let config = folder.path().join("nginx.conf");
        std::fs::write(&config, text).unwrap();
        let log = std::fs::File::create(folder.path().join("output")).unwrap();
        let child = Command::new("nginx")
            .arg("-c")
            .arg(&config)
            .arg("-e")
            .arg(folder.path().join("error.log"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("nginx is installed (nginx)");
        let mut nginx = Self { folder, child, port };
        wait_for("nginx", Duration::from_secs(20), || {
            let ended = nginx.child.try_wait().unwrap();
            assert!(ended.is_none(), "nginx ended: {}", nginx.said());
            std::net::TcpStream::connect(("127.0.0.1", nginx.port)).ok()
        });
        nginx
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn said(&self) -> String {
        ["output", "error.log"]
            .map(|name| std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default())
            .concat()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

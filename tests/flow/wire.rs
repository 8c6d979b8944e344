//! A wire between a client and a server, which a test can cut, pull out, or let go silent.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

/// Connections waiting to be accepted; the tests need a few.
const BACKLOG: u32 = 128;

/// A TCP proxy on a port of its own.
pub struct Wire {
    address: SocketAddr,
    flow: watch::Sender<Flow>,
}

#[derive(Clone, Copy, PartialEq)]
enum Flow {
    /// Everything passes. The number tells one time from the next.
    Open(u32),
    /// Connections are refused, as if no server ran.
    Out,
    /// Connections stay, nothing passes, and nobody is told.
    Silent,
}

impl Wire {
    /// A wire to `host:port`.
    pub async fn to(target: String) -> Self {
        let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (flow, state) = watch::channel(Flow::Open(0));
        tokio::spawn(keep(listener, address, target, state));
        Self { address, flow }
    }

    /// Where clients connect.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Cuts every connection; new ones are let through.
    pub fn cut(&self) {
        self.flow.send_modify(|flow| {
            *flow = match *flow {
                Flow::Open(times) => Flow::Open(times + 1),
                Flow::Out | Flow::Silent => Flow::Open(0),
            }
        });
    }

    /// Cuts every connection, and refuses new ones.
    pub fn pull_out(&self) {
        self.flow.send_replace(Flow::Out);
    }

    /// From now on nothing passes in either direction, and nobody is told.
    pub fn silence(&self) {
        self.flow.send_replace(Flow::Silent);
    }

    /// Lets everything through again; connections that were silent are cut.
    pub fn mend(&self) {
        self.cut();
    }
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn keep(
    first: TcpListener,
    address: SocketAddr,
    target: String,
    mut flow: watch::Receiver<Flow>,
) {
    let mut listener = Some(first);
    loop {
        if *flow.borrow_and_update() == Flow::Out {
            listener = None;
            if flow.changed().await.is_err() {
                return;
            }
            continue;
        }
        let open = listener.get_or_insert_with(|| listen(address).expect("the port is still ours"));
        tokio::select! {
            changed = flow.changed() => if changed.is_err() { return },
            accepted = open.accept() => if let Ok((from, _)) = accepted {
                tokio::spawn(pass(from, target.clone(), flow.clone()));
            }
        }
    }
}

/// Passes one connection until the flow changes; a wire that was dropped passes nothing.
async fn pass(mut from: TcpStream, target: String, mut flow: watch::Receiver<Flow>) {
    if *flow.borrow_and_update() == Flow::Silent {
        flow.changed().await.ok();
        return;
    }
    // A server that is away is seen as a connection that ends at once.
    let Ok(mut to) = TcpStream::connect(&target).await else {
        return;
    };
    tokio::select! {
        _ = copy_bidirectional(&mut from, &mut to) => {}
        changed = flow.changed() => {
            if changed.is_ok() && *flow.borrow_and_update() == Flow::Silent {
                flow.changed().await.ok();
            }
        }
    }
}

//! What the fuzz targets share with `tests/trust/replay.rs`, which runs the same bodies over what
//! was kept.

pub mod bodies;
#[path = "../trust/tree.rs"]
mod tree;

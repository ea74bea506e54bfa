//! The logical structure of the document: what each stretch of content is, in reading order. Not where it stands.

use crate::text::Mp;

/// Index of a node in its [`Tree`].
pub(super) type NodeId = usize;

/// Standard structure types, as far as packs need them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Document,
    Section,
    Heading(u8),
    Paragraph,
    List { numbered: bool },
    Item,
    Label,
    Body,
    Table,
    Row,
    ColumnHeader,
    RowHeader,
    Cell,
    Caption,
    Figure,
    Contents,
    ContentsItem,
    Link,
}

impl Role {
    /// The name ISO 32000-1, 14.8.4 gives it.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::Document => "Document",
            Self::Section => "Sect",
            Self::Heading(1) => "H1",
            Self::Heading(2) => "H2",
            Self::Heading(_) => "H3",
            Self::Paragraph => "P",
            Self::List { .. } => "L",
            Self::Item => "LI",
            Self::Label => "Lbl",
            Self::Body => "LBody",
            Self::Table => "Table",
            Self::Row => "TR",
            Self::ColumnHeader | Self::RowHeader => "TH",
            Self::Cell => "TD",
            Self::Caption => "Caption",
            Self::Figure => "Figure",
            Self::Contents => "TOC",
            Self::ContentsItem => "TOCI",
            Self::Link => "Link",
        }
    }
}

/// What a node holds, in reading order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kid {
    Node(NodeId),
    /// Marked content of a page.
    Content {
        page: usize,
        mcid: i64,
    },
    /// A link annotation, by its index.
    Link(usize),
}

/// A rectangle of a page: left, top, right, bottom, measured from the page's upper left corner.
pub(super) type Area = [Mp; 4];

/// An element of the structure.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) role: Role,
    pub(super) parent: Option<NodeId>,
    pub(super) kids: Vec<Kid>,
    /// Words for who cannot see the figure.
    pub(super) alt: Option<String>,
    pub(super) area: Option<Area>,
}

/// All elements; the first is the document.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
}

/// The document's own node.
pub(super) const ROOT: NodeId = 0;

impl Tree {
    pub(super) fn new() -> Self {
        Self {
            nodes: vec![Node { role: Role::Document, parent: None, kids: Vec::new(), alt: None, area: None }],
        }
    }

    /// Adds an element as the last child of its parent.
    pub(super) fn add(&mut self, parent: NodeId, role: Role) -> NodeId {
        let id = self.nodes.len();
        self.nodes.push(Node { role, parent: Some(parent), kids: Vec::new(), alt: None, area: None });
        self.nodes[parent].kids.push(Kid::Node(id));
        id
    }
}

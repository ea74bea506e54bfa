//! The logical structure of the document: what each stretch of content is, in reading order. Not where it stands.

use crate::text::Mp;

/// Index of a node in its [`Tree`].
pub(crate) type NodeId = usize;

/// Standard structure types, as far as packs need them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Document,
    Section,
    Heading(u8),
    Paragraph,
    List {
        numbered: bool,
    },
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
    /// Words within a paragraph, in another language.
    Span,
}

impl Role {
    /// The name ISO 32000-1, 14.8.4 gives it.
    pub(crate) fn tag(self) -> &'static str {
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
            Self::Span => "Span",
        }
    }
}

/// What a node holds, in reading order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kid {
    Node(NodeId),
    /// Marked content of a page.
    Content {
        page: usize,
        mcid: usize,
    },
    /// A link annotation, by its index.
    Link(usize),
}

/// A rectangle of a page: left, top, right, bottom, measured from the page's upper left corner.
pub(crate) type Area = [Mp; 4];

/// An element of the structure.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) role: Role,
    pub(crate) parent: Option<NodeId>,
    pub(crate) kids: Vec<Kid>,
    /// Words for who cannot see the figure.
    pub(crate) alt: Option<String>,
    pub(crate) area: Option<Area>,
    /// Language tag, where it is not the parent's.
    pub(crate) lang: Option<&'static str>,
}

impl Node {
    fn new(role: Role, parent: Option<NodeId>) -> Self {
        Self { role, parent, kids: Vec::new(), alt: None, area: None, lang: None }
    }
}

/// All elements; the first is the document.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
}

/// The document's own node.
pub(crate) const ROOT: NodeId = 0;

impl Tree {
    pub(crate) fn new() -> Self {
        Self { nodes: vec![Node::new(Role::Document, None)] }
    }

    /// Adds an element as the last child of its parent.
    pub(crate) fn add(&mut self, parent: NodeId, role: Role) -> NodeId {
        let id = self.nodes.len();
        self.nodes.push(Node::new(role, Some(parent)));
        self.nodes[parent].kids.push(Kid::Node(id));
        id
    }
}

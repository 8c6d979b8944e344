//! A tree of markup that can be taken apart and put together again in any way.
//!
//! It knows no namespaces and checks nothing: what it writes is for the reader under test to judge.

/// A node: an element when it has a name, else markup that is written as it is.
#[derive(Clone)]
pub struct Node {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Self>,
    pub text: String,
}

impl Node {
    pub fn element(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            attributes: Vec::new(),
            children: Vec::new(),
            text: String::new(),
        }
    }

    pub fn text(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            ..Self::element("")
        }
    }

    /// Reads markup of elements, attributes in double quotes, and text: nothing else.
    pub fn read(markup: &str) -> Self {
        let mut open = vec![Self::element("")];
        for piece in markup.split('<').skip(1) {
            let (tag, text) = piece.split_once('>').expect("a tag ends");
            if tag.starts_with('/') {
                let closed = open.pop().expect("an element is open");
                open.last_mut().expect("its parent").children.push(closed);
            } else {
                let empty = tag.ends_with('/');
                open.push(Self::start(tag.trim_end_matches('/')));
                if empty {
                    let closed = open.pop().expect("it was just opened");
                    open.last_mut().expect("its parent").children.push(closed);
                }
            }
            if !text.is_empty() {
                open.last_mut()
                    .expect("the outermost stays")
                    .children
                    .push(Self::text(text));
            }
        }
        open.remove(0).children.remove(0)
    }

    fn start(tag: &str) -> Self {
        let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut node = Self::element(name);
        while let Some((attribute, behind)) = rest.split_once("=\"") {
            let (value, behind) = behind.split_once('"').expect("a value ends");
            node.attributes
                .push((attribute.trim().to_owned(), value.to_owned()));
            rest = behind;
        }
        node
    }

    pub fn write(&self) -> String {
        let mut out = String::new();
        self.push(&mut out);
        out
    }

    fn push(&self, out: &mut String) {
        if self.name.is_empty() {
            out.push_str(&self.text);
            return;
        }
        out.push('<');
        out.push_str(&self.name);
        for (name, value) in &self.attributes {
            out.push_str(&format!(" {name}=\"{value}\""));
        }
        out.push('>');
        self.children.iter().for_each(|child| child.push(out));
        out.push_str(&format!("</{}>", self.name));
    }

    /// The number of nodes in it, itself included.
    pub fn size(&self) -> usize {
        1 + self.children.iter().map(Self::size).sum::<usize>()
    }

    /// The node at a place in document order; 0 is itself.
    pub fn at(&mut self, place: usize) -> Option<&mut Self> {
        if place == 0 {
            return Some(self);
        }
        let mut left = place - 1;
        for child in &mut self.children {
            let size = child.size();
            if left < size {
                return child.at(left);
            }
            left -= size;
        }
        None
    }

    /// Takes the node at a place out; the root stays.
    pub fn take(&mut self, place: usize) -> Option<Self> {
        let mut left = place.checked_sub(1)?;
        for index in 0..self.children.len() {
            let size = self.children[index].size();
            if left == 0 {
                return Some(self.children.remove(index));
            }
            if left < size {
                return self.children[index].take(left);
            }
            left -= size;
        }
        None
    }

    /// The place of the first element of this name.
    pub fn find(&self, name: &str) -> Option<usize> {
        if self.name == name {
            return Some(0);
        }
        let mut before = 1;
        for child in &self.children {
            if let Some(place) = child.find(name) {
                return Some(before + place);
            }
            before += child.size();
        }
        None
    }
}

//! Coded: closed lists whose members have a code in rows, tables and the journal.
//!
//! Out:   one macro, so that a member, its code and the list of all can never fall apart.

/// A closed list: each member with its meaning and its code.
macro_rules! coded {
    (
        $(#[$meaning:meta])*
        $list:ident { $($(#[$of_member:meta])* $member:ident = $code:literal,)+ }
    ) => {
        $(#[$meaning])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $list { $($(#[$of_member])* $member,)+ }

        impl $list {
            /// Every member, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$member,)+];

            /// The code in rows, tables and the journal.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$member => $code,)+
                }
            }

            /// The member of this code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|member| member.code() == code)
            }
        }
    };
}

pub(crate) use coded;

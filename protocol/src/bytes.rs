//! Byte strings of a fixed length, written in base64url without padding (RFC 4648, section 5), canonical.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
/// A text that is not the canonical base64url of the expected number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the canonical, unpadded base64url of the expected length")]
pub struct MalformedBytes;

/// Canonical base64url, for the types of this module.
#[doc(hidden)]
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Refuses padding, blanks and trailing bits that are not zero.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, MalformedBytes> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| MalformedBytes)
}

/// Refuses another length, too.
///
/// # Errors
/// [`MalformedBytes`].
#[doc(hidden)]
pub fn decode_array<const N: usize>(text: &str) -> Result<[u8; N], MalformedBytes> {
    decode(text)?.try_into().map_err(|_| MalformedBytes)
}

#[doc(hidden)]
#[macro_export]
macro_rules! byte_type {
    ($(#[$doc:meta])* $visibility:vis struct $name:ident($length:literal);) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        $visibility struct $name([u8; $length]);

        impl $name {
            /// From its bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// Its bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::MalformedBytes;
            fn from_str(text: &str) -> Result<Self, $crate::MalformedBytes> {
                $crate::decode_array(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::MalformedBytes;
            fn try_from(text: String) -> Result<Self, $crate::MalformedBytes> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                $crate::encode(&value.0)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&$crate::encode(&self.0))
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

/// Makes a type of ids: 128 bits, written in 22 characters of base64url, canonical. Each kind of thing has a type of its
/// own, so that no id stands where another is meant. Phone and server make some that the other never sees.
///
/// ```
/// countersign_protocol::id_type! {
///     /// One page of a book.
///     pub struct PageId;
/// }
/// # fn main() {
/// let page = PageId::make(&countersign_protocol::SystemRandom);
/// assert_eq!(page.to_string().parse(), Ok(page));
/// # }
/// ```
#[macro_export]
macro_rules! id_type {
    ($(#[$doc:meta])* $visibility:vis struct $name:ident;) => {
        $crate::byte_type! {
            $(#[$doc])*
            $visibility struct $name(16);
        }

        impl $name {
            /// A new id of 128 random bits.
            #[must_use]
            pub fn make(random: &dyn $crate::Random) -> Self {
                let mut bytes = [0; 16];
                random.fill(&mut bytes);
                Self(bytes)
            }
        }
    };
}

id_type! {
    /// A person's account at one server; never changes, whatever the person is called (I15).
    pub struct AccountId;
}
id_type! {
    /// One phone of one account.
    pub struct DeviceId;
}
id_type! {
    /// One sign-in request; the same on all phones of the person.
    pub struct RequestId;
}
id_type! {
    /// One call of the phone: the member `jti` (RFC 7519, section 4.1.7).
    pub struct CallId;
}
byte_type! {
    /// SHA-256.
    pub struct Hash(32);
}
byte_type! {
    /// SHA-256 over a public key's canonical JWK (RFC 7638).
    pub struct Thumbprint(32);
}
byte_type! {
    /// The thumbprint of a server's identity key: what a phone knows a server by.
    pub struct ServerId(32);
}

impl From<Thumbprint> for ServerId {
    fn from(thumbprint: Thumbprint) -> Self {
        Self(thumbprint.0)
    }
}

impl From<ServerId> for Thumbprint {
    fn from(server: ServerId) -> Self {
        Self(server.0)
    }
}

/// SHA-256 of some bytes.
#[must_use]
pub fn hash(bytes: &[u8]) -> Hash {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    // A SHA-256 has 32 bytes.
    Hash(digest.as_ref().first_chunk().copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_22_characters_and_a_hash_43() {
        assert_eq!(RequestId::from_bytes([0xff; 16]).to_string().len(), 22);
        assert_eq!(hash(b"").to_string(), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
    }

    #[test]
    fn only_the_canonical_form_of_an_id_is_taken() {
        let id = RequestId::from_bytes([7; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        let text = id.to_string();
        let (short, _) = text.split_at(21);
        for wrong in [
            format!("{text}=="),
            format!("{text} "),
            text.replace('B', "/"),
            short.to_owned(),
            format!("{text}A"),
            // The last character carries four bits that belong to nothing.
            format!("{short}x"),
        ] {
            assert_eq!(wrong.parse::<RequestId>(), Err(MalformedBytes), "{wrong}");
        }
    }
}

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use uniffi_bindgen::macro_metadata::extract_from_bytes;
use uniffi_meta::{
    FieldMetadata, FnParamMetadata, Metadata, MethodMetadata, TraitMethodMetadata, Type, UniffiTraitMetadata,
};

use crate::Failure;

/// A text, a byte string or a list of numbers that crosses between core and shell: what could carry a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Crossing {
    /// Which way.
    pub direction: Direction,
    /// The member of a type, the argument of a function, or with nothing between its brackets the function's result.
    pub place: String,
    /// What it is to a shell: `String`, `ByteArray`, or a name for one of them.
    pub kind: String,
}

/// Which way something crosses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// From the core to a shell.
    Out,
    /// From a shell to the core.
    In,
}

impl Direction {
    fn back(self) -> Self {
        match self {
            Self::Out => Self::In,
            Self::In => Self::Out,
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Out => "out",
            Self::In => "in",
        })
    }
}

impl fmt::Display for Crossing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<3}  {}  {}", self.direction, self.place, self.kind)
    }
}

/// All that crosses, by the description that the library has of itself, in order.
///
/// # Errors
/// The bytes are no library, or one without a description: stripped, or without uniffi.
pub fn crossings(library: &[u8]) -> Result<BTreeSet<Crossing>, Failure> {
    let items = extract_from_bytes(library)?;
    if items.is_empty() {
        return Err("the library says nothing of itself: it is stripped, or not a library of uniffi".into());
    }
    Ok(Face::of(&items).all(&items))
}

/// The members of the types that travel by value.
#[derive(Default)]
struct Face<'a> {
    members: BTreeMap<&'a str, Vec<(String, &'a Type)>>,
}

impl<'a> Face<'a> {
    fn of(items: &'a [Metadata]) -> Self {
        let mut face = Self::default();
        for item in items {
            match item {
                Metadata::Record(record) => {
                    face.members.insert(&record.name, members(&record.name, &record.fields));
                }
                Metadata::Enum(choice) => {
                    let variants = choice.variants.iter();
                    let fields = variants.flat_map(|variant| {
                        members(&format!("{}.{}", choice.name, variant.name), &variant.fields)
                    });
                    face.members.insert(&choice.name, fields.collect());
                }
                _ => {}
            }
        }
        face
    }

    fn all(&self, items: &[Metadata]) -> BTreeSet<Crossing> {
        let mut walk = Walk { face: self, seen: BTreeSet::new(), found: BTreeSet::new() };
        for item in items {
            match item {
                Metadata::Func(it) => {
                    walk.call(Direction::In, &it.name, &it.inputs, &it.return_type, &it.throws)
                }
                Metadata::Constructor(it) => {
                    let name = format!("{}.{}", it.self_name, it.name);
                    walk.call(Direction::In, &name, &it.inputs, &None, &it.throws);
                }
                Metadata::Method(it) => walk.method(it),
                Metadata::UniffiTrait(it) => walk.methods_of_trait(it),
                // A shell makes these and the core calls them: everything goes the other way.
                Metadata::TraitMethod(TraitMethodMetadata {
                    trait_name,
                    name,
                    inputs,
                    return_type,
                    throws,
                    ..
                }) => {
                    walk.call(Direction::Out, &format!("{trait_name}.{name}"), inputs, return_type, throws);
                }
                // Read above, or without a member of its own.
                Metadata::Record(_)
                | Metadata::Enum(_)
                | Metadata::CustomType(_)
                | Metadata::Object(_)
                | Metadata::CallbackInterface(_)
                | Metadata::ObjectTraitImpl(_)
                | Metadata::Namespace(_)
                | Metadata::UdlFile(_) => {}
            }
        }
        walk.found
    }
}

fn members<'a>(owner: &str, fields: &'a [FieldMetadata]) -> Vec<(String, &'a Type)> {
    fields.iter().map(|field| (format!("{owner}.{}", field.name), &field.ty)).collect()
}

struct Walk<'a> {
    face: &'a Face<'a>,
    /// Types whose members were looked at, in each direction.
    seen: BTreeSet<(Direction, String)>,
    found: BTreeSet<Crossing>,
}

impl Walk<'_> {
    fn method(&mut self, method: &MethodMetadata) {
        let name = format!("{}.{}", method.self_name, method.name);
        self.call(Direction::In, &name, &method.inputs, &method.return_type, &method.throws);
    }

    fn methods_of_trait(&mut self, implemented: &UniffiTraitMetadata) {
        match implemented {
            UniffiTraitMetadata::Debug { fmt } | UniffiTraitMetadata::Display { fmt } => self.method(fmt),
            UniffiTraitMetadata::Eq { eq, ne } => [eq, ne].into_iter().for_each(|it| self.method(it)),
            UniffiTraitMetadata::Hash { hash } => self.method(hash),
            UniffiTraitMetadata::Ord { cmp } => self.method(cmp),
        }
    }

    /// Arguments go `way`; result and error come back.
    fn call(
        &mut self,
        way: Direction,
        name: &str,
        inputs: &[FnParamMetadata],
        result: &Option<Type>,
        error: &Option<Type>,
    ) {
        for input in inputs {
            self.visit(way, &format!("{name}({})", input.name), &input.ty);
        }
        for back in [result, error].into_iter().flatten() {
            self.visit(way.back(), &format!("{name}()"), back);
        }
    }

    fn visit(&mut self, direction: Direction, place: &str, kind: &Type) {
        match kind {
            Type::String => self.add(direction, place, "String"),
            Type::Bytes => self.add(direction, place, "ByteArray"),
            Type::Custom { name, builtin, .. } => {
                if carries(builtin) {
                    self.add(direction, place, name);
                } else {
                    self.visit(direction, place, builtin);
                }
            }
            Type::Sequence { inner_type } | Type::Set { inner_type } if is_number(inner_type) => {
                self.add(direction, place, "numbers");
            }
            Type::Optional { inner_type }
            | Type::Sequence { inner_type }
            | Type::Set { inner_type }
            | Type::Box { inner_type } => self.visit(direction, place, inner_type),
            Type::Map { key_type, value_type } => {
                self.visit(direction, place, key_type);
                self.visit(direction, place, value_type);
            }
            Type::Record { name, .. } | Type::Enum { name, .. } => {
                if self.seen.insert((direction, name.clone())) {
                    for (place, kind) in self.face.members.get(name.as_str()).into_iter().flatten() {
                        self.visit(direction, place, kind);
                    }
                }
            }
            // A handle: what it lets out is what its methods return.
            Type::Object { .. } | Type::CallbackInterface { .. } => {}
            Type::Boolean | Type::Timestamp | Type::Duration | Type::Float32 | Type::Float64 => {}
            Type::UInt8 | Type::Int8 | Type::UInt16 | Type::Int16 => {}
            Type::UInt32 | Type::Int32 | Type::UInt64 | Type::Int64 => {}
        }
    }

    fn add(&mut self, direction: Direction, place: &str, kind: &str) {
        let (place, kind) = (place.to_owned(), kind.to_owned());
        self.found.insert(Crossing { direction, place, kind });
    }
}

/// Whether a text or bytes are anywhere in it.
fn carries(kind: &Type) -> bool {
    kind.iter_types().any(|part| {
        matches!(part, Type::String | Type::Bytes)
            || matches!(part, Type::Sequence { inner_type } | Type::Set { inner_type } if is_number(inner_type))
    })
}

fn is_number(kind: &Type) -> bool {
    matches!(
        kind,
        Type::UInt8
            | Type::Int8
            | Type::UInt16
            | Type::Int16
            | Type::UInt32
            | Type::Int32
            | Type::UInt64
            | Type::Int64
            | Type::Float32
            | Type::Float64
    )
}

#[cfg(test)]
mod tests {
    use uniffi_meta::{EnumMetadata, EnumShape, FnMetadata, RecordMetadata, VariantMetadata};

    use super::*;

    fn field(name: &str, ty: Type) -> FieldMetadata {
        FieldMetadata { name: name.into(), orig_name: None, ty, default: None, docstring: None }
    }

    fn record(name: &str, fields: Vec<FieldMetadata>) -> Metadata {
        let (name, module_path) = (name.into(), "x".into());
        Metadata::Record(RecordMetadata {
            module_path,
            name,
            orig_name: None,
            remote: false,
            fields,
            docstring: None,
        })
    }

    fn row() -> Type {
        Type::Record { module_path: "x".into(), name: "Row".into() }
    }

    fn list(inner: Type) -> Type {
        Type::Sequence { inner_type: Box::new(inner) }
    }

    fn returns(name: &str, result: Type, throws: Option<Type>) -> Metadata {
        Metadata::Func(FnMetadata {
            module_path: "x".into(),
            name: name.into(),
            orig_name: None,
            is_async: false,
            inputs: vec![],
            return_type: Some(result),
            throws,
            checksum: None,
            docstring: None,
        })
    }

    fn lines(items: &[Metadata]) -> Vec<String> {
        Face::of(items).all(items).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn members_are_found_through_lists_options_and_records() {
        let inner = Type::Optional { inner_type: Box::new(Type::Bytes) };
        let items = [
            record("Row", vec![field("key", inner), field("id", Type::UInt64)]),
            returns("rows", list(row()), None),
        ];
        assert_eq!(lines(&items), ["out  Row.key  ByteArray"]);
    }

    #[test]
    fn a_list_of_numbers_counts_as_bytes() {
        let items = [record("Row", vec![field("key", list(Type::UInt16))]), returns("row", row(), None)];
        assert_eq!(lines(&items), ["out  Row.key  numbers"]);
    }

    #[test]
    fn what_an_error_carries_goes_out() {
        let variant = VariantMetadata {
            name: "Bad".into(),
            orig_name: None,
            discr: None,
            fields: vec![field("text", Type::String)],
            docstring: None,
        };
        let error = Metadata::Enum(EnumMetadata {
            module_path: "x".into(),
            name: "Fault".into(),
            orig_name: None,
            shape: EnumShape::Error { flat: false },
            remote: false,
            variants: vec![variant],
            discr_type: None,
            non_exhaustive: false,
            docstring: None,
        });
        let thrown = Type::Enum { module_path: "x".into(), name: "Fault".into() };
        assert_eq!(
            lines(&[error, returns("go", Type::Boolean, Some(thrown))]),
            ["out  Fault.Bad.text  String"]
        );
    }

    #[test]
    fn a_name_for_a_text_stays_its_name() {
        let name = Type::Custom {
            module_path: "x".into(),
            name: "AccountId".into(),
            builtin: Box::new(Type::String),
        };
        let number =
            Type::Custom { module_path: "x".into(), name: "Seconds".into(), builtin: Box::new(Type::Int64) };
        assert_eq!(
            lines(&[returns("id", name, None), returns("now", number, None)]),
            ["out  id()  AccountId"]
        );
    }

    #[test]
    fn what_the_core_calls_goes_the_other_way() {
        let method = Metadata::TraitMethod(TraitMethodMetadata {
            module_path: "x".into(),
            trait_name: "KeyStore".into(),
            index: 0,
            name: "swap".into(),
            orig_name: None,
            is_async: false,
            inputs: vec![FnParamMetadata::simple("key", Type::Bytes)],
            return_type: Some(Type::String),
            throws: None,
            takes_self_by_arc: false,
            checksum: None,
            docstring: None,
        });
        assert_eq!(lines(&[method]), ["out  KeyStore.swap(key)  ByteArray", "in   KeyStore.swap()  String"]);
    }

    #[test]
    fn a_library_without_a_description_is_refused() {
        assert!(crossings(b"no library").is_err());
    }
}

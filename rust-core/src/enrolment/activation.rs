use countersign_protocol::{ActivationLink, BaseUrl, LinkRefused, TypedCode, TypedPin};

use super::{Offer, Refusal};

/// What a person typed because the QR code could not be scanned (S25). Who the server is stands in the statement that
/// is then fetched from it.
#[derive(Debug)]
pub struct TypedActivation {
    /// Where the server statement is fetched; without a path.
    pub origin: BaseUrl,
    /// What stood behind `#`, where the server's certificate is not public.
    pub pin: Option<TypedPin>,
    /// The activation code.
    pub code: TypedCode,
}

/// Reads what a person typed from the page "Can't scan the QR image" (S25): the code, and the address, whose
/// `https://` may be left out.
///
/// # Errors
/// [`Refusal::TypedCode`] or [`Refusal::TypedAddress`], by which of the two is wrong; the code is looked at first.
pub fn read_typed(code: &str, address: &str) -> Result<Offer, Refusal> {
    let code = TypedCode::typed(code).ok_or(Refusal::TypedCode)?;
    let (address, pin) = match address.trim().split_once('#') {
        Some((address, pin)) => (address, Some(TypedPin::typed(pin).ok_or(Refusal::TypedAddress)?)),
        None => (address.trim(), None),
    };
    let whole = if address.contains("://") { address.to_owned() } else { format!("https://{address}") };
    let base = BaseUrl::typed(&whole).map_err(|_| Refusal::TypedAddress)?;
    Ok(Offer::TypedActivation(TypedActivation { origin: base.origin(), pin, code }))
}

pub(super) fn read_link(text: &str) -> Result<ActivationLink, Refusal> {
    ActivationLink::parse(text).map_err(|refused| match refused {
        LinkRefused::Version => Refusal::ActivationNewer,
        LinkRefused::Foreign | LinkRefused::Damaged => Refusal::ActivationDamaged,
    })
}

//! The style sheet, the script and the icon. Their names change with their content, so browsers may keep them.

use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse as _;

use super::elsewhere::{Elsewhere, PageResult};
use crate::pages::{Asset, Trouble};

pub(super) async fn get(Path(name): Path<String>) -> PageResult {
    let asset = Asset::named(&name).ok_or(Elsewhere::Trouble(Trouble::NotFound))?;
    let headers = [
        (header::CONTENT_TYPE, asset.media_type()),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, asset.body()).into_response())
}

//! Writes the bindings for Kotlin and Swift.

fn main() {
    uniffi::uniffi_bindgen_main()
}

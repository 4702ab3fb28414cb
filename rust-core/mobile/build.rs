//! How the library is linked for Android; elsewhere the linker's own way is right.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_CFG_TARGET_OS").is_some_and(|os| os == "android") {
        // Android 15 may have pages of 16 KiB.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,max-page-size=16384");
        // 120 kB less; the loader reads relocations in this form since Android 11, the oldest that the app runs on.
        println!("cargo:rustc-cdylib-link-arg=-Wl,--pack-dyn-relocs=relr");
    }
}

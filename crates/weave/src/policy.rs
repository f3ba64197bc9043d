//! The content security policy that each page states: nothing from elsewhere, nothing sent anywhere,
//! and no script but the book's own.
//!
//! mdBook writes a few scripts into its pages; the policy names them by their hashes, so that no other
//! would run. Styles are let in as they stand, because figures and formulas carry attributes of style.

use anyhow::{Result, anyhow};
use base64::Engine;
use regex::Regex;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Everything that a page may do; scripts that stand in it are added.
///
/// Workers are of the page's own making (`blob:`), and run WebAssembly; images are files, or drawn by
/// the theme as data; the service worker fetches the site's own files.
const POLICY: &str = "default-src 'none'; img-src 'self' data:; font-src 'self'; \
     style-src 'self' 'unsafe-inline'; connect-src 'self'; worker-src 'self' blob:; frame-src 'self'; \
     manifest-src 'self'; base-uri 'none'; form-action 'none'; script-src 'self' 'wasm-unsafe-eval'";

/// The page with its policy at the top of its head.
///
/// # Errors
/// If the page has no head.
pub fn stated(html: &str) -> Result<String> {
    static INLINE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?s)<script>(.*?)</script>").expect("a valid pattern"));
    let hashes: BTreeSet<String> = INLINE
        .captures_iter(html)
        .map(|script| {
            let hash = Sha256::digest(script[1].as_bytes());
            format!("'sha256-{}'", base64::engine::general_purpose::STANDARD.encode(hash))
        })
        .collect();
    let hashes = hashes.into_iter().collect::<Vec<_>>().join(" ");
    let head = html.find("<head>").ok_or_else(|| anyhow!("a page without a <head>"))?;
    let (before, after) = html.split_at(head + "<head>".len());
    Ok(format!(
        "{before}\n        <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY} {hashes}\">{after}"
    ))
}

#[cfg(test)]
mod tests {
    use super::stated;

    #[test]
    fn a_page_names_its_own_scripts_and_no_other() {
        let page = stated("<html><head><script>let a = 1;</script></head></html>").unwrap();
        // printf 'let a = 1;' | openssl dgst -sha256 -binary | base64
        assert!(page.contains("'sha256-xY6QKfH9PRsQnLz56nj6MBwiK5oHg+im1Jkpdp1x/Ck='"), "{page}");
        let directive = page.split("script-src").nth(1).unwrap();
        assert!(!directive.contains("unsafe-inline") && !directive.contains("'unsafe-eval'"));
        assert!(page.find("Content-Security").unwrap() < page.find("<script>").unwrap());
        assert!(stated("no page").is_err());
    }
}

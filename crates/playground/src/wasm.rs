//! The module's exports: text in, text out.
//!
//! The page asks for room with `reserve`, writes a request there, and calls `respond`; the
//! response lies behind the returned address, its length in bytes in the four bytes before it.
//! The room is given back to the allocator by `respond` and `release`.

#![allow(unsafe_code)]

#[link(wasm_import_module = "page")]
unsafe extern "C" {
    /// Shows the page what there is of an answer: text of this length at this address.
    fn draw(text: *const u8, length: usize);
}

/// Room for a request of this many bytes.
#[unsafe(no_mangle)]
extern "C" fn reserve(length: usize) -> *mut u8 {
    Box::into_raw(vec![0_u8; length].into_boxed_slice()).cast()
}

/// The address of the response to the request of this length at this address, which must come
/// from `reserve`.
#[unsafe(no_mangle)]
extern "C" fn respond(request: *mut u8, length: usize) -> *mut u8 {
    // SAFETY: the page passes on exactly what `reserve` gave it.
    let request = unsafe { Vec::from_raw_parts(request, length, length) };
    let response = match String::from_utf8(request) {
        Ok(request) => crate::answer(&request, &mut |text| {
            // SAFETY: the page reads the text and keeps nothing of it.
            unsafe { draw(text.as_ptr(), text.len()) }
        }),
        Err(_) => r#"{"error":"the request is not UTF-8"}"#.to_owned(),
    };
    let mut framed = (response.len() as u32).to_le_bytes().to_vec();
    framed.extend(response.as_bytes());
    Box::into_raw(framed.into_boxed_slice()).cast()
}

/// Gives back the room of a response of this many bytes.
#[unsafe(no_mangle)]
extern "C" fn release(response: *mut u8, length: usize) {
    // SAFETY: `respond` allocated four bytes more than the length it wrote.
    drop(unsafe { Vec::from_raw_parts(response, length + 4, length + 4) });
}

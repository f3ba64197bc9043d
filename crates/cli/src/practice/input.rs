//! What is typed at a terminal, with the keys that edit a line, or comes from a file.

use anyhow::{Context, Result};
use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;
use std::cell::{Cell, RefCell};
use std::io::ErrorKind;

thread_local! {
    /// One editor, which remembers what was typed before.
    static EDITOR: RefCell<Option<DefaultEditor>> = const { RefCell::new(None) };
    static INTERRUPTED: Cell<bool> = const { Cell::new(false) };
}

/// Whether Ctrl-C was the last thing that was typed.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.get()
}

/// A line that is not blank; none at the end of the input.
pub(crate) fn line() -> Result<Option<String>> {
    loop {
        match any_line()? {
            Some(text) if text.trim().is_empty() => {}
            Some(text) => return Ok(Some(text.trim().to_owned())),
            None => return Ok(None),
        }
    }
}

/// A line, which may be blank; none at the end of the input.
pub(crate) fn any_line() -> Result<Option<String>> {
    EDITOR.with_borrow_mut(|editor| {
        if editor.is_none() {
            *editor = Some(DefaultEditor::new().context("reading from the terminal")?);
        }
        let Some(editor) = editor else { return Ok(None) };
        match editor.readline("> ") {
            Ok(text) => {
                // What cannot be remembered has to be typed again; that is all.
                let _ = editor.add_history_entry(&text);
                Ok(Some(text))
            }
            Err(ReadlineError::Interrupted) => {
                INTERRUPTED.set(true);
                Ok(None)
            }
            Err(ReadlineError::Eof) => Ok(None),
            Err(ReadlineError::Io(error)) if error.kind() == ErrorKind::InvalidData => {
                println!("That is no text in UTF-8.");
                Ok(Some(String::new()))
            }
            Err(error) => Err(error).context("reading your answer"),
        }
    })
}

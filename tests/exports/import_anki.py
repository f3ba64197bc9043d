"""Imports .apkg files one after another into a new collection, and prints after each what is there.

Uses the PyPI package anki, which is the engine of Anki itself.
"""

import json
import sys
import tempfile
from pathlib import Path

from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

states = []
with tempfile.TemporaryDirectory() as folder:
    collection = Collection(str(Path(folder) / "collection.anki2"))
    for package in sys.argv[1:]:
        log = collection.import_anki_package(
            ImportAnkiPackageRequest(
                package_path=package, options=ImportAnkiPackageOptions(merge_notetypes=True)
            )
        ).log
        notes = {}
        for id in collection.find_notes(""):
            note = collection.get_note(id)
            [card] = note.cards()
            notes[note["Name"]] = {
                "id": id,
                "guid": note.guid,
                "card": card.id,
                "deck": collection.decks.name(card.did),
                "model": note.note_type()["name"],
                "tags": note.tags,
                "answer": note["Answer"],
                "front": card.question(),
                "back": card.answer(),
            }
        states.append(
            {
                "new": len(log.new),
                "updated": len(log.updated),
                "duplicate": len(log.duplicate),
                "conflicting": len(log.conflicting),
                "models": [entry.name for entry in collection.models.all_names_and_ids()],
                "empty": len(collection.get_empty_cards().notes),
                "notes": notes,
            }
        )
    problems, ok = collection.fix_integrity()
    states[-1]["sound"] = ok
    states[-1]["integrity"] = problems
    collection.close()
print(json.dumps(states))

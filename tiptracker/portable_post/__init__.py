"""Move a post to another installation: one country's whole record, its people and its files.

**Which rows.** `post_rows` derives from the models which rows belong to a country: those that lead to it by foreign
keys that are never empty. Tables without such a path are named there, each with its rule or with the reason why it
stays. A new model without a path stops the export. Every reference of an exported row must lead to another exported
row of the same country, otherwise the export is refused: nothing comes along because somebody refers to it. Only
people do.

**People** come along if they belong to the country or if a row names them: name, address, role, ministry and this
country alone. Their accounts are closed, by the export and once more by the import, without password, second step,
passkey, token, session or invitation. Nobody arrives as an administrator. A person whose address has an account in
the receiving installation is that account, which gains nothing: neither the country nor a role.

**Keys.** The receiving installation may have other countries. So each table gets one number that is added to all keys
of its rows: the last key that was ever given there. Then no key of the archive is a key of a row that is there, rows
keep their order, also keys of deleted rows lead nowhere, and in an empty installation all keys stay. Keys also stand
in:

- `dialogues.redactionplace` and `dialogues.disposalrow` (table and row): mapped. The digest of a certificate's rows is
  over the keys where it was closed, to which the keys of the imported log lead back.
- entries of the log (row, person, redacted places): stay as they were sealed; `audit.importedlog.keys` leads from
  them to today's keys.
- `reports.readinessrun` (facts, result): stay, because a hash seals the facts, and a run computes from its own facts.
  No page links from them.
- `reports.briefing` (content): has sentences and figures, no keys. The number in the log of a briefing that nobody
  issued is emptied, because it would be compared with the log of the receiver.
- drafts, notices, saved filters and rows that can be brought back: stay behind.

UUIDs stay. One that is taken would mean that the country was here before; the database then refuses the row.

**The log.** The country's entries become an imported log (`tiptracker.audit.imported_logs`): a chain of its own
beside the log of the receiver, which notes its head. Values of entries that may be about other countries too stay
behind: those of entries on accounts or on no row, and of those that say what somebody read. A redaction finds and
empties texts of an imported log too. Logs that came along earlier go along again.

**Loading** is that of `restore`: one transaction, triggers off meanwhile, everything compared afterwards. The
triggers that refuse rows ("nobody verifies what they recorded themselves") refused them where the rows were written.
Different people stay different people here, because the addresses of accounts are unique on both sides.
"""

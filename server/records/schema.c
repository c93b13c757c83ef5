/* SPDX-License-Identifier: EUPL-1.2 */
/* The tables of the database and the statements that use them. In conclaved.
 * Times are whole milliseconds since 1970. A link and a seat's secret stand here as SHA-256 only. */
#include "server/records/schema.h"

#include "base/mem.h"

const char *const schema_migrations[] = {
	"CREATE TABLE meeting ("
	" number INTEGER PRIMARY KEY AUTOINCREMENT,"
	" id TEXT NOT NULL UNIQUE,"
	" title TEXT NOT NULL,"
	" body TEXT NOT NULL,"
	" language TEXT NOT NULL,"
	" starts INTEGER NOT NULL,"
	" salt BLOB NOT NULL"
	") STRICT;"
	"CREATE TABLE invitation ("
	" meeting INTEGER NOT NULL REFERENCES meeting(number),"
	" person INTEGER NOT NULL,"
	" name TEXT NOT NULL,"
	" email TEXT NOT NULL,"
	" office TEXT NOT NULL,"
	" party TEXT,"
	" salt BLOB NOT NULL,"
	" PRIMARY KEY (meeting, person),"
	" UNIQUE (meeting, email)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE seat ("
	" number INTEGER PRIMARY KEY AUTOINCREMENT,"
	" id TEXT NOT NULL UNIQUE,"
	" meeting INTEGER NOT NULL,"
	" person INTEGER NOT NULL,"
	" secret BLOB NOT NULL,"
	" previous BLOB,"
	" ended INTEGER NOT NULL DEFAULT 0,"
	" FOREIGN KEY (meeting, person) REFERENCES invitation(meeting, person)"
	") STRICT;"
	"CREATE INDEX seat_of_person ON seat(meeting, person);"
	"CREATE TABLE link ("
	" hash BLOB PRIMARY KEY,"
	" meeting INTEGER NOT NULL,"
	" person INTEGER NOT NULL,"
	" created INTEGER NOT NULL,"
	" dead INTEGER NOT NULL DEFAULT 0,"
	" seat INTEGER REFERENCES seat(number),"
	" FOREIGN KEY (meeting, person) REFERENCES invitation(meeting, person)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX link_of_person ON link(meeting, person);"
	"CREATE TABLE event ("
	" meeting INTEGER NOT NULL REFERENCES meeting(number),"
	" seq INTEGER NOT NULL,"
	" at INTEGER NOT NULL,"
	" actor INTEGER NOT NULL,"
	" kind TEXT NOT NULL,"
	" body TEXT NOT NULL,"
	" leaf_hash BLOB NOT NULL,"
	" PRIMARY KEY (meeting, seq)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX event_ended ON event(meeting) WHERE kind = 'ended';"
	"CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event"
	" BEGIN SELECT RAISE(ABORT, 'the proceedings are append-only'); END;"
	"CREATE TRIGGER event_is_never_removed BEFORE DELETE ON event"
	" BEGIN SELECT RAISE(ABORT, 'the proceedings are append-only'); END;"
	"CREATE TRIGGER event_follows_the_last BEFORE INSERT ON event"
	" WHEN NEW.seq != 1 + coalesce((SELECT max(seq) FROM event WHERE meeting = NEW.meeting), 0)"
	" BEGIN SELECT RAISE(ABORT, 'the proceedings have no gaps'); END;",
	"CREATE TABLE checkpoint ("
	" meeting INTEGER NOT NULL REFERENCES meeting(number),"
	" size INTEGER NOT NULL,"
	" root BLOB NOT NULL,"
	" at INTEGER NOT NULL,"
	" note TEXT NOT NULL,"
	" PRIMARY KEY (meeting, size)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TRIGGER checkpoint_is_never_changed BEFORE UPDATE ON checkpoint"
	" BEGIN SELECT RAISE(ABORT, 'what was signed stays'); END;"
	"CREATE TRIGGER checkpoint_is_never_removed BEFORE DELETE ON checkpoint"
	" BEGIN SELECT RAISE(ABORT, 'what was signed stays'); END;"
	"CREATE TRIGGER checkpoint_covers_what_is_there BEFORE INSERT ON checkpoint"
	" WHEN NEW.size != coalesce((SELECT max(seq) FROM event WHERE meeting = NEW.meeting), 0)"
	" BEGIN SELECT RAISE(ABORT, 'a checkpoint covers all entries'); END;",
	/* Accounts. A holder is who has credentials: an account or an administrator, never both. */
	"CREATE TABLE holder ("
	" number INTEGER PRIMARY KEY AUTOINCREMENT,"
	" handle BLOB NOT NULL UNIQUE,"
	" password TEXT,"
	" totp BLOB,"
	" totp_step INTEGER NOT NULL DEFAULT 0,"
	" reset INTEGER NOT NULL DEFAULT 0,"
	" closed INTEGER NOT NULL DEFAULT 0"
	") STRICT;"
	"CREATE TABLE account ("
	" number INTEGER PRIMARY KEY REFERENCES holder(number),"
	" email TEXT NOT NULL UNIQUE,"
	" name TEXT NOT NULL"
	") STRICT;"
	"CREATE TABLE administrator ("
	" number INTEGER PRIMARY KEY REFERENCES holder(number),"
	" email TEXT NOT NULL UNIQUE,"
	" level TEXT NOT NULL"
	") STRICT;"
	"CREATE TABLE body ("
	" number INTEGER PRIMARY KEY AUTOINCREMENT,"
	" id TEXT NOT NULL UNIQUE,"
	" name TEXT NOT NULL UNIQUE,"
	" roster TEXT"
	") STRICT;"
	"CREATE TABLE membership ("
	" body INTEGER NOT NULL REFERENCES body(number),"
	" account INTEGER NOT NULL REFERENCES account(number),"
	" office TEXT NOT NULL,"
	" party TEXT,"
	" PRIMARY KEY (body, account)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX membership_of_account ON membership(account);"
	"CREATE TABLE enrolment ("
	" hash BLOB PRIMARY KEY,"
	" holder INTEGER NOT NULL REFERENCES holder(number),"
	" created INTEGER NOT NULL,"
	" used INTEGER NOT NULL DEFAULT 0,"
	" dead INTEGER NOT NULL DEFAULT 0,"
	" totp BLOB"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX enrolment_of_holder ON enrolment(holder);"
	"CREATE TABLE passkey ("
	" number INTEGER PRIMARY KEY AUTOINCREMENT,"
	" id BLOB NOT NULL UNIQUE,"
	" holder INTEGER NOT NULL REFERENCES holder(number),"
	" key BLOB NOT NULL,"
	" counter INTEGER NOT NULL,"
	" eligible INTEGER NOT NULL,"
	" backed_up INTEGER NOT NULL,"
	" label TEXT NOT NULL,"
	" created INTEGER NOT NULL,"
	" used INTEGER"
	") STRICT;"
	"CREATE INDEX passkey_of_holder ON passkey(holder);"
	"CREATE TABLE recovery ("
	" holder INTEGER NOT NULL REFERENCES holder(number),"
	" hash BLOB NOT NULL,"
	" PRIMARY KEY (holder, hash)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE session ("
	" number INTEGER PRIMARY KEY AUTOINCREMENT,"
	" hash BLOB NOT NULL UNIQUE,"
	" holder INTEGER NOT NULL REFERENCES holder(number),"
	" created INTEGER NOT NULL,"
	" used INTEGER NOT NULL,"
	" narrow INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX session_of_holder ON session(holder);"
	"CREATE TABLE device ("
	" number INTEGER PRIMARY KEY AUTOINCREMENT,"
	" account INTEGER NOT NULL REFERENCES account(number),"
	" key BLOB NOT NULL,"
	" label TEXT NOT NULL,"
	" created INTEGER NOT NULL,"
	" UNIQUE (account, key)"
	") STRICT;"
	"CREATE TABLE setting (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE security_event ("
	" number INTEGER PRIMARY KEY AUTOINCREMENT,"
	" at INTEGER NOT NULL,"
	" kind TEXT NOT NULL,"
	" who TEXT,"
	" about TEXT"
	") STRICT;"
	"CREATE INDEX security_event_at ON security_event(at);"
	"ALTER TABLE seat ADD COLUMN session INTEGER;"
	"ALTER TABLE seat ADD COLUMN account INTEGER REFERENCES account(number);"
	"CREATE INDEX seat_of_session ON seat(session) WHERE session IS NOT NULL;"
	"ALTER TABLE meeting ADD COLUMN links_for_everyone INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE meeting ADD COLUMN of_body INTEGER REFERENCES body(number);"
	"ALTER TABLE meeting ADD COLUMN exported INTEGER;"
	"ALTER TABLE meeting ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;"
	/* Retention takes a meeting whole: its row says so first, then no entry of it is proof of anything. */
	"DROP TRIGGER event_is_never_removed;"
	"CREATE TRIGGER event_is_never_removed BEFORE DELETE ON event"
	" WHEN NOT EXISTS (SELECT 1 FROM meeting WHERE number = OLD.meeting AND erased)"
	" BEGIN SELECT RAISE(ABORT, 'the proceedings are append-only'); END;"
	"DROP TRIGGER checkpoint_is_never_removed;"
	"CREATE TRIGGER checkpoint_is_never_removed BEFORE DELETE ON checkpoint"
	" WHEN NOT EXISTS (SELECT 1 FROM meeting WHERE number = OLD.meeting AND erased)"
	" BEGIN SELECT RAISE(ABORT, 'what was signed stays'); END;"
	"CREATE TRIGGER erasing_is_for_what_has_ended BEFORE UPDATE OF erased ON meeting"
	" WHEN NEW.erased AND NOT EXISTS (SELECT 1 FROM event WHERE event.meeting = NEW.number AND kind = 'ended')"
	" BEGIN SELECT RAISE(ABORT, 'a meeting that has not ended stays'); END;",
	"CREATE TABLE item ("
	" meeting INTEGER NOT NULL REFERENCES meeting(number),"
	" item INTEGER NOT NULL,"
	" title TEXT NOT NULL,"
	" salt BLOB NOT NULL,"
	" PRIMARY KEY (meeting, item)"
	") STRICT, WITHOUT ROWID;",
	/* The keys that sign checkpoints, one after the other; what was signed before was signed with the first. */
	"CREATE TABLE epoch ("
	" number INTEGER PRIMARY KEY,"
	" key BLOB NOT NULL,"
	" at INTEGER NOT NULL,"
	" note TEXT NOT NULL"
	") STRICT;"
	"CREATE TRIGGER epoch_is_never_changed BEFORE UPDATE ON epoch"
	" BEGIN SELECT RAISE(ABORT, 'what was signed stays'); END;"
	"CREATE TRIGGER epoch_is_never_removed BEFORE DELETE ON epoch"
	" BEGIN SELECT RAISE(ABORT, 'what was signed stays'); END;"
	"CREATE TRIGGER epoch_follows_the_last BEFORE INSERT ON epoch"
	" WHEN NEW.number != coalesce((SELECT max(number) + 1 FROM epoch), 0)"
	" BEGIN SELECT RAISE(ABORT, 'epochs have no gaps'); END;"
	"ALTER TABLE checkpoint ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;"
	"CREATE INDEX checkpoint_of_epoch ON checkpoint(epoch);"
	"CREATE TRIGGER checkpoint_is_of_the_last_epoch BEFORE INSERT ON checkpoint"
	" WHEN NEW.epoch != coalesce((SELECT max(number) FROM epoch), 0)"
	" BEGIN SELECT RAISE(ABORT, 'a key that was handed on signs no more'); END;",
	/* The words of server/wire/agent.h. */
	("ALTER TABLE session ADD COLUMN browser TEXT NOT NULL DEFAULT 'other';"
	"ALTER TABLE session ADD COLUMN system TEXT NOT NULL DEFAULT 'other';"),
};

const int schema_version = (int)ARRAY_SIZE(schema_migrations);

#define MEETING_COLUMNS "number, id, title, body, language, starts, meeting.salt, " \
	"EXISTS (SELECT 1 FROM event WHERE event.meeting = number AND kind = 'ended'), " \
	"links_for_everyone, of_body, exported"
#define SEAT_COLUMNS "number, id, meeting, person, secret, previous, ended, session, account"
#define ACCOUNT_COLUMNS "account.number, email, name, closed, password IS NOT NULL OR EXISTS " \
	"(SELECT 1 FROM passkey WHERE holder = account.number)"
#define ADMINISTRATOR_COLUMNS "administrator.number, email, level, closed, password IS NOT NULL OR EXISTS " \
	"(SELECT 1 FROM passkey WHERE holder = administrator.number)"
#define HOLDER_COLUMNS "number, handle, password, totp, totp_step, reset, closed, " \
	"EXISTS (SELECT 1 FROM administrator WHERE administrator.number = holder.number)"
#define SESSION_COLUMNS "number, hash, holder, created, used, narrow, browser, system"
#define PASSKEY_COLUMNS "number, id, holder, key, counter, eligible, backed_up, label, created, used"

const char *const schema_statements[SQL_N] = {
	[SQL_MEETING_INSERT] =
		"INSERT INTO meeting (id, title, body, language, starts, salt, links_for_everyone, of_body)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	[SQL_MEETING_READ] = "SELECT " MEETING_COLUMNS " FROM meeting WHERE number = ?",
	[SQL_MEETING_FIND] = "SELECT " MEETING_COLUMNS " FROM meeting WHERE id = ?",
	[SQL_MEETINGS_LIVE] =
		"SELECT " MEETING_COLUMNS " FROM meeting WHERE NOT EXISTS"
		" (SELECT 1 FROM event WHERE event.meeting = number AND kind = 'ended') ORDER BY number",
	[SQL_MEETINGS_ALL] = "SELECT " MEETING_COLUMNS " FROM meeting ORDER BY starts DESC, number DESC LIMIT ?",
	[SQL_INVITATION_INSERT] =
		"INSERT INTO invitation (meeting, person, name, email, office, party, salt) VALUES (?, ?, ?, ?, ?, ?, ?)",
	[SQL_INVITATIONS] =
		"SELECT person, name, email, office, party, salt FROM invitation WHERE meeting = ? ORDER BY person",
	[SQL_ITEM_INSERT] = "INSERT INTO item (meeting, item, title, salt) VALUES (?, ?, ?, ?)",
	[SQL_ITEMS] = "SELECT item, title, salt FROM item WHERE meeting = ? ORDER BY item",
	[SQL_ITEM_COUNT] =
		"SELECT count(*) FROM event WHERE meeting = ? AND seq <= ? AND kind = 'item-created'",
	[SQL_LINK_INSERT] = "INSERT INTO link (hash, meeting, person, created) VALUES (?, ?, ?, ?)",
	[SQL_LINK_FIND] = "SELECT hash, meeting, person, dead, seat FROM link WHERE hash = ?",
	[SQL_LINK_USE] = "UPDATE link SET seat = ? WHERE hash = ? AND seat IS NULL",
	[SQL_LINKS_KILL] = "UPDATE link SET dead = 1 WHERE meeting = ? AND person = ? AND seat IS NULL",
	[SQL_SEAT_INSERT] =
		"INSERT INTO seat (id, meeting, person, secret, session, account) VALUES (?, ?, ?, ?, ?, ?)",
	[SQL_SEAT_FIND] = "SELECT " SEAT_COLUMNS " FROM seat WHERE id = ?",
	[SQL_SEAT_READ] = "SELECT " SEAT_COLUMNS " FROM seat WHERE number = ?",
	[SQL_SEAT_ROTATE] = "UPDATE seat SET secret = ?, previous = ? WHERE number = ?",
	[SQL_SEAT_SETTLE] = "UPDATE seat SET previous = NULL WHERE number = ?",
	[SQL_SEATS_END] = "UPDATE seat SET ended = 1 WHERE meeting = ? AND person = ?",
	[SQL_EVENT_INSERT] =
		"INSERT INTO event (meeting, seq, at, actor, kind, body, leaf_hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
	[SQL_EVENTS] =
		"SELECT event.seq, event.at, actor, kind, body, leaf_hash, root FROM event LEFT JOIN checkpoint"
		" ON checkpoint.meeting = event.meeting AND size = seq WHERE event.meeting = ? ORDER BY seq",
	[SQL_EVENTS_PART] =
		"SELECT seq, at, actor, kind, body, leaf_hash FROM event WHERE meeting = ? AND seq > ? AND seq <= ?"
		" ORDER BY seq",
	[SQL_LEAVES] = "SELECT leaf_hash FROM event WHERE meeting = ? AND seq <= ? ORDER BY seq",
	[SQL_INVITED_COUNT] =
		"SELECT count(*) FROM event WHERE meeting = ? AND seq <= ? AND kind = 'invited'",
	[SQL_CHECKPOINT_INSERT] =
		"INSERT INTO checkpoint (meeting, size, root, at, note, epoch) VALUES (?, ?, ?, ?, ?, ?)",
	[SQL_CHECKPOINT_LAST] =
		"SELECT size, root, note, epoch, (SELECT key FROM epoch WHERE number = checkpoint.epoch) FROM checkpoint"
		" WHERE meeting = ? ORDER BY size DESC LIMIT 1",
	[SQL_CHECKPOINT_COUNT] = "SELECT count(*) FROM checkpoint WHERE meeting = ? AND size <= ?",
	[SQL_CHECKPOINTS_PART] =
		"SELECT note FROM checkpoint WHERE meeting = ? AND size <= ? ORDER BY size LIMIT -1 OFFSET ?",
	[SQL_CHECKPOINT_EPOCH] = "SELECT max(epoch) FROM checkpoint WHERE meeting = ? AND size <= ?",
	[SQL_EPOCH_INSERT] = "INSERT INTO epoch (number, key, at, note) VALUES (?, ?, ?, ?)",
	[SQL_EPOCHS] = "SELECT number, key, note FROM epoch ORDER BY number",
	[SQL_EPOCHS_PART] = "SELECT note FROM epoch WHERE number > ? AND number <= ? ORDER BY number",
	[SQL_EPOCH_USED] = "SELECT EXISTS (SELECT 1 FROM checkpoint WHERE epoch = ?)",
	[SQL_EPOCH_HEADS] =
		"SELECT id, max(size), root FROM checkpoint JOIN meeting ON number = meeting WHERE epoch = ?"
		" GROUP BY meeting ORDER BY id",
	[SQL_CHECKPOINT_ANY] = "SELECT EXISTS (SELECT 1 FROM checkpoint)",
	[SQL_HOLDER_INSERT] = "INSERT INTO holder (handle) VALUES (?)",
	[SQL_HOLDER_READ] = "SELECT " HOLDER_COLUMNS " FROM holder WHERE number = ?",
	[SQL_HOLDER_CLOSE] = "UPDATE holder SET closed = 1, password = NULL, totp = NULL WHERE number = ?",
	[SQL_HOLDER_RESET] =
		"UPDATE holder SET reset = max(reset, ?), password = NULL, totp = NULL, totp_step = 0 WHERE number = ?",
	[SQL_HOLDER_TOLD] = "UPDATE holder SET reset = 0 WHERE number = ?",
	[SQL_HOLDER_PASSWORD] = "UPDATE holder SET password = ?, totp = ?, totp_step = ? WHERE number = ?",
	[SQL_HOLDER_STEP] = "UPDATE holder SET totp_step = ? WHERE number = ? AND totp_step < ?",
	[SQL_ACCOUNT_INSERT] = "INSERT INTO account (number, email, name) VALUES (?, ?, ?)",
	[SQL_ACCOUNT_READ] =
		"SELECT " ACCOUNT_COLUMNS " FROM account JOIN holder USING (number) WHERE account.number = ?",
	[SQL_ACCOUNT_FIND] = "SELECT " ACCOUNT_COLUMNS " FROM account JOIN holder USING (number) WHERE email = ?",
	[SQL_ACCOUNTS] = "SELECT " ACCOUNT_COLUMNS " FROM account JOIN holder USING (number) ORDER BY name, email LIMIT ?",
	[SQL_ADMINISTRATOR_INSERT] = "INSERT INTO administrator (number, email, level) VALUES (?, ?, ?)",
	[SQL_ADMINISTRATOR_READ] =
		"SELECT " ADMINISTRATOR_COLUMNS " FROM administrator JOIN holder USING (number)"
		" WHERE administrator.number = ?",
	[SQL_ADMINISTRATOR_FIND] =
		"SELECT " ADMINISTRATOR_COLUMNS " FROM administrator JOIN holder USING (number) WHERE email = ?",
	[SQL_ADMINISTRATORS] =
		"SELECT " ADMINISTRATOR_COLUMNS " FROM administrator JOIN holder USING (number) ORDER BY email LIMIT ?",
	[SQL_BODY_INSERT] = "INSERT INTO body (id, name) VALUES (?, ?)",
	[SQL_BODY_READ] = "SELECT number, id, name FROM body WHERE number = ?",
	[SQL_BODY_FIND] = "SELECT number, id, name FROM body WHERE id = ?1 OR name = ?1",
	[SQL_BODIES] = "SELECT number, id, name FROM body ORDER BY name LIMIT ?",
	[SQL_BODY_ROSTER] = "SELECT roster FROM body WHERE number = ?",
	[SQL_BODY_SET_ROSTER] = "UPDATE body SET roster = ? WHERE number = ?",
	[SQL_MEMBERSHIP_SET] =
		"INSERT INTO membership (body, account, office, party) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
		" SET office = excluded.office, party = excluded.party",
	[SQL_MEMBERS] =
		"SELECT membership.body, membership.account, office, party, account.name, email FROM membership"
		" JOIN account ON account.number = membership.account JOIN holder ON holder.number = account.number"
		" WHERE membership.body = ? AND NOT closed ORDER BY account.name, email",
	[SQL_MEMBERSHIPS] =
		"SELECT membership.body, account, office, party, body.name, body.id FROM membership"
		" JOIN body ON body.number = membership.body WHERE account = ? ORDER BY body.name",
	[SQL_ENROLMENT_INSERT] = "INSERT INTO enrolment (hash, holder, created) VALUES (?, ?, ?)",
	[SQL_ENROLMENT_FIND] = "SELECT hash, holder, created, used, dead, totp FROM enrolment WHERE hash = ?",
	[SQL_ENROLMENT_USE] = "UPDATE enrolment SET used = 1, totp = NULL WHERE hash = ? AND NOT used AND NOT dead",
	[SQL_ENROLMENT_TOTP] = "UPDATE enrolment SET totp = ? WHERE hash = ?",
	[SQL_ENROLMENTS_KILL] = "UPDATE enrolment SET dead = 1, totp = NULL WHERE holder = ? AND NOT used",
	[SQL_PASSKEY_INSERT] =
		"INSERT INTO passkey (id, holder, key, counter, eligible, backed_up, label, created)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	[SQL_PASSKEY_FIND] = "SELECT " PASSKEY_COLUMNS " FROM passkey WHERE id = ?",
	[SQL_PASSKEYS] = "SELECT " PASSKEY_COLUMNS " FROM passkey WHERE holder = ? ORDER BY number",
	[SQL_PASSKEY_USED] = "UPDATE passkey SET counter = ?, backed_up = ?, used = ? WHERE number = ?",
	[SQL_PASSKEY_REMOVE] = "DELETE FROM passkey WHERE number = ? AND holder = ?",
	[SQL_PASSKEYS_REMOVE] = "DELETE FROM passkey WHERE holder = ?",
	[SQL_RECOVERY_INSERT] = "INSERT INTO recovery (holder, hash) VALUES (?, ?)",
	[SQL_RECOVERIES] = "SELECT hash FROM recovery WHERE holder = ? ORDER BY hash",
	[SQL_RECOVERY_REMOVE] = "DELETE FROM recovery WHERE holder = ? AND hash = ?",
	[SQL_RECOVERIES_REMOVE] = "DELETE FROM recovery WHERE holder = ?",
	[SQL_SESSION_INSERT] =
		"INSERT INTO session (hash, holder, created, used, narrow, browser, system) VALUES (?, ?, ?, ?, ?, ?, ?)",
	[SQL_SESSION_FIND] = "SELECT " SESSION_COLUMNS " FROM session WHERE hash = ?",
	[SQL_SESSIONS_OF] = "SELECT " SESSION_COLUMNS " FROM session WHERE holder = ?"
		" ORDER BY number LIMIT ?",
	[SQL_SESSIONS_OVER] =
		"SELECT " SESSION_COLUMNS " FROM session WHERE"
		" EXISTS (SELECT 1 FROM administrator WHERE administrator.number = holder) = ?"
		" AND (created <= ? OR used <= ?) LIMIT ?",
	[SQL_SESSION_MOVE_SEATS] = "UPDATE seat SET session = ? WHERE session = ?",
	[SQL_SESSION_USED] = "UPDATE session SET used = ? WHERE number = ?",
	[SQL_SESSION_WIDEN] = "UPDATE session SET narrow = 0 WHERE number = ?",
	[SQL_SESSION_REMOVE] = "DELETE FROM session WHERE number = ?",
	[SQL_SEATS_OF_SESSION] = "SELECT " SEAT_COLUMNS " FROM seat WHERE session = ? AND NOT ended",
	[SQL_SEAT_LAST] =
		"SELECT " SEAT_COLUMNS " FROM seat WHERE meeting = ? AND person = ? ORDER BY number DESC LIMIT 1",
	[SQL_DEVICE_SET] =
		"INSERT INTO device (account, key, label, created) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
		" SET label = excluded.label, created = excluded.created",
	[SQL_DEVICES_TRIM] =
		"DELETE FROM device WHERE account = ?1 AND number NOT IN"
		" (SELECT number FROM device WHERE account = ?1 ORDER BY created DESC, number DESC LIMIT ?2)",
	[SQL_DEVICES] = "SELECT key FROM device WHERE account = ? ORDER BY created DESC, number DESC",
	[SQL_DEVICES_REMOVE] = "DELETE FROM device WHERE account = ?",
	[SQL_SETTING_READ] = "SELECT value FROM setting WHERE name = ?",
	[SQL_SETTING_SET] =
		"INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
	[SQL_SECURITY_INSERT] = "INSERT INTO security_event (at, kind, who, about) VALUES (?, ?, ?, ?)",
	[SQL_SECURITY_LAST] =
		"SELECT number, at, kind, who, about FROM security_event ORDER BY number DESC LIMIT ?",
	[SQL_SECURITY_EXPIRE] = "DELETE FROM security_event WHERE at <= ?",
	[SQL_COUNT_PEOPLE] =
		"SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM administrator),"
		" (SELECT count(*) FROM body)",
	[SQL_SECURITY_TRIM] =
		"DELETE FROM security_event WHERE (kind = ?1) = ?2 AND number <= (SELECT number FROM security_event"
		" WHERE (kind = ?1) = ?2 ORDER BY number DESC LIMIT 1 OFFSET ?3)",
	[SQL_ENROLMENTS_EXPIRE] = "DELETE FROM enrolment WHERE created <= ?",
	[SQL_MEETING_EXPORTED] = "UPDATE meeting SET exported = ? WHERE number = ? AND exported IS NULL",
	[SQL_MEETINGS_DUE] =
		"SELECT " MEETING_COLUMNS " FROM meeting WHERE exported <= ? AND EXISTS"
		" (SELECT 1 FROM event WHERE event.meeting = number AND kind = 'ended' AND at <= ?) LIMIT ?",
	[SQL_MEETING_ERASE] = "UPDATE meeting SET erased = 1 WHERE number = ?",
	[SQL_MEETING_EVENTS_REMOVE] = "DELETE FROM event WHERE meeting = ?",
	[SQL_MEETING_CHECKPOINTS_REMOVE] = "DELETE FROM checkpoint WHERE meeting = ?",
	[SQL_MEETING_LINKS_REMOVE] = "DELETE FROM link WHERE meeting = ?",
	[SQL_MEETING_SEATS_REMOVE] = "DELETE FROM seat WHERE meeting = ?",
	[SQL_MEETING_ITEMS_REMOVE] = "DELETE FROM item WHERE meeting = ?",
	[SQL_MEETING_INVITATIONS_REMOVE] = "DELETE FROM invitation WHERE meeting = ?",
	[SQL_MEETING_REMOVE] = "DELETE FROM meeting WHERE number = ?",
	[SQL_MEETINGS_OF_EMAIL] =
		"SELECT " MEETING_COLUMNS ", invitation.office FROM meeting JOIN invitation ON invitation.meeting = number"
		" WHERE lower(invitation.email) = ? AND NOT EXISTS (SELECT 1 FROM event WHERE event.meeting = number"
		" AND kind = 'ended' AND event.at <= ?) ORDER BY starts LIMIT ?",
};

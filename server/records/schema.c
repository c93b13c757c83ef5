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
};

const int schema_version = (int)ARRAY_SIZE(schema_migrations);

#define MEETING_COLUMNS "number, id, title, body, language, starts, salt, " \
	"EXISTS (SELECT 1 FROM event WHERE event.meeting = number AND kind = 'ended')"
#define SEAT_COLUMNS "number, id, meeting, person, secret, previous, ended"

const char *const schema_statements[SQL_N] = {
	[SQL_MEETING_INSERT] =
		"INSERT INTO meeting (id, title, body, language, starts, salt) VALUES (?, ?, ?, ?, ?, ?)",
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
	[SQL_LINK_INSERT] = "INSERT INTO link (hash, meeting, person, created) VALUES (?, ?, ?, ?)",
	[SQL_LINK_FIND] = "SELECT hash, meeting, person, dead, seat FROM link WHERE hash = ?",
	[SQL_LINK_USE] = "UPDATE link SET seat = ? WHERE hash = ? AND seat IS NULL",
	[SQL_LINKS_KILL] = "UPDATE link SET dead = 1 WHERE meeting = ? AND person = ? AND seat IS NULL",
	[SQL_SEAT_INSERT] = "INSERT INTO seat (id, meeting, person, secret) VALUES (?, ?, ?, ?)",
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
	[SQL_CHECKPOINT_INSERT] = "INSERT INTO checkpoint (meeting, size, root, at, note) VALUES (?, ?, ?, ?, ?)",
	[SQL_CHECKPOINT_LAST] =
		"SELECT size, root, note FROM checkpoint WHERE meeting = ? ORDER BY size DESC LIMIT 1",
	[SQL_CHECKPOINT_COUNT] = "SELECT count(*) FROM checkpoint WHERE meeting = ? AND size <= ?",
	[SQL_CHECKPOINTS_PART] =
		"SELECT note FROM checkpoint WHERE meeting = ? AND size <= ? ORDER BY size LIMIT -1 OFFSET ?",
	[SQL_CHECKPOINT_ANY] = "SELECT EXISTS (SELECT 1 FROM checkpoint)",
};
